package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// TestTokenForUnknownAccount: a principal may be given an account that is not there
// yet, but that is said, with where the ids are; what is no id is refused.
func TestTokenForUnknownAccount(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	importAs(t, dir, "Alex", "rent")
	var listed struct{ Accounts []struct{ ID string } }
	if err := json.Unmarshal([]byte(run(t, "account", "list", "--json", "--data", dir)), &listed); err != nil || len(listed.Accounts) != 1 {
		t.Fatalf("%v, %+v", err, listed)
	}
	const unknown = "acc_22222aaaaaaaaaaa"
	for _, tt := range []struct {
		name, account, said string
		code                int
	}{
		{"known", listed.Accounts[0].ID, "", exit.OK},
		{"unknown", unknown, "warning: there is no account " + unknown + ", so unknown sees nothing of it; counterfoil account list shows the ids", exit.OK},
		{"odd", "acc_joint", "warning: there is no account acc_joint, so", exit.OK},
		{"number", "acc_12345678", "error: a name, role, scope or account looks like an account number", exit.Usage},
		{"wrong", "Alex", "error: --account takes an account's id, which begins with acc_\ncounterfoil: hint: counterfoil account list shows the ids", exit.Usage},
	} {
		var out, errs bytes.Buffer
		code := Main(t.Context(), []string{"token", "add", tt.name, "--account", tt.account, "--data", dir}, nil, &out, &errs, nil)
		if code != tt.code || !strings.Contains(errs.String(), tt.said) || tt.said == "" && strings.Contains(errs.String(), "warning") {
			t.Errorf("%s: exit code %d, said %q", tt.name, code, errs.String())
		}
		if (out.Len() > 0) != (tt.code == exit.OK) {
			t.Errorf("%s: wrote %q", tt.name, out.String())
		}
	}
	if list := run(t, "token", "list", "--data", dir); strings.Contains(list, "wrong") || strings.Contains(list, "number") {
		t.Error("a principal was added for what is no account")
	}
}

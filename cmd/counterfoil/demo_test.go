package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

func TestDemo(t *testing.T) {
	var out, errs bytes.Buffer
	dir := t.TempDir() + "/kept"
	if code := Main(t.Context(), []string{"demo", "--exit", "--data", dir}, strings.NewReader(""), &out, &errs, nil); code != exit.OK {
		t.Fatalf("exit code %d\n%s\n%s", code, out.String(), errs.String())
	}
	text := out.String()
	for _, want := range []string{
		"Open Government Licence v3.0",
		"3134 bookings",
		"denied: the policy does not allow this call",
		"verified to checkpoint",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the demo does not say %q:\n%s", want, text)
		}
	}
	_, got, found := strings.Cut(text, "what the model gets:")
	if got, _, _ = strings.Cut(got, "\n"); !found || strings.ContainsAny(got, "0123456789") {
		t.Errorf("the model gets digits of the planted memo: %q", got)
	}
	own := regexp.MustCompile(`Anna's current account.*(ACCT_[A-Z]+)`).FindStringSubmatch(text)
	if own == nil || strings.Count(got, own[1]) != 2 {
		t.Errorf("the account's token %q does not stand for its number and its IBAN in %q", own, got)
	}
	if strings.Contains(text+errs.String(), "cft_") {
		t.Error("with --exit nothing needs the token, and it was printed")
	}
	if code := Main(t.Context(), []string{"demo", "--exit", "--data", dir}, strings.NewReader(""), &out, &errs, nil); code != exit.Conflict {
		t.Errorf("a folder in use gives exit code %d, want %d", code, exit.Conflict)
	}
}

package main

import (
	"net/url"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/seal/kekfake"
)

// TestConfinedServerAsksItsKeyService: a server that the kernel confines may reach
// the service that holds its key, and does, for keys that are made while it runs.
func TestConfinedServerAsksItsKeyService(t *testing.T) {
	v := kekfake.StartVault(t)
	dir, _ := movingFolder(t, v)
	run(t, "keys", "rewrap", "--data", dir)
	leaveFile(t, dir)
	run(t, "call", "list_accounts", "--data", dir)
	u, err := url.Parse(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, notes := serveApart(t, dir)
	if !strings.Contains(notes, "lets this server connect to TCP ports "+u.Port()+" and listen") && !strings.Contains(notes, egress.ErrUnconfined.Error()) {
		t.Errorf("the port of the key service is %s; the server says\n%s", u.Port(), notes)
	}
	before := strings.Count(run(t, "--json", "audit", "list", "--event", "keys", "--limit", "1000", "--data", dir), "done wrap by=vault")
	run(t, "keys", "rotate", "--purpose", "sidecar", "--data", dir) // the server does it
	after := strings.Count(run(t, "--json", "audit", "list", "--event", "keys", "--limit", "1000", "--data", dir), "done wrap by=vault")
	if after <= before {
		t.Errorf("%d keys were wrapped by Vault before, %d after", before, after)
	}
	run(t, "call", "list_accounts", "--data", dir)
}

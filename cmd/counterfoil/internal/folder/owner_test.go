//go:build linux || darwin

package folder

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/internal/lockfile"
)

// TestGreet is the table of what hello may say.
func TestGreet(t *testing.T) {
	h, _ := setuptest.New(t)
	f, err := Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	good := hello{Protocol: localProtocol, Build: build.Read().String(), Principal: "me"}
	tests := []struct {
		name   string
		change func(*hello)
		code   int
		text   string
	}{
		{"good", func(*hello) {}, 0, ""},
		{"nobody in particular", func(h *hello) { h.Principal = "" }, 0, ""},
		{"other protocol", func(h *hello) { h.Protocol++ }, exit.Data, "another build"},
		{"other build", func(h *hello) { h.Build = "v0.0.1" }, exit.Data, "another build"},
		{"other config", func(h *hello) { h.Config = strings.Repeat("0", 64) }, exit.Data, "another config"},
		{"no such principal", func(h *hello) { h.Principal = "nobody" }, exit.Unauthenticated, "no such principal"},
	}
	for _, tt := range tests {
		h := good
		tt.change(&h)
		w, err := f.owner.greet(h)
		if err == nil {
			who, err := f.owner.holder(w.Ticket)
			if tt.code != 0 || err != nil || who != h.Principal {
				t.Errorf("%s: got a ticket for %q, %v", tt.name, who, err)
			}
			continue
		}
		if got := exit.Classify(err, false, true); got.Code != tt.code || !strings.Contains(got.Error(), tt.text) {
			t.Errorf("%s: %d %v", tt.name, got.Code, got)
		}
	}
	for _, ticket := range []string{"", ".me", "x.me", f.owner.sign("me") + ".root", f.owner.sign("me")} {
		if who, err := f.owner.holder(ticket); err == nil {
			t.Errorf("ticket %q is good for %q", ticket, who)
		}
	}
}

// TestTicketless: without a ticket, and without being the same user, there is
// nothing to be had.
func TestTicketless(t *testing.T) {
	h, _ := setuptest.New(t)
	f, err := Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := &Remote{home: h, socket: f.owner.path, ticket: "none"}
	r.http = &http.Client{Transport: socketTransport(f.owner.path)}
	defer r.Close()
	for _, path := range []string{"call", "import", "batches", "undo", "accounts", "rename", "told", "reload"} {
		var refused *exit.Failure
		if _, err := r.send(t.Context(), path, strings.NewReader("{}")); err == nil || errors.As(err, &refused) || err.Error() != "status 401" {
			t.Errorf("%s: %v", path, err)
		}
	}
	w := httptest.NewRecorder()
	f.owner.routes().ServeHTTP(w, httptest.NewRequest("POST", localPath+"batches", strings.NewReader("{}")))
	if w.Code != http.StatusForbidden {
		t.Errorf("a peer that is nobody known: status %d", w.Code)
	}
	setuptest.CheckRefusal(t, h.DataDir)
}

// TestPrivateFolder: a runtime folder that others prepared is not used.
func TestPrivateFolder(t *testing.T) {
	base := t.TempDir()
	open, link, file := filepath.Join(base, "open"), filepath.Join(base, "link"), filepath.Join(base, "file")
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o755), os.Symlink(base, link), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{open, link, file, filepath.Join(base, "no", "such")} {
		if privateFolder(dir) == nil {
			t.Errorf("%s was accepted", filepath.Base(dir))
		}
	}
	for range 2 {
		if err := privateFolder(filepath.Join(base, "new")); err != nil {
			t.Error(err)
		}
	}
}

// TestSilentOwner: a process that has the folder but does not serve is waited
// for, and named.
func TestSilentOwner(t *testing.T) {
	h, _ := setuptest.New(t)
	f, err := Take(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = reach(t.Context(), h, ownerPoll, func() error { _, err := Open(t.Context(), h); return err },
		func() error { _, err := findOwner(t.Context(), h, ""); return err })
	if !errors.Is(err, lockfile.ErrHeld) {
		t.Errorf("got %v", err)
	}
	got := exit.Classify(alone(err), false, true)
	if got.Code != exit.Data || !strings.Contains(got.Error(), "on this platform") || got.Hint == "" {
		t.Errorf("without relays: %d %v", got.Code, got)
	}
}

package auditor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
)

// TestLogAlone: a log is read without a config, and beside one that is broken; where
// neither says where the log is, the config's mistake is told.
func TestLogAlone(t *testing.T) {
	for _, tt := range []struct {
		name         string
		config       string // "" is none
		version, log bool
		code         int
	}{
		{"a copy of the log", "", false, true, exit.OK},
		{"beside a broken config", "surprise: 1\n", true, true, exit.OK},
		{"a broken config, no log", "surprise: 1\n", true, false, exit.Config},
		{"nothing", "", false, false, exit.Data},
	} {
		h, f := owned(t)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		err := os.Remove(h.ConfigPath)
		if tt.config != "" {
			err = os.WriteFile(h.ConfigPath, []byte(tt.config), 0o600)
		}
		if !tt.version {
			err = errors.Join(err, os.Remove(h.Data("VERSION")))
		}
		if !tt.log {
			err = errors.Join(err, os.RemoveAll(h.Data("log")))
		}
		if err != nil {
			t.Fatal(err)
		}
		l, err := OpenLog(t.Context(), h)
		if err != nil {
			if got := exit.Classify(err, false, true); got.Code != tt.code || tt.code == exit.OK {
				t.Errorf("%s: %d %v", tt.name, got.Code, got)
			}
			continue
		}
		n := 0
		for _, err := range l.Entries(0, -1) {
			if n++; err != nil {
				t.Errorf("%s: record %d: %v", tt.name, n, err)
			}
		}
		if tt.code != exit.OK || n == 0 || l.Shared != nil {
			t.Errorf("%s: it opens, with %d records", tt.name, n)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestWithHint: each error of package audit has its code, and is still what it was;
// what has a code keeps it.
func TestWithHint(t *testing.T) {
	h := &home.Home{DataDir: "/data"}
	if WithHint(h, nil) != nil {
		t.Error("no error became one")
	}
	for _, tt := range []struct {
		err  error
		code int
		hint bool
	}{
		{audit.ErrTampered, exit.CheckFailed, true},
		{audit.ErrStore, exit.CheckFailed, true},
		{audit.ErrNothing, exit.CheckFailed, true},
		{audit.ErrCut, exit.CheckFailed, true},
		{audit.ErrNotFound, exit.NotFound, false},
		{audit.ErrInvalid, exit.Input, false},
		{audit.ErrUnavailable, exit.Data, false},
		{exit.Fail(exit.Found, "h", "x: %w", audit.ErrCut), exit.Found, true},
		{errors.New("surprise"), exit.Internal, false},
	} {
		err := WithHint(h, fmt.Errorf("checking: %w", tt.err))
		got := exit.Classify(err, false, true)
		if got.Code != tt.code || (got.Hint != "") != tt.hint || !errors.Is(err, tt.err) {
			t.Errorf("%v: %d %v, hint %q", tt.err, got.Code, got, got.Hint)
		}
	}
	err := WithHint(h, &fs.PathError{Op: "open", Path: "/data/log/records", Err: fs.ErrNotExist})
	if got := exit.Classify(err, false, true); got.Code != exit.Data || got.Hint == "" || !strings.HasPrefix(got.Error(), "there is no log") {
		t.Errorf("no log: %d %v", got.Code, got)
	}
}

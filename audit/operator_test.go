package audit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func mustSigner(t testing.TB, skey string) note.Signer {
	t.Helper()
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newOperator(t testing.TB) (note.Signer, string) {
	t.Helper()
	skey, vkey, err := GenerateKey("operator.test")
	if err != nil {
		t.Fatal(err)
	}
	return mustSigner(t, skey), vkey
}

func TestRotate(t *testing.T) {
	operator, opKey := newOperator(t)
	stranger, _ := newOperator(t)
	cfg := testConfig(t)
	cfg.Operator = opKey
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 2)
	oldKey := pinned(t, cfg.Dir)
	if _, err := l.Rotate(context.Background(), stranger, nil, ""); !errors.Is(err, ErrInvalid) {
		t.Errorf("Rotate by a stranger: %v, want ErrInvalid", err)
	}
	newKey, err := l.Rotate(context.Background(), operator, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, l) // the log ends with the rotation
	l = mustOpen(t, cfg)
	mustAppend(t, l, 3, 5)
	mustClose(t, l)
	l = mustOpen(t, cfg)
	mustAppend(t, l, 5, 6)
	mustClose(t, l)
	if strings.TrimSpace(pinned(t, cfg.Dir)) != newKey {
		t.Error("log.pub is not the new key")
	}

	for name, c := range map[string]struct {
		opt VerifyOptions
		ok  bool
	}{
		"old key and operator":    {VerifyOptions{Keys: []string{oldKey}, Operator: opKey}, true},
		"new key and operator":    {VerifyOptions{Keys: []string{newKey}, Operator: opKey}, true},
		"new key":                 {VerifyOptions{Keys: []string{newKey}}, true},
		"old key alone":           {VerifyOptions{Keys: []string{oldKey}}, false},
		"new key, wrong operator": {VerifyOptions{Keys: []string{newKey}, Operator: mustKey(t)}, false},
	} {
		c.opt.Dir, c.opt.EverySignature = cfg.Dir, true
		rep, err := Verify(context.Background(), c.opt)
		if (err == nil) != c.ok {
			t.Errorf("%s: Verify = %v", name, err)
		}
		if c.ok && (len(rep.Keys) != 2 || rep.Records != 6) {
			t.Errorf("%s: keys %v, %d records", name, rep.Keys, rep.Records)
		}
	}
}

func mustKey(t *testing.T) string { _, vkey := newOperator(t); return vkey }

// TestRotateCrash: whatever step of a rotation the process dies after, the log
// opens again, with the key that the log says.
func TestRotateCrash(t *testing.T) {
	operator, opKey := newOperator(t)
	cfg := testConfig(t)
	cfg.Operator = opKey
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 2)
	mustClose(t, l)
	before := backup(t, cfg.Dir)
	l = mustOpen(t, cfg)
	if _, err := l.Rotate(context.Background(), operator, nil, ""); err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	after := backup(t, cfg.Dir)
	next, oldKey, oldPub := after.files["keys/log.key"], before.files["keys/log.key"], before.files["keys/log.pub"]

	dir := filepath.Join(t.TempDir(), "copy")
	cfg.Dir = dir
	for name, c := range map[string]struct {
		from    *savedLog
		replace map[string][]byte
		staged  bool
		rotated bool
	}{
		"staged":          {before, nil, true, false},
		"record durable":  {after, map[string][]byte{"keys/log.key": oldKey, "keys/log.pub": oldPub, "log/head": before.files["log/head"]}, true, true},
		"log.pub written": {after, map[string][]byte{"keys/log.key": oldKey, "log/head": before.files["log/head"]}, true, true},
		"key renamed":     {after, map[string][]byte{"log/head": before.files["log/head"]}, false, true},
	} {
		c.from.write(t, dir, c.replace)
		if c.staged {
			if err := os.WriteFile(filepath.Join(dir, "keys", nextKeyFile), next, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		l := mustOpen(t, cfg)
		mustAppend(t, l, 8, 9)
		mustClose(t, l)
		if got := pinned(t, dir) != string(oldPub); got != c.rotated {
			t.Errorf("%s: rotated %v, want %v", name, got, c.rotated)
		}
		if _, err := os.Stat(filepath.Join(dir, "keys", nextKeyFile)); err == nil {
			t.Errorf("%s: the staged key is still there", name)
		}
		if _, err := Verify(context.Background(), VerifyOptions{Dir: dir, Keys: []string{string(oldPub)}, Operator: opKey, EverySignature: true}); err != nil {
			t.Errorf("%s: Verify: %v", name, err)
		}
	}
}

// TestKeySwapWithoutRotation: a new key that no operator vouched for does not
// verify, even if the attacker writes a rotation of his own.
func TestKeySwapWithoutRotation(t *testing.T) {
	_, opKey := newOperator(t)
	thief, thiefKey := newOperator(t)
	cfg := testConfig(t)
	cfg.Operator = thiefKey
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 2)
	oldKey := pinned(t, cfg.Dir)
	if _, err := l.Rotate(context.Background(), thief, nil, ""); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, 3, 4)
	mustClose(t, l)
	if _, err := Verify(context.Background(), VerifyOptions{Dir: cfg.Dir, Keys: []string{oldKey}, Operator: opKey}); !errors.Is(err, ErrTampered) {
		t.Errorf("Verify: %v, want ErrTampered", err)
	}
}

func TestRestore(t *testing.T) {
	operator, opKey := newOperator(t)
	stranger, _ := newOperator(t)
	anchor := FileAnchor{Path: filepath.Join(t.TempDir(), "anchor")}
	cfg := withAnchor(testConfig(t), anchor)
	cfg.Operator = opKey
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 3)
	mustClose(t, l)
	old := backup(t, cfg.Dir)
	l = mustOpen(t, cfg)
	mustAppend(t, l, 3, 6)
	mustClose(t, l)
	old.write(t, cfg.Dir, nil)

	var rollback *RollbackError
	if _, err := Open(context.Background(), cfg); !errors.As(err, &rollback) {
		t.Fatalf("Open: %v, want RollbackError", err)
	}
	wrong := *rollback
	wrong.Seen.Size++
	for name, msg := range map[string][]byte{
		"stranger": mustRestoreNote(t, rollback, stranger), "another rollback": mustRestoreNote(t, &wrong, operator), "junk": []byte("x"),
	} {
		cfg.Restore = msg
		if _, err := Open(context.Background(), cfg); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: Open = %v, want ErrTampered", name, err)
		}
	}
	cfg.Restore = mustRestoreNote(t, rollback, operator)
	l = mustOpen(t, cfg)
	mustAppend(t, l, 7, 8)
	mustClose(t, l)
	cfg.Restore = nil
	mustClose(t, mustOpen(t, cfg)) // the anchor has followed

	rep, err := Verify(context.Background(), VerifyOptions{Dir: cfg.Dir, Keys: []string{pinned(t, cfg.Dir)}, Operator: opKey})
	if err != nil || len(rep.Restores) != 1 || rep.Restores[0] != 3 {
		t.Errorf("Verify: %v, restores %v", err, rep.Restores)
	}
	_, otherOp := newOperator(t)
	if _, err := Verify(context.Background(), VerifyOptions{Dir: cfg.Dir, Keys: []string{pinned(t, cfg.Dir)}, Operator: otherOp}); !errors.Is(err, ErrTampered) {
		t.Errorf("Verify with another operator: %v, want ErrTampered", err)
	}
}

func mustRestoreNote(t *testing.T, r *RollbackError, s note.Signer) []byte {
	t.Helper()
	msg, err := SignRestore(r, s)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

//go:build postgres

package audit

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// replica is a config with a copy of the keys in a folder of its own.
func replica(t *testing.T, cfg Config) Config {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "keys"), os.DirFS(filepath.Join(cfg.Dir, "keys"))); err != nil {
		t.Fatal(err)
	}
	cfg.Dir = dir
	return cfg
}

func mustPublish(t *testing.T, l *Log) {
	t.Helper()
	if err := l.backend.(*postgres).publish(ctxb); err != nil {
		t.Fatal(err)
	}
}

// pgRotate rotates on one replica while another goes on with the old key.
func pgRotate(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	operator, opKey := newOperator(t)
	stranger, _ := newOperator(t)
	cfg.Operator = opKey
	a := mustOpenPG(t, pool, cfg)
	mustAppend(t, a, 0, 2)
	oldKey := pinned(t, cfg.Dir)
	behind := replica(t, cfg)
	b := mustOpenPG(t, pool, behind)
	if _, err := a.Rotate(ctxb, stranger, nil, ""); !errors.Is(err, ErrInvalid) {
		t.Errorf("Rotate by a stranger: %v, want ErrInvalid", err)
	}
	newKey, err := a.Rotate(ctxb, operator, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(pinned(t, cfg.Dir)); got != newKey {
		t.Errorf("log.pub is %q, want the new key", got)
	}

	// The replica with the old key appends, and neither signs nor rotates.
	if r := mustAppend(t, b, 10, 12); r[0].Index != 3 {
		t.Errorf("index %d after the rotation, want 3", r[0].Index)
	}
	if err := b.backend.(*postgres).publish(ctxb); !errors.Is(err, ErrInvalid) {
		t.Errorf("publishing with the old key: %v, want ErrInvalid", err)
	}
	if _, err := b.Rotate(ctxb, operator, nil, ""); !errors.Is(err, ErrInvalid) {
		t.Errorf("rotating with the old key: %v, want ErrInvalid", err)
	}
	if err := b.Close(); err == nil {
		t.Error("closing says nothing of a key that was replaced")
	}
	if _, err := OpenPostgres(ctxb, pool, behind); !errors.Is(err, ErrInvalid) {
		t.Errorf("opening with the old key: %v, want ErrInvalid", err)
	}

	mustAppend(t, a, 12, 13)
	mustPublish(t, a)
	mustClose(t, a)
	a = mustOpenPG(t, pool, replica(t, cfg)) // the new key was given to another replica
	mustAppend(t, a, 13, 14)
	mustClose(t, a)

	for name, c := range map[string]struct {
		opt VerifyOptions
		ok  bool
	}{
		"old key and operator":    {VerifyOptions{Keys: []string{oldKey}, Operator: opKey}, true},
		"new key and operator":    {VerifyOptions{Keys: []string{newKey}, Operator: opKey}, true},
		"old key alone":           {VerifyOptions{Keys: []string{oldKey}}, false},
		"new key, wrong operator": {VerifyOptions{Keys: []string{newKey}, Operator: mustKey(t)}, false},
	} {
		c.opt.EverySignature = true
		rep, err := VerifyPostgres(ctxb, pool, c.opt)
		if (err == nil) != c.ok {
			t.Errorf("%s: Verify = %v", name, err)
		}
		if c.ok && (len(rep.Keys) != 2 || rep.Records != 7) {
			t.Errorf("%s: keys %v, %d records", name, rep.Keys, rep.Records)
		}
	}
}

// pgRotateCrash: a process that dies around the commit of a rotation opens the
// log again with the key that the log names.
func pgRotateCrash(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	operator, opKey := newOperator(t)
	cfg.Operator = opKey
	l := mustOpenPG(t, pool, cfg)
	mustAppend(t, l, 0, 2)
	before := replica(t, cfg)
	p := l.backend.(*postgres)

	// The rotation is not in the log: the staged key is dropped.
	if _, _, err := p.key.stage(); err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	l = mustOpenPG(t, pool, cfg)
	if _, err := os.Stat(filepath.Join(cfg.Dir, "keys", nextKeyFile)); err == nil {
		t.Error("a staged key without a rotation is still there")
	}

	// The answer to the commit is lost, and the process dies before it has
	// replaced its key.
	l.backend.(*postgres).afterCommit = func(error) error { return errors.New("connection lost") }
	newKey, err := l.Rotate(ctxb, operator, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	next, err := os.ReadFile(filepath.Join(cfg.Dir, "keys", keyFile))
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	if err := os.WriteFile(filepath.Join(before.Dir, "keys", nextKeyFile), next, 0o600); err != nil {
		t.Fatal(err)
	}
	l = mustOpenPG(t, pool, before)
	mustAppend(t, l, 5, 6)
	mustClose(t, l)
	if got := strings.TrimSpace(pinned(t, before.Dir)); got != newKey {
		t.Errorf("log.pub is %q, want the key that the log names", got)
	}
	if _, err := VerifyPostgres(ctxb, pool, VerifyOptions{Keys: []string{newKey}, Operator: opKey, EverySignature: true}); err != nil {
		t.Errorf("Verify: %v", err)
	}
}

// pgRestore restores an older copy of the database, which an anchor notices.
func pgRestore(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	operator, opKey := newOperator(t)
	stranger, _ := newOperator(t)
	cfg.Operator = opKey
	cfg.Anchors = []Anchor{FileAnchor{Path: filepath.Join(t.TempDir(), "anchor")}}
	l := mustOpenPG(t, pool, cfg)
	mustAppend(t, l, 0, 3)
	mustClose(t, l)
	if r, err := RestorePostgres(ctxb, pool, cfg, operator); err != nil || r != nil {
		t.Fatalf("nothing to restore: %v, %v", r, err)
	}
	exec := func(sql string) {
		t.Helper()
		if _, err := pool.Exec(ctxb, sql); err != nil {
			t.Fatal(err)
		}
	}
	exec(`CREATE TABLE saved_r AS TABLE audit_records; CREATE TABLE saved_h AS TABLE audit_head; CREATE TABLE saved_c AS TABLE audit_checkpoints`)
	l = mustOpenPG(t, pool, cfg)
	mustAppend(t, l, 3, 6)
	if err := l.backend.(*postgres).syncAnchors(ctxb); err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	exec(`ALTER TABLE audit_records DISABLE TRIGGER ALL; ALTER TABLE audit_checkpoints DISABLE TRIGGER ALL;
		TRUNCATE audit_records, audit_head, audit_checkpoints; INSERT INTO audit_records TABLE saved_r;
		INSERT INTO audit_head TABLE saved_h; INSERT INTO audit_checkpoints TABLE saved_c`)

	if _, err := OpenPostgres(ctxb, pool, cfg); !errors.Is(err, ErrTampered) {
		t.Fatalf("opening a rolled back log: %v, want ErrTampered", err)
	}
	if _, err := RestorePostgres(ctxb, pool, cfg, stranger); !errors.Is(err, ErrInvalid) {
		t.Errorf("restore by a stranger: %v, want ErrInvalid", err)
	}
	r, err := RestorePostgres(ctxb, pool, cfg, operator)
	if err != nil || r == nil || r.Have.Size != 3 || r.Seen.Size != 6 {
		t.Fatalf("restore: %v, %v", r, err)
	}
	l = mustOpenPG(t, pool, cfg)
	mustAppend(t, l, 8, 9)
	mustClose(t, l)
	rep, err := VerifyPostgres(ctxb, pool, VerifyOptions{Keys: []string{pinned(t, cfg.Dir)}, Operator: opKey, EverySignature: true})
	if err != nil || rep.Records != 5 || len(rep.Warnings) != 1 {
		t.Fatalf("Verify: %v, %+v", err, rep)
	}
	if _, err := VerifyPostgres(ctxb, pool, VerifyOptions{Keys: []string{pinned(t, cfg.Dir)}, Operator: mustKey(t)}); !errors.Is(err, ErrTampered) {
		t.Errorf("Verify with another operator: %v, want ErrTampered", err)
	}
}

package audit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// A forger holds the key of the log before its rotation.
type forger struct {
	t       *testing.T
	key     note.Signer
	batches [][]rawEntry
}

// forged is a log, as its files.
type forged struct{ records, head []byte }

// signed makes a log of the batches, all signed by the forger's key but the first
// ones, which keep their checkpoints.
func (f *forger) signed(keep []*batch) forged {
	f.t.Helper()
	var out, msg []byte
	var prev uint32
	tree := &tree{}
	for i, entries := range f.batches {
		first := tree.size
		for _, e := range entries {
			tree.append(leafHash(e.leaf))
		}
		var err error
		if msg, err = (Checkpoint{Origin: testOrigin, Size: tree.size, Root: tree.root()}).sign(f.key); err != nil {
			f.t.Fatal(err)
		}
		if i < len(keep) {
			msg = keep[i].checkpoint
		}
		before := len(out)
		out = appendBatch(out, first, prev, entries, msg)
		prev = uint32(len(out) - before)
	}
	return forged{out, msg}
}

// TestOldKeyGoesOn: after a rotation the key before it is worth nothing: what it
// signs later does not verify, whoever of the two keys is pinned, and neither
// does a log that was rewound to before the rotation, if the new key is.
func TestOldKeyGoesOn(t *testing.T) {
	operator, opKey := newOperator(t)
	cfg := testConfig(t)
	cfg.Operator = opKey
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 2)
	oldKey, err := ReadKey(filepath.Join(cfg.Dir, "keys", keyFile))
	if err != nil {
		t.Fatal(err)
	}
	oldPub := pinned(t, cfg.Dir)
	if _, err := l.Rotate(context.Background(), operator, nil, ""); err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	newPub := pinned(t, cfg.Dir)
	both := []string{oldPub, newPub}

	data, err := os.ReadFile(filepath.Join(cfg.Dir, "log", recordsFile))
	if err != nil {
		t.Fatal(err)
	}
	var honest []*batch
	for b, err := range (fileSource{openRecords(t, cfg.Dir), int64(len(data))}).batches(0) {
		if err != nil {
			t.Fatal(err)
		}
		honest = append(honest, b)
	}
	last := len(honest) - 1 // the batch with the rotation
	more := rawEntry{leaf: honest[0].entries[0].leaf, sidecar: honest[0].entries[0].sidecar}
	f := &forger{t: t, key: mustSigner(t, oldKey)}
	for _, b := range honest {
		f.batches = append(f.batches, b.entries)
	}
	after := slices.Clone(f.batches)
	f.batches = append(slices.Clone(after), []rawEntry{more}, []rawEntry{more})
	goesOn := f.signed(honest)
	f.batches = append(slices.Clone(after[:last]), append(slices.Clone(after[last]), more))
	hides := f.signed(honest[:last])
	f.batches = append(slices.Clone(after[:last]), []rawEntry{more})
	rewound := f.signed(honest[:last])

	f.batches = after
	for name, c := range map[string]struct {
		log  forged
		keys []string
		ok   bool
	}{
		"honest":                          {f.signed(honest), both, true},
		"goes on, old key pinned":         {goesOn, both[:1], false},
		"goes on, both pinned":            {goesOn, both, false},
		"goes on, new key pinned":         {goesOn, both[1:], false},
		"in the batch of the rotation":    {hides, both, false},
		"the same, old key pinned":        {hides, both[:1], false},
		"rewound, new key pinned":         {rewound, both[1:], false},
		"rewound, both pinned":            {rewound, both, false},
		"rewound, nothing tells of it":    {rewound, both[:1], true},
		"honest, the operator not pinned": {f.signed(honest), both, true},
	} {
		dir := t.TempDir()
		if err := errors.Join(os.Mkdir(filepath.Join(dir, "log"), 0o700), os.WriteFile(filepath.Join(dir, "log", recordsFile), c.log.records, 0o600),
			os.WriteFile(filepath.Join(dir, "log", headFile), c.log.head, 0o600)); err != nil {
			t.Fatal(err)
		}
		opt := VerifyOptions{Dir: dir, Keys: c.keys, Operator: opKey, EverySignature: true}
		if name == "honest, the operator not pinned" {
			opt.Operator = ""
		}
		if _, err := Verify(context.Background(), opt); c.ok != (err == nil) || err != nil && !errors.Is(err, ErrTampered) {
			t.Errorf("%s: Verify = %v", name, err)
		}
	}

	// The server does not go on with it either, if it is put back.
	if err := errors.Join(os.WriteFile(filepath.Join(cfg.Dir, "keys", keyFile), []byte(oldKey+"\n"), 0o600), os.WriteFile(filepath.Join(cfg.Dir, "keys", pubFile), []byte(oldPub), 0o600)); err != nil {
		t.Fatal(err)
	}
	if l, err := Open(context.Background(), cfg); !errors.Is(err, ErrTampered) {
		t.Errorf("with the key from before: Open = %v, %v, want ErrTampered", l, err)
	}
}

func openRecords(t *testing.T, dir string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "log", recordsFile))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

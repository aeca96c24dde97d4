package audit

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProveAndCheck(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	e := testEntry(4)
	document := []byte(`{"n":4}`)
	e.Record.ArgsDigest = e.Commit("args_digest", []byte(`{"q":"rent"}`))
	mustAppend(t, l, 0, 4)
	receipt, err := l.Append(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, 5, 9)
	mustClose(t, l)
	key := pinned(t, cfg.Dir)

	opening := NewOpening(e.Salt, "args_digest", []byte(`{"q":"rent"}`))
	bundle, err := Prove(context.Background(), cfg.Dir, 4, []Opening{opening})
	if err != nil {
		t.Fatal(err)
	}
	p, err := CheckProof(bundle, []string{key}, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if p.Index != 4 || p.Record.CallID != e.Record.CallID || len(p.Openings) != 1 || string(p.Openings[0].Data) != `{"q":"rent"}` {
		t.Errorf("proof %+v", p)
	}
	if err := p.MatchesReceipt(receipt); err != nil || !receipt.Matches(document) {
		t.Errorf("receipt: %v", err)
	}
	opened, err := Prove(context.Background(), cfg.Dir, 4, []Opening{NewOpening(e.Salt, "result_digest", document)})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = CheckProof(opened, []string{key}, nil, 0); err != nil || p.MatchesReceipt(receipt) != nil {
		t.Errorf("with the result opened: %v, %v", err, p.MatchesReceipt(receipt))
	}
	for name, change := range map[string]func(*Receipt){
		"index":         func(r *Receipt) { r.Index++ },
		"origin":        func(r *Receipt) { r.Origin += "x" },
		"leaf":          func(r *Receipt) { r.Leaf = strings.Repeat("0", 64) },
		"salt":          func(r *Receipt) { r.Salt = strings.Repeat("0", 64) },
		"result digest": func(r *Receipt) { r.Result = strings.Repeat("0", 64) },
	} {
		other := receipt
		if change(&other); !errors.Is(p.MatchesReceipt(other), ErrTampered) {
			t.Errorf("a receipt with another %s matches", name)
		}
	}
	for name, o := range map[string]Opening{
		"other data":  NewOpening(e.Salt, "args_digest", []byte(`{"q":"wage"}`)),
		"other field": NewOpening(e.Salt, "result_digest", []byte(`{"q":"rent"}`)),
		"no field":    NewOpening(e.Salt, "rows", nil),
		"empty field": NewOpening(e.Salt, "reason", nil),
		"bad salt":    {Field: "args_digest", Salt: "00"},
	} {
		if _, err := Prove(context.Background(), cfg.Dir, 4, []Opening{o}); err == nil {
			t.Errorf("%s: Prove accepts a wrong opening", name)
		}
	}
	if _, err := Prove(context.Background(), cfg.Dir, 9, nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("beyond the end: %v, want ErrNotFound", err)
	}
	_, otherKey, err := GenerateKey(testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := CheckProof(bundle, []string{otherKey}, nil, 0); !errors.Is(err, ErrTampered) {
		t.Errorf("another key: %v, want ErrTampered", err)
	}
	if _, err := CheckProof(bundle, nil, nil, 0); err == nil {
		t.Error("a proof without a pinned key passes")
	}
	for i := range bundle { // no byte of a bundle is slack
		bad := bytes.Clone(bundle)
		bad[i] ^= 1 << (i % 7)
		if _, err := CheckProof(bad, []string{key}, nil, 0); err == nil {
			t.Fatalf("byte %d (%q): a changed bundle passes", i, bundle[i])
		}
	}
}

func TestProveWithCosignatures(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 5)
	mustClose(t, l)
	w := newTestWitness(t, t.TempDir(), pinned(t, cfg.Dir))
	l = mustOpen(t, withAnchor(cfg, w.client(t)))
	mustClose(t, l)
	l = mustOpen(t, cfg)
	mustAppend(t, l, 5, 8)
	mustClose(t, l)
	for index, want := range map[int64]int{2: 1, 7: 0} { // 7 is after the cosigned checkpoint
		bundle, err := Prove(context.Background(), cfg.Dir, index, nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := CheckProof(bundle, []string{pinned(t, cfg.Dir)}, []string{w.vkey}, want)
		if err != nil || len(p.Cosignatures) != want {
			t.Errorf("index %d: %v, %v", index, p, err)
		}
		if _, err := CheckProof(bundle, []string{pinned(t, cfg.Dir)}, []string{w.vkey, w.vkey}, want+1); !errors.Is(err, ErrTampered) {
			t.Errorf("index %d: quorum %d: %v, want ErrTampered", index, want+1, err)
		}
	}
}

// TestProofMalleability: a bundle has one form, but for signatures of keys that
// nobody pinned, which a signed note may carry and which are counted.
func TestProofMalleability(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 5)
	mustClose(t, l)
	key := pinned(t, cfg.Dir)
	raw, err := Prove(context.Background(), cfg.Dir, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	lines := strings.SplitAfter(good, "\n")
	last := lines[len(lines)-2] // the signature
	for name, bad := range map[string]string{
		"newline":         good + "\n",
		"space":           good + " ",
		"byte":            good + "x",
		"cut":             good[:len(good)-1],
		"signature twice": good + last,
		"leading newline": "\n" + good,
		"carriage return": strings.Replace(good, "index 2\n", "index 2\r\n", 1),
		"leading zero":    strings.Replace(good, "index 2", "index 02", 1),
		"plus":            strings.Replace(good, "index 2", "index +2", 1),
		"other index":     strings.Replace(good, "index 2", "index 1", 1),
		"beyond the log":  strings.Replace(good, "index 2", "index 5", 1),
		"huge index":      strings.Replace(good, "index 2", "index 9223372036854775808", 1),
		"hash twice":      strings.Replace(good, lines[3], lines[3]+lines[3], 1),
		"hash missing":    strings.Replace(good, lines[3], "", 1),
		"spaces in extra": strings.Replace(good, "extra ", "extra  ", 1),
		"other origin":    strings.Replace(good, "\n"+testOrigin+"\n", "\nother.test/log\n", 1),
		"no signature":    strings.TrimSuffix(good, last),
		"empty":           "",
	} {
		if bad == good {
			t.Fatalf("%s: the case changes nothing", name)
		}
		if _, err := CheckProof([]byte(bad), []string{key}, nil, 0); !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := CheckProof([]byte(good+"— somebody.else AAAAAAA=\n"), []string{key}, nil, 0)
	if err != nil || p.Unchecked != 1 {
		t.Errorf("a signature of somebody else: %v, %+v", err, p)
	}
	if p, err := CheckProof(raw, []string{key}, nil, 0); err != nil || p.Unchecked != 0 {
		t.Errorf("%v, %+v", err, p)
	}
}

// TestTilesAreDerived: deleted or damaged tiles change nothing.
func TestTilesAreDerived(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 600)
	e := l.backend.(*embedded)
	if err := e.writeDerived(); err != nil {
		t.Fatal(err)
	}
	h, err := e.head()
	if err != nil {
		t.Fatal(err)
	}
	want, wantRoot, err := h.Prove(300)
	if err != nil {
		t.Fatal(err)
	}
	tile := filepath.Join(cfg.Dir, "tiles", "tile", "0", "000")
	for name, damage := range map[string]func() error{
		"damaged": func() error { return os.WriteFile(tile, bytes.Repeat([]byte{1}, 8192), 0o600) },
		"short":   func() error { return os.WriteFile(tile, nil, 0o600) },
		"removed": func() error { return os.RemoveAll(filepath.Join(cfg.Dir, "tiles")) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		got, root, err := h.Prove(300)
		if err != nil || root != wantRoot || len(got) != len(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysAreNotReplaced(t *testing.T) {
	dir := t.TempDir()
	if _, err := EnsureKey(dir, testOrigin); err != nil {
		t.Fatal(err)
	}
	before := pinned(t, dir)
	if _, err := EnsureKey(dir, testOrigin); err != nil || pinned(t, dir) != before {
		t.Errorf("second EnsureKey: %v", err)
	}
	if _, err := EnsureKey(dir, "other.test/log"); !errors.Is(err, ErrInvalid) {
		t.Errorf("another origin: %v, want ErrInvalid", err)
	}
	info, err := os.Stat(filepath.Join(dir, "keys", keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.Remove(filepath.Join(dir, "keys", keyFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := EnsureKey(dir, testOrigin); !errors.Is(err, ErrTampered) {
		t.Errorf("key lost: %v, want ErrTampered", err)
	}
	for _, bad := range []string{"", "a b", "a+b", "a\nb", strings.Repeat("x", 300)} {
		if _, err := EnsureKey(t.TempDir(), bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("origin %q: %v, want ErrInvalid", bad, err)
		}
	}
}

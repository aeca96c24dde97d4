package redact

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// TestNoFault runs inputs that once made the scan panic, without the guard
// that turns a panic into an error.
func TestNoFault(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{`{"a":4.111111111111111e15}`, `"TkRFeE1URXhNVEV4TVRFeE1URXhNUT09"`} {
		s := r.scan()
		if _, err := s.json(nil, []byte(in), nil); err != nil {
			t.Error(err)
		}
		r.release(s)
	}
}

// TestPlainIsSafe compares the shortcut with the detectors, on random texts of
// the characters that it lets pass: it must never say that there is nothing
// where they find something.
func TestPlainIsSafe(t *testing.T) {
	print, err := Fingerprint([32]byte{}, Account, "55779911")
	if err != nil {
		t.Fatal(err)
	}
	known, err := NewKnown([][]byte{print})
	if err != nil {
		t.Fatal(err)
	}
	for _, cfg := range []Config{{}, {Known: known}} {
		r, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		words := []string{"account", "acct", "REF", "Sort", "code", "no", "STORES", "x", "AB", "C", " ", " ", "*", ",", "'", "(", ")", "5577", "9911", "55779911",
			"779911", "79911", "1", "22", "333", "123456", "4111", "é", "card", "ending", "ssn", "20", "00", "2026-01-05", "-", ".", "&", "/", "INV-", "GB", "nr.", "866-579-7172", "078-05-1120", "7-11", "811218-9876",
			"20-12345678-6", "111.444.777-35", "85.07.30-033.28", "12.50", "-01-05", "2026-", "DNI", "AB", "557-79911", "5577-9911", "+", "\\", "X"}
		s := r.scan()
		plainly := 0
		for range sample.Of(200_000) {
			var in []byte
			for range 1 + rng.IntN(7) {
				in = append(in, words[rng.IntN(len(words))]...)
				if rng.IntN(2) == 0 {
					in = append(in, ' ')
				}
			}
			p := profile.Of(in)
			if !r.rules.Quiet(&p, in) {
				continue
			}
			plainly++
			whole := profile.Of(in)
			if s.ExamineLeaf(in, &whole); len(s.Spans) > 0 {
				t.Fatalf("%q: the shortcut passes it, %s finds %s", in, s.Spans[0].Rule, s.Spans[0].Entity)
			}
		}
		if plainly < sample.Of(10_000) {
			t.Errorf("only %d texts took the shortcut", plainly)
		}
	}
}

// TestShortMasks: a mask is looked for also where letters or the mask itself
// leave fewer digits in a row than a number has.
func TestShortMasks(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{"****79911", "41111xxxxxxx1111", "no no 12.50 xx79911"} {
		if out, _, err := r.Text(nil, []byte(in)); err != nil || string(out) == in {
			t.Errorf("%q stays: %v", in, err)
		}
	}
}

// TestCleanAllocatesNothing walks a clean document in memory that a scan has
// already: nothing more is taken.
func TestCleanAllocatesNothing(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	doc := corpus.Transactions(1, 100<<10)
	dst := make([]byte, 0, len(doc))
	s := r.scan()
	if n := testing.AllocsPerRun(5, func() {
		s.reset()
		if out, err := s.json(dst, doc, nil); err != nil || len(out) != len(doc) {
			t.Error(len(out), err)
		}
	}); n != 0 {
		t.Errorf("%v allocations for a clean document, want 0", n)
	}
}

// TestResetForgetsFindings: a scan that goes back to the pool takes no finding
// along, whichever way it came by it; the next payload may be another tenant's.
func TestResetForgetsFindings(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	classes, err := ClassesOf(reflect.TypeFor[struct {
		Number string `json:"number" class:"account"`
	}]())
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]func(s *scan) error{
		"text":           func(s *scan) error { _, err := s.text(nil, []byte("4111 1111 1111 1111")); return err },
		"JSON in a text": func(s *scan) error { _, err := s.text(nil, []byte(`{"v":"4111111111111111"}`)); return err },
		"JSON in JSON": func(s *scan) error {
			_, err := s.json(nil, []byte(`{"a":"{\"v\":\"4111111111111111\"}"}`), nil)
			return err
		},
		"number":  func(s *scan) error { _, err := s.json(nil, []byte(`[4111111111111111]`), nil); return err },
		"divided": func(s *scan) error { _, err := s.json(nil, []byte(`["41111111","11111111"]`), nil); return err },
		"account": func(s *scan) error { _, err := s.json(nil, []byte(`{"number":"x1"}`), classes.root); return err },
	} {
		s := newScan(r)
		if err := run(s); err != nil || len(s.found) == 0 {
			t.Errorf("%s: found %v, %v", name, s.found, err)
		}
		s.reset()
		if left := s.found[:cap(s.found)]; len(s.found) != 0 || slices.ContainsFunc(left, func(f Finding) bool { return f != Finding{} }) {
			t.Errorf("%s: after a reset the scan still has %v", name, left)
		}
	}
}

// TestSpellsNoEncoding: a number that is found at all of a long encoded text is kept without
// reading the text once more: with 400 KB of base64 of digits that took 20 s.
func TestSpellsNoEncoding(t *testing.T) {
	const canon = "4111111111111111"
	if long := bytes.Repeat([]byte("MTIz"), detect.LongestSpelled); detect.Spells(append(long, canon...), canon) {
		t.Error("a long text spells a number")
	}
	if !detect.Spells([]byte("4111 1111-1111.1111"), canon) {
		t.Error("a number does not spell itself")
	}
}

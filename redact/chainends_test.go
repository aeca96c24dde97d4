package redact

import (
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// TestEnds compares how the ends of a leaf are read, by its planes and byte by byte.
func TestEnds(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	s := newScan(r)
	for range sample.Of(200_000) {
		leaf := make([]byte, rng.IntN(70))
		for i := range leaf {
			leaf[i] = "GB12DE3x -./,_a"[rng.IntN(15)]
		}
		p := profile.Of(leaf)
		fast, slow := s.ends(leaf, &p), s.ends(leaf, nil)
		if fast.Head != slow.Head || fast.Tail != slow.Tail || fast.Digits != slow.Digits || fast.IBAN != slow.IBAN || string(fast.Text) != string(slow.Text) {
			t.Fatalf("%q: %+v by planes, %+v byte by byte", leaf, fast, slow)
		}
	}
}

package redact_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
)

// TestComputed leaves fractions alone that were computed, whatever digits they have,
// and no number that has a card's before its point, or is a known value's.
func TestComputed(t *testing.T) {
	r := newRedactor(t)
	rng := rand.New(rand.NewPCG(4, 2))
	for range 20_000 {
		doc, err := json.Marshal(map[string]float64{"rate": rng.Float64(), "lat": rng.Float64()*180 - 90, "sum": 1000 * rng.Float64()})
		if err != nil {
			t.Fatal(err)
		}
		out, found, err := r.JSON(nil, doc)
		if err != nil || string(out) != string(doc) {
			t.Fatalf("%s became %s: %v %v", doc, out, found, err)
		}
		if !r.Clean(out) {
			t.Fatalf("the second scan stops %s", out)
		}
	}
	for _, doc := range []string{`{"n":4111111111111111.5}`, `{"n":4.111111111111111e15}`, `{"n":4111.111111111111}`, `{"n":0.4111111111111111e16}`} {
		if out, found, err := r.JSON(nil, []byte(doc)); err != nil || len(found) != 1 {
			t.Errorf("%s became %s: %v %v", doc, out, found, err)
		}
	}
	known := knowing(t, 1, func(int) (redact.Entity, string) { return redact.Account, "52790331846512" })
	if out, found, err := known.JSON(nil, []byte(`{"n":527.90331846512}`)); err != nil || len(found) != 1 {
		t.Errorf("a known number became %s: %v %v", out, found, err)
	}
}

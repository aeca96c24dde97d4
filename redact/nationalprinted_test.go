package redact

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
)

// TestMayBePrinted: what is found in a printed form has groups of the sizes that are
// asked for first.
func TestMayBePrinted(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 8))
	var q sequence
	found := map[string]int{}
	for _, v := range hostile.Nationals(rng) {
		in := []byte(v.Text)
		for _, text := range [][]byte{in, []byte(strings.ReplaceAll(strings.ReplaceAll(v.Text, "-", " "), ".", " "))} {
			for i := 0; i < len(text); {
				if !digit(text[i]) {
					i++
					continue
				}
				i = q.read(text, i)
				q.atoms()
				for k := range q.g {
					n, rule := q.printedAs(k, cueTax|cueEmployer)
					if n > 0 {
						found[rule]++
					}
					if n > 0 && !q.mayBePrinted(k) {
						t.Errorf("%q is %s, and is not asked for", text, rule)
					}
				}
			}
		}
	}
	if len(found) < 8 {
		t.Errorf("only %v are found", found)
	}
}

package redact

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/hostile"
)

// TestMayBePrinted: what is found in a printed form has groups of the sizes that are
// asked for first.
func TestMayBePrinted(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 8))
	var q detect.Sequence
	found := map[string]int{}
	for _, v := range hostile.Nationals(rng) {
		in := []byte(v.Text)
		for _, text := range [][]byte{in, []byte(strings.ReplaceAll(strings.ReplaceAll(v.Text, "-", " "), ".", " "))} {
			for i := 0; i < len(text); {
				if !char.Digit(text[i]) {
					i++
					continue
				}
				i = q.Read(text, i)
				q.Atoms()
				for k := range q.G {
					n, rule := q.PrintedAs(k, cue.Tax|cue.Employer)
					if n > 0 {
						found[rule]++
					}
					if n > 0 && !q.MayBePrinted(k) {
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

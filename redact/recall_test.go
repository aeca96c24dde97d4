package redact_test

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/redact/internal/corpus"
)

var recallSample = flag.Int("recall.sample", 2, "secrets for each pair of disguises")

// TestRecall plants every kind of secret under every composition of two
// disguises and asks the oracle whether it can still be read.
func TestRecall(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	plain := newRedactor(t)
	total, missed := 0, 0
	byPair := map[string]int{}
	for _, a := range corpus.Disguises {
		for _, b := range corpus.Disguises {
			if !corpus.Composable(a, b) {
				continue
			}
			secrets := corpus.Secrets(rng)
			rng.Shuffle(len(secrets), func(i, j int) { secrets[i], secrets[j] = secrets[j], secrets[i] })
			for _, s := range secrets[:*recallSample] {
				text := b.Apply(rng, a.Apply(rng, s.Text))
				r := plain
				if s.Known {
					r = newRedactor(t, s.Plain)
				}
				total++
				out, _, err := r.Text(nil, []byte(text))
				if err != nil {
					t.Fatal(err)
				}
				if corpus.Survives(string(out), s.Plain, 4) {
					missed++
					byPair[s.Entity+": "+a.Name+" + "+b.Name]++
					if byPair[s.Entity+": "+a.Name+" + "+b.Name] == 1 && missed < 400 {
						t.Logf("%s %q under %s + %s: %.300q -> %.300q", s.Entity, s.Plain, a.Name, b.Name, text, out)
					}
				}
			}
		}
	}
	t.Logf("missed %d of %d", missed, total)
	for k, n := range byPair {
		t.Logf("%3d %s", n, k)
	}
	_ = redact.Card
}

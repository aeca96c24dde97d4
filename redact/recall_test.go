package redact_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/redact/internal/corpus"
)

var recallSample = flag.Int("recall.sample", 1, "secrets for each pair of disguises")

// minRecall is the part of planted numbers under two disguises that must be
// found. What is missed are numbers whose separators make up amounts and dates.
const minRecall = 0.998

// tally counts what was planted and what survived, by kind.
type tally map[string]*[2]int

func (t tally) add(kind string, survived bool) {
	if t[kind] == nil {
		t[kind] = new([2]int)
	}
	t[kind][0]++
	if survived {
		t[kind][1]++
	}
}

func (t tally) sum() (planted, survived int) {
	for _, n := range t {
		planted, survived = planted+n[0], survived+n[1]
	}
	return planted, survived
}

// rows lists the kinds for the table.
func (t tally) rows() (out []string) {
	for kind, n := range t {
		out = append(out, fmt.Sprintf("| %s | %d | %d | %.2f %% |", kind, n[0], n[1], 100-100*float64(n[1])/float64(n[0])))
	}
	slices.Sort(out)
	return out
}

// recallPairs plants secrets under every composition of two disguises and asks
// the oracle whether they can still be read.
func recallPairs(t *testing.T, sample int) tally {
	rng := rand.New(rand.NewPCG(3, 4))
	plain := newRedactor(t)
	got := tally{}
	for _, a := range corpus.Disguises {
		for _, b := range corpus.Disguises {
			if !corpus.Composable(a, b) {
				continue
			}
			secrets := corpus.Secrets(rng)
			rng.Shuffle(len(secrets), func(i, j int) { secrets[i], secrets[j] = secrets[j], secrets[i] })
			for _, s := range secrets[:sample] {
				planted(t, rng, plain, got, s, a, b)
			}
		}
	}
	return got
}

func planted(t *testing.T, rng *rand.Rand, r *redact.Redactor, got tally, s corpus.Secret, a, b corpus.Disguise) {
	if s.Known {
		r = newRedactor(t, s.Plain)
	}
	in := b.Apply(rng, a.Apply(rng, s.Text))
	out := text(t, r, in)
	survived := corpus.Survives(out, s.Plain, 4)
	if survived {
		t.Logf("%s %q under %s + %s: %.300q -> %.300q", s.Entity, s.Plain, a.Name, b.Name, in, out)
	}
	kind := s.Entity
	if s.Known {
		kind = "known account"
	}
	got.add(kind+", two disguises", survived)
}

func TestRecall(t *testing.T) {
	planted, survived := recallPairs(t, *recallSample).sum()
	t.Logf("%d of %d planted numbers survived", survived, planted)
	if float64(survived) > (1-minRecall)*float64(planted) {
		t.Errorf("%d of %d planted numbers survived", survived, planted)
	}
}

// TestTable prints the table of docs/redaction.md: go test ./redact -run
// TestTable -v -recall.sample 4.
func TestTable(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints only; TestRecall, TestRecallOther and TestCleanLookAlikes demand")
	}
	pairs, other := recallPairs(t, *recallSample), recallOther(t)
	fmt.Println("| planted | number | survived | recall |\n|---|---|---|---|")
	for _, row := range append(pairs.rows(), other.rows()...) {
		fmt.Println(row)
	}
	fmt.Println("\n| clean fields | number | altered |\n|---|---|---|")
	for _, row := range overRedaction(t) {
		fmt.Println(row)
	}
}

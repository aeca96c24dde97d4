package redact

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// TestPhoneAndDay: a telephone number with a day behind it takes the shortcut
// only if no detector finds anything there.
func TestPhoneAndDay(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	s := r.scan()
	rng := rand.New(rand.NewPCG(9, 9))
	quiet := 0
	for range sample.Of(100_000) {
		sep := func() byte { return "- -- ./"[rng.IntN(7)] }
		in := fmt.Appendf(nil, "NETFLIX.COM %03d%c%03d%c%04d%c%04d", rng.IntN(1000), sep(), rng.IntN(1000), sep(), rng.IntN(10_000), sep(), rng.IntN(10_000))
		if rng.IntN(3) == 0 { // so that a number may be one with zeros glued on
			in = fmt.Appendf(nil, "%s %03d-%03d-%04d %04d", "PAY", rng.IntN(10), rng.IntN(1000), rng.IntN(100), rng.IntN(10_000))
		}
		p := profile.Of(in)
		if !r.rules.Quiet(&p, in) {
			continue
		}
		quiet++
		whole := profile.Of(in)
		if s.ExamineLeaf(in, &whole); len(s.Spans) > 0 {
			t.Fatalf("%q: the shortcut passes it, %s finds %s", in, s.Spans[0].Rule, s.Spans[0].Entity)
		}
	}
	if quiet < sample.Of(10_000) {
		t.Errorf("only %d texts took the shortcut", quiet)
	}
}

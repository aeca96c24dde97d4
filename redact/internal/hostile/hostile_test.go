package hostile

import (
	"math/rand/v2"
	"testing"
)

// maxUnread is the part of compositions that the oracle need not be able to
// read: some disguises destroy what others made.
const maxUnread = 0.03

// TestOracleReads: what is planted can be read before it is redacted, so that
// nothing counts as redacted that was only unreadable.
func TestOracleReads(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	all := Disguises()
	tried, unread := 0, 0
	for _, a := range all {
		for _, b := range all {
			if tried++; !Composable(a, b) || testing.Short() && tried%7 > 0 {
				tried--
				continue
			}
			v := pick(rng, append(Cards(rng), IBANs(rng)...)...)
			if in := b.Apply(rng, a.Apply(rng, v.Text)); !Readable(in, v) {
				unread++
				t.Logf("%s + %s: %.200q hides %q", a.Name, b.Name, in, v.Text)
			}
		}
	}
	if float64(unread) > maxUnread*float64(tried) {
		t.Errorf("the oracle reads all but %d of %d", unread, tried)
	}
}

package hostile

import (
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// maxUnread is the part of compositions that the oracle need not be able to
// read: some disguises destroy what others made.
const maxUnread = 0.03

// TestOracleReads: what is planted can be read before it is redacted, so that
// nothing counts as redacted that was only unreadable.
func TestOracleReads(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	all, values := Disguises(), append(Cards(rng), IBANs(rng)...)
	tried, unread := 0, 0
	for i, a := range all {
		for k, b := range all {
			if !Composable(a, b) || !sample.Takes(i*len(all)+k) {
				continue
			}
			tried++
			v := pick(rng, values...)
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

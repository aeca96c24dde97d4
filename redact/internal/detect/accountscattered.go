package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// accountScattered takes the groups from i on as one account number although some
// of them look like amounts or times: many short ones, between which marks of
// several kinds stand, beside a cue. It reports whether it did.
func (s *Scan) accountScattered(v *finding.View, q *Sequence, i int) bool {
	const fewest, least, most = 4, 8, 17 // groups, and digits
	last := len(q.G) - 1
	n := len(q.D) - q.G[i].from
	if last-i+1 < fewest || n < least || n > most || q.G[i].size() >= bankaccount.MinDigits {
		return false
	}
	if q.beforeAmount(i, last) {
		return false
	}
	free, kinds := false, false
	for k := i; k <= last; k++ {
		if q.dateAt(k) > 0 {
			return false
		}
		free = free || q.G[k].Atom == 0
		kinds = kinds || k > i && q.G[k].sep != q.G[i+1].sep
	}
	if (!free || !kinds) && !cutTwice(v.Text, int(q.at[q.G[i].from]), int(q.at[len(q.D)-1])+1) {
		return false
	}
	s.account(v, q, q.G[i].from, len(q.D), "cue")
	return true
}

// beforeAmount tells whether the last two groups are an amount in a field of its own, behind a
// number that one kind of mark divides: "48 29 13 74",-327.65.
func (q *Sequence) beforeAmount(i, last int) bool {
	whole := last - 1
	if whole <= i+1 || q.G[whole].Atom == 0 || q.G[last].Atom == 0 || q.G[last].size() != centsSize-1 || q.G[whole].sepLen <= q.G[i+1].sepLen {
		return false
	}
	for k := i + 1; k < whole; k++ {
		if q.G[k].sep != q.G[i+1].sep || q.G[k].sepLen != q.G[i+1].sepLen {
			return false
		}
	}
	return q.G[whole].from-q.G[i].from >= bankaccount.MinDigits
}

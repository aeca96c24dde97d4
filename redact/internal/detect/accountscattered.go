package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
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

// An account may be divided as a time or an amount is. Times, addresses of hardware and
// amounts are more common, so that the words right before it must say that it is the number
// of an account, and its form that it is neither.
const (
	pairDigits  = 2 // digits of a group between colons
	fewestPairs = 4 // groups: an hour, a minute and a second are three
	pointDigits = 3 // digits of a group between points, as in an amount
)

// accountInPairs finds such a number with colons between pairs of digits:
// account number 42:76:93:64:50:65, account number 19:56:71:75:3.
func (s *Scan) accountInPairs(v *finding.View, q *Sequence, i int) bool {
	j := i
	for j+1 < len(q.G) && q.G[j+1].sep == ':' && q.G[j+1].sepLen == 1 && q.G[j].size() == pairDigits && q.G[j+1].size() <= pairDigits {
		j++
	}
	a, b := q.G[i].from, q.G[j].to
	end := int(q.at[b-1]) + 1
	if j-i+1 < fewestPairs || b-a > bankaccount.MaxDigits || char.At(v.Text, end) == ':' && char.Alnum(char.At(v.Text, end+1)) || !cue.Numbered(v.Text, int(q.at[a])) {
		return false
	}
	s.account(v, q, a, b, "cue")
	return true
}

// pointedAccount finds such a number with marks between its groups that are no points of
// ASCII, though they fold to them: account number 204‖388‖954, account number 378․734․421.
func (s *Scan) pointedAccount(v *finding.View, q *Sequence, i int) bool {
	if v.Lo == nil || q.G[i].size() != pointDigits {
		return false
	}
	j := i
	for j+1 < len(q.G) && q.G[j+1].sep == '.' && q.G[j+1].sepLen == 1 && q.G[j].size() == pointDigits && q.G[j+1].size() <= pointDigits {
		if at := int(q.at[q.G[j].to-1]) + 1; v.To(at)-v.From(at) < 2 { // a point
			return false
		}
		j++
	}
	a, b := q.G[i].from, q.G[j].to
	if b-a < bankaccount.MinDigits || b-a > bankaccount.MaxDigits || j == i || joinedTo(v.Text, int(q.at[b-1])+1, 1) || !cue.Numbered(v.Text, int(q.at[a])) {
		return false
	}
	s.account(v, q, a, b, "cue")
	return true
}

package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

// What the systems print through which payments go, where the account does not stand
// behind the name of its field.

// kindBefore tells whether a kind of account stands right before t[i]: Checking x12345678.
func kindBefore(t []byte, i int) bool {
	return among(trailingWord(bytes.TrimRight(t[:i], " ")), accountKinds[:])
}

// sortBehind finds an account of the United Kingdom before the sort code of its bank, as
// some banks print the other way round what goes by Faster Payments.
func (s *scan) sortBehind(v *view, q *sequence, i int) {
	const reach, lastDay = 2, 31 // spaces between; the day of a month
	if q.g[i].size() != 8 || q.g[i].atom != 0 || i+1 == len(q.g) || q.g[i+1].sep != ' ' || q.g[i+1].sepLen > reach || q.recentStamp(i) {
		return
	}
	last := i + 1
	switch {
	case q.g[last].size() == 6 && !nationalid.Calendar(q.d[q.g[last].from:q.g[last].to]):
	case i+3 < len(q.g) && q.sized(last, []int{2, 2, 2}) && q.tight(last, 3, '-') && !q.recentDate(last):
		last = i + 3
	default:
		return
	}
	undated := last == i+3 && prefix(q.d[q.g[i+2].from:q.g[i+2].to], 2) > lastDay // neither a day nor a month
	if undated || onRails(v.t, int(q.at[q.g[i].from])) {
		s.account(v, q, q.g[i].from, q.g[last].to, "uk")
	}
}

// wireBanks name the bank in the fields of a wire.
var wireBanks = [...]string{"via", "bk", "bank"}

// wireBank finds the routing number of a bank in a wire: VIA: CITIBANK NYC/021000089,
// BNF BK:CHASE BANK ID:021000021.
func (s *scan) wireBank(v *view, q *sequence) {
	const size = 9
	if q.g[0].size() != size || !bankaccount.ABA(q.d[:size]) {
		return
	}
	t := v.t[:q.at[0]]
	t = bytes.TrimRight(t[max(0, len(t)-partyReach):], " ")
	switch id := len(t) - len(" ID:"); {
	case bytes.HasSuffix(t, []byte("/")):
		t = t[:len(t)-1]
	case id > 0 && bytes.EqualFold(t[id:], []byte(" ID:")):
		t = t[:id]
	default:
		return
	}
	if k := bytes.LastIndexAny(t, ":="); k >= 0 && among(trailingWord(t[:k]), wireBanks[:]) {
		s.bank(v, q, 0, size, "aba")
	}
}

// immediate is the system by which Indian banks pay at once.
var immediate = [...]string{"imps"}

// sentByRail finds the account of such a payment, the second number of its line:
// IMPS-400112345678-RAHUL KUMAR-HDFC-50100012345678, or the one of a transfer within a
// bank: FT - DR - 50100012345678 - RAHUL KUMAR.
func (s *scan) sentByRail(v *view, q *sequence) {
	const least, most, mobile, reference = 9, 18, 10, 12 // digits
	n := q.g[0].size()
	t := v.t[:q.at[0]]
	if n < least || n > most || n == mobile && q.d[0] >= '6' || len(t) == 0 || alnum(byteAt(v.t, int(q.at[n-1])+1)) {
		return
	}
	t = bytes.TrimRight(t, " ")
	if len(t) == 0 || t[len(t)-1] != '-' && t[len(t)-1] != '/' {
		return
	}
	t = bytes.TrimRight(t[:len(t)-1], " ")
	switch word := trailingWord(t); {
	case len(word) == 0:
		return
	case len(word) == len("dr") && (bytes.EqualFold(word, []byte("dr")) || bytes.EqualFold(word, []byte("cr"))):
		if !bytes.EqualFold(trailingWord(bytes.TrimRight(t[:len(t)-len(word)], " -/")), []byte("ft")) {
			return
		}
	default:
		line := lineBefore(t, len(t), railReach)
		if !near(t, len(t), immediate[:]) || longestNumber(line) < reference {
			return
		}
	}
	s.account(v, q, 0, n, "transfer")
}

// longestNumber returns how many digits the longest run of a text has.
func longestNumber(t []byte) (longest int) {
	for i := 0; i < len(t); i++ {
		n := digits(t[i:])
		longest = max(longest, n)
		i += n
	}
	return longest
}

package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
	"github.com/counterfoil/counterfoil/redact/internal/secrets"
)

// What the systems print through which payments go, where the account does not stand
// behind the name of its field.

// kindBefore tells whether a kind of account stands right before t[i]: Checking x12345678.
func kindBefore(t []byte, i int) bool {
	return among(trailingWord(bytes.TrimRight(t[:i], " ")), accountKinds[:])
}

// sortBehind finds an account of the United Kingdom before the sort code of its bank, as
// some banks print the other way round what goes by Faster Payments.
func (s *Scan) sortBehind(v *finding.View, q *Sequence, i int) {
	const reach, lastDay = 2, 31 // spaces between; the day of a month
	if q.G[i].size() != 8 || q.G[i].Atom != 0 || i+1 == len(q.G) || q.G[i+1].sep != ' ' || q.G[i+1].sepLen > reach || q.recentStamp(i) {
		return
	}
	last := i + 1
	switch {
	case q.G[last].size() == 6 && !nationalid.Calendar(q.D[q.G[last].from:q.G[last].to]):
	case i+3 < len(q.G) && q.sized(last, []int{2, 2, 2}) && q.tight(last, 3, '-') && !q.recentDate(last):
		last = i + 3
	default:
		return
	}
	undated := last == i+3 && char.Number(q.D[q.G[i+2].from:q.G[i+2].to], 2) > lastDay // neither a day nor a month
	if first := int(q.at[q.G[i].from]); undated || onRails(v.Text, first) || last == i+3 && near(v.Text, first, payWords[:]) {
		s.account(v, q, q.G[i].from, q.G[last].to, "uk")
	}
}

// Limits of a code of a bank that stands behind the number of an account, with its name.
const (
	codeWords   = 5  // of the name: "and the sort code is"
	mostRouted  = 17 // digits of an account in the United States (NACHA)
	mostSorted  = 10 // of one beside a sort code or a BSB
	leastSorted = 6
)

// codeBehind finds the account behind which the code of its bank stands, with its name:
// number 12345678, sort code 20-18-45; it's 1234567890, routing is 021000021.
func (s *Scan) codeBehind(v *finding.View, q *Sequence, before cue.Set) {
	n := len(q.D)
	if before&^(cue.Sort|cue.Routing|cue.BSB) != 0 || len(q.G) > 1 || q.G[0].Atom != 0 || n < leastSorted || n > mostRouted || q.recentStamp(0) || date.Like(q.D) {
		return
	}
	t, i, found := v.Text, int(q.at[n-1])+1, cue.Set(0)
	if char.Alnum(char.At(t, i)) || ofOther(cue.PrecedingWord(t, int(q.at[0]))) {
		return
	}
	for range codeWords {
		a := secrets.SkipGap(t, i)
		if i = a; i < len(t) && char.Digit(t[i]) {
			break
		}
		for i < len(t) && char.Letter(t[i]) && i-a < cue.LongestCue {
			i++
		}
		c := cue.Of(t[a:i])
		if c == 0 && i-a != 1 || c&cue.Account != 0 {
			return
		}
		found |= c
	}
	code := sixOrNine(t, i)
	switch {
	case found&(cue.Sort|cue.BSB) != 0 && len(code) == 6 && n <= mostSorted, found&cue.Routing != 0 && len(code) == 9 && bankaccount.ABA(code):
		s.account(v, q, 0, n, "cue")
	}
}

// Limits of another account of which a sentence speaks behind the first one.
const (
	anotherReach = 64 // bytes between the two
	anotherWords = 8
	leastAnother = 8 // digits
	mostAnother  = 20
)

// anotherAccount finds the account that a sentence names behind one that a cue announces,
// with as many digits: my old account was 12345678 and the new one is 87654321.
func (s *Scan) anotherAccount(v *finding.View, q *Sequence, before cue.Set) {
	n := len(q.D)
	if before != 0 || len(q.G) > 1 || q.G[0].Atom != 0 || n < leastAnother || n > mostAnother || q.recentStamp(0) || date.Like(q.D) {
		return
	}
	t, i := v.Text, int(q.at[0])
	k := i
	for lo := max(0, i-anotherReach); k > lo && !char.Digit(t[k-1]); k-- {
		if c := t[k-1]; c == '\n' || c == '=' || c == ':' && k < i-1 || c == '|' || c == '"' || c == '.' && t[k] == ' ' {
			return
		}
	}
	first := max(0, k-n)
	if k == i || k-first < n || !char.AllDigits(t[first:k]) || char.Alnum(char.At(t, first-1)) || char.Alnum(char.At(t, i+n)) || !ofAnother(t[k:i]) {
		return
	}
	if cue.Before(t, first, 0)&(cue.Account|cue.Article) == cue.Account {
		s.account(v, q, 0, n, "cue")
	}
}

// ofAnother tells whether the words between two numbers say that the second one is another
// of the same kind.
func ofAnother(words []byte) (another bool) {
	n := 0
	for i := 0; i < len(words); {
		j := i
		for j < len(words) && char.Letter(words[j]) {
			j++
		}
		if j == i {
			i++
			continue
		}
		word := words[i:j]
		is := among(word, anotherOne[:])
		if n++; n > anotherWords || ofOther(word) || !is && cue.Of(word)&^cue.Link != 0 {
			return false
		}
		another = another || is
		i = j
	}
	return another
}

// anotherOne are words for another one, a new one or that of somebody else.
var anotherOne = [...]string{"other", "new", "old", "one", "mine", "his", "hers", "wife", "husband", "second", "neue", "neues", "alte", "andere", "anderes", "zweite", "otro", "otra", "nuevo", "nueva", "mujer", "marido", "autre", "nouveau", "celui", "altro", "nuovo", "quello", "outra", "outro", "nova", "nieuwe", "tweede", "not", "instead", "nicht", "wait"}

// ofOther tells whether a word before a number says that it is none of an account.
func ofOther(word []byte) bool {
	for _, w := range [...]string{"ref", "reference", "invoice", "order", "customer", "member", "client", "phone", "tel", "id", "po", "case", "ticket"} {
		if cue.SameWord(word, w) {
			return true
		}
	}
	return false
}

// sixOrNine returns the digits at t[i], in pairs with dashes or spaces between them or in
// one run, nine at most.
func sixOrNine(t []byte, i int) []byte {
	const most = 9
	var code []byte
	for ; i < len(t) && len(code) <= most; i++ {
		switch {
		case char.Digit(t[i]):
			code = append(code, t[i])
		case (t[i] == '-' || t[i] == ' ') && len(code)%2 == 0 && len(code) < 6 && char.Digit(char.At(t, i+1)):
		default:
			return code
		}
	}
	return code
}

// paidTo finds the account in a URI of RFC 8905: payto://ach/021000021/1234567890.
func (s *Scan) paidTo(v *finding.View, q *Sequence) {
	const size = 9
	t := v.Text[:q.at[0]]
	if len(q.G) < 2 || q.G[0].size() != size || q.G[1].sep != '/' || !bytes.HasSuffix(t, []byte("payto://ach/")) || !bankaccount.ABA(q.D[:size]) {
		return
	}
	s.bank(v, q, 0, size, "aba")
	s.accountAt(v, q, 1)
}

// wireBanks name the bank in the fields of a wire.
var wireBanks = [...]string{"via", "bk", "bank"}

// wireBank finds the routing number of a bank in a wire: VIA: CITIBANK NYC/021000089,
// BNF BK:CHASE BANK ID:021000021.
func (s *Scan) wireBank(v *finding.View, q *Sequence) {
	const size = 9
	if q.G[0].size() != size || !bankaccount.ABA(q.D[:size]) {
		return
	}
	t := v.Text[:q.at[0]]
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
func (s *Scan) sentByRail(v *finding.View, q *Sequence) {
	const least, most, mobile, reference = 9, 18, 10, 12 // digits
	n := q.G[0].size()
	t := v.Text[:q.at[0]]
	if n < least || n > most || n == mobile && q.D[0] >= '6' || len(t) == 0 || char.Alnum(char.At(v.Text, int(q.at[n-1])+1)) {
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
		line := char.LineBefore(t, len(t), railReach)
		if !near(t, len(t), immediate[:]) || longestNumber(line) < reference {
			return
		}
	}
	s.account(v, q, 0, n, "transfer")
}

// longestNumber returns how many digits the longest run of a text has.
func longestNumber(t []byte) (longest int) {
	for i := 0; i < len(t); i++ {
		n := char.Digits(t[i:])
		longest = max(longest, n)
		i += n
	}
	return longest
}

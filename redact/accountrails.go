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

// Limits of a code of a bank that stands behind the number of an account, with its name.
const (
	codeWords   = 5  // of the name: "and the sort code is"
	mostRouted  = 17 // digits of an account in the United States (NACHA)
	mostSorted  = 10 // of one beside a sort code or a BSB
	leastSorted = 6
)

// codeBehind finds the account behind which the code of its bank stands, with its name:
// number 12345678, sort code 20-18-45; it's 1234567890, routing is 021000021.
func (s *scan) codeBehind(v *view, q *sequence, before cue) {
	n := len(q.d)
	if before&^(cueSort|cueRouting|cueBSB) != 0 || len(q.g) > 1 || q.g[0].atom != 0 || n < leastSorted || n > mostRouted || q.recentStamp(0) || dateLike(q.d) {
		return
	}
	t, i, found := v.t, int(q.at[n-1])+1, cue(0)
	if alnum(byteAt(t, i)) || ofOther(precedingWord(t, int(q.at[0]))) {
		return
	}
	for range codeWords {
		a := skipGap(t, i)
		if i = a; i < len(t) && digit(t[i]) {
			break
		}
		for i < len(t) && letter(t[i]) && i-a < longestCue {
			i++
		}
		c := cueOf(t[a:i])
		if c == 0 && i-a != 1 || c&cueAccount != 0 {
			return
		}
		found |= c
	}
	code := sixOrNine(t, i)
	switch {
	case found&(cueSort|cueBSB) != 0 && len(code) == 6 && n <= mostSorted, found&cueRouting != 0 && len(code) == 9 && bankaccount.ABA(code):
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
func (s *scan) anotherAccount(v *view, q *sequence, before cue) {
	n := len(q.d)
	if before != 0 || len(q.g) > 1 || q.g[0].atom != 0 || n < leastAnother || n > mostAnother || q.recentStamp(0) || dateLike(q.d) {
		return
	}
	t, i := v.t, int(q.at[0])
	k := i
	for lo := max(0, i-anotherReach); k > lo && !digit(t[k-1]); k-- {
		if c := t[k-1]; c == '\n' || c == '=' || c == ':' || c == '|' || c == '"' || c == '.' && t[k] == ' ' {
			return
		}
	}
	first := max(0, k-n)
	if k == i || k-first < n || !allDigits(t[first:k]) || alnum(byteAt(t, first-1)) || alnum(byteAt(t, i+n)) || !ofAnother(t[k:i]) {
		return
	}
	if cueBefore(t, first, 0)&(cueAccount|cueArticle) == cueAccount {
		s.account(v, q, 0, n, "cue")
	}
}

// ofAnother tells whether the words between two numbers say that the second one is another
// of the same kind.
func ofAnother(words []byte) (another bool) {
	n := 0
	for i := 0; i < len(words); {
		j := i
		for j < len(words) && letter(words[j]) {
			j++
		}
		if j == i {
			i++
			continue
		}
		word := words[i:j]
		if n++; n > anotherWords || ofOther(word) || cueOf(word)&^cueLink != 0 {
			return false
		}
		another = another || among(word, anotherOne[:])
		i = j
	}
	return another
}

// anotherOne are words for another one, a new one or that of somebody else.
var anotherOne = [...]string{"other", "new", "old", "one", "mine", "his", "hers", "wife", "husband", "second", "neue", "neues", "alte", "andere", "anderes", "zweite", "otro", "otra", "nuevo", "nueva", "mujer", "marido", "autre", "nouveau", "celui", "altro", "nuovo", "quello", "outra", "outro", "nova", "nieuwe", "tweede", "not", "instead", "nicht"}

// ofOther tells whether a word before a number says that it is none of an account.
func ofOther(word []byte) bool {
	for _, w := range [...]string{"ref", "reference", "invoice", "order", "customer", "member", "client", "phone", "tel", "id", "po", "case", "ticket"} {
		if sameWord(word, w) {
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
		case digit(t[i]):
			code = append(code, t[i])
		case (t[i] == '-' || t[i] == ' ') && len(code)%2 == 0 && len(code) < 6 && digit(byteAt(t, i+1)):
		default:
			return code
		}
	}
	return code
}

// paidTo finds the account in a URI of RFC 8905: payto://ach/021000021/1234567890.
func (s *scan) paidTo(v *view, q *sequence) {
	const size = 9
	t := v.t[:q.at[0]]
	if len(q.g) < 2 || q.g[0].size() != size || q.g[1].sep != '/' || !bytes.HasSuffix(t, []byte("payto://ach/")) || !bankaccount.ABA(q.d[:size]) {
		return
	}
	s.bank(v, q, 0, size, "aba")
	s.accountAt(v, q, 1)
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

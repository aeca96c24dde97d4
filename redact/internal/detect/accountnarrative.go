package detect

import (
	"bytes"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// What banks write of a payment: WIRE TYPE:WIRE OUT … BNF:JOHN SMITH ID:000123456789,
// ORG:/000123456789, FASTER PAYMENT TO SMITH J 200000 55779911.

// railWords name the systems by which payments go from one account to another.
var railWords = [...]string{"bacs", "fps", "fpi", "fpo", "faster", "chaps", "bgc", "giro", "sto", "tfr", "transfer", "osko", "npp", "payid", "becs", "pymt", "nab", "cba", "anz", "westpac", "commbank", "standing"}

// railReach is how far before an account such a word stands: there is a name between.
const railReach = 64

// transferWords say that what follows "to" or "from" is an account.
var transferWords = [...]string{"transfer", "transfers", "xfer", "trf", "tfr", "trsf"}

// accountKinds are kinds of accounts as American banks shorten them.
var accountKinds = [...]string{"chk", "chkg", "checking", "sav", "savings", "svgs", "mma"}

// minTransferred is how many digits an account has, at least, that stands behind "to" or
// "from": with fewer it may be an order, or an amount.
const minTransferred = 8

// transferred finds the account to or from which a transfer goes.
func (s *Scan) transferred(v *finding.View, q *Sequence, before cue.Set) {
	t, i, g := v.Text, int(q.at[0]), q.G[0]
	if n := g.size(); i > 0 && n >= minTransferred && n <= mostRouted && (t[i-1] == '(' && char.At(t, i+n) == ')' || t[i-1] == '[' && char.At(t, i+n) == ']') && !q.recentStamp(0) && kindBefore(t, i-1) { // Checking (12345678)
		s.account(v, q, 0, n, "transfer")
		return
	}
	if priced := !q.alone(0, len(q.G)-1) && q.priced(); priced && i > 0 && before&(cue.Card|cue.Phone|cue.Article) == 0 && g.size() >= minTransferred && g.size() <= mostRouted && !q.recentStamp(0) && kindBefore(t, i) { // TO SAV 12345678 $250.00
		s.account(v, q, 0, g.size(), "transfer")
		return
	}
	if len(q.D) > bankaccount.MaxDigits || !q.alone(0, len(q.G)-1) || before&(cue.Card|cue.Phone|cue.Article) != 0 || q.recentStamp(0) || i < 3 || t[i-1] != ' ' {
		return
	}
	word := trailingWord(t[:i-1])
	kind := among(word, accountKinds[:])
	way := bytes.EqualFold(word, []byte("to")) || bytes.EqualFold(word, []byte("from"))
	if (kind || among(word, transferWords[:]) || way && near(t, i, transferWords[:])) && cue.BankForm(t, i) && q.tight(0, len(q.G), '-') {
		s.account(v, q, 0, len(q.D), "transfer")
		return
	}
	if bytes.EqualFold(word, []byte("is")) && len(q.G) == 1 && g.size() >= minTransferred && among(trailingWord(bytes.TrimRight(t[:i-1-len(word)], " ")), accountKinds[:]) { // my checking is …
		s.account(v, q, 0, len(q.D), "transfer")
		return
	}
	if bytes.EqualFold(word, []byte("number")) && len(q.G) == 1 && g.size() >= minTransferred && bytes.EqualFold(trailingWord(bytes.TrimRight(t[:i-1-len(word)], " ")), []byte("full")) && near(t, i, accountWords[:]) { // account ending 4417, full number …
		s.account(v, q, 0, len(q.D), "cue")
		return
	}
	if kind {
		word = trailingWord(bytes.TrimRight(t[:i-1-len(word)], " "))
		way = bytes.EqualFold(word, []byte("to")) || bytes.EqualFold(word, []byte("from"))
	}
	short := len(q.G) == 2 && q.tight(0, 2, '-') && (q.sized(0, []int{7, 2}) || q.sized(0, []int{7, 3})) // of New Zealand, without bank and branch
	if way && (g.size() >= minTransferred && (kind || len(q.G) == 1 && near(t, i, transferWords[:])) || short && near(t, i, transferWords[:])) {
		s.account(v, q, 0, len(q.D), "transfer")
	}
}

// priced tells whether an amount and nothing else follows on the first group of a sequence.
func (q *Sequence) priced() bool {
	if len(q.G) < 2 || q.G[0].Atom != 0 {
		return false
	}
	for _, g := range q.G[1:] {
		if g.Atom == 0 || g.Atom != q.G[1].Atom {
			return false
		}
	}
	return true
}

// branchAndAccount finds the account behind CC, which elsewhere is a card's, where the
// number of a branch stands before it: Ag 0001 CC 12345-6, as in Brazil.
func (s *Scan) branchAndAccount(v *finding.View, q *Sequence) {
	const reach = len("agencia 00000-0, ")
	t, i := v.Text, int(q.at[0])
	if i < 1 || len(q.D) < bankaccount.MinDigits || len(q.D) > bankaccount.MaxDigits || !q.alone(0, len(q.G)-1) {
		return
	}
	before := bytes.TrimRight(t[max(0, i-partyReach):i], " :")
	if word := trailingWord(before); bytes.EqualFold(word, []byte("cc")) || bytes.EqualFold(word, []byte("cp")) {
		before = bytes.TrimRight(before[:len(before)-len(word)], " ,/-")
		if before = before[max(0, len(before)-reach):]; char.Digit(char.At(before, len(before)-1)) && near(before, len(before), branchWords[:]) {
			s.account(v, q, 0, len(q.D), "cue")
		}
	}
}

// remittances are the systems by which Indian banks pay each other.
var remittances = [...]string{"neft", "rtgs", "imps", "cr", "dr"}

// remitted finds the account behind the name of its holder in a line of such a payment,
// in which the code of a bank is t[i:j]: NEFT-SBIN0001234-RAHUL KUMAR-12345678901.
func (s *Scan) remitted(v *finding.View, i, j int) {
	t := v.Text
	if i == 0 || t[i-1] != '-' && t[i-1] != '/' || !among(trailingWord(t[:i-1]), remittances[:]) {
		return
	}
	a := j
	for a < len(t) && a-j < railReach && !char.Digit(t[a]) && t[a] < utf8.RuneSelf {
		a++
	}
	if a < len(t) && t[a-1] == t[i-1] {
		s.indian(v, a, a+char.Digits(t[a:]))
	}
}

// among tells whether a word is one of some, whatever the case of its letters.
func among(word []byte, words []string) bool {
	for _, w := range words {
		if len(w) == len(word) && bytes.EqualFold(word, []byte(w)) {
			return true
		}
	}
	return false
}

// onRails tells whether such a word stands before t[i].
func onRails(t []byte, i int) bool { return near(t, i, railWords[:]) }

// near tells whether one of some words stands before t[i].
func near(t []byte, i int, words []string) bool {
	for from := max(0, i-railReach); i > from; {
		i--
		if !char.Letter(t[i]) {
			continue
		}
		end := i + 1
		for i > from && char.Letter(t[i-1]) {
			i--
		}
		if among(t[i:end], words) {
			return true
		}
	}
	return false
}

// partyTags are the fields of a wire (Fedwire, CHIPS and NACHA as American banks print
// them) that name who pays, who is paid and their banks; what follows their ID is an account.
var partyTags = [...]string{"bnf", "ben", "benef", "orig", "org", "ogb", "bbi", "ind", "des", "cdtr", "dbtr"}

// partyReach is how far before the number such a field begins.
const partyReach = 72

// party finds the account of who pays or is paid by a wire: right behind a stroke in the
// field, or behind ID and the name.
func (s *Scan) party(v *finding.View, q *Sequence) {
	t, i := v.Text, int(q.at[0])
	if q.G[0].size() < bankaccount.MinDigits || q.G[0].size() > bankaccount.MaxDigits || !partyBefore(t, i) {
		return
	}
	s.account(v, q, 0, q.G[0].to, "party")
}

// partyBefore tells whether the number at t[i] is that account.
func partyBefore(t []byte, i int) bool {
	from := max(0, i-partyReach)
	for i > from && t[i-1] == ' ' {
		i--
	}
	if i == from {
		return false
	}
	if t[i-1] == '/' {
		i--
		return i > from && (t[i-1] == ':' || t[i-1] == '=') && partyTag(t[from:i-1])
	}
	if t[i-1] != ':' || i-from < len(" ID:") || !bytes.EqualFold(t[i-3:i-1], []byte("id")) || char.Letter(t[i-4]) {
		return false
	}
	t = t[from : i-len(" ID:")]
	switch word := trailingWord(t); {
	case bytes.EqualFold(word, []byte("co")) || bytes.EqualFold(word, []byte("orig")): // of a company
		return false
	case partyTag(word):
		return true
	}
	k := bytes.LastIndexAny(t, ":=")
	return k >= 0 && partyTag(t[:k])
}

// trailingWord returns the letters that t ends in.
func trailingWord(t []byte) []byte {
	i := len(t)
	for i > 0 && char.Letter(t[i-1]) {
		i--
	}
	return t[i:]
}

// partyTag tells whether t ends in one of partyTags.
func partyTag(t []byte) bool {
	return among(trailingWord(t), partyTags[:])
}

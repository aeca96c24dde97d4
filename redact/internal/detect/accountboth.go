package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Two numbers as long as each other of which the words between them say that both are the
// same kind of thing, and words around them that these are accounts: "From 12345678 to
// 87654321 £40", "debit account 123456789, credit 987654321", "it should be 12345678 not
// 87654321".

const (
	leastBoth = 8  // digits of each: with fewer they may count something
	mostBoth  = 12 // and with more they are numbers of another kind, or have a check digit
	bothReach = 64 // bytes before the first and behind the second of the words that say so
)

// bothWords stand between two such numbers, by what has to be said around them.
var bothWords = [...]struct {
	words string
	moved bool // money goes from one to the other
}{
	{" to ", true}, {" -> ", true}, {" => ", true}, {" \u2192 ", true}, {" to=", true}, {", to=", true}, {" to_account=", true}, {", credit ", true}, {" credit ", true}, {", cr ", true}, {"; credit ", true}, {" and credit ", true}, {" into ", true},
	{" not ", false}, {", not ", false}, {" instead of ", false}, {" rather than ", false}, {" but not ", false}, {" and not ", false},
}

// bothAccounts finds both numbers, of which the first is the last group of a sequence.
func (s *Scan) bothAccounts(v *finding.View, q *Sequence) {
	g := q.G[len(q.G)-1]
	n := g.size()
	if n < leastBoth || n > mostBoth || g.Atom != 0 || q.recentStamp(len(q.G)-1) {
		return
	}
	t, lo, end := v.Text, int(q.at[g.from]), int(q.at[g.to-1])+1
	if len(t)-end < n+len(" to") || t[end] != ' ' && t[end] != ',' && t[end] != ';' {
		return
	}
	for _, both := range &bothWords {
		a := end + len(both.words)
		if a+n > len(t) || !bytes.EqualFold(t[end:a], []byte(both.words)) {
			continue
		}
		b := a + n
		if char.Digits(t[a:b]) < n || char.Alnum(char.At(t, b)) || char.Alnum(char.At(t, lo-1)) || stampLike(t[a:b]) || roundLike(t[lo:end]) || roundLike(t[a:b]) {
			return
		}
		if both.moved && !moved(t, lo, b) || !both.moved && (!near(t, lo, accountWords[:]) || near(t, lo, otherWords[:])) {
			return
		}
		s.account(v, q, g.from, g.to, "transfer")
		s.Add(v, a, b, finding.Span{Entity: entity.Account, Layer: entity.Detector, Rule: "transfer", Canon: string(t[a:b])})
		return
	}
}

// accountWords say that numbers behind them are those of accounts, and which is the right
// one.
var accountWords = [...]string{"account", "accounts", "acct", "acc", "payee", "beneficiary", "iban", "konto", "cuenta", "compte", "conto", "conta", "rekening"}

// otherWords say that they are those of something else.
var otherWords = [...]string{"ticket", "invoice", "order", "reference", "ref", "case", "id", "booking", "phone", "transaction"}

// movedBehind say it behind the two.
var movedBehind = [...]string{"account", "accounts", "own", "rent", "share", "gbp", "eur", "usd", "transfer", "monthly", "weekly", "savings", "payment", "standing"}

// moved tells whether the words around the numbers of which the first begins at t[lo] and the
// second ends at t[end] say that money goes from one to the other: a word for the first ("from",
// "debit") right before it, and one for money, or the sign of a currency.
func moved(t []byte, lo, end int) bool {
	lead := t[max(0, lo-bothReach):lo]
	word := trailingWord(bytes.TrimRight(lead, " :="))
	switch {
	case among(word, accountWords[:]): // debit account …
		return near(lead, len(lead), moveWords[:])
	case !among(word, debitWords[:]):
		return false
	}
	if near(lead, len(lead)-len(word)-1, moveWords[:]) || near(lead, len(lead)-len(word)-1, accountWords[:]) {
		return true
	}
	if among(trailingWord(bytes.TrimRight(lead[:len(bytes.TrimRight(lead, " :="))-len(word)], " ")), grownWords[:]) {
		return false
	}
	behind := t[end:min(len(t), end+bothReach)]
	if k := bytes.IndexByte(behind, '\n'); k >= 0 {
		behind = behind[:k]
	}
	return near(behind, len(behind), movedBehind[:]) || bytes.ContainsAny(behind, "$\u00a3\u20ac") || bytes.ContainsAny(lead, "$\u00a3\u20ac")
}

// debitWords stand right before the first of two accounts.
var debitWords = [...]string{"from", "debit", "dr"}

// grownWords stand before "from" where something else goes from one number to the other.
var grownWords = [...]string{"grew", "rose", "fell", "increased", "decreased", "up", "down", "changed", "dropped", "went", "range", "ranging", "values", "bytes", "read", "rises", "falls", "grows", "bumped", "updated", "upgraded"}

// stampLike tells whether eight digits are a day of this era without marks.
func stampLike(d []byte) bool {
	q := Sequence{D: d, G: []group{{to: len(d)}}}
	return q.recentStamp(0)
}

// roundLike tells whether a number ends in three zeros, as one that counts something does.
func roundLike(d []byte) bool { return bytes.HasSuffix(d, []byte("000")) }

// filedReach is how far before a number of an account the head of a list of accounts stands in a
// file of Quicken, or the code of the bank in the member before it.
const filedReach = 256

// listedAccount finds the number of an account in the list of accounts of a file of Quicken
// (QIF), !Account and lines that begin with a letter for their field, and the member "number"
// right behind the one for the code of a bank, as YAML and INI have them:
//
//	sort: "20-49-12"
//	number: "69735292"
func (s *Scan) listedAccount(v *finding.View, q *Sequence) {
	const quicken = "!Account"
	t, i, g := v.Text, int(q.at[0]), q.G[0]
	if n := g.size(); n < leastListed || n > mostBoth || g.Atom != 0 || q.recentStamp(0) || i == 0 || char.Alnum(char.At(t, i+n)) {
		return
	}
	switch before := char.At(t, i-2); t[i-1] { // most numbers stand elsewhere
	case 'D', 'N':
		if before != '\n' {
			return
		}
	case ':', '=':
	case ' ', '"', '\'':
		if bytes.IndexByte([]byte(":= \"'"), before) < 0 {
			return
		}
	default:
		return
	}
	lead := t[max(0, i-filedReach):i]
	k := bytes.LastIndexByte(lead, '\n')
	if k < 0 {
		return
	}
	switch field := lead[k+1:]; {
	case len(field) == 1 && (field[0] == 'D' || field[0] == 'N'):
		head := bytes.LastIndex(lead, []byte(quicken))
		if head < 0 || bytes.Contains(lead[head:], []byte("\n^")) || bytes.Contains(lead[head:], []byte("!Type")) {
			return
		}
	case numberMember(field):
		before := lead[:k]
		line := before[1+bytes.LastIndexByte(before, '\n'):]
		sign := bytes.IndexAny(line, ":=")
		if sign < 0 || char.DigitsIn(line[sign:]) != sortSize && char.DigitsIn(line[sign:]) != abaSize && char.DigitsIn(line[sign:]) != ukSize && !bytes.Contains(line[sign:], []byte("BANK_")) || cue.In(bytes.Trim(line[:sign], " \t-\"'"))&(cue.Sort|cue.BSB|cue.Routing|cue.BLZ) == 0 {
			return
		}
	default:
		return
	}
	s.account(v, q, 0, g.to, "named")
}

// leastListed is the fewest digits of such a number.
const leastListed = 6

// numberMember tells whether a text is the member "number" of a list, up to its value.
func numberMember(field []byte) bool {
	field = bytes.TrimLeft(field, " \t-\"'")
	n := 0
	for n < len(field) && char.Letter(field[n]) {
		n++
	}
	return among(field[:n], numberKeys[:]) && len(bytes.Trim(field[n:], " \t\"':=")) == 0 && bytes.ContainsAny(field[n:], ":=")
}

// numberKeys are names of a number of which a neighbour says what it is of.
var numberKeys = [...]string{"number", "no", "nr", "num", "an"}

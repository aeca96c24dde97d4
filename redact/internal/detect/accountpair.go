package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// The code of a bank and the number of an account side by side, without a word for either:
// in the rows of a list of payments that has no heads ("Ann Lee,201845,12345678"), or as
// people write them ("12345678 at 20-18-45", "Ann - 12345678 - 30-20-04").

const (
	sortSize  = 6  // digits of a sort code in one run
	ukSize    = 8  // and of an account beside it
	abaSize   = 9  // digits of a routing number
	leastACH  = 8  // digits of an account beside it: with fewer it may be anything
	pairName  = 40 // bytes of a line before the pair: a name
	leastName = 2  // letters of one
)

// besideSort finds the sort code that stands behind the number of an account.
func (s *Scan) besideSort(v *finding.View, q *Sequence, before cue.Set) {
	t := v.Text
	for i, g := range q.G {
		if g.size() != ukSize || g.Atom != 0 || q.recentStamp(i) {
			continue
		}
		lo, end := int(q.at[g.from]), int(q.at[g.to-1])+1
		k, says := sortGap(t, end)
		if k == 0 {
			continue
		}
		announced := i == 0 && (before&cue.Account != 0 || paidInto(t, lo))
		if a, b, c := t[k:k+2], t[k+3:k+5], t[k+6:k+8]; !(says && announced) && dayLike(a, b, c) || char.Alnum(char.At(t, lo-1)) {
			continue
		}
		if !announced || before&cue.Account == 0 {
			s.account(v, q, g.from, g.to, "cue")
		}
		s.Add(v, k, k+len("20-18-45"), finding.Span{Entity: entity.Bank, Layer: entity.Detector, Rule: "sort_code", Canon: string(t[k:k+2]) + string(t[k+3:k+5]) + string(t[k+6:k+8])})
	}
}

// sortReach is how far before "the number is" a sort code stands, in bytes: " and the account's ".
const sortReach = 24

// numberOfSort finds the number of an account that a sentence calls the number, behind the sort
// code of its bank: my account? It is 07 57 75 and the number is 29137636.
func (s *Scan) numberOfSort(v *finding.View, q *Sequence) {
	const number, size = "number is ", len("07 57 75")
	t, i, g := v.Text, int(q.at[0]), q.G[0]
	if len(q.G) > 1 || g.size() != ukSize || g.Atom != 0 || i < len(number)+size || t[i-1] != ' ' || !bytes.EqualFold(t[i-len(number):i], []byte(number)) || char.Alnum(char.At(t, i+ukSize)) {
		return
	}
	end := i - len(number)
	for from := max(size, end-sortReach); end > from && (char.Letter(t[end-1]) || t[end-1] == ' ' || t[end-1] == ','); {
		end--
	}
	lo := max(0, end-size)
	for n, c := range t[lo:end] {
		if n%3 == 2 && c != t[lo+2] || n%3 != 2 && !char.Digit(c) {
			return
		}
	}
	if end-lo == size && (t[lo+2] == ' ' || t[lo+2] == '-') && !char.Alnum(char.At(t, lo-1)) && cue.Before(t, lo, 0)&(cue.Account|cue.Sort) != 0 {
		s.account(v, q, 0, ukSize, "cue")
	}
}

// sortCell finds a sort code with dashes in one cell of a row and the number of an account in
// the next one, where the row begins with a day or a name and no head says what they are:
// 02/11/2026,"TFR J SMITH",20-18-45,12345678,-45.00.
func (s *Scan) sortCell(v *finding.View, q *Sequence, i int) {
	const size = len("20-18-45")
	t, g := v.Text, q.G[i]
	if g.size() != ukSize || g.Atom != 0 || g.sepLen == 0 || q.recentStamp(i) {
		return
	}
	lo, end := int(q.at[g.from]), int(q.at[g.to-1])+1
	k := lo
	for k > 0 && lo-k < len(`","`) && (cellMark(t[k-1]) || t[k-1] == '"') {
		k--
	}
	a := k - size
	if k == lo || a < 0 || char.Alnum(char.At(t, a-1)) || char.At(t, a-1) == '-' || char.Alnum(char.At(t, end)) || !cellMark(t[k]) && char.At(t, k+1) != ',' {
		return
	}
	for n, c := range t[a:k] {
		if (n%3 == 2) != (c == '-') || n%3 != 2 && !char.Digit(c) {
			return
		}
	}
	if dayLike(t[a:a+2], t[a+3:a+5], t[a+6:a+8]) {
		return
	}
	s.Add(v, a, k, finding.Span{Entity: entity.Bank, Layer: entity.Detector, Rule: "sort_code", Canon: string(t[a:a+2]) + string(t[a+3:a+5]) + string(t[a+6:a+8])})
	s.Add(v, lo, end, finding.Span{Entity: entity.Account, Layer: entity.Detector, Rule: "uk", Canon: string(t[lo:end])})
}

// cellMark tells whether a mark stands between the cells of a row.
func cellMark(c byte) bool { return c == ',' || c == ';' || c == '|' || c == '\t' }

// sortGap returns where a sort code with dashes begins behind t[i], 0 if none does, and
// whether what stands between says that it belongs to what is before.
func sortGap(t []byte, i int) (at int, says bool) {
	for _, gap := range [...]string{" at ", " / ", "/", " - ", " (", ", ", " | ", ",", ";", "|"} {
		k := i + len(gap)
		end := k + len("20-18-45")
		if end > len(t) || string(t[i:k]) != gap {
			continue
		}
		for n, c := range t[k:end] {
			if (n%3 == 2) != (c == '-') || n%3 != 2 && !char.Digit(c) {
				return 0, false
			}
		}
		if c := char.At(t, end); char.Alnum(c) || c == '-' {
			return 0, false
		}
		return k, gap != "," && gap != ";" && gap != "|"
	}
	return 0, false
}

// dayLike tells whether three pairs of digits may be a day.
func dayLike(a, b, c []byte) bool {
	const days = 31
	x, y, z := char.Number(a, 2), char.Number(b, 2), char.Number(c, 2)
	return x > 0 && y > 0 && (x <= days && date.Month(y) || date.Month(x) && y <= days) || date.Month(y) && z > 0 && z <= days
}

// paidRow finds a code of a bank in one run and the account beside it in a row that
// begins with a name, or behind a word for such payments.
func (s *Scan) paidRow(v *finding.View, q *Sequence) {
	for i := 0; i+1 < len(q.G); i++ {
		a, b := q.G[i], q.G[i+1]
		if a.size() != sortSize && a.size() != abaSize || a.Atom != 0 || b.Atom != 0 || !rowMark(b) {
			continue
		}
		d := q.D[a.from:a.to]
		switch {
		case a.size() == sortSize && (b.size() != ukSize || q.recentStamp(i+1) || dayLike(d[:2], d[2:4], d[4:]) && !paidInto(v.Text, int(q.at[a.from]))):
			continue
		case a.size() == abaSize && (b.size() < leastACH || b.size() > mostRouted || b.size() == abaSize && bytes.Equal(d, q.D[b.from:b.to]) || !bankaccount.ABA(d) || q.recentStamp(i+1)):
			continue
		}
		t, lo := v.Text, int(q.at[a.from])
		if end := int(q.at[b.to-1]) + 1; char.Alnum(char.At(t, lo-1)) || char.Alnum(char.At(t, end)) || i > 0 || !s.rowNamed(t, lo, b.sep) && !near(t, lo, payWords[:]) && !(a.size() == sortSize && (paidInto(t, lo) || onlyPair(t, lo, end, d))) {
			continue
		}
		if a.size() == sortSize {
			s.account(v, q, a.from, b.to, "uk")
			return
		}
		s.bank(v, q, a.from, a.to, "aba")
		s.account(v, q, b.from, b.to, "cue")
		return
	}
}

// payWords announce the code of a bank and an account of which no other word says what they are.
var payWords = [...]string{"ach", "wire", "chase", "boa", "payroll", "bank", "payee", "beneficiary", "eft"}

// rowMark tells whether the mark before a group may stand between two cells of a row.
func rowMark(g group) bool {
	const most = 4 // bytes: `","` and a space
	switch g.sep {
	case ',', ';', '|', '"', ' ', '/':
		return g.sepLen <= most
	}
	return false
}

// rowNamed tells whether the line of t[i] begins with a name and nothing else stands before
// it, and the text with such a row: a head would say what its columns are.
func (s *Scan) rowNamed(t []byte, i int, mark byte) bool {
	line := char.LineBefore(t, i, pairName+1)
	if len(line) > pairName {
		return false
	}
	first := t[:char.LineEnd(t, 0)]
	if char.DigitsUpTo(first, sortSize+ukSize) < sortSize+ukSize {
		return false
	}
	letters, capital := 0, false
	for k, c := range line {
		switch {
		case char.Letter(c) || c >= 0x80:
			if letters == 0 {
				capital = c >= 0x80 || char.ByteClass[c]&char.IsUpper != 0
			}
			letters++
		case char.Digit(c) || c == '=' || c == ':' || c == '_' || c == '#':
			return false
		case c == mark && mark != ' ' && mark != '"' && k > 0 && letters == 0:
			return false
		}
	}
	return letters >= leastName && capital
}

// paidInto tells whether the word right before t[i] says that money goes there: "refunded by
// Jo to 12345678 / 07-11-10", "payments to 201845 12345678".
func paidInto(t []byte, i int) bool {
	if i < len("to ") || t[i-1] != ' ' {
		return false
	}
	word := trailingWord(t[:i-1])
	return among(word, wayWords[:]) && near(t, i, moveWords[:])
}

// wayWords stand right before an account to which money goes, or from which it comes.
var wayWords = [...]string{"to", "from", "into"}

// moveWords say that money goes from one account to another.
var moveWords = [...]string{"payment", "payments", "pay", "paid", "paying", "send", "sent", "sending", "refund", "refunded", "refunds", "move", "moved", "moving", "transfer", "transfers", "transferred", "transferring", "xfer", "tfr", "trf", "deposit", "deposited", "credit", "credited", "rent", "rental", "wage", "wages", "salary", "money", "gbp", "usd", "eur", "debit", "debited", "amount", "payee", "bacs", "chaps"}

// onlyPair tells whether a text, or a line of it, is a sort code of six digits d and the
// number of an account, with one mark between the two and nothing else: what people write of
// an account into a field of their own. A line may be one of a table of numbers: then others
// stand beside it.
func onlyPair(t []byte, lo, end int, d []byte) bool {
	return len(bytes.TrimSpace(t[:lo])) == 0 && len(bytes.TrimSpace(t[end:])) == 0 && end-lo == sortSize+1+ukSize && sortBanks[char.Number(d, 2)]
}

// sortBanks are the first two digits of the sort codes of British and Irish banks (Pay.UK,
// Extended Industry Sorting Code Directory, by clearing bank).
var sortBanks = func() (banks [100]bool) {
	for _, r := range [...][2]int{{1, 1}, {4, 9}, {11, 12}, {15, 20}, {23, 23}, {30, 30}, {40, 40}, {50, 60}, {62, 62}, {72, 72}, {77, 77}, {80, 84}, {87, 87}, {89, 93}, {98, 98}} {
		for n := r[0]; n <= r[1]; n++ {
			banks[n] = true
		}
	}
	for n := 20; n <= 40; n++ { // Barclays, Lloyds, HSBC
		banks[n] = true
	}
	return banks
}()

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

// National account numbers. Most have no check digit, so a cue beside them or
// a printed form that nothing else has must speak for them.

// accounts finds national account numbers in a sequence.
func (s *Scan) accounts(v *finding.View, q *Sequence, before cue.Set) {
	s.swiftField(v, q)
	s.party(v, q)
	s.branchAndAccount(v, q)
	s.transferred(v, q, before)
	s.wireBank(v, q)
	s.sentByRail(v, q)
	s.codeBehind(v, q, before)
	s.anotherAccount(v, q, before)
	s.paidTo(v, q)
	s.gluedAccount(v, q)
	s.besideSort(v, q, before)
	s.numberOfSort(v, q)
	s.bothAccounts(v, q)
	s.listedAccount(v, q)
	if before == 0 && len(q.G) > 1 {
		s.paidRow(v, q)
	}
	for i := range q.G {
		s.ukAccount(v, q, i, before)
		s.sortBehind(v, q, i)
		s.sortCell(v, q, i)
		s.dashedAccount(v, q, i)
		s.checkedAccount(v, q, i, before)
		s.printedAccount(v, q, i)
	}
	if before&cue.Ending != 0 && before&cue.Card == 0 {
		before |= cue.After(v.Text, int(q.at[len(q.D)-1])+1) & cue.Card
	}
	if before&(cue.Routing|cue.BSB) == 0 && len(q.G) > 1 && q.G[len(q.G)-1].size() >= bankaccount.MinDigits { // the cues may stand behind both
		before |= cue.After(v.Text, int(q.at[len(q.D)-1])+1) & (cue.Routing | cue.BSB)
	}
	switch {
	case (before&cue.Ending != 0 || shownBehind(v.Text, int(q.at[0]))) && fourAndDay(v.Text, q):
	case before&cue.Routing != 0 && len(q.D) >= 9 && q.until(9) >= 0 && bankaccount.ABA(q.D[:9]):
		s.bank(v, q, 0, 9, "aba")
		s.accountAt(v, q, q.until(9)+1)
	case before&cue.Transit != 0 && len(q.G) > 1 && q.G[0].size() == 5 && q.G[1].size() == 3 && q.G[1].sepLen <= longestUniform && bankaccount.CanadianBank(q.value(q.G[1])):
		s.bank(v, q, 0, 8, "transit")
		s.accountAt(v, q, 2)
	case before&cue.Sort != 0 && len(q.D) >= 6 && q.until(6) >= 0:
		s.bank(v, q, 0, 6, "sort_code")
		s.accountAt(v, q, q.until(6)+1)
	case before&cue.BLZ != 0 && len(q.D) >= 8 && q.until(8) >= 0:
		s.bank(v, q, 0, 8, "blz")
		s.accountAt(v, q, q.until(8)+1)
	case before&cue.BSB != 0 && len(q.D) >= 6 && q.until(6) >= 0:
		s.bank(v, q, 0, 6, "bsb")
		s.accountAt(v, q, q.until(6)+1)
	case before&(cue.Card|cue.Ending) == cue.Card|cue.Ending && len(q.D) <= MaxEnding && (len(q.G) == 1 || q.alone(0, len(q.G)-1)):
		s.addDigits(v, q, 0, len(q.D), finding.Span{Entity: entity.Card, Layer: entity.Detector, Rule: "ending"})
	case before&cue.RIB != 0:
		if len(q.D) >= minRIB {
			s.accountAt(v, q, 0)
		}
	case before&cue.IFSC != 0, before&(cue.CLABE|cue.CBU) != 0, before&cue.Account != 0 && before&cue.Article == 0:
		s.accountAt(v, q, 0)
	}
}

func (s *Scan) bank(v *finding.View, q *Sequence, a, b int, rule string) {
	s.addDigits(v, q, a, b, finding.Span{Entity: entity.Bank, Layer: entity.Detector, Rule: rule})
}

func (s *Scan) account(v *finding.View, q *Sequence, a, b int, rule string) {
	s.addDigits(v, q, a, b, finding.Span{Entity: entity.Account, Layer: entity.Detector, Rule: rule})
}

// until returns the group that ends at digit n, or -1.
func (q *Sequence) until(n int) int {
	for i, g := range q.G {
		if g.to == n {
			return i
		}
	}
	return -1
}

// MaxEnding is the most digits of a card that what ends in them shows: more are a
// number of their own.
const MaxEnding = 11

// minRIB is the fewest digits of a French relevé d'identité bancaire: without its
// key.
const minRIB = 21

// accountAt takes the number that starts at group i as an account: the groups
// that are joined to it in one way.
func (s *Scan) accountAt(v *finding.View, q *Sequence, i int) {
	if i >= len(q.G) || q.responded(v.Text, i) || s.accountScattered(v, q, i) {
		return
	}
	if n := q.dateAt(i); n > 0 && i+n < len(q.G) && q.G[i+n].size() >= bankaccount.MinDigits { // the day stands before the number
		i += n
	}
	if q.G[i].Atom != 0 {
		s.accountAmount(v, q, i)
		return
	}
	if q.G[i].size() == pairDigits && s.accountInPairs(v, q, i) {
		return
	}
	if g := q.G[i]; g.size() == 1 && q.D[g.from] == '0' && i+2 == len(q.G) && q.G[i+1].sep == '.' && q.G[i+1].sepLen == 1 { // acc=0.9876543
		return
	}
	j := i
	for j+1 < len(q.G) && q.G[j+1].to-q.G[i].from <= bankaccount.MaxDigits && q.goesOn(i, j+1) {
		j++
	}
	if n := q.G[j].to - q.G[i].from; n < bankaccount.MinDigits || n > bankaccount.MaxDigits || inWord(v.Text, int(q.at[q.G[i].from]), int(q.at[q.G[j].to-1])) {
		return
	}
	s.account(v, q, q.G[i].from, q.G[j].to, "cue")
	if j+1 < len(q.G) && q.goesOnApart(i, j+1) {
		s.account(v, q, q.G[j+1].from, q.G[j+1].to, "cue")
	}
	for k := i + 1; i == j && k < len(q.G) && q.nextItem(i, k); k++ {
		s.account(v, q, q.G[k].from, q.G[k].to, "cue")
	}
}

// nextItem tells whether group k is the next item of a list of numbers as long as group
// i: IN ('12345678', '87654321').
func (q *Sequence) nextItem(i, k int) bool {
	const marks = 2 // a comma and a space, a line break and a dash
	g := q.G[k]
	return g.Atom == 0 && g.size() == q.G[i].size() && g.sepLen >= marks && !date.Like(q.D[g.from:g.to])
}

// accountAmount takes the number that begins at group i as an account although
// it looks like an amount, if it would be a large one.
func (s *Scan) accountAmount(v *finding.View, q *Sequence, i int) {
	const least = 9 // digits
	if s.pointedAccount(v, q, i) {
		return
	}
	n := q.amountAt(i)
	if k := i + n; n > 0 && k < len(q.G) && q.G[k].sep == '-' && q.G[k].sepLen == 1 && q.G[k].size() == 1 && q.G[k].to-q.G[i].from >= bankaccount.MinDigits { // 12.345-6, of Brazil
		s.account(v, q, q.G[i].from, q.G[k].to, "cue")
		return
	}
	if n == 0 || q.G[i].size() <= 3 {
		return
	}
	if a, b := q.G[i].from, q.G[i+n-1].to; b-a >= least {
		s.account(v, q, a, b, "cue")
	}
}

// goesOnApart tells whether group k may be more of the account number that begins
// at group i, although that is long enough to be all of it: one mark stands
// before it, and it is neither a date nor as short as what a mask shows.
func (q *Sequence) goesOnApart(i, k int) bool {
	const shown, marks = 4, 2
	g := q.G[k]
	return g.Atom == 0 && g.sepLen <= marks && g.size() > shown && g.to-q.G[i].from <= bankaccount.MaxDigits && !date.Like(q.D[g.from:g.to])
}

// goesOn tells whether group k may belong to the account number that begins with
// group i: a mark joins it, or there are too few digits without it, or one and the
// same mark stands between its groups, or they are so short that none of them is a
// number of its own.
func (q *Sequence) goesOn(i, k int) bool {
	const short, shortest, usual = 2, 5, 8
	g, first := q.G[k], q.G[i+1]
	if g.Atom != 0 || g.sep == ':' && g.size() == 2 { // a time, an address of hardware
		return false
	}
	joined := g.sepLen == 1 && g.sep != ' ' && g.sep != ',' && g.sep != ';'
	if before := g.from - q.G[i].from; joined || before < bankaccount.MinDigits || before < usual && g.size() <= short {
		return true
	}
	if q.G[i].size() < bankaccount.MinDigits && g.sep == first.sep && g.sepLen == first.sepLen && (g.sepLen == 1 || q.G[i].size() < shortest) {
		return true
	}
	for _, h := range q.G[i : k+1] {
		if h.size() > short {
			return false
		}
	}
	return len(q.G)-i >= shortest
}

// weighted sums the digits under weights that repeat.
func Weighted(d []byte, weights ...int) int {
	sum := 0
	for i, c := range d {
		sum += int(c-'0') * weights[i%len(weights)]
	}
	return sum
}

// ukAccount finds a sort code and an eight-digit account: 20-00-00 55779911,
// 200000 55779911 beside a cue.
func (s *Scan) ukAccount(v *finding.View, q *Sequence, i int, before cue.Set) {
	cued := before&(cue.Sort|cue.Account) != 0 || i+1 < len(q.G) && !q.recentStamp(i+1) && onRails(v.Text, int(q.at[q.G[i].from]))
	if i+1 < len(q.G) && q.G[i].size() == 6 && q.G[i+1].size() == 8 && !inWord(v.Text, int(q.at[q.G[i].from]), int(q.at[q.G[i+1].to-1])) && (cued || cue.After(v.Text, int(q.at[q.G[i+1].to-1])+1)&cue.Sort != 0) {
		s.account(v, q, q.G[i].from, q.G[i+1].to, "uk")
		return
	}
	if i+3 >= len(q.G) || q.G[i+3].sepLen > 4 {
		return
	}
	last := i + 3
	if q.G[last].size() == 4 && last+1 < len(q.G) && q.G[last+1].size() == 4 && q.G[last+1].sepLen == 1 { // in two halves
		last++
	} else if q.G[last].size() != 8 {
		return
	}
	for k := i; k < i+3; k++ {
		if q.G[k].size() != 2 {
			return
		}
	}
	if q.G[i+1].sep != q.G[i+2].sep || !cued && (q.recentDate(i) || q.G[i+1].sep == ':') {
		return
	}
	s.account(v, q, q.G[i].from, q.G[last].to, "uk")
}

// recentStamp tells whether group i is a day of this era without marks: 20260105.
func (q *Sequence) recentStamp(i int) bool {
	g := q.G[i]
	return g.size() == len("20260105") && date.PlausibleYear(char.Number(q.D[g.from:], 4)) && date.Month(char.Number(q.D[g.from+4:], 2)) && date.Day(char.Number(q.D[g.from+6:], 2))
}

// datedSort finds a sort code that reads as a date, beside its cue.
func (s *Scan) datedSort(v *finding.View, q *Sequence) {
	if len(q.D) == 6 && q.printed(0, len(q.G)-1, 2, 2, 2) && cue.Before(v.Text, int(q.at[0]), s.Cue)&cue.Sort != 0 {
		s.bank(v, q, 0, 6, "sort_code")
	}
}

// recentDate tells whether three two-digit groups read as a date of this era.
func (q *Sequence) recentDate(i int) bool {
	y := q.value(q.G[i+2])
	return q.isDate(i) && y >= 10 && y <= 40
}

// dashedAccount finds numbers whose printed form is their own: New Zealand
// bb-bbbb-aaaaaaa-ss, Canada bbbbb-iii-aaaaaaa.
func (s *Scan) dashedAccount(v *finding.View, q *Sequence, i int) {
	size := func(k int) int {
		if i+k >= len(q.G) {
			return 0
		}
		return q.G[i+k].size()
	}
	switch {
	case size(0) == 2 && size(1) == 4 && size(2) == 7 && (size(3) == 2 || size(3) == 3) && bankaccount.NewZealandBank(q.value(q.G[i])) &&
		(q.tight(i, 4, '-') || q.tight(i, 4, ' ') || q.alone(i, i+3) && (bankaccount.NewZealand(q.D) || q.uniform(i, 2, 4, 7, size(3)))):
		s.account(v, q, q.G[i].from, q.G[i+3].to, "nz")
	case size(0) == 5 && size(1) == 3 && size(2) >= 7 && size(2) <= 12 && bankaccount.CanadianBank(q.value(q.G[i+1])) &&
		(q.tight(i, 3, '-') || q.tight(i, 3, ' ') || q.tight(i, 2, '-') && q.G[i+2].sepLen <= 3 || q.alone(i, i+2) && q.uniform(i, 5, 3, size(2))):
		s.account(v, q, q.G[i].from, q.G[i+2].to, "ca")
	case i == 0 && len(q.G) == 3 && size(0) == 3 && size(1) == 3 && q.tight(0, 2, '-') && q.G[2].sepLen <= longestUniform && size(2) >= bankaccount.MinDigits && size(2) <= maxAustralian && !q.recentStamp(2) &&
		(size(2) >= minAustralian || onRails(v.Text, int(q.at[0]))):
		s.account(v, q, 0, len(q.D), "bsb")
	}
}

// Digits of an Australian account (AusPayNet, BECS procedures) behind the number of its
// branch: with fewer than eight, which some have, the text must say what it is.
const (
	minAustralian = 8
	maxAustralian = 9
)

// checkedAccount finds numbers that carry check digits of their own: CLABE
// (Mexico, 18 digits) and CBU (Argentina, 22 digits).
func (s *Scan) checkedAccount(v *finding.View, q *Sequence, i int, before cue.Set) {
	for j := i; j < len(q.G) && q.G[j].to-q.G[i].from <= 23; j++ {
		d := q.D[q.G[i].from:q.G[j].to]
		switch len(d) {
		case 18:
			if bankaccount.CLABE(d) && (j == i || q.evenly(i, j) || j == i+3 || q.alone(i, j)) && (bankaccount.MexicanBank(char.Number(d, 3)) || before&(cue.CLABE|cue.Account) != 0) {
				s.account(v, q, q.G[i].from, q.G[j].to, "clabe")
			}
		case 20:
			if bankaccount.CCC(d) && (q.printed(i, j, 4, 4, 2, 10) || q.evenly(i, j) && q.alone(i, j) && (j > i || before&cue.Account != 0)) {
				s.account(v, q, q.G[i].from, q.G[j].to, "ccc")
			}
		case 23:
			if bankaccount.RIB(d) && (q.printed(i, j, 5, 5, 11, 2) || j == i && before&cue.Account != 0) {
				s.account(v, q, q.G[i].from, q.G[j].to, "rib")
			}
		case 22:
			if d[0] <= '4' && bankaccount.CBU(d) && (j <= i+1 || q.evenly(i, j) || i == 0 && j == len(q.G)-1 && q.loosely(i, j)) {
				s.account(v, q, q.G[i].from, q.G[j].to, "cbu")
			}
		}
	}
	s.gluedCLABE(v, q, i)
}

// clabeDigits is how long a CLABE is.
const clabeDigits = 18

// gluedCLABE finds a CLABE to which a year, an expiry date or zeros are glued, before
// it or behind it.
func (s *Scan) gluedCLABE(v *finding.View, q *Sequence, i int) {
	g := q.G[i]
	d := q.D[g.from:g.to]
	more := len(d) - clabeDigits
	if more < 4 || parcel(d) {
		return
	}
	for _, a := range [...]int{more, 0} {
		if c := d[a : a+clabeDigits]; bankaccount.CLABE(c) && bankaccount.MexicanBank(char.Number(c, 3)) && padding(d[:a]) && padding(d[a+clabeDigits:]) {
			s.account(v, q, g.from+a, g.from+a+clabeDigits, "clabe")
			return
		}
	}
}

// innerCLABE finds a CLABE anywhere in a run of digits.
func (s *Scan) innerCLABE(v *finding.View, q *Sequence, g group) {
	for a := g.from; a+clabeDigits <= g.to; a++ {
		if c := q.D[a : a+clabeDigits]; bankaccount.CLABE(c) && bankaccount.MexicanBank(char.Number(c, 3)) {
			s.account(v, q, a, a+clabeDigits, "clabe")
		}
	}
}

// alone tells whether the groups i … j are all of the sequence, and no date,
// time or amount among them.
func (q *Sequence) alone(i, j int) bool {
	if i != 0 || j != len(q.G)-1 {
		return false
	}
	for _, g := range q.G {
		if g.Atom != 0 {
			return false
		}
	}
	return true
}

// printed tells whether the groups i … j have these sizes.
func (q *Sequence) printed(i, j int, sizes ...int) bool {
	if j-i+1 != len(sizes) {
		return false
	}
	for k, n := range sizes {
		if q.G[i+k].size() != n {
			return false
		}
	}
	return true
}

// swiftField finds the account line of SWIFT MT fields: ":59:/12345678",
// ":25:12345678", ":50K:/12345678" (ISO 15022 syntax).
func (s *Scan) swiftField(v *finding.View, q *Sequence) {
	t, first := v.Text, int(q.at[0])
	s.swiftSubfields(v, q)
	for k := 0; k+1 < len(q.G); k++ {
		if g, next := q.G[k], q.G[k+1]; g.size() == 2 && char.At(t, int(q.at[g.from])-1) == ':' && next.sep == ':' && next.sepLen <= 3 && swiftTag(q.value(g)) && !q.minute(k) {
			s.accountAt(v, q, k+1)
			return
		}
	}
	i := first
	for i > 0 && t[i-1] == '/' && first-i < 2 {
		i--
	}
	if i >= 5 && i < first && t[i-1] == ':' && char.Letter(t[i-2]) && char.Digit(t[i-3]) && char.Digit(t[i-4]) && t[i-5] == ':' &&
		swiftTag(char.Number(t[i-4:i-2], 2)) {
		s.accountAt(v, q, 0)
	}
}

// SwiftCue tells what the tag says that a text ends with: :59:/ an account.
func SwiftCue(t []byte) cue.Set {
	const slashes, longest = 2, len(":50K:")
	n := len(t)
	for n > 0 && len(t)-n < slashes && t[n-1] == '/' {
		n--
	}
	if n < longest-1 || t[n-1] != ':' {
		return 0
	}
	if n--; char.Letter(t[n-1]) {
		n--
	}
	if n < longest-2 || t[n-3] != ':' || !char.Digit(t[n-2]) || !char.Digit(t[n-1]) || !swiftTag(char.Number(t[n-2:], 2)) {
		return 0
	}
	return cue.Account
}

// minute tells whether group k is the minute of a time to the second, such as
// 20:52:19, also where a date is joined to it as in the log of a web server.
func (q *Sequence) minute(k int) bool {
	return k > 0 && q.tight(k-1, 3, ':') && q.sized(k-1, []int{2, 2, 2}) && q.value(q.G[k-1]) < 24 && q.value(q.G[k]) < 60 && q.value(q.G[k+1]) <= 60
}

// swiftSubfields finds the account in the subfield ?31 of a MT940's :86: (German
// banking industry, DFÜ-Abkommen, Anlage 3).
func (s *Scan) swiftSubfields(v *finding.View, q *Sequence) {
	for k, g := range q.G {
		i := int(q.at[g.from])
		if char.At(v.Text, i-1) != '?' || g.size() < 2 || char.Number(q.D[g.from:], 2) != 31 || bytes.IndexByte(v.Text[:i-1], '?') < 0 {
			continue
		}
		for k+1 < len(q.G) && q.G[k+1].sep != '?' && q.G[k+1].sepLen == 1 {
			k++
		}
		if n := q.G[k].to - g.from - 2; n >= bankaccount.MinDigits && n <= bankaccount.MaxDigits {
			s.account(v, q, g.from+2, q.G[k].to, "mt940")
		}
	}
}

// swiftTag tells whether a field holds a party or an account.
func swiftTag(tag int) bool { return tag == 25 || tag >= 50 && tag <= 59 || tag == 82 || tag == 83 }

// inWord tells whether the digits t[i:j+1] are the middle of an id such as
// acc_234567abcd, or a part of one in hexadecimal, or stand before a UUID: 766164:b6e9….
func inWord(t []byte, i, j int) bool {
	const uuid = len("00000000-0000-0000-0000-000000000000")
	if k := i + char.Digits(t[i:]); char.At(t, k) == ':' && len(t) > k+uuid && DigestWord(t[k+1:k+1+uuid]) {
		return true
	}
	a, b := wordAround(t, i)
	return char.Letter(char.At(t, j+1)) && (char.At(t, i-1) == '_' || char.Alnum(char.At(t, i-1)) || DigestWord(t[a:b]))
}

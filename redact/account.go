package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
)

// National account numbers. Most have no check digit, so a cue beside them or
// a printed form that nothing else has must speak for them.

// accounts finds national account numbers in a sequence.
func (s *scan) accounts(v *view, q *sequence, before cue) {
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
	for i := range q.g {
		s.ukAccount(v, q, i, before)
		s.sortBehind(v, q, i)
		s.dashedAccount(v, q, i)
		s.checkedAccount(v, q, i, before)
		s.printedAccount(v, q, i)
	}
	if before&cueEnding != 0 && before&cueCard == 0 {
		before |= cueAfter(v.t, int(q.at[len(q.d)-1])+1) & cueCard
	}
	if before&(cueRouting|cueBSB) == 0 && len(q.g) > 1 && q.g[len(q.g)-1].size() >= minAccount { // the cues may stand behind both
		before |= cueAfter(v.t, int(q.at[len(q.d)-1])+1) & (cueRouting | cueBSB)
	}
	switch {
	case (before&cueEnding != 0 || shownBehind(v.t, int(q.at[0]))) && fourAndDay(v.t, q):
	case before&cueRouting != 0 && len(q.d) >= 9 && q.until(9) >= 0 && bankaccount.ABA(q.d[:9]):
		s.bank(v, q, 0, 9, "aba")
		s.accountAt(v, q, q.until(9)+1)
	case before&cueTransit != 0 && len(q.g) > 1 && q.g[0].size() == 5 && q.g[1].size() == 3 && q.g[1].sepLen <= longestUniform && bankaccount.CanadianBank(q.value(q.g[1])):
		s.bank(v, q, 0, 8, "transit")
		s.accountAt(v, q, 2)
	case before&cueSort != 0 && len(q.d) >= 6 && q.until(6) >= 0:
		s.bank(v, q, 0, 6, "sort_code")
		s.accountAt(v, q, q.until(6)+1)
	case before&cueBLZ != 0 && len(q.d) >= 8 && q.until(8) >= 0:
		s.bank(v, q, 0, 8, "blz")
		s.accountAt(v, q, q.until(8)+1)
	case before&cueBSB != 0 && len(q.d) >= 6 && q.until(6) >= 0:
		s.bank(v, q, 0, 6, "bsb")
		s.accountAt(v, q, q.until(6)+1)
	case before&(cueCard|cueEnding) == cueCard|cueEnding && len(q.d) <= maxEnding && (len(q.g) == 1 || q.alone(0, len(q.g)-1)):
		s.addDigits(v, q, 0, len(q.d), span{entity: Card, layer: LayerDetector, rule: "ending"})
	case before&cueRIB != 0:
		if len(q.d) >= minRIB {
			s.accountAt(v, q, 0)
		}
	case before&cueIFSC != 0, before&(cueCLABE|cueCBU) != 0, before&cueAccount != 0 && before&cueArticle == 0:
		s.accountAt(v, q, 0)
	}
}

func (s *scan) bank(v *view, q *sequence, a, b int, rule string) {
	s.addDigits(v, q, a, b, span{entity: Bank, layer: LayerDetector, rule: rule})
}

func (s *scan) account(v *view, q *sequence, a, b int, rule string) {
	s.addDigits(v, q, a, b, span{entity: Account, layer: LayerDetector, rule: rule})
}

// until returns the group that ends at digit n, or -1.
func (q *sequence) until(n int) int {
	for i, g := range q.g {
		if g.to == n {
			return i
		}
	}
	return -1
}

// maxEnding is the most digits of a card that what ends in them shows: more are a
// number of their own.
const maxEnding = 11

// minRIB is the fewest digits of a French relevé d'identité bancaire: without its
// key.
const minRIB = 21

// Digits of an account number that a cue speaks for.
const (
	minAccount = 6
	maxAccount = 26
)

// accountAt takes the number that starts at group i as an account: the groups
// that are joined to it in one way.
func (s *scan) accountAt(v *view, q *sequence, i int) {
	if i >= len(q.g) || s.accountScattered(v, q, i) {
		return
	}
	if n := q.dateAt(i); n > 0 && i+n < len(q.g) && q.g[i+n].size() >= minAccount { // the day stands before the number
		i += n
	}
	if q.g[i].atom != 0 {
		s.accountAmount(v, q, i)
		return
	}
	if g := q.g[i]; g.size() == 1 && q.d[g.from] == '0' && i+2 == len(q.g) && q.g[i+1].sep == '.' && q.g[i+1].sepLen == 1 { // acc=0.9876543
		return
	}
	j := i
	for j+1 < len(q.g) && q.g[j+1].to-q.g[i].from <= maxAccount && q.goesOn(i, j+1) {
		j++
	}
	if n := q.g[j].to - q.g[i].from; n < minAccount || n > maxAccount || inWord(v.t, int(q.at[q.g[i].from]), int(q.at[q.g[j].to-1])) {
		return
	}
	s.account(v, q, q.g[i].from, q.g[j].to, "cue")
	if j+1 < len(q.g) && q.goesOnApart(i, j+1) {
		s.account(v, q, q.g[j+1].from, q.g[j+1].to, "cue")
	}
	for k := i + 1; i == j && k < len(q.g) && q.nextItem(i, k); k++ {
		s.account(v, q, q.g[k].from, q.g[k].to, "cue")
	}
}

// nextItem tells whether group k is the next item of a list of numbers as long as group
// i: IN ('12345678', '87654321').
func (q *sequence) nextItem(i, k int) bool {
	const marks = 2 // a comma and a space, a line break and a dash
	g := q.g[k]
	return g.atom == 0 && g.size() == q.g[i].size() && g.sepLen >= marks && !dateLike(q.d[g.from:g.to])
}

// accountAmount takes the number that begins at group i as an account although
// it looks like an amount, if it would be a large one.
func (s *scan) accountAmount(v *view, q *sequence, i int) {
	const least = 9 // digits
	n := q.amountAt(i)
	if k := i + n; n > 0 && k < len(q.g) && q.g[k].sep == '-' && q.g[k].sepLen == 1 && q.g[k].size() == 1 && q.g[k].to-q.g[i].from >= minAccount { // 12.345-6, of Brazil
		s.account(v, q, q.g[i].from, q.g[k].to, "cue")
		return
	}
	if n == 0 || q.g[i].size() <= 3 {
		return
	}
	if a, b := q.g[i].from, q.g[i+n-1].to; b-a >= least {
		s.account(v, q, a, b, "cue")
	}
}

// goesOnApart tells whether group k may be more of the account number that begins
// at group i, although that is long enough to be all of it: one mark stands
// before it, and it is neither a date nor as short as what a mask shows.
func (q *sequence) goesOnApart(i, k int) bool {
	const shown, marks = 4, 2
	g := q.g[k]
	return g.atom == 0 && g.sepLen <= marks && g.size() > shown && g.to-q.g[i].from <= maxAccount && !dateLike(q.d[g.from:g.to])
}

// goesOn tells whether group k may belong to the account number that begins with
// group i: a mark joins it, or there are too few digits without it, or one and the
// same mark stands between its groups, or they are so short that none of them is a
// number of its own.
func (q *sequence) goesOn(i, k int) bool {
	const short, shortest, usual = 2, 5, 8
	g, first := q.g[k], q.g[i+1]
	if g.atom != 0 || g.sep == ':' && g.size() == 2 { // a time, an address of hardware
		return false
	}
	joined := g.sepLen == 1 && g.sep != ' ' && g.sep != ',' && g.sep != ';'
	if before := g.from - q.g[i].from; joined || before < minAccount || before < usual && g.size() <= short {
		return true
	}
	if q.g[i].size() < minAccount && g.sep == first.sep && g.sepLen == first.sepLen && (g.sepLen == 1 || q.g[i].size() < shortest) {
		return true
	}
	for _, h := range q.g[i : k+1] {
		if h.size() > short {
			return false
		}
	}
	return len(q.g)-i >= shortest
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
func (s *scan) ukAccount(v *view, q *sequence, i int, before cue) {
	cued := before&(cueSort|cueAccount) != 0 || i+1 < len(q.g) && !q.recentStamp(i+1) && onRails(v.t, int(q.at[q.g[i].from]))
	if i+1 < len(q.g) && q.g[i].size() == 6 && q.g[i+1].size() == 8 && !inWord(v.t, int(q.at[q.g[i].from]), int(q.at[q.g[i+1].to-1])) && (cued || cueAfter(v.t, int(q.at[q.g[i+1].to-1])+1)&cueSort != 0) {
		s.account(v, q, q.g[i].from, q.g[i+1].to, "uk")
		return
	}
	if i+3 >= len(q.g) || q.g[i+3].sepLen > 4 {
		return
	}
	last := i + 3
	if q.g[last].size() == 4 && last+1 < len(q.g) && q.g[last+1].size() == 4 && q.g[last+1].sepLen == 1 { // in two halves
		last++
	} else if q.g[last].size() != 8 {
		return
	}
	for k := i; k < i+3; k++ {
		if q.g[k].size() != 2 {
			return
		}
	}
	if q.g[i+1].sep != q.g[i+2].sep || !cued && (q.recentDate(i) || q.g[i+1].sep == ':') {
		return
	}
	s.account(v, q, q.g[i].from, q.g[last].to, "uk")
}

// recentStamp tells whether group i is a day of this era without marks: 20260105.
func (q *sequence) recentStamp(i int) bool {
	g := q.g[i]
	return g.size() == len("20260105") && plausibleYear(prefix(q.d[g.from:], 4)) && month(prefix(q.d[g.from+4:], 2)) && day(prefix(q.d[g.from+6:], 2))
}

// datedSort finds a sort code that reads as a date, beside its cue.
func (s *scan) datedSort(v *view, q *sequence) {
	if len(q.d) == 6 && q.printed(0, len(q.g)-1, 2, 2, 2) && cueBefore(v.t, int(q.at[0]), s.cue)&cueSort != 0 {
		s.bank(v, q, 0, 6, "sort_code")
	}
}

// recentDate tells whether three two-digit groups read as a date of this era.
func (q *sequence) recentDate(i int) bool {
	y := q.value(q.g[i+2])
	return q.isDate(i) && y >= 10 && y <= 40
}

// dashedAccount finds numbers whose printed form is their own: New Zealand
// bb-bbbb-aaaaaaa-ss, Canada bbbbb-iii-aaaaaaa.
func (s *scan) dashedAccount(v *view, q *sequence, i int) {
	size := func(k int) int {
		if i+k >= len(q.g) {
			return 0
		}
		return q.g[i+k].size()
	}
	switch {
	case size(0) == 2 && size(1) == 4 && size(2) == 7 && (size(3) == 2 || size(3) == 3) && bankaccount.NewZealandBank(q.value(q.g[i])) &&
		(q.tight(i, 4, '-') || q.tight(i, 4, ' ') || q.alone(i, i+3) && (bankaccount.NewZealand(q.d) || q.uniform(i, 2, 4, 7, size(3)))):
		s.account(v, q, q.g[i].from, q.g[i+3].to, "nz")
	case size(0) == 5 && size(1) == 3 && size(2) >= 7 && size(2) <= 12 && bankaccount.CanadianBank(q.value(q.g[i+1])) &&
		(q.tight(i, 3, '-') || q.tight(i, 3, ' ') || q.tight(i, 2, '-') && q.g[i+2].sepLen <= 3 || q.alone(i, i+2) && q.uniform(i, 5, 3, size(2))):
		s.account(v, q, q.g[i].from, q.g[i+2].to, "ca")
	case i == 0 && len(q.g) == 3 && size(0) == 3 && size(1) == 3 && q.tight(0, 2, '-') && q.g[2].sepLen <= longestUniform && size(2) >= minAccount && size(2) <= maxAustralian && !q.recentStamp(2) &&
		(size(2) >= minAustralian || onRails(v.t, int(q.at[0]))):
		s.account(v, q, 0, len(q.d), "bsb")
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
func (s *scan) checkedAccount(v *view, q *sequence, i int, before cue) {
	for j := i; j < len(q.g) && q.g[j].to-q.g[i].from <= 23; j++ {
		d := q.d[q.g[i].from:q.g[j].to]
		switch len(d) {
		case 18:
			if bankaccount.CLABE(d) && (j == i || q.evenly(i, j) || j == i+3 || q.alone(i, j)) && (bankaccount.MexicanBank(prefix(d, 3)) || before&(cueCLABE|cueAccount) != 0) {
				s.account(v, q, q.g[i].from, q.g[j].to, "clabe")
			}
		case 20:
			if bankaccount.CCC(d) && (q.printed(i, j, 4, 4, 2, 10) || q.evenly(i, j) && q.alone(i, j) && (j > i || before&cueAccount != 0)) {
				s.account(v, q, q.g[i].from, q.g[j].to, "ccc")
			}
		case 23:
			if bankaccount.RIB(d) && (q.printed(i, j, 5, 5, 11, 2) || j == i && before&cueAccount != 0) {
				s.account(v, q, q.g[i].from, q.g[j].to, "rib")
			}
		case 22:
			if d[0] <= '4' && bankaccount.CBU(d) && (j <= i+1 || q.evenly(i, j) || i == 0 && j == len(q.g)-1 && q.loosely(i, j)) {
				s.account(v, q, q.g[i].from, q.g[j].to, "cbu")
			}
		}
	}
	s.gluedCLABE(v, q, i)
}

// clabeDigits is how long a CLABE is.
const clabeDigits = 18

// gluedCLABE finds a CLABE to which a year, an expiry date or zeros are glued, before
// it or behind it.
func (s *scan) gluedCLABE(v *view, q *sequence, i int) {
	g := q.g[i]
	d := q.d[g.from:g.to]
	more := len(d) - clabeDigits
	if more < 4 || parcel(d) {
		return
	}
	for _, a := range [...]int{more, 0} {
		if c := d[a : a+clabeDigits]; bankaccount.CLABE(c) && bankaccount.MexicanBank(prefix(c, 3)) && padding(d[:a]) && padding(d[a+clabeDigits:]) {
			s.account(v, q, g.from+a, g.from+a+clabeDigits, "clabe")
			return
		}
	}
}

// innerCLABE finds a CLABE anywhere in a run of digits.
func (s *scan) innerCLABE(v *view, q *sequence, g group) {
	for a := g.from; a+clabeDigits <= g.to; a++ {
		if c := q.d[a : a+clabeDigits]; bankaccount.CLABE(c) && bankaccount.MexicanBank(prefix(c, 3)) {
			s.account(v, q, a, a+clabeDigits, "clabe")
		}
	}
}

// alone tells whether the groups i … j are all of the sequence, and no date,
// time or amount among them.
func (q *sequence) alone(i, j int) bool {
	if i != 0 || j != len(q.g)-1 {
		return false
	}
	for _, g := range q.g {
		if g.atom != 0 {
			return false
		}
	}
	return true
}

// printed tells whether the groups i … j have these sizes.
func (q *sequence) printed(i, j int, sizes ...int) bool {
	if j-i+1 != len(sizes) {
		return false
	}
	for k, n := range sizes {
		if q.g[i+k].size() != n {
			return false
		}
	}
	return true
}

// swiftField finds the account line of SWIFT MT fields: ":59:/12345678",
// ":25:12345678", ":50K:/12345678" (ISO 15022 syntax).
func (s *scan) swiftField(v *view, q *sequence) {
	t, first := v.t, int(q.at[0])
	s.swiftSubfields(v, q)
	for k := 0; k+1 < len(q.g); k++ {
		if g, next := q.g[k], q.g[k+1]; g.size() == 2 && byteAt(t, int(q.at[g.from])-1) == ':' && next.sep == ':' && next.sepLen <= 3 && swiftTag(q.value(g)) && !q.minute(k) {
			s.accountAt(v, q, k+1)
			return
		}
	}
	i := first
	for i > 0 && t[i-1] == '/' && first-i < 2 {
		i--
	}
	if i >= 5 && i < first && t[i-1] == ':' && letter(t[i-2]) && digit(t[i-3]) && digit(t[i-4]) && t[i-5] == ':' &&
		swiftTag(prefix(t[i-4:i-2], 2)) {
		s.accountAt(v, q, 0)
	}
}

// swiftCue tells what the tag says that a text ends with: :59:/ an account.
func swiftCue(t []byte) cue {
	const slashes, longest = 2, len(":50K:")
	n := len(t)
	for n > 0 && len(t)-n < slashes && t[n-1] == '/' {
		n--
	}
	if n < longest-1 || t[n-1] != ':' {
		return 0
	}
	if n--; letter(t[n-1]) {
		n--
	}
	if n < longest-2 || t[n-3] != ':' || !digit(t[n-2]) || !digit(t[n-1]) || !swiftTag(prefix(t[n-2:], 2)) {
		return 0
	}
	return cueAccount
}

// minute tells whether group k is the minute of a time to the second, such as
// 20:52:19, also where a date is joined to it as in the log of a web server.
func (q *sequence) minute(k int) bool {
	return k > 0 && q.tight(k-1, 3, ':') && q.sized(k-1, []int{2, 2, 2}) && q.value(q.g[k-1]) < 24 && q.value(q.g[k]) < 60 && q.value(q.g[k+1]) <= 60
}

// swiftSubfields finds the account in the subfield ?31 of a MT940's :86: (German
// banking industry, DFÜ-Abkommen, Anlage 3).
func (s *scan) swiftSubfields(v *view, q *sequence) {
	for k, g := range q.g {
		i := int(q.at[g.from])
		if byteAt(v.t, i-1) != '?' || g.size() < 2 || prefix(q.d[g.from:], 2) != 31 || bytes.IndexByte(v.t[:i-1], '?') < 0 {
			continue
		}
		for k+1 < len(q.g) && q.g[k+1].sep != '?' && q.g[k+1].sepLen == 1 {
			k++
		}
		if n := q.g[k].to - g.from - 2; n >= minAccount && n <= maxAccount {
			s.account(v, q, g.from+2, q.g[k].to, "mt940")
		}
	}
}

// swiftTag tells whether a field holds a party or an account.
func swiftTag(tag int) bool { return tag == 25 || tag >= 50 && tag <= 59 || tag == 82 || tag == 83 }

// inWord tells whether the digits t[i:j+1] are the middle of an id such as
// acc_234567abcd, or a part of one in hexadecimal, or stand before a UUID: 766164:b6e9….
func inWord(t []byte, i, j int) bool {
	const uuid = len("00000000-0000-0000-0000-000000000000")
	if k := i + digits(t[i:]); byteAt(t, k) == ':' && len(t) > k+uuid && digestWord(t[k+1:k+1+uuid]) {
		return true
	}
	a, b := wordAround(t, i)
	return letter(byteAt(t, j+1)) && (byteAt(t, i-1) == '_' || alnum(byteAt(t, i-1)) || digestWord(t[a:b]))
}

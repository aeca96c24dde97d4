package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// Payment card numbers (ISO/IEC 7812) in a sequence: whole, in groups, with digits
// glued on, inside longer runs.

// longRun is the length from which a run of digits is taken to have something
// glued to it, so that every window is tried: chance alone makes a random run
// of that length go more often than not (docs/redaction.md).
const longRun = 20

// maxGluedBoth is the most digits beside a card in the groups that it is in.
const maxGluedBoth = 16

// cards finds card numbers in a sequence.
func (s *scan) cards(v *view, q *sequence, before cue) {
	if len(q.d) < 12 || len(q.d) <= 13 && q.international(v.t, before) || before&cueCard == 0 && settlement(v.t, q) {
		return
	}
	hash := inHash(v.t, int(q.at[0]), int(q.at[len(q.at)-1]))
	if !hash && !s.joining {
		s.cardScattered(v, q)
		s.cardCut(v, q)
		s.cardDisguised(v, q)
	}
	for i := range q.g {
		if n := q.g[i].size(); n >= 16 || n >= 12 && !hash {
			s.cardsInRun(v, q, i, before)
		}
		if hash {
			continue
		}
		for j := i + 1; j < len(q.g) && q.g[j].to-q.g[i].from <= 19+maxGluedBoth; j++ {
			s.cardAcross(v, q, i, j, before)
		}
	}
}

// card notes digits [a, b) if they are a card number of at least that strength.
func (s *scan) card(v *view, q *sequence, a, b int, least issuer.Strength) bool {
	if b-a < 12 || b-a > 19 || issuer.Of(q.d[a:b]) < least || !checkdigit.Luhn(q.d[a:b]) {
		return false
	}
	s.addDigits(v, q, a, b, span{entity: Card, layer: LayerDetector, rule: "pan"})
	return true
}

// cardsInRun tries one unbroken group: whole, with a year or expiry glued to
// it, and, when it is long, every window.
func (s *scan) cardsInRun(v *view, q *sequence, i int, before cue) {
	g := q.g[i]
	if s.cardTagged(v, q, g) {
		return
	}
	if g.size() < longRun {
		if before&cueArticle != 0 && g.size() <= 14 { // a GTIN
			return
		}
		least := issuer.Weak
		if before&cueCard != 0 {
			least = issuer.Named
		}
		if s.card(v, q, g.from, g.to, least) {
			return
		}
		if !nanoseconds(q.d[g.from:g.to]) {
			s.cardGlued(v, q, g)
			s.cardDated(v, q, i)
			s.cardEdged(v, q, g)
		}
		if g.size() > 12+2 && byteAt(v.t, int(q.at[g.from])-1) == '?' { // a field of SWIFT MT940's :86:
			s.card(v, q, g.from+2, g.to, issuer.Strong)
		}
		return
	}
	if parcel(q.d[g.from:g.to]) && before&cueCard == 0 && prefix(q.d[g.from:], 4) != 0 {
		return
	}
	s.cardGlued(v, q, g)
	s.innerCLABE(v, q, g)
	for n := 19; n >= 12; n-- {
		for a := g.from; a+n <= g.to; a++ {
			s.card(v, q, a, a+n, issuer.Strong)
		}
	}
}

// padding tells whether digits before or after a number say nothing: none,
// zeros, a date, or what is printed beside a card.
func padding(d []byte) bool {
	if len(d) >= 4 && len(d) <= 8 && dateLike(d) {
		return true
	}
	for _, c := range d {
		if c != '0' {
			return false
		}
	}
	return true
}

// parcel tells whether d is a parcel number by form and check digit: USPS
// (Publication 199: 20 or 22 digits) or a GS1 serial shipping container code
// with its application identifier 00.
func parcel(d []byte) bool {
	if !(len(d) == 20 && d[0] == '0' && d[1] == '0') && !((len(d) == 20 || len(d) == 22) && d[0] == '9' && d[1] >= '1' && d[1] <= '5') {
		return false
	}
	sum := 0
	for i := range d[:len(d)-1] {
		sum += int(d[len(d)-2-i]-'0') * (3 - 2*(i%2))
	}
	return (10-sum%10)%10 == int(d[len(d)-1]-'0')
}

// cardGlued tries a group without the zeros, the date or the expiry date and
// code before or after it.
func (s *scan) cardGlued(v *view, q *sequence, g group) {
	for cut := 1; cut <= 8 && g.size()-cut >= 12; cut++ {
		if padding(q.d[g.from : g.from+cut]) {
			s.card(v, q, g.from+cut, g.to, issuer.Fair)
		}
		if padding(q.d[g.to-cut : g.to]) {
			s.card(v, q, g.from, g.to-cut, issuer.Fair)
		}
	}
}

// cardDated tries a group without the part of a date, a time or an amount that is
// glued to it, if the other part is its neighbour: 3671922523022912/28.
func (s *scan) cardDated(v *view, q *sequence, i int) {
	g := q.g[i]
	for cut := 1; cut <= 2 && g.size()-cut >= 12; cut++ {
		if i+1 < len(q.g) && q.halves(group{from: g.to - cut, to: g.to}, q.g[i+1], q.g[i+1]) {
			s.card(v, q, g.from, g.to-cut, issuer.Fair)
		}
		if i > 0 && q.halves(q.g[i-1], group{from: g.from, to: g.from + cut}, g) {
			s.card(v, q, g.from+cut, g.to, issuer.Fair)
		}
	}
}

// halves tells whether digits before and after the mark of a group are an expiry
// date, a time or an amount.
func (q *sequence) halves(a, b, mark group) bool {
	if mark.sepLen != 1 || b.size() != 2 && b.size() != 4 {
		return false
	}
	x, y := q.value(a), q.value(b)
	switch short := a.size() <= 2 && b.size() == 2; mark.sep {
	case ':':
		return short && x <= 24 && y < 60
	case '.', ',':
		if short && q.d[a.from] != '0' {
			return true
		}
	}
	return a.size() <= 2 && month(x) && (b.size() == 2 && recent(y) || b.size() == 4 && plausibleYear(y))
}

// cardEdged tries a run that is little longer than a card with its security
// code, or one stray digit, before or after it.
func (s *scan) cardEdged(v *view, q *sequence, g group) {
	if n := g.size() - 1; n >= 12 && !instant(q.d[g.from:g.to]) {
		for _, a := range [...]int{g.from, g.from + 1} {
			if s.coded || dense(q.d[a:a+n]) {
				s.card(v, q, a, a+n, issuer.Strong)
			}
		}
	}
	for n := 12; n <= 16; n++ {
		cut := g.size() - n
		if cut < 1 || cut > 4 {
			continue
		}
		for _, a := range [...]int{g.from, g.from + cut} {
			if cut == len("123") && a > g.from && g.size() == longestPAN && q.d[g.from] == '1' { // an id of Twitter or Discord
				continue
			}
			d := q.d[a : a+n]
			american := n == 15 && cut > 2 && issuer.Of(d) == issuer.Strong && (d[1] == '4' || d[1] == '7')
			if n == 16 || american || issuer.Maestro(prefix(d, 4)) && !instant(q.d[g.from:g.to]) {
				s.card(v, q, a, a+n, issuer.Strong)
			}
		}
	}
}

// dense tells whether a number lies in a range that is so narrow, for its length,
// that one digit beside it may be ignored: the well-known issuers of Maestro, and
// any with more than 16 digits.
func dense(d []byte) bool { return issuer.Maestro(prefix(d, 4)) || len(d) > 16 }

// dateLike tells whether digits read as a year, an expiry date, an expiry date
// and a code of three or four digits, or a day.
func dateLike(d []byte) bool {
	switch len(d) {
	case 4:
		hi, lo := prefix(d, 2), prefix(d[2:], 2)
		y := prefix(d, 4)
		return y >= 1970 && y <= 2060 || month(hi) && lo >= 15 && lo <= 60 || hi >= 15 && hi <= 60 && month(lo)
	case 6:
		hi, mid, lo := prefix(d, 2), prefix(d[2:], 2), prefix(d[4:], 2)
		y := prefix(d[2:], 4)
		return month(hi) && y >= 1970 && y <= 2060 || hi == 20 && month(lo) || month(mid) && (recent(hi) && day(lo) || day(hi) && recent(lo))
	case 7:
		return dateLike(d[:4])
	case 8:
		y, m, last := prefix(d, 4), prefix(d[4:], 2), prefix(d[6:], 2)
		return y >= 1970 && y <= 2060 && month(m) && day(last) || dateLike(d[:4])
	}
	return false
}

// gluedDate tells whether digits that are glued to a group are a year, an expiry date with or
// without a security code, or a day. Of seven and eight digits fewer are than dateLike
// takes for one: a card needs to be no more than two groups beside them.
func gluedDate(d []byte) bool {
	const soon, late = 20, 40 // years in which cards expire that are of use to anybody
	switch len(d) {
	case 7, 8:
		hi, lo := prefix(d, 2), prefix(d[2:], 2)
		if month(hi) && lo >= soon && lo <= late || hi >= soon && hi <= late && month(lo) {
			return true
		}
		return len(d) == 8 && (plausibleYear(prefix(d, 4)) && month(prefix(d[4:], 2)) && day(prefix(d[6:], 2)) ||
			day(hi) && month(lo) && plausibleYear(prefix(d[4:], 4)))
	}
	return dateLike(d)
}

func month(m int) bool  { return m >= 1 && m <= 12 }
func day(d int) bool    { return d >= 1 && d <= 31 }
func recent(y int) bool { return y >= 15 && y <= 60 }

// cardAcross tries groups i … j joined.
func (s *scan) cardAcross(v *view, q *sequence, i, j int, before cue) {
	a, b := q.g[i].from, q.g[j].to
	if b-a < 12 {
		return
	}
	if b-a <= 19 && issuer.Of(q.d[a:b]) != issuer.None && checkdigit.Luhn(q.d[a:b]) && q.plausibleCard(i, j, before) && s.card(v, q, a, b, q.least(v.t, i, j, before)) {
		return
	}
	s.cardGluedDate(v, q, i, j)
	s.cardBeside(v, q, i, j)
	s.cardWithin(v, q, i, j)
}

// cardGluedDate tries the groups i … j without a year or an expiry date that is glued to
// the first or the last of them.
func (s *scan) cardGluedDate(v *view, q *sequence, i, j int) {
	a, b := q.g[i].from, q.g[j].to
	longest := max(q.g[i].size(), q.g[j].size())
	for _, cut := range [...]int{4, 6, 7, 8} { // more would be a group of its own
		if longest <= cut {
			return
		}
		least := issuer.Strong
		if j-i >= 3 && cut <= 6 { // as many groups in a row as a card has are no chance
			least = issuer.Weak
		}
		whole := b-a-cut >= 15 && j-i >= 3 && q.alone(i, j) && q.lonely(v.t)
		if g := q.g[i]; g.size() > cut && gluedDate(q.d[a:a+cut]) && (whole || q.evenly(i+1, j)) {
			s.card(v, q, a+cut, b, least)
		}
		if g := q.g[j]; g.size() > cut && gluedDate(q.d[b-cut:b]) && (whole || q.evenly(i, j-1)) {
			s.card(v, q, a, b-cut, least)
		}
	}
}

// cardWithin tries the groups i … j without digits that are glued to both ends,
// if those between are sized as the groups of a card.
func (s *scan) cardWithin(v *view, q *sequence, i, j int) {
	first, last := q.g[i], q.g[j]
	if j-i < 2 || q.cuts(i) || q.cuts(j+1) {
		return
	}
	n := q.g[i+1].size()
	if american := j-i == 2 && n == 6; american && first.size() > 4 && last.size() > 5 {
		s.card(v, q, first.to-4, last.from+5, issuer.Strong)
		return
	}
	if n > 6 || j-i < 3 || first.size() <= n || last.size() < 2 || !q.evenly(i+1, j-1) && j-i > 3 || q.g[j-1].size() != n {
		return
	}
	for k := min(n, last.size()-1); k > 0; k-- {
		s.card(v, q, first.to-n, last.from+k, issuer.Strong)
	}
}

// maxGlued is the most digits that are taken off a group of a card for what is
// printed beside it.
const maxGlued = 8

// cardBeside tries the groups i … j without digits that are glued to the first
// or the last of them, if the others are sized as those of a card.
func (s *scan) cardBeside(v *view, q *sequence, i, j int) {
	if q.cuts(i) || q.cuts(j+1) || j-i < 2 {
		return
	}
	american := j-i == 2 && q.g[i+1].size() == 6
	first, n := q.g[i], q.g[i+1].size()
	if american {
		n = 4
	}
	if cut := first.size() - 6; american && cut == 4 && q.g[j].size() <= 6 && dateLike(q.d[first.from:first.from+cut]) { // three groups, and a year
		s.card(v, q, first.from+cut, q.g[j].to, issuer.Strong)
	}
	if cut := first.size() - n; cut > 0 && cut <= maxGlued && (american && q.g[j].size() == 5 || q.evenly(i+1, j) || n >= 4 && j-i == 2 && q.g[j].size() <= n) {
		s.card(v, q, first.from+cut, q.g[j].to, issuer.Strong)
	}
	last := q.g[j]
	if american && first.size() == 4 {
		if cut := last.size() - 5; cut > 0 && cut <= maxGlued {
			s.card(v, q, first.from, last.to-cut, issuer.Strong)
		}
	}
	n = first.size()
	if longer := q.g[j-1].to - first.from + last.size(); last.size() > 1 && last.size() <= n && n == 4 && longer > 16 && q.evenly(i, j) {
		s.card(v, q, first.from, last.to-1, issuer.Strong) // one digit glued to a last group that is shorter
	}
	if last.size() <= n || !q.evenly(i, j-1) {
		return
	}
	for cut := max(1, last.size()-n); cut <= maxGlued && cut < last.size(); cut++ {
		s.card(v, q, first.from, last.to-cut, issuer.Strong)
	}
}

// longestPAN is the most digits of a card.
const longestPAN = 19

// trackSeparator tells whether at t[i] stands the separator of track 2 as chips
// give it (EMV Book 3, tag 57), with an expiry date behind it.
func trackSeparator(t []byte, i int) bool {
	const expiry = 4
	if lower(byteAt(t, i)) != 'd' || len(t) < i+1+expiry {
		return false
	}
	for _, c := range t[i+1 : i+1+expiry] {
		if !digit(c) {
			return false
		}
	}
	return dateLike(t[i+1 : i+1+expiry])
}

// longestHash is the length of SHA-512 in hexadecimal.
const longestHash = 128

// inHash tells whether the digits t[i:j+1] lie in a long hexadecimal word that
// also has letters, such as a digest or a UUID.
func inHash(t []byte, i, j int) bool {
	if j-i > 2 && bytes.Count(t[i:j], []byte("-"))*2 >= j-i { // no hash is written so
		return false
	}
	hexLike := func(c byte) bool { return digit(c) || c == '-' || lower(c) >= 'a' && lower(c) <= 'f' }
	for _, c := range t[i:j] {
		if !hexLike(c) {
			return false
		}
	}
	a, b := i, j+1
	hasLetter := false
	for ; a > 0 && i-a < longestHash && hexLike(t[a-1]); a-- {
		hasLetter = hasLetter || letter(t[a-1])
	}
	for ; b < len(t) && b-j < longestHash && hexLike(t[b]); b++ {
		hasLetter = hasLetter || letter(t[b])
	}
	if a > 0 && alnum(t[a-1]) || b < len(t) && alnum(t[b]) || j-i < 2*longestPAN && trackSeparator(t, j+1) {
		return false
	}
	return hasLetter && b-a >= 32
}

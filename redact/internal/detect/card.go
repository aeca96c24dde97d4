package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// Payment card numbers (ISO/IEC 7812) in a sequence: whole, in groups, with digits
// glued on, inside longer runs.

// LongRun is the length from which a run of digits is taken to have something
// glued to it, so that every window is tried: chance alone makes a random run
// of that length go more often than not (docs/redaction.md).
const LongRun = 20

// maxGluedBoth is the most digits beside a card in the groups that it is in.
const maxGluedBoth = 16

// cards finds card numbers in a sequence.
func (s *Scan) cards(v *finding.View, q *Sequence, before cue.Set) {
	if len(q.D) < 12 || len(q.D) <= 13 && q.international(v.Text, before) || before&cue.Card == 0 && settlement(v.Text, q) {
		return
	}
	hash := inHash(v.Text, int(q.at[0]), int(q.at[len(q.at)-1]))
	if !hash && !s.Joining {
		s.cardScattered(v, q)
		s.cardCut(v, q)
		s.cardDisguised(v, q)
		s.cardInTurn(v, q)
	}
	for i := range q.G {
		if n := q.G[i].size(); n >= 16 || n >= 12 && !hash {
			s.CardsInRun(v, q, i, before)
		}
		if hash {
			continue
		}
		for j := i + 1; j < len(q.G) && q.G[j].to-q.G[i].from <= 19+maxGluedBoth; j++ {
			s.cardAcross(v, q, i, j, before)
		}
	}
}

// Card notes digits [a, b) if they are a card number of at least that strength.
func (s *Scan) Card(v *finding.View, q *Sequence, a, b int, least issuer.Strength) bool {
	if b-a < 12 || b-a > 19 || issuer.Of(q.D[a:b]) < least || !checkdigit.Luhn(q.D[a:b]) || bytes.Count(q.D[a:b], q.D[a:a+1]) == b-a { // one digit alone is none, as compressed data seem to hold it
		return false
	}
	if q.cutsWhole(a, b) {
		return false
	}
	n := len(s.Spans)
	if s.addDigits(v, q, a, b, finding.Span{Entity: entity.Card, Layer: entity.Detector, Rule: "pan"}); len(s.Spans) > n {
		if end := int(q.at[b-1]) + 1; !s.cardRow(v, end) {
			s.cardPrinted(v, end)
		}
	}
	return true
}

// cardRow finds the security code in a row of a card, the month and the year in which it
// expires, and the code: 4111111111111111|09|2028|123, or 09/28. It tells whether it did.
func (s *Scan) cardRow(v *finding.View, i int) bool {
	const month, least, most = 2, 3, 4 // digits
	t := v.Text
	mark, gap, lead := char.At(t, i), 1, 0
	switch {
	case mark == ' ' && char.At(t, i+1) == '|' && char.At(t, i+2) == ' ':
		mark, gap, lead = '|', len(" | "), 1
	case mark == ',' && char.At(t, i+1) == ' ':
		gap = len(", ")
	}
	if mark != '|' && mark != ':' && mark != ';' && mark != ',' {
		return false
	}
	i += gap
	if char.Digits(t[min(i, len(t)):]) != month || t[i] > '1' || char.At(t, i+month) != '/' && (char.At(t, i+month) != mark || mark == ',') {
		return false
	}
	i += month + 1
	n := char.Digits(t[min(i, len(t)):])
	if n != len("28") && (n != len("2028") || string(t[i:i+len("20")]) != "20") || char.At(t, i+n+lead) != mark || gap == len(", ") && char.At(t, i+n+1) != ' ' {
		return false
	}
	i += n + gap
	if n = char.Digits(t[min(i, len(t)):]); n < least || n > most || char.Alnum(char.At(t, i+n)) || cue.MarksNumber(char.At(t, i+n)) && mark != char.At(t, i+n) && char.Digit(char.At(t, i+n+1)) {
		return false
	}
	s.Add(v, i, i+n, finding.Span{Entity: entity.Secret, Layer: entity.Detector, Rule: "assigned", Canon: string(t[i : i+n])})
	return true
}

// CardsInRun tries one unbroken group: whole, with a year or expiry glued to
// it, and, when it is long, every window.
func (s *Scan) CardsInRun(v *finding.View, q *Sequence, i int, before cue.Set) {
	g := q.G[i]
	if s.cardTagged(v, q, g) {
		return
	}
	if g.size() < LongRun {
		if before&cue.Article != 0 && g.size() <= 14 { // a GTIN
			return
		}
		least := issuer.Weak
		if before&cue.Card != 0 {
			least = issuer.Named
		}
		if s.Card(v, q, g.from, g.to, least) {
			return
		}
		if !date.Nanoseconds(q.D[g.from:g.to]) {
			s.CardGlued(v, q, g)
			s.cardDated(v, q, i)
			s.cardEdged(v, q, g)
		}
		if g.size() > 12+2 && char.At(v.Text, int(q.at[g.from])-1) == '?' { // a field of SWIFT MT940's :86:
			s.Card(v, q, g.from+2, g.to, issuer.Strong)
		}
		return
	}
	if parcel(q.D[g.from:g.to]) && before&cue.Card == 0 && char.Number(q.D[g.from:], 4) != 0 {
		return
	}
	s.CardGlued(v, q, g)
	s.innerCLABE(v, q, g)
	for n := 19; n >= 12; n-- {
		for a := g.from; a+n <= g.to; a++ {
			s.Card(v, q, a, a+n, issuer.Strong)
		}
	}
}

// padding tells whether digits before or after a number say nothing: none,
// zeros, a date, or what is printed beside a card.
func padding(d []byte) bool {
	if len(d) >= 4 && len(d) <= 8 && date.Like(d) {
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

// CardGlued tries a group without the zeros, the date or the expiry date and
// code before or after it.
func (s *Scan) CardGlued(v *finding.View, q *Sequence, g group) {
	for cut := 1; cut <= 8 && g.size()-cut >= 12; cut++ {
		if padding(q.D[g.from : g.from+cut]) {
			s.Card(v, q, g.from+cut, g.to, issuer.Fair)
		}
		if padding(q.D[g.to-cut : g.to]) {
			s.Card(v, q, g.from, g.to-cut, issuer.Fair)
		}
	}
}

// cardDated tries a group without the part of a date, a time or an amount that is
// glued to it, if the other part is its neighbour: 3671922523022912/28.
func (s *Scan) cardDated(v *finding.View, q *Sequence, i int) {
	g := q.G[i]
	for cut := 1; cut <= 2 && g.size()-cut >= 12; cut++ {
		if i+1 < len(q.G) && q.halves(group{from: g.to - cut, to: g.to}, q.G[i+1], q.G[i+1]) {
			s.Card(v, q, g.from, g.to-cut, issuer.Fair)
		}
		if i > 0 && q.halves(q.G[i-1], group{from: g.from, to: g.from + cut}, g) {
			s.Card(v, q, g.from+cut, g.to, issuer.Fair)
		}
	}
}

// halves tells whether digits before and after the mark of a group are an expiry
// date, a time or an amount.
func (q *Sequence) halves(a, b, mark group) bool {
	if mark.sepLen != 1 || b.size() != 2 && b.size() != 4 {
		return false
	}
	x, y := q.value(a), q.value(b)
	switch short := a.size() <= 2 && b.size() == 2; mark.sep {
	case ':':
		return short && x <= 24 && y < 60
	case '.', ',':
		if short && q.D[a.from] != '0' {
			return true
		}
	}
	return a.size() <= 2 && date.Month(x) && (b.size() == 2 && date.RecentYear(y) || b.size() == 4 && date.PlausibleYear(y))
}

// cardEdged tries a run that is little longer than a card with its security
// code, or one stray digit, before or after it.
func (s *Scan) cardEdged(v *finding.View, q *Sequence, g group) {
	if n := g.size() - 1; n >= 12 && !date.Instant(q.D[g.from:g.to]) {
		for _, a := range [...]int{g.from, g.from + 1} {
			if s.Coded || dense(q.D[a:a+n]) {
				s.Card(v, q, a, a+n, issuer.Strong)
			}
		}
	}
	for n := 12; n <= 16; n++ {
		cut := g.size() - n
		if cut < 1 || cut > 4 {
			continue
		}
		for _, a := range [...]int{g.from, g.from + cut} {
			if cut == len("123") && a > g.from && g.size() == LongestPAN && q.D[g.from] == '1' { // an id of Twitter or Discord
				continue
			}
			d := q.D[a : a+n]
			american := n == 15 && cut > 2 && issuer.Of(d) == issuer.Strong && (d[1] == '4' || d[1] == '7')
			if n == 16 || american || issuer.Maestro(char.Number(d, 4)) && !date.Instant(q.D[g.from:g.to]) {
				s.Card(v, q, a, a+n, issuer.Strong)
			}
		}
	}
}

// dense tells whether a number lies in a range that is so narrow, for its length,
// that one digit beside it may be ignored: the well-known issuers of Maestro, and
// any with more than 16 digits.
func dense(d []byte) bool { return issuer.Maestro(char.Number(d, 4)) || len(d) > 16 }

// gluedDate tells whether digits that are glued to a group are a year, an expiry date with or
// without a security code, or a day. Of seven and eight digits fewer are than date.Like
// takes for one: a card needs to be no more than two groups beside them.
func gluedDate(d []byte) bool {
	const soon, late = 20, 40 // years in which cards expire that are of use to anybody
	switch len(d) {
	case 7, 8:
		hi, lo := char.Number(d, 2), char.Number(d[2:], 2)
		if date.Month(hi) && lo >= soon && lo <= late || hi >= soon && hi <= late && date.Month(lo) {
			return true
		}
		return len(d) == 8 && (date.PlausibleYear(char.Number(d, 4)) && date.Month(char.Number(d[4:], 2)) && date.Day(char.Number(d[6:], 2)) ||
			date.Day(hi) && date.Month(lo) && date.PlausibleYear(char.Number(d[4:], 4)))
	}
	return date.Like(d)
}

// cardAcross tries groups i … j joined.
func (s *Scan) cardAcross(v *finding.View, q *Sequence, i, j int, before cue.Set) {
	a, b := q.G[i].from, q.G[j].to
	if b-a < 12 {
		return
	}
	if b-a <= 19 && issuer.Of(q.D[a:b]) != issuer.None && checkdigit.Luhn(q.D[a:b]) {
		if q.plausibleCard(i, j, before) && s.Card(v, q, a, b, q.least(v.Text, i, j, before)) {
			return
		}
		if j-i >= fewestCuts && cutTwice(v.Text, int(q.at[a]), int(q.at[b-1])+1) && s.Card(v, q, a, b, issuer.Weak) {
			return
		}
	}
	s.cardGluedDate(v, q, i, j)
	s.cardBeside(v, q, i, j)
	s.cardWithin(v, q, i, j)
}

// cardGluedDate tries the groups i … j without a year or an expiry date that is glued to
// the first or the last of them.
func (s *Scan) cardGluedDate(v *finding.View, q *Sequence, i, j int) {
	a, b := q.G[i].from, q.G[j].to
	longest := max(q.G[i].size(), q.G[j].size())
	for _, cut := range [...]int{4, 6, 7, 8} { // more would be a group of its own
		if longest <= cut {
			return
		}
		least := issuer.Strong
		if j-i >= 3 && cut <= 6 { // as many groups in a row as a card has are no chance
			least = issuer.Weak
		}
		whole := b-a-cut >= 15 && j-i >= 3 && q.alone(i, j) && q.lonely(v.Text)
		if g := q.G[i]; g.size() > cut && gluedDate(q.D[a:a+cut]) && (whole || q.evenly(i+1, j)) {
			s.Card(v, q, a+cut, b, least)
		}
		if g := q.G[j]; g.size() > cut && gluedDate(q.D[b-cut:b]) && (whole || q.evenly(i, j-1)) {
			s.Card(v, q, a, b-cut, least)
		}
	}
}

// cardWithin tries the groups i … j without digits that are glued to both ends,
// if those between are sized as the groups of a card.
func (s *Scan) cardWithin(v *finding.View, q *Sequence, i, j int) {
	first, last := q.G[i], q.G[j]
	if j-i < 2 || q.cuts(i) || q.cuts(j+1) {
		return
	}
	n := q.G[i+1].size()
	if american := j-i == 2 && n == 6; american && first.size() > 4 && last.size() > 5 {
		s.Card(v, q, first.to-4, last.from+5, issuer.Strong)
		return
	}
	if n > 6 || j-i < 3 || first.size() <= n || last.size() < 2 || !q.evenly(i+1, j-1) && j-i > 3 || q.G[j-1].size() != n {
		return
	}
	for k := min(n, last.size()-1); k > 0; k-- {
		s.Card(v, q, first.to-n, last.from+k, issuer.Strong)
	}
}

// maxGlued is the most digits that are taken off a group of a card for what is
// printed beside it.
const maxGlued = 8

// cardBeside tries the groups i … j without digits that are glued to the first
// or the last of them, if the others are sized as those of a card.
func (s *Scan) cardBeside(v *finding.View, q *Sequence, i, j int) {
	if q.cuts(i) || q.cuts(j+1) || j-i < 2 {
		return
	}
	american := j-i == 2 && q.G[i+1].size() == 6
	first, n := q.G[i], q.G[i+1].size()
	if american {
		n = 4
	}
	if cut := first.size() - 6; american && cut == 4 && q.G[j].size() <= 6 && date.Like(q.D[first.from:first.from+cut]) { // three groups, and a year
		s.Card(v, q, first.from+cut, q.G[j].to, issuer.Strong)
	}
	if cut := first.size() - n; cut > 0 && cut <= maxGlued && (american && q.G[j].size() == 5 || q.evenly(i+1, j) || n >= 4 && j-i == 2 && q.G[j].size() <= n) {
		s.Card(v, q, first.from+cut, q.G[j].to, issuer.Strong)
	}
	last := q.G[j]
	if american && first.size() == 4 {
		if cut := last.size() - 5; cut > 0 && cut <= maxGlued {
			s.Card(v, q, first.from, last.to-cut, issuer.Strong)
		}
	}
	n = first.size()
	if longer := q.G[j-1].to - first.from + last.size(); last.size() > 1 && last.size() <= n && n == 4 && longer > 16 && q.evenly(i, j) {
		s.Card(v, q, first.from, last.to-1, issuer.Strong) // one digit glued to a last group that is shorter
	}
	if last.size() <= n || !q.evenly(i, j-1) {
		return
	}
	for cut := max(1, last.size()-n); cut <= maxGlued && cut < last.size(); cut++ {
		s.Card(v, q, first.from, last.to-cut, issuer.Strong)
	}
}

// LongestPAN is the most digits of a card.
const LongestPAN = 19

// trackSeparator tells whether at t[i] stands the separator of track 2 as chips
// give it (EMV Book 3, tag 57), with an expiry date behind it.
func trackSeparator(t []byte, i int) bool {
	const expiry = 4
	if char.Lower(char.At(t, i)) != 'd' || len(t) < i+1+expiry {
		return false
	}
	for _, c := range t[i+1 : i+1+expiry] {
		if !char.Digit(c) {
			return false
		}
	}
	return date.Like(t[i+1 : i+1+expiry])
}

// longestHash is the length of SHA-512 in hexadecimal.
const longestHash = 128

// inHash tells whether the digits t[i:j+1] lie in a long hexadecimal word that
// also has letters, such as a digest or a UUID.
func inHash(t []byte, i, j int) bool {
	if j-i > 2 && bytes.Count(t[i:j], []byte("-"))*2 >= j-i { // no hash is written so
		return false
	}
	hexLike := func(c byte) bool { return char.Digit(c) || c == '-' || char.Lower(c) >= 'a' && char.Lower(c) <= 'f' }
	for _, c := range t[i:j] {
		if !hexLike(c) {
			return false
		}
	}
	a, b := i, j+1
	hasLetter := false
	for ; a > 0 && i-a < longestHash && hexLike(t[a-1]); a-- {
		hasLetter = hasLetter || char.Letter(t[a-1])
	}
	for ; b < len(t) && b-j < longestHash && hexLike(t[b]); b++ {
		hasLetter = hasLetter || char.Letter(t[b])
	}
	if a > 0 && char.Alnum(t[a-1]) || b < len(t) && char.Alnum(t[b]) || j-i < 2*LongestPAN && trackSeparator(t, j+1) {
		return false
	}
	return hasLetter && b-a >= 32
}

const (
	MinChained = 12 // digits that are worth looking at
)

// ShortestPAN is the fewest digits of a card.
const ShortestPAN = 12

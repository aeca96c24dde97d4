package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// A sequence is a chain of digits in which only separators stand between one
// digit and the next: no letters. Groups are its unbroken parts.
type sequence struct {
	d  []byte  // the digits, ASCII
	at []int32 // index of each digit in the view
	g  []group

	cued bool // a word before them says what they are
}

// group is one unbroken run of digits: d[from:to].
type group struct {
	from, to int
	sep      byte // first visible separator before it, ' ' if only space, 0 at the start
	sepLen   int
	atom     int // non-zero: part of a date, a time or an amount with this number
}

func (g group) size() int { return g.to - g.from }

// Separators allowed between two digits of one number. More than this and the
// parts are far apart, which docs/redaction.md lists as not guaranteed.
const (
	maxGapMarks  = 16 // visible separator characters
	maxGapSpaces = 80 // spaces and line breaks, such as the indent of a next line
)

// numbers looks at every digit sequence of a view.
func (s *scan) numbers(v view) {
	q := &s.seq
	for i := 0; i < len(v.t); {
		if !digit(v.t[i]) {
			i++
			continue
		}
		if v.t[i] == '8' && i >= len("utf-") && v.t[i-1] == '-' && bytes.EqualFold(v.t[i-len("utf-"):i], []byte("utf-")) { // the name of a character set
			i++
			continue
		}
		if i > 0 && (v.t[i-1] == '(' || v.t[i-1] == ':') {
			if end := sizeAt(v.t, i); end > i {
				i = end
				continue
			}
		}
		i = q.read(v.t, i)
		if len(q.d) >= minCued {
			s.sequence(&v, q)
			s.fields(&v, q)
		}
	}
}

// sequence runs the number detectors over one sequence.
func (s *scan) sequence(v *view, q *sequence) {
	if q.atoms(); q.g[0].atom != 0 && q.g[len(q.g)-1].atom == q.g[0].atom {
		if len(q.d) < 12 {
			s.knownAmount(v, q)
			if len(q.d) == minCued && s.r.known != nil && len(s.r.known.values) <= fewKnown && cueBefore(v.t, int(q.at[0]), s.cue)&fiveCues != 0 {
				s.knownFive(v, q)
			}
			if !s.bare {
				s.datedSort(v, q)
				s.chileanK(v, q, 0)
				s.pointedID(v, q)
			}
			return // a date, a time or an amount alone
		}
	}
	before := cueBefore(v.t, int(q.at[0]), s.cue) &^ cueTransfer
	q.cued = before != 0
	s.knownNumbers(v, q, before)
	if len(q.d) == minCued && !s.bare {
		s.endingFive(v, q, before)
	}
	if s.bare || len(q.d) < minDigits || before == 0 && q.degrees() || q.endpoint() {
		return
	}
	if before == 0 {
		if before = announcedAfter(v.t, int(q.at[len(q.at)-1])+1); before == 0 {
			q.stamps()
		}
	}
	s.cards(v, q, before)
	s.cutIBAN(v, q)
	if !inHash(v.t, int(q.at[0]), int(q.at[len(q.at)-1])) {
		s.accounts(v, q, before)
		s.heads(v, q, before)
		s.hidden(v, q)
		s.nationals(v, q, before)
		s.holes(v, q)
	}
}

// endingFive finds the last five digits of a card or an account beside words that say
// so: ending in 71005. Four may be shown.
func (s *scan) endingFive(v *view, q *sequence, before cue) {
	i := int(q.at[0])
	if len(q.g) == 1 && lower(byteAt(v.t, i-1)) == 'x' && !alnum(byteAt(v.t, i-2)) && cueBefore(v.t, i-1, 0)&cueAccount != 0 { // acct x56789
		s.account(v, q, 0, minCued, "masked")
		return
	}
	switch {
	case before&cueEnding == 0 || len(q.g) > 1:
	case before&cueCard != 0:
		s.addDigits(v, q, 0, minCued, span{entity: Card, layer: LayerDetector, rule: "ending"})
	case before&cueAccount != 0:
		s.account(v, q, 0, minCued, "ending")
	}
}

// read collects the sequence that starts at t[i] and returns where it ends.
func (q *sequence) read(t []byte, i int) int {
	q.d, q.at, q.g, q.cued = q.d[:0], q.at[:0], q.g[:0], false
	var sep byte
	sepLen := 0
	for {
		from := len(q.d)
		for i < len(t) && digit(t[i]) {
			q.d = append(q.d, t[i])
			q.at = append(q.at, int32(i))
			i++
		}
		q.g = append(q.g, group{from: from, to: len(q.d), sep: sep, sepLen: sepLen})
		next, kind, ok := gap(t, i)
		if !ok {
			return i
		}
		sep, sepLen, i = kind, next-i, next
	}
}

// gap skips separators from t[i] to the next digit.
func gap(t []byte, i int) (next int, kind byte, ok bool) {
	marks, spaces := 0, 0
	for ; i < len(t); i++ {
		c := t[i]
		switch {
		case digit(c):
			if kind == 0 {
				kind = ' '
			}
			return i, kind, true
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			if spaces++; spaces > maxGapSpaces || c == '\n' && swiftField(t[i+1:]) {
				return i, 0, false
			}
		case c == 0xC3 && i+1 < len(t) && (t[i+1] == 0x97 || t[i+1] == 0xB7): // × and ÷
			i++
			marks++
			kind = 'x'
		case c >= 0x80 || alnum(c):
			return i, 0, false
		default:
			if kind == 0 {
				kind = c
			}
			if marks++; marks > maxGapMarks {
				return i, 0, false
			}
		}
	}
	return i, 0, false
}

// swiftField tells whether a line begins as a field of a SWIFT message does: :61:.
func swiftField(t []byte) bool {
	return len(t) > 4 && t[0] == ':' && digit(t[1]) && digit(t[2]) && t[3] == ':'
}

// value returns the number that the digits of a group spell, at most 8 of them.
func (q *sequence) value(g group) int {
	n := 0
	for _, c := range q.d[g.from:min(g.to, g.from+8)] {
		n = n*10 + int(c-'0')
	}
	return n
}

// addDigits notes digits [a, b) of the sequence, unless a list or a digest makes them
// up by chance.
func (s *scan) addDigits(v *view, q *sequence, a, b int, found span) {
	if found.layer == LayerDetector && (q.listed(a, b) || found.entity != Bank && (!q.cued && q.amongList(v, a, b) || !(q.cued && a == 0) && q.acrossFields(v, a, b)) || inDigest(v.t, int(q.at[a]), int(q.at[b-1])+1)) {
		return
	}
	if found.canon == "" && found.token == "" {
		found.canon = string(q.d[a:b])
	}
	s.add(v, int(q.at[a]), int(q.at[b-1])+1, found)
}

// atoms marks the groups that make up dates, times and amounts, so that no
// number is cut out of the middle of one.
func (q *sequence) atoms() {
	id := 0
	for i := 0; i < len(q.g); {
		if n := q.listAt(i); n > 0 {
			for end := i + n; i < end; i += 2 {
				id++
				q.g[i].atom, q.g[i+1].atom = id, id
			}
			continue
		}
		n := max(q.dateAt(i), q.timeAt(i), q.amountAt(i))
		if n == 0 {
			i++
			continue
		}
		id++
		for k := i; k < i+n; k++ {
			q.g[k].atom = id
		}
		i += n
	}
}

// tight tells whether groups i … i+n-1 are joined by single characters sep.
func (q *sequence) tight(i, n int, sep byte) bool {
	if i+n > len(q.g) {
		return false
	}
	for k := i + 1; k < i+n; k++ {
		if q.g[k].sep != sep || q.g[k].sepLen != 1 {
			return false
		}
	}
	return true
}

// apart tells whether groups i … i+n-1 are not joined to neighbours by sep.
func (q *sequence) apart(i, n int, sep byte) bool {
	if i > 0 && q.g[i].sep == sep && q.g[i].sepLen == 1 {
		return false
	}
	return i+n >= len(q.g) || q.g[i+n].sep != sep || q.g[i+n].sepLen != 1
}

// loose tells whether groups i … i+n-1 have no neighbour that a single
// character other than a space or a semicolon joins to them.
func (q *sequence) loose(i, n int) bool {
	joined := func(g group) bool {
		return g.sepLen == 1 && (g.sep == '.' || g.sep == ',' || g.sep == '/' || g.sep == '-' || g.sep == ':')
	}
	comma := i+n < len(q.g) && q.g[i+n].sep == ',' && q.g[i+1].sep == '.' // 12.50,13.20 is a list of amounts
	return (i == 0 || !joined(q.g[i]) || q.g[i].sep == ',') && (i+n >= len(q.g) || comma || !joined(q.g[i+n]))
}

// dateAt returns 3 if a date such as 2026-01-05, 5/1/26 or 05.01.2026 starts
// at group i.
func (q *sequence) dateAt(i int) int {
	for _, sep := range []byte{'-', '/', '.'} {
		if q.tight(i, 3, sep) && q.apart(i, 3, sep) && q.isDate(i) {
			return 3
		}
	}
	return 0
}

func (q *sequence) isDate(i int) bool {
	a, b, c := q.g[i], q.g[i+1], q.g[i+2]
	x, y, z := q.value(a), q.value(b), q.value(c)
	switch {
	case a.size() == 4 && b.size() <= 2 && c.size() <= 2:
		return plausibleYear(x) && y >= 1 && y <= 12 && z >= 1 && z <= 31
	case a.size() <= 2 && b.size() <= 2 && (c.size() == 4 && plausibleYear(z) || c.size() == 2):
		return x >= 1 && y >= 1 && (x <= 31 && y <= 12 || x <= 12 && y <= 31)
	}
	return false
}

// plausibleYear covers every date a statement can hold.
func plausibleYear(y int) bool { return y >= 1900 && y <= 2099 }

// timeAt returns the groups of a time such as 12:30, 12:30:45 or 12:30:45.123.
func (q *sequence) timeAt(i int) int {
	n := 2
	if q.tight(i, 3, ':') {
		n = 3
	}
	if !q.tight(i, n, ':') || !q.apart(i, n, ':') {
		return 0
	}
	if q.g[i].size() > 2 || q.value(q.g[i]) > 24 {
		return 0
	}
	for k := i + 1; k < i+n; k++ {
		if q.g[k].size() != 2 || q.value(q.g[k]) > 60 {
			return 0
		}
	}
	if n == 3 && i+3 < len(q.g) && (q.g[i+3].sep == '.' || q.g[i+3].sep == ',') && q.g[i+3].sepLen == 1 && q.g[i+3].size() <= 9 {
		return 4
	}
	return n
}

// degrees tells whether the sequence is degrees of latitude and longitude, two or more,
// all with so many decimals: 51.507351, -0.127758.
func (q *sequence) degrees() bool {
	const least, most, half = 5, 8, 180 // decimals; degrees
	if len(q.g) < 4 || len(q.g)%2 != 0 || q.g[1].size() < least || q.g[1].size() > most {
		return false
	}
	for k := 0; k < len(q.g); k += 2 {
		whole, part := q.g[k], q.g[k+1]
		if whole.size() > 3 || q.value(whole) > half || part.sep != '.' || part.sepLen != 1 || part.size() != q.g[1].size() || k > 0 && whole.sep == '.' {
			return false
		}
	}
	return true
}

// maxWhole is the most digits before the decimal point of an amount: enough for
// the currencies of the smallest units.
const maxWhole = 11

// maxGrouped is the most digits before the decimal point of an amount whose
// thousands are set apart: 341.295.522.832.975 is a card.
const maxGrouped = 12

// lastOfCard tells whether group i is the last of four with four digits each that make up
// a card: two decimals behind it are of a number that somebody printed as one.
func (q *sequence) lastOfCard(i int) bool {
	if i < 3 || q.g[i].size() != 4 || !q.printed(i-3, i, 4, 4, 4, 4) || !q.tight(i-3, 4, q.g[i].sep) || i > 3 && q.g[i-3].sep == q.g[i].sep {
		return false
	}
	d := q.d[q.g[i-3].from:q.g[i].to]
	return issuer.Of(d) == issuer.Strong && checkdigit.Luhn(d)
}

// amountAt returns the groups of an amount such as 12.50, 1,234.50 or 1.234,50.
func (q *sequence) amountAt(i int) int {
	if q.g[i].size() > maxWhole {
		return 0
	}
	n := 1
	thousands := byte(0)
	for k := i + 1; k < len(q.g) && q.g[k].sepLen == 1 && q.g[k].size() == 3 && q.g[i].size() <= 3; k++ {
		sep := q.g[k].sep
		if sep != ',' && sep != '.' && sep != '\'' || thousands != 0 && sep != thousands {
			break
		}
		if q.g[k].to-q.g[i].from > maxGrouped {
			return 0
		}
		thousands = sep
		n++
	}
	k := i + n
	if k < len(q.g) && q.g[k].sepLen == 1 && q.g[k].size() == 2 && (q.g[k].sep == '.' || q.g[k].sep == ',') && q.g[k].sep != thousands {
		if q.loose(i, n+1) && !(n == 1 && q.lastOfCard(i)) {
			return n + 1
		}
		return 0
	}
	if n > 1 && q.apart(i, n, thousands) {
		return n
	}
	return 0
}

package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// A sequence is a chain of digits in which only separators stand between one
// digit and the next: no letters. Groups are its unbroken parts.
type Sequence struct {
	D  []byte  // the digits, ASCII
	at []int32 // index of each digit in the view
	G  []group

	cued bool // a word before them says what they are
}

// group is one unbroken run of digits: d[from:to].
type group struct {
	from, to int
	sep      byte // first visible separator before it, ' ' if only space, 0 at the start
	sepLen   int
	Atom     int // non-zero: part of a date, a time or an amount with this number
}

func (g group) size() int { return g.to - g.from }

// Numbers looks at every digit sequence of a view.
func (s *Scan) Numbers(v finding.View) {
	q := &s.Seq
	for i := 0; i < len(v.Text); {
		if !char.Digit(v.Text[i]) {
			i++
			continue
		}
		if v.Text[i] == '8' && i >= len("utf-") && v.Text[i-1] == '-' && bytes.EqualFold(v.Text[i-len("utf-"):i], []byte("utf-")) { // the name of a character set
			i++
			continue
		}
		if i > 0 && (v.Text[i-1] == '(' || v.Text[i-1] == ':') {
			if end := cue.SizeAt(v.Text, i); end > i {
				i = end
				continue
			}
		}
		i = q.Read(v.Text, i)
		if len(q.D) >= profile.MinCued {
			s.sequence(&v, q)
			s.fields(&v, q)
		}
	}
}

// sequence runs the number detectors over one sequence.
func (s *Scan) sequence(v *finding.View, q *Sequence) {
	if q.Atoms(); q.G[0].Atom != 0 && q.G[len(q.G)-1].Atom == q.G[0].Atom {
		if len(q.D) < 12 {
			s.knownAmount(v, q)
			if len(q.D) == profile.MinCued && s.Rules.Known != nil && len(s.Rules.Known.Values) <= known.FewKnown && cue.Before(v.Text, int(q.at[0]), s.Cue)&profile.FiveCues != 0 {
				s.knownFive(v, q)
			}
			if !s.bare {
				s.datedSort(v, q)
				s.chileanK(v, q, 0)
				s.pointedID(v, q)
				s.pointedAccount(v, q, 0)
			}
			return // a date, a time or an amount alone
		}
	}
	before := cue.Before(v.Text, int(q.at[0]), s.Cue) &^ cue.Transfer
	q.cued = before != 0
	s.knownNumbers(v, q, before)
	if len(q.D) == profile.MinCued && !s.bare {
		s.endingFive(v, q, before)
	}
	if s.bare || len(q.D) < profile.MinDigits || before == 0 && q.degrees() || q.endpoint() {
		return
	}
	if before == 0 {
		if before = cue.AnnouncedAfter(v.Text, int(q.at[len(q.at)-1])+1); before == 0 {
			q.stamps()
		}
	}
	s.cards(v, q, before)
	s.cutIBAN(v, q)
	if !inHash(v.Text, int(q.at[0]), int(q.at[len(q.at)-1])) {
		s.accounts(v, q, before)
		s.heads(v, q, before)
		s.hidden(v, q)
		s.nationals(v, q, before)
		s.holes(v, q)
	}
}

// endingFive finds the last five digits of a card or an account beside words that say
// so: ending in 71005. Four may be shown.
func (s *Scan) endingFive(v *finding.View, q *Sequence, before cue.Set) {
	i := int(q.at[0])
	if len(q.G) == 1 && char.Lower(char.At(v.Text, i-1)) == 'x' && !char.Alnum(char.At(v.Text, i-2)) && cue.Before(v.Text, i-1, 0)&cue.Account != 0 { // acct x56789
		s.account(v, q, 0, profile.MinCued, "masked")
		return
	}
	switch {
	case before&cue.Ending == 0 || len(q.G) > 1:
	case before&cue.Card != 0:
		s.addDigits(v, q, 0, profile.MinCued, finding.Span{Entity: entity.Card, Layer: entity.Detector, Rule: "ending"})
	case before&cue.Account != 0:
		s.account(v, q, 0, profile.MinCued, "ending")
	}
}

// Read collects the sequence that starts at t[i] and returns where it ends.
func (q *Sequence) Read(t []byte, i int) int {
	q.D, q.at, q.G, q.cued = q.D[:0], q.at[:0], q.G[:0], false
	var sep byte
	sepLen := 0
	for {
		from := len(q.D)
		for i < len(t) && char.Digit(t[i]) {
			q.D = append(q.D, t[i])
			q.at = append(q.at, int32(i))
			i++
		}
		q.G = append(q.G, group{from: from, to: len(q.D), sep: sep, sepLen: sepLen})
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
		case char.Digit(c):
			if kind == 0 {
				kind = ' '
			}
			return i, kind, true
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			if spaces++; spaces > encoded.MaxGapSpaces || c == '\n' && swiftField(t[i+1:]) {
				return i, 0, false
			}
		case c == 0xC3 && i+1 < len(t) && (t[i+1] == 0x97 || t[i+1] == 0xB7): // × and ÷
			i++
			marks++
			kind = 'x'
		case c >= 0x80 || char.Alnum(c):
			return i, 0, false
		default:
			if kind == 0 {
				kind = c
			}
			if marks++; marks > encoded.MaxGapMarks {
				return i, 0, false
			}
		}
	}
	return i, 0, false
}

// swiftField tells whether a line begins as a field of a SWIFT message does: :61:.
func swiftField(t []byte) bool {
	return len(t) > 4 && t[0] == ':' && char.Digit(t[1]) && char.Digit(t[2]) && t[3] == ':'
}

// value returns the number that the digits of a group spell, at most 8 of them.
func (q *Sequence) value(g group) int {
	n := 0
	for _, c := range q.D[g.from:min(g.to, g.from+8)] {
		n = n*10 + int(c-'0')
	}
	return n
}

// addDigits notes digits [a, b) of the sequence, unless a list or a digest makes them
// up by chance.
func (s *Scan) addDigits(v *finding.View, q *Sequence, a, b int, found finding.Span) {
	if found.Layer == entity.Detector && !((found.Rule == "pan" || found.Rule == "cue") && cutTwice(v.Text, int(q.at[a]), int(q.at[b-1])+1)) && (q.listed(a, b) || found.Entity != entity.Bank && (!q.cued && q.amongList(v, a, b) || !(q.cued && a == 0) && q.acrossFields(v, a, b)) || inDigest(v.Text, int(q.at[a]), int(q.at[b-1])+1)) {
		return
	}
	if found.Canon == "" && found.Token == "" {
		found.Canon = string(q.D[a:b])
	}
	s.Add(v, int(q.at[a]), int(q.at[b-1])+1, found)
}

// Atoms marks the groups that make up dates, times and amounts, so that no
// number is cut out of the middle of one.
func (q *Sequence) Atoms() {
	id := 0
	for i := 0; i < len(q.G); {
		if n := q.listAt(i); n > 0 {
			for end := i + n; i < end; i += 2 {
				id++
				q.G[i].Atom, q.G[i+1].Atom = id, id
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
			q.G[k].Atom = id
		}
		i += n
	}
}

// tight tells whether groups i … i+n-1 are joined by single characters sep.
func (q *Sequence) tight(i, n int, sep byte) bool {
	if i+n > len(q.G) {
		return false
	}
	for k := i + 1; k < i+n; k++ {
		if q.G[k].sep != sep || q.G[k].sepLen != 1 {
			return false
		}
	}
	return true
}

// apart tells whether groups i … i+n-1 are not joined to neighbours by sep.
func (q *Sequence) apart(i, n int, sep byte) bool {
	if i > 0 && q.G[i].sep == sep && q.G[i].sepLen == 1 {
		return false
	}
	return i+n >= len(q.G) || q.G[i+n].sep != sep || q.G[i+n].sepLen != 1
}

// loose tells whether groups i … i+n-1 have no neighbour that a single
// character other than a space or a semicolon joins to them.
func (q *Sequence) loose(i, n int) bool {
	joined := func(g group) bool {
		return g.sepLen == 1 && (g.sep == '.' || g.sep == ',' || g.sep == '/' || g.sep == '-' || g.sep == ':')
	}
	comma := i+n < len(q.G) && q.G[i+n].sep == ',' && q.G[i+1].sep == '.' // 12.50,13.20 is a list of amounts
	return (i == 0 || !joined(q.G[i]) || q.G[i].sep == ',') && (i+n >= len(q.G) || comma || !joined(q.G[i+n]))
}

// dateAt returns 3 if a date such as 2026-01-05, 5/1/26 or 05.01.2026 starts
// at group i.
func (q *Sequence) dateAt(i int) int {
	for _, sep := range []byte{'-', '/', '.'} {
		if q.tight(i, 3, sep) && q.apart(i, 3, sep) && q.isDate(i) {
			return 3
		}
	}
	return 0
}

func (q *Sequence) isDate(i int) bool {
	a, b, c := q.G[i], q.G[i+1], q.G[i+2]
	x, y, z := q.value(a), q.value(b), q.value(c)
	switch {
	case a.size() == 4 && b.size() <= 2 && c.size() <= 2:
		return date.PlausibleYear(x) && y >= 1 && y <= 12 && z >= 1 && z <= 31
	case a.size() <= 2 && b.size() <= 2 && (c.size() == 4 && date.PlausibleYear(z) || c.size() == 2):
		return x >= 1 && y >= 1 && (x <= 31 && y <= 12 || x <= 12 && y <= 31)
	}
	return false
}

// timeAt returns the groups of a time such as 12:30, 12:30:45 or 12:30:45.123.
func (q *Sequence) timeAt(i int) int {
	n := 2
	if q.tight(i, 3, ':') {
		n = 3
	}
	if !q.tight(i, n, ':') || !q.apart(i, n, ':') {
		return 0
	}
	if q.G[i].size() > 2 || q.value(q.G[i]) > 24 {
		return 0
	}
	for k := i + 1; k < i+n; k++ {
		if q.G[k].size() != 2 || q.value(q.G[k]) > 60 {
			return 0
		}
	}
	if n == 3 && i+3 < len(q.G) && (q.G[i+3].sep == '.' || q.G[i+3].sep == ',') && q.G[i+3].sepLen == 1 && q.G[i+3].size() <= 9 {
		return 4
	}
	return n
}

// degrees tells whether the sequence is degrees of latitude and longitude, two or more,
// all with so many decimals: 51.507351, -0.127758.
func (q *Sequence) degrees() bool {
	const least, most, half = 5, 8, 180 // decimals; degrees
	if len(q.G) < 4 || len(q.G)%2 != 0 || q.G[1].size() < least || q.G[1].size() > most {
		return false
	}
	for k := 0; k < len(q.G); k += 2 {
		whole, part := q.G[k], q.G[k+1]
		if whole.size() > 3 || q.value(whole) > half || part.sep != '.' || part.sepLen != 1 || part.size() != q.G[1].size() || k > 0 && whole.sep == '.' {
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
func (q *Sequence) lastOfCard(i int) bool {
	if i < 3 || q.G[i].size() != 4 || !q.printed(i-3, i, 4, 4, 4, 4) || !q.tight(i-3, 4, q.G[i].sep) || i > 3 && q.G[i-3].sep == q.G[i].sep {
		return false
	}
	d := q.D[q.G[i-3].from:q.G[i].to]
	return issuer.Of(d) == issuer.Strong && checkdigit.Luhn(d)
}

// leastBefore is how many digits a group has behind which thousands with spaces begin: a shorter
// one may be of one number with them.
const leastBefore = 6

// spacedAt returns the groups of an amount with spaces between its thousands, behind a long
// group: 79 715,49 in 45395787 63621486 79 715,49.
func (q *Sequence) spacedAt(i int) int {
	if i == 0 || q.G[i].size() > groupDigits || q.G[i].sep != ' ' || q.G[i-1].size() < leastBefore || q.G[i].size() > 1 && q.D[q.G[i].from] == '0' {
		return 0
	}
	k := i + 1
	for k < len(q.G) && q.G[k].sep == ' ' && q.G[k].sepLen == 1 && q.G[k].size() == groupDigits && q.G[k].to-q.G[i].from <= maxGrouped {
		k++
	}
	if k == i+1 || k == len(q.G) || q.G[k].sep != ',' || q.G[k].sepLen != 1 || q.G[k].size() != len("00") || !q.loose(k-1, 2) {
		return 0
	}
	return k + 1 - i
}

// amountAt returns the groups of an amount such as 12.50, 1,234.50 or 1.234,50.
func (q *Sequence) amountAt(i int) int {
	if q.G[i].size() > maxWhole {
		return 0
	}
	if n := q.spacedAt(i); n > 0 {
		return n
	}
	n := 1
	thousands := byte(0)
	for k := i + 1; k < len(q.G) && q.G[k].sepLen == 1 && q.G[k].size() == 3 && q.G[i].size() <= 3; k++ {
		sep := q.G[k].sep
		if sep != ',' && sep != '.' && sep != '\'' || thousands != 0 && sep != thousands {
			break
		}
		if q.G[k].to-q.G[i].from > maxGrouped {
			return 0
		}
		thousands = sep
		n++
	}
	k := i + n
	if k < len(q.G) && q.G[k].sepLen == 1 && q.G[k].size() == 2 && (q.G[k].sep == '.' || q.G[k].sep == ',') && q.G[k].sep != thousands {
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

package redact

import (
	"bytes"
	"math/bits"
)

// One letter, the same each time, may separate the groups of a number:
// 4111x1111x1111x1111, 4111 o 1111 o 1111 o 1111.

const (
	minLettered     = 8  // digits, as those of a known account
	minLetteredCard = 12 // digits, as those of the shortest card
	maxLetterSpace  = 3  // spaces and marks beside the letter
)

// lettered tells whether a letter stands alone between digits, spaces and
// marks aside.
func (m *planes) lettered() bool {
	letters := m.letter
	single := letters &^ (letters<<1 | letters>>1)
	if single == 0 {
		return false
	}
	near := m.digit
	for range maxLetterSpace {
		near |= near << 1 &^ letters
	}
	from := near << 1
	near = m.digit
	for range maxLetterSpace {
		near |= near >> 1 &^ letters
	}
	return bits.OnesCount64(single&from&(near>>1)) > 0
}

// lettered looks at the numbers of a view whose groups a letter separates. Of
// many groups in a row only the last are read again from each one on: what begins
// at any other is part of what was read, and a text of nothing else would take
// time by the square of its length.
func (s *scan) lettered(v view) {
	mixedFrom := 0 // where marks alone are read for letters again
	q := &s.seq
	for i := 0; i < len(v.t); {
		if !digit(v.t[i]) || i > 0 && letter(v.t[i-1]) && i > 1 && digit(v.t[i-2]) {
			i++
			continue
		}
		end, letters, marks := q.readLettered(v.t, i, false)
		next := q.again()
		if letters > 0 && len(q.d) >= minLettered && !q.literals(v.t) {
			s.letteredNumber(&v, q)
			if len(q.g) >= minLetteredID {
				s.letteredID(&v, q)
			}
		}
		if marks && i >= mixedFrom && len(v.t)-i > minLetteredCard {
			to := 0
			if to, letters, _ = q.readLettered(v.t, i, true); letters == 0 {
				mixedFrom = to // nor does one follow from any other of the groups on
			} else {
				mixedFrom = q.again()
			}
			if letters >= fewLetters && len(q.d) >= minLetteredCard && !q.literals(v.t) {
				s.letteredNumber(&v, q)
			}
		}
		if next > i {
			i = next
			continue
		}
		for i < end && digit(v.t[i]) {
			i++
		}
	}
}

// maxLetteredAgain is how many groups are read again, from each of them on: as
// many as an identity number has, and one that is glued on.
const maxLetteredAgain = 8

// again returns where the groups begin that are read again, 0 for all.
func (q *sequence) again() int {
	if k := len(q.g) - maxLetteredAgain; k > 0 {
		return int(q.at[q.g[k].from])
	}
	return 0
}

const (
	minLetteredID = 2 // groups of an identity number between which a letter stands
	fewLetters    = 3 // letters, if marks alone separate other groups
)

func (s *scan) letteredNumber(v *view, q *sequence) {
	s.knownNumbers(v, q, 0)
	s.cards(v, q, 0)
	s.checkedAccount(v, q, 0, 0)
	s.scattered(v, q)
}

// letteredID finds an identity number in its printed form, with letters for its
// marks.
func (s *scan) letteredID(v *view, q *sequence) {
	if bytes.HasSuffix(v.t[:q.at[0]], []byte(":61:")) { // the day and the amount of a line of MT940, C or D between them
		return
	}
	if n, rule := q.printedID(0, 0); n == len(q.g) {
		s.national(v, q, 0, len(q.d), rule)
	}
}

// readLettered reads the groups that start at t[i] as long as the same letter
// stands between them, or, if mixed, here and there marks alone. It returns how many
// letters do, and whether marks followed.
func (q *sequence) readLettered(t []byte, i int, mixed bool) (end, letters int, marks bool) {
	q.d, q.at, q.g, q.cued = q.d[:0], q.at[:0], q.g[:0], false
	sep := byte(0)
	sepLen := 0
	last := byte(0) // separator before the group
	for {
		from := len(q.d)
		for i < len(t) && digit(t[i]) {
			q.d = append(q.d, t[i])
			q.at = append(q.at, int32(i))
			i++
		}
		q.g = append(q.g, group{from: from, to: len(q.d), sep: last, sepLen: sepLen})
		next, c := letterGap(t, i)
		if c == 0 && next < len(t) && next > i && digit(t[next]) {
			if marks = true; mixed {
				last, sepLen, i = t[i], next-i, next
				continue
			}
		}
		if c == 0 || sep != 0 && c != sep {
			return i, letters, marks
		}
		letters++
		sep, last, sepLen, i = c, c, next-i, next
	}
}

// literals tells whether the letters between groups are those of numbers of a program
// (0x651: 0x101), of escape sequences (\x03\x04), or of variables in terms with powers
// (s2**5*s3**2), or one letter is the prefix of a reference.
func (q *sequence) literals(t []byte) bool {
	hexed, escapes, powers, letters := 0, 0, 0, 0
	for k := 1; k < len(q.g); k++ {
		end, g := int(q.at[q.g[k-1].to-1])+1, q.g[k]
		switch {
		case !letter(g.sep):
			if g.sepLen == len("**") && t[end] == '*' && t[end+1] == '*' {
				powers++
			}
			continue
		case g.sep == 'x' && q.g[k-1].size() == 1 && t[end-1] == '0' && lower(t[end]) == 'x':
			hexed++
		case (g.sep == 'x' || g.sep == 'u') && g.sepLen > 1 && t[end+g.sepLen-2] == '\\':
			escapes++
		}
		letters++
	}
	const some, longReference = 2, 12
	if len(q.g) == some && letters == 1 && q.g[1].sepLen > 1 && q.g[1].size() >= longReference {
		end := int(q.at[q.g[1].from])
		return byteClass[t[end-1]]&isUpper != 0 && t[end-2] == ' ' // DUBLIN 2 S631987118024760
	}
	return letters >= some && (hexed == letters || escapes == letters) || powers >= some
}

// letterGap skips one letter, with little beside it, to the next digit.
func letterGap(t []byte, i int) (next int, c byte) {
	marks := 0
	for ; i < len(t) && marks <= 2*maxLetterSpace+1; i, marks = i+1, marks+1 {
		switch b := t[i]; {
		case digit(b):
			return i, c
		case letter(b):
			if c != 0 {
				return i, 0
			}
			c = lower(b)
		case b >= 0x80:
			return i, 0
		}
	}
	return i, 0
}

package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

const (
	minLetteredCard = 12 // digits, as those of the shortest card
)

// lettered looks at the numbers of a view whose groups a letter separates. Of
// many groups in a row only the last are read again from each one on: what begins
// at any other is part of what was read, and a text of nothing else would take
// time by the square of its length.
func (s *Scan) lettered(v finding.View) {
	mixedFrom := 0 // where marks alone are read for letters again
	q := &s.Seq
	for i := 0; i < len(v.Text); {
		if !char.Digit(v.Text[i]) || i > 0 && char.Letter(v.Text[i-1]) && i > 1 && char.Digit(v.Text[i-2]) {
			i++
			continue
		}
		end, letters, marks := q.readLettered(v.Text, i, false)
		next := q.again()
		if letters > 0 && len(q.D) >= profile.MinLettered && !q.literals(v.Text) {
			s.letteredNumber(&v, q)
			if len(q.G) >= minLetteredID {
				s.letteredID(&v, q)
			}
		}
		if marks && i >= mixedFrom && len(v.Text)-i > minLetteredCard {
			to := 0
			if to, letters, _ = q.readLettered(v.Text, i, true); letters == 0 {
				mixedFrom = to // nor does one follow from any other of the groups on
			} else {
				mixedFrom = q.again()
			}
			if letters >= fewLetters && len(q.D) >= minLetteredCard && !q.literals(v.Text) {
				s.letteredNumber(&v, q)
			}
		}
		if next > i {
			i = next
			continue
		}
		for i < end && char.Digit(v.Text[i]) {
			i++
		}
	}
}

// maxLetteredAgain is how many groups are read again, from each of them on: as
// many as an identity number has, and one that is glued on.
const maxLetteredAgain = 8

// again returns where the groups begin that are read again, 0 for all.
func (q *Sequence) again() int {
	if k := len(q.G) - maxLetteredAgain; k > 0 {
		return int(q.at[q.G[k].from])
	}
	return 0
}

const (
	minLetteredID = 2 // groups of an identity number between which a letter stands
	fewLetters    = 3 // letters, if marks alone separate other groups
)

func (s *Scan) letteredNumber(v *finding.View, q *Sequence) {
	s.knownNumbers(v, q, 0)
	s.cards(v, q, 0)
	s.checkedAccount(v, q, 0, 0)
	s.scattered(v, q)
}

// letteredID finds an identity number in its printed form, with letters for its
// marks.
func (s *Scan) letteredID(v *finding.View, q *Sequence) {
	if bytes.HasSuffix(v.Text[:q.at[0]], []byte(":61:")) { // the day and the amount of a line of MT940, C or D between them
		return
	}
	if n, rule := q.printedID(0, 0); n == len(q.G) {
		s.national(v, q, 0, len(q.D), rule)
	}
}

// readLettered reads the groups that start at t[i] as long as the same letter
// stands between them, or, if mixed, here and there marks alone. It returns how many
// letters do, and whether marks followed.
func (q *Sequence) readLettered(t []byte, i int, mixed bool) (end, letters int, marks bool) {
	q.D, q.at, q.G, q.cued = q.D[:0], q.at[:0], q.G[:0], false
	sep := byte(0)
	sepLen := 0
	last := byte(0) // separator before the group
	for {
		from := len(q.D)
		for i < len(t) && char.Digit(t[i]) {
			q.D = append(q.D, t[i])
			q.at = append(q.at, int32(i))
			i++
		}
		q.G = append(q.G, group{from: from, to: len(q.D), sep: last, sepLen: sepLen})
		next, c := letterGap(t, i)
		if c == 0 && next < len(t) && next > i && char.Digit(t[next]) {
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
func (q *Sequence) literals(t []byte) bool {
	hexed, escapes, powers, letters := 0, 0, 0, 0
	for k := 1; k < len(q.G); k++ {
		end, g := int(q.at[q.G[k-1].to-1])+1, q.G[k]
		switch {
		case !char.Letter(g.sep):
			if g.sepLen == len("**") && t[end] == '*' && t[end+1] == '*' {
				powers++
			}
			continue
		case g.sep == 'x' && q.G[k-1].size() == 1 && t[end-1] == '0' && char.Lower(t[end]) == 'x':
			hexed++
		case (g.sep == 'x' || g.sep == 'u') && g.sepLen > 1 && t[end+g.sepLen-2] == '\\':
			escapes++
		}
		letters++
	}
	const some, longReference = 2, 12
	if len(q.G) == some && letters == 1 && q.G[1].sepLen > 1 && q.G[1].size() >= longReference {
		end := int(q.at[q.G[1].from])
		return char.ByteClass[t[end-1]]&char.IsUpper != 0 && t[end-2] == ' ' // DUBLIN 2 S631987118024760
	}
	return letters >= some && (hexed == letters || escapes == letters) || powers >= some
}

// letterGap skips one letter, with little beside it, to the next digit.
func letterGap(t []byte, i int) (next int, c byte) {
	marks := 0
	for ; i < len(t) && marks <= 2*profile.MaxLetterSpace+1; i, marks = i+1, marks+1 {
		switch b := t[i]; {
		case char.Digit(b):
			return i, c
		case char.Letter(b):
			if c != 0 {
				return i, 0
			}
			c = char.Lower(b)
		case b >= 0x80:
			return i, 0
		}
	}
	return i, 0
}

package redact

import "math/bits"

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

// lettered looks at the numbers of a view whose groups a letter separates.
func (s *scan) lettered(v view) {
	for i := 0; i < len(v.t); {
		if !digit(v.t[i]) || i > 0 && letter(v.t[i-1]) && i > 1 && digit(v.t[i-2]) {
			i++
			continue
		}
		q := &s.seq
		end, found := q.readLettered(v.t, i)
		if found && len(q.d) >= minLettered {
			s.knownNumbers(&v, q, 0)
			s.cards(&v, q, 0)
			s.checkedAccount(&v, q, 0, 0)
			s.scattered(&v, q)
		}
		for i < end && digit(v.t[i]) {
			i++
		}
	}
}

// readLettered reads the groups that start at t[i] as long as the same letter
// stands between them.
func (q *sequence) readLettered(t []byte, i int) (end int, found bool) {
	q.d, q.at, q.g = q.d[:0], q.at[:0], q.g[:0]
	sep := byte(0)
	sepLen := 0
	for {
		from := len(q.d)
		for i < len(t) && digit(t[i]) {
			q.d = append(q.d, t[i])
			q.at = append(q.at, int32(i))
			i++
		}
		q.g = append(q.g, group{from: from, to: len(q.d), sep: sep, sepLen: sepLen})
		next, c := letterGap(t, i)
		if c == 0 || sep != 0 && c != sep {
			return i, len(q.g) > 1
		}
		sep, sepLen, i = c, next-i, next
	}
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

package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// A number that somebody cut evenly twice, with one separator and the result with another:
// 541.29/.316.72/.499.63/.6 is cut in threes with points, and that in sixes with slashes. In
// a row, in a list or between amounts no separator comes back after every so many characters
// and divides there now a number and now what stands between two. So this form tells such a
// number from the columns that spaces set apart, from fields and from amounts.

const (
	mostPiece    = 8              // characters between two separators of the second cut: groups of five, and a separator
	mostCutMark  = 3              // characters of a separator, as " - "
	fewestPieces = 3              // separators of each cut: what a card has that is cut in fives
	mostTwice    = 8 * LongestPAN // characters: two separators behind each digit
)

// cutTwice tells whether a text that begins and ends in digits is digits that were cut
// evenly twice.
func cutTwice(t []byte) bool {
	if len(t) > mostTwice {
		return false
	}
	if gap, even := onlyGap(t); even {
		return oddGap(gap)
	}
	var kept [mostTwice]byte
	for m := 1; m <= mostPiece && m < len(t); m++ {
		for n := 1; n <= mostCutMark; n++ {
			if rest, cuts := uncut(kept[:0], t, m, n); cuts >= fewestPieces && evenGroups(rest, m) {
				return true
			}
		}
	}
	return false
}

// uncut appends a text to a buffer without the separator of n characters that stands in it
// after every m others, and counts them; cuts is 0 if there is none.
func uncut(buf, t []byte, m, n int) (rest []byte, cuts int) {
	if m+n >= len(t) || char.DigitsUpTo(t[m:m+n], 0) > 0 {
		return nil, 0
	}
	for mark := t[m : m+n]; ; cuts++ {
		buf = append(buf, t[:min(m, len(t))]...)
		if len(t) <= m {
			return buf, cuts
		}
		if t = t[m:]; !bytes.HasPrefix(t, mark) {
			return nil, 0
		}
		t = t[n:]
	}
}

// evenGroups tells whether one and the same separator stands between all groups of a text
// and these are of one size, but for the last, which may be shorter; and whether some place
// after every m characters lies within one of them, or within a separator.
func evenGroups(t []byte, m int) bool {
	size := char.Digits(t)
	end := size
	for end < len(t) && !char.Digit(t[end]) {
		end++
	}
	if size == 0 || end == size || end == len(t) || end-size > mostCutMark {
		return false
	}
	gap, cuts, inside := t[size:end], 0, false
	for i := 0; i < len(t); i += end {
		n := char.Digits(t[i:])
		if n != size && (n > size || i+n < len(t)) {
			return false
		}
		if i+n < len(t) {
			if !bytes.HasPrefix(t[i+n:], gap) {
				return false
			}
			cuts++
		}
	}
	for k := m; k < len(t) && !inside; k += m {
		inside = k%end != 0 && k%end != size
	}
	return inside && cuts >= fewestPieces
}

// onlyGap returns what stands between the first two groups of a text, and whether it stands
// between all.
func onlyGap(t []byte) (gap []byte, even bool) {
	for i := char.Digits(t); i < len(t); i += char.Digits(t[i:]) {
		from := i
		for i < len(t) && !char.Digit(t[i]) {
			i++
		}
		if gap == nil {
			gap = t[from:i]
		} else if !bytes.Equal(gap, t[from:i]) {
			return nil, false
		}
	}
	return gap, true
}

// oddGap tells whether a separator is made of two, of which no row has any: two marks with
// a space between them, or one with more spaces on one side than on the other.
func oddGap(gap []byte) bool {
	marks := bytes.TrimSpace(gap)
	if len(marks) == 0 || len(bytes.Trim(marks, "-./_|* \t")) > 0 {
		return false
	}
	if len(marks) > 1 {
		return bytes.IndexByte(marks, ' ') > 0
	}
	before := bytes.IndexByte(gap, marks[0])
	behind := len(gap) - before - 1
	return marks[0] != '|' && before > 0 && behind > 0 && before != behind
}

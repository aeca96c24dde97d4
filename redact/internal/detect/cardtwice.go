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
	mostPiece   = 8              // characters between two separators of the second cut: groups of five, and a separator
	mostCutMark = 3              // characters of a separator, as " - "
	fewestCuts  = 2              // separators of each cut
	fewestBoth  = 5              // separators of both: what a card has that is cut in fives, and that in sevens
	mostTwice   = 8 * LongestPAN // characters: two separators behind each digit
)

// cutTwice tells whether t[lo:hi], which begins and ends in digits, is digits that were cut
// evenly twice.
func cutTwice(t []byte, lo, hi int) bool {
	if hi-lo > mostTwice || joinedTo(t, lo-1, -1) || joinedTo(t, hi, 1) { // cut from a number
		return false
	}
	if gap, only := onlyGap(t[lo:hi]); only {
		return oddGap(gap) && evenRuns(t[lo:hi]) && !bytes.HasSuffix(t[:lo], gap) && !bytes.HasPrefix(t[hi:], gap) // a list goes on
	}
	t = t[lo:hi]
	var kept [mostTwice]byte
	for m := 1; m <= mostPiece && m < len(t); m++ {
		for n := 1; n <= mostCutMark; n++ {
			rest, cuts := uncut(kept[:0], t, m, n)
			if cuts < fewestCuts {
				continue
			}
			size, gap, groups := evenGroups(rest)
			if groups >= fewestCuts && cuts+groups >= fewestBoth && cutAcross(size, gap, m, t[m:m+n]) {
				return true
			}
		}
	}
	return false
}

// uncut appends a text to a buffer without the separator of n characters that stands in it
// after every m others, and counts them; cuts is 0 if there is none.
func uncut(buf, t []byte, m, n int) (rest []byte, cuts int) {
	if m+n >= len(t) || !cutMarks(t[m:m+n]) {
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

// evenGroups returns the size of the groups of a text, but for the last, which may be
// shorter, and the one separator between all of them, and counts these; cuts is 0 if it has
// no such.
func evenGroups(t []byte) (size int, gap []byte, cuts int) {
	size = char.Digits(t)
	end := size
	for end < len(t) && !char.Digit(t[end]) {
		end++
	}
	if size == 0 || end == size || end == len(t) || end-size > mostCutMark || !cutMarks(t[size:end]) {
		return 0, nil, 0
	}
	gap = t[size:end]
	for i := 0; i < len(t); i += end {
		n := char.Digits(t[i:])
		if n > size || n < size && i+n < len(t) {
			return 0, nil, 0
		}
		if i+n < len(t) {
			if !bytes.HasPrefix(t[i+n:], gap) {
				return 0, nil, 0
			}
			cuts++
		}
	}
	return size, gap, cuts
}

// cutAcross tells whether the second of two cuts, after every m characters, divides the
// groups or the separators of the first, or stands beside these as no mark does in a list:
// 35.30.|04.18.|41.35. Of single digits a mark has to stand between some.
func cutAcross(size int, first []byte, m int, second []byte) bool {
	if m%(size+len(first)) == 0 {
		return visible(first) && visible(second) && !(lists(first) && lists(second))
	}
	return size > 1 || visible(first) || visible(second)
}

// cutMarks tells whether a text is spaces and marks with which somebody divides digits: no
// quotes and brackets of lists, and no signs of amounts or shares.
func cutMarks(gap []byte) bool { return len(bytes.Trim(gap, "-./_|*~^=:,; \t\n\r")) == 0 }

// visible tells whether a separator has a mark.
func visible(gap []byte) bool { return len(bytes.TrimSpace(gap)) > 0 }

// lists tells whether a separator has a mark of lists.
func lists(gap []byte) bool { return bytes.ContainsAny(gap, ",;|") }

// onlyGap returns what stands between the first two groups of a text, and whether it stands
// between all.
func onlyGap(t []byte) (gap []byte, only bool) {
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

// evenRuns tells whether the groups of a text are of one size, but for the last, which may be
// shorter.
func evenRuns(t []byte) bool {
	size := char.Digits(t)
	for i, n := 0, 0; i < len(t); i++ {
		if char.Digit(t[i]) {
			n++
		} else {
			n = 0
			continue
		}
		if last := i+1 == len(t); n > size || n < size && !last && !char.Digit(t[i+1]) {
			return false
		}
	}
	return true
}

// oddGap tells whether a separator is made of two, of which no row has any: two marks with
// a space between them, or one with more spaces on one side than on the other.
func oddGap(gap []byte) bool {
	marks := bytes.TrimSpace(gap)
	if len(marks) == 0 || !cutMarks(marks) {
		return false
	}
	if len(marks) > 1 {
		return bytes.IndexByte(marks, ' ') > 0 && (!lists(marks[:1]) || gap[len(gap)-1] == ' ') // 12, -34, -56
	}
	before := bytes.IndexByte(gap, marks[0])
	behind := len(gap) - before - 1
	return !lists(marks) && before > 0 && behind > 0 && before != behind
}

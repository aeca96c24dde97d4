package finding

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// AfterAddress returns where the pairs of a line of a dump begin, if one begins at
// t[i:] with the address of its first byte: of four digits to eight, and longer than
// the words of the line if only a space is behind it.
func AfterAddress(t []byte, i int) int {
	const fewest, most, sure, marks, word = 4, 8, 6, 3, 4
	if i > 0 && t[i-1] != '\n' {
		return i
	}
	end := i
	for end < len(t) && end-i <= most && char.Unhex(t[end]) < 16 {
		end++
	}
	k := end
	for k < len(t) && k-end < marks && (t[k] == ' ' || t[k] == ':') {
		k++
	}
	if n := end - i; n < fewest || n > most || k == end || k == end+1 && n < sure && (t[end-1] != '0' || HexLength(t[k:]) != 2) {
		return i
	}
	if k == end+1 {
		if n := HexLength(t[k:]); n == 0 || n > word {
			return i
		}
	}
	return k
}

// HexLength counts the hexadecimal digits that a text begins with.
func HexLength(t []byte) (n int) {
	for n < len(t) && char.Unhex(t[n]) < 16 {
		n++
	}
	return n
}

// Limits of the column in which a dump repeats its bytes as characters.
const (
	maxDumpLine = 160 // characters of pairs, of 32 bytes and more
	maxDumped   = 64  // bytes of a line
)

// ColumnEnd returns the end of the column of characters behind the last word of a line
// of a dump, which ends at t[k:]: two spaces or a mark, then what the pairs of the line
// stand for. 0 for none.
func ColumnEnd(t []byte, k int) int {
	j := k
	for j < len(t) && j-k < maxDumpLine && t[j] == ' ' {
		j++
	}
	marked := char.At(t, j) == '|' || char.At(t, j) == '>'
	if j < k+2 && !marked {
		return 0
	}
	var line [maxDumped]byte
	dumped := dumpedBefore(t, k, line[:0])
	if len(dumped) < 2 {
		return 0
	}
	if marked {
		if end := columnOf(t, j+1, dumped); end > 0 {
			return end
		}
	}
	for i := 0; i < len(dumped) && dumped[i] == ' ' && j > k+2; i++ { // spaces of the column
		j--
	}
	return columnOf(t, j, dumped)
}

// columnOf returns the end of the column t[j:] of these bytes, with a point for what is
// not printable; 0 if it is none.
func columnOf(t []byte, j int, dumped []byte) int {
	for _, c := range dumped {
		if c < ' ' || c >= 0x7F {
			c = '.'
		}
		if c == ' ' && (j == len(t) || t[j] == '\r' || t[j] == '\n') { // spaces at the end were cut off
			break
		}
		if j == len(t) || t[j] != c {
			return 0
		}
		j++
	}
	if c := char.At(t, j); c == '|' || c == '<' {
		j++
	}
	if j < len(t) && t[j] != '\r' && t[j] != '\n' {
		return 0
	}
	return j
}

// zeroAddress begins the address of the first byte of a dump.
var zeroAddress = []byte("0000")

// dumpedBefore appends what the words of a line stand for of which the last ends at
// t[k:].
func dumpedBefore(t []byte, k int, line []byte) []byte {
	i := k
	for i > 0 && t[i-1] != '\n' {
		if i--; k-i > maxDumpLine {
			return nil
		}
	}
	if first := bytes.Index(t[i:k], zeroAddress); first > 0 && !char.Alnum(t[i+first-1]) { // words stand before the first line
		for i += first; i < k && t[i] == '0'; i++ {
		}
		if char.At(t, i) == ':' {
			i++
		}
	} else {
		i = AfterAddress(t, i)
	}
	for i < k {
		c, ok := char.HexByte(t, i)
		switch {
		case ok && len(line) < maxDumped:
			line = append(line, c)
			i += 2
		case t[i] == ' ':
			i++
		default:
			return nil
		}
	}
	return line
}

// inDump tells whether t[i:j] is of the words of a dump of text, which repeats them as
// characters behind: its hexadecimal digits are no numbers.
func inDump(t []byte, i, j int) bool {
	const longest = 2 * maxDumpLine
	for i < j {
		from := max(0, i-longest)
		if k := bytes.LastIndexByte(t[from:i], '\n'); k >= 0 {
			from += k + 1
		} else if from > 0 {
			return false
		}
		end := min(len(t), from+longest)
		if end = char.LineEnd(t[:end], i); end == from+longest {
			return false
		}
		k := end // where the words end
		for column := 0; column == 0; {
			if k = bytes.LastIndexByte(t[from:k], ' ') + from; k < from {
				return false
			}
			for k > from && t[k-1] == ' ' {
				k--
			}
			if column = ColumnEnd(t, k); column > 0 && (column < end-1 || min(j, end) > k) {
				return false
			}
		}
		for _, c := range dumpedBefore(t, k, make([]byte, 0, maxDumped)) {
			if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c >= 0x7F {
				return false
			}
		}
		i = end + 1
	}
	return true
}

package encoded

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
)

// An encoded text may be broken over lines of any length, not only over those
// of MIME: as the columns of a table or the width of a terminal divide it. Or
// spaces stand where the lines ended.

// Limits of such lines.
const (
	minLine   = 2 // characters of a line
	FewLines  = 3 // as many as this are an encoding even if each of them alone looks like none
	MaxIndent = 8 // spaces before or behind a line
)

// NextLine returns where the next part begins of a text that is broken at t[i:]:
// behind a line break or, if spaced, behind a space; 0 if it is not broken so.
func NextLine(t []byte, i int, spaced bool) int {
	if spaced {
		if char.At(t, i) != ' ' || i+1 >= len(t) {
			return 0
		}
		return i + 1
	}
	broken, from := false, i
	for ; i < len(t) && i-from < 2*MaxIndent; i++ {
		switch t[i] {
		case '\n':
			if broken { // an empty line
				return 0
			}
			broken = true
			i += LineNumber(t[i+1:])
		case ' ', '\t', '\r':
		case '>', '|': // a mail is quoted
			if !broken {
				return 0
			}
		default:
			if broken {
				return i
			}
			return 0
		}
	}
	return 0
}

// LineNumber returns the length of the number that a program printed before a line, with
// the tab behind it: "    12\t".
func LineNumber(t []byte) int {
	const longest = 9
	i := 0
	for i < len(t) && i < longest && t[i] == ' ' {
		i++
	}
	from := i
	for i < len(t) && i < longest && char.Digit(t[i]) {
		i++
	}
	if i == from || char.At(t, i) != '\t' {
		return 0
	}
	return i + 1
}

// WrappedRun returns the end of the run of lines that begins with the word
// t[i:]: all are as long as the first, the last may be shorter.
func WrappedRun(t []byte, i int) (end, size, lines int) {
	end = credential.WordEnd(t, i)
	most := end - i
	size, lines = most, 1
	spaced := NextLine(t, end, false) == 0
	for most >= minLine {
		j := NextLine(t, end, spaced)
		if j == 0 {
			break
		}
		n := credential.WordEnd(t, j) - j
		if n == 0 || n > most {
			break
		}
		end, size, lines = j+n, size+n, lines+1
		if n < most {
			break
		}
	}
	return end, size, lines
}

// WrappedCode tells whether a run of lines may be an encoded text.
func WrappedCode(t []byte, size, lines int) bool {
	if lines < 2 || size < MinBase64 {
		return false
	}
	changes, hex, before := 0, true, byte(0)
	digits, spaced := 0, false
	for _, c := range t {
		if !credential.Base64Char(c) {
			if spaced = spaced || c == ' '; lines < FewLines {
				before = 0
			}
			continue
		}
		if char.Digit(c) {
			digits++
		}
		if char.ByteClass[c]&char.IsUpper != 0 && before != 0 && char.ByteClass[before]&char.IsUpper == 0 {
			changes++
		}
		hex, before = hex && char.Unhex(c) < 16, c
	}
	if spaced && bytes.IndexByte(t, '\n') < 0 && (lines < FewLines || digits == 0) { // words
		return false
	}
	return changes > 0 || hex && size >= MinHex
}

// Wrapped tells whether a text has parts that may be one encoded text.
func Wrapped(t []byte) bool {
	for i := 0; i < len(t); { // in every text with digits in words: without the iterator
		if !credential.Base64Char(t[i]) {
			i++
			continue
		}
		first := credential.WordEnd(t, i)
		if first < len(t) && t[first] > ' ' { // the line goes on
			i = first
			continue
		}
		end, size, lines := WrappedRun(t, i)
		if WrappedCode(t[i:end], size, lines) {
			return true
		}
		i = AfterRun(first, end, lines)
	}
	return false
}

// AfterRun returns where to look for the next run behind one that ends at end and whose
// first word ends at first. What followed a longer word may be the first of parts that
// are as long as itself.
func AfterRun(first, end, lines int) int {
	if lines == 2 {
		return first
	}
	return end
}

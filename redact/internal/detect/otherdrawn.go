package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/date"
)

// Numbers of drawings, versions, object identifiers and expressions.

// drawnReach is how far before a finding the path of a drawing may begin.
const drawnReach = 4 << 10

// inDrawing tells whether t[lo:] lies in the path of a drawing (SVG 2, 9.3): between it and
// the quote before it stands what begins as a path and has nothing but its commands and
// numbers.
func inDrawing(t []byte, lo int) bool {
	i := lo
	for i > 0 && lo-i < drawnReach && pathChars.has(t[i-1]) {
		i--
	}
	quote := char.At(t, i-1)
	return (quote == '"' || quote == '\'') && lo > i+1 && char.Lower(t[i]) == 'm' && (char.Digit(t[i+1]) || bytes.IndexByte([]byte(" -."), t[i+1]) >= 0)
}

// drawn tells whether between the numbers of a text stand fractions, signs and spaces, and
// nothing that does not stand in such a path: 0.5508 -0.4492 -1 -1.
func drawn(t []byte) bool {
	signs, points, spaces := 0, 0, 0
	for k, c := range t {
		if !pathChars.has(c) {
			return false
		}
		next := char.At(t, k+1)
		switch {
		case c == ' ':
			spaces++
		case c == '.' && char.Digit(next):
			points++
		case c == '-' && (next == '.' && char.Digit(char.At(t, k+2)) || char.At(t, k-1) == ' ' && char.Digit(next)):
			signs++
		}
	}
	return signs > 0 && points > 0 && spaces > 0
}

// pathChars are the characters of the path of a drawing.
var pathChars = setOf([]byte("0123456789 .,-\n\tMmLlHhVvCcSsQqTtAaZz"))

// minVersions is how many versions side by side are a list of them.
const minVersions = 3

// released tells whether a finding is taken from versions side by side, 6.0.0 7.1.0 8.0.0
// (Semantic Versioning 2.0), or from an object identifier (ITU-T X.660).
func released(t []byte, lo, hi int) bool {
	const longest, digits = 24, 3 // of one version, before the first of them; of its numbers
	a, b := lo, hi
	for a > 0 && lo-a < longest && (char.Digit(t[a-1]) || t[a-1] == '.') {
		a--
	}
	for b < len(t) && b-hi < longest && (char.Digit(t[b]) || t[b] == '.') {
		b++
	}
	versions := 0
	for i := a; i < b; {
		from, parts, size := i, 0, 0
		for i < b && (char.Digit(t[i]) || t[i] == '.') {
			if size++; t[i] == '.' {
				parts, size = parts+1, 0
			} else if size > digits {
				parts = longest
			}
			i++
		}
		switch {
		case i == from:
			i++
		case bytes.HasPrefix(t[from:], []byte("1.3.6.1.")) || bytes.HasPrefix(t[from:], []byte("2.16.840.")) || bytes.HasPrefix(t[from:], []byte("1.2.840.")):
			return true
		case parts == 2:
			versions++
		default:
			return false
		}
	}
	return versions >= minVersions
}

// yearsOnly tells whether all numbers of a finding are years, or all of its digits zeros.
func yearsOnly(t []byte) bool {
	years, zeros := 0, true
	for i := 0; i < len(t); {
		if !char.Digit(t[i]) {
			i++
			continue
		}
		n := char.Digits(t[i:])
		zeros = zeros && len(bytes.Trim(t[i:i+n], "0")) == 0
		if n != 4 || !date.PlausibleYear(char.Number(t[i:], n)) {
			years = -len(t)
		}
		years++
		i += n
	}
	return zeros || years > 2
}

// counted tells whether the numbers of a finding, of two digits and more, follow each other
// as one counts: 5690,5691,5692,5693.
func counted(t []byte, lo, hi int) bool {
	const fewest, longest = 3, 6 // numbers, digits of one
	for at := lo; lo > 0 && char.Digit(t[lo-1]); lo-- {
		if at-lo == longest {
			return false
		}
	}
	n, last := 0, 0
	for i := lo; i < hi; {
		if !char.Digit(t[i]) {
			i++
			continue
		}
		k := char.Digits(t[i:min(len(t), i+longest+1)])
		if k < 2 || k > longest || t[i] == '0' {
			return false
		}
		x := char.Number(t[i:], k)
		if n > 0 && x != last+1 {
			return false
		}
		n, last, i = n+1, x, i+k
	}
	return n >= fewest
}

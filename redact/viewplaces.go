package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
)

// What stands at, before and behind a place of a text.

// byteAt returns t[i], or a space outside of t.
func byteAt(t []byte, i int) byte {
	if i < 0 || i >= len(t) {
		return ' '
	}
	return t[i]
}

// digits counts the digits that t begins with.
func digits(t []byte) (n int) {
	for n < len(t) && digit(t[n]) {
		n++
	}
	return n
}

// digitsBefore counts the digits that t ends with.
func digitsBefore(t []byte) (n int) {
	for n < len(t) && digit(t[len(t)-1-n]) {
		n++
	}
	return n
}

// digitsIn counts the digits of a text.
func digitsIn(t []byte) (n int) {
	for _, c := range t {
		if digit(c) {
			n++
		}
	}
	return n
}

// digitsUpTo counts the digits of a line, no further than one more than most.
func digitsUpTo(line []byte, most int) (n int) {
	for _, c := range line {
		if digit(c) {
			if n++; n > most {
				return n
			}
		}
	}
	return n
}

// prefix returns the first n of some digits as a number.
func prefix(d []byte, n int) int { return checkdigit.Number(d[:n]) }

// lineEnd returns where the line t[i:] ends.
func lineEnd(t []byte, i int) int {
	if n := bytes.IndexByte(t[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(t)
}

// rowEnd returns where the line ends that t[i] is in, or what is longer than a row.
func rowEnd(t []byte, i int) int {
	return lineEnd(t[:min(len(t), i+longestRow+1)], i)
}

// lineBefore returns what stands before t[i] in its line, of the last reach bytes.
func lineBefore(t []byte, i, reach int) []byte {
	t = t[max(0, i-reach):i]
	return t[bytes.LastIndexByte(t, '\n')+1:]
}

// pastSpaces returns where the spaces end that stand from t[i] on in its line.
func pastSpaces(t []byte, i int) int {
	for i < len(t) && (t[i] == ' ' || t[i] == '\t' || t[i] == '\r') {
		i++
	}
	return i
}

package char

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
)

// FlagsOf returns the classes of the bytes of a text.
func FlagsOf(t []byte) (flags uint16) {
	for _, c := range t {
		flags |= ByteClass[c]
	}
	return flags
}

// AllDigits tells whether a text is nothing but digits.
func AllDigits(text []byte) bool {
	for _, c := range text {
		if !Digit(c) {
			return false
		}
	}
	return len(text) > 0
}

// ASCII tells whether no character of t folds into several: fewer than profile.MinCued
// hold nothing.
func ASCII(t []byte) bool {
	high := byte(0)
	for _, c := range t {
		high |= c
	}
	return high < 0x80
}

// MaxLooked is how much of a credential is looked at, in bytes, to tell whether it
// looks like one: far more than decides.
const MaxLooked = 1024

// Looked is the beginning of a credential.
func Looked(t []byte) []byte { return t[:min(len(t), MaxLooked)] }

// Letters counts the leading letters A–Z of b.
func Letters(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= 'A' && b[n] <= 'Z' {
		n++
	}
	return n
}

// What stands at, before and behind a place of a text.

// At returns t[i], or a space outside of t.
func At(t []byte, i int) byte {
	if i < 0 || i >= len(t) {
		return ' '
	}
	return t[i]
}

// Digits counts the digits that t begins with.
func Digits(t []byte) (n int) {
	for n < len(t) && Digit(t[n]) {
		n++
	}
	return n
}

// DigitsBefore counts the digits that t ends with.
func DigitsBefore(t []byte) (n int) {
	for n < len(t) && Digit(t[len(t)-1-n]) {
		n++
	}
	return n
}

// DigitsIn counts the digits of a text.
func DigitsIn(t []byte) (n int) {
	for _, c := range t {
		if Digit(c) {
			n++
		}
	}
	return n
}

// DigitsUpTo counts the digits of a line, no further than one more than most.
func DigitsUpTo(line []byte, most int) (n int) {
	for _, c := range line {
		if Digit(c) {
			if n++; n > most {
				return n
			}
		}
	}
	return n
}

// Number returns the first n of some digits as a number.
func Number(d []byte, n int) int { return checkdigit.Number(d[:n]) }

// LineEnd returns where the line t[i:] ends.
func LineEnd(t []byte, i int) int {
	if n := bytes.IndexByte(t[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(t)
}

// LineBefore returns what stands before t[i] in its line, of the last reach bytes.
func LineBefore(t []byte, i, reach int) []byte {
	t = t[max(0, i-reach):i]
	return t[bytes.LastIndexByte(t, '\n')+1:]
}

// PastSpaces returns where the spaces end that stand from t[i] on in its line.
func PastSpaces(t []byte, i int) int {
	for i < len(t) && (t[i] == ' ' || t[i] == '\t' || t[i] == '\r') {
		i++
	}
	return i
}

// Package encoded tells what encoded text looks like: base64 and hexadecimal, whole, cut,
// wrapped into lines or divided by marks.
package encoded

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Short first parts of an encoded text: shorter ones may be anything.
const (
	MinShortBase64 = 4
	MinShortHex    = 8
	MinLastCoded   = 3 // of a last word, of digits
	MinLastText    = 6 // of one of any text
)

// CodedDigits tells whether a text is a part of the base64 of digits, of which so many
// characters of a group of four stand before it.
func CodedDigits(t []byte, before int) bool {
	for i, c := range t {
		ok := false
		switch v := SixBits64[c]; (i + before) % 4 {
		case 0:
			ok = v >= 12 && v <= 14
		case 1:
			ok = v&15 == 3 || i == len(t)-1 && v&15 == 0
		case 2:
			ok = v%4 == 0 && v <= 36
		default:
			ok = v >= 48 && v <= 57
		}
		if !ok {
			return false
		}
	}
	return true
}

// HexOfDigits tells whether a text begins the hexadecimal of digits, two or more.
func HexOfDigits(t []byte) bool {
	t = bytes.TrimPrefix(t, []byte("0x"))
	for i, c := range t {
		if i%2 == 0 && c != '3' || !char.Digit(c) {
			return false
		}
	}
	return len(t) >= MinShortBase64
}

// GapCost is what a separator counts between two characters of a code, of which
// MaxGapSpaces spaces or MaxGapMarks marks may stand there.
func GapCost(c byte) int {
	if c > ' ' {
		return MaxGapSpaces / MaxGapMarks
	}
	return 1
}

// Six or seven digits, encoded: too short for blobs to look at, but a known number
// says for itself that it is one, and a cue that it is an account's.

// Sizes of six and of seven digits in base64 without padding, and in hexadecimal.
const (
	LeastShortBase64, MostShortBase64 = 8, 10
	LeastShortHex, MostShortHex       = 12, 14
)

// Separators allowed between two digits of one number. More than this and the
// parts are far apart, which docs/redaction.md lists as not guaranteed.
const (
	MaxGapMarks  = 16 // visible separator characters
	MaxGapSpaces = 80 // spaces and line breaks, such as the indent of a next line
)

const (
	MinWord = 11 // "MTIzNDU2Nzg": eight digits in base64 without padding
	MinHex  = 16 // eight digits in hexadecimal
)

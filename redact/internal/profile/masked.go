package profile

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
)

// A masked number may show its last four digits. One that shows more, such as
// 411111******1111, gives away what the mask should hide.

const (
	LastShown = 4 // digits that a masked form may show
)

// MaskChar tells whether c stands for a digit that is not shown.
func MaskChar(c byte) bool {
	return c == '*' || c == 'x' || c == 'X' || c == '#' || c == '.' || c == '?' || c == '_'
}

// masking tells whether a mask character stands twice in a row, as in every
// mask.
func masking(t []byte) bool {
	for i := 1; i < len(t); i++ {
		if t[i] == t[i-1] && MaskChar(t[i]) {
			return true
		}
	}
	return false
}

const (
	MinHead = 6 // digits before what is hidden: a bank's identification number
)

// Hides tells whether a word stands for digits that are not shown.
func Hides(word []byte) bool {
	if len(word) < len("snip") || len(word) > credential.LongestHide {
		return false
	}
	var low [credential.LongestHide]byte
	for i, c := range word {
		low[i] = char.Lower(c)
	}
	switch string(low[:len(word)]) {
	case "redacted", "masked", "hidden", "removed", "omitted", "truncated", "filtered", "censored", "deleted", "obscured", "snip", "snipped", "private", "geschwaerzt", "masque":
		return true
	}
	return false
}

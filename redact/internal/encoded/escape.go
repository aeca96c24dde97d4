package encoded

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Limits of an entity into which separators were put.
const (
	LongestBroken = 64 // bytes
)

// EscapeLike tells whether a text has anything that unescaped would decode
// after a percent sign or an ampersand, or ends where the next leaf may go on
// with it.
func EscapeLike(t []byte) bool {
	for i := range t {
		if EscapeAt(t, i) {
			return true
		}
	}
	return false
}

// EscapeAt is EscapeLike for the byte t[i].
func EscapeAt(t []byte, i int) bool {
	c, next := t[i], char.At(t, i+1)
	switch {
	case c == '%':
		return i == len(t)-1 || char.Lower(next) == 'u' || char.Unhex(next) < 16 && (i == len(t)-2 || char.Unhex(char.At(t, i+2)) < 16)
	case c == '&':
		return i == len(t)-1 || next == '#' || next != ' ' && (bytes.IndexByte(t[i:min(len(t), i+LongestBroken)], ';') > 0 || bytes.HasPrefix(t[i:], []byte("&nbsp")) || bytes.HasPrefix(t[i:], []byte("&shy")))
	}
	return false
}

// EscapeByte begins a control sequence of terminals.
const EscapeByte = 0x1B

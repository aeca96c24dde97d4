package encoded

import "github.com/counterfoil/counterfoil/redact/internal/char"

// Text in UTF-32 of either byte order, which base64 and hexadecimal may hold.

// Quad is how many bytes a character of UTF-32 takes. Its highest is zero.
const Quad = 4

// MayBeQuads tells, of most bytes quickly, that wideCharacters examines nothing.
func MayBeQuads(raw []byte) bool {
	return len(raw) >= Quad*MinPlain && (ZeroColumn(raw) || ZeroColumn(raw[1:]) || ZeroColumn(raw[2:]) || ZeroColumn(raw[3:]))
}

// ZeroColumn tells whether the first of every four bytes is zero, of as many as the
// shortest text has.
func ZeroColumn(raw []byte) bool {
	for k := 0; k < Quad*(MinPlain-1); k += Quad {
		if char.At(raw, k) != 0 {
			return false
		}
	}
	return true
}

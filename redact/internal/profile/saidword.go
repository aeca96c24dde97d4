package profile

import (
	"bytes"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Passwords of letters alone, and what else is told where no digit is beside a letter.

// options returns the joiners before a letter and behind none nor a digit, as those of
// options of commands are.
func (m *Planes) options() uint64 { return m.Joiner & (m.Letter >> 1) &^ ((m.Letter | m.Digit) << 1) }

// leastWords is the size of the shortest text without a digit that may tell a password.
const leastWords = len("my password is marmalade")

// toldWord tells whether a block without digits may tell a password of letters alone: behind
// an option of a command, behind "is" and the name of one ("your password is marmalade"),
// between quotes behind such a name ("with password 'sesame'"), or in a line of netrc.
func (m *Planes) toldWord(t []byte) bool {
	if options := m.options(); options != 0 && (m.commanded(t) || m.longOption(t, options)) {
		return true
	}
	two := m.Letter &^ (m.Letter << 1) & (m.Letter >> 1) &^ (m.Letter >> 2) // where words of two letters begin
	for ; two != 0; two &= two - 1 {
		i := bits.TrailingZeros64(two)
		if t[i] == 'i' && t[i+1] == 's' && m.toldBefore(t, i) && m.toldValue(t, i+len("is ")) {
			return true
		}
	}
	for quotes := m.Other & (m.Letter >> 1) &^ (m.Letter << 1) &^ 1; quotes != 0; quotes &= quotes - 1 {
		if i := bits.TrailingZeros64(quotes); (t[i] == '\'' || t[i] == '"') && t[i-1] == ' ' && quotedFor(t[:i-1]) {
			return true
		}
	}
	return t[0] == 'm' && bytes.HasPrefix(t, []byte("machine "))
}

// toldValue tells whether what stands at t[i:] may be a password of letters alone, and no
// word that a sentence goes on with: it begins with a capital or a quote, or the sentence
// ends behind it.
func (m *Planes) toldValue(t []byte, i int) bool {
	c := char.At(t, i)
	if c == '"' || c == '\'' || c == '`' || char.ByteClass[c]&char.IsUpper != 0 {
		return true
	}
	if i >= Block || m.Letter>>i&1 == 0 {
		return false
	}
	end := i + bits.TrailingZeros64(^(m.Letter >> i))
	if end >= len(t) {
		return true
	}
	switch t[end] {
	case ',', '.', ';', '!', ')', '\n', '\r':
		return true
	case ' ':
		return char.At(t, end+1) == '-'
	}
	return false
}

// apart is told for a block in which no digit is beside a letter: a call, an option, a code
// with a letter and a dash before it.
func (m *Planes) apart(t []byte) bool {
	if m.Other&(m.Other>>1) != 0 && m.called(t) || m.options() != 0 && m.toldWord(t) {
		return true
	}
	return t[0] == 'G' && t[1] == '-' && m.Digit&4 != 0 && yours(t[2:], bits.TrailingZeros64(^(m.Digit>>2))) // G-161976 is your …
}

// longOption tells whether one of the options of a block, which begin at the bits of options,
// is the name of a secret with a value behind it: -storepass changeit, --password sesame.
func (m *Planes) longOption(t []byte, options uint64) bool {
	for ; options != 0; options &= options - 1 {
		i := bits.TrailingZeros64(options)
		if before := char.At(t, i-1); t[i] != '-' || before > ' ' && before != '-' || bytes.HasPrefix(t[i+1:], []byte("no-")) {
			continue
		}
		end := i + 1 + bits.TrailingZeros64(^((m.Letter | m.Joiner) >> (i + 1)))
		if char.At(t, end) == ' ' && end >= 2 && char.Letter(t[end-1]) && char.Letter(t[end-2]) && announces(t, end) {
			return true
		}
	}
	return false
}

// quotedFor tells whether the words before a quote say that a password follows: PASSWORD,
// IDENTIFIED BY, memorable word.
func quotedFor(t []byte) bool {
	n := len(t)
	switch {
	case n < len("word"):
		return false
	case char.Lower(t[n-1]) == 'd':
		return bytes.EqualFold(t[n-len("word"):], []byte("word"))
	case t[n-1] == 'e':
		return bytes.HasSuffix(t, []byte("aiden name"))
	}
	return bytes.HasSuffix(t, []byte("D BY")) || bytes.HasSuffix(t, []byte("d by"))
}

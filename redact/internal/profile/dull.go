package profile

import (
	"bytes"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
)

// MayEscape is encoded.EscapeLike, for a text of one block by its marks alone.
func (p *Profile) MayEscape(t []byte) bool {
	if len(t) <= Block {
		return p.Planes.escapeLike(t)
	}
	return encoded.EscapeLike(t)
}

// MayAssign tells whether assigned may find something. Without a sign, or the
// dash of an option, that takes "is", the "by" of SQL, a quote in brackets, or a scheme, which
// begins with "ba" or "be".
func (p *Profile) MayAssign(t []byte) bool {
	return (len(t) > Block || p.Flags&(char.IsAssign|char.IsColon|char.IsLess) != 0 || p.Planes.mayAssign(t)) && AnySecretName(t)
}

func (m *Planes) mayAssign(t []byte) bool {
	if m.Joiner != 0 && bytes.IndexByte(t, '-') >= 0 {
		return true
	}
	for starts := m.Letter &^ (m.Letter << 1); starts != 0; starts &= starts - 1 {
		i := bits.TrailingZeros64(starts)
		if char.Lower(t[i]) != 'b' {
			continue
		}
		if next := char.Lower(char.At(t, i+1)); next == 'a' || next == 'e' || next == 'y' || !char.Letter(next) {
			return true
		}
	}
	for opens := m.Other & (m.Other >> 1); opens != 0; opens &= opens - 1 {
		if i := bits.TrailingZeros64(opens); t[i] == '(' && (t[i+1] == '"' || t[i+1] == '\'') {
			return true
		}
	}
	for ends := m.Letter & (m.Letter << 1) &^ (m.Letter >> 1); ends != 0; ends &= ends - 1 {
		if i := bits.TrailingZeros64(ends); t[i] == 's' && t[i-1] == 'i' && char.At(t, i+1) == ' ' {
			return true
		}
	}
	return false
}

// AnySecretName tells whether assigned would find a name that means a secret.
func AnySecretName(t []byte) bool {
	for i := 0; i < len(t); {
		if !char.Letter(t[i]) {
			i++
			continue
		}
		j := credential.NameEnd(t, i)
		if credential.NameAt(t, i, j) != credential.NameNone {
			return true
		}
		i = j
	}
	return false
}

package gate

import (
	"encoding/base64"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// ShortWords yields what may be such digits in the words of letters and digits of a
// text, to which others may be glued, until yield says no.
func ShortWords(t []byte, yield func(i, j int) bool) {
	from := 0 // where digits begin that no other precedes
	for i := 0; i < len(t); i++ {
		if !char.Digit(t[i]) {
			from = i + 1
		}
		if j := i + 1; char.Digit(t[i]) && !char.Digit(char.At(t, j)) && j-from >= encoded.LeastShortHex && !yield(from, j) {
			return
		}
		if len(t)-i < encoded.LeastShortBase64 || !profile.BriefStart(t[i:]) {
			continue
		}
		if len(t)-i >= encoded.MostShortBase64 && !yield(i, i+encoded.MostShortBase64) || !yield(i, i+encoded.LeastShortBase64) {
			return
		}
	}
}

// BriefCode tells whether six or seven digits in base64 stand in a text.
func BriefCode(t []byte) (found bool) {
	var buf [encoded.MostShortBase64]byte
	ShortWords(t, func(i, j int) bool {
		found = j-i <= encoded.MostShortBase64 && len(ShortDigits(buf[:0], t[i:j])) >= column.MinSuffix
		return !found
	})
	return found
}

// ShortDigits appends the six or seven digits that a word encodes.
func ShortDigits(out, word []byte) []byte {
	switch n := len(word); {
	case n >= encoded.LeastShortBase64 && n <= encoded.MostShortBase64 && n%4 != 1 && profile.BriefStart(word):
		out = out[:base64.RawStdEncoding.DecodedLen(n)]
		if _, err := base64.RawStdEncoding.Decode(out, word); err != nil {
			return nil
		}
	case n >= encoded.LeastShortHex && n <= encoded.MostShortHex && n%2 == 0:
		for k := 0; k < n; k += 2 {
			if word[k] != '3' {
				return nil
			}
			out = append(out, word[k+1]&0x0F|'0')
			if !char.Digit(word[k+1]) {
				return nil
			}
		}
	}
	for _, c := range out {
		if !char.Digit(c) {
			return nil
		}
	}
	return out
}

// hexDigits tells whether a group of digits may be those of a number in
// hexadecimal: every other one is a 3.
func hexDigits(t []byte) bool {
	for i := 0; i < len(t); i++ {
		j := i + char.Digits(t[i:])
		if j-i >= encoded.LeastShortHex && ShortDigits(make([]byte, 0, encoded.MostShortBase64), t[i:j]) != nil {
			return true
		}
		i = j
	}
	return false
}

package redact

import "encoding/base64"

// The last six or seven digits of a known number, encoded: too short for blobs to
// look at, but a known number says for itself that it is one.

// Sizes of six and of seven digits in base64 without padding, and in hexadecimal.
const (
	leastShortBase64, mostShortBase64 = 8, 10
	leastShortHex, mostShortHex       = 12, 14
)

// shortCodes finds known numbers of few digits in base64 and hexadecimal.
func (s *scan) shortCodes(v *view) {
	l := s.r.known
	if l == nil || l.lens == 0 {
		return
	}
	for i := 0; i < len(v.t); i++ {
		j := i
		for j < len(v.t) && alnum(v.t[j]) {
			j++
		}
		var buf [mostShortBase64]byte
		if d := shortDigits(buf[:0], v.t[i:j]); len(d) >= minSuffix {
			if e, ok := l.number(d); ok && e.kind != entryFive {
				val := l.values[e.value]
				s.add(v, i, j, span{entity: val.entity, layer: LayerKnown, rule: "known", token: val.token, canon: string(d)})
			}
		}
		i = j
	}
}

// shortDigits appends the six or seven digits that a word encodes.
func shortDigits(out, word []byte) []byte {
	switch n := len(word); {
	case n >= leastShortBase64 && n <= mostShortBase64 && n%4 != 1:
		out = out[:base64.RawStdEncoding.DecodedLen(n)]
		if _, err := base64.RawStdEncoding.Decode(out, word); err != nil {
			return nil
		}
	case n >= leastShortHex && n <= mostShortHex && n%2 == 0:
		for k := 0; k < n; k += 2 {
			if word[k] != '3' {
				return nil
			}
			out = append(out, word[k+1]&0x0F|'0')
			if !digit(word[k+1]) {
				return nil
			}
		}
	}
	for _, c := range out {
		if !digit(c) {
			return nil
		}
	}
	return out
}

// hexDigits tells whether a group of digits may be those of a number in
// hexadecimal: every other one is a 3.
func hexDigits(t []byte) bool {
	for i := 0; i < len(t); i++ {
		j := i
		for j < len(t) && digit(t[j]) {
			j++
		}
		if j-i >= leastShortHex && shortDigits(make([]byte, 0, mostShortBase64), t[i:j]) != nil {
			return true
		}
		i = j
	}
	return false
}

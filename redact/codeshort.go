package redact

import (
	"encoding/base64"
	"math/bits"
)

// Six or seven digits, encoded: too short for blobs to look at, but a known number
// says for itself that it is one, and a cue that it is an account's.

// Sizes of six and of seven digits in base64 without padding, and in hexadecimal.
const (
	leastShortBase64, mostShortBase64 = 8, 10
	leastShortHex, mostShortHex       = 12, 14
)

// shortCodes finds known numbers of few digits in base64 and hexadecimal, and
// account numbers of few digits in base64 beside a cue.
func (s *scan) shortCodes(v *view) {
	l := s.r.known
	var buf [mostShortBase64]byte
	shortWords(v.t, func(i, j int) bool {
		d := shortDigits(buf[:0], v.t[i:j])
		if len(d) < minSuffix {
			return true
		}
		if l != nil && l.lens != 0 {
			if e, ok := l.number(d); ok && e.kind != entryFive {
				val := l.values[e.value]
				s.add(v, i, j, span{entity: val.entity, layer: LayerKnown, rule: "known", token: val.token, canon: string(d)})
			}
		}
		if j-i <= mostShortBase64 && !alnum(byteAt(v.t, i-1)) && !alnum(byteAt(v.t, j)) && cueBefore(v.t, i, s.cue)&cueAccount != 0 {
			s.add(v, i, j, span{entity: Account, layer: LayerDetector, rule: "cue", canon: string(d)})
		}
		return true
	})
}

// shortWords yields what may be such digits in the words of letters and digits of a
// text, to which others may be glued, until yield says no.
func shortWords(t []byte, yield func(i, j int) bool) {
	from := 0 // where digits begin that no other precedes
	for i := 0; i < len(t); i++ {
		if !digit(t[i]) {
			from = i + 1
		}
		if j := i + 1; digit(t[i]) && !digit(byteAt(t, j)) && j-from >= leastShortHex && !yield(from, j) {
			return
		}
		if len(t)-i < leastShortBase64 || !briefStart(t[i:]) {
			continue
		}
		if len(t)-i >= mostShortBase64 && !yield(i, i+mostShortBase64) || !yield(i, i+leastShortBase64) {
			return
		}
	}
}

// briefCode tells whether six or seven digits in base64 stand in a text.
func briefCode(t []byte) (found bool) {
	var buf [mostShortBase64]byte
	shortWords(t, func(i, j int) bool {
		found = j-i <= mostShortBase64 && len(shortDigits(buf[:0], t[i:j])) >= minSuffix
		return !found
	})
	return found
}

// briefCode is briefCode for a block: so many letters and digits in a row begin as
// the digits do.
func (m *planes) briefCode(t []byte) bool {
	words := m.letter | m.digit
	run := words & (words >> 1)
	run &= run >> 2
	for starts := run & (run >> 4) &^ (words << 1); starts != 0; starts &= starts - 1 {
		if briefStart(t[bits.TrailingZeros64(starts):]) {
			return true
		}
	}
	return false
}

// briefStart tells whether leastShortBase64 characters begin as digits in base64
// do: both groups of four with M, N or O.
func briefStart(t []byte) bool {
	_ = t[leastShortBase64-1]
	return t[0]-'M' <= 'O'-'M' && t[4]-'M' <= 'O'-'M'
}

// shortDigits appends the six or seven digits that a word encodes.
func shortDigits(out, word []byte) []byte {
	switch n := len(word); {
	case n >= leastShortBase64 && n <= mostShortBase64 && n%4 != 1 && briefStart(word):
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
		j := i + digits(t[i:])
		if j-i >= leastShortHex && shortDigits(make([]byte, 0, mostShortBase64), t[i:j]) != nil {
			return true
		}
		i = j
	}
	return false
}

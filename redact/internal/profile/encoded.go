package profile

import (
	"bytes"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

// ShortCode tells whether a text, of which p tells, that is too short for an
// encoding may be the first part of one: base64 in which a capital stands behind
// what is none, or of digits, or pairs that are characters of ASCII.
func (p *Profile) ShortCode(t []byte) bool {
	n, m := len(t), &p.Planes
	if n < encoded.MinLastCoded || n > encoded.MinHex || bits.OnesCount64(m.Letter|m.Digit) != n {
		return false
	}
	if encoded.CodedDigits(t, 0) || encoded.HexOfDigits(t) {
		return true
	}
	if n < encoded.MinShortBase64 {
		return false
	}
	if m.Letter != 0 {
		if upper := m.Uppers(t); (m.Letter|m.Digit)&^upper<<1&upper != 0 {
			return true
		}
	}
	if n < encoded.MinShortHex {
		return false
	}
	for i, c := range t {
		if i%2 == 0 && (c < '2' || c > '7') || i%2 == 1 && char.Unhex(c) > 15 {
			return false
		}
	}
	return true
}

// LastCoded tells whether the last word of a text of one block, of which p tells,
// behind a space, begins the base64 of digits, or of a text that has some.
func (p *Profile) LastCoded(t []byte) bool {
	n := len(t)
	if n > Block || n <= encoded.MinLastCoded {
		return false
	}
	others := ^(p.Planes.Letter | p.Planes.Digit) & (1<<n - 1)
	i := bits.Len64(others)
	if i == 0 || n-i < encoded.MinLastCoded || t[i-1] != ' ' || !encoded.CutStarts[t[i]].Base64 {
		return false
	}
	if encoded.CodedDigits(t[i:], 0) {
		return true
	}
	if p.Digits == 0 || n-i < encoded.MinLastText {
		return false
	}
	r := encoded.Base64Cut.RunAt(t, i)
	return r.To == n && r.Digits > 0
}

// Coded tells whether a text has anything of an encoding.
func (p *Profile) Coded() bool {
	return p.Mixed || p.Broken || p.Hex || p.PEM || p.Pairs >= encoded.MinPairs || p.Flags&(char.IsEscape|char.IsBack|char.IsAssign|char.IsLess) != 0
}

// Codes of letters and digits whose form is so strict that they are found
// whatever stands between the characters.

// dividedCode is the form of such a code: so many letters, and what follows:
// n for a digit, a for a letter, c for either, two digits first.
type dividedCode struct {
	Letters int
	Shape   string
	Rule    string
}

var DividedCodes = [...]dividedCode{
	{6, "nnannannna", "codice_fiscale"},
	{4, "nnnnnnaaaaaacn", "curp"},
	{2, "nnnnnna", "nino"},
}

// Valid verifies the check character, or what letters are given out. (No
// function values: what they take would be on the heap.)
func (c *dividedCode) Valid(code []byte) bool {
	switch c.Letters {
	case 6:
		return nationalid.CodiceFiscale(code)
	case 4:
		return nationalid.CURP(code)
	}
	return NINOPrefix(code[0], code[1]) && code[8] <= 'D'
}

// briefCode is gate.BriefCode for a block: so many letters and digits in a row begin as
// the digits do.
func (m *Planes) briefCode(t []byte) bool {
	words := m.Letter | m.Digit
	run := words & (words >> 1)
	run &= run >> 2
	for starts := run & (run >> 4) &^ (words << 1); starts != 0; starts &= starts - 1 {
		if BriefStart(t[bits.TrailingZeros64(starts):]) {
			return true
		}
	}
	return false
}

// BriefStart tells whether encoded.LeastShortBase64 characters begin as digits in base64
// do: both groups of four with M, N or O.
func BriefStart(t []byte) bool {
	_ = t[encoded.LeastShortBase64-1]
	return t[0]-'M' <= 'O'-'M' && t[4]-'M' <= 'O'-'M'
}

// Idle tells whether nothing can be found in encoded.MinWord bytes of text or fewer:
// they hold no keys and no further encoding, and these no e-mail address, no
// name of a secret, and too few characters that are digits or may become some.
func (p *Profile) Idle(t []byte) bool {
	high := bits.OnesCount64(p.Planes.High)
	if p.Digits+high/2 >= MinCued || p.Flags&(char.IsAt|char.IsBack|char.IsControl) != 0 || p.Planes.escapeLike(t) {
		return false
	}
	if p.Flags&char.IsExotic != 0 { // of two bytes, and so neither a sign nor a mark when folded
		for _, c := range t {
			if c >= 0xE0 || c == 0x7F {
				return false
			}
		}
		return p.Flags&(char.IsAssign|char.IsColon|char.IsEscape) == 0
	}
	for i, c := range t {
		if _, quoted := char.HexByte(t, i+1); c == '=' && quoted {
			return false
		}
	}
	return p.Flags&(char.IsAssign|char.IsColon|char.IsEscape) == 0 || !AnySecretName(t)
}

// cutCode is encoded.CutCode for a block.
func (m *Planes) cutCode(t []byte) bool {
	words := m.Letter | m.Digit
	starts := words &^ (words << 1)
	if starts&(starts-1) == 0 {
		return false
	}
	hex := bits.OnesCount64(m.Digit) >= encoded.LeastShortHex-encoded.LeastShortHex/4 // some may be letters
	for ; starts != 0; starts &= starts - 1 {
		i := bits.TrailingZeros64(starts)
		if len(t)-i <= encoded.LeastShortBase64 {
			return false
		}
		if may := encoded.CutStarts[t[i]]; may.Base64 {
			if next := t[i+1]; char.Alnum(next) && !encoded.CutSeconds[next] {
				continue
			}
			if r := encoded.Base64Cut.RunAt(t, i); r.Useful(encoded.Base64Cut) {
				return true
			}
		} else if hex && may.Hex {
			if r := encoded.HexCut.RunAt(t, i); r.Useful(encoded.HexCut) {
				return true
			}
		}
	}
	return false
}

// mayWrap tells, of most texts of one block without a line break, that encoded.Wrapped finds
// nothing: three words or more are of one length, the last of which may be shorter, with one
// space between any two, and some have digits.
func (m *Planes) mayWrap() bool {
	words := m.Letter | m.Digit | m.Joiner
	spaces := ^(words | m.Other)
	from, size, lines, end := 0, 0, 0, 0
	for left := words; left != 0; {
		i := bits.TrailingZeros64(left)
		n := bits.TrailingZeros64(^(left >> i))
		if lines == 0 || i != end+1 || spaces>>end&1 == 0 || n > size {
			from, size, lines = i, n, 1
		} else if lines++; lines >= encoded.FewLines && m.Digit>>from&(1<<(i+n-from)-1) != 0 {
			return true
		} else if n < size { // the last one of these, and the first one of others
			from, size, lines = i, n, 1
		}
		end = i + n
		left &^= (1<<n - 1) << i
	}
	return false
}

// escapeLike is encoded.EscapeLike for a text of one block.
func (m *Planes) escapeLike(t []byte) bool {
	for others := m.Other; others != 0; others &= others - 1 {
		if encoded.EscapeAt(t, bits.TrailingZeros64(others)) {
			return true
		}
	}
	return false
}

// mayBeCut tells, of most texts quickly, that mayBeEven is false: no letter stands
// beside a digit, there are few digits and few words of one or two characters.
func (m *Planes) mayBeCut(digits int) bool {
	words := m.Letter | m.Digit
	short := words &^ (words << 1) &^ (words >> 1 & (words >> 2))
	short &= short - 1
	short &= short - 1
	short &= short - 1
	return m.Digit&(m.Letter<<1|m.Letter>>1) != 0 || short&(short-1) != 0 || digits >= encoded.ManyDigits
}

// mayBeEven tells whether words of a block follow each other that are of one length,
// so far apart, and are base64 or hexadecimal: many capitals and other letters, or
// mostly digits.
func (m *Planes) mayBeEven(t []byte) bool {
	words := m.Letter | m.Digit
	starts := words &^ (words << 1)
	if bits.OnesCount64(starts&^(words>>1)) >= encoded.MinLone || bits.OnesCount64(starts&(words>>1)&^(words>>2)) >= encoded.MinPairsAlone {
		return true
	}
	if bits.OnesCount64(starts) < encoded.MinPieces || m.Digit == 0 {
		return false
	}
	if 2*bits.OnesCount64(m.Digit) >= bits.OnesCount64(words) {
		return encoded.EvenWords(words, encoded.MinPieces)
	}
	upper := m.Uppers(t)
	capitals := m.Letter != upper && 3*bits.OnesCount64(upper) >= bits.OnesCount64(words)
	return (capitals || (words&^upper)<<1&upper != 0) && encoded.EvenWords(words, encoded.MinShorts)
}

// divided tells whether a block has two words or more, and capitals, other letters
// and digits follow each other in it as they do in base64 of digits.
func (m *Planes) divided(t []byte) bool {
	words := m.Letter | m.Digit
	if starts := words &^ (words << 1); starts&(starts-1) == 0 {
		return false
	}
	n, digits, letters := bits.OnesCount64(words), bits.OnesCount64(m.Digit), bits.OnesCount64(m.Letter)
	if n < encoded.MinSpread || 10*digits < n || 2*digits > n {
		return false
	}
	upper := m.Uppers(t)
	capitals := bits.OnesCount64(upper)
	if encoded.WideSpread*bytes.Count(t[:min(len(t), Block)], []byte("A")) >= n {
		return true
	}
	return 5*capitals >= n && 10*(letters-capitals) >= n && 8*bits.OnesCount64((words&^upper)<<1&upper) >= n
}

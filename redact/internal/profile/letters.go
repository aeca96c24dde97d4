package profile

import (
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

// Numbers with letters in them: IFSC (India), codice fiscale (Italy), CURP
// (Mexico), DNI and NIE (Spain), HETU (Finland), and the BIC (ISO 9362) beside
// an account.

// FewestCode is the fewest digits in any of these, and in those that a cue speaks for.
const FewestCode = 4

// ShortestCode is the length of the shortest of them.
const ShortestCode = 9

// NINOPrefix tells whether two letters begin national insurance numbers (HMRC, NIM39110).
func NINOPrefix(a, b byte) bool {
	if a == 'Q' && b == 'Q' { // of every official example
		return true
	}
	for _, c := range []byte("DFIQUV") {
		if a == c || b == c {
			return false
		}
	}
	switch string([]byte{a, b}) {
	case "BG", "GB", "NK", "KN", "TN", "NT", "ZZ":
		return false
	}
	return b != 'O'
}

// SouthAfrican verifies an identity number, and leaves those alone that may count
// milliseconds.
func SouthAfrican(d []byte) bool { return !date.Instant(d) && nationalid.ZAID(d) }

// taxed tells whether a word of a block has the form of a permanent account number
// of India: five letters, four digits, a letter.
func (m *Planes) taxed() bool {
	l, d := m.Letter, m.Digit
	at := l & (l >> 1) & (l >> 2) & (l >> 3) & (l >> 4) & (d >> 5) & (d >> 6) & (d >> 7) & (d >> 8) & (l >> 9)
	return at != 0
}

// beneficiary tells whether a block has the form of an identifier of Medicare, printed in
// groups of four, three and four: 1EG4-TE5-MK73.
func (m *Planes) beneficiary() bool {
	l, d, o := m.Letter, m.Digit, m.Other
	return d&(l>>1)&(d>>3)&(o>>4)&(l>>5)&(d>>7)&(o>>8)&(l>>9)&(l>>10)&(d>>11)&(d>>12) != 0
}

// One letter, the same each time, may separate the groups of a number:
// 4111x1111x1111x1111, 4111 o 1111 o 1111 o 1111.

const (
	MinLettered    = 8 // digits, as those of a known account
	MaxLetterSpace = 3 // spaces and marks beside the letter
)

// Lettered tells whether a letter stands alone between digits, spaces and
// marks aside.
func (m *Planes) Lettered() bool {
	letters := m.Letter
	single := letters &^ (letters<<1 | letters>>1)
	if single == 0 {
		return false
	}
	near := m.Digit
	for range MaxLetterSpace {
		near |= near << 1 &^ letters
	}
	from := near << 1
	near = m.Digit
	for range MaxLetterSpace {
		near |= near >> 1 &^ letters
	}
	return bits.OnesCount64(single&from&(near>>1)) > 0
}

package profile

import (
	"bytes"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

// Many texts hold a short number or two and nothing else of note: the branch
// of a shop, a day, a reference. The shortcut below tells those in which no
// detector could find anything, so that only the known values remain to be
// asked. It must never be wider than the detectors: TestPlainIsSafe compares.

// MaxPlain is the most digits that the shortcut deals with; national account
// numbers that need no cue have more, but for the UK's.
const MaxPlain = 14

// Plain tells whether a text is words and short numbers, set apart by spaces
// and harmless marks, with no word that could be a cue.
func Plain(t []byte, p *Profile) bool {
	if p.Lead || p.Digits > MaxPlain || len(t) > Block || p.Flags&(marks|char.IsControl) != 0 || p.Masked || p.Broken || p.Mixed || p.Hex || p.shout || p.Key || p.PEM || p.Pairs >= encoded.MinPairs {
		return false
	}
	m := &p.Planes
	words := m.Letter
	if p.Sequence >= MinDigits && m.High != 0 { // a cue may have an accent
		return false
	}
	if (words|m.High)<<1&m.Digit|m.Digit<<1&(words|m.High) != 0 { // glued
		return false
	}
	if p.Digits >= 12 && mayCard(t, m.Digit) || p.Digits >= 9 && m.mayPrinted(t) || p.MayIBAN(t) {
		return false
	}
	for others := m.Other &^ m.High; others != 0; others &= others - 1 {
		i := bits.TrailingZeros64(others)
		n := idleMark(t, i, m)
		if n == 0 {
			return false
		}
		p.day = p.day || n == isoRest
		others &^= (1<<n - 1) << i &^ (1 << i)
	}
	for words != 0 {
		i := bits.TrailingZeros64(words)
		n := bits.TrailingZeros64(^(words >> i))
		if mayCue(t[i:i+n], &p.Cued) || n == 1 && (char.At(t, i-1) == '/' || char.At(t, i-1) == '.') || n == 1 && char.Lower(t[i]) <= 'd' && (m.Digit<<1|m.Digit<<2|m.Digit<<3)>>i&1 != 0 { // as the end of nino
			return false
		}
		if p.Sequence >= MinHead && m.Digit&(1<<i-1) != 0 && m.Digit>>i != 0 && Hides(t[i:i+n]) {
			return false
		}
		words &^= (1<<n - 1) << i
	}
	return !(p.Cued && p.Sequence >= MinDigits && !p.OnlyDay()) // a card may end in more than four digits
}

// mayCard tells whether any 12 to 14 digits in a row, whatever stands between
// them, are a card number or an identity number, or 14 may have the form of a UK
// account.
func mayCard(t []byte, digits uint64) bool {
	var d [MaxPlain]byte
	if run := digits & (digits >> 1); bits.OnesCount64(digits) == MaxPlain && run&(run>>2) != 0 {
		return !phoneAndDay(t, digits, &d) || mayCardAround(d[:])
	}
	n := 0
	for ; digits != 0; digits &= digits - 1 {
		d[n] = t[bits.TrailingZeros64(digits)]
		n++
		for size := 12; size <= n; size++ {
			if c := d[n-size : n]; MayBeCard(c) {
				return true
			}
		}
	}
	return false
}

// MayBeCard tells whether digits are a card number or an identity number.
func MayBeCard(c []byte) bool {
	return issuer.Of(c) != issuer.None && checkdigit.Luhn(c) || len(c) == 13 && (nationalid.AHV(c) || SouthAfrican(c))
}

// mayCardAround is mayCard for a telephone number and a day: of them fewer groups
// have less than 12 digits, and only zeros, or one stray digit, may be glued to all.
func mayCardAround(d []byte) bool {
	most := len(d) - 1
	if MayBeCard(d) {
		return true
	}
	for _, c := range [...][]byte{d[1:], d[:most]} {
		if MayBeCard(c) && (len(bytes.Trim(d, "0")) < len(d) || issuer.Maestro(char.Number(c, 4)) || !checkdigit.Luhn(c)) {
			return true
		}
	}
	return (d[0] == '0' && MayBeCard(d[2:])) || (d[most] == '0' && MayBeCard(d[:most-1]))
}

// mayPrinted tells whether digits of a text, with no letter between them, are grouped
// as an identity number is printed, as uniform takes it, or whether a dash or many
// groups may make one of them, as printedWith takes it.
func (m *Planes) mayPrinted(t []byte) bool {
	if bits.OnesCount64(m.Other) > encoded.MaxGapMarks { // they may divide what no letter does
		return true
	}
	for left := m.Digit; left != 0; {
		part := m.SequenceAt(left)
		left &^= part
		if mayBePrinted(t, part) {
			return true
		}
	}
	return false
}

// mayBePrinted is mayPrinted for the digits of one sequence, of which some groups may
// be of another number.
func mayBePrinted(t []byte, digits uint64) bool {
	switch sizes := groupSizes(digits); {
	case sizes == 334: // a telephone number
		return false
	case sizes == phoneAndDaySizes:
		return !phoneAndDay(t, digits, new([MaxPlain]byte))
	case sizes >= manySizes || sizes > 9 && bytes.IndexByte(t, '-') >= 0:
		return true
	}
	for left := digits; left != 0; left = dropGroup(left) {
		sizes := 0
		for part := left; part != 0; part = dropGroup(part) {
			sizes = sizes*10 + leadingGroup(part)
			switch sizes {
			case 324, 3332, 23342, 281, 64, 68, 22232, 3442, 2331, 84, 67, 425, 372, 74, 94, 104:
				return true
			}
		}
	}
	return false
}

// leadingGroup returns how many digits the first group has.
func leadingGroup(digits uint64) int {
	return bits.TrailingZeros64(^(digits >> bits.TrailingZeros64(digits)))
}

// dropGroup returns the groups behind the first one.
func dropGroup(digits uint64) uint64 { return digits & (digits + digits&-digits) }

const phoneAndDaySizes = 3344

// phoneAndDay tells whether the digits of a text are a telephone number and a day,
// as in 866-579-7172 0511, and not a Brazilian company's number. It gathers them in d.
func phoneAndDay(t []byte, digits uint64, d *[MaxPlain]byte) bool {
	last := bits.Len64(digits) - len(" 0511")
	if last < len("866-579-7172") || t[last] != ' ' || t[last-5] != '-' || t[last-9] != '-' || groupSizes(digits) != phoneAndDaySizes {
		return false
	}
	for i := range d {
		d[i] = t[bits.TrailingZeros64(digits)]
		digits &= digits - 1
	}
	return !nationalid.CNPJ(d[:])
}

// manySizes is the least that groupSizes returns for detect.manyGroups of groups.
const manySizes = 100_000

// groupSizes returns how many digits the groups have that digits is made of, a
// decimal each, at most manySizes.
func groupSizes(digits uint64) (sizes int) {
	for ; digits != 0; digits = dropGroup(digits) {
		sizes = min(sizes*10+leadingGroup(digits), manySizes)
	}
	return sizes
}

// MayIBAN tells whether two letters and a digit of a text of one block may
// begin an IBAN or a reference, as ibans finds them.
func (p *Profile) MayIBAN(t []byte) bool {
	m := &p.Planes
	words := m.Letter
	if p.Digits < MinIBANDigits || bits.OnesCount64(words|m.Digit) < MinReference {
		return false
	}
	for left := m.Digit &^ (m.Digit << 1); left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		before := (words | m.Digit) & (1<<i - 1)
		if before == 0 {
			continue
		}
		b := bits.Len64(before) - 1
		before &^= 1 << b
		if words>>b&1 == 0 || before == 0 {
			continue
		}
		a := bits.Len64(before) - 1
		if words>>a&1 == 0 {
			continue
		}
		if fits(t[a], t[b], m.Digit>>i, (words|m.Digit)>>i) || words>>i != 0 && m.mayDivide(t, i, t[a], t[b]) {
			return true
		}
	}
	return false
}

// mayDivide tells whether from the digit t[i] on, behind two letters, the
// letters and digits follow each other as in one of DividedCodes.
func (m *Planes) mayDivide(t []byte, i int, a, b byte) bool {
	if n := m.digitsFrom(i); n != 2 && n != 6 { // no shape begins with others
		return false
	}
	left := (m.Letter | m.Digit) >> i << i
	for k := range DividedCodes {
		c := &DividedCodes[k]
		if c.Letters == 2 && !NINOPrefix(char.Upper(a), char.Upper(b)) {
			continue
		}
		if m.follow(left, c.Shape) {
			return true
		}
	}
	return false
}

// digitsFrom returns how many digits there are from the i-th byte to the next
// letter; 0 if there is none.
func (m *Planes) digitsFrom(i int) int {
	next := m.Letter >> (i & 63)
	if next == 0 {
		return 0
	}
	return bits.OnesCount64(m.Digit >> (i & 63) & (next&-next - 1))
}

// follow tells whether the letters and digits at the bits of left begin with a
// shape: n for a digit, a for a letter, c for either.
func (m *Planes) follow(left uint64, shape string) bool {
	for _, kind := range []byte(shape) {
		if left == 0 {
			return false
		}
		bit := left & -left
		if kind == 'n' && m.Digit&bit == 0 || kind == 'a' && m.Letter&bit == 0 {
			return false
		}
		left ^= bit
	}
	return true
}

// MinReference is the length of the shortest ISO 11649 reference that is found.
const MinReference = 9

// fits tells whether so many digits and alphanumerics, check digits included and a
// bit each, may follow on a country's letters.
func fits(a, b byte, digits, alnums uint64) bool {
	if char.Upper(a) == 'R' && char.Upper(b) == 'F' {
		return true
	}
	n := bits.OnesCount64(alnums)
	if n < iban.Shortest-LongestLead {
		return false
	}
	size, least := iban.Size(a, b)
	return size > 0 && n >= size && bits.OnesCount64(digits) >= least
}

// idleMark returns how many bytes from the mark t[i] on, which is one of m's
// others, mean nothing; 0 if they may.
func idleMark(t []byte, i int, m *Planes) int {
	switch c := t[i]; c {
	case ',', '\'', '(', ')', '!':
		return 1
	case '-', '.', '&', '/':
		next := char.At(t, i+1)
		if next == c || c == '-' && char.ByteClass[next]&char.IsUpper != 0 && char.Digit(char.At(t, i-1)) && !char.Alnum(char.At(t, i+2)) { // as the end of a DNI
			return 0
		}
		if !char.Digit(next) || !char.Digit(char.At(t, i-1)) {
			return 1
		}
		return m.joint(t, i)
	case '*':
		if next := char.At(t, i+1); !MaskChar(next) && next != ' ' {
			return 1
		}
	}
	return 0
}

// isoRest is what follows on the year of a date.
const isoRest = len("-01-05")

// OnlyDay tells whether the digits of a text that plain lets pass are a date.
func (p *Profile) OnlyDay() bool { return p.day && p.Digits == len("20260105") }

// joint is idleMark for a mark between two digits: it looks at how many stand
// on either side.
func (m *Planes) joint(t []byte, i int) int {
	before := bits.LeadingZeros64(^(m.Digit << (Block - i)))
	after := bits.TrailingZeros64(^(m.Digit >> (i + 1)))
	switch c := t[i]; {
	case c == '-' && before == 4:
		if i+isoRest > len(t) || !date.IsISO(t[i-4:i+isoRest]) || i+isoRest < len(t) && (t[i+isoRest] == '-' || t[i+isoRest] >= 0x80 || char.Alnum(t[i+isoRest])) {
			return 0
		}
		return isoRest
	case c == '-' && (before == 3 && after == 2 || before == 2 && after == 8 || before == 6 && after == 4): // as printedID
		return 0
	case c == '-' && before == 3 && after == 3 && i+5 < len(t) && char.Digits(t[i+5:]) >= bankaccount.MinDigits: // as dashedAccount
		return 0
	case c == '.' && before == after && (before == 2 || before == 3):
		return 0
	}
	return 1
}

// harmlessCues only matter to longer numbers, to values after a sign of
// assignment, or to known values, which mayKnow looks at anyway.
const harmlessCues = cue.Link | cue.Card | cue.Ending | cue.Article | cue.Secret | cue.Phone

// mayCue tells whether a word of ASCII letters may be a cue that matters to a
// short number, and notes those that matter to known values only.
func mayCue(word []byte, cued *bool) bool {
	h := cue.Hash(word)
	if k := h >> 16; cue.GateFilter[k>>6]>>(k&63)&1 != 0 && cue.ForeignWords.Gate(word) != 0 {
		return true
	}
	c := cue.Filter[h>>(32-14)]
	if c&(cue.Card|cue.Ending|^harmlessCues) == 0 {
		return len(word) > cue.LeastCompound && cue.ForeignWords.Nouns.Has(word) && cue.ForeignWords.Compound(word)
	}
	c = cue.Exact(word)
	*cued = *cued || c&(cue.Card|cue.Ending) != 0
	return c&^harmlessCues != 0 || c == 0 && cue.ForeignWords.Compound(word)
}

package redact

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Many texts hold a short number or two and nothing else of note: the branch
// of a shop, a day, a reference. The shortcut below tells those in which no
// detector could find anything, so that only the known values remain to be
// asked. It must never be wider than the detectors: TestPlainIsSafe compares.

// maxPlain is the most digits that the shortcut deals with; national account
// numbers that need no cue have more, but for the UK's.
const maxPlain = 14

// plain tells whether a text is words and short numbers, set apart by spaces
// and harmless marks, with no word that could be a cue.
func plain(t []byte, p *profile) bool {
	if p.lead || p.digits > maxPlain || len(t) > block || p.flags&(marks|isControl) != 0 || p.masked || p.broken || p.mixed || p.hex || p.shout || p.key || p.pem || p.pairs >= minPairs {
		return false
	}
	m := &p.planes
	words := m.letter
	if p.sequence >= minDigits && m.high != 0 { // a cue may have an accent
		return false
	}
	if (words|m.high)<<1&m.digit|m.digit<<1&(words|m.high) != 0 { // glued
		return false
	}
	if p.digits >= 12 && mayCard(t, m.digit) || p.digits >= 9 && mayPrinted(t, m.digit) || p.mayIBAN(t) {
		return false
	}
	for others := m.other &^ m.high; others != 0; others &= others - 1 {
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
		if mayCue(t[i:i+n], &p.cued) || n == 1 && byteAt(t, i-1) == '/' || n == 1 && lower(t[i]) <= 'd' && (m.digit<<1|m.digit<<2|m.digit<<3)>>i&1 != 0 { // as the end of nino
			return false
		}
		words &^= (1<<n - 1) << i
	}
	return !(p.cued && p.sequence >= minDigits && !p.onlyDay()) // a card may end in more than four digits
}

// mayCard tells whether any 12 to 14 digits in a row, whatever stands between
// them, are a card number or an identity number, or 14 may have the form of a UK
// account.
func mayCard(t []byte, digits uint64) bool {
	var d [maxPlain]byte
	if run := digits & (digits >> 1); bits.OnesCount64(digits) == maxPlain && run&(run>>2) != 0 {
		return !phoneAndDay(t, digits, &d) || mayCardAround(d[:])
	}
	n := 0
	for ; digits != 0; digits &= digits - 1 {
		d[n] = t[bits.TrailingZeros64(digits)]
		n++
		for size := 12; size <= n; size++ {
			if c := d[n-size : n]; mayBeCard(c) {
				return true
			}
		}
	}
	return false
}

// mayBeCard tells whether digits are a card number or an identity number.
func mayBeCard(c []byte) bool {
	return issuer(c) != none && luhn(c) || len(c) == 13 && (swiss(c) || southAfrican(c))
}

// mayCardAround is mayCard for a telephone number and a day: of them fewer groups
// have less than 12 digits, and only zeros, or one stray digit, may be glued to all.
func mayCardAround(d []byte) bool {
	most := len(d) - 1
	if mayBeCard(d) {
		return true
	}
	for _, c := range [...][]byte{d[1:], d[:most]} {
		if mayBeCard(c) && (len(bytes.Trim(d, "0")) < len(d) || known4(prefix(c, 4)) || !luhn(c)) {
			return true
		}
	}
	return (d[0] == '0' && mayBeCard(d[2:])) || (d[most] == '0' && mayBeCard(d[:most-1]))
}

// mayPrinted tells whether the digits of a text are grouped as an identity
// number is printed, as uniform takes it, or whether a dash or many groups may
// make one of them, as printedWith takes it.
func mayPrinted(t []byte, digits uint64) bool {
	sizes := groupSizes(digits)
	switch sizes {
	case 324, 3332, 23342, 281, 64, 22232, 3442, 2331, 84:
		return true
	case 334: // a telephone number
		return false
	case phoneAndDaySizes:
		return !phoneAndDay(t, digits, new([maxPlain]byte))
	}
	return sizes >= manySizes || sizes > 9 && bytes.IndexByte(t, '-') >= 0
}

const phoneAndDaySizes = 3344

// phoneAndDay tells whether the digits of a text are a telephone number and a day,
// as in 866-579-7172 0511, and not a Brazilian company's number. It gathers them in d.
func phoneAndDay(t []byte, digits uint64, d *[maxPlain]byte) bool {
	last := bits.Len64(digits) - len(" 0511")
	if last < len("866-579-7172") || t[last] != ' ' || t[last-5] != '-' || t[last-9] != '-' || groupSizes(digits) != phoneAndDaySizes {
		return false
	}
	for i := range d {
		d[i] = t[bits.TrailingZeros64(digits)]
		digits &= digits - 1
	}
	return !cnpj(d[:])
}

// manySizes is the least that groupSizes returns for manyGroups of groups.
const manySizes = 100_000

// groupSizes returns how many digits the groups have that digits is made of, a
// decimal each, at most manySizes.
func groupSizes(digits uint64) (sizes int) {
	for digits != 0 {
		digits >>= bits.TrailingZeros64(digits)
		n := bits.TrailingZeros64(^digits)
		sizes = min(sizes*10+n, manySizes)
		digits >>= n
	}
	return sizes
}

// mayIBAN tells whether two letters and a digit of a text of one block may
// begin an IBAN or a reference, as ibans finds them.
func (p *profile) mayIBAN(t []byte) bool {
	m := &p.planes
	words := m.letter
	if p.digits < minIBANDigits || bits.OnesCount64(words|m.digit) < minReference {
		return false
	}
	for left := m.digit &^ (m.digit << 1); left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		before := (words | m.digit) & (1<<i - 1)
		if before == 0 {
			continue
		}
		b := bits.Len64(before) - 1
		before &^= 1 << b
		if words>>b&1 == 0 || before == 0 {
			continue
		}
		a := bits.Len64(before) - 1
		if words>>a&1 != 0 && (fits(t[a], t[b], bits.OnesCount64(m.digit>>i), bits.OnesCount64((words|m.digit)>>i)) || m.mayDivide(t, i, t[a], t[b])) {
			return true
		}
	}
	return false
}

// mayDivide tells whether from the digit t[i] on, behind two letters, the
// letters and digits follow each other as in one of dividedCodes.
func (m *planes) mayDivide(t []byte, i int, a, b byte) bool {
	if n := m.digitsFrom(i); n != 2 && n != 6 { // no shape begins with others
		return false
	}
	left := (m.letter | m.digit) >> i << i
	for k := range dividedCodes {
		c := &dividedCodes[k]
		if c.letters == 2 && !ninoPrefix(upper(a), upper(b)) {
			continue
		}
		if m.follow(left, c.shape) {
			return true
		}
	}
	return false
}

// digitsFrom returns how many digits there are from the i-th byte to the next
// letter; 0 if there is none.
func (m *planes) digitsFrom(i int) int {
	next := m.letter >> (i & 63)
	if next == 0 {
		return 0
	}
	return bits.OnesCount64(m.digit >> (i & 63) & (next&-next - 1))
}

// follow tells whether the letters and digits at the bits of left begin with a
// shape: n for a digit, a for a letter, c for either.
func (m *planes) follow(left uint64, shape string) bool {
	for _, kind := range []byte(shape) {
		if left == 0 {
			return false
		}
		bit := left & -left
		if kind == 'n' && m.digit&bit == 0 || kind == 'a' && m.letter&bit == 0 {
			return false
		}
		left ^= bit
	}
	return true
}

// minReference is the length of the shortest ISO 11649 reference that is found.
const minReference = 9

// fits tells whether so many digits and alphanumerics, check digits included,
// may follow on a country's letters.
func fits(a, b byte, digits, alnums int) bool {
	f := &ibanForms[countryIndex(a, b)]
	if f.form == "" {
		return upper(a) == 'R' && upper(b) == 'F'
	}
	return alnums >= len(f.form)+2 && digits >= bytes.Count([]byte(f.form), []byte("n"))+2
}

// idleMark returns how many bytes from the mark t[i] on, which is one of m's
// others, mean nothing; 0 if they may.
func idleMark(t []byte, i int, m *planes) int {
	switch c := t[i]; c {
	case ',', '\'', '(', ')', '!':
		return 1
	case '-', '.', '&', '/':
		next := byteAt(t, i+1)
		if next == c || c == '-' && byteClass[next]&isUpper != 0 && digit(byteAt(t, i-1)) && !alnum(byteAt(t, i+2)) { // as the end of a DNI
			return 0
		}
		if !digit(next) || !digit(byteAt(t, i-1)) {
			return 1
		}
		return m.joint(t, i)
	case '*':
		if next := byteAt(t, i+1); !maskChar(next) && next != ' ' {
			return 1
		}
	}
	return 0
}

// isoRest is what follows on the year of a date.
const isoRest = len("-01-05")

// onlyDay tells whether the digits of a text that plain lets pass are a date.
func (p *profile) onlyDay() bool { return p.day && p.digits == len("20260105") }

// joint is idleMark for a mark between two digits: it looks at how many stand
// on either side.
func (m *planes) joint(t []byte, i int) int {
	before := bits.LeadingZeros64(^(m.digit << (block - i)))
	after := bits.TrailingZeros64(^(m.digit >> (i + 1)))
	switch c := t[i]; {
	case c == '-' && before == 4:
		if i+isoRest > len(t) || !isoDate(t[i-4:i+isoRest]) || i+isoRest < len(t) && (t[i+isoRest] == '-' || t[i+isoRest] >= 0x80 || alnum(t[i+isoRest])) {
			return 0
		}
		return isoRest
	case c == '-' && (before == 3 && after == 2 || before == 2 && after == 8 || before == 6 && after == 4): // as printedID
		return 0
	case c == '.' && before == after && (before == 2 || before == 3):
		return 0
	}
	return 1
}

// harmlessCues only matter to longer numbers, to values after a sign of
// assignment, or to known values, which mayKnow looks at anyway.
const harmlessCues = cueLink | cueCard | cueEnding | cueArticle | cueSecret | cuePhone

// mayCue tells whether a word of ASCII letters may be a cue that matters to a
// short number, and notes those that matter to known values only.
func mayCue(word []byte, cued *bool) bool {
	c := mayBeCue(word)
	if c&(cueCard|cueEnding|^harmlessCues) == 0 {
		return false
	}
	c = cueOf(word)
	*cued = *cued || c&(cueCard|cueEnding) != 0
	return c&^harmlessCues != 0
}

// mayKnow tells whether a digit sequence of a text of one block may hold a
// known value, by a look at every way in which knownNumbers would find one.
// p.cued tells that there is a word beside which five digits count.
func (l *lookup) mayKnow(t []byte, p *profile) bool {
	for left := p.planes.digit; left != 0; {
		part := p.planes.sequenceAt(left)
		left &^= part
		if n := bits.OnesCount64(part); n < minCued || n < minSuffix && !p.cued || n == len("20260105") && onlyDate(t, part) {
			continue
		}
		if l.mayHold(t, part, p.cued) {
			return true
		}
	}
	return false
}

// sequenceAt returns the first of the digits with those that follow it up to a
// letter.
func (m *planes) sequenceAt(digits uint64) uint64 {
	first := bits.TrailingZeros64(digits)
	if stop := (m.letter | m.high) >> first; stop != 0 {
		return digits & (1<<(first+bits.TrailingZeros64(stop)) - 1)
	}
	return digits
}

// askEnd returns 0 if no group of digits in a text ends in six that a known value
// ends in; letters between them are not looked at.
func (l *lookup) askEnd(t []byte, p *profile) (hit uint64) {
	if !l.ends.made || p.digits > l.shortest || len(t) < longestEnd {
		return 1
	}
	left := p.planes.digit
	if left>>bits.TrailingZeros64(left) == dayDigits { // known only if plain finds that it is none
		return 1
	}
	rest := (left + left&-left) & left
	count, last := 0, uint64(0) // digits, and the last eight of them
	for {
		size := bits.OnesCount64(left ^ rest)
		last = join(last, eightBefore(t, bits.TrailingZeros64(left)+size), size)
		if count += size; count >= minSuffix {
			hit |= l.ends.hasSix(last)
		}
		if rest == 0 {
			return hit
		}
		left, rest = rest, (rest+rest&-rest)&rest
	}
}

// dayDigits is where the digits of 2026-01-05 stand, from the first one on.
const dayDigits = 0b11_0_11_0_1111

// eightBefore returns t[end-8:end], the last byte highest; zeros stand for those
// before t.
func eightBefore(t []byte, end int) uint64 {
	if end >= 8 {
		return binary.LittleEndian.Uint64(t[end-8 : end])
	}
	return binary.LittleEndian.Uint64(t) << (8 * (8 - end) & 63)
}

// mayEndAny returns 0 if no group of digits in a text of one block ends as a
// known value does, nor does a whole one end inside of a group.
func (l *lookup) mayEndAny(t []byte, m *planes) (hit uint64) {
	if !l.ends.made || len(t) < longestEnd {
		return 1
	}
	apart, from := m.letter|m.high, uint64(1)
	count, last := 0, uint64(0) // digits, and the last eight of them
	starts := uint64(0)         // where groups start among the digits
	for left := m.digit; left != 0; {
		start := left & -left
		rest := (left + start) & left
		if apart&(start-from) != 0 {
			count, starts = 0, 0
		}
		starts |= 1 << (count & 63)
		i, size := bits.TrailingZeros64(start), bits.OnesCount64(left^rest)
		for ; size > 0 && count+size > l.shortest; size-- { // whole numbers end anywhere
			last = last>>8 | uint64(t[i])<<56
			if i, count = i+1, count+1; count >= l.shortest || size == 1 {
				hit |= l.endsAt(last, count, starts, size == 1)
			}
		}
		if size > 0 {
			last = join(last, eightBefore(t, i+size), size)
			count += size
			hit |= l.endsAt(last, count, starts, true)
		}
		left, from = rest, start
	}
	return hit
}

// join puts the last digits, so many, of the second of two ends behind the first.
func join(first, second uint64, digits int) uint64 {
	if digits >= longestEnd {
		return second
	}
	fresh := 8 * uint(digits) & 63
	drop := (64 - fresh) & 63
	return first>>fresh | second>>drop<<drop
}

// endsAt returns 0 if no known value ends as so many digits do, which last ends in:
// at the end of a group, where one of the groups starts, six or seven may be all of
// it.
func (l *lookup) endsAt(last uint64, count int, starts uint64, group bool) uint64 {
	if count < minSuffix || l.ends.hasSix(last) == 0 {
		return 0
	}
	if group && starts<<1>>((count-minSuffix)&63)&3 != 0 {
		return 1
	}
	if count < longestEnd {
		return 0
	}
	return l.ends.hasEight(last)
}

// onlyDate tells whether eight digits of a sequence are a date.
func onlyDate(t []byte, part uint64) bool {
	i := bits.TrailingZeros64(part)
	return i+len("2026-01-05") <= len(t) && isoDate(t[i:i+len("2026-01-05")])
}

// mayHold looks at all digits of a sequence.
func (l *lookup) mayHold(t []byte, part uint64, cued bool) bool {
	var d, starts [block]byte
	n, groups, last := 0, 0, -2
	for left := part; left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		if i > last+1 {
			starts[groups] = byte(n)
			groups++
		}
		last = i
		d[n] = t[i]
		n++
		end := part>>i>>1&1 == 0
		if end && cued && n-int(starts[groups-1]) == minCued {
			if _, ok := l.digits(d[n-minCued : n]); ok {
				return true
			}
		}
		if (end && n >= minSuffix || n >= l.shortest) && l.maybe(d[:n]) && (len(l.values) <= fewKnown || l.endsKnown(d[:n], starts[:groups], end)) {
			return true
		}
	}
	return false
}

// endsKnown tells whether a known value, or at the end of a group a suffix of
// one, ends where d does.
func (l *lookup) endsKnown(d, starts []byte, groupEnd bool) bool {
	for lens := l.lens; lens != 0; lens &= lens - 1 {
		n := bits.TrailingZeros64(lens)
		if n > len(d) {
			break
		}
		if _, ok := l.number(d[len(d)-n:]); ok {
			return true
		}
	}
	for _, a := range starts {
		if groupEnd && len(d)-int(a) >= minSuffix {
			if _, ok := l.number(d[a:]); ok {
				return true
			}
		}
	}
	return false
}

package redact

import "math/bits"

// Many texts hold a short number or two and nothing else of note: the branch
// of a shop, a day, a reference. The shortcut below tells those in which no
// detector could find anything, so that only the known values remain to be
// asked. It must never be wider than the detectors: TestPlainIsSafe compares.

// maxPlain is the most digits that the shortcut deals with; from twelve on
// they may be a card.
const maxPlain = 11

// plain tells whether a text is words and short numbers, set apart by spaces
// and harmless marks, with no word that could be a cue.
func plain(t []byte, p *profile) bool {
	if p.digits > maxPlain || len(t) > block || p.flags&(marks|isControl) != 0 || p.mixed || p.hex || p.shout || p.key || p.pairs >= minPairs {
		return false
	}
	m := &p.planes
	words := m.upper | m.lower
	if (words|m.high)<<1&m.digit|m.digit<<1&(words|m.high) != 0 {
		return false // glued
	}
	for others := m.other &^ m.high; others != 0; others &= others - 1 {
		i := bits.TrailingZeros64(others)
		n := idleMark(t, i, m)
		if n == 0 {
			return false
		}
		others &^= (1<<n - 1) << i &^ (1 << i)
	}
	for words != 0 {
		i := bits.TrailingZeros64(words)
		n := bits.TrailingZeros64(^(words >> i))
		if mayCue(t[i:i+n], &p.cued) {
			return false
		}
		words &^= (1<<n - 1) << i
	}
	return true
}

// idleMark returns how many bytes from the mark t[i] on, which is one of m's
// others, mean nothing; 0 if they may.
func idleMark(t []byte, i int, m *planes) int {
	switch c := t[i]; c {
	case ',', '\'', '(', ')', '!':
		return 1
	case '-', '.', '&', '/':
		next := byteAt(t, i+1)
		if next == c {
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

// joint is idleMark for a mark between two digits: it looks at how many stand
// on either side.
func (m *planes) joint(t []byte, i int) int {
	before := bits.LeadingZeros64(^(m.digit << (block - i)))
	after := bits.TrailingZeros64(^(m.digit >> (i + 1)))
	switch c := t[i]; {
	case c == '-' && before == 4:
		const rest = len("-01-05")
		if i+rest > len(t) || !isoDate(t[i-4:i+rest]) || i+rest < len(t) && (t[i+rest] == '-' || t[i+rest] >= 0x80 || alnum(t[i+rest])) {
			return 0
		}
		return rest
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
	if last := word[len(word)-1]; lower(last) == 'x' && lower(word[0]) == 'x' {
		return true // a mask
	}
	if len(word) == 1 && lower(word[0]) <= 'd' {
		return true // the end of a UK national insurance number
	}
	c := mayBeCue(word)
	if c&(cueCard|cueEnding|^harmlessCues) == 0 {
		return false
	}
	c = cueOf(word)
	*cued = *cued || c&(cueCard|cueEnding) != 0
	return c&^harmlessCues != 0
}

// mayKnow tells whether a digit sequence of a plain text may hold a known
// value, by a look at every way in which knownNumbers would find one. p.cued
// tells that there is a word beside which five digits count.
func (l *lookup) mayKnow(t []byte, p *profile) bool {
	var d [maxPlain]byte
	var starts [maxPlain]int
	n, groups, six, last := 0, 0, 0, -1
	least := max(8, bits.TrailingZeros64(l.lens)) // inside of a group only a whole number can end
	letters := p.planes.upper | p.planes.lower | p.planes.high
	for left := p.planes.digit; left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		if last < 0 || i > last+1 {
			if letters&(1<<i-1)>>(last+1) != 0 {
				n, groups, six = 0, 0, 0
			}
			starts[groups] = n
			groups++
		}
		last = i
		d[n] = t[i]
		n++
		six = six%100_000*10 + int(t[i]-'0')
		end := left>>1>>i&1 == 0
		if end && p.cued && n-starts[groups-1] == minCued {
			if _, ok := l.digits(d[n-minCued : n]); ok {
				return true
			}
		}
		if (end && n >= minSuffix || n >= least) && l.maybe(six) && l.endsKnown(d[:n], starts[:groups], end) {
			return true
		}
	}
	return false
}

// endsKnown tells whether a known value, or at the end of a group a suffix of
// one, ends where d does.
func (l *lookup) endsKnown(d []byte, starts []int, groupEnd bool) bool {
	for lens := l.lens; lens != 0; lens &= lens - 1 {
		n := bits.TrailingZeros64(lens)
		if n > len(d) {
			break
		}
		if _, ok := l.digits(d[len(d)-n:]); ok {
			return true
		}
	}
	for _, a := range starts {
		if groupEnd && len(d)-a >= minSuffix {
			if _, ok := l.digits(d[a:]); ok {
				return true
			}
		}
	}
	return false
}

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
	if p.digits > maxPlain || p.flags&(marks|isControl) != 0 || p.mixed || p.hex || p.shout || p.key || p.pairs >= minPairs {
		return false
	}
	for i := 0; i < len(t); {
		c := t[i]
		switch {
		case letter(c):
			j := i + 1
			for j < len(t) && letter(t[j]) {
				j++
			}
			if digit(byteAt(t, j)) || mayCue(t[i:j], &p.cued) {
				return false
			}
			i = j
		case c >= 0x80:
			if i++; digit(byteAt(t, i)) {
				return false
			}
		case digit(c) && len(t)-i >= len("2026-01-05") && t[i+4] == '-':
			if !isoDate(t[i : i+len("2026-01-05")]) {
				return false
			}
			if i += len("2026-01-05"); alnum(byteAt(t, i)) || byteAt(t, i) == '-' || byteAt(t, i) >= 0x80 {
				return false
			}
		case digit(c):
			for i < len(t) && digit(t[i]) {
				i++
			}
			if i < len(t) && (letter(t[i]) || t[i] >= 0x80) {
				return false
			}
		case c == ' ' || c == ',' || c == '\'' || c == '(' || c == ')' || c == '!':
			i++
		case c == '-' || c == '.' || c == '&' || c == '/':
			if next := byteAt(t, i+1); digit(next) && digit(byteAt(t, i-1)) || next == c {
				return false
			}
			i++
		case c == '*' && !maskChar(byteAt(t, i+1)) && byteAt(t, i+1) != ' ':
			i++
		default:
			return false
		}
	}
	return true
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
// value, by a look at every way in which knownNumbers would find one. cued
// tells that there is a word beside which five digits count.
func (l *lookup) mayKnow(t []byte, cued bool) bool {
	var d [maxPlain]byte
	var starts [maxPlain]int
	n, groups, six := 0, 0, 0
	shortest := bits.TrailingZeros64(l.lens) // inside of a group only a whole number can end
	for i, c := range t {
		if !digit(c) {
			if letter(c) || c >= 0x80 {
				n, groups, six = 0, 0, 0
			}
			continue
		}
		if n == len(d) {
			return true
		}
		if i == 0 || !digit(t[i-1]) {
			starts[groups] = n
			groups++
		}
		d[n] = c
		n++
		six = six%100_000*10 + int(c-'0')
		end := !digit(byteAt(t, i+1))
		if end && cued && n-starts[groups-1] == minCued {
			if _, ok := l.digits(d[n-minCued : n]); ok {
				return true
			}
		}
		if (end && n >= minSuffix || n >= max(8, shortest)) && l.maybe(six) && l.endsKnown(d[:n], starts[:groups], end) {
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

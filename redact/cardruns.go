package redact

// Other numbers may stand in the leaves before and behind those over which a card is
// divided: {"n":"77","a":"4111111111","b":"111111"}. Joined, they hide it: two or
// three numbers side by side in a text are not one. Leaves are: what each of them
// holds alone is known.

// cardsAmong looks for cards, and for other numbers whose check is strict, that some of
// the parts make up without the others.
func (s *scan) cardsAmong() {
	c := &s.walk.chain
	for from := 0; len(c.parts) > 2 && from < len(c.parts)-1; from++ {
		var d [longestRunDigits]byte
		n, ok := 0, !c.parts[from].neutral
		for to := from; ok && n < len(d) && to < len(c.parts); to++ {
			p := &c.parts[to]
			if p.neutral {
				continue
			}
			if n, ok = c.digitsOf(p, d[:], n, to == from); ok && to > from && mayStandAlone(d[:n]) && c.mayRun(s.walk.src, from, to) {
				s.joinedParts(0, from, to+1)
			}
		}
	}
}

// longestRunDigits is the length of the longest of them, a CBU.
const longestRunDigits = 22

// mayStandAlone tells whether digits are a number that is found without a cue.
func mayStandAlone(d []byte) bool {
	switch n := len(d); {
	case n == longestRunDigits:
		return cbu(d)
	case n == 18 && clabe(d):
		return true
	default:
		return n >= 12 && n <= longestPAN && mayBeCard(d)
	}
}

// digitsOf appends the digits of a part to the n of d: of the first part those behind
// its last letter, of others all up to their first. Whether others may follow tells
// ok.
func (c *chain) digitsOf(p *part, d []byte, n int, first bool) (int, bool) {
	for _, b := range c.text[p.from : p.from+p.size] {
		switch {
		case digit(b):
			if n == len(d) {
				return n, false
			}
			d[n] = b
			n++
		case (letter(b) || b >= 0x80) && first:
			n = 0
		case letter(b) || b >= 0x80:
			return n, true
		}
	}
	return n, true
}

// mayRun tells whether the parts [from, to] may be a number beside others. A part of a
// list of numbers, or of strings that are as long as each other, is not.
func (c *chain) mayRun(src []byte, from, to int) bool {
	first, last := &c.parts[from], &c.parts[to]
	if first.parent != last.parent || first.parent < 0 || src[first.parent] != '[' {
		return true
	}
	all, numbers, same := true, false, true
	for k := range c.parts {
		if p := &c.parts[k]; p.parent == first.parent {
			all = all && k >= from && k <= to
			numbers = numbers || p.number
			same = same && p.size == first.size
		}
	}
	return all || !numbers && !same
}

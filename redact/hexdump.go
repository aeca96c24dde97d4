package redact

// Hexadecimal as dumps print it: pairs, or words of a few, with spaces or marks
// between them.

// minPairs is the fewest separate hexadecimal pairs that are decoded.
const minPairs = 6

// spacedHex decodes words of one or more pairs of hexadecimal digits with
// separators or "0x" between them: "34 31 31", "0x34, 0x31", "3431 3131".
func (s *scan) spacedHex(v *view, depth int) {
	t := v.t
	for i := 0; i < len(t); {
		if unhex(t[i]) > 15 || i > 0 && alnum(t[i-1]) {
			i++
			continue
		}
		n, next := hexWord(t, i)
		if n == 0 {
			i++
			continue
		}
		if pairs, end := hexPairs(t, i); pairs < minPairs-2 { // one more may be glued on at either end
			i = end
			continue
		}
		mark := s.used
		raw := s.view(len(t) - i)
		if c, k := gluedBefore(t, i); k > 0 {
			raw.push(c, int32(k), 0)
		}
		end := i
		for n > 0 {
			end = i + n
			for k := hexStart(t, i); k < end; k += 2 {
				c, _ := hexByte(t, k)
				raw.push(c, int32(k), 0)
			}
			i = next
			n, next = hexWord(t, i)
		}
		if c, ok := hexByte(t, i); ok && i > end { // the last pair may have letters glued on
			raw.push(c, int32(i), 0)
			end = i + 2
		}
		raw = s.keep(raw)
		if start := raw.lo[0]; len(raw.t) >= minPairs && s.charge(v, int(start), end, len(raw.t)) {
			s.decoded(v, raw.t, place{num: 1, den: 1, at: raw.lo}, int(start), end, depth)
		}
		s.used = mark
		i = max(i, end)
	}
}

// hexPairs counts the pairs from t[i:] on and returns where the last one ends.
func hexPairs(t []byte, i int) (pairs, end int) {
	for {
		n, next := hexWord(t, i)
		if n == 0 {
			return pairs, end
		}
		pairs, end, i = pairs+(i+n-hexStart(t, i))/2, i+n, next
	}
}

// gluedBefore returns the pair that ends the word before the separator before
// t[i], and where it starts; 0 for none.
func gluedBefore(t []byte, i int) (c byte, at int) {
	at = i
	for at > 0 && i-at < 3 && !alnum(t[at-1]) {
		at--
	}
	if at < 2 || at == i {
		return 0, 0
	}
	c, ok := hexByte(t, at-2)
	if !ok {
		return 0, 0
	}
	return c, at - 2
}

// longestHexWord is the most pairs of a word that is one of many: more are
// decoded alone.
const longestHexWord = 8

// hexStart returns where the pairs of the word t[i:] begin, behind "0x".
func hexStart(t []byte, i int) int {
	if byteAt(t, i) == '0' && lower(byteAt(t, i+1)) == 'x' {
		return i + 2
	}
	return i
}

// hexWord reads one word of pairs at t[i:], "0x" before it included, that is
// not part of a longer word. next is where another one may start.
func hexWord(t []byte, i int) (n, next int) {
	if i >= len(t) || i > 0 && alnum(t[i-1]) {
		return 0, i
	}
	from := hexStart(t, i)
	k := from
	for k < len(t) && k-from < 2*longestHexWord && unhex(t[k]) < 16 {
		k++
	}
	if k == from || (k-from)%2 != 0 || k < len(t) && alnum(t[k]) {
		return 0, i
	}
	next = k
	for next < len(t) && next-k < 3 && t[next] < 0x80 && !alnum(t[next]) {
		next++
	}
	return k - i, afterAddress(t, next)
}

// afterAddress returns where the pairs of a line of a dump begin, if one begins at
// t[i:] with the address of its first byte.
func afterAddress(t []byte, i int) int {
	const digits, marks = 8, 3
	if byteAt(t, i-1) != '\n' || i+digits > len(t) {
		return i
	}
	for _, c := range t[i : i+digits] {
		if unhex(c) > 15 {
			return i
		}
	}
	k := i + digits
	for k < len(t) && k-i-digits < marks && (t[k] == ' ' || t[k] == ':') {
		k++
	}
	if k < i+digits+2 {
		return i
	}
	return k
}

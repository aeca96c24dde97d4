package redact

// Marks of any kinds may be strewn over an encoding, also such as other marks divide
// already: 34:3|5 :35-/31, NDUz.OTU3-ODc2 MzYy|MTQ4/Ng==.

// strewnHex decodes hexadecimal between whose digits marks of any kinds stand, up to
// the next letter that is none of it.
func (s *scan) strewnHex(v *view, depth int) {
	for i := 0; i < len(v.t); i++ {
		from := i
		if i = hexStretch(v.t, from); i-from <= minHex || i-from > maxSpread || !pairsOfText(v.t[from:i]) {
			continue
		}
		mark := s.used
		out := s.view(i - from)
		for k := from; k < i; k++ {
			switch c := v.t[k]; {
			case unhex(c) < 16:
				out.push(c, v.from(k), v.to(k))
			case alnum(c): // the x of 0x
				out.t, out.lo, out.hi = out.t[:len(out.t)-1], out.lo[:len(out.t)-1], out.hi[:len(out.t)-1]
			}
		}
		if out = s.keep(out); len(out.t) >= minHex {
			s.hexRun(&out, 0, len(out.t), depth)
		}
		s.used = mark
	}
}

// hexStretch returns where hexadecimal digits and marks end that begin at t[i:], each
// x behind a zero taken for a mark.
func hexStretch(t []byte, i int) int {
	last := byte(0)
	for ; i < len(t); i++ {
		switch c := t[i]; {
		case unhex(c) < 16:
			last = c
		case lower(c) == 'x' && last == '0':
			last = 0
		case alnum(c) || c >= 0x80:
			return i
		}
	}
	return i
}

// pairsOfText tells whether hexadecimal digits that marks divide may be digits and
// capitals of ASCII, three in four of them: every other is a 3, a 4 or a 5.
func pairsOfText(t []byte) bool {
	n := 0
	var highs [2]int // of pairs that begin at an even digit, and at an odd one
	for _, c := range t {
		switch {
		case unhex(c) < 16:
			if c >= '3' && c <= '5' {
				highs[n&1]++
			}
			n++
		case alnum(c):
			n--
		}
	}
	return n >= minHex && n < len(t) && 8*max(highs[0], highs[1]) >= 3*n
}

// strewnBase64 decodes base64 that was cut into words of one length, but for the last,
// whatever marks stand between them.
func (s *scan) strewnBase64(v *view, depth int) {
	if len(v.t) > maxSpread {
		return
	}
	for i := 0; i < len(v.t); {
		from, end := nextWord(v.t, i, len(v.t))
		if i = end; from == end { // a character beyond ASCII, or the end
			i++
			continue
		}
		size, words := end-from, 1
		for n := size; n == size; {
			a, b := nextWord(v.t, end, maxEvenGap)
			if n = b - a; n > 0 && n <= size {
				end = b
				words++
			}
		}
		if size < 2 || size > maxPiece || words < minShorts || end-from < minSpread {
			continue
		}
		mark := s.used
		out := s.view(end - from)
		for k := from; k < end; k++ {
			if alnum(v.t[k]) {
				out.push(v.t[k], v.from(k), v.to(k))
			}
		}
		if out = s.keep(out); spreadCode(out.t, 0, 0) {
			s.base64Run(&out, 0, len(out.t), depth)
			i = end
		}
		s.used = mark
	}
}

// nextWord returns where the next letters and digits in a row begin and end, behind no
// more marks of ASCII than most; a == b if there are none.
func nextWord(t []byte, i, most int) (a, b int) {
	a = i
	for a < len(t) && a-i < most && !alnum(t[a]) && t[a] < 0x80 {
		a++
	}
	b = a
	for b < len(t) && alnum(t[b]) {
		b++
	}
	return a, b
}

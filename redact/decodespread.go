package redact

import (
	"bytes"
	"math/bits"
)

// An encoded text may be divided by marks that do not belong to it, such as
// NDExM.TExMT.ExMTE.x or %34-%31-%3-1. Without one kind of mark, and spaces, what
// is left is decoded; its digits are looked at in no other way.

// Limits of what is read without its marks.
const (
	minSpread  = 19  // letters and digits: fourteen digits in base64
	maxSpread  = 512 // bytes; what is longer is lines, which wrapped reads
	hexSpread  = 3   // one in so many characters of digits in hexadecimal is a 3, at least
	wideSpread = 4   // one in so many characters of UTF-16 in base64 is an A, which is zero, at least
	upSpread   = 6   // one in so many characters of base64 is a capital behind none, at least
)

// What compressed data begins with (RFC 1952, 2.3.1), in hexadecimal and in base64.
const (
	hexGzip    = "1f8b08"
	base64Gzip = "H4sI"
)

// dividedText is a piece of a text without spaces, or all of it.
type dividedText struct {
	from, to int
	mark     byte // that it has most of, or second most
	other    byte // that it has second most of, if both divide it
}

// spreads lists the parts of a text that are long enough to hold an encoding and
// that marks or spaces divide, until yield says no.
func spreads(t []byte, yield func(dividedText) bool) {
	if len(t) < minSpread || len(t) > maxSpread {
		return
	}
	if !spreadMarks(t, 0, len(t), yield) {
		return
	}
	for i := 0; i < len(t); {
		j := i
		for j < len(t) && t[j] > ' ' {
			j++
		}
		if j-i >= minSpread && j-i < len(t) && !spreadMarks(t, i, j, yield) {
			return
		}
		i = j + 1
	}
}

// spreadMarks yields a part with each of the marks that may divide it, and tells
// whether yield wants more.
func spreadMarks(t []byte, i, j int, yield func(dividedText) bool) bool {
	marks, divided := mostMarks(t[i:j])
	switch {
	case !divided:
		return true
	case base64Char(marks[0]) && bytes.ContainsAny(t[i:j], " \t\r\n") && !yield(dividedText{i, j, 0, 0}): // it may be one of the characters
		return false
	case !yield(dividedText{i, j, marks[0], 0}):
		return false
	case marks[0] != 0 && j-i == len(t): // what stands around it is no part of it
		if a, b := marked(t, marks[0]); b-a >= minSpread && b-a < j-i && !yield(dividedText{a, b, marks[0], 0}) {
			return false
		}
	}
	return marks[1] == 0 || yield(dividedText{i, j, marks[1], 0}) && yield(dividedText{i, j, marks[0], marks[1]})
}

// marked returns the part of a text that may be base64 with a mark, which the text
// has: from what stands before the first one to what stands behind the last.
func marked(t []byte, mark byte) (a, b int) {
	a, b = bytes.IndexByte(t, mark), bytes.LastIndexByte(t, mark)+1
	for a > 0 && base64Char(t[a-1]) {
		a--
	}
	for b < len(t) && (base64Char(t[b]) || t[b] == '=') {
		b++
	}
	return a, b
}

// spread tells whether a text has a part that is base64 or hexadecimal but for
// its marks.
func spread(t []byte) bool {
	found := false
	spreads(t, func(p dividedText) bool {
		found = spreadCode(t[p.from:p.to], p.mark, p.other)
		return !found
	})
	return found
}

// spread decodes the parts of a view without the mark that they have most of.
func (s *scan) spread(v *view, p *profile, depth int) {
	escapes := p.flags&(isBack|isAssign) != 0 || p.flags&isEscape != 0 && escapeLike(v.t)
	code := p.broken || p.mixed || p.hex || p.digits > maxPlain
	if !escapes && !code {
		return
	}
	spreads(v.t, func(part dividedText) bool {
		from := s.used
		out := s.view(part.to - part.from)
		for k := part.from; k < part.to; k++ {
			if c := v.t[k]; c > ' ' && c != part.mark && c != part.other {
				out.push(c, v.from(k), v.to(k))
			}
		}
		out = s.keep(out)
		switch {
		case escapes && escaped(out.t):
			s.escapes(out, depth)
		case code && spreadCode(out.t, 0, 0):
			s.hexRuns(&out, 0, len(out.t), depth)
			s.base64Run(&out, 0, len(out.t), depth)
		}
		s.used = from
		return true
	})
	if code {
		s.strewnHex(v, depth)
		s.strewnBase64(v, depth)
	}
}

// mostMarks returns the two marks, other than those of escapes, that stand most often
// in a text, and whether one or a space stands between two parts.
func mostMarks(t []byte) (marks [2]byte, divided bool) {
	var n [0x80]uint16
	for _, c := range t {
		if c < 0x80 && !alnum(c) {
			n[c]++
			divided = divided || c <= ' '
		}
	}
	const fewSigns = 3 // of equality, at the end of base64
	most := [2]uint16{}
	for c := byte('!'); c < 0x7F; c++ {
		switch {
		case n[c] <= most[1] || bytes.IndexByte([]byte(`%\&{}`), c) >= 0 || c == '=' && n[c] < fewSigns || n['&'] > 1 && (c == '#' || c == ';') || c == '+' && n['{'] > 1 && n['\\'] > 1:
		case n[c] > most[0]:
			marks, most = [2]byte{c, marks[0]}, [2]uint16{n[c], most[0]}
		default:
			marks[1], most[1] = c, n[c]
		}
	}
	return marks, divided || most[0] > 0
}

// escaped tells whether escape sequences make up most of a text.
func escaped(t []byte) bool {
	covered := 0
	for i, c := range t {
		switch next := lower(byteAt(t, i+1)); {
		case c == '%' || c == '=':
			if _, ok := hexByte(t, i+1); ok {
				covered += len("%20")
			} else if next == 'u' {
				covered += len("%u0020")
			}
		case c == '\\' && next == 'n' && byteAt(t, i+2) == '{':
			covered += len(`\N{U+0020}`)
		case c == '\\' && next == 'u':
			covered += len(`\u0020`)
		case c == '\\' && (next == 'x' || next >= '0' && next <= '7'):
			covered += len(`\x20`)
		case c == '&' && next == '#':
			covered += len("&#32;")
		}
	}
	return len(t) >= minSpread && 2*covered >= len(t)
}

// spreadCode tells whether a text without spaces and two marks may be the hexadecimal
// digits of numbers, or base64.
func spreadCode(t []byte, mark, other byte) bool {
	n, changes, threes, digits, small, zeros, hex, last := 0, 0, 0, 0, 0, 0, true, byte(0)
	var head [len(hexGzip)]byte
	for _, c := range t {
		if c <= ' ' || c == mark || c == other {
			continue
		}
		if !base64Char(c) && c != '=' {
			return false
		}
		if hex = hex && unhex(c) < 16; digit(c) {
			digits++
		}
		if c == '3' {
			threes++
		}
		if c == 'A' {
			zeros++
		}
		if byteClass[c]&isLower != 0 {
			small++
		}
		if last != 0 && byteClass[c]&isUpper != 0 && byteClass[last]&isUpper == 0 {
			changes++
		}
		if n < len(head) {
			head[n] = c
		}
		n, last = n+1, c
	}
	if hex {
		return n >= minHex && (hexSpread*threes >= n || bytes.EqualFold(head[:], []byte(hexGzip)))
	}
	return n >= minSpread && digits >= 2 && (bytes.HasPrefix(head[:], []byte(base64Gzip)) || 10*small >= n && upSpread*changes >= n || wideSpread*zeros >= n)
}

// divided tells whether a block has two words or more, and capitals, other letters
// and digits follow each other in it as they do in base64 of digits.
func (m *planes) divided(t []byte) bool {
	words := m.letter | m.digit
	if starts := words &^ (words << 1); starts&(starts-1) == 0 {
		return false
	}
	n, digits, letters := bits.OnesCount64(words), bits.OnesCount64(m.digit), bits.OnesCount64(m.letter)
	if n < minSpread || 10*digits < n || 2*digits > n {
		return false
	}
	upper := m.uppers(t)
	capitals := bits.OnesCount64(upper)
	if wideSpread*bytes.Count(t[:min(len(t), block)], []byte("A")) >= n {
		return true
	}
	return 5*capitals >= n && 10*(letters-capitals) >= n && 8*bits.OnesCount64((words&^upper)<<1&upper) >= n
}

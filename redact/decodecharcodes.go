package redact

import (
	"bytes"
	"unicode/utf8"
)

// Text as the codes of its characters, as programs print buffers of bytes: 52, 49, 49,
// 49 or {"type":"Buffer","data":[52,49,49,49]}, in decimal digits; in binary ones
// 00110100 00110001.

// Limits of a row of such codes.
const (
	fewestCodes = 8       // numbers: fewer characters are no number that is found
	longestSep  = 24      // bytes between two: a comma, a line break and what it is indented by
	cueOfCodes  = 48      // bytes before the row, which may say what it is
	binaryCode  = 8       // digits of a byte
	decimalCode = 3       // at most
	rowOfCodes  = 1 << 12 // elements of an array that are read at a time
	rowsShare   = 1 << 8  // of which the next row begins with as many again
)

// charCodes reads the rows of codes in a view.
func (s *scan) charCodes(v *view, depth int) {
	t := v.t
	for i := 0; i < len(t); {
		if !digit(t[i]) || i > 0 && alnum(t[i-1]) {
			i++
			continue
		}
		mark := s.used
		out := s.view(cueOfCodes + (len(t)-i)/2)
		out.copy(*v, max(0, i-cueOfCodes), i)
		codes, sep := 0, byte(0)
		from, size := i, 0
		for {
			c, n := codeAt(t, i)
			if n == 0 || size > 0 && (n == binaryCode) != (size == binaryCode) {
				break
			}
			size = n
			out.push(c, v.from(i), v.to(i+n-1))
			i += n
			codes++
			next, mark := afterCode(t, i)
			if next == i || sep != 0 && mark != sep {
				break
			}
			i, sep = next, mark
		}
		out = s.keep(out)
		if row := out.t[max(0, len(out.t)-codes):]; codes >= fewestCodes && (readable(row) || calledCodes(t, from) && utf8.Valid(row)) && s.charge(v, from, i, len(out.t)) {
			before, p := len(s.spans), profileOf(out.t)
			s.examine(out, depth+1, &p)
			s.keepBehind(before, int(v.from(from)))
		}
		s.used = mark
		for i < len(t) && digit(t[i]) {
			i++
		}
	}
}

// codePoints reads characters that are written as code points of Unicode: U+0034 U+0031.
// What stands between two of them is nothing.
func (s *scan) codePoints(v *view, depth int) {
	const marks = 3
	n := 0
	for i := 0; i < len(v.t) && n < minSuffix; i++ {
		k := bytes.Index(v.t[i:], codePoint)
		if k < 0 {
			return
		}
		if i += k; codePointAt(v.t, i) > 0 {
			n++
		}
	}
	if n < minSuffix {
		return
	}
	mark := s.used
	out, from := s.view(len(v.t)), 0 // v.t[from:] is not copied yet
	for i := 0; i < len(v.t); {
		k := bytes.Index(v.t[i:], codePoint)
		if k < 0 {
			break
		}
		i += k
		end := i + codePointAt(v.t, i)
		if end == i {
			i++
			continue
		}
		r, _ := hexRune(v.t[i+len(codePoint) : end])
		if from == 0 || i-from > marks || lastAlnum(v.t[from:i]) >= 0 {
			out.copy(*v, from, i)
		}
		at := len(out.t)
		out.t = utf8.AppendRune(out.t, r)
		out.cover(at, v.from(i), v.to(end-1))
		i, from = end, end
	}
	out.copy(*v, from, len(v.t))
	if out = s.keep(out); s.charge(v, 0, len(v.t), len(out.t)) {
		p := profileOf(out.t)
		s.examine(out, depth+1, &p)
	}
	s.used = mark
}

// codePoint begins one.
var codePoint = []byte("U+")

// codePointAt returns the length of the one that t[i:] begins, 0 for none.
func codePointAt(t []byte, i int) int {
	digits := hexLength(t[i+len(codePoint):])
	end := i + len(codePoint) + digits
	if digits < len("0034") || digits > len("10FFFF") || i > 0 && alnum(t[i-1]) || end < len(t) && alnum(t[end]) {
		return 0
	}
	if _, ok := hexRune(t[end-digits : end]); !ok {
		return 0
	}
	return end - i
}

// lastAlnum returns the place of the last letter or digit of a text, -1 without one.
func lastAlnum(t []byte) int {
	return bytes.LastIndexFunc(t, func(r rune) bool { return r >= utf8.RuneSelf || alnum(byte(r)) })
}

// keepBehind drops of the findings from one on those that end before a place.
func (s *scan) keepBehind(from, place int) {
	kept := s.spans[:from]
	for _, sp := range s.spans[from:] {
		if sp.hi > place {
			kept = append(kept, sp)
		}
	}
	s.spans = kept
}

// codeAt reads the code at t[i]; n is its size, 0 if there is none.
func codeAt(t []byte, i int) (c byte, n int) {
	for i+n < len(t) && n <= binaryCode && digit(t[i+n]) {
		n++
	}
	if i+n < len(t) && letter(t[i+n]) {
		return 0, 0
	}
	c, ok := charCode(t[i : i+n])
	if !ok {
		return 0, 0
	}
	return c, n
}

// charCode returns the byte of which a number is the code.
func charCode(number []byte) (c byte, ok bool) {
	base := 10
	switch n := len(number); {
	case n == binaryCode:
		base = 2
	case n == 0 || n > decimalCode:
		return 0, false
	}
	code := 0
	for _, c := range number {
		d := int(c - '0')
		if d >= base || d < 0 {
			return 0, false
		}
		code = code*base + d
	}
	return byte(code), code <= 0xFF
}

// afterCode returns where the code behind t[i] begins, and the mark between the two, a
// space if nothing else is.
func afterCode(t []byte, i int) (next int, mark byte) {
	mark = ' '
	for next = i; next < len(t) && next-i < longestSep; next++ {
		switch c := t[next]; c {
		case ' ', '\n', '\r', '\t':
		case ',', ';', '-', '|', '.', ':', '/', '\\', '_':
			if mark != ' ' {
				return i, 0
			}
			mark = c
		case ')':
			if next == i {
				if end := nextCall(t, i); end > 0 {
					return end, c
				}
			}
			return i, 0
		default:
			if !digit(c) {
				return i, 0
			}
			return next, mark
		}
	}
	return i, 0
}

// nextCall returns where the code stands in the call behind t[i], the end of another:
// chr(52)+chr(53), CHAR(52) || CHAR(53). 0 if there is none.
func nextCall(t []byte, i int) int {
	k := i + 1
	for k < min(len(t), i+longestSep) && bytes.IndexByte([]byte(" +.&|,"), t[k]) >= 0 {
		k++
	}
	from := k
	for k < min(len(t), i+longestSep) && letter(t[k]) {
		k++
	}
	if byteAt(t, k) != '(' || !digit(byteAt(t, k+1)) {
		return 0
	}
	if codeCall(t[from:k]) {
		return k + 1
	}
	return 0
}

// codeCall tells whether a word is the name of a call that makes a character of its code.
func codeCall(word []byte) bool {
	for _, name := range [...]string{"chr", "char", "chrw", "nchar", "unichr", "fromCharCode", "fromCodePoint"} {
		if sameWord(word, name) {
			return true
		}
	}
	return false
}

// calledCodes tells whether the row of codes at t[i] is what such a call is given, so that
// it is text whatever it reads as: CHAR(52)+CHAR(124), String.fromCharCode(52,124),
// map(chr, [52, 124]).
func calledCodes(t []byte, i int) bool {
	k := i
	for k > 0 && i-k < len(", [ ") && bytes.IndexByte([]byte("([, "), t[k-1]) >= 0 {
		k--
	}
	from := k
	for from > 0 && k-from < len("fromCodePoint") && letter(t[from-1]) {
		from--
	}
	return k < i && codeCall(t[from:k])
}

// charParts reads the parts of a row as codes of characters, if all are.
func (s *scan) charParts() {
	c := &s.walk.coded
	if len(c.parts) < fewestCodes {
		return
	}
	out := s.view(len(c.parts))
	for k := range c.parts {
		p := &c.parts[k]
		code, ok := charCode(c.text[p.from : p.from+p.size])
		if !ok || !p.element {
			s.used--
			return
		}
		out.push(code, int32(p.from), int32(p.from+p.size))
	}
	if out = s.keep(out); readable(out.t) {
		p := profileOf(out.t)
		s.examine(out, 1, &p)
	}
	s.used--
}

// readable tells whether what codes make is a text and not what ages, scores or
// temperatures would make: nothing but letters, digits and spaces, one mark in ten aside,
// or with a word in small letters, or nothing but digits and the marks between them. What
// is not ASCII tells by its form that it is text.
func readable(t []byte) bool {
	const word, fewMarks, fewEscapes = 4, 10, 3
	marks, small, longest, letters := 0, 0, 0, 0
	for _, c := range t {
		switch {
		case c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7F:
			return false
		case byteClass[c]&isLower != 0:
			small++
			letters++
			longest = max(longest, small)
			continue
		case c >= utf8.RuneSelf || letter(c):
			letters++
		case c > ' ' && !digit(c) && c != '-' && c != '.' && c != '/':
			letters++
			marks++
		case c > ' ' && !digit(c):
			marks++
		}
		small = 0
	}
	return utf8.Valid(t) && (marks*fewMarks <= len(t) || longest >= word || letters == 0 || escapesIn(t) >= fewEscapes)
}

// escapesIn counts what begins as an escape sequence does.
func escapesIn(t []byte) (n int) {
	for _, begin := range [...]string{"&#", "amp;", `\u`, `\x`, `\N`, `\0`, "%3", "=3", "</", "<!", "<b", "<s", "<i", "<w"} {
		n += bytes.Count(t, []byte(begin))
	}
	return n
}

// codeArray reads the array src[i:end] as codes of characters, if it has nothing but
// such numbers.
func (s *scan) codeArray(i, end int) {
	w := &s.walk
	c := &w.coded
	s.decode()
	for i++; i < end; {
		i = space(w.src, i)
		k := i
		for k < end && digit(w.src[k]) {
			k++
		}
		if _, ok := charCode(w.src[i:k]); !ok {
			c.reset()
			return
		}
		c.parts = append(c.parts, part{i: i, end: k, from: len(c.text), size: k - i, element: true, number: true})
		c.text = append(c.text, w.src[i:k]...)
		if i = space(w.src, k); i < end && w.src[i] != ',' {
			c.reset()
			return
		}
		if i++; len(c.parts) == rowOfCodes || i >= end {
			s.spans, s.used, s.cue, s.work = s.spans[:0], 0, w.keyCue(false), maxDecode
			s.charParts()
			s.merge()
			s.editParts()
			shared := c.parts[max(0, len(c.parts)-rowsShare):]
			from := shared[0].from
			for n := range shared {
				shared[n].from -= from
			}
			c.text = append(c.text[:0], c.text[from:]...)
			c.parts = append(c.parts[:0], shared...)
		}
	}
	s.cue = 0
	c.reset()
}

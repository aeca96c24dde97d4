package reading

import (
	"bytes"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// Text as the codes of its characters, as programs print buffers of bytes: 52, 49, 49,
// 49 or {"type":"Buffer","data":[52,49,49,49]}, in decimal digits; in binary ones
// 00110100 00110001.

// Limits of a row of such codes.
const (
	FewestCodes = 8       // numbers: fewer characters are no number that is found
	longestSep  = 24      // bytes between two: a comma, a line break and what it is indented by
	cueOfCodes  = 48      // bytes before the row, which may say what it is
	binaryCode  = 8       // digits of a byte
	decimalCode = 3       // at most
	RowOfCodes  = 1 << 12 // elements of an array that are read at a time
	RowsShare   = 1 << 8  // of which the next row begins with as many again
)

// charCodes reads the rows of codes in a view.
func (s *Scan) charCodes(v *finding.View, depth int) {
	t := v.Text
	for i := 0; i < len(t); {
		if !char.Digit(t[i]) || i > 0 && char.Alnum(t[i-1]) {
			i++
			continue
		}
		mark := s.Used
		out := s.View(cueOfCodes + (len(t)-i)/2)
		out.Copy(*v, max(0, i-cueOfCodes), i)
		codes, sep := 0, byte(0)
		from, size := i, 0
		for {
			c, n := codeAt(t, i)
			if n == 0 || size > 0 && (n == binaryCode) != (size == binaryCode) {
				break
			}
			size = n
			out.Push(c, v.From(i), v.To(i+n-1))
			i += n
			codes++
			next, mark := afterCode(t, i)
			if next == i || sep != 0 && mark != sep {
				break
			}
			i, sep = next, mark
		}
		out = s.Keep(out)
		if row := out.Text[max(0, len(out.Text)-codes):]; codes >= FewestCodes && (Readable(row) || calledCodes(t, from) && utf8.Valid(row)) && s.Charge(v, from, i, len(out.Text)) {
			before, p := len(s.Spans), profile.Of(out.Text)
			s.Examine(out, depth+1, &p)
			s.keepBehind(before, int(v.From(from)))
		}
		s.Used = mark
		for i < len(t) && char.Digit(t[i]) {
			i++
		}
	}
}

// codePoints reads characters that are written as code points of Unicode: U+0034 U+0031.
// What stands between two of them is nothing.
func (s *Scan) codePoints(v *finding.View, depth int) {
	const marks = 3
	n := 0
	for i := 0; i < len(v.Text) && n < column.MinSuffix; i++ {
		k := bytes.Index(v.Text[i:], codePoint)
		if k < 0 {
			return
		}
		if i += k; codePointAt(v.Text, i) > 0 {
			n++
		}
	}
	if n < column.MinSuffix {
		return
	}
	mark := s.Used
	out, from := s.View(len(v.Text)), 0 // v.t[from:] is not copied yet
	for i := 0; i < len(v.Text); {
		k := bytes.Index(v.Text[i:], codePoint)
		if k < 0 {
			break
		}
		i += k
		end := i + codePointAt(v.Text, i)
		if end == i {
			i++
			continue
		}
		r, _ := HexRune(v.Text[i+len(codePoint) : end])
		if from == 0 || i-from > marks || lastAlnum(v.Text[from:i]) >= 0 {
			out.Copy(*v, from, i)
		}
		at := len(out.Text)
		out.Text = utf8.AppendRune(out.Text, r)
		out.Cover(at, v.From(i), v.To(end-1))
		i, from = end, end
	}
	out.Copy(*v, from, len(v.Text))
	if out = s.Keep(out); s.Charge(v, 0, len(v.Text), len(out.Text)) {
		p := profile.Of(out.Text)
		s.Examine(out, depth+1, &p)
	}
	s.Used = mark
}

// codePoint begins one.
var codePoint = []byte("U+")

// codePointAt returns the length of the one that t[i:] begins, 0 for none.
func codePointAt(t []byte, i int) int {
	digits := finding.HexLength(t[i+len(codePoint):])
	end := i + len(codePoint) + digits
	if digits < len("0034") || digits > len("10FFFF") || i > 0 && char.Alnum(t[i-1]) || end < len(t) && char.Alnum(t[end]) {
		return 0
	}
	if _, ok := HexRune(t[end-digits : end]); !ok {
		return 0
	}
	return end - i
}

// lastAlnum returns the place of the last letter or digit of a text, -1 without one.
func lastAlnum(t []byte) int {
	return bytes.LastIndexFunc(t, func(r rune) bool { return r >= utf8.RuneSelf || char.Alnum(byte(r)) })
}

// keepBehind drops of the findings from one on those that end before a place.
func (s *Scan) keepBehind(from, place int) {
	kept := s.Spans[:from]
	for _, sp := range s.Spans[from:] {
		if sp.Hi > place {
			kept = append(kept, sp)
		}
	}
	s.Spans = kept
}

// codeAt reads the code at t[i]; n is its size, 0 if there is none.
func codeAt(t []byte, i int) (c byte, n int) {
	for i+n < len(t) && n <= binaryCode && char.Digit(t[i+n]) {
		n++
	}
	if i+n < len(t) && char.Letter(t[i+n]) {
		return 0, 0
	}
	c, ok := CharCode(t[i : i+n])
	if !ok {
		return 0, 0
	}
	return c, n
}

// CharCode returns the byte of which a number is the code.
func CharCode(number []byte) (c byte, ok bool) {
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
			if !char.Digit(c) {
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
	for k < min(len(t), i+longestSep) && char.Letter(t[k]) {
		k++
	}
	if char.At(t, k) != '(' || !char.Digit(char.At(t, k+1)) {
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
		if cue.SameWord(word, name) {
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
	for from > 0 && k-from < len("fromCodePoint") && char.Letter(t[from-1]) {
		from--
	}
	return k < i && codeCall(t[from:k])
}

// Readable tells whether what codes make is a text and not what ages, scores or
// temperatures would make: nothing but letters, digits and spaces, one mark in ten aside,
// or with a word in small letters, or nothing but digits and the marks between them. What
// is not ASCII tells by its form that it is text.
func Readable(t []byte) bool {
	const word, fewMarks, fewEscapes = 4, 10, 3
	marks, small, longest, letters := 0, 0, 0, 0
	for _, c := range t {
		switch {
		case c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7F:
			return false
		case char.ByteClass[c]&char.IsLower != 0:
			small++
			letters++
			longest = max(longest, small)
			continue
		case c >= utf8.RuneSelf || char.Letter(c):
			letters++
		case c > ' ' && !char.Digit(c) && c != '-' && c != '.' && c != '/':
			letters++
			marks++
		case c > ' ' && !char.Digit(c):
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

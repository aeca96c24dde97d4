package finding

import (
	"unicode"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// The digits of escape sequences are none of a number: what they stand for is read where
// they are decoded. As entities, percent signs and the like are separators, too, a detector
// makes up numbers of them by chance: of a sentence that is escaped as a whole in nine of
// ten cases. A number that somebody wrote with such marks between its groups decodes to
// no words.

// Limits of escape sequences around a finding.
const (
	escapesReach  = 256 // bytes before a finding and behind it that are looked at
	escapesApart  = 4   // characters as they are that may stand between two of them: " - "
	longestEscape = 32  // bytes of one, with the escapes of its mark: %2525…
	fewestEscapes = 4   // in a row
	fewestAround  = 3   // of ASCII that begin or end outside of a finding, if none has a letter
)

// inEscapes tells whether all digits of a finding t[i:j] stand in escape sequences that
// decode to words.
func inEscapes(t []byte, i, j int) bool {
	if j-i > escapesReach || !mayEscape(t, i) {
		return false
	}
	r := escapeRun{}
	for k, to := max(0, i-escapesReach), min(len(t), j+escapesReach); k < to; {
		e, n := escapeAt(t[k:min(to, k+longestEscape)])
		if n == 0 {
			if r.apart++; char.Digit(t[k]) || r.apart > escapesApart {
				if k >= i {
					break
				}
				r = escapeRun{}
			}
			k++
			continue
		}
		if r.n == 0 {
			if k > i {
				return false
			}
			r.from, r.cut = k, i-k > escapesReach-longestEscape
		}
		if k+n <= i || k >= j {
			r.around++
		}
		r.take(e)
		k += n
		r.to, r.apart = k, 0
	}
	return r.n >= fewestEscapes && r.from <= i && r.to >= j && r.words()
}

// inPairs tells whether the digits of a finding t[i:j] are those of bytes in hexadecimal
// with one mark between each two of them, as 73 75 70 70 6f 72 74, that make up words and of
// which one has a letter.
func inPairs(t []byte, i, j int) bool {
	const step = len("6f ")
	mark := char.At(t, i+2)
	if j-i > escapesReach || mark != ' ' && mark != ':' && mark != '-' && mark != ',' {
		if mark = char.At(t, i+1); char.Alnum(mark) || i == 0 { // it begins in the middle of one
			return false
		}
		i--
	}
	pair := func(k int) bool {
		return k >= 0 && k+2 <= len(t) && char.Unhex(t[k]) < 16 && char.Unhex(t[k+1]) < 16 && (char.At(t, k+2) == mark || k+2 == j)
	}
	from, to := i, i
	for from >= step && i-from < escapesReach && pair(from-step) {
		from -= step
	}
	for to-j < escapesReach && pair(to) {
		to += step
	}
	if c, ok := char.HexByte(t, to); ok && c >= ' ' { // the last one has no mark behind it
		to += step
	}
	if to < j || (to-from)/step < 2*fewestEscapes || to-from-(j-i) < fewestAround*step {
		return false
	}
	r := escapeRun{cut: i-from >= escapesReach}
	for k := from; k < to; k += step {
		c, ok := char.HexByte(t, k)
		if !ok {
			return false
		}
		r.take(escape{r: rune(c), byte: true, lettered: char.Letter(t[k]) || char.Letter(t[k+1])})
	}
	return r.lettered && r.words()
}

// inHexWord tells whether a finding t[i:j] lies in a word of hexadecimal that makes up words,
// wherever its bytes begin.
func inHexWord(t []byte, i, j int) bool {
	if j-i > escapesReach {
		return false
	}
	from, to := i, j
	for from > 0 && i-from < escapesReach && char.Unhex(t[from-1]) < 16 {
		from--
	}
	for to < len(t) && to-j < escapesReach && char.Unhex(t[to]) < 16 {
		to++
	}
	if to-from-(j-i) < 4*fewestAround || !char.AllHex(t[i:j]) { // letters glued to a number are fewer
		return false
	}
	for range 2 {
		r := escapeRun{cut: i-from >= escapesReach-1}
		for k := from; k+1 < to; k += 2 {
			c, _ := char.HexByte(t, k)
			r.take(escape{r: rune(c), byte: true, lettered: char.Letter(t[k]) || char.Letter(t[k+1])})
		}
		if r.lettered && r.words() {
			return true
		}
		if from++; from > i {
			break
		}
	}
	return false
}

// mayEscape tells whether the mark of an escape sequence stands in the word of t[i] or
// right before it.
func mayEscape(t []byte, i int) bool {
	for k := i; k >= max(0, i-longestEscape); k-- {
		switch c := t[k]; {
		case c == '%' || c == '&' || c == '=' || c == '\\':
			return true
		case !char.Alnum(c) && c != '#' && c != '{' && c != ';':
			return false
		}
	}
	return false
}

// escapeRun is a row of escape sequences.
type escapeRun struct {
	n, around, apart int
	from, to         int
	lettered         bool // one is written with a letter
	cut              bool // it may go on before what was looked at
	text             []byte
}

// escape is one: a byte of UTF-8 or a character.
type escape struct {
	r        rune
	byte     bool
	lettered bool
}

func (r *escapeRun) take(e escape) {
	r.n++
	r.lettered = r.lettered || e.lettered
	if e.byte {
		r.text = append(r.text, byte(e.r))
		return
	}
	r.text = utf8.AppendRune(r.text, e.r)
}

// words tells whether a row decodes to words: letters of one script, with few other
// characters among them.
func (r *escapeRun) words() bool {
	t := r.text
	for n := 0; r.cut && n < utf8.UTFMax && len(t) > 0 && !utf8.RuneStart(t[0]); n++ { // of a character that begins before
		t = t[1:]
	}
	letters, all, wide := 0, 0, 0
	page := rune(-1)
	for len(t) > 0 {
		c, n := utf8.DecodeRune(t)
		if c == utf8.RuneError && n == 1 && utf8.FullRune(t) {
			return false
		}
		t = t[n:]
		all++
		switch {
		case c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7F:
			return false
		case c == ' ' || c >= '0' && c <= '9':
			letters++
		case c >= utf8.RuneSelf && c != utf8.RuneError && unicode.IsLetter(c) || c >= utf8.RuneSelf && unicode.IsMark(c):
			if p := scriptPage(c); page >= 0 && p != page && c > unicode.MaxLatin1 {
				return false
			} else if c > unicode.MaxLatin1 {
				page = p
			}
			letters, wide = letters+1, wide+1
		case c < utf8.RuneSelf && char.Letter(byte(c)):
			letters++
		}
	}
	return 4*letters >= 3*all && (wide >= 2 || r.lettered || r.around >= fewestAround)
}

// scriptPage returns what the letters of one script share: their upper bits, those of
// Chinese, Japanese and Korean being one.
func scriptPage(c rune) rune {
	switch {
	case c >= 0x2E80 && c < 0xA000, c >= 0xAC00 && c < 0xD7B0, c >= 0xF900 && c < 0xFB00, c >= 0xFF00 && c < 0xFFF0:
		return 0x4E
	case c < 0x250: // Latin with its extensions
		return 0
	case c >= 0x1E00 && c < 0x1F00: // Vietnamese
		return 0
	}
	return c >> 8
}

// escapeAt reads the escape sequence that t begins with, and returns its length, 0 if it
// begins with none.
func escapeAt(t []byte) (e escape, n int) {
	switch t[0] {
	case '%':
		k := 1
		for char.At(t, k) == '2' && char.At(t, k+1) == '5' && (char.At(t, k+2) == 'u' || char.Unhex(char.At(t, k+2)) < 16 && char.Unhex(char.At(t, k+3)) < 16) {
			k += len("25")
		}
		if char.Lower(char.At(t, k)) == 'u' {
			return hexEscape(t, k+1, 4, 4, false)
		}
		return hexEscape(t, k, 2, 2, true)
	case '=':
		return hexEscape(t, 1, 2, 2, true)
	case '&':
		return entityAt(t)
	case '\\':
		return backslashAt(t)
	}
	return e, 0
}

// entityAt reads &#1082; and &#x43A; also behind &amp;.
func entityAt(t []byte) (e escape, n int) {
	k := 1
	for len(t) >= k+len("amp;") && string(t[k:k+len("amp;")]) == "amp;" {
		k += len("amp;")
	}
	if char.At(t, k) != '#' {
		return e, 0
	}
	if k++; char.Lower(char.At(t, k)) == 'x' {
		e, n = hexEscape(t, k+1, 1, 8, false)
	} else {
		from := k
		for ; k < len(t) && k-from < 8 && char.Digit(t[k]); k++ {
			e.r = e.r*10 + rune(t[k]-'0')
		}
		if n = k; k == from {
			return e, 0
		}
	}
	if n > 0 && char.At(t, n) == ';' {
		n++
	}
	return e, n
}

// backslashAt reads \x74, \x{74}, \u0074, \u{74}, \U00000074, \164 and, as style sheets
// have it, \000074 with a space behind it; also behind several backslashes.
func backslashAt(t []byte) (e escape, n int) {
	k := 1
	for char.At(t, k) == '\\' {
		k++
	}
	c := char.At(t, k)
	if (c == 'x' || c == 'u') && char.At(t, k+1) == '{' {
		if e, n = hexEscape(t, k+2, 1, 8, false); n == 0 || char.At(t, n) != '}' {
			return e, 0
		}
		return e, n + 1
	}
	switch c {
	case 'x':
		return hexEscape(t, k+1, 2, 2, true)
	case 'u':
		return hexEscape(t, k+1, 4, 4, false)
	case 'U':
		return hexEscape(t, k+1, 8, 8, false)
	}
	if e, n = hexEscape(t, k, 6, 6, false); n > 0 {
		if char.At(t, n) == ' ' {
			n++
		}
		return e, n
	}
	if k+3 <= len(t) && c >= '0' && c <= '3' && t[k+1]-'0' < 8 && t[k+2]-'0' < 8 {
		return escape{r: rune(c-'0')<<6 | rune(t[k+1]-'0')<<3 | rune(t[k+2]-'0'), byte: true}, k + 3
	}
	return e, 0
}

// hexEscape reads least to most digits of hexadecimal at t[k:].
func hexEscape(t []byte, k, least, most int, isByte bool) (e escape, n int) {
	e.byte = isByte
	from := k
	for ; k < len(t) && k-from < most && char.Unhex(t[k]) < 16; k++ {
		e.r = e.r<<4 | rune(char.Unhex(t[k]))
		e.lettered = e.lettered || char.Letter(t[k])
	}
	if k-from < least || e.r > unicode.MaxRune || e.r < 0 {
		return e, 0
	}
	return e, k
}

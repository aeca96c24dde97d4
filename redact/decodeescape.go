package redact

import (
	"bytes"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// escapes scans the readings of a view in which characters are written as
// escape sequences: percent, HTML entities, backslashes; quoted-printable; and
// the text without its markup.
func (s *scan) escapes(v view, depth int) {
	if s.divides(&v) {
		s.around(&v, s.nextDecoded, edgeDecoded, func(part view) { s.escapes(part, depth) })
		s.documents(v, depth)
		s.orderedEscaped(v, depth)
		return
	}
	s.decodings(v, func(out view) { s.reading(&v, out, depth) })
}

// halfEscapes does the same before the view is folded, as an escape may stand for half
// a character: but only if one has a character beside it that is not ASCII.
func (s *scan) halfEscapes(v view, depth int) {
	switch {
	case s.divides(&v):
		s.around(&v, s.nextHalf, edgeDecoded, func(part view) { s.escapes(part, depth) })
	case s.nextHalf(v.t, 0).lo < len(v.t):
		s.escapes(v, depth)
	}
}

// nextHalf is where the next escape sequence stands that has such a character beside
// it, or the next tag between two.
func (s *scan) nextHalf(t []byte, i int) stretch {
	for {
		at := s.nextDecoded(t, i)
		before, behind := at.lo > 0 && t[at.lo-1] >= 0x80, at.hi < len(t) && t[at.hi] >= 0x80
		if at.lo == len(t) || before && behind || (before || behind) && t[at.lo] != '<' {
			return at
		}
		i = at.hi
	}
}

// decodings lists these readings.
func (s *scan) decodings(v view, each func(out view)) {
	mark := s.used
	for _, kinds := range [...]string{`%&\`, `%`, `&`, `\`} {
		// All at once; then one kind alone, in case it is written inside another.
		if len(kinds) == 1 && !(bytes.Contains(v.t, []byte(kinds)) && bytes.ContainsAny(v.t, otherKinds(kinds))) {
			continue
		}
		if out, ok := s.unescaped(&v, kinds); ok {
			each(out)
		}
		s.used = mark
	}
	if out, ok := s.styled(&v); ok {
		each(out)
	}
	s.used = mark
	if nestedEntity(v.t) {
		if out, ok := s.outerEntities(&v); ok {
			each(out)
		}
		s.used = mark
	}
	if out, ok := s.unquoted(&v); ok {
		each(out)
	}
	s.used = mark
	if out, ok := s.unjoined(&v); ok {
		each(out)
	}
	s.used = mark
	if out, ok := s.worded(&v); ok {
		each(out)
	}
	s.used = mark
	for _, between := range [...]string{" ", ""} {
		if out, ok := s.unmarked(&v, between); ok {
			each(out)
		}
		s.used = mark
	}
}

// nextDecoded is where the next escape sequence or tag stands from t[i] on, of
// whatever kind.
func (s *scan) nextDecoded(t []byte, i int) stretch {
	var buf [longestDecoded]byte
	for ; i < len(t); i++ {
		n := 0
		switch t[i] {
		case '%':
			_, n = percent(buf[:0], t[i:])
		case '&':
			_, n = entity(buf[:0], t[i:])
		case '\\':
			if _, n = backslash(buf[:0], t[i:]); n == 0 {
				n = markup(t, i)
			}
		case '=':
			_, n = s.quoted(t, i)
		case '<', '[', ']':
			n = markup(t, i)
		case '"', '\'':
			n = joint(t[i:])
		}
		if n > 0 {
			return stretch{i, i + n}
		}
	}
	return stretch{len(t), len(t)}
}

// opaque notes text that is not examined any further.
func (s *scan) opaque(v *view, i, j int, rule string) {
	s.add(v, i, j, span{entity: Opaque, layer: LayerDetector, rule: rule, canon: string(v.t[i:j])})
}

// otherKinds returns the escape characters besides one.
func otherKinds(kind string) string {
	switch kind {
	case `%`:
		return `&\`
	case `&`:
		return `%\`
	}
	return `%&`
}

// nextEscape returns where the next escape of the kinds may begin at t[i:].
func nextEscape(t []byte, i int, kinds string) int {
	if len(kinds) == 1 {
		if n := bytes.IndexByte(t[i:], kinds[0]); n >= 0 {
			return i + n
		}
		return len(t)
	}
	for i < len(t) && byteClass[t[i]]&(isEscape|isBack) == 0 {
		i++
	}
	return i
}

// unescaped decodes percent, entity and backslash escapes, those of the kinds.
func (s *scan) unescaped(v *view, kinds string) (view, bool) {
	var buf [longestDecoded]byte
	out, n := derived{of: v}, 0
	for i := nextEscape(v.t, 0, kinds); i < len(v.t); i = nextEscape(v.t, i+max(1, n), kinds) {
		plain := buf[:0]
		switch v.t[i] {
		case '%':
			plain, n = percent(plain, v.t[i:])
		case '&':
			plain, n = entity(plain, v.t[i:])
		default:
			plain, n = backslash(plain, v.t[i:])
		}
		if n == 0 {
			continue
		}
		at := s.instead(&out, i)
		out.t = append(out.t, plain...)
		if out.cover(at, v.from(i), v.to(i+n-1)); len(plain) == 0 && at > 0 { // decoded to nothing: it still belongs to what it follows
			out.hi[at-1] = v.to(i + n - 1)
		}
		out.replaced(at, i+n)
	}
	return s.derive(&out)
}

// fewestStyled is how many characters a text has, at least, that are written as style
// sheets do: paths and regular expressions have backslashes before digits, too.
const fewestStyled = 3

// styled decodes the escapes of style sheets (CSS Syntax, 4.3.7): \34 and up to six
// digits of hexadecimal, and a space that ends them.
func (s *scan) styled(v *view) (view, bool) {
	n := 0
	for i := bytes.IndexByte(v.t, '\\'); i >= 0 && n < fewestStyled; {
		r, size := styleEscape(v.t[i:])
		if size > 0 && (r >= '0' && r <= '9' || r >= utf8.RuneSelf) {
			n++
		}
		next := bytes.IndexByte(v.t[i+1:], '\\')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	if n < fewestStyled {
		return view{}, false
	}
	out := derived{of: v}
	for i := nextEscape(v.t, 0, `\`); i < len(v.t); i = nextEscape(v.t, max(out.from, i+1), `\`) {
		r, size := styleEscape(v.t[i:])
		if size == 0 {
			continue
		}
		at := s.instead(&out, i)
		out.t = utf8.AppendRune(out.t, r)
		out.cover(at, v.from(i), v.to(i+size-1))
		out.replaced(at, i+size)
	}
	return s.derive(&out)
}

// styleEscape reads one of them, at the beginning of t.
func styleEscape(t []byte) (r rune, n int) {
	const most = 6
	for n = 1; n <= most && n < len(t) && unhex(t[n]) < 16; n++ {
	}
	r, ok := hexRune(t[1:n])
	if !ok || r < ' ' {
		return 0, 0
	}
	if byteAt(t, n) == ' ' && n < len(t) {
		n++
	}
	return r, n
}

// longestDecoded is the room, in bytes, for what one escape decodes to.
const longestDecoded = 16

// percent decodes %34 and %u0034 at the start of t and returns how many bytes
// it took, 0 for none.
func percent(out, t []byte) ([]byte, int) {
	if c, ok := hexByte(t, 1); ok {
		return append(out, c), 3
	}
	if len(t) >= 6 && (t[1] == 'u' || t[1] == 'U') {
		if r, ok := hexRune(t[2:6]); ok {
			if low, ok := percentUnit(t[6:]); ok && utf16.IsSurrogate(r) {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					return utf8.AppendRune(out, both), 12
				}
			}
			return utf8.AppendRune(out, r), 6
		}
	}
	return out, 0
}

// percentUnit reads the %uDC00 that t starts with.
func percentUnit(t []byte) (rune, bool) {
	if len(t) < 6 || t[0] != '%' || lower(t[1]) != 'u' {
		return 0, false
	}
	return hexRune(t[2:6])
}

// hexByte reads two hexadecimal digits at t[i:].
func hexByte(t []byte, i int) (byte, bool) {
	if len(t) < i+2 {
		return 0, false
	}
	hi, lo := unhex(t[i]), unhex(t[i+1])
	return hi<<4 | lo&15, hi < 16 && lo < 16
}

// unhex returns the value of a hexadecimal digit, 255 for anything else.
func unhex(c byte) byte {
	switch {
	case digit(c):
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

func hexRune(t []byte) (rune, bool) {
	r := rune(0)
	for _, c := range t {
		v := unhex(c)
		if v > 15 || r > utf8.MaxRune {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	return r, len(t) > 0 && r <= utf8.MaxRune
}

// backslash decodes the escapes of JSON, C, Python, JavaScript and CSS.
func backslash(out, t []byte) ([]byte, int) {
	if len(t) < 2 {
		return out, 0
	}
	switch c := t[1]; c {
	case 'u', 'U':
		return unicodeEscape(out, t)
	case 'x', 'X':
		if b, ok := hexByte(t, 2); ok {
			return append(out, b), 4
		}
		return braced(out, t)
	case 'n':
		return append(out, '\n'), 2
	case 'r':
		if bytes.HasPrefix(t[2:], []byte(`\n`)) { // one break, such as a soft one of quoted-printable
			return append(out, '\n'), len(`\r\n`)
		}
		return append(out, '\n'), 2
	case 't', 'f', 'v', 'b':
		return append(out, ' '), 2
	case 'N':
		return namedEscape(out, t)
	case 'o':
		return bracedOctal(out, t)
	default:
		if c >= '0' && c <= '7' {
			return octal(out, t)
		}
		if c < 0x80 && !alnum(c) && c != '%' && c != '&' && c != '=' {
			return append(out, c), 2
		}
	}
	return out, 0
}

// braced decodes \u{34} and \x{34}.
func braced(out, t []byte) ([]byte, int) {
	const longest = len(`\u{0010FFFF}`)
	if len(t) < 4 || t[2] != '{' {
		return out, 0
	}
	if end := bytes.IndexByte(t[:min(len(t), longest)], '}'); end > 3 {
		if r, ok := hexRune(t[3:end]); ok {
			return utf8.AppendRune(out, r), end + 1
		}
	}
	return out, 0
}

// bracedOctal decodes \o{64}.
func bracedOctal(out, t []byte) ([]byte, int) {
	const longest = len(`\o{4177777}`)
	if len(t) < 5 || t[2] != '{' {
		return out, 0
	}
	r, i := rune(0), 3
	for ; i < min(len(t), longest) && t[i] >= '0' && t[i] <= '7'; i++ {
		r = r<<3 | rune(t[i]-'0')
	}
	if i == 3 || byteAt(t, i) != '}' {
		return out, 0
	}
	return utf8.AppendRune(out, r), i + 1
}

// unicodeEscape decodes \u0034, \u{34} and \U00000034.
func unicodeEscape(out, t []byte) ([]byte, int) {
	if out, n := braced(out, t); n > 0 {
		return out, n
	}
	if t[1] == 'U' && len(t) >= 10 {
		if r, ok := hexRune(t[2:10]); ok {
			return utf8.AppendRune(out, r), 10
		}
	}
	if len(t) < 6 {
		return out, 0
	}
	r, ok := hexRune(t[2:6])
	if !ok {
		return out, 0
	}
	if utf16.IsSurrogate(r) && len(t) >= 12 && t[6] == '\\' && t[7] == 'u' {
		if low, ok := hexRune(t[8:12]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return utf8.AppendRune(out, both), 12
			}
		}
	}
	return utf8.AppendRune(out, r), 6
}

// namedEscape decodes \N{U+0034}, \N{DIGIT FOUR} and \N{LATIN CAPITAL LETTER D}.
func namedEscape(out, t []byte) ([]byte, int) {
	const longest = len(`\N{LATIN CAPITAL LETTER D}`)
	end := bytes.IndexByte(t[:min(len(t), longest)], '}')
	if end < 4 || t[2] != '{' {
		return out, 0
	}
	body := t[3:end]
	if bytes.HasPrefix(body, []byte("U+")) {
		if r, ok := hexRune(body[2:]); ok {
			return utf8.AppendRune(out, r), end + 1
		}
	}
	for d, word := range [...]string{"ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"} {
		if bytes.EqualFold(body, []byte("DIGIT "+word)) {
			return append(out, '0'+byte(d)), end + 1
		}
	}
	if c := body[len(body)-1]; letter(c) {
		switch name := body[:len(body)-1]; {
		case bytes.EqualFold(name, []byte("LATIN CAPITAL LETTER ")):
			return append(out, upper(c)), end + 1
		case bytes.EqualFold(name, []byte("LATIN SMALL LETTER ")):
			return append(out, lower(c)), end + 1
		}
	}
	return out, 0
}

// octal decodes up to three octal digits, or three behind a zero as echo and
// printf take them.
func octal(out, t []byte) ([]byte, int) {
	v, i, most := 0, 1, 4
	if len(t) > 2 && t[1] == '0' && t[2] >= '1' && t[2] <= '3' {
		most = 5
	}
	for ; i < len(t) && i < most && t[i] >= '0' && t[i] <= '7' && v < 256/8; i++ {
		v = v*8 + int(t[i]-'0')
	}
	if v == 0 || v > 255 {
		return append(out, ' '), i
	}
	return append(out, byte(v)), i
}

// escapeLike tells whether a text has anything that unescaped would decode
// after a percent sign or an ampersand, or ends where the next leaf may go on
// with it.
func escapeLike(t []byte) bool {
	for i := range t {
		if escapeAt(t, i) {
			return true
		}
	}
	return false
}

// escapeLike is escapeLike for a text of one block.
func (m *planes) escapeLike(t []byte) bool {
	for others := m.other; others != 0; others &= others - 1 {
		if escapeAt(t, bits.TrailingZeros64(others)) {
			return true
		}
	}
	return false
}

// escapeAt is escapeLike for the byte t[i].
func escapeAt(t []byte, i int) bool {
	c, next := t[i], byteAt(t, i+1)
	switch {
	case c == '%':
		return i == len(t)-1 || lower(next) == 'u' || unhex(next) < 16 && (i == len(t)-2 || unhex(byteAt(t, i+2)) < 16)
	case c == '&':
		return i == len(t)-1 || next == '#' || next != ' ' && (bytes.IndexByte(t[i:min(len(t), i+longestBroken)], ';') > 0 || bytes.HasPrefix(t[i:], []byte("&nbsp")) || bytes.HasPrefix(t[i:], []byte("&shy")))
	}
	return false
}

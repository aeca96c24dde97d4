package reading

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Escapes scans the readings of a view in which characters are written as
// escape sequences: percent, HTML entities, backslashes; quoted-printable; and
// the text without its markup.
func (s *Scan) Escapes(v finding.View, depth int) {
	if s.divides(&v) {
		s.around(&v, s.nextDecoded, edgeDecoded, func(part finding.View) { s.Escapes(part, depth) })
		s.documents(v, depth)
		s.orderedEscaped(v, depth)
		return
	}
	s.decodings(v, func(out finding.View) { s.Reading(&v, out, depth) })
}

// halfEscapes does the same before the view is folded, as an escape may stand for half
// a character: but only if one has a character beside it that is not ASCII.
func (s *Scan) halfEscapes(v finding.View, depth int) {
	switch {
	case s.divides(&v):
		s.around(&v, s.nextHalf, edgeDecoded, func(part finding.View) { s.Escapes(part, depth) })
	case s.nextHalf(v.Text, 0).Lo < len(v.Text):
		s.Escapes(v, depth)
	}
}

// nextHalf is where the next escape sequence stands that has such a character beside
// it, or the next tag between two.
func (s *Scan) nextHalf(t []byte, i int) finding.Stretch {
	for {
		at := s.nextDecoded(t, i)
		before, behind := at.Lo > 0 && t[at.Lo-1] >= 0x80, at.Hi < len(t) && t[at.Hi] >= 0x80
		if at.Lo == len(t) || before && behind || (before || behind) && t[at.Lo] != '<' {
			return at
		}
		i = at.Hi
	}
}

// decodings lists these readings.
func (s *Scan) decodings(v finding.View, each func(out finding.View)) {
	mark := s.Used
	for _, kinds := range [...]string{`%&\`, `%`, `&`, `\`} {
		// All at once; then one kind alone, in case it is written inside another.
		if len(kinds) == 1 && !(bytes.Contains(v.Text, []byte(kinds)) && bytes.ContainsAny(v.Text, otherKinds(kinds))) {
			continue
		}
		if out, ok := s.unescaped(&v, kinds); ok {
			each(out)
		}
		s.Used = mark
	}
	if out, ok := s.styled(&v); ok {
		each(out)
	}
	s.Used = mark
	if nestedEntity(v.Text) {
		if out, ok := s.outerEntities(&v); ok {
			each(out)
		}
		s.Used = mark
	}
	if out, ok := s.unquoted(&v); ok {
		each(out)
	}
	s.Used = mark
	if out, ok := s.unsigned(&v); ok {
		each(out)
	}
	s.Used = mark
	if out, ok := s.unjoined(&v); ok {
		each(out)
	}
	s.Used = mark
	if out, ok := s.worded(&v); ok {
		each(out)
	}
	s.Used = mark
	for _, between := range [...]string{" ", ""} {
		if out, ok := s.unmarked(&v, between); ok {
			each(out)
		}
		s.Used = mark
	}
}

// nextDecoded is where the next escape sequence or tag stands from t[i] on, of
// whatever kind.
func (s *Scan) nextDecoded(t []byte, i int) finding.Stretch {
	var buf [longestDecoded]byte
	for ; i < len(t); i++ {
		n := 0
		switch t[i] {
		case '%':
			_, n = percent(buf[:0], t[i:])
		case '&':
			_, n = namedEntity(buf[:0], t[i:])
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
			return finding.Stretch{Lo: i, Hi: i + n}
		}
	}
	return finding.Stretch{Lo: len(t), Hi: len(t)}
}

// opaque notes text that is not examined any further.
func (s *Scan) opaque(v *finding.View, i, j int, rule string) {
	s.Add(v, i, j, finding.Span{Entity: entity.Opaque, Layer: entity.Detector, Rule: rule, Canon: string(v.Text[i:j])})
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
	for i < len(t) && char.ByteClass[t[i]]&(char.IsEscape|char.IsBack) == 0 {
		i++
	}
	return i
}

// unescaped decodes percent, entity and backslash escapes, those of the kinds.
func (s *Scan) unescaped(v *finding.View, kinds string) (finding.View, bool) {
	var buf [longestDecoded]byte
	out, n := finding.Derived{Of: v}, 0
	for i := nextEscape(v.Text, 0, kinds); i < len(v.Text); i = nextEscape(v.Text, i+max(1, n), kinds) {
		plain := buf[:0]
		switch v.Text[i] {
		case '%':
			plain, n = percent(plain, v.Text[i:])
		case '&':
			plain, n = namedEntity(plain, v.Text[i:])
		default:
			plain, n = backslash(plain, v.Text[i:])
		}
		if n == 0 {
			continue
		}
		at := s.Instead(&out, i)
		out.Text = append(out.Text, plain...)
		if out.Cover(at, v.From(i), v.To(i+n-1)); len(plain) == 0 && at > 0 { // decoded to nothing: it still belongs to what it follows
			out.Hi[at-1] = v.To(i + n - 1)
		}
		out.Replaced(at, i+n)
	}
	return s.Derive(&out)
}

// fewestStyled is how many characters a text has, at least, that are written as style
// sheets do: paths and regular expressions have backslashes before digits, too.
const fewestStyled = 3

// styled decodes the escapes of style sheets (CSS Syntax, 4.3.7): \34 and up to six
// digits of hexadecimal, and a space that ends them.
func (s *Scan) styled(v *finding.View) (finding.View, bool) {
	n := 0
	for i := bytes.IndexByte(v.Text, '\\'); i >= 0 && n < fewestStyled; {
		r, size := styleEscape(v.Text[i:])
		if size > 0 && (r >= '0' && r <= '9' || r >= utf8.RuneSelf) {
			n++
		}
		next := bytes.IndexByte(v.Text[i+1:], '\\')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	if n < fewestStyled {
		return finding.View{}, false
	}
	out := finding.Derived{Of: v}
	for i := nextEscape(v.Text, 0, `\`); i < len(v.Text); i = nextEscape(v.Text, max(out.From, i+1), `\`) {
		r, size := styleEscape(v.Text[i:])
		if size == 0 {
			continue
		}
		at := s.Instead(&out, i)
		out.Text = utf8.AppendRune(out.Text, r)
		out.Cover(at, v.From(i), v.To(i+size-1))
		out.Replaced(at, i+size)
	}
	return s.Derive(&out)
}

// styleEscape reads one of them, at the beginning of t.
func styleEscape(t []byte) (r rune, n int) {
	const most = 6
	for n = 1; n <= most && n < len(t) && char.Unhex(t[n]) < 16; n++ {
	}
	r, ok := HexRune(t[1:n])
	if !ok || r < ' ' {
		return 0, 0
	}
	if char.At(t, n) == ' ' && n < len(t) {
		n++
	}
	return r, n
}

// longestDecoded is the room, in bytes, for what one escape decodes to.
const longestDecoded = 16

// percent decodes %34 and %u0034 at the start of t and returns how many bytes
// it took, 0 for none.
func percent(out, t []byte) ([]byte, int) {
	if c, ok := char.HexByte(t, 1); ok {
		return append(out, c), 3
	}
	if len(t) >= 6 && (t[1] == 'u' || t[1] == 'U') {
		if r, ok := HexRune(t[2:6]); ok {
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
	if len(t) < 6 || t[0] != '%' || char.Lower(t[1]) != 'u' {
		return 0, false
	}
	return HexRune(t[2:6])
}

// HexRune returns the character that the hexadecimal digits of a text stand for.
func HexRune(t []byte) (rune, bool) {
	r := rune(0)
	for _, c := range t {
		v := char.Unhex(c)
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
		if b, ok := char.HexByte(t, 2); ok {
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
		if c < 0x80 && !char.Alnum(c) && c != '%' && c != '&' && c != '=' {
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
		if r, ok := HexRune(t[3:end]); ok {
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
	if i == 3 || char.At(t, i) != '}' {
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
		if r, ok := HexRune(t[2:10]); ok {
			return utf8.AppendRune(out, r), 10
		}
	}
	if len(t) < 6 {
		return out, 0
	}
	r, ok := HexRune(t[2:6])
	if !ok {
		return out, 0
	}
	if utf16.IsSurrogate(r) && len(t) >= 12 && t[6] == '\\' && t[7] == 'u' {
		if low, ok := HexRune(t[8:12]); ok {
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
		if r, ok := HexRune(body[2:]); ok {
			return utf8.AppendRune(out, r), end + 1
		}
	}
	for d, word := range [...]string{"ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"} {
		if bytes.EqualFold(body, []byte("DIGIT "+word)) {
			return append(out, '0'+byte(d)), end + 1
		}
	}
	if c := body[len(body)-1]; char.Letter(c) {
		switch name := body[:len(body)-1]; {
		case bytes.EqualFold(name, []byte("LATIN CAPITAL LETTER ")):
			return append(out, char.Upper(c)), end + 1
		case bytes.EqualFold(name, []byte("LATIN SMALL LETTER ")):
			return append(out, char.Lower(c)), end + 1
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

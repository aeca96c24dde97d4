package reading

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Quoted-printable (RFC 2045, 6.7): a sign and two digits of hexadecimal stand for a
// character, a sign at the end of a line for nothing.

// unquoted decodes quoted-printable.
func (s *Scan) unquoted(v *finding.View) (finding.View, bool) {
	return s.unquotedBut(v, func([]byte, int) bool { return false })
}

// unquotedBut does so but for the signs that are kept.
func (s *Scan) unquotedBut(v *finding.View, keep func(t []byte, i int) bool) (finding.View, bool) {
	out, n := finding.Derived{Of: v}, 0
	for i := nextEscape(v.Text, 0, "="); i < len(v.Text); i = nextEscape(v.Text, i+max(1, n), "=") {
		var c byte
		if c, n = s.quoted(v.Text, i); n == 0 || keep(v.Text, i) {
			n = 0
			continue
		}
		at := s.Instead(&out, i)
		if v.Text[i+1] > ' ' { // no line break
			out.Push(c, v.From(i), v.To(i+n-1))
		}
		out.Replaced(at, i+n)
	}
	return s.Derive(&out)
}

// Limits of a name with a sign of its own before quoted-printable: id=30047=31=39.
const (
	leastSigned = 2 // small letters of the name
	mostSigned  = 8 // are looked at
	fewestCoded = 3 // characters of the text that are decoded then
)

// signed tells whether the sign t[i] stands behind a name that begins a word, so that what is
// behind it may be the value as it is.
func signed(t []byte, i int) bool {
	k := i
	for k > 0 && i-k < mostSigned && char.ByteClass[t[k-1]]&char.IsLower != 0 {
		k--
	}
	return i-k >= leastSigned && (k == 0 || t[k-1] <= ' ' || t[k-1] == '?' || t[k-1] == '&')
}

// unsigned decodes quoted-printable but for such signs, if the text has one.
func (s *Scan) unsigned(v *finding.View) (finding.View, bool) {
	kept, coded := 0, 0
	for i := nextEscape(v.Text, 0, "="); i < len(v.Text); i = nextEscape(v.Text, i+1, "=") {
		if _, ok := char.HexByte(v.Text, i+1); !ok {
			continue
		}
		if signed(v.Text, i) {
			kept++
		} else {
			coded++
		}
	}
	if kept == 0 || coded < fewestCoded {
		return finding.View{}, false
	}
	return s.unquotedBut(v, signed)
}

// quoted decodes what the sign t[i] begins, and returns how many bytes that took, 0 if it
// begins nothing.
func (s *Scan) quoted(t []byte, i int) (c byte, n int) {
	if c, ok := char.HexByte(t, i+1); ok {
		if noText(c) || parameter(t, i, c) || s.FIX && detect.FIXTag(t, i) { // ?at=1759198432
			return 0, 0
		}
		return c, len("=34")
	}
	if n = softBreak(t[i+1:]); n > 0 {
		n++
	}
	return 0, n
}

// softBreak returns the length of a line break with spaces before it, and with what
// stands before the next line of a mail that is quoted, or that is printed with numbers.
func softBreak(t []byte) int {
	for i, c := range t {
		switch c {
		case '\n':
			return i + 1 + max(quoteMarks(t[i+1:]), encoded.LineNumber(t[i+1:]))
		case ' ', '\t', '\r':
		default:
			return 0
		}
	}
	return 0
}

// quoteMarks returns the length of the marks before a line of a mail that is quoted, with
// the space behind them: "> ", ">> ".
func quoteMarks(t []byte) int {
	const most = 8
	for i := range t[:min(len(t), most)] {
		if t[i] == ' ' && i > 0 {
			return i + 1
		}
		if t[i] != '>' {
			break
		}
	}
	return 0
}

// noText tells whether a character is a control that stands in no text and no encoding of
// one, as NUL does.
func noText(c byte) bool {
	return c < ' ' && c != 0 && c != '\t' && c != '\n' && c != '\r' && c != encoded.EscapeByte
}

// leastParameter is the fewest digits of a number behind a sign that are taken for the value
// of a parameter, such as seconds since 1970: escape sequences stand between fewer.
const leastParameter = 8

// parameter tells whether the sign t[i] stands between the name of a parameter and its
// value, of which the first two digits would be the escape sequence of c; or its value is a
// digest: sha256=7eb17e58….
func parameter(t []byte, i int, c byte) bool {
	if digestBehind(t, i) {
		return true
	}
	if char.Digit(c) || c >= 0x80 || i == 0 || char.ByteClass[t[i-1]]&char.IsLower == 0 || i+leastParameter >= len(t) {
		return false
	}
	for _, d := range t[i+1 : i+1+leastParameter] {
		if !char.Digit(d) {
			return false
		}
	}
	return true
}

// digestBehind tells whether a digest in hexadecimal stands behind the sign t[i], and a name
// of letters and digits before it.
func digestBehind(t []byte, i int) bool {
	const longest = 128 // digits of SHA-512
	if i == 0 || !char.Alnum(t[i-1]) {
		return false
	}
	n := i + 1
	for n < len(t) && n-i <= longest && char.Alnum(t[n]) {
		n++
	}
	return n-i-1 > detect.ShortestDigest && !char.Alnum(char.At(t, n)) && detect.DigestWord(t[i+1:n])
}

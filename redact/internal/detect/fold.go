package detect

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

// The folded view of a text, in which each character has its plain spelling (see package
// fold), and what a fold of single characters cannot do.

// Fold returns the folded view of v.
func (s *Scan) Fold(v finding.View) finding.View {
	out := s.View(len(v.Text))
	for i := 0; i < len(v.Text); {
		if n := plainRun(v.Text[i:]); n > 0 {
			out.Copy(v, i, i+n)
			i += n
			continue
		}
		if n := terminal(v.Text[i:]); n > 0 {
			i += n
			continue
		}
		r, n := utf8.DecodeRune(v.Text[i:])
		at := len(out.Text)
		if r == utf8.RuneError && n == 1 {
			out.Text = append(out.Text, '.') // an invalid byte separates
		} else {
			out.Text = fold.Rune(out.Text, r)
			if sign := out.Text[at:]; spelledSign(sign, r) && besideDigit(out.Text[:at], v.Text[i+n:]) {
				out.Text = append(out.Text[:at], fold.SymbolMark)
			}
		}
		out.Cover(at, v.From(i), v.To(i+n-1))
		i += n
	}
	return s.Keep(out)
}

// spelledSign tells whether a symbol folds to letters, but not to one of ASCII: ™, №, ㍿.
func spelledSign(folded []byte, r rune) bool {
	const first, ideographs, behind = 0x20A0, 0x3400, 0xF900 // ₨; no symbol with letters is among these
	if r < first || r >= ideographs && r < behind {
		return false
	}
	return (len(folded) > 1 && char.Letter(folded[0]) || len(folded) > 0 && folded[0] >= utf8.RuneSelf) && unicode.Is(unicode.S, r)
}

// besideDigit tells whether something stands between two characters of a number, marks
// aside: it is no word there.
func besideDigit(before, behind []byte) bool {
	const marks = 3
	i := len(before)
	for i > 1 && len(before)-i < marks && before[i-1] > ' ' && !char.Alnum(before[i-1]) {
		i--
	}
	if i == 0 || !char.Alnum(before[i-1]) {
		return false
	}
	var buf [longestFold]byte
	for n := 0; n <= marks && len(behind) > 0; n++ {
		r, size := utf8.DecodeRune(behind)
		behind = behind[size:]
		switch next := fold.Rune(buf[:0], r); {
		case len(next) == 0: // nobody sees it
		case len(next) == 1 && char.Alnum(next[0]):
			return char.Digit(before[i-1]) || char.Digit(next[0])
		case len(next) > 1 || next[0] == ' ':
			return false
		}
	}
	return false
}

// longestFold is the room, in bytes, for what most characters fold to.
const longestFold = 16

// plainRun returns how many bytes at the begin of t stay as they are.
func plainRun(t []byte) int {
	n := 0
	for n < len(t) && t[n] < 0x7F && t[n] != encoded.EscapeByte {
		n++
	}
	return n
}

// twoFaced are letters of Greek, and the palochka, that look like one Latin letter and
// whose capitals look like another, with these capitals, which are as long; and the Roman
// numerals for one and five, which are digits elsewhere.
var twoFaced = [...][2][]byte{{[]byte("Ⅰ"), []byte("Ｉ")}, {[]byte("Ⅴ"), []byte("Ｖ")}, {[]byte("ⅰ"), []byte("ｉ")}, {[]byte("ⅴ"), []byte("ｖ")}, {[]byte("ӏ"), []byte("Ӏ")}, {[]byte("ν"), []byte("Ν")}, {[]byte("η"), []byte("Η")}, {[]byte("υ"), []byte("Υ")}}

// TwoFaced tells whether a text has one of them.
func TwoFaced(t []byte) bool {
	return !char.ASCII(t) && slices.ContainsFunc(twoFaced[:], func(pair [2][]byte) bool { return bytes.Contains(t, pair[0]) })
}

// Capitals returns the view with such letters as capitals, if it has any: an
// IBAN may have been put in lower case after its letters were swapped.
func (s *Scan) Capitals(v finding.View) (finding.View, bool) {
	if !TwoFaced(v.Text) {
		return v, false
	}
	t := v.Text
	for _, pair := range twoFaced {
		t = bytes.ReplaceAll(t, pair[0], pair[1])
	}
	v.Text = t
	return v, true
}

// tagLead begins every tag character (Unicode, 23.9) in UTF-8: they mirror ASCII, and
// nobody sees them.
var tagLead = []byte("\xF3\xA0")

// Untagged returns the view without tag characters, if it has any besides others:
// they may spell something, and they may just stand between digits.
func (s *Scan) Untagged(v finding.View) (finding.View, bool) {
	if !bytes.Contains(v.Text, tagLead) {
		return v, false
	}
	out := s.View(len(v.Text))
	for i := 0; i < len(v.Text); {
		r, n := utf8.DecodeRune(v.Text[i:])
		if r < fold.FirstTag || r > fold.LastTag {
			out.Copy(v, i, i+n)
		}
		i += n
	}
	return s.Keep(out), len(out.Text) > 0 && len(out.Text) < len(v.Text)
}

// longestTerminal bounds a control sequence.
const longestTerminal = 16

// terminal returns the length of the control sequence (ECMA-48, 5.4) that t
// starts with: a colour, a move of the cursor, a link; 0 for none.
func terminal(t []byte) int {
	if t[0] != encoded.EscapeByte || len(t) < 3 || t[1] != '[' {
		return operating(t)
	}
	for i := 2; i < min(len(t), longestTerminal); i++ {
		if t[i] >= '@' && t[i] <= '~' {
			return i + 1
		}
	}
	return 0
}

// longestHyperlink bounds what a link of a terminal leads to.
const longestHyperlink = 256

// operating returns the length of the operating system command (ECMA-48, 8.3.89) that t
// starts with, such as the beginning and the end of a link, 0 for none and for one in
// which something may be that matters.
func operating(t []byte) int {
	if len(t) < 3 || t[0] != encoded.EscapeByte || t[1] != ']' || t[2] != '8' {
		return 0
	}
	for i := len("\x1b]8"); i < min(len(t), longestHyperlink); i++ {
		switch c := t[i]; {
		case c == '\a':
			return i + 1
		case c == encoded.EscapeByte:
			if char.At(t, i+1) == '\\' {
				return i + 2
			}
			return 0
		case char.Digit(c) || c == '=' || c == '?' || c == '@' || c < ' ' || c >= 0x80:
			return 0
		}
	}
	return 0
}

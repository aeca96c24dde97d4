package redact

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

// The folded view of a text, in which each character has its plain spelling (see package
// fold), and what a fold of single characters cannot do.

// fold returns the folded view of v.
func (s *scan) fold(v view) view {
	out := s.view(len(v.t))
	for i := 0; i < len(v.t); {
		if n := plainRun(v.t[i:]); n > 0 {
			out.copy(v, i, i+n)
			i += n
			continue
		}
		if n := terminal(v.t[i:]); n > 0 {
			i += n
			continue
		}
		r, n := utf8.DecodeRune(v.t[i:])
		at := len(out.t)
		if r == utf8.RuneError && n == 1 {
			out.t = append(out.t, '.') // an invalid byte separates
		} else {
			out.t = fold.Rune(out.t, r)
			if sign := out.t[at:]; spelledSign(sign, r) && besideDigit(out.t[:at], v.t[i+n:]) {
				out.t = append(out.t[:at], fold.SymbolMark)
			}
		}
		out.cover(at, v.from(i), v.to(i+n-1))
		i += n
	}
	return s.keep(out)
}

// spelledSign tells whether a symbol folds to letters, but not to one of ASCII: ™, №, ㍿.
func spelledSign(folded []byte, r rune) bool {
	const first, ideographs, behind = 0x20A0, 0x3400, 0xF900 // ₨; no symbol with letters is among these
	if r < first || r >= ideographs && r < behind {
		return false
	}
	return (len(folded) > 1 && letter(folded[0]) || len(folded) > 0 && folded[0] >= utf8.RuneSelf) && unicode.Is(unicode.S, r)
}

// besideDigit tells whether something stands between two characters of a number, marks
// aside: it is no word there.
func besideDigit(before, behind []byte) bool {
	const marks = 3
	i := len(before)
	for i > 1 && len(before)-i < marks && before[i-1] > ' ' && !alnum(before[i-1]) {
		i--
	}
	if i == 0 || !alnum(before[i-1]) {
		return false
	}
	var buf [longestFold]byte
	for n := 0; n <= marks && len(behind) > 0; n++ {
		r, size := utf8.DecodeRune(behind)
		behind = behind[size:]
		switch next := fold.Rune(buf[:0], r); {
		case len(next) == 0: // nobody sees it
		case len(next) == 1 && alnum(next[0]):
			return digit(before[i-1]) || digit(next[0])
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
	for n < len(t) && t[n] < 0x7F && t[n] != escapeByte {
		n++
	}
	return n
}

// twoFaced are letters of Greek, and the palochka, that look like one Latin letter and
// whose capitals look like another, with these capitals, which are as long; and the Roman
// numerals for one and five, which are digits elsewhere.
var twoFaced = [...][2][]byte{{[]byte("Ⅰ"), []byte("Ｉ")}, {[]byte("Ⅴ"), []byte("Ｖ")}, {[]byte("ⅰ"), []byte("ｉ")}, {[]byte("ⅴ"), []byte("ｖ")}, {[]byte("ӏ"), []byte("Ӏ")}, {[]byte("ν"), []byte("Ν")}, {[]byte("η"), []byte("Η")}, {[]byte("υ"), []byte("Υ")}}

// capitals returns the view with such letters as capitals, if it has any: an
// IBAN may have been put in lower case after its letters were swapped.
func (s *scan) capitals(v view) (view, bool) {
	any := false
	for _, pair := range twoFaced {
		any = any || bytes.Contains(v.t, pair[0])
	}
	if !any {
		return v, false
	}
	t := v.t
	for _, pair := range twoFaced {
		t = bytes.ReplaceAll(t, pair[0], pair[1])
	}
	v.t = t
	return v, true
}

// tagLead begins every tag character (Unicode, 23.9) in UTF-8: they mirror ASCII, and
// nobody sees them.
var tagLead = []byte("\xF3\xA0")

// untagged returns the view without tag characters, if it has any besides others:
// they may spell something, and they may just stand between digits.
func (s *scan) untagged(v view) (view, bool) {
	if !bytes.Contains(v.t, tagLead) {
		return v, false
	}
	out := s.view(len(v.t))
	for i := 0; i < len(v.t); {
		r, n := utf8.DecodeRune(v.t[i:])
		if r < fold.FirstTag || r > fold.LastTag {
			out.copy(v, i, i+n)
		}
		i += n
	}
	return s.keep(out), len(out.t) > 0 && len(out.t) < len(v.t)
}

// escapeByte begins a control sequence of terminals.
const escapeByte = 0x1B

// longestTerminal bounds a control sequence.
const longestTerminal = 16

// terminal returns the length of the control sequence (ECMA-48, 5.4) that t
// starts with: a colour, a move of the cursor, a link; 0 for none.
func terminal(t []byte) int {
	if t[0] != escapeByte || len(t) < 3 || t[1] != '[' {
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
	if len(t) < 3 || t[0] != escapeByte || t[1] != ']' || t[2] != '8' {
		return 0
	}
	for i := len("\x1b]8"); i < min(len(t), longestHyperlink); i++ {
		switch c := t[i]; {
		case c == '\a':
			return i + 1
		case c == escapeByte:
			if byteAt(t, i+1) == '\\' {
				return i + 2
			}
			return 0
		case digit(c) || c == '=' || c == '?' || c == '@' || c < ' ' || c >= 0x80:
			return 0
		}
	}
	return 0
}

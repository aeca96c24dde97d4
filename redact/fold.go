package redact

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Folding turns any spelling of a character into the plain one: every Unicode
// digit into 0–9, compatibility forms and confusable letters into ASCII,
// spaces, punctuation and symbols into ASCII separators; invisible and
// combining characters vanish. Other letters stay as they are.

// foldString folds a whole string.
func foldString(value string) string {
	var out []byte
	for _, c := range value {
		out = foldRune(out, c)
	}
	return string(out)
}

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
			out.t = foldRune(out.t, r)
			if sign := out.t[at:]; spelledSign(sign, r) && besideDigit(out.t[:at], v.t[i+n:]) {
				out.t = append(out.t[:at], symbolMark)
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
		switch next := foldRune(buf[:0], r); {
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

// Tag characters (Unicode, 23.9) mirror ASCII, and nobody sees them.
const firstTag, lastTag = 0xE0020, 0xE007E

// tagLead begins every tag character in UTF-8.
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
		if r < firstTag || r > lastTag {
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

// foldRune appends the folded form of one rune.
func foldRune(out []byte, r rune) []byte {
	switch {
	case r < 0x7F:
		return append(out, byte(r))
	case r < lowRunes:
		return append(out, lowFolds[r]...)
	}
	return foldHighRune(out, r)
}

// lowRunes ends the runes whose folded forms are kept in a table: those of Latin
// letters and their marks, which European statements are full of.
const lowRunes = 0x250

// lowFolds holds the folded forms of what comes before lowRunes.
var lowFolds = func() (folds [lowRunes]string) {
	for r := rune(0x80); r < lowRunes; r++ {
		folds[r] = string(foldHighRune(nil, r))
	}
	return folds
}()

// foldHighRune appends the folded form of a rune that is not ASCII.
func foldHighRune(out []byte, r rune) []byte {
	if f, ok := foldTable[r]; ok {
		return append(out, f...)
	}
	if f, ok := foldTable[unicode.ToUpper(r)]; ok && unicode.IsLower(r) { // of a letter that looks like a Latin one
		return append(out, strings.ToLower(f)...)
	}
	if d, ok := digitValue(r); ok {
		return append(out, '0'+d)
	}
	switch {
	case r >= firstTag && r <= lastTag:
		return append(out, byte(r-firstTag+' '))
	case invisible(r):
		return out
	}
	return foldByClass(out, r)
}

// foldByClass folds what has no entry of its own: by decomposition, then by
// general category.
func foldByClass(out []byte, r rune) []byte {
	var buf [utf8.UTFMax]byte
	enc := buf[:utf8.EncodeRune(buf[:], r)]
	if d := norm.NFKD.Properties(enc).Decomposition(); len(d) > 0 && !unicode.Is(unicode.No, r) {
		for len(d) > 0 {
			c, n := utf8.DecodeRune(d)
			d = d[n:]
			if f, ok := foldTable[c]; ok {
				out = append(out, f...)
			} else if !invisible(c) {
				out = appendPlain(out, c)
			}
		}
		return out
	}
	return appendPlain(out, r)
}

func appendPlain(out []byte, r rune) []byte {
	switch {
	case r < utf8.RuneSelf:
		return append(out, byte(r))
	case unicode.IsSpace(r) || unicode.Is(unicode.Z, r):
		return append(out, ' ')
	case unicode.Is(unicode.Pd, r):
		return append(out, '-')
	case unicode.IsLetter(r):
		return utf8.AppendRune(out, r)
	}
	if unicode.In(r, unicode.S, unicode.Co) && !maskLike(r) {
		return append(out, symbolMark)
	}
	return append(out, '.') // punctuation, other numbers, unassigned
}

// symbolMark stands for symbols. Unlike a point it does not divide an amount.
const symbolMark = '|'

// maskLike tells whether a symbol may stand for a hidden digit: stars, crosses,
// bullets and blocks.
func maskLike(r rune) bool {
	switch r {
	case '∗', '⋆', '★', '☆', '⚫', '⚪', '⬛', '⬜', '╳', '×':
		return true
	}
	return r >= 0x2580 && r <= 0x25FF || r >= 0x2715 && r <= 0x2718 || r >= 0x2720 && r <= 0x274B
}

// invisible tells whether a rune has no width of its own: format characters,
// combining marks, variation selectors, fillers.
func invisible(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800: // Hangul fillers, blank Braille cell
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.M, unicode.Cc) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r)
}

// digitValue returns the value of a decimal digit of any script. The ranges of
// category Nd are runs of ten that start at zero (The Unicode Standard, 4.6).
func digitValue(r rune) (byte, bool) {
	for _, t := range unicode.Nd.R16 {
		if r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10), r >= rune(t.Lo)
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10), r >= rune(t.Lo)
		}
	}
	return 0, false
}

// foldTable holds what decomposition does not give: digits of other
// categories, Han numerals, and the letters of other scripts that look like
// Latin ones (a subset of Unicode's confusables.txt).
var foldTable = makeFoldTable()

func makeFoldTable() map[rune]string {
	t := make(map[rune]string, 512)
	for _, run := range digitRuns {
		for d := run.first; d <= run.last; d++ {
			t[run.at+d-run.first] = string('0' + d)
		}
	}
	for _, set := range hanDigits {
		for _, p := range set {
			t[p.r] = p.s
		}
	}
	for latin, others := range confusables {
		for _, r := range others {
			t[r] = string(latin)
		}
	}
	for r := rune(0x2488); r <= 0x2490; r++ { // DIGIT ONE FULL STOP …
		t[r] = string('1' + r - 0x2488)
	}
	for i := rune(0); i < 26; i++ { // negative, squared and outlined letters, regional indicators
		letter := string('A' + i)
		t[0x1F150+i], t[0x1F170+i], t[0x1F130+i], t[0x1CCD6+i], t[0x1F1E6+i] = letter, letter, letter, letter, letter
	}
	t['⑆'], t['⑇'], t['⑈'], t['⑉'] = " account aba ", ".", " account ", "-" // magnetic ink: transit, amount, on us, dash
	for _, r := range "₋⁻ー˗−" {
		t[r] = "-"
	}
	for _, r := range "•·‧・、" { // they hide digits or stand between them, and divide no amount
		t[r] = "*"
	}
	t['‿'], t['⁀'] = "_", "_"
	t['ǀ'], t['ǃ'] = "|", "!"                           // letters of Khoisan languages that look like marks
	t['丨'], t['ㅣ'], t['ￜ'], t['丿'] = "|", "|", "|", "/" // strokes of Han, a vowel of Hangul
	return t
}

type spelled struct {
	r rune
	s string
}

var hanDigits = [][]spelled{
	{{'⓪', "0"}, {'⓿', "0"}, {'🄋', "0"}, {'🄌', "0"}, {'⁰', "0"}, {'¹', "1"}, {'²', "2"}, {'³', "3"}, {'🄀', "0"}},
	{{'〇', "0"}, {'零', "0"}, {'一', "1"}, {'二', "2"}, {'三', "3"}, {'四', "4"}, {'五', "5"}, {'六', "6"}, {'七', "7"}, {'八', "8"}, {'九', "9"}},
	{{'壹', "1"}, {'贰', "2"}, {'貳', "2"}, {'叁', "3"}, {'參', "3"}, {'肆', "4"}, {'伍', "5"}, {'陆', "6"}, {'陸', "6"}, {'柒', "7"}, {'捌', "8"}, {'玖', "9"}},
	{{'㊀', "1"}, {'㊁', "2"}, {'㊂', "3"}, {'㊃', "4"}, {'㊄', "5"}, {'㊅', "6"}, {'㊆', "7"}, {'㊇', "8"}, {'㊈', "9"}},
	{{'㈠', "1"}, {'㈡', "2"}, {'㈢', "3"}, {'㈣', "4"}, {'㈤', "5"}, {'㈥', "6"}, {'㈦', "7"}, {'㈧', "8"}, {'㈨', "9"}},
	{{'弌', "1"}, {'弍', "2"}, {'弎', "3"}, {'壱', "1"}, {'弐', "2"}, {'参', "3"}, {'両', "2"}, {'两', "2"}, {'漆', "7"}},
}

// confusables maps a Latin letter to its doubles in Cyrillic, Greek, Armenian
// and Cherokee, and in scripts in which no bank writes: Lisu, Coptic, Tifinagh,
// Canadian syllabics, Deseret, Osage, Carian and others.
var confusables = map[rune]string{
	'A': "АΑᎪᴀᗅꓮ𖽀𐊠", 'B': "ВΒᏴʙꞴᗷꓐ𐊂𐊡𐌁", 'C': "СϹᏟᴄⲤꓚ𐊢𐌂𐐕𐔜", 'D': "ᎠԀᴅĐÐᗞᗪꓓ", 'E': "ЕΕᎬᴇⴹꓰ𑢦𑢮𐊆", 'F': "ҒϜꜰꞘᖴꓝ𑣂𑢢𐊇𐊥𐔥", 'G': "ԌᏀɢᏳꓖ", 'H': "НΗᎻʜĦⲎᕼꓧ𐋏",
	'I': "ІΙӀɪƖⲒⵏᛁꓲ𖼨𐊊𐌉", 'J': "ЈᎫͿᴊꞲᒍꓙ", 'K': "КΚᏦᴋⲔᛕꓗ𐔘", 'L': "ᏞԼʟŁⳐᒪꓡ𖼖𑢣𑢲𐐛𐔦", 'M': "МΜᎷᴍⲘᗰᛖꓟ𐊰𐌑", 'N': "ΝՆɴⲚꓠ𐔓", 'O': "ОΟՕᴏØⲞⵔ𐓂ꓳ𑢵𐊒𐊫𐐄𐔖", 'P': "РΡᏢᴘⲢᑭꓑ𐊕", 'Q': "Ԛꞯⵕ",
	'R': "ᎡᏒʀ𐒴ᖇꓣ𖼵", 'S': "ЅՏᏚꜱᏕꓢ𖼺𐊖𐐠", 'T': "ТΤᎢᴛŦⲦꓔ𖼊𑢼𐊗𐊱𐌕", 'U': "⋃Սሀᴜ𐓎ᑌꓴ𖽂𑢸", 'V': "ѴᏙᴠⴸᐯꓦ𖼈𑢠𐔝", 'W': "ԜᎳᴡᏔꓪ", 'X': "ХΧꞳⲬⵝᚷꓫ𐊐𐊴𐌗𐔧", 'Y': "ҮΥУʏⲨᎩᎽꓬ𖽃𑢤𐊲", 'Z': "ΖᏃꓜ𑢩",
	'a': "аα", 'b': "Ьᖯ", 'c': "сϲ", 'd': "ԁ", 'e': "еҽ", 'g': "ցɡ", 'h': "һհ", 'i': "іıιɩ", 'j': "јϳ", 'k': "кκ",
	'l': "ӏ", 'm': "м", 'n': "ոη", 'o': "оοօ", 'p': "рρ", 'q': "ԛ", 'r': "г", 's': "ѕ", 't': "тτ", 'u': "υս",
	'v': "ѵν", 'w': "ԝω", 'x': "хχ", 'y': "уγү", 'z': "ᴢ",
}

// Package fold turns any spelling of a character into the plain one: every Unicode digit
// into 0–9, compatibility forms and confusable letters into ASCII, spaces, punctuation and
// symbols into ASCII separators; invisible and combining characters vanish. Other letters
// stay as they are.
//
// Sources: The Unicode Standard, its normalisation form KD (from golang.org/x/text) and
// character database, and a subset of its confusables.txt.
package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// String folds a whole string.
func String(value string) string {
	var out []byte
	for _, c := range value {
		out = Rune(out, c)
	}
	return string(out)
}

// Tag characters mirror ASCII, from the space on (Unicode, 23.9), and nobody sees them.
const FirstTag, LastTag = 0xE0020, 0xE007E

// Rune appends the folded form of a character, which may be none or several.
func Rune(out []byte, r rune) []byte {
	switch {
	case r < 0x7F:
		return append(out, byte(r))
	case r < endLatin:
		return append(out, latin[r]...)
	}
	return high(out, r)
}

// endLatin ends the runes whose folded forms are kept in a table: those of Latin
// letters and their marks, which European statements are full of.
const endLatin = 0x250

// latin holds the folded forms of what comes before endLatin.
var latin = func() (folds [endLatin]string) {
	for r := rune(0x80); r < endLatin; r++ {
		folds[r] = string(high(nil, r))
	}
	return folds
}()

// high appends the folded form of a rune that is not ASCII.
func high(out []byte, r rune) []byte {
	if f, ok := table[r]; ok {
		return append(out, f...)
	}
	if f, ok := table[unicode.ToUpper(r)]; ok && unicode.IsLower(r) { // of a letter that looks like a Latin one
		return append(out, strings.ToLower(f)...)
	}
	if d, ok := digitValue(r); ok {
		return append(out, '0'+d)
	}
	switch {
	case r >= FirstTag && r <= LastTag:
		return append(out, byte(r-FirstTag+' '))
	case Invisible(r):
		return out
	}
	return byClass(out, r)
}

// byClass folds what has no entry of its own: by decomposition, then by
// general category.
func byClass(out []byte, r rune) []byte {
	var buf [utf8.UTFMax]byte
	enc := buf[:utf8.EncodeRune(buf[:], r)]
	if d := norm.NFKD.Properties(enc).Decomposition(); len(d) > 0 && !unicode.Is(unicode.No, r) {
		for len(d) > 0 {
			c, n := utf8.DecodeRune(d)
			d = d[n:]
			if f, ok := table[c]; ok {
				out = append(out, f...)
			} else if !Invisible(c) {
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
		return append(out, SymbolMark)
	}
	return append(out, '.') // punctuation, other numbers, unassigned
}

// Latin returns what Rune appends for a character beyond ASCII that is a Latin letter or
// stands before the last of these, U+0080 to U+024F; false for others.
func Latin(r rune) (folded string, ok bool) {
	if r < utf8.RuneSelf || r >= endLatin {
		return "", false
	}
	return latin[r], true
}

// SymbolMark stands for symbols. Unlike a point it does not divide an amount.
const SymbolMark = '|'

// maskLike tells whether a symbol may stand for a hidden digit: stars, crosses,
// bullets and blocks.
func maskLike(r rune) bool {
	switch r {
	case '∗', '⋆', '★', '☆', '⚫', '⚪', '⬛', '⬜', '╳', '×':
		return true
	}
	return r >= 0x2580 && r <= 0x25FF || r >= 0x2715 && r <= 0x2718 || r >= 0x2720 && r <= 0x274B
}

// Invisible tells whether a rune has no width of its own: format characters,
// combining marks, variation selectors, fillers.
func Invisible(r rune) bool {
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

// table holds what decomposition does not give: digits of other
// categories, Han numerals, and the letters of other scripts that look like
// Latin ones (a subset of Unicode's confusables.txt).
var table = makeTable()

func makeTable() map[rune]string {
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

package hostile

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
)

// Disguise is one way to write a value so that a reader still understands it
// and a scanner might not.
type Disguise struct {
	Name  string
	Layer Layer
	Apply func(rng *rand.Rand, s string) string
}

// Layer orders disguises: what changes characters comes before what encodes a
// text, and that before what surrounds it.
type Layer int

// The layers of a disguise.
const (
	Forms      Layer = iota // other characters for the same digits and letters
	Separators              // characters put between
	Encodings               // the whole text in another notation
	Glue                    // text before and after
)

// separators are characters to put between digits, by class.
var separators = []struct {
	name string
	list []string
}{
	{"space", []string{" "}},
	{"two spaces", []string{"  "}},
	{"many spaces", []string{strings.Repeat(" ", 20)}},
	{"no-break space", []string{"\u00a0", "\u202f", "\u2007"}},
	{"rare spaces", []string{"\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2008", "\u2009", "\u200a", "\u205f", "\u3000", "\u2800"}},
	{"dash", []string{"-"}},
	{"dashes", []string{"\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "\ufe58", "\ufe63", "\uff0d", "\u058a", "\u05be", "\u1806", "\u2e3a", "\u30a0", "\u301c", "\u3030", "\u2053", "\u2043", "\u00af", "\u02d7", "\u30fc"}},
	{"spaced dash", []string{" - ", " – ", "--", "->", "=>", " -- "}},
	{"dot", []string{"."}},
	{"dots", []string{"\u00b7", "\u2022", "\u2027", "\u2219", "\u22c5", "\u2024", "\u3002", "\uff0e", "\u2026", "\u30fb", "\u0387", "\u06d4", "\u25cf", "\u25e6", ".."}},
	{"slash", []string{"/"}},
	{"slashes", []string{"\u2044", "\u2215", "\uff0f", "\u29f8", "\\", "//", " / ", "\u2216", "\uff3c"}},
	{"pipe", []string{"|"}},
	{"pipes", []string{"\u00a6", "\u2016", "\u2223", "\uff5c", "\u2502", "\u01c0", "\u05c0", "||", " | ", "\u2503"}},
	{"comma", []string{","}},
	{"commas", []string{"\u060c", "\u3001", "\uff0c", "\u066b", "\u066c", "\u201a", ", ", "\u2e41", ";", "; "}},
	{"colon", []string{":"}},
	{"colons", []string{"\uff1a", "\u2236", "\ufe55", "\u05c3", "\ua789", "::", ": "}},
	{"line feed", []string{"\n"}},
	{"line breaks", []string{"\r\n", "\r", "\n\n", "\u2028", "\u2029", "\u0085", "\v", "\f", "\n> ", "\n  ", "\r\n\t"}},
	{"tab", []string{"\t", "\t\t"}},
	{"underscore", []string{"_", "__", "\u203f", "\uff3f"}},
	{"symbols", []string{"+", "=", "~", "*", "^", "!", "?", "&", "#", "@", "$", "%", ";"}},
	{"quotes", []string{"'", "\"", "`", "\u2019", "\u201c", "\u00ab", "','", "\" \"", "\",\""}},
	{"brackets", []string{")(", "][", "}{", ") (", "> <", "\u3011\u3010"}},
	{"letter x", []string{"x"}},
	{"letter o", []string{"o"}},
	{"letter", []string{"X", "a", "N", "s"}},
	{"emoji", []string{"\U0001F600", "\u2764\ufe0f", "\U0001F4B3", "\u2192", "\u2713", "\u2605"}},
	{"markdown", []string{"**", "** **", "` `", "~~", "\\-", "\\ "}},
	{"tags", []string{"<b>", "</b>", "<br>", "<br/>", "<wbr>", "</td><td>", "<span class=\"x\">", "<!-- -->", "<i></i>", "</span><span style='color:red'>", "<p>\n</p>"}},
	{"named entities", []string{"&nbsp;", "&ensp;", "&emsp;", "&thinsp;", "&shy;", "&zwj;", "&ndash;", "&mdash;", "&middot;", "&bull;", "&hyphen;", "&sol;", "&period;", "&Tab;", "&NewLine;", "&ZeroWidthSpace;", "&nbsp", "&shy"}},
	{"numeric entities", []string{"&#160;", "&#x20;", "&#xA0;", "&#45;", "&#x2d;", "&#8203;", "&#x200B;", "&#8211;", "&#0000045;"}},
	{"double entities", []string{"&amp;nbsp;", "&amp;#45;", "&amp;#x200b;", "&amp;amp;nbsp;"}},
	{"encoded separators", []string{"%20", "%2D", "+", "%C2%A0", "=20", "=2D", "\\x20", "\\u00a0", "\\u200b", "\\n", "\\t", "\\-", "%0A", "%E2%80%8B"}},
	{"zero width", []string{"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u180e", "\u00ad", "\u034f"}},
	{"invisible operators", []string{"\u2061", "\u2062", "\u2063", "\u2064", "\u206a", "\u206f", "\ufff9", "\ufffa", "\ufffb", "\u17b4", "\u17b5", "\U0001D173", "\U0001D17A", "\U0001BCA0"}},
	{"bidi", []string{"\u200e", "\u200f", "\u061c", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"}},
	{"combining", []string{"\u0301", "\u0336", "\u0338", "\u20e3", "\u20dd", "\u0489", "\u0300\u0316", "\u0f35", "\u1ab0", "\u1dc0", "\ufe20", "\u3099", "\u0e31"}},
	{"fillers", []string{"\u3164", "\u115f", "\u1160", "\uffa0"}},
	{"variation selectors", []string{"\ufe00", "\ufe0e", "\ufe0f", "\U000E0100", "\U000E01EF", "\u180b", "\u180c", "\u180d", "\u180f"}},
	{"tag characters", []string{"\U000E0001", "\U000E0020", "\U000E007F", "\U000E002D"}},
	{"controls", []string{"\x00", "\x01", "\x07", "\x08", "\x0e", "\x1b", "\x1f", "\x7f", "\u0080", "\u009f", "\x1b[0m", "\x1b[31m"}},
	{"private and unassigned", []string{"\ue000", "\ufffd", "\uffff", "\ufdd0", "\U000F0000", "\u0378", "\ufffc"}},
	{"mixed", []string{" ", "-", ".", "\u00a0", "\u200b", "/", "\u2013", "\u0301", "_", "\t"}},
}

// listOf returns the separators of a class.
func listOf(name string) []string {
	for _, d := range separators {
		if d.name == name {
			return d.list
		}
	}
	return nil
}

// interleave puts separators between the characters of s: after every one,
// after every fourth, or here and there.
func interleave(rng *rand.Rand, s string, list []string, sparse bool) string {
	mode := rng.IntN(4)
	same := rng.IntN(2) == 0
	if sparse {
		same = true
		if mode = 1; strings.IndexFunc(s, unicode.IsLetter) >= 0 {
			return s
		}
	}
	sep := pick(rng, list...)
	var b strings.Builder
	runes := []rune(s)
	at := 2 + rng.IntN(max(1, len(runes)-3))
	for i, r := range runes {
		if i > 0 && (mode == 0 || mode == 1 && i%4 == 0 || mode == 2 && rng.IntN(3) == 0 || mode == 3 && i == at) {
			if !same {
				sep = pick(rng, list...)
			}
			b.WriteString(sep)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ten are ten characters that mean the digits 0 to 9.
var ten = []struct{ name, forms string }{
	{"circled", "⓪①②③④⑤⑥⑦⑧⑨"}, {"negative circled", "⓿❶❷❸❹❺❻❼❽❾"}, {"double circled", "0⓵⓶⓷⓸⓹⓺⓻⓼⓽"}, {"dingbat circled", "🄋➀➁➂➃➄➅➆➇➈"}, {"dingbat negative circled", "🄌➊➋➌➍➎➏➐➑➒"},
	{"parenthesized", "0⑴⑵⑶⑷⑸⑹⑺⑻⑼"}, {"full-stop digits", "🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐"}, {"comma digits", "🄁🄂🄃🄄🄅🄆🄇🄈🄉🄊"}, {"superscript", "⁰¹²³⁴⁵⁶⁷⁸⁹"}, {"subscript", "₀₁₂₃₄₅₆₇₈₉"},
	{"han", "〇一二三四五六七八九"}, {"han with ling", "零一二三四五六七八九"}, {"financial, simplified", "零壹贰叁肆伍陆柒捌玖"}, {"financial, traditional", "零壹貳參肆伍陸柒捌玖"}, {"daiji", "零壱弐参四五六七八九"},
	{"suzhou", "〇〡〢〣〤〥〦〧〨〩"}, {"counting rods", "0𝍠𝍡𝍢𝍣𝍤𝍥𝍦𝍧𝍨"}, {"ethiopic", "0፩፪፫፬፭፮፯፰፱"}, {"ideographic parenthesized", "0㈠㈡㈢㈣㈤㈥㈦㈧㈨"}, {"ideographic circled", "0㊀㊁㊂㊃㊄㊅㊆㊇㊈"},
}

// letters are look-alikes of A to Z; a space stands for none.
var letterForms = []struct{ name, forms string }{
	{"Cyrillic", "АВС ЕҒԌНІЈК М ОРԚ ЅТ ѴԜХУ "}, {"Greek", "ΑΒ  Ε  ΗΙ Κ ΜΝΟΡ   Τ   ΧΥΖ"}, {"full-width letters", "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"}, {"circled letters", "ⒶⒷⒸⒹⒺⒻⒼⒽⒾⒿⓀⓁⓂⓃⓄⓅⓆⓇⓈⓉⓊⓋⓌⓍⓎⓏ"},
	{"negative squared", "🅰🅱🅲🅳🅴🅵🅶🅷🅸🅹🅺🅻🅼🅽🅾🅿🆀🆁🆂🆃🆄🆅🆆🆇🆈🆉"}, {"regional indicators", "🇦🇧🇨🇩🇪🇫🇬🇭🇮🇯🇰🇱🇲🇳🇴🇵🇶🇷🇸🇹🇺🇻🇼🇽🇾🇿"}, {"mathematical letters", "𝐀𝐁𝐂𝐃𝐄𝐅𝐆𝐇𝐈𝐉𝐊𝐋𝐌𝐍𝐎𝐏𝐐𝐑𝐒𝐓𝐔𝐕𝐖𝐗𝐘𝐙"},
	{"small capitals", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘ ʀꜱᴛᴜᴠᴡ ʏᴢ"}, {"accented", "ÁḂČĎÉḞĜĤÍĴĶĹṀŃÓṔ ŔŚŤÚṼŴẌÝŹ"}, {"modifier letters", "ᴬᴮ ᴰᴱ ᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾ ᴿ ᵀᵁⱽᵂ   "}, {"Armenian and Cherokee", "ᎪᏴᏟᎠᎬ ᏀᎻ ᎫᏦᏞᎷ ՕᏢ ᎡᏚᎢՍᏙᎳ  Ꮓ"},
}

func swap(form []rune, first rune) func(*rand.Rand, string) string {
	return func(_ *rand.Rand, s string) string {
		return strings.Map(func(r rune) rune {
			i := unicode.ToUpper(r) - first
			if i < 0 || int(i) >= len(form) || form[i] == ' ' {
				return r
			}
			return form[i]
		}, s)
	}
}

// Disguises returns the whole catalogue.
func Disguises() (all []Disguise) {
	all = append(all, Disguise{Name: "plain", Apply: func(_ *rand.Rand, s string) string { return s }})
	for _, d := range ten {
		all = append(all, Disguise{Name: d.name, Apply: swap([]rune(d.forms), '0')})
	}
	for _, d := range letterForms {
		all = append(all, Disguise{Name: d.name, Apply: swap([]rune(d.forms), 'A')})
	}
	all = append(all, decimalForms()...)
	all = append(all, Disguise{"lower case", Forms, func(_ *rand.Rand, s string) string { return strings.ToLower(s) }},
		Disguise{"keycap", Forms, eachRune(func(r rune) string {
			if unicode.IsDigit(r) {
				return string(r) + "\ufe0f\u20e3"
			}
			return string(r)
		})},
		Disguise{"digit forms mixed", Forms, func(rng *rand.Rand, s string) string {
			return eachRune(func(r rune) string { return swap([]rune(pick(rng, ten...).forms), '0')(rng, string(r)) })(rng, s)
		}},
		Disguise{"tag digits", Forms, eachRune(func(r rune) string {
			if r < 0x7f && r >= ' ' {
				return string(r + 0xE0000)
			}
			return string(r)
		})})
	for _, d := range separators {
		sparse := strings.HasPrefix(d.name, "letter")
		all = append(all, Disguise{d.name, Separators, func(rng *rand.Rand, s string) string { return interleave(rng, s, d.list, sparse) }})
	}
	all = append(all, encodings...)
	return append(all, surroundings()...)
}

// decimalForms is one disguise for every set of ten decimal digits in Unicode.
func decimalForms() (all []Disguise) {
	for _, r16 := range unicode.Nd.R16 {
		all = append(all, tens(rune(r16.Lo), rune(r16.Hi))...)
	}
	for _, r32 := range unicode.Nd.R32 {
		all = append(all, tens(rune(r32.Lo), rune(r32.Hi))...)
	}
	return all
}

func tens(lo, hi rune) (all []Disguise) {
	for zero := lo; zero+9 <= hi; zero += 10 {
		if zero == '0' {
			continue
		}
		form := make([]rune, 10)
		for i := range form {
			form[i] = zero + rune(i)
		}
		all = append(all, Disguise{Name: fmt.Sprintf("digits U+%04X", zero), Apply: swap(form, '0')})
	}
	return all
}

func eachRune(f func(r rune) string) func(*rand.Rand, string) string {
	return func(_ *rand.Rand, s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteString(f(r))
		}
		return b.String()
	}
}

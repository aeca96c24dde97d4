package cue

import (
	"bytes"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Passwords, codes and keys behind the words for them in other languages, and codes
// before them: Ihre TAN lautet 123456, 123456 是您的验证码.

// Limits of what stands between.
const (
	foreignGap   = 24 // bytes of marks
	foreignSteps = 4  // words that carry on what those before them say
	foreignSkips = 5  // other words between a code and what it is
	foreignReach = 72 // bytes behind a number in which it may be said what it is, and of a word between
	leastSpoken  = 9  // bytes of words that other words may follow, as they are folded
	leastForeign = 3  // digits of a code
	mostForeign  = 8
)

// foreignMark is what stands between such a word and its value.
type foreignMark struct {
	end  int     // where the word before it ends
	says Foreign // what a tag around the value says
	sign bool    // a sign of assignment, the end of a line or a cell
	stop bool    // a sentence ends
}

// foreignBefore reads back from the value at t[i].
func foreignBefore(t []byte, i int) (m foreignMark) {
	tags, lines := 0, 0
	for m.end = i; m.end > 0 && i-m.end < foreignGap+tags*LongestTag; {
		switch c := t[m.end-1]; c {
		case ' ', '"', '\'', '`', '*', '(', '[', '{', '\\', '-', '_', '#', '+':
		case ':', '=', '|', '\t':
			m.sign = true
		case '\r':
		case '\n':
			m.sign = true
			if lines++; lines > 2 {
				return foreignMark{end: m.end, stop: true}
			}
		case '>':
			lo := tagStart(t, m.end)
			if lo < 0 { // an arrow
				break
			}
			if tags++; tags > MostTags {
				return foreignMark{end: m.end, stop: true}
			}
			tag := t[lo+1 : m.end-1]
			m.end, m.sign = lo, true
			if tag[0] == '/' {
				continue
			}
			if k := bytes.IndexByte(tag, ' '); k > 0 {
				tag = tag[:k]
			}
			if m.says = ForeignKey(tag[1+bytes.LastIndexByte(tag, ':'):]) & foreignSecret; m.says != 0 {
				return m
			}
			continue
		case '.':
			if m.end < i && t[m.end] == ' ' && !abbreviates(t, m.end-1) {
				m.stop = true
				return m
			}
		default:
			m.stop = c < utf8.RuneSelf && !char.Alnum(c)
			return m
		}
		m.end--
	}
	return m
}

// ForeignSays returns what the words before the value at t[i] say of it, whether a sign
// stands behind them, and whether a word for "is" does.
func ForeignSays(t []byte, i int) (says Foreign, sign, told bool) {
	skips, first := 0, i
	for steps := 0; i > 0 && steps < foreignSteps; {
		m := foreignBefore(t, i)
		if sign = sign || m.sign && !told && skips == 0; m.says != 0 {
			return m.says, true, told
		}
		if m.stop || m.end == 0 || skips > 0 && m.sign { // the words before a sign name something else
			return 0, sign, told
		}
		found, start := ForeignWords.before(t, m.end)
		switch {
		case prefixesID(t, start, m.end, i):
			return 0, sign, told
		case found&foreignSecret != 0:
			if skips > 0 && !told && found&ForeignPassword != 0 && !char.Digit(t[first]) {
				return ForeignPassword, false, false // the password of the bank: what looks like one
			}
			if skips > 0 && (!told && found&ForeignCode == 0 || m.end-start < leastSpoken) {
				return 0, sign, told
			}
			return found, sign, told
		case found == ForeignGeneric && sign && skips == 0:
			return found, sign, told
		case found&ForeignLink == 0 && found != 0 && found&(foreignMoney&^foreignUnsure|foreignShare) == 0:
			return 0, sign, told
		case found&ForeignLink != 0:
			i, told = start, true
			steps++
		case !told && !sign || skips == foreignSkips:
			return 0, sign, told
		default: // the code for your order is
			if skips++; m.sign && skips > 1 {
				return 0, sign, told
			}
			for i = m.end; i > 0 && m.end-i <= foreignReach && (t[i-1] >= utf8.RuneSelf || char.Alnum(t[i-1])); i-- {
			}
			if i == m.end || m.end-i > foreignReach {
				return 0, sign, told
			}
		}
	}
	return 0, sign, told
}

// UnderWord tells whether t[i] begins a line and no sign of assignment ends the one before.
func UnderWord(t []byte, i int) bool {
	before := bytes.TrimRight(t[max(0, i-foreignGap):i], " \t\"'`*-")
	line := bytes.TrimRight(before, " \t\r\n\"'`*")
	return len(line) < len(before) && before[len(before)-1] == '\n' && len(line) > 0 && char.Alnum(line[len(line)-1])
}

// EndsLine tells whether nothing but marks and tags stands behind t[:i] in its line.
func EndsLine(t []byte, i int) bool {
	rest := bytes.TrimLeft(t[i:min(len(t), i+foreignGap)], " \t\r\"'`*.!?)]|")
	return len(rest) == 0 || rest[0] == '\n' || rest[0] == '<'
}

// DigitIn tells whether a value has a digit.
func DigitIn(value []byte) bool { return bytes.ContainsAny(char.Looked(value), "0123456789") }

// CodeEnd returns where a code of a few digits ends that begins at t[i], which may be
// divided in two halves; 0 if there is none.
func CodeEnd(t []byte, i int) int {
	j := i
	for j < len(t) && char.Digit(t[j]) {
		j++
	}
	n := j - i
	if n >= leastForeign && n <= mostForeign/2 && j < len(t) && (t[j] == ' ' || t[j] == '-') {
		k := j + 1
		for k < len(t) && char.Digit(t[k]) {
			k++
		}
		if k-j-1 == n {
			j, n = k, 2*n
		}
	}
	if n >= mostForeign/2 && n <= mostForeign && minutesBehind(t, j) {
		return j
	}
	if n < leastForeign || n > mostForeign || char.Alnum(char.At(t, j)) || MarksNumber(char.At(t, j)) && char.Digit(char.At(t, j+1)) || (char.At(t, j) == ' ' || char.At(t, j) == '-') && char.Digit(char.At(t, j+1)) {
		return 0
	}
	if i > 1 && MarksNumber(t[i-1]) && char.Digit(t[i-2]) {
		return 0
	}
	return j
}

// minutesBehind tells whether a comma and the minutes that a code lasts stand at t[i], in
// a script that writes no space between them: 验证码为123456，5分钟内有效.
func minutesBehind(t []byte, i int) bool {
	if char.At(t, i) != ',' {
		return false
	}
	k := i + 1
	for k < len(t) && char.Digit(t[k]) && k-i <= 2 {
		k++
	}
	return k > i+1 && char.At(t, k) >= utf8.RuneSelf
}

// Confided tells whether a text asks to tell nobody what ends at t[i].
func Confided(t []byte, i int) bool {
	const reach = 120 // bytes
	for end := min(len(t), i+reach); i < end; i++ {
		if i+1 < len(t) && !endsForeign(t, i+1) {
			continue
		}
		if says, _ := ForeignWords.before(t, i+1); says&foreignShare != 0 {
			return true
		}
	}
	return false
}

// StartsLine tells whether nothing but the name of who sends it stands before t[i] in its
// line: 【銀行】123456, G-123456.
func StartsLine(t []byte, i int) bool {
	return i == 0 || t[i-1] == '\n' || bytes.IndexByte([]byte("]>)\""), t[i-1]) >= 0
}

// ForeignAfter returns what the words behind a number that ends before t[i] say of it, if
// one for "is" stands right behind it, or, where that may be, without one.
func ForeignAfter(t []byte, i int, bare bool) (says Foreign) {
	end := min(len(t), i+foreignReach)
	for i < end && bytes.IndexByte([]byte(" \"'-)(*"), t[i]) >= 0 {
		i++
	}
	if i >= end || t[i] < utf8.RuneSelf && !char.Letter(t[i]) {
		return 0
	}
	linked, words, from := bare, 0, i
	for k := i + 1; k <= end && words <= foreignSkips; k++ {
		if k < len(t) && !endsForeign(t, k) {
			continue
		}
		if k < len(t) && t[k] < utf8.RuneSelf {
			words++
		}
		found, start := ForeignWords.before(t, k)
		if start < i {
			found = 0
		}
		if start == from && found&foreignFollow != 0 {
			return found
		}
		if !linked {
			if linked = found&ForeignLink != 0 && start == from; !linked && (t[k-1] < utf8.RuneSelf || k < len(t) && t[k] == ' ' || k-i > longestLink) {
				return 0
			}
			continue
		}
		if found &^= ForeignLink | foreignFollow | foreignShare | ForeignGeneric; found&ForeignAbout != 0 {
			return 0
		} else if found != 0 {
			if k < len(t) && (t[k] == ':' || t[k] == '=') { // of the next number
				return 0
			}
			if bare && k-start < leastSpoken {
				return 0
			}
			says = found
			if next := char.At(t, k); next < utf8.RuneSelf {
				return says
			}
			continue
		}
		if k < len(t) && bytes.IndexByte([]byte(".!?\n;:,"), t[k]) >= 0 {
			return says
		}
	}
	return says
}

// longestLink is the most bytes of a word for "is" that nothing sets apart.
const longestLink = 18

// AnyForeign tells whether a word for a secret stands in a text.
func AnyForeign(t []byte) bool {
	for i := 1; i <= len(t); i++ {
		if a := t[i-1]; a < utf8.RuneSelf {
			if !char.Letter(a) || i < len(t) && char.Letter(t[i]) || !ForeignWords.maySecret(t, i) || !ForeignWords.Tells(t[:i], &ForeignWords.secret) {
				continue
			}
		} else if i < len(t) && !endsForeign(t, i) {
			continue
		}
		if says, _ := ForeignWords.before(t, i); says&(foreignSecret|foreignShare) != 0 {
			return true
		}
	}
	return false
}

// Gate returns what the words may say of which this one, of ASCII alone, is the longest
// part.
func (t *foreignTable) Gate(word []byte) Foreign {
	var low [LongestCue]byte
	if len(word) > len(low) {
		return 0
	}
	if h, _ := lastLetters(word); t.gated[filterPlace(h)>>6]>>(filterPlace(h)&63)&1 == 0 {
		return 0
	}
	for i, c := range word {
		low[i] = char.Lower(c)
	}
	return t.gates[string(low[:len(word)])]
}

// MarksNumber tells whether a mark joins digits to a number of another kind.
func MarksNumber(c byte) bool { return c == '.' || c == ',' || c == '-' || c == '/' || c == ':' }

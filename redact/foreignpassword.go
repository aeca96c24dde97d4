package redact

import (
	"bytes"
	"unicode/utf8"
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
	says foreign // what a tag around the value says
	sign bool    // a sign of assignment, the end of a line or a cell
	stop bool    // a sentence ends
}

// foreignBefore reads back from the value at t[i].
func foreignBefore(t []byte, i int) (m foreignMark) {
	tags, lines := 0, 0
	for m.end = i; m.end > 0 && i-m.end < foreignGap+tags*longestTag; {
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
			if tags++; tags > mostTags {
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
			if m.says = foreignKey(tag[1+bytes.LastIndexByte(tag, ':'):]) & foreignSecret; m.says != 0 {
				return m
			}
			continue
		case '.':
			if m.end < i && t[m.end] == ' ' && !abbreviates(t, m.end-1) {
				m.stop = true
				return m
			}
		default:
			m.stop = c < utf8.RuneSelf && !alnum(c)
			return m
		}
		m.end--
	}
	return m
}

// foreignSays returns what the words before the value at t[i] say of it, whether a sign
// stands behind them, and whether a word for "is" does.
func foreignSays(t []byte, i int) (says foreign, sign, told bool) {
	skips, first := 0, i
	for steps := 0; i > 0 && steps < foreignSteps; {
		m := foreignBefore(t, i)
		if sign = sign || m.sign && !told && skips == 0; m.says != 0 {
			return m.says, true, told
		}
		if m.stop || m.end == 0 || skips > 0 && m.sign { // the words before a sign name something else
			return 0, sign, told
		}
		found, start := foreignWords.before(t, m.end)
		switch {
		case prefixesID(t, start, m.end, i):
			return 0, sign, told
		case found&foreignSecret != 0:
			if skips > 0 && !told && found&foreignPassword != 0 && !digit(t[first]) {
				return foreignPassword, false, false // the password of the bank: what looks like one
			}
			if skips > 0 && (!told && found&foreignCode == 0 || m.end-start < leastSpoken) {
				return 0, sign, told
			}
			return found, sign, told
		case found == foreignGeneric && sign && skips == 0:
			return found, sign, told
		case found&foreignLink == 0 && found != 0 && found&(foreignMoney&^foreignUnsure|foreignShare) == 0:
			return 0, sign, told
		case found&foreignLink != 0:
			i, told = start, true
			steps++
		case !told && !sign || skips == foreignSkips:
			return 0, sign, told
		default: // the code for your order is
			if skips++; m.sign && skips > 1 {
				return 0, sign, told
			}
			for i = m.end; i > 0 && m.end-i <= foreignReach && (t[i-1] >= utf8.RuneSelf || alnum(t[i-1])); i-- {
			}
			if i == m.end || m.end-i > foreignReach {
				return 0, sign, told
			}
		}
	}
	return 0, sign, told
}

// foreignSecrets finds what such words announce.
func (s *scan) foreignSecrets(v *view) {
	t := v.t
	for w := (words{t: t, class: isAlnum}); w.next(); {
		i, j := w.lo, w.hi
		if says, sign, told := foreignSays(t, i); says != 0 {
			w.hi = max(j, s.foreignValue(v, i, j, says, sign, told))
		} else if end := codeEnd(t, i); end > 0 && foreignAfter(t, end, startsLine(t, i))&foreignCode != 0 {
			s.secret(v, i, end, "assigned")
			w.hi = end
		}
	}
}

// foreignValue takes the word t[i:j], or the value that it begins, for what the words
// before it say, and returns where it ends; 0 if it is none.
func (s *scan) foreignValue(v *view, i, j int, says foreign, sign, told bool) int {
	t := v.t
	if end := codeEnd(t, i); end > 0 {
		if says == foreignGeneric && !confided(t, end) {
			return 0
		}
		if i > 0 && t[i-1] >= utf8.RuneSelf && end-i == len("123456") { // of a script without spaces: 密码123456
			sign = true
		}
		pin := says&(foreignCode|foreignPassword|foreignGeneric) == 0
		if says&foreignCode == 0 && !sign && !told && !pin || pin && end-i > len("1234") && !told || says&^foreignLink == foreignToken {
			return 0
		}
		s.secret(v, i, end, "assigned")
		return end
	}
	end := s.valueEnd(t, i)
	for k, c := range looked(t[i:end]) {
		if c >= utf8.RuneSelf {
			end = i + k
			break
		}
	}
	end = endsTrimmed(t, i, end, ".)]!?|*`")
	value := t[i:max(i, end)]
	switch {
	case len(value) == 0 || s.r.isToken(value) || complains(t[i:min(len(t), i+longestComplaint)], false) || constant(value) && !digitIn(value) || secretName(value) != nameNone:
		return 0
	case underWord(t, i) && !endsLine(t, end):
		return 0
	case says&foreignPassword != 0:
		if !passwordLike(value) && !(sign && len(value) >= minPassword && holdsPassword.secret(value)) || callee(value) > 0 || isoDate10(value) {
			return 0
		}
	case says&(foreignToken|foreignCode) != 0:
		if !randomLike(value) && !((sign || told) && plausibleSecret(value, nameMaybe) && digitIn(value)) || uuid(value) || isoDate10(value) {
			return 0
		}
	default:
		return 0
	}
	s.secret(v, i, end, "assigned")
	return end
}

// underWord tells whether t[i] begins a line and no sign of assignment ends the one before.
func underWord(t []byte, i int) bool {
	before := bytes.TrimRight(t[max(0, i-foreignGap):i], " \t\"'`*-")
	line := bytes.TrimRight(before, " \t\r\n\"'`*")
	return len(line) < len(before) && before[len(before)-1] == '\n' && len(line) > 0 && alnum(line[len(line)-1])
}

// endsLine tells whether nothing but marks and tags stands behind t[:i] in its line.
func endsLine(t []byte, i int) bool {
	rest := bytes.TrimLeft(t[i:min(len(t), i+foreignGap)], " \t\r\"'`*.!?)]|")
	return len(rest) == 0 || rest[0] == '\n' || rest[0] == '<'
}

// digitIn tells whether a value has a digit.
func digitIn(value []byte) bool { return bytes.ContainsAny(looked(value), "0123456789") }

// isoDate10 tells whether a value begins with a date of ISO 8601.
func isoDate10(value []byte) bool {
	const size = len("2026-01-05")
	return len(value) >= size && isoDate(value[:size])
}

// codeEnd returns where a code of a few digits ends that begins at t[i], which may be
// divided in two halves; 0 if there is none.
func codeEnd(t []byte, i int) int {
	j := i
	for j < len(t) && digit(t[j]) {
		j++
	}
	n := j - i
	if n >= leastForeign && n <= mostForeign/2 && j < len(t) && (t[j] == ' ' || t[j] == '-') {
		k := j + 1
		for k < len(t) && digit(t[k]) {
			k++
		}
		if k-j-1 == n {
			j, n = k, 2*n
		}
	}
	if n >= mostForeign/2 && n <= mostForeign && minutesBehind(t, j) {
		return j
	}
	if n < leastForeign || n > mostForeign || alnum(byteAt(t, j)) || marksNumber(byteAt(t, j)) && digit(byteAt(t, j+1)) || (byteAt(t, j) == ' ' || byteAt(t, j) == '-') && digit(byteAt(t, j+1)) {
		return 0
	}
	if i > 1 && marksNumber(t[i-1]) && digit(t[i-2]) {
		return 0
	}
	return j
}

// minutesBehind tells whether a comma and the minutes that a code lasts stand at t[i], in
// a script that writes no space between them: 验证码为123456，5分钟内有效.
func minutesBehind(t []byte, i int) bool {
	if byteAt(t, i) != ',' {
		return false
	}
	k := i + 1
	for k < len(t) && digit(t[k]) && k-i <= 2 {
		k++
	}
	return k > i+1 && byteAt(t, k) >= utf8.RuneSelf
}

// confided tells whether a text asks to tell nobody what ends at t[i].
func confided(t []byte, i int) bool {
	const reach = 120 // bytes
	for end := min(len(t), i+reach); i < end; i++ {
		if i+1 < len(t) && !endsForeign(t, i+1) {
			continue
		}
		if says, _ := foreignWords.before(t, i+1); says&foreignShare != 0 {
			return true
		}
	}
	return false
}

// startsLine tells whether nothing but the name of who sends it stands before t[i] in its
// line: 【銀行】123456, G-123456.
func startsLine(t []byte, i int) bool {
	return i == 0 || t[i-1] == '\n' || bytes.IndexByte([]byte("]>)\""), t[i-1]) >= 0
}

// foreignAfter returns what the words behind a number that ends before t[i] say of it, if
// one for "is" stands right behind it, or, where that may be, without one.
func foreignAfter(t []byte, i int, bare bool) (says foreign) {
	end := min(len(t), i+foreignReach)
	for i < end && bytes.IndexByte([]byte(" \"'-)(*"), t[i]) >= 0 {
		i++
	}
	if i >= end || t[i] < utf8.RuneSelf && !letter(t[i]) {
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
		found, start := foreignWords.before(t, k)
		if start < i {
			found = 0
		}
		if start == from && found&foreignFollow != 0 {
			return found
		}
		if !linked {
			if linked = found&foreignLink != 0 && start == from; !linked && (t[k-1] < utf8.RuneSelf || k < len(t) && t[k] == ' ' || k-i > longestLink) {
				return 0
			}
			continue
		}
		if found &^= foreignLink | foreignFollow | foreignShare | foreignGeneric; found&foreignAbout != 0 {
			return 0
		} else if found != 0 {
			if k < len(t) && (t[k] == ':' || t[k] == '=') { // of the next number
				return 0
			}
			if bare && k-start < leastSpoken {
				return 0
			}
			says = found
			if next := byteAt(t, k); next < utf8.RuneSelf {
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

// anyForeign tells whether a word for a secret stands in a text.
func anyForeign(t []byte) bool {
	for i := 1; i <= len(t); i++ {
		if a := t[i-1]; a < utf8.RuneSelf {
			if !letter(a) || i < len(t) && letter(t[i]) || !foreignWords.maySecret(t, i) || !foreignWords.tells(t[:i], &foreignWords.secret) {
				continue
			}
		} else if i < len(t) && !endsForeign(t, i) {
			continue
		}
		if says, _ := foreignWords.before(t, i); says&(foreignSecret|foreignShare) != 0 {
			return true
		}
	}
	return false
}

// foreignName is spelledName for a key that is such a word.
func foreignName(key []byte) nameKind {
	switch says := foreignKey(key); {
	case says&foreignPassword != 0:
		return nameSecret
	case says&foreignCode != 0:
		return nameDigits
	case says&foreignPIN != 0:
		return nameCode
	case says&foreignToken != 0:
		return nameMaybe
	}
	return nameNone
}

// gate returns what the words may say of which this one, of ASCII alone, is the longest
// part.
func (t *foreignTable) gate(word []byte) foreign {
	var low [longestCue]byte
	if len(word) > len(low) {
		return 0
	}
	if h, _ := lastLetters(word); t.gated[filterPlace(h)>>6]>>(filterPlace(h)&63)&1 == 0 {
		return 0
	}
	for i, c := range word {
		low[i] = lower(c)
	}
	return t.gates[string(low[:len(word)])]
}

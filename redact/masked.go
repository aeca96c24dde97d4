package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// A masked number may show its last four digits. One that shows more, such as
// 411111******1111, gives away what the mask should hide.

const (
	lastShown       = 4 // digits that a masked form may show
	minMasked       = 8 // shortest number, mask and digits together
	maxMasked       = 24
	minMaskRun      = 2 // mask characters between digits
	minMaskLead     = 4 // mask characters with no digit before them
	minDots         = 4 // points between any digits: two or three stand in ranges, as 3742481..8977352
	longestEmphasis = 3 // marks of Markdown before and behind what is bold
	binShown        = 6 // first digits that are shown of a card, the issuer's
)

func maskChar(c byte) bool {
	return c == '*' || c == 'x' || c == 'X' || c == '#' || c == '.' || c == '?' || c == '_'
}

// masking tells whether a mask character stands twice in a row, as in every
// mask.
func masking(t []byte) bool {
	for i := 1; i < len(t); i++ {
		if t[i] == t[i-1] && maskChar(t[i]) {
			return true
		}
	}
	return false
}

// maskedNumbers finds masked numbers that show more than their last four
// digits.
func (s *scan) maskedNumbers(v *view) {
	t := v.t
	for i := 0; i < len(t); i++ {
		if !maskChar(t[i]) || i+1 == len(t) || !maskChar(t[i+1]) {
			continue
		}
		i = s.masked(v, i)
	}
}

// masked looks at the mask that starts at t[i] and returns its last index.
func (s *scan) masked(v *view, i int) int {
	t := v.t
	hidden, j := 0, i
	for end := i; end < len(t); end++ {
		if maskChar(t[end]) && lower(t[end]) == lower(t[i]) {
			hidden, j = hidden+1, end+1
		} else if t[end] != ' ' && t[end] != '-' || end-j > 0 {
			break
		}
	}
	if hidden <= longestEmphasis && emphasis(t, i, j) {
		return j - 1
	}
	// Two letters x in an id are no mask.
	if !(letter(t[i]) && hidden < minMaskLead) && s.maskedIBAN(v, i, j) || t[i] == '_' && hidden < minMaskLead {
		return j - 1
	}
	right, b := shown(t, j, 1, true)
	left, a := shown(t, i, -1, right <= lastShown)
	if left != binShown || right != lastShown {
		if from, to, ok := maskedApart(t, i); ok {
			s.add(v, from, to, span{entity: Card, layer: LayerDetector, rule: "masked", canon: maskedForm(t[from:to])})
			return to - 1
		}
	}
	total := left + hidden + right
	asCard := left == binShown && right == lastShown && total >= shortestPAN && total <= longestPAN
	if left == 0 && right > lastShown && right <= maxEnding && !alnum(byteAt(t, b)) && s.maskedBeside(t, a, b) {
		s.add(v, a, b, span{entity: Card, layer: LayerDetector, rule: "masked", canon: string(t[j:b])})
		return b - 1
	}
	if total < minMasked || total > maxMasked || left+right <= lastShown || right == 0 && left < minSuffix || (alnum(byteAt(t, a-1)) || alnum(byteAt(t, b))) && !(asCard && (hidden >= minMaskLead || !letter(t[i]) && t[i] != '.')) ||
		left == 0 && hidden < minMaskLead || hidden < minMaskRun {
		return j - 1
	}
	if left == 0 && leader(t, i, j) && !s.maskedBeside(t, a, b) {
		return j - 1
	}
	if t[i] == '.' && hidden < minDots && (left != binShown || right != lastShown) || right == 0 && emphasis(t, i, j) {
		return j - 1
	}
	if t[i] == '*' && hidden == minMaskRun && byteAt(t, a-1) == '*' && byteAt(t, a-2) != '*' { // an element of X12 that is empty
		return j - 1
	}
	e := Account
	if total >= 12 && total <= 19 {
		e = Card
	}
	s.add(v, a, b, span{entity: e, layer: LayerDetector, rule: "masked", canon: maskedForm(t[a:b])})
	return b - 1
}

// maskedForm returns a masked number without what stands between its characters.
func maskedForm(t []byte) string {
	canon := make([]byte, 0, maxMasked)
	for _, c := range t {
		if digit(c) || maskChar(c) {
			canon = append(canon, c)
		}
	}
	return string(canon)
}

// emphasis tells whether t[i:j] is no mask but the end of what Markdown shows in bold:
// the same characters stand before it on the line, and begin a word.
func emphasis(t []byte, i, j int) bool {
	const longest = 128 // text in bold that ends with a number
	if t[i] != '*' || alnum(byteAt(t, j)) {
		return false
	}
	line := lineBefore(t, i, longest)
	k := bytes.LastIndex(line, t[i:j])
	if k < 0 {
		return false
	}
	k += i - len(line)
	before, after := byteAt(t, k-1), byteAt(t, k+j-i)
	return before != '*' && !alnum(before) && after > ' '
}

// leader tells whether t[i:j] is the dots or the line that lead from a word to what
// stands behind it, as in a list of contents or on a receipt: Date ....... 2026-09-28.
func leader(t []byte, i, j int) bool {
	if t[i] != '.' && t[i] != '_' {
		return false
	}
	for k := i; k < j; k++ {
		if t[k] != t[i] && (t[k] != ' ' || k+1 < j) { // masks have groups
			return false
		}
	}
	for i > 0 && (t[i-1] == ' ' || t[i-1] == ':') {
		i--
	}
	return i > 0 && (letter(t[i-1]) || t[i-1] >= 0x80)
}

// maskedBeside tells whether a short mask and more than four digits, t[a:b], stand
// beside the word for a card or an account: card **732767.
func (s *scan) maskedBeside(t []byte, a, b int) bool {
	return (cueBefore(t, a, s.cue)|cueAfter(t, b))&(cueCard|cueAccount) != 0
}

// maskedIBAN notes an IBAN whose middle or end the mask t[i:j] hides, if more
// than its country, check digits and last four characters can be read.
func (s *scan) maskedIBAN(v *view, i, j int) bool {
	t, start, before := v.t, -1, 0
	for a := i - 1; a >= 0 && before < iban.Longest && (alnum(t[a]) || t[a] == ' ' && alnum(byteAt(t, a-1))); a-- {
		if alnum(t[a]) {
			before++
		}
		if !alnum(byteAt(t, a-1)) && i-a >= 4 && digit(t[a+2]) && digit(t[a+3]) && ibanLead(t[a], t[a+1]) {
			start = a
			break
		}
	}
	if start < 0 || t[i] == '.' && j-i == minMaskRun && byteClass[t[start]]&isLower != 0 { // two commits: ae78e61..8c4f8c2
		return false
	}
	end, after := j, 0
	for b := j; b < len(t) && after < iban.Longest && (alnum(t[b]) || t[b] == ' ' && after > 0 && digit(byteAt(t, b+1))); b++ {
		if alnum(t[b]) {
			after++
			end = b + 1
		}
	}
	if before-len("GB29")+after <= lastShown {
		return false
	}
	s.add(v, start, end, span{entity: IBAN, layer: LayerDetector, rule: "masked", canon: string(t[start:end])})
	return true
}

// shown counts the digits next to the mask at t[i], backwards or forwards, with single
// separators between them, and returns where they end. Behind a space stands the same
// number only if it goes on in groups of one size, and, if that is strict, no day, time
// or amount does: ****7746 05/08.
func shown(t []byte, i, step int, strict bool) (n, end int) {
	end = i
	at := func(k int) byte {
		if step < 0 {
			k--
		}
		return byteAt(t, k)
	}
	first := 0 // digits of the first group
	for k := i; n < maxMasked; {
		sep := at(k)
		if sep == ' ' || sep == '-' {
			k += step
		}
		size := 0
		for n+size < maxMasked && digit(at(k+size*step)) {
			size++
		}
		k += size * step
		if size == 0 || sep == ' ' && (n >= lastShown && size != first || strict && (n > 0 || step < 0) && goesOnOtherwise(at, k, step, size)) {
			break
		}
		if n == 0 {
			first = size
		}
		n, end = n+size, k
	}
	return n, end
}

// goesOnOtherwise tells whether a group of so many digits that ends before k goes on as
// a day, a time or an amount does.
func goesOnOtherwise(at func(int) byte, k, step, size int) bool {
	const short, thousands = 2, 3 // digits of a day, and of an amount between marks
	next := 0
	for next <= thousands && digit(at(k+(next+1)*step)) {
		next++
	}
	switch at(k) {
	case '/', '.', ':', ',':
		return next > 0 && next <= thousands
	case '-':
		return next > 0 && (size <= short || next <= short)
	}
	return false
}

package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

const (
	minMasked       = 8 // shortest number, mask and digits together
	maxMasked       = 24
	minMaskRun      = 2 // mask characters between digits
	minMaskLead     = 4 // mask characters with no digit before them
	minDots         = 4 // points between any digits: two or three stand in ranges, as 3742481..8977352
	longestEmphasis = 3 // marks of Markdown before and behind what is bold
	binShown        = 6 // first digits that are shown of a card, the issuer's
)

// maskedNumbers finds masked numbers that show more than their last four
// digits.
func (s *Scan) maskedNumbers(v *finding.View) {
	t := v.Text
	for i := 0; i < len(t); i++ {
		if !profile.MaskChar(t[i]) || i+1 == len(t) || !profile.MaskChar(t[i+1]) {
			continue
		}
		i = s.masked(v, i)
	}
}

// masked looks at the mask that starts at t[i] and returns its last index.
func (s *Scan) masked(v *finding.View, i int) int {
	t := v.Text
	hidden, j := 0, i
	for end := i; end < len(t); end++ {
		if profile.MaskChar(t[end]) && char.Lower(t[end]) == char.Lower(t[i]) {
			hidden, j = hidden+1, end+1
		} else if t[end] != ' ' && t[end] != '-' || end-j > 0 {
			break
		}
	}
	if hidden <= longestEmphasis && emphasis(t, i, j) {
		return j - 1
	}
	// Two letters x in an id are no mask.
	if !(char.Letter(t[i]) && hidden < minMaskLead) && s.maskedIBAN(v, i, j) || t[i] == '_' && hidden < minMaskLead {
		return j - 1
	}
	right, b := shown(t, j, 1, true)
	left, a := shown(t, i, -1, right <= profile.LastShown)
	if left != binShown || right != profile.LastShown {
		if from, to, ok := maskedApart(t, i); ok {
			s.Add(v, from, to, finding.Span{Entity: entity.Card, Layer: entity.Detector, Rule: "masked", Canon: maskedForm(t[from:to])})
			return to - 1
		}
	}
	total := left + hidden + right
	asCard := left == binShown && right == profile.LastShown && total >= ShortestPAN && total <= LongestPAN
	if left == 0 && right > profile.LastShown && right <= MaxEnding && !char.Alnum(char.At(t, b)) && s.maskedBeside(t, a, b) {
		s.Add(v, a, b, finding.Span{Entity: entity.Card, Layer: entity.Detector, Rule: "masked", Canon: string(t[j:b])})
		return b - 1
	}
	if total < minMasked || total > maxMasked || left+right <= profile.LastShown || right == 0 && left < column.MinSuffix || (char.Alnum(char.At(t, a-1)) || char.Alnum(char.At(t, b))) && !(asCard && (hidden >= minMaskLead || !char.Letter(t[i]) && t[i] != '.')) ||
		left == 0 && hidden < minMaskLead || hidden < minMaskRun {
		return j - 1
	}
	if left == 0 && leader(t, i, j) && !s.maskedBeside(t, a, b) {
		return j - 1
	}
	if t[i] == '.' && hidden < minDots && (left != binShown || right != profile.LastShown) || right == 0 && emphasis(t, i, j) {
		return j - 1
	}
	if t[i] == '*' && hidden == minMaskRun && char.At(t, a-1) == '*' && char.At(t, a-2) != '*' { // an element of X12 that is empty
		return j - 1
	}
	e := entity.Account
	if total >= 12 && total <= 19 {
		e = entity.Card
	}
	s.Add(v, a, b, finding.Span{Entity: e, Layer: entity.Detector, Rule: "masked", Canon: maskedForm(t[a:b])})
	return b - 1
}

// maskedForm returns a masked number without what stands between its characters.
func maskedForm(t []byte) string {
	canon := make([]byte, 0, maxMasked)
	for _, c := range t {
		if char.Digit(c) || profile.MaskChar(c) {
			canon = append(canon, c)
		}
	}
	return string(canon)
}

// emphasis tells whether t[i:j] is no mask but the end of what Markdown shows in bold:
// the same characters stand before it on the line, and begin a word.
func emphasis(t []byte, i, j int) bool {
	const longest = 128 // text in bold that ends with a number
	if t[i] != '*' || char.Alnum(char.At(t, j)) {
		return false
	}
	line := char.LineBefore(t, i, longest)
	k := bytes.LastIndex(line, t[i:j])
	if k < 0 {
		return false
	}
	k += i - len(line)
	before, after := char.At(t, k-1), char.At(t, k+j-i)
	return before != '*' && !char.Alnum(before) && after > ' '
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
	return i > 0 && (char.Letter(t[i-1]) || t[i-1] >= 0x80)
}

// maskedBeside tells whether a short mask and more than four digits, t[a:b], stand
// beside the word for a card or an account: card **732767.
func (s *Scan) maskedBeside(t []byte, a, b int) bool {
	return (cue.Before(t, a, s.Cue)|cue.After(t, b))&(cue.Card|cue.Account) != 0
}

// maskedIBAN notes an IBAN whose middle or end the mask t[i:j] hides, if more
// than its country, check digits and last four characters can be read.
func (s *Scan) maskedIBAN(v *finding.View, i, j int) bool {
	t, start, before := v.Text, -1, 0
	for a := i - 1; a >= 0 && before < iban.Longest && (char.Alnum(t[a]) || t[a] == ' ' && char.Alnum(char.At(t, a-1))); a-- {
		if char.Alnum(t[a]) {
			before++
		}
		if !char.Alnum(char.At(t, a-1)) && i-a >= 4 && char.Digit(t[a+2]) && char.Digit(t[a+3]) && profile.IBANLead(t[a], t[a+1]) {
			start = a
			break
		}
	}
	if start < 0 || t[i] == '.' && j-i == minMaskRun && char.ByteClass[t[start]]&char.IsLower != 0 { // two commits: ae78e61..8c4f8c2
		return false
	}
	end, after := j, 0
	for b := j; b < len(t) && after < iban.Longest && (char.Alnum(t[b]) || t[b] == ' ' && after > 0 && char.Digit(char.At(t, b+1))); b++ {
		if char.Alnum(t[b]) {
			after++
			end = b + 1
		}
	}
	if before-len("GB29")+after <= profile.LastShown {
		return false
	}
	s.Add(v, start, end, finding.Span{Entity: entity.IBAN, Layer: entity.Detector, Rule: "masked", Canon: string(t[start:end])})
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
		return char.At(t, k)
	}
	first := 0 // digits of the first group
	for k := i; n < maxMasked; {
		sep := at(k)
		if sep == ' ' || sep == '-' {
			k += step
		}
		size := 0
		for n+size < maxMasked && char.Digit(at(k+size*step)) {
			size++
		}
		k += size * step
		if size == 0 || sep == ' ' && (n >= profile.LastShown && size != first || strict && (n > 0 || step < 0) && goesOnOtherwise(at, k, step, size)) {
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
	for next <= thousands && char.Digit(at(k+(next+1)*step)) {
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

package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// A masked card may have marks between its groups that are neither spaces nor dashes:
// 4986/36XX/XXXX/2962. It shows the first six digits and the last four, as cards do.

// maxMaskGap is how many bytes stand between two groups of it.
const maxMaskGap = 8

// maskedApart returns where the masked card is whose mask begins at t[i], if one and the
// same mark stands between all its groups.
func maskedApart(t []byte, i int) (from, to int, ok bool) {
	var gap []byte
	apart := func(a, b int) bool { // whether nothing or the mark stands in t[a:b]
		switch {
		case a == b:
			return true
		case gap == nil:
			gap = t[a:b]
			return true
		}
		return bytes.Equal(gap, t[a:b])
	}
	from = i
	left, masked, right := 0, 1, 0
	for left < binShown {
		k := from
		for k > 0 && from-k < maxMaskGap && !char.Alnum(t[k-1]) && t[k-1] != t[i] {
			k--
		}
		switch {
		case k == 0 || !apart(k, from) || masked > LongestPAN:
			return 0, 0, false
		case t[k-1] == t[i] && left == 0:
			masked++
		case char.Digit(t[k-1]):
			left++
		default:
			return 0, 0, false
		}
		from = k - 1
	}
	to = i + 1
	for right < profile.LastShown {
		k := to
		for k < len(t) && k-to < maxMaskGap && !char.Alnum(t[k]) && t[k] != t[i] {
			k++
		}
		switch {
		case k == len(t) || !apart(to, k) || masked > LongestPAN:
			return 0, 0, false
		case t[k] == t[i] && right == 0:
			masked++
		case char.Digit(t[k]):
			right++
		default:
			return 0, 0, false
		}
		to = k + 1
	}
	total := left + masked + right
	return from, to, gap != nil && total >= ShortestPAN && total <= LongestPAN && masked >= minMaskRun && !char.Digit(char.At(t, from-1)) && !char.Digit(char.At(t, to))
}

// maskedSingly finds masked cards of which one and the same mark stands between all
// characters: 4-9-8-6-3-6-X-X-X-X-X-X-2-9-6-2.
func (s *Scan) maskedSingly(v *finding.View) {
	s.maskedLast(v)
	for i := 1; i+2 < len(v.Text); i++ {
		if c := v.Text[i]; !profile.MaskChar(c) || v.Text[i+2] != c || v.Text[i+1] != v.Text[i-1] || char.Alnum(v.Text[i+1]) {
			continue
		}
		if from, to, ok := maskedApart(v.Text, i); ok {
			s.Add(v, from, to, finding.Span{Entity: entity.Card, Layer: entity.Detector, Rule: "masked", Canon: maskedForm(v.Text[from:to])})
			i = to
		}
	}
}

// Digits of the cards that maskedLast looks for.
const american, usual = 15, 16

// maskedLast finds cards of which one mark hides the last digit alone: 453957876362148*.
func (s *Scan) maskedLast(v *finding.View) {
	t := v.Text
	for i := american - 1; i < len(t); i++ {
		if c := char.Lower(t[i]); c != '*' && c != 'x' || !char.Digit(t[i-1]) || char.Alnum(char.At(t, i+1)) || profile.MaskChar(char.At(t, i+1)) {
			continue
		}
		var d [usual]byte
		from, at := i, usual-1
		for at > 0 && from > 0 && (char.Digit(t[from-1]) || cue.InNumber(t, from-1)) {
			if from--; char.Digit(t[from]) {
				at--
				d[at] = t[from]
			}
		}
		if at > usual-american || char.Alnum(char.At(t, from-1)) || profile.MaskChar(char.At(t, from-1)) {
			continue
		}
		d[usual-1] = '0' // whatever it is
		if issuer.Of(d[at:]) == issuer.Strong {
			s.Add(v, from, i+1, finding.Span{Entity: entity.Card, Layer: entity.Detector, Rule: "masked", Canon: maskedForm(t[from : i+1])})
		}
	}
}

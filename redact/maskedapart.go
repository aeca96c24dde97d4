package redact

import "bytes"

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
		for k > 0 && from-k < maxMaskGap && !alnum(t[k-1]) && t[k-1] != t[i] {
			k--
		}
		switch {
		case k == 0 || !apart(k, from):
			return 0, 0, false
		case t[k-1] == t[i] && left == 0:
			masked++
		case digit(t[k-1]):
			left++
		default:
			return 0, 0, false
		}
		from = k - 1
	}
	to = i + 1
	for right < lastShown {
		k := to
		for k < len(t) && k-to < maxMaskGap && !alnum(t[k]) && t[k] != t[i] {
			k++
		}
		switch {
		case k == len(t) || !apart(to, k):
			return 0, 0, false
		case t[k] == t[i] && right == 0:
			masked++
		case digit(t[k]):
			right++
		default:
			return 0, 0, false
		}
		to = k + 1
	}
	total := left + masked + right
	return from, to, gap != nil && total >= shortestPAN && total <= longestPAN && masked >= minMaskRun && !digit(byteAt(t, from-1)) && !digit(byteAt(t, to))
}

// maskedSingly finds masked cards of which one and the same mark stands between all
// characters: 4-9-8-6-3-6-X-X-X-X-X-X-2-9-6-2.
func (s *scan) maskedSingly(v *view) {
	for i := 1; i+2 < len(v.t); i++ {
		if c := v.t[i]; !maskChar(c) || v.t[i+2] != c || v.t[i+1] != v.t[i-1] || alnum(v.t[i+1]) {
			continue
		}
		if from, to, ok := maskedApart(v.t, i); ok {
			s.add(v, from, to, span{entity: Card, layer: LayerDetector, rule: "masked", canon: maskedForm(v.t[from:to])})
			i = to
		}
	}
}

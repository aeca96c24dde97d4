package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

// A code of letters and digits behind the cue that says what it is: marks may stand
// between its characters, as its form is known.

// Limits of such a code.
const (
	longestCued = 18 // characters
	leastCued   = 8
	cuedLinks   = 3 // words between the cue and the code
)

// cuedCodes looks for codes behind the cues among the words of a view.
func (s *scan) cuedCodes(v *view) {
	t := v.t
	for w := (words{t: t, class: isLetter}); w.next(); {
		word := t[w.lo:w.hi]
		if c := cueOf(word) & (cueTax | cueIFSC | cueHealth); c != 0 || sameWord(word, "pan") {
			if c&cueHealth == 0 {
				c |= cueTax
			}
			s.cuedCode(v, w.hi, c)
		}
	}
	if s.cue&(cueTax|cueIFSC|cueCard|cueHealth) != 0 { // pan names cards, too
		s.cuedCode(v, 0, s.cue)
	}
}

// cuedCode reads the code behind a cue that ends at t[i], across link words.
func (s *scan) cuedCode(v *view, i int, before cue) {
	t := v.t
	for range cuedLinks {
		from := i
		for i < len(t) && !alnum(t[i]) && t[i] < 0x80 && i-from < cueGap {
			i++
		}
		j := i
		for j < len(t) && letter(t[j]) {
			j++
		}
		if cueOf(t[i:j])&cueLink == 0 {
			break
		}
		i = j
	}
	var canon [longestCued]byte
	n, gapped := 0, 0
	for k := i; k < len(t) && n < longestCued; k++ {
		c := t[k]
		if !alnum(c) {
			if gapped += gapCost(c); gapped > maxGapSpaces || c >= 0x80 {
				return
			}
			continue
		}
		canon[n], gapped = upper(c), 0
		if n++; n >= leastCued && !alnum(byteAt(t, k+1)) {
			if e, rule := cuedEntity(canon[:n], before); rule != "" {
				s.add(v, i, k+1, span{entity: e, layer: LayerDetector, rule: rule, canon: string(canon[:n])})
				return
			}
		}
	}
}

// cuedEntity names what a code in capitals is, by the cue before it.
func cuedEntity(w []byte, before cue) (Entity, string) {
	rule := codeRule(w)
	switch {
	case rule == "ifsc" && before&cueIFSC != 0:
		return Bank, rule
	case rule != "" && rule != "ifsc" && before&cueTax != 0:
		return National, rule
	}
	if len(w) == len("131052308T") && before&cueTax != 0 && nationalid.HETU(w[:koreanDay], w[koreanDay:9], w[9]) {
		return National, "hetu"
	}
	return National, cuedRule(w, before)
}

// gluedAccount takes the digits of a word as an account though a few letters are
// glued on, if the word stands right behind a cue.
func (s *scan) gluedAccount(v *view, q *sequence) {
	const least, most, glued = 8, 17, 6 // digits, and letters: a bank's four and those of a product
	t := v.t
	for _, g := range q.g {
		n := g.size()
		if n < least || n > most || g.atom != 0 {
			continue
		}
		a, b := int(q.at[g.from]), int(q.at[g.to-1])+1
		i, j := a, b
		for i > 0 && a-i < glued && (letter(t[i-1]) || t[i-1] == '_') {
			i--
		}
		for j < len(t) && j-b < glued && (letter(t[j]) || t[j] == '_') {
			j++
		}
		if i == a && j == b || alnum(byteAt(t, i-1)) || j < len(t) && alnum(t[j]) {
			continue
		}
		if before := cueBefore(t, i, 0); before&cueAccount != 0 && before&cueArticle == 0 || before&cueTransfer != 0 && crossed(t[i:a]) && kindBefore(t, i) {
			s.account(v, q, g.from, g.to, "cue")
		}
	}
}

// crossed tells whether letters stand for the digits before those that they are glued to,
// as in x8291.
func crossed(glued []byte) bool {
	return len(glued) > 0 && len(bytes.Trim(glued, "xX")) == 0
}

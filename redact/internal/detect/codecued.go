package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

const (
	leastCued = 8
	cuedLinks = 3 // words between the cue and the code
)

// cuedCodes looks for codes behind the cues among the words of a view.
func (s *Scan) cuedCodes(v *finding.View) {
	t := v.Text
	for w := (char.Words{T: t, Class: char.IsLetter}); w.Next(); {
		word := t[w.Lo:w.Hi]
		if c := cue.Of(word) & (cue.Tax | cue.IFSC | cue.Health); c != 0 || cue.SameWord(word, "pan") {
			if c&cue.Health == 0 {
				c |= cue.Tax
			}
			s.cuedCode(v, w.Hi, c)
		}
	}
	if s.Cue&(cue.Tax|cue.IFSC|cue.Card|cue.Health) != 0 { // pan names cards, too
		s.cuedCode(v, 0, s.Cue)
	}
}

// cuedCode reads the code behind a cue that ends at t[i], across link words.
func (s *Scan) cuedCode(v *finding.View, i int, before cue.Set) {
	t := v.Text
	for range cuedLinks {
		from := i
		for i < len(t) && !char.Alnum(t[i]) && t[i] < 0x80 && i-from < cue.Gap {
			i++
		}
		j := i
		for j < len(t) && char.Letter(t[j]) {
			j++
		}
		if cue.Of(t[i:j])&cue.Link == 0 {
			break
		}
		i = j
	}
	var canon [column.LongestCued]byte
	n, gapped := 0, 0
	for k := i; k < len(t) && n < column.LongestCued; k++ {
		c := t[k]
		if !char.Alnum(c) {
			if gapped += encoded.GapCost(c); gapped > encoded.MaxGapSpaces || c >= 0x80 {
				return
			}
			continue
		}
		canon[n], gapped = char.Upper(c), 0
		if n++; n >= leastCued && !char.Alnum(char.At(t, k+1)) {
			if e, rule := cuedEntity(canon[:n], before); rule != "" {
				s.Add(v, i, k+1, finding.Span{Entity: e, Layer: entity.Detector, Rule: rule, Canon: string(canon[:n])})
				return
			}
		}
	}
}

// cuedEntity names what a code in capitals is, by the cue before it.
func cuedEntity(w []byte, before cue.Set) (entity.Kind, string) {
	rule := CodeRule(w)
	switch {
	case rule == "ifsc" && before&cue.IFSC != 0:
		return entity.Bank, rule
	case rule != "" && rule != "ifsc" && before&cue.Tax != 0:
		return entity.National, rule
	}
	if len(w) == len("131052308T") && before&cue.Tax != 0 && nationalid.HETU(w[:koreanDay], w[koreanDay:9], w[9]) {
		return entity.National, "hetu"
	}
	return entity.National, column.CuedRule(w, before)
}

// gluedAccount takes the digits of a word as an account though a few letters are
// glued on, if the word stands right behind a cue.
func (s *Scan) gluedAccount(v *finding.View, q *Sequence) {
	const least, most, glued = 8, 17, 6 // digits, and letters: a bank's four and those of a product
	t := v.Text
	for _, g := range q.G {
		n := g.size()
		if n < least || n > most || g.Atom != 0 {
			continue
		}
		a, b := int(q.at[g.from]), int(q.at[g.to-1])+1
		i, j := a, b
		for i > 0 && a-i < glued && (char.Letter(t[i-1]) || t[i-1] == '_') {
			i--
		}
		for j < len(t) && j-b < glued && (char.Letter(t[j]) || t[j] == '_') {
			j++
		}
		if i == a && j == b || char.Alnum(char.At(t, i-1)) || j < len(t) && char.Alnum(t[j]) {
			continue
		}
		if before := cue.Before(t, i, 0); before&cue.Account != 0 && before&cue.Article == 0 || before&cue.Transfer != 0 && crossed(t[i:a]) && kindBefore(t, i) {
			s.account(v, q, g.from, g.to, "cue")
		}
	}
}

// crossed tells whether letters stand for the digits before those that they are glued to,
// as in x8291.
func crossed(glued []byte) bool {
	return len(glued) > 0 && len(bytes.Trim(glued, "xX")) == 0
}

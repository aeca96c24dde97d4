package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// LongestDivided is the most characters of a code.
const LongestDivided = 18

// divided tries the codes whose first digit is t[i].
func (s *Scan) divided(v *finding.View, i int) {
	for k := range profile.DividedCodes {
		c := &profile.DividedCodes[k]
		var canon [LongestDivided]byte
		glued := c.Letters > 2 // the check is so strict that letters may be glued on
		a, ok := lettersBefore(v.Text, i, canon[:c.Letters], glued)
		if !ok {
			continue
		}
		end, ok := known.Collect(v.Text, i, canon[c.Letters:c.Letters], c.Shape[2:])
		n := c.Letters + len(c.Shape)
		if !ok || !glued && char.Alnum(char.At(v.Text, end)) || char.Digit(char.At(v.Text, end)) || !c.Valid(canon[:n]) || c.Letters == 2 && (dated(v.Text[i:end]) || inSentence(v.Text, end) || inPattern(v.Text[a:end]) || overCells(v.Text, a, end) && cue.Before(v.Text, a, s.Cue)&cue.NINO == 0) {
			continue
		}
		s.Add(v, a, end, finding.Span{Entity: entity.National, Layer: entity.Detector, Rule: c.Rule, Canon: string(canon[:n])})
	}
}

// lettersBefore reads the last letters before t[i] across separators into out,
// in upper case, and returns where they start: a word must begin there, unless
// something may be glued on.
func lettersBefore(t []byte, i int, out []byte, glued bool) (start int, ok bool) {
	n, gapped := len(out), 0
	for i--; i >= 0 && n > 0; i-- {
		switch c := t[i]; {
		case char.Letter(c):
			n--
			out[n] = char.Upper(c)
			start, gapped = i, 0
		case c >= 0x80 || char.Digit(c) || gapped > encoded.MaxGapSpaces:
			return 0, false
		default:
			gapped += encoded.GapCost(c)
		}
	}
	return start, n == 0 && (glued || !char.Alnum(char.At(t, start-1)))
}

// inSentence tells whether the letter before t[i] is a word of a sentence that begins behind
// a number: gh-103968: a metaclass.
func inSentence(t []byte, i int) bool {
	return i > len(": a") && string(t[i-len(": a"):i-1]) == ": " && char.At(t, i) == ' ' && char.Letter(char.At(t, i+1))
}

// inPattern tells whether a text has a class of characters and how often they stand
// there, as regular expressions do ([a-z]*:[0-9]{12}), or a verb of a format (%2d): no
// letters and digits of a number.
func inPattern(t []byte) bool {
	if bytes.Contains(t, []byte("]{")) || bytes.Contains(t, []byte("]*")) || bytes.Contains(t, []byte("]+")) {
		return true
	}
	for i := 1; i < len(t); i++ {
		if k := i + char.Digits(t[i:]); t[i-1] == '%' && k > i && k < len(t) && (t[k] == 'd' || t[k] == 's') {
			return true
		}
	}
	return false
}

// overCells tells whether t[a:end] goes over the cells of two rows of a table, one of
// which has more of them.
func overCells(t []byte, a, end int) bool {
	if bytes.IndexByte(t[a:end], '\n') < 0 {
		return false
	}
	before, behind := t[max(0, a-rowReach):a], t[end:min(len(t), end+rowReach)]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	if n := bytes.IndexByte(behind, '\n'); n >= 0 {
		behind = behind[:n]
	}
	for _, mark := range []byte(",;|\t") {
		if bytes.IndexByte(t[a:end], mark) >= 0 && (bytes.IndexByte(before, mark) >= 0 || bytes.IndexByte(behind, mark) >= 0) {
			return true
		}
	}
	return false
}

// rowReach is how far such a row is looked at.
const rowReach = 128

// dated tells whether a text begins as a date does, with two marks.
func dated(t []byte) bool {
	const size = len("05/01/26")
	if len(t) < size || t[2] != t[5] || bytes.IndexByte([]byte("-/."), t[2]) < 0 || !char.Digit(t[1]) || !char.Digit(t[3]) || !char.Digit(t[4]) {
		return false
	}
	a, b := char.Number(t, 2), char.Number(t[3:], 2)
	return date.Day(a) && date.Month(b) || date.Month(a) && date.Day(b)
}

// dividedReference tries an ISO 11649 reference at t[a:] whose characters marks
// of any kind divide: what follows up to a letter's end, all of it or as many
// words as make it valid. A short one is digits alone: words would make one up.
func (s *Scan) dividedReference(v *finding.View, a, i int) {
	const longest, least = 25, 12
	t := v.Text
	if a > 0 && char.Alnum(t[a-1]) {
		return
	}
	var canon [longest]byte
	canon[0], canon[1] = 'R', 'F'
	n, letters, gapped, divided := 2, 0, 0, a+2 < i
	for k := i; k < len(t) && n < longest; k++ {
		c := t[k]
		if !char.Alnum(c) {
			if gapped += encoded.GapCost(c); gapped > encoded.MaxGapSpaces || c >= 0x80 {
				return
			}
			continue
		}
		divided = divided || gapped > 0
		gapped = 0
		if char.Letter(c) {
			letters++
		}
		canon[n] = char.Upper(c)
		n++
		if (n >= least || n >= profile.MinReference && letters == 0) && divided && !char.Alnum(char.At(t, k+1)) && char.Digit(canon[2]) && char.Digit(canon[3]) && iban.Valid(canon[:n]) {
			s.Add(v, a, k+1, finding.Span{Entity: entity.Ref, Layer: entity.Detector, Rule: "iso11649", Canon: string(canon[:n])})
		}
	}
}

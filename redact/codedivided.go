package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

// Codes of letters and digits whose form is so strict that they are found
// whatever stands between the characters.

// dividedCode is the form of such a code: so many letters, and what follows:
// n for a digit, a for a letter, c for either, two digits first.
type dividedCode struct {
	letters int
	shape   string
	rule    string
}

var dividedCodes = [...]dividedCode{
	{6, "nnannannna", "codice_fiscale"},
	{4, "nnnnnnaaaaaacn", "curp"},
	{2, "nnnnnna", "nino"},
}

// valid verifies the check character, or what letters are given out. (No
// function values: what they take would be on the heap.)
func (c *dividedCode) valid(code []byte) bool {
	switch c.letters {
	case 6:
		return nationalid.CodiceFiscale(code)
	case 4:
		return nationalid.CURP(code)
	}
	return ninoPrefix(code[0], code[1]) && code[8] <= 'D'
}

// longestDivided is the most characters of a code.
const longestDivided = 18

// divided tries the codes whose first digit is t[i].
func (s *scan) divided(v *view, i int) {
	for k := range dividedCodes {
		c := &dividedCodes[k]
		var canon [longestDivided]byte
		glued := c.letters > 2 // the check is so strict that letters may be glued on
		a, ok := lettersBefore(v.t, i, canon[:c.letters], glued)
		if !ok {
			continue
		}
		end, ok := collect(v.t, i, canon[c.letters:c.letters], c.shape[2:])
		n := c.letters + len(c.shape)
		if !ok || !glued && alnum(byteAt(v.t, end)) || digit(byteAt(v.t, end)) || !c.valid(canon[:n]) || c.letters == 2 && (dated(v.t[i:end]) || inSentence(v.t, end) || inPattern(v.t[a:end]) || overCells(v.t, a, end) && cueBefore(v.t, a, s.cue)&cueNINO == 0) {
			continue
		}
		s.add(v, a, end, span{entity: National, layer: LayerDetector, rule: c.rule, canon: string(canon[:n])})
	}
}

// lettersBefore reads the last letters before t[i] across separators into out,
// in upper case, and returns where they start: a word must begin there, unless
// something may be glued on.
func lettersBefore(t []byte, i int, out []byte, glued bool) (start int, ok bool) {
	n, gapped := len(out), 0
	for i--; i >= 0 && n > 0; i-- {
		switch c := t[i]; {
		case letter(c):
			n--
			out[n] = upper(c)
			start, gapped = i, 0
		case c >= 0x80 || digit(c) || gapped > maxGapSpaces:
			return 0, false
		default:
			gapped += gapCost(c)
		}
	}
	return start, n == 0 && (glued || !alnum(byteAt(t, start-1)))
}

// inSentence tells whether the letter before t[i] is a word of a sentence that begins behind
// a number: gh-103968: a metaclass.
func inSentence(t []byte, i int) bool {
	return i > len(": a") && string(t[i-len(": a"):i-1]) == ": " && byteAt(t, i) == ' ' && letter(byteAt(t, i+1))
}

// inPattern tells whether a text has a class of characters and how often they stand
// there, as regular expressions do ([a-z]*:[0-9]{12}), or a verb of a format (%2d): no
// letters and digits of a number.
func inPattern(t []byte) bool {
	if bytes.Contains(t, []byte("]{")) || bytes.Contains(t, []byte("]*")) || bytes.Contains(t, []byte("]+")) {
		return true
	}
	for i := 1; i < len(t); i++ {
		if k := i + digits(t[i:]); t[i-1] == '%' && k > i && k < len(t) && (t[k] == 'd' || t[k] == 's') {
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
	if len(t) < size || t[2] != t[5] || bytes.IndexByte([]byte("-/."), t[2]) < 0 || !digit(t[1]) || !digit(t[3]) || !digit(t[4]) {
		return false
	}
	a, b := prefix(t, 2), prefix(t[3:], 2)
	return day(a) && month(b) || month(a) && day(b)
}

// dividedReference tries an ISO 11649 reference at t[a:] whose characters marks
// of any kind divide: what follows up to a letter's end, all of it or as many
// words as make it valid. A short one is digits alone: words would make one up.
func (s *scan) dividedReference(v *view, a, i int) {
	const longest, least = 25, 12
	t := v.t
	if a > 0 && alnum(t[a-1]) {
		return
	}
	var canon [longest]byte
	canon[0], canon[1] = 'R', 'F'
	n, letters, gapped, divided := 2, 0, 0, a+2 < i
	for k := i; k < len(t) && n < longest; k++ {
		c := t[k]
		if !alnum(c) {
			if gapped += gapCost(c); gapped > maxGapSpaces || c >= 0x80 {
				return
			}
			continue
		}
		divided = divided || gapped > 0
		gapped = 0
		if letter(c) {
			letters++
		}
		canon[n] = upper(c)
		n++
		if (n >= least || n >= minReference && letters == 0) && divided && !alnum(byteAt(t, k+1)) && digit(canon[2]) && digit(canon[3]) && iban.Valid(canon[:n]) {
			s.add(v, a, k+1, span{entity: Ref, layer: LayerDetector, rule: "iso11649", canon: string(canon[:n])})
		}
	}
}

// gapCost is what a separator counts between two characters of a code, of which
// maxGapSpaces spaces or maxGapMarks marks may stand there.
func gapCost(c byte) int {
	if c > ' ' {
		return maxGapSpaces / maxGapMarks
	}
	return 1
}

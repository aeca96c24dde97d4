package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

const (
	longestWords = 40 // bytes of a name of several words
)

// PrintedSecrets finds the secrets that are printed behind their names, with more between
// the two than a sign of assignment.
func (s *Scan) PrintedSecrets(v *finding.View) {
	t := v.Text
	for w := (char.Words{T: t, Class: char.IsAlnum}); w.Next(); {
		i, j := w.Lo, w.Hi
		for j < len(t) && inPrinted(t[j]) {
			j++
		}
		w.Hi = j
		if value := t[i:j]; i > 0 && t[i-1] != '=' && (len(value) >= column.LeastPrinted || len(value) <= credential.LongestPIN && char.AllDigits(value)) {
			if name := cue.ValueGap(t, i).Name(t); name > 0 && !signed(t[name:i]) {
				if c := column.SecretHead(nameOf(t, name)); c != 0 && c.Printed(value) && (c >= column.HoldsCode || !programmed(t, name, i, j)) && !s.Rules.IsToken(value) {
					s.Add(v, i, j, finding.Span{Entity: entity.Secret, Layer: entity.Detector, Rule: "assigned", Canon: string(value)})
				}
			}
		}
	}
}

// inPrinted tells whether a character may be one of a value that a program prints, and
// does not end it.
func inPrinted(c byte) bool {
	switch c {
	case '"', '\'', '`', '<', '>', ',', ')', ';', ']', '}', '&', '|':
		return false
	}
	return c > ' ' && c < 0x7F
}

// signed tells whether nothing but a sign of assignment stands between a name and a value,
// of which assigned judges.
func signed(between []byte) bool {
	sign := bytes.Trim(between, " \t\"'")
	return len(sign) == 1 && (sign[0] == ':' || sign[0] == '=')
}

// nameOf returns the name that ends at t[end:]: a word with the marks that stand in names,
// or several with a space between them at the beginning of a line or a tag.
func nameOf(t []byte, end int) []byte {
	i := end
	for i > 0 && end-i < longestWords && (char.Alnum(t[i-1]) || t[i-1] == '_' || t[i-1] == '-' || t[i-1] == ' ') {
		i--
	}
	words := bytes.TrimLeft(t[i:end], " -")
	if k := bytes.LastIndexByte(words, ' '); k >= 0 && column.SpelledName(words) == credential.NameNone {
		return words[k+1:]
	}
	return words
}

// programmed tells whether the value t[i:j] behind a name that ends at t[name] is none but
// a name or a key of a program.
func programmed(t []byte, name, i, j int) bool {
	value := t[i:j]
	switch q := t[i-1]; {
	case constant(value), credential.Callee(value) > 0, inCode(t, name, i, value):
		return true
	case q == '"' || q == '\'' || q == '`':
		return char.At(t, j) == q && (char.At(t, j+1) == ':' || char.At(t, j+1) == ']' && char.At(t, i-2) == '[')
	}
	return !credential.RandomLike(value) || bytes.ContainsAny(char.Looked(value), "([=")
}

package reading

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// A program writes a long string in several lines: each in quotes, with a sign between
// them or none, or with a backslash at the end of a line.

// longestJoint is how many bytes stand between the parts of a string, at most, with the
// indent of the next line.
const longestJoint = 80

// joint returns the length of what stands between two parts of a string, if t begins with
// it: `" +` and a line break, spaces and a quote; a backslash, a line break and spaces. 0
// if it does not.
func joint(t []byte) int {
	t = t[:min(len(t), longestJoint)]
	quote := char.At(t, 0)
	i := char.PastSpaces(t, 1)
	if quote != '\\' {
		if char.At(t, i) == ';' { // the end of a statement
			i = char.PastSpaces(t, i+1)
		}
		if c := char.At(t, i); c == '+' || c == '.' || c == '&' || c == '\\' {
			i = char.PastSpaces(t, i+1)
		}
	}
	if char.At(t, i) != '\n' {
		return 0
	}
	i = char.PastSpaces(t, i+1)
	if quote == '\\' {
		return i
	}
	if k := appends(t, i); k > 0 {
		i = k
	} else if c := char.At(t, i); c == '+' || c == '.' || c == '&' {
		i = char.PastSpaces(t, i+1)
	}
	if char.At(t, i) != quote {
		return 0
	}
	return i + 1
}

// appends returns where the string begins that a program appends to a variable at t[i:],
// s += "…", $s .= "…"; 0 if it does not.
func appends(t []byte, i int) int {
	for char.At(t, i) == '$' {
		i++
	}
	k := credential.NameEnd(t, i)
	if k == i || k >= len(t) {
		return 0
	}
	k = char.PastSpaces(t, k)
	if c := char.At(t, k); c != '+' && c != '.' || char.At(t, k+1) != '=' {
		return 0
	}
	return char.PastSpaces(t, k+2)
}

// unjoined takes out what stands between the parts of strings.
func (s *Scan) unjoined(v *finding.View) (finding.View, bool) {
	out, from := finding.View{}, 0 // v.t[from:] is not copied yet
	for i := 1; i < len(v.Text); {
		k := bytes.IndexAny(v.Text[i:], "\"'\\")
		if k < 0 {
			break
		}
		i += k
		n := joint(v.Text[i:])
		if n == 0 || !credential.TokenChar(v.Text[i-1]) || !credential.TokenChar(char.At(v.Text, i+n)) {
			i++
			continue
		}
		if out.Text == nil {
			out = s.View(len(v.Text))
		}
		out.Copy(*v, from, i)
		out.Change(len(out.Text))
		i += n
		from = i
	}
	if out.Text == nil {
		return out, false
	}
	out.Copy(*v, from, len(v.Text))
	return s.Keep(out), true
}

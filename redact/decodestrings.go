package redact

import "bytes"

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
	quote := byteAt(t, 0)
	i := pastSpaces(t, 1)
	if quote != '\\' {
		if byteAt(t, i) == ';' { // the end of a statement
			i = pastSpaces(t, i+1)
		}
		if c := byteAt(t, i); c == '+' || c == '.' || c == '&' || c == '\\' {
			i = pastSpaces(t, i+1)
		}
	}
	if byteAt(t, i) != '\n' {
		return 0
	}
	i = pastSpaces(t, i+1)
	if quote == '\\' {
		return i
	}
	if k := appends(t, i); k > 0 {
		i = k
	} else if c := byteAt(t, i); c == '+' || c == '.' || c == '&' {
		i = pastSpaces(t, i+1)
	}
	if byteAt(t, i) != quote {
		return 0
	}
	return i + 1
}

// appends returns where the string begins that a program appends to a variable at t[i:],
// s += "…", $s .= "…"; 0 if it does not.
func appends(t []byte, i int) int {
	for byteAt(t, i) == '$' {
		i++
	}
	k := nameEnd(t, i)
	if k == i || k >= len(t) {
		return 0
	}
	k = pastSpaces(t, k)
	if c := byteAt(t, k); c != '+' && c != '.' || byteAt(t, k+1) != '=' {
		return 0
	}
	return pastSpaces(t, k+2)
}

// unjoined takes out what stands between the parts of strings.
func (s *scan) unjoined(v *view) (view, bool) {
	out, from := view{}, 0 // v.t[from:] is not copied yet
	for i := 1; i < len(v.t); {
		k := bytes.IndexAny(v.t[i:], "\"'\\")
		if k < 0 {
			break
		}
		i += k
		n := joint(v.t[i:])
		if n == 0 || !tokenChar(v.t[i-1]) || !tokenChar(byteAt(v.t, i+n)) {
			i++
			continue
		}
		if out.t == nil {
			out = s.view(len(v.t))
		}
		out.copy(*v, from, i)
		out.change(len(out.t))
		i += n
		from = i
	}
	if out.t == nil {
		return out, false
	}
	out.copy(*v, from, len(v.t))
	return s.keep(out), true
}

package redact

import "bytes"

// An encoded text may be broken over lines of any length, not only over those
// of MIME: as the columns of a table or the width of a terminal divide it. Or
// spaces stand where the lines ended.

// Limits of such lines.
const (
	minLine   = 2 // characters of a line
	fewLines  = 3 // as many as this are an encoding even if each of them alone looks like none
	maxIndent = 8 // spaces before or behind a line
)

// wordEnd returns the end of the base64 characters at t[i:].
func wordEnd(t []byte, i int) int {
	for i < len(t) && base64Char(t[i]) {
		i++
	}
	return i
}

// nextLine returns where the next part begins of a text that is broken at t[i:]:
// behind a line break or, if spaced, behind a space; 0 if it is not broken so.
func nextLine(t []byte, i int, spaced bool) int {
	if spaced {
		if byteAt(t, i) != ' ' || i+1 >= len(t) {
			return 0
		}
		return i + 1
	}
	broken, from := false, i
	for ; i < len(t) && i-from < 2*maxIndent; i++ {
		switch t[i] {
		case '\n':
			if broken { // an empty line
				return 0
			}
			broken = true
			i += lineNumber(t[i+1:])
		case ' ', '\t', '\r':
		case '>', '|': // a mail is quoted
			if !broken {
				return 0
			}
		default:
			if broken {
				return i
			}
			return 0
		}
	}
	return 0
}

// lineNumber returns the length of the number that a program printed before a line, with
// the tab behind it: "    12\t".
func lineNumber(t []byte) int {
	const longest = 9
	i := 0
	for i < len(t) && i < longest && t[i] == ' ' {
		i++
	}
	from := i
	for i < len(t) && i < longest && digit(t[i]) {
		i++
	}
	if i == from || byteAt(t, i) != '\t' {
		return 0
	}
	return i + 1
}

// wrappedRun returns the end of the run of lines that begins with the word
// t[i:]: all are as long as the first, the last may be shorter.
func wrappedRun(t []byte, i int) (end, size, lines int) {
	end = wordEnd(t, i)
	most := end - i
	size, lines = most, 1
	spaced := nextLine(t, end, false) == 0
	for most >= minLine {
		j := nextLine(t, end, spaced)
		if j == 0 {
			break
		}
		n := wordEnd(t, j) - j
		if n == 0 || n > most {
			break
		}
		end, size, lines = j+n, size+n, lines+1
		if n < most {
			break
		}
	}
	return end, size, lines
}

// wrappedCode tells whether a run of lines may be an encoded text.
func wrappedCode(t []byte, size, lines int) bool {
	if lines < 2 || size < minBase64 {
		return false
	}
	changes, hex, before := 0, true, byte(0)
	digits, spaced := 0, false
	for _, c := range t {
		if !base64Char(c) {
			if spaced = spaced || c == ' '; lines < fewLines {
				before = 0
			}
			continue
		}
		if digit(c) {
			digits++
		}
		if byteClass[c]&isUpper != 0 && before != 0 && byteClass[before]&isUpper == 0 {
			changes++
		}
		hex, before = hex && unhex(c) < 16, c
	}
	if spaced && bytes.IndexByte(t, '\n') < 0 && (lines < fewLines || digits == 0) { // words
		return false
	}
	return changes > 0 || hex && size >= minHex
}

// wrapped tells whether a text has parts that may be one encoded text.
func wrapped(t []byte) bool {
	for i := 0; i < len(t); { // in every text with digits in words: without the iterator
		if !base64Char(t[i]) {
			i++
			continue
		}
		first := wordEnd(t, i)
		if first < len(t) && t[first] > ' ' { // the line goes on
			i = first
			continue
		}
		end, size, lines := wrappedRun(t, i)
		if wrappedCode(t[i:end], size, lines) {
			return true
		}
		i = afterRun(first, end, lines)
	}
	return false
}

// afterRun returns where to look for the next run behind one that ends at end and whose
// first word ends at first. What followed a longer word may be the first of parts that
// are as long as itself.
func afterRun(first, end, lines int) int {
	if lines == 2 {
		return first
	}
	return end
}

// wrapped examines what the lines of a view decode to together.
func (s *scan) wrapped(v *view, depth int) {
	for w := (words{t: v.t, class: isWord}); w.next(); {
		if w.hi < len(v.t) && v.t[w.hi] > ' ' {
			continue
		}
		end, size, lines := wrappedRun(v.t, w.lo)
		if wrappedCode(v.t[w.lo:end], size, lines) {
			s.unwrapped(v, w.lo, end, depth)
			lines = 0
		}
		w.hi = afterRun(w.hi, end, lines)
	}
}

// unwrapped examines the lines v.t[i:end] without their breaks.
func (s *scan) unwrapped(v *view, i, end, depth int) {
	mark := s.used
	out := s.view(end - i)
	spaced := nextLine(v.t, wordEnd(v.t, i), false) == 0
	for k := i; k < end; {
		to := wordEnd(v.t, k)
		out.copy(*v, k, to)
		if k = nextLine(v.t, to, spaced); k == 0 {
			break
		}
	}
	out = s.keep(out)
	s.hexRuns(&out, 0, len(out.t), depth)
	s.base64Run(&out, 0, len(out.t), depth)
	s.used = mark
}

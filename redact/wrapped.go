package redact

import "bytes"

// An encoded text may be broken over lines of any length, not only over those
// of MIME: as the columns of a table or the width of a terminal divide it.

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

// nextLine returns where the text of the next line begins if the line ends at
// t[i:], 0 if it goes on.
func nextLine(t []byte, i int) int {
	broken := false
	for from := i; i < len(t) && i-from < 2*maxIndent; i++ {
		switch t[i] {
		case '\n':
			if broken { // an empty line
				return 0
			}
			broken = true
		case ' ', '\t', '\r':
		default:
			if broken {
				return i
			}
			return 0
		}
	}
	return 0
}

// wrappedRun returns the end of the run of lines that begins with the word
// t[i:]: all are as long as the first, the last may be shorter.
func wrappedRun(t []byte, i int) (end, size, lines int) {
	end = wordEnd(t, i)
	most := end - i
	size, lines = most, 1
	for most >= minLine {
		j := nextLine(t, end)
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
	for _, c := range t {
		if !base64Char(c) {
			if lines < fewLines {
				before = 0
			}
			continue
		}
		if byteClass[c]&isUpper != 0 && before != 0 && byteClass[before]&isUpper == 0 {
			changes++
		}
		hex, before = hex && unhex(c) < 16, c
	}
	return changes > 0 || hex && size >= minHex
}

// wrapped tells whether a text has lines that may be one encoded text.
func wrapped(t []byte) bool {
	if bytes.IndexByte(t, '\n') < 0 {
		return false
	}
	for i := 0; i < len(t); {
		if !base64Char(t[i]) {
			i++
			continue
		}
		end, size, lines := wrappedRun(t, i)
		if wrappedCode(t[i:end], size, lines) {
			return true
		}
		i = end
	}
	return false
}

// wrapped examines what the lines of a view decode to together.
func (s *scan) wrapped(v *view, depth int) {
	if bytes.IndexByte(v.t, '\n') < 0 {
		return
	}
	for i := 0; i < len(v.t); {
		if !base64Char(v.t[i]) {
			i++
			continue
		}
		end, size, lines := wrappedRun(v.t, i)
		if wrappedCode(v.t[i:end], size, lines) {
			s.unwrapped(v, i, end, depth)
		}
		i = end
	}
}

// unwrapped examines the lines v.t[i:end] without their breaks.
func (s *scan) unwrapped(v *view, i, end, depth int) {
	mark := s.used
	out := s.view(end - i)
	for k := i; k < end; k++ {
		if base64Char(v.t[k]) {
			out.push(v.t[k], v.from(k), v.to(k))
		}
	}
	out = s.keep(out)
	s.hexRuns(&out, 0, len(out.t), depth)
	s.base64Run(&out, 0, len(out.t), depth)
	s.used = mark
}

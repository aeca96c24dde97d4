package reading

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Marks of any kinds may be strewn over an encoding, also such as other marks divide
// already: 34:3|5 :35-/31, NDUz.OTU3-ODc2 MzYy|MTQ4/Ng==.

// strewnHex decodes hexadecimal between whose digits marks of any kinds stand, up to
// the next letter that is none of it.
func (s *Scan) strewnHex(v *finding.View, depth int) {
	for i := 0; i < len(v.Text); i++ {
		from := i
		if i = hexStretch(v.Text, from); i-from <= encoded.MinHex || i-from > encoded.MaxSpread || !pairsOfText(v.Text[from:i]) {
			continue
		}
		mark := s.Used
		out := s.View(i - from)
		for k := from; k < i; k++ {
			switch c := v.Text[k]; {
			case char.Unhex(c) < 16:
				out.Push(c, v.From(k), v.To(k))
			case char.Alnum(c): // the x of 0x
				out.Text, out.Lo, out.Hi = out.Text[:len(out.Text)-1], out.Lo[:len(out.Text)-1], out.Hi[:len(out.Text)-1]
			}
		}
		if out = s.Keep(out); len(out.Text) >= encoded.MinHex {
			s.hexRun(&out, 0, len(out.Text), depth)
		}
		s.Used = mark
	}
}

// hexStretch returns where hexadecimal digits and marks end that begin at t[i:], each
// x behind a zero taken for a mark.
func hexStretch(t []byte, i int) int {
	last := byte(0)
	for ; i < len(t); i++ {
		switch c := t[i]; {
		case char.Unhex(c) < 16:
			last = c
		case char.Lower(c) == 'x' && last == '0':
			last = 0
		case char.Alnum(c) || c >= 0x80:
			return i
		}
	}
	return i
}

// pairsOfText tells whether hexadecimal digits that marks divide may be digits and
// capitals of ASCII, three in four of them: every other is a 3, a 4 or a 5.
func pairsOfText(t []byte) bool {
	n := 0
	var highs [2]int // of pairs that begin at an even digit, and at an odd one
	for _, c := range t {
		switch {
		case char.Unhex(c) < 16:
			if c >= '3' && c <= '5' {
				highs[n&1]++
			}
			n++
		case char.Alnum(c):
			n--
		}
	}
	return n >= encoded.MinHex && n < len(t) && 8*max(highs[0], highs[1]) >= 3*n
}

// strewnBase64 decodes base64 that was cut into words of one length, but for the last,
// whatever marks stand between them.
func (s *Scan) strewnBase64(v *finding.View, depth int) {
	if len(v.Text) > encoded.MaxSpread {
		return
	}
	for i := 0; i < len(v.Text); {
		from, end := nextWord(v.Text, i, len(v.Text))
		if i = end; from == end { // a character beyond ASCII, or the end
			i++
			continue
		}
		size, words := end-from, 1
		for n := size; n == size; {
			a, b := nextWord(v.Text, end, encoded.MaxEvenGap)
			if n = b - a; n > 0 && n <= size {
				end = b
				words++
			}
		}
		if size < 2 || size > encoded.MaxPiece || words < encoded.MinShorts || end-from < encoded.MinSpread {
			continue
		}
		mark := s.Used
		out := s.View(end - from)
		for k := from; k < end; k++ {
			if char.Alnum(v.Text[k]) {
				out.Push(v.Text[k], v.From(k), v.To(k))
			}
		}
		if out = s.Keep(out); encoded.SpreadCode(out.Text, 0, 0) {
			s.base64Run(&out, 0, len(out.Text), depth)
			i = end
		}
		s.Used = mark
	}
}

// nextWord returns where the next letters and digits in a row begin and end, behind no
// more marks of ASCII than most; a == b if there are none.
func nextWord(t []byte, i, most int) (a, b int) {
	a = i
	for a < len(t) && a-i < most && !char.Alnum(t[a]) && t[a] < 0x80 {
		a++
	}
	b = a
	for b < len(t) && char.Alnum(t[b]) {
		b++
	}
	return a, b
}

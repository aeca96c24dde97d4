package redact

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
)

// codeArray reads the array src[i:end] as codes of characters, if it has nothing but
// such numbers.
func (s *scan) codeArray(i, end int) {
	w := &s.walk
	c := &w.coded
	s.decode()
	for i++; i < end; {
		i = space(w.src, i)
		k := i
		for k < end && char.Digit(w.src[k]) {
			k++
		}
		if _, ok := reading.CharCode(w.src[i:k]); !ok {
			c.reset()
			return
		}
		c.parts = append(c.parts, part{i: i, end: k, from: len(c.text), size: k - i, element: true, number: true})
		c.text = append(c.text, w.src[i:k]...)
		if i = space(w.src, k); i < end && w.src[i] != ',' {
			c.reset()
			return
		}
		if i++; len(c.parts) == reading.RowOfCodes || i >= end {
			s.Spans, s.Used, s.Cue, s.Work = s.Spans[:0], 0, w.keyCue(false), reading.MaxDecode
			s.charParts()
			s.Merge()
			s.editParts()
			shared := c.parts[max(0, len(c.parts)-reading.RowsShare):]
			from := shared[0].from
			for n := range shared {
				shared[n].from -= from
			}
			c.text = append(c.text[:0], c.text[from:]...)
			c.parts = append(c.parts[:0], shared...)
		}
	}
	s.Cue = 0
	c.reset()
}

// charParts reads the parts of a row as codes of characters, if all are.
func (s *scan) charParts() {
	c := &s.walk.coded
	if len(c.parts) < reading.FewestCodes {
		return
	}
	out := s.View(len(c.parts))
	for k := range c.parts {
		p := &c.parts[k]
		code, ok := reading.CharCode(c.text[p.from : p.from+p.size])
		if !ok || !p.element {
			s.Used--
			return
		}
		out.Push(code, int32(p.from), int32(p.from+p.size))
	}
	if out = s.Keep(out); reading.Readable(out.Text) {
		p := profile.Of(out.Text)
		s.Examine(out, 1, &p)
	}
	s.Used--
}

package reading

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Further places of a number: what says that it is one of an account or a person stands
// beside one of them only, as where an answer repeats what it was asked for: "my account is
// 12345678" - "I will look up 12345678".

// Limits of such numbers.
const (
	leastRepeated = 8  // digits: shorter ones may be anything
	mostRepeated  = 24 // and of an account
	keptRepeated  = 32 // different ones of a text or a document: each is compared with every number of it
	leastVaried   = 4  // different digits, so that it is no round one
	sortCode      = 6  // digits of one, where it is joined with an account
)

// Repeats are the numbers of which a text or a document says what they are.
type Repeats struct {
	values [keptRepeated]finding.Span
	n      int
}

// Any tells whether there are some.
func (r *Repeats) Any() bool { return r.n > 0 }

// Forget forgets them.
func (r *Repeats) Forget() {
	clear(r.values[:r.n])
	r.n = 0
}

// Take takes in those of another.
func (r *Repeats) Take(of *Repeats) {
	for i := range of.values[:of.n] {
		r.Note(&of.values[i])
	}
}

// Note takes in a finding, if it is a number that may stand elsewhere.
func (r *Repeats) Note(sp *finding.Span) {
	if sp.Layer != entity.Detector || sp.Entity != entity.Account && sp.Entity != entity.National || r.n == len(r.values) {
		return
	}
	canon := sp.Canon
	if sp.Rule == "uk" && len(canon) == sortCode+leastRepeated {
		canon = canon[sortCode:]
	}
	if len(canon) < leastRepeated || len(canon) > mostRepeated {
		return
	}
	seen := 0
	for i := range len(canon) {
		if !char.Digit(canon[i]) {
			return
		}
		seen |= 1 << (canon[i] - '0')
	}
	varied := 0
	for ; seen > 0; seen &= seen - 1 {
		varied++
	}
	if varied < leastVaried || len(canon) == leastRepeated && date.Like([]byte(canon)) {
		return
	}
	for i := range r.values[:r.n] {
		if r.values[i].Canon == canon {
			return
		}
	}
	r.values[r.n] = finding.Span{Entity: sp.Entity, Layer: sp.Layer, Rule: sp.Rule, Canon: canon}
	r.n++
}

// Of returns the finding that a number is again, nil if it is none.
func (r *Repeats) Of(number []byte) *finding.Span {
	for i := range r.values[:r.n] {
		if sp := &r.values[i]; len(sp.Canon) == len(number) && sp.Canon == string(number) {
			return sp
		}
	}
	return nil
}

// Next returns the next place of one from t[i] on, as a number of its own: nothing but the
// letter of an escape is glued to it. There is none where sp is nil.
func (r *Repeats) Next(t []byte, i int) (at finding.Stretch, sp *finding.Span) {
	for i < len(t) {
		if !char.Digit(t[i]) {
			i++
			continue
		}
		end := i + char.Digits(t[i:])
		if end-i >= leastRepeated && !carriedBefore(t, i) && !carriedBehind(t, end) {
			if sp := r.Of(t[i:end]); sp != nil {
				return finding.Stretch{Lo: i, Hi: end}, sp
			}
		}
		i = end
	}
	return finding.Stretch{Lo: i, Hi: i}, nil
}

// carriedBefore tells whether the number at t[i] goes on to the left.
func carriedBefore(t []byte, i int) bool {
	switch c := char.At(t, i-1); {
	case char.Letter(c):
		return char.At(t, i-2) != '\\'
	case c == '.' || c == ',' || c == '-':
		return char.Digit(char.At(t, i-2))
	default:
		return c == '_'
	}
}

// carriedBehind tells whether the number that ends at t[end] goes on.
func carriedBehind(t []byte, end int) bool {
	switch c := char.At(t, end); {
	case c == '.' || c == ',' || c == '-':
		return char.Digit(char.At(t, end+1))
	default:
		return char.Letter(c) || c == '_'
	}
}

// repeated finds the further places of the numbers that were found in a text.
func (s *Scan) repeated(t []byte) {
	if s.Apart {
		return
	}
	s.repeats.Forget()
	for i := range s.Spans {
		s.repeats.Note(&s.Spans[i])
	}
	if !s.repeats.Any() {
		return
	}
	v := finding.View{Text: t}
	for i := 0; ; {
		at, sp := s.repeats.Next(t, i)
		if sp == nil {
			return
		}
		s.Add(&v, at.Lo, at.Hi, *sp)
		i = at.Hi
	}
}

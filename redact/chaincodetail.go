package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// A code of letters and digits with a check character (codice fiscale, CURP) may be
// divided over members of an object, content blocks, or a key and its value. Its
// last part tells: what stands before it in the document is tried.

// Limits of such parts.
const (
	tailReach = 64 // bytes of JSON between two parts
	tailParts = 4  // before the last one
	leastTail = 4  // characters of the last one
)

// mayTail tells whether a text ends as one of these codes does.
func mayTail(t []byte) bool {
	n := len(t)
	if n < leastTail || n > detect.LongestDivided {
		return false
	}
	if char.Letter(t[n-1]) {
		return char.Digit(t[n-2]) && char.Digit(t[n-3]) && char.Digit(t[n-4])
	}
	return n > leastTail && char.Digit(t[n-1]) && char.Alnum(t[n-2]) && char.Letter(t[n-3]) && char.Letter(t[n-4]) && char.Letter(t[n-5])
}

// literal is a string of the document before the current leaf.
type literal struct {
	i, end int // its quotes
	key    bool
}

// literalBefore returns the string that stands before src[i:], if it is near and has
// no escapes.
func (w *walker) literalBefore(i int) (l literal, ok bool) {
	from := i
	for i--; i >= 0 && w.src[i] != '"'; i-- {
		if c := w.src[i]; c == ':' {
			l.key = true
		} else if c == '\\' || char.Alnum(c) || from-i > tailReach {
			return l, false
		}
	}
	l.end = i + 1
	for i--; i >= 0 && w.src[i] != '"'; i-- {
		if w.src[i] == '\\' || l.end-i > tailReach {
			return l, false
		}
	}
	l.i = i
	return l, i >= 0
}

// codeTail redacts the code that ends in the leaf src[i:end], of which text is what
// it says, and in strings before it; it tells whether it did.
func (s *scan) codeTail(i, end int, text []byte) bool {
	w := &s.walk
	size := 0
	for size < len(text) && char.Alnum(text[size]) {
		size++
	}
	if !mayTail(text[:size]) || s.Rules.Action(National) == Keep {
		return false
	}
	var held [tailParts + 1]part
	at := tailParts
	held[at] = part{i: i, end: end, size: size}
	code := append(make([]byte, 0, detect.LongestDivided), text[:size]...)
	for k := i; at > 0; {
		l, ok := w.literalBefore(k)
		if !ok {
			return false
		}
		k = l.i
		piece := w.src[l.i+1 : l.end-1]
		if l.key && at < tailParts || string(piece) == "text" {
			continue
		}
		a := len(piece)
		for a > 0 && char.Alnum(piece[a-1]) {
			a--
		}
		if n := len(piece) - a; n == 0 || n+len(code) > detect.LongestDivided {
			if l.key {
				continue
			}
			return false
		}
		joined := append(append(make([]byte, 0, detect.LongestDivided), piece[a:]...), code...)
		rule := detect.CodeRule(joined)
		if found := rule == "codice_fiscale" || rule == "curp"; !found && l.key {
			continue
		} else if at--; !found {
			held[at], code = part{i: l.i, end: l.end, size: len(piece) - a, offset: a}, joined
			continue
		}
		held[at] = part{i: l.i, end: l.end, size: len(piece) - a, offset: a, key: l.key}
		s.editCode(held[at:], finding.Span{Hi: len(joined), Entity: National, Layer: LayerDetector, Rule: rule, Canon: string(bytes.ToUpper(joined))})
		return true
	}
	return false
}

// editCode redacts the parts of a code.
func (s *scan) editCode(parts []part, sp finding.Span) {
	w := &s.walk
	s.unlink()
	s.decode()
	from := 0
	for k := range parts {
		p := &parts[k]
		p.from = from
		from += p.size
		p.parent = w.container(1)
		s.editPart(p, &sp)
	}
	s.Count(&sp)
	s.Dirty = true
}

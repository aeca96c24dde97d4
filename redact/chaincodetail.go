package redact

import "bytes"

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
	if n < leastTail || n > longestDivided {
		return false
	}
	if letter(t[n-1]) {
		return digit(t[n-2]) && digit(t[n-3]) && digit(t[n-4])
	}
	return n > leastTail && digit(t[n-1]) && alnum(t[n-2]) && letter(t[n-3]) && letter(t[n-4]) && letter(t[n-5])
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
		} else if c == '\\' || alnum(c) || from-i > tailReach {
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
	for size < len(text) && alnum(text[size]) {
		size++
	}
	if !mayTail(text[:size]) || s.r.action(National) == Keep {
		return false
	}
	var held [tailParts + 1]part
	at := tailParts
	held[at] = part{i: i, end: end, size: size}
	code := append(make([]byte, 0, longestDivided), text[:size]...)
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
		for a > 0 && alnum(piece[a-1]) {
			a--
		}
		if n := len(piece) - a; n == 0 || n+len(code) > longestDivided {
			if l.key {
				continue
			}
			return false
		}
		joined := append(append(make([]byte, 0, longestDivided), piece[a:]...), code...)
		rule := codeRule(joined)
		if found := rule == "codice_fiscale" || rule == "curp"; !found && l.key {
			continue
		} else if at--; !found {
			held[at], code = part{i: l.i, end: l.end, size: len(piece) - a, offset: a}, joined
			continue
		}
		held[at] = part{i: l.i, end: l.end, size: len(piece) - a, offset: a, key: l.key}
		s.editCode(held[at:], span{hi: len(joined), entity: National, layer: LayerDetector, rule: rule, canon: string(bytes.ToUpper(joined))})
		return true
	}
	return false
}

// editCode redacts the parts of a code.
func (s *scan) editCode(parts []part, sp span) {
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
	s.count(&sp)
	s.dirty = true
}

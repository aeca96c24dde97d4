package redact

import (
	"bytes"
	"encoding/json"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// A text may be a JSON document, or have some in it: a message with its data behind it,
// the parameter of a link, the cell of a table.

// Nested redacts text that is itself a JSON object, array or string, so that
// it stays valid JSON. ok tells whether anything changed.
func (s *scan) Nested(t []byte) (out []byte, ok bool) {
	body := bytes.TrimSpace(t)
	if s.depth >= reading.MaxDepth || len(body) < 2 {
		return nil, false
	}
	first, last := body[0], body[len(body)-1]
	if !(first == '{' && last == '}' || first == '[' && last == ']' || first == '"' && last == '"') || !json.Valid(body) {
		return nil, false
	}
	inner := s.owner.scan()
	defer s.owner.release(inner)
	inner.depth = s.depth + 1
	out, err := inner.json(nil, t, nil)
	if err != nil || len(inner.found) == 0 {
		return nil, false
	}
	s.across = s.across || inner.across
	s.repeats.Take(&inner.repeats)
	for _, f := range inner.found {
		f.Pointer = s.pointer()
		s.found = append(s.found, f)
	}
	return out, true
}

// Limits of documents in a text.
const (
	leastEmbedded = 12 // bytes of one: ["4539","57"]
	embeddedHead  = 32 // of a document, of which one at least was encoded, or it stands in the text itself
	embeddedScans = 4  // times the text is passed over to see where they end
)

// Embedded finds the JSON documents in a text that has others beside it, over which a
// number is divided. In a cell of CSV their quotes are doubled.
func (s *scan) Embedded(of finding.View) {
	s.embedded(&of, nil)
	marks := embeddedTwice[:]
	if of.Lo == nil {
		marks = marks[1:]
	}
	if doubles(of.Text, marks) {
		if v, ok := s.undoubled(of); ok {
			s.embedded(&v, nil)
		}
	}
}

// embeddedTwice is how a document begins whose quotes were doubled more than once: in the cell
// of a table that is itself in one. The first shows that some of them were doubled and others not,
// which were written as escape sequences.
var embeddedTwice = [...]string{`"":`, `{""""`, `[""""`, `[{""""`}

// doubles tells whether one of such marks stands in a text.
func doubles(t []byte, marks []string) bool {
	for _, m := range marks {
		if bytes.Contains(t, []byte(m)) {
			return true
		}
	}
	return false
}

// undoubled returns a view in which each two quotes are one, as far as the leaf's budget goes.
func (s *scan) undoubled(of finding.View) (finding.View, bool) {
	v := &of
	out := finding.Derived{Of: v}
	for i := 0; i+1 < len(v.Text); i++ {
		if v.Text[i] != '"' || v.Text[i+1] != '"' {
			continue
		}
		at := s.Instead(&out, i)
		out.Text = append(out.Text, '"')
		out.Cover(at, v.From(i), v.To(i+1))
		out.Replaced(at, i+2)
		i++
	}
	once, ok := s.Derive(&out)
	return once, ok && s.Charge(v, 0, len(v.Text), len(once.Text))
}

// Folded examines the documents in a text that was folded, of which as is what it was: what
// is one in that too was looked at.
func (s *scan) Folded(of finding.View, as []byte) {
	s.embedded(&of, as)
	s.Events(of, 0)
}

// embedded finds the documents in a view. Of one that was folded, as is the text as it was.
func (s *scan) embedded(v *finding.View, as []byte) {
	if s.depth >= reading.MaxDepth || len(v.Text) < leastEmbedded || bytes.IndexByte(v.Text, '{') < 0 && bytes.IndexByte(v.Text, '[') < 0 {
		return
	}
	for i, left := 0, embeddedScans*len(v.Text); left > 0; {
		from, doubled := nextEmbedded(v.Text, i)
		if from == len(v.Text) {
			return
		}
		to, ok := embeddedEnd(v.Text, from, doubled)
		left -= to - from
		if i = from + 1; !ok {
			continue
		}
		if i = to; as == nil && from == 0 && to == len(v.Text) {
			return // document looks at it
		}
		part := v.Part(from, to)
		if as != nil {
			if json.Valid(as[part.From(0):part.To(len(part.Text)-1)]) {
				continue
			}
		} else if v.Lo != nil && reading.Original(&part, 0, min(len(part.Text), embeddedHead)) { // it was looked at before something else was decoded
			continue
		}
		body := part.Text
		if doubled {
			body = bytes.ReplaceAll(body, []byte(`""`), []byte(`"`))
		}
		s.embeddedDocument(&part, body)
	}
}

// embeddedDocument examines the document body that a part of a text is.
func (s *scan) embeddedDocument(v *finding.View, body []byte) {
	if !mayTear(body) || !s.Charge(v, 0, len(v.Text), len(body)) || !json.Valid(body) {
		return
	}
	inner := s.owner.scan()
	defer s.owner.release(inner)
	inner.depth = s.depth + 1
	if _, err := inner.json(nil, body, nil); err != nil || !inner.across || len(inner.found) == 0 {
		return
	}
	f := inner.found[len(inner.found)-1]
	s.Add(v, 0, len(v.Text), finding.Span{Entity: f.Entity, Layer: f.Layer, Rule: f.Rule, Canon: string(body)})
	s.across = true // of what may be a string in another document
}

// mayTear tells whether a document has a container over which a text may be cut, an array
// of strings or objects or an object whose first key calls its member a part, a key that
// goes on from the one before it, a number with an exponent, or a string with another document in it: most lines of a log have
// none. Rows of numbers are a matrix.
func mayTear(body []byte) bool {
	var before []byte // the last key
	for i := 0; i < len(body); i++ {
		switch c := body[i]; c {
		case '"':
			end := stringEnd(body, i)
			if opensDocument(body[i:end]) {
				return true
			}
			if char.At(body, space(body, end+1)) == ':' {
				key := body[i+1 : end]
				if len(before) > 0 && goesOn(before, key) {
					return true
				}
				before = key
			}
			i = end
		case '[', '{':
			k := space(body, i+1)
			if c == '[' && (char.At(body, k) == '"' || char.At(body, k) == '{') {
				return true
			}
			if c == '{' && char.At(body, k) == '"' {
				if end := stringEnd(body, k); end < len(body) && tornKey(body[k+1:end]) {
					return true
				}
			}
		case 'e', 'E':
			if i > 0 && char.Digit(body[i-1]) {
				return true
			}
		}
	}
	return false
}

// opensDocument tells whether a string of JSON, as it is written, has a document in it of
// which mayTear would say so: its quotes stand behind backslashes.
func opensDocument(t []byte) bool {
	for i, c := range t {
		switch c {
		case '[':
			k := space(t, i+1)
			if next := char.At(t, k); next == '{' || next == '\\' && escapedQuote(t, k) > 0 {
				return true
			}
		case '{':
			if key := escapedQuote(t, space(t, i+1)); key > 0 {
				if end := bytes.IndexByte(t[key:], '\\'); end >= 0 && tornKey(t[key:key+end]) {
					return true
				}
			}
		case 'e', 'E':
			k := i
			for k > 0 && (char.Digit(t[k-1]) || t[k-1] == '.') {
				k--
			}
			if before := bytes.TrimRight(t[max(0, k-embeddedHead):k], " "); k < i && len(before) > 0 && bytes.IndexByte([]byte(":,["), before[len(before)-1]) >= 0 {
				return true
			}
		}
	}
	return false
}

// escapedQuote returns what follows the quote behind the backslashes at t[i:]; 0 if there
// is none.
func escapedQuote(t []byte, i int) int {
	k := i
	for char.At(t, k) == '\\' {
		k++
	}
	if k == i || char.At(t, k) != '"' {
		return 0
	}
	return k + 1
}

// nextEmbedded returns where the next document begins at t[i:] or behind, with a string, a
// number or another: len(t) without one. doubled tells that its quotes are.
func nextEmbedded(t []byte, i int) (from int, doubled bool) {
	for ; i+1 < len(t); i++ {
		if t[i] != '{' && t[i] != '[' {
			continue
		}
		k := space(t, i+1)
		switch c := char.At(t, k); {
		case c == '"':
			return i, char.At(t, k+1) == '"' && char.At(t, k+2) != '"' && char.At(t, k+2) != ':' && char.At(t, k+2) != ','
		case c == '{' || c == '[' && t[i] == '[':
			inner := space(t, k+1)
			return i, char.At(t, inner) == '"' && char.At(t, inner+1) == '"'
		}
	}
	return len(t), false
}

// embeddedEnd returns where the document t[i:] ends, or what shows that it is none.
func embeddedEnd(t []byte, i int, doubled bool) (end int, ok bool) {
	depth, quoted := 0, false
	for ; i < len(t); i++ {
		switch c := t[i]; {
		case c == '"':
			quoted = !quoted
			if doubled {
				if char.At(t, i+1) != '"' {
					return i, false
				}
				i++
			}
		case quoted && c == '\\':
			if i++; doubled && char.At(t, i) == '"' {
				i++
			}
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	return len(t), false
}

// Document examines a reading that is a JSON document as such: a number may be
// divided over it. Of what is found so, all of it is redacted.
func (s *scan) Document(of finding.View) {
	v := &of
	body := bytes.TrimSpace(v.Text)
	if n := len(body); n == 0 || body[0] != '{' && body[0] != '[' || s.depth >= reading.MaxDepth || !s.Charge(v, 0, len(v.Text), n) || !json.Valid(body) {
		s.Embedded(*v)
		return
	}
	inner := s.owner.scan()
	defer s.owner.release(inner)
	inner.depth = s.depth + 1
	inner.walk.naming = true
	_, err := inner.json(nil, body, nil)
	from := bytes.IndexByte(v.Text, body[0])
	for _, n := range inner.walk.noted {
		s.Add(v, from+n.at.Lo, from+n.at.Hi, finding.Span{Entity: n.entity, Layer: LayerDetector, Rule: "named", Canon: tokens.Canonical(n.entity, string(body[n.at.Lo:n.at.Hi]))})
	}
	if err != nil || !inner.across || len(inner.found) == 0 {
		return
	}
	f := inner.found[len(inner.found)-1]
	s.Add(v, 0, len(v.Text), finding.Span{Entity: f.Entity, Layer: f.Layer, Rule: f.Rule, Canon: string(body)})
}

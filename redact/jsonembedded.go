package redact

import (
	"bytes"
	"encoding/json"
)

// A text may be a JSON document, or have some in it: a message with its data behind it,
// the parameter of a link, the cell of a table.

// nested redacts text that is itself a JSON object, array or string, so that
// it stays valid JSON. ok tells whether anything changed.
func (s *scan) nested(t []byte) (out []byte, ok bool) {
	body := bytes.TrimSpace(t)
	if s.depth >= maxDepth || len(body) < 2 {
		return nil, false
	}
	first, last := body[0], body[len(body)-1]
	if !(first == '{' && last == '}' || first == '[' && last == ']' || first == '"' && last == '"') || !json.Valid(body) {
		return nil, false
	}
	inner := s.r.scan()
	defer s.r.release(inner)
	inner.depth = s.depth + 1
	out, err := inner.json(nil, t, nil)
	if err != nil || len(inner.found) == 0 {
		return nil, false
	}
	s.across = s.across || inner.across
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

// embedded finds the JSON documents in a text that has others beside it, over which a
// number is divided. In a cell of CSV their quotes are doubled.
func (s *scan) embedded(v *view) {
	if s.depth >= maxDepth || len(v.t) < leastEmbedded || bytes.IndexByte(v.t, '{') < 0 && bytes.IndexByte(v.t, '[') < 0 {
		return
	}
	for i, left := 0, embeddedScans*len(v.t); left > 0; {
		from, doubled := nextEmbedded(v.t, i)
		if from == len(v.t) {
			return
		}
		to, ok := embeddedEnd(v.t, from, doubled)
		left -= to - from
		if i = from + 1; !ok {
			continue
		}
		if i = to; from == 0 && to == len(v.t) {
			return // document looks at it
		}
		part := v.part(from, to)
		if v.lo != nil && part.original(0, min(len(part.t), embeddedHead)) { // it was looked at before something else was decoded
			continue
		}
		body := part.t
		if doubled {
			body = bytes.ReplaceAll(body, []byte(`""`), []byte(`"`))
		}
		s.embeddedDocument(&part, body)
	}
}

// embeddedDocument examines the document body that a part of a text is.
func (s *scan) embeddedDocument(v *view, body []byte) {
	if !mayTear(body) || !s.charge(v, 0, len(v.t), len(body)) || !json.Valid(body) {
		return
	}
	inner := s.r.scan()
	defer s.r.release(inner)
	inner.depth = s.depth + 1
	if _, err := inner.json(nil, body, nil); err != nil || !inner.across || len(inner.found) == 0 {
		return
	}
	f := inner.found[len(inner.found)-1]
	s.add(v, 0, len(v.t), span{entity: f.Entity, layer: f.Layer, rule: f.Rule, canon: string(body)})
	s.across = true // of what may be a string in another document
}

// mayTear tells whether a document has a container over which a text may be cut, an array
// of strings or objects or an object whose first key calls its member a part, a number
// with an exponent, or a string with another document in it: most lines of a log have
// none. Rows of numbers are a matrix.
func mayTear(body []byte) bool {
	for i := 0; i < len(body); i++ {
		switch c := body[i]; c {
		case '"':
			end := stringEnd(body, i)
			if opensDocument(body[i:end]) {
				return true
			}
			i = end
		case '[', '{':
			k := space(body, i+1)
			if c == '[' && (byteAt(body, k) == '"' || byteAt(body, k) == '{') {
				return true
			}
			if c == '{' && byteAt(body, k) == '"' {
				if end := stringEnd(body, k); end < len(body) && tornKey(body[k+1:end]) {
					return true
				}
			}
		case 'e', 'E':
			if i > 0 && digit(body[i-1]) {
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
			if next := byteAt(t, k); next == '{' || next == '\\' && escapedQuote(t, k) > 0 {
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
			for k > 0 && (digit(t[k-1]) || t[k-1] == '.') {
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
	for byteAt(t, k) == '\\' {
		k++
	}
	if k == i || byteAt(t, k) != '"' {
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
		switch c := byteAt(t, k); {
		case c == '"':
			return i, byteAt(t, k+1) == '"' && byteAt(t, k+2) != '"' && byteAt(t, k+2) != ':' && byteAt(t, k+2) != ','
		case c == '{' || c == '[' && t[i] == '[':
			inner := space(t, k+1)
			return i, byteAt(t, inner) == '"' && byteAt(t, inner+1) == '"'
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
				if byteAt(t, i+1) != '"' {
					return i, false
				}
				i++
			}
		case quoted && c == '\\':
			if i++; doubled && byteAt(t, i) == '"' {
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

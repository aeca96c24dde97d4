package redact

import (
	"bytes"
	"html"
)

// An entity may stand between the characters of another: &n&#45;bsp; is decoded from
// the inside out.

// nestedEntity tells whether an entity begins before the one before it has ended.
func nestedEntity(t []byte) bool {
	for i := bytes.IndexByte(t, '&'); i >= 0; {
		next := bytes.IndexByte(t[i+1:], '&')
		if next < 0 {
			return false
		}
		if next < longestBroken && bytes.IndexByte(t[i:i+1+next], ';') < 0 {
			return true
		}
		i += 1 + next
	}
	return false
}

// outerEntities decodes the entities that are whole, with a semicolon, and leaves
// all else.
func (s *scan) outerEntities(v *view) (view, bool) {
	out := s.view(len(v.t))
	from, n := 0, 0 // v.t[from:] is not copied yet
	for i := nextEscape(v.t, 0, "&"); i < len(v.t); i = nextEscape(v.t, i+max(1, n), "&") {
		var buf [longestDecoded]byte
		plain, size := wholeEntity(buf[:0], v.t[i:])
		if n = size; n == 0 {
			continue
		}
		out.copy(*v, from, i)
		at := len(out.t)
		out.t = append(out.t, plain...)
		out.cover(at, v.from(i), v.to(i+n-1))
		out.change(at)
		from = i + n
	}
	out.copy(*v, from, len(v.t))
	return s.keep(out), from > 0
}

// wholeEntity decodes the entity that t begins with and returns how many bytes it
// took, 0 for none.
func wholeEntity(out, t []byte) ([]byte, int) {
	end := 1
	if byteAt(t, end) == '#' {
		end++
	}
	for end < min(len(t), longestEntity) && alnum(t[end]) {
		end++
	}
	if end < 3 || byteAt(t, end) != ';' {
		return out, 0
	}
	plain := html.UnescapeString(string(t[:end+1]))
	if len(plain) == end+1 { // there is none of that name
		return out, 0
	}
	return append(out, plain...), end + 1
}

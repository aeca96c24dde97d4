package reading

import (
	"bytes"
	"html"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
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
		if next < encoded.LongestBroken && bytes.IndexByte(t[i:i+1+next], ';') < 0 {
			return true
		}
		i += 1 + next
	}
	return false
}

// outerEntities decodes the entities that are whole, with a semicolon, and leaves
// all else.
func (s *Scan) outerEntities(v *finding.View) (finding.View, bool) {
	out := s.View(len(v.Text))
	from, n := 0, 0 // v.t[from:] is not copied yet
	for i := nextEscape(v.Text, 0, "&"); i < len(v.Text); i = nextEscape(v.Text, i+max(1, n), "&") {
		var buf [longestDecoded]byte
		plain, size := wholeEntity(buf[:0], v.Text[i:])
		if n = size; n == 0 {
			continue
		}
		out.Copy(*v, from, i)
		at := len(out.Text)
		out.Text = append(out.Text, plain...)
		out.Cover(at, v.From(i), v.To(i+n-1))
		out.Change(at)
		from = i + n
	}
	out.Copy(*v, from, len(v.Text))
	return s.Keep(out), from > 0
}

// wholeEntity decodes the entity that t begins with and returns how many bytes it
// took, 0 for none.
func wholeEntity(out, t []byte) ([]byte, int) {
	end := 1
	if char.At(t, end) == '#' {
		end++
	}
	for end < min(len(t), LongestEntity) && char.Alnum(t[end]) {
		end++
	}
	if end < 3 || char.At(t, end) != ';' {
		return out, 0
	}
	plain := html.UnescapeString(string(t[:end+1]))
	if len(plain) == end+1 { // there is none of that name
		return out, 0
	}
	return append(out, plain...), end + 1
}

package reading

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"io"
	"unicode/utf16"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/inflate"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

const (
	opaqueLength = 256     // an encoded run this long that nothing can be made of is redacted
	maxInflate   = 1 << 20 // bytes one compressed run may grow to
)

// Blobs scans what base64, base64url and hexadecimal runs of a view decode to.
func (s *Scan) Blobs(v finding.View, depth int) {
	for i := 0; i < len(v.Text); {
		if !credential.Base64Char(v.Text[i]) {
			i++
			continue
		}
		end := runEnd(v.Text, i)
		padded := end
		for padded < len(v.Text) && padded < end+2 && v.Text[padded] == '=' {
			padded++
		}
		for end-i >= encoded.MinBase64 {
			from, to := s.Rules.NextToken(v.Text[:end], i)
			if from == end {
				s.blob(&v, i, padded, depth)
				break
			}
			if from-i >= encoded.MinBase64 {
				s.blob(&v, i, from, depth)
			}
			i = to
		}
		i = padded
	}
}

// runEnd returns the end of the base64 run at t[i:], across the line breaks of
// MIME (RFC 2045, 6.8).
func runEnd(t []byte, i int) int {
	line := 0
	for i < len(t) {
		if credential.Base64Char(t[i]) {
			i++
			line++
			continue
		}
		j := i
		for j < len(t) && j-i < 4 && (t[j] == '\r' || t[j] == '\n' || t[j] == ' ') {
			j++
		}
		if line < 20 || line%4 != 0 || j == i || j == len(t) || !credential.Base64Char(t[j]) || bytes.IndexByte(t[i:j], '\n') < 0 {
			return i
		}
		i, line = j, 0
	}
	return i
}

// blob tries to decode the run t[i:j] in every way and alignment.
func (s *Scan) blob(v *finding.View, i, j, depth int) {
	upperSeen, lowerSeen, digitSeen := credential.RunKinds(v.Text[i:j])
	before := len(s.Spans)
	if digitSeen {
		s.hexRuns(v, i, j, depth)
	}
	if upperSeen && (lowerSeen || digitSeen) || j-i > encoded.MinHex && profile.Periodic(v.Text[i:j], 1) {
		s.base64Run(v, i, j, depth)
	}
	if len(s.Spans) == before && j-i >= opaqueLength && digitSeen && (upperSeen && lowerSeen || unbroken(v.Text[i:j])) {
		s.opaque(v, i, j, "encoded")
	}
}

// unbroken tells whether a run is letters and digits alone, as hexadecimal and
// base32 are and no path or slug of that length is.
func unbroken(t []byte) bool {
	letters := 0
	for _, c := range t {
		if !char.Alnum(c) {
			return false
		}
		if char.Letter(c) {
			letters++
		}
	}
	return letters > 0
}

// hexRuns decodes the hexadecimal parts of a run: letters may be glued on.
func (s *Scan) hexRuns(v *finding.View, i, j, depth int) {
	for i < j {
		k := i
		for k < j && char.Unhex(v.Text[k]) < 16 {
			k++
		}
		if k-i >= encoded.MinHex {
			s.hexRun(v, i, k, depth)
		}
		i = k + 1
	}
}

// Charge takes n bytes off the leaf's budget; without it the run is opaque.
func (s *Scan) Charge(v *finding.View, i, j, n int) bool {
	if s.Work -= n; s.Work < 0 {
		s.opaque(v, i, j, "limit")
		return false
	}
	return true
}

// hexRun decodes a hexadecimal run at both alignments.
func (s *Scan) hexRun(v *finding.View, i, j, depth int) {
	for a := i; a < i+2; a++ {
		if !s.Charge(v, i, j, (j-a)/2) {
			return
		}
		mark := s.Used
		raw := s.View((j - a) / 2)
		raw.Text = raw.Text[:(j-a)/2]
		if _, err := hex.Decode(raw.Text, v.Text[a:a+(j-a)/2*2]); err == nil {
			raw = s.Keep(raw)
			s.decoded(v, raw.Text, place{first: a, num: 2, den: 1}, a, j, depth)
		}
		s.Used = mark
	}
}

// base64Run decodes a run at all four alignments: what stands before the blob
// may belong to the alphabet too.
func (s *Scan) base64Run(v *finding.View, i, j, depth int) {
	mark := s.Used
	clean := s.View(j - i)
	for k := i; k < j; k++ {
		c := v.Text[k]
		switch {
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case c != '+' && c != '/' && !char.Alnum(c): // line breaks, padding
			continue
		}
		clean.Push(c, int32(k), int32(k+1))
	}
	clean = s.Keep(clean)
	for a := 0; a < 4 && a < len(clean.Text); a++ {
		body := clean.Text[a:]
		if len(body)%4 == 1 {
			body = body[:len(body)-1]
		}
		if len(body) < encoded.MinBase64 || !s.Charge(v, i, j, len(body)) {
			break
		}
		inner := s.Used
		raw := s.View(len(body))
		raw.Text = raw.Text[:base64.RawStdEncoding.DecodedLen(len(body))]
		n, _ := base64.RawStdEncoding.Decode(raw.Text, body)
		raw.Text = raw.Text[:n]
		raw = s.Keep(raw)
		s.decoded(v, raw.Text, place{first: a, num: 4, den: 3, at: clean.Lo}, i, j, depth)
		s.Used = inner
	}
	s.Used = mark
}

// place tells where in a view a decoded byte begins: num characters of the
// encoding give den bytes.
type place struct {
	first, num, den int
	at              []int32 // index in the view of each character, if not their number
}

func (p place) of(k, end int) int {
	n := p.first + (k*p.num+p.den-1)/p.den
	switch {
	case p.at == nil:
		return min(n, end)
	case n < len(p.at):
		return int(p.at[n])
	}
	return end
}

// decoded examines the bytes that t[i:j] of the view decoded to.
func (s *Scan) decoded(v *finding.View, raw []byte, from place, i, j, depth int) {
	if k := encoded.PackedAt(raw); k >= 0 && s.inflate(v, raw[k:], i, j, depth) {
		return
	}
	s.wideCharacters(v, raw, i, j, depth)
	s.deflated(v, raw, i, j, depth)
	s.wide(v, raw, i, j, depth)
	for a := 0; a < len(raw); {
		b := encoded.TextEnd(raw, a)
		if b-a >= encoded.MinPlain && (s.Rules.Thorough || s.Rules.Texts || s.Rules.Known != nil && gate.BriefCode(raw[a:b]) || gate.LooksAt(raw[a:b])) {
			s.inner(v, raw[a:b], from.of(a, j), from.of(b, j), depth)
		}
		a = b + 1
	}
}

// inner examines decoded text; every finding in it stands for t[i:j].
func (s *Scan) inner(v *finding.View, text []byte, i, j, depth int) {
	mark := s.Used
	out := s.View(len(text))
	out.Text = append(out.Text, text...)
	out.Cover(0, v.From(i), v.To(j-1))
	out = s.Keep(out)
	p := profile.Of(out.Text)
	said, coded, near := s.Cue, s.Coded, s.Near
	s.Coded, s.Near = true, false
	if i >= 2 && v.Text[i-1] == 'x' && v.Text[i-2] == '0' {
		i -= 2
	}
	s.Cue |= cue.Before(v.Text, i, said) | detect.SwiftCue(v.Text[:i])
	s.Examine(out, depth+1, &p)
	s.docs.Document(out)
	s.docs.Events(out, depth+1)
	s.Cue, s.Coded, s.Near, s.Used = said, coded, near, mark
}

// deflated examines raw deflate data that t[i:j] of the view decoded to.
func (s *Scan) deflated(v *finding.View, raw []byte, i, j, depth int) {
	if depth+1 >= MaxDepth || !inflate.Begins(raw) {
		return
	}
	s.Dirty = true
	text := s.packed.Text(raw, maxInflate)
	if len(text) < encoded.MinPlain || !s.Charge(v, i, j, len(text)) {
		return
	}
	s.inner(v, text, i, j, depth)
}

// inflate examines gzip and zlib data, and reports whether raw is such.
func (s *Scan) inflate(v *finding.View, raw []byte, i, j, depth int) bool {
	var r io.ReadCloser
	var err error
	switch {
	case raw[0] == 0x1F && raw[1] == 0x8B && raw[2] == 8:
		r, err = gzip.NewReader(bytes.NewReader(raw))
	case raw[0] == 0x78 && (int(raw[0])<<8|int(raw[1]))%31 == 0 && len(raw) > 6:
		r, err = zlib.NewReader(bytes.NewReader(raw))
	default:
		return false
	}
	if err != nil {
		return false
	}
	text, _ := io.ReadAll(io.LimitReader(r, maxInflate+1))
	if len(text) == 0 {
		return false
	}
	if len(text) > maxInflate || depth+1 >= MaxDepth {
		s.opaque(v, i, j, "compressed")
		return true
	}
	if !s.Charge(v, i, j, len(text)) {
		return true
	}
	if encoded.PackedAt(text) == 0 && s.inflate(v, text, i, j, depth+1) {
		return true
	}
	s.wide(v, text, i, j, depth+1)
	s.inner(v, text, i, j, depth)
	return true
}

// wide examines raw as UTF-16 of either byte order if half of it or more folds
// to Latin letters, digits and spaces.
func (s *Scan) wide(v *finding.View, raw []byte, i, j, depth int) {
	if len(raw) < 2*encoded.MinPlain {
		return
	}
	for n := range 4 { // both byte orders, both parities
		big, part := n&1, raw[n>>1:]
		if !encoded.WidePlausible(part, big) || !s.Charge(v, i, j, len(part)) {
			continue
		}
		units := make([]uint16, 0, len(part)/2)
		for k := 0; k+1 < len(part); k += 2 {
			units = append(units, uint16(part[k+big])|uint16(part[k+1-big])<<8)
		}
		s.inner(v, []byte(string(utf16.Decode(units))), i, j, depth)
	}
}

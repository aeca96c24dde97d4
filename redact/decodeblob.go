package redact

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"io"
	"math/bits"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/fold"
	"github.com/counterfoil/counterfoil/redact/internal/inflate"
)

// Limits of encoded runs.
const (
	minBase64    = minWord
	minPlain     = 6       // decoded bytes in a row that are text, to look at them
	opaqueLength = 256     // an encoded run this long that nothing can be made of is redacted
	maxInflate   = 1 << 20 // bytes one compressed run may grow to
)

// blobs scans what base64, base64url and hexadecimal runs of a view decode to.
func (s *scan) blobs(v view, depth int) {
	for i := 0; i < len(v.t); {
		if !base64Char(v.t[i]) {
			i++
			continue
		}
		end := runEnd(v.t, i)
		padded := end
		for padded < len(v.t) && padded < end+2 && v.t[padded] == '=' {
			padded++
		}
		for end-i >= minBase64 {
			from, to := s.r.nextToken(v.t[:end], i)
			if from == end {
				s.blob(&v, i, padded, depth)
				break
			}
			if from-i >= minBase64 {
				s.blob(&v, i, from, depth)
			}
			i = to
		}
		i = padded
	}
}

func base64Char(c byte) bool { return byteClass[c]&isWord != 0 }

// runEnd returns the end of the base64 run at t[i:], across the line breaks of
// MIME (RFC 2045, 6.8).
func runEnd(t []byte, i int) int {
	line := 0
	for i < len(t) {
		if base64Char(t[i]) {
			i++
			line++
			continue
		}
		j := i
		for j < len(t) && j-i < 4 && (t[j] == '\r' || t[j] == '\n' || t[j] == ' ') {
			j++
		}
		if line < 20 || line%4 != 0 || j == i || j == len(t) || !base64Char(t[j]) || bytes.IndexByte(t[i:j], '\n') < 0 {
			return i
		}
		i, line = j, 0
	}
	return i
}

// blob tries to decode the run t[i:j] in every way and alignment.
func (s *scan) blob(v *view, i, j, depth int) {
	upperSeen, lowerSeen, digitSeen := runKinds(v.t[i:j])
	before := len(s.spans)
	if digitSeen {
		s.hexRuns(v, i, j, depth)
	}
	if upperSeen && (lowerSeen || digitSeen) || j-i > minHex && periodic(v.t[i:j], 1) {
		s.base64Run(v, i, j, depth)
	}
	if len(s.spans) == before && j-i >= opaqueLength && digitSeen && (upperSeen && lowerSeen || unbroken(v.t[i:j])) {
		s.opaque(v, i, j, "encoded")
	}
}

// unbroken tells whether a run is letters and digits alone, as hexadecimal and
// base32 are and no path or slug of that length is.
func unbroken(t []byte) bool {
	letters := 0
	for _, c := range t {
		if !alnum(c) {
			return false
		}
		if letter(c) {
			letters++
		}
	}
	return letters > 0
}

func runKinds(t []byte) (upperSeen, lowerSeen, digitSeen bool) {
	flags := uint16(0)
	for _, c := range t {
		flags |= byteClass[c]
	}
	return flags&isUpper != 0, flags&isLower != 0, flags&isDigit != 0
}

// hexRuns decodes the hexadecimal parts of a run: letters may be glued on.
func (s *scan) hexRuns(v *view, i, j, depth int) {
	for i < j {
		k := i
		for k < j && unhex(v.t[k]) < 16 {
			k++
		}
		if k-i >= minHex {
			s.hexRun(v, i, k, depth)
		}
		i = k + 1
	}
}

// charge takes n bytes off the leaf's budget; without it the run is opaque.
func (s *scan) charge(v *view, i, j, n int) bool {
	if s.work -= n; s.work < 0 {
		s.opaque(v, i, j, "limit")
		return false
	}
	return true
}

// hexRun decodes a hexadecimal run at both alignments.
func (s *scan) hexRun(v *view, i, j, depth int) {
	for a := i; a < i+2; a++ {
		if !s.charge(v, i, j, (j-a)/2) {
			return
		}
		mark := s.used
		raw := s.view((j - a) / 2)
		raw.t = raw.t[:(j-a)/2]
		if _, err := hex.Decode(raw.t, v.t[a:a+(j-a)/2*2]); err == nil {
			raw = s.keep(raw)
			s.decoded(v, raw.t, place{first: a, num: 2, den: 1}, a, j, depth)
		}
		s.used = mark
	}
}

// base64Run decodes a run at all four alignments: what stands before the blob
// may belong to the alphabet too.
func (s *scan) base64Run(v *view, i, j, depth int) {
	mark := s.used
	clean := s.view(j - i)
	for k := i; k < j; k++ {
		c := v.t[k]
		switch {
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case c != '+' && c != '/' && !alnum(c): // line breaks, padding
			continue
		}
		clean.push(c, int32(k), int32(k+1))
	}
	clean = s.keep(clean)
	for a := 0; a < 4 && a < len(clean.t); a++ {
		body := clean.t[a:]
		if len(body)%4 == 1 {
			body = body[:len(body)-1]
		}
		if len(body) < minBase64 || !s.charge(v, i, j, len(body)) {
			break
		}
		inner := s.used
		raw := s.view(len(body))
		raw.t = raw.t[:base64.RawStdEncoding.DecodedLen(len(body))]
		n, _ := base64.RawStdEncoding.Decode(raw.t, body)
		raw.t = raw.t[:n]
		raw = s.keep(raw)
		s.decoded(v, raw.t, place{first: a, num: 4, den: 3, at: clean.lo}, i, j, depth)
		s.used = inner
	}
	s.used = mark
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
func (s *scan) decoded(v *view, raw []byte, from place, i, j, depth int) {
	if k := packedAt(raw); k >= 0 && s.inflate(v, raw[k:], i, j, depth) {
		return
	}
	s.wideCharacters(v, raw, i, j, depth)
	s.deflated(v, raw, i, j, depth)
	s.wide(v, raw, i, j, depth)
	for a := 0; a < len(raw); {
		b := textEnd(raw, a)
		if b-a >= minPlain && (s.r.thorough || s.r.texts || s.r.known != nil && briefCode(raw[a:b]) || looksAt(raw[a:b])) {
			s.inner(v, raw[a:b], from.of(a, j), from.of(b, j), depth)
		}
		a = b + 1
	}
}

// packedReach is how many bytes may stand before compressed data in a run, as
// the path of a URL does.
const packedReach = 64

// packedAt returns where gzip or zlib data may begin in raw, -1 for nowhere.
func packedAt(raw []byte) int {
	for k := 0; k+6 < len(raw) && k < packedReach; k++ {
		if raw[k] == 0x1F && raw[k+1] == 0x8B && raw[k+2] == 8 || raw[k] == 0x78 && (k == 0 || raw[k+1] == 0x9C) && (int(raw[k])<<8|int(raw[k+1]))%31 == 0 {
			return k
		}
	}
	return -1
}

// looksAt tells whether decoded text could hold a finding or another encoding.
func looksAt(t []byte) bool {
	p := profileOf(t)
	if len(t) <= minWord && !p.word && !p.broken && p.idle(t) {
		return false
	}
	return p.word || !p.clean(minCued, len(t))
}

// idle tells whether nothing can be found in minWord bytes of text or fewer:
// they hold no keys and no further encoding, and these no e-mail address, no
// name of a secret, and too few characters that are digits or may become some.
func (p *profile) idle(t []byte) bool {
	high := bits.OnesCount64(p.planes.high)
	if p.digits+high/2 >= minCued || p.flags&(isAt|isBack|isControl) != 0 || p.planes.escapeLike(t) {
		return false
	}
	if p.flags&isExotic != 0 { // of two bytes, and so neither a sign nor a mark when folded
		for _, c := range t {
			if c >= 0xE0 || c == 0x7F {
				return false
			}
		}
		return p.flags&(isAssign|isColon|isEscape) == 0
	}
	for i, c := range t {
		if _, quoted := hexByte(t, i+1); c == '=' && quoted {
			return false
		}
	}
	return p.flags&(isAssign|isColon|isEscape) == 0 || !anySecretName(t)
}

// textEnd returns the end of the text that starts at raw[a:]: valid UTF-8, also
// control characters, as they may separate digits.
func textEnd(raw []byte, a int) int {
	for a < len(raw) {
		if raw[a] < utf8.RuneSelf {
			a++
			continue
		}
		r, n := utf8.DecodeRune(raw[a:])
		if r == utf8.RuneError && n == 1 {
			return a
		}
		a += n
	}
	return a
}

// inner examines decoded text; every finding in it stands for t[i:j].
func (s *scan) inner(v *view, text []byte, i, j, depth int) {
	mark := s.used
	out := s.view(len(text))
	out.t = append(out.t, text...)
	out.cover(0, v.from(i), v.to(j-1))
	out = s.keep(out)
	p := profileOf(out.t)
	cue, coded, near := s.cue, s.coded, s.near
	s.coded, s.near = true, false
	if i >= 2 && v.t[i-1] == 'x' && v.t[i-2] == '0' {
		i -= 2
	}
	s.cue |= cueBefore(v.t, i, cue) | swiftCue(v.t[:i])
	s.examine(out, depth+1, &p)
	s.document(&out)
	s.cue, s.coded, s.near, s.used = cue, coded, near, mark
}

// deflated examines raw deflate data that t[i:j] of the view decoded to.
func (s *scan) deflated(v *view, raw []byte, i, j, depth int) {
	if depth+1 >= maxDepth || !inflate.Begins(raw) {
		return
	}
	s.dirty = true
	text := s.packed.Text(raw, maxInflate)
	if len(text) < minPlain || !s.charge(v, i, j, len(text)) {
		return
	}
	s.inner(v, text, i, j, depth)
}

// inflate examines gzip and zlib data, and reports whether raw is such.
func (s *scan) inflate(v *view, raw []byte, i, j, depth int) bool {
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
	if len(text) > maxInflate || depth+1 >= maxDepth {
		s.opaque(v, i, j, "compressed")
		return true
	}
	if !s.charge(v, i, j, len(text)) {
		return true
	}
	if packedAt(text) == 0 && s.inflate(v, text, i, j, depth+1) {
		return true
	}
	s.wide(v, text, i, j, depth+1)
	s.inner(v, text, i, j, depth)
	return true
}

// wide examines raw as UTF-16 of either byte order if half of it or more folds
// to Latin letters, digits and spaces.
func (s *scan) wide(v *view, raw []byte, i, j, depth int) {
	if len(raw) < 2*minPlain {
		return
	}
	for n := range 4 { // both byte orders, both parities
		big, part := n&1, raw[n>>1:]
		if !widePlausible(part, big) || !s.charge(v, i, j, len(part)) {
			continue
		}
		units := make([]uint16, 0, len(part)/2)
		for k := 0; k+1 < len(part); k += 2 {
			units = append(units, uint16(part[k+big])|uint16(part[k+1-big])<<8)
		}
		s.inner(v, []byte(string(utf16.Decode(units))), i, j, depth)
	}
}

// wideSample is how many code units are looked at to tell what they are.
const wideSample = 64

// plainRow tells of 256 code points which ones fold to a Latin letter, a digit,
// a space or nothing.
type plainRow struct {
	once sync.Once
	set  [4]uint64
}

func plainFold(f []byte) bool { return len(f) == 0 || alnum(f[0]) || f[0] == ' ' }

// plainRows are those of the Basic Multilingual Plane, each made when a code
// point of it is first met.
var plainRows [256]plainRow

// plainRune looks a code point of the Basic Multilingual Plane up.
func plainRune(r rune) bool {
	row := &plainRows[r>>8]
	row.once.Do(func() {
		var buf [16]byte
		for k := range rune(256) {
			c := r&^255 | k
			if !utf16.IsSurrogate(c) && (c >= '\t' && c < 0x80 || plainFold(fold.Rune(buf[:0], c))) {
				row.set[k>>6] |= 1 << (k & 63)
			}
		}
	})
	return row.set[r>>6&3]>>(r&63)&1 != 0
}

func widePlausible(raw []byte, big int) bool {
	plain, all := 0, 0
	var buf [16]byte
	for k := 0; k+1 < len(raw) && all < wideSample; k += 2 {
		r := rune(raw[k+big]) | rune(raw[k+1-big])<<8
		if utf16.IsSurrogate(r) && k+3 < len(raw) {
			r = utf16.DecodeRune(r, rune(raw[k+2+big])|rune(raw[k+3-big])<<8)
			k += 2
		}
		all++
		if r <= 0xFFFF && plainRune(r) || r > 0xFFFF && plainFold(fold.Rune(buf[:0], r)) {
			plain++
		}
	}
	return 2*plain >= all
}

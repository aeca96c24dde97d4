package redact

import (
	"bytes"
	"math/bits"
	"slices"
)

// An encoded text may be divided over neighbouring leaves: base64 or
// hexadecimal in two strings, or escape sequences character by character. coded
// collects such leaves; where they end they are decoded together.

// Limits of what is collected.
const (
	codedGap   = 64 // bytes of JSON between two parts: "},{"type":"text","text":" and spaces
	codedShort = 24 // elements of an array this short may be parts, whatever they are
	codedMore  = 6  // a member of an object that goes on is at least this long, unless padded
)

// coded is a row of such leaves.
type coded struct {
	parts []part
	text  []byte
	cut   bool // an escape sequence or a tag goes on from one part to the next
}

func (c *coded) reset() {
	clear(c.text)
	c.parts, c.text, c.cut = c.parts[:0], c.text[:0], false
}

// cutsEscape tells whether a text goes on with an escape sequence, an entity or a
// tag that the row ends in the middle of, or may do so as parts before it did.
func (c *coded) cutsEscape(text []byte) bool {
	return len(text) <= codedShort && codedText(text) && (c.cut || openEscape(c.text))
}

// openEscape tells whether a text ends in the middle of one.
func openEscape(t []byte) bool {
	t = t[max(0, len(t)-longestEntity):]
	if i := bytes.LastIndexAny(t, "&<"); i >= 0 && !bytes.ContainsAny(t[i:], ";> ") {
		return true
	}
	i := bytes.LastIndexAny(t, `\%=`)
	return i >= 0 && len(t)-i < escapeSize(t[i:])
}

// escapeSize is how long the escape sequence is that begins with t, if so much of it
// tells.
func escapeSize(t []byte) int {
	switch {
	case t[0] != '\\':
		return len("%34")
	case len(t) == 1 || lower(t[1]) == 'u':
		return len(`\u0034`)
	}
	return len(`\x34`)
}

// codedText tells whether a text is nothing but characters that encodings use.
func codedText(t []byte) bool {
	for _, c := range t {
		switch {
		case base64Char(c):
		case c == '=' || c == '%' || c == '&' || c == '#' || c == ';' || c == '\\' || c == ' ' || c == ':' || c == '{' || c == '}' || c == '.' || c == '/' || c == '+' || c == '<' || c == '>' || c == '\n' || c == '\r' || c == '\t':
		default:
			return false
		}
	}
	return len(t) > 0
}

// mayCode tells whether a leaf, of which p tells, may be a part, or go on with one.
func (s *scan) mayCode(p *profile, text []byte) bool {
	w := &s.walk
	return p.coded() || len(w.coded.parts) > 0 || p.lastCoded(text) || len(text) <= codedShort && len(w.frames) > 0 && w.frames[len(w.frames)-1].index >= 0 || len(text) <= minHex && p.shortCode(text) || keyHead(text)
}

// Short first parts of an encoded text: shorter ones may be anything.
const (
	minShortBase64 = 4
	minShortHex    = 8
	minLastCoded   = 3 // of a last word, of digits
	minLastText    = 6 // of one of any text
)

// shortCode tells whether a text, of which p tells, that is too short for an
// encoding may be the first part of one: base64 in which a capital stands behind
// what is none, or of digits, or pairs that are characters of ASCII.
func (p *profile) shortCode(t []byte) bool {
	n, m := len(t), &p.planes
	if n < minLastCoded || n > minHex || bits.OnesCount64(m.letter|m.digit) != n {
		return false
	}
	if codedDigits(t, 0) || hexOfDigits(t) {
		return true
	}
	if n < minShortBase64 {
		return false
	}
	if m.letter != 0 {
		if upper := m.uppers(t); (m.letter|m.digit)&^upper<<1&upper != 0 {
			return true
		}
	}
	if n < minShortHex {
		return false
	}
	for i, c := range t {
		if i%2 == 0 && (c < '2' || c > '7') || i%2 == 1 && unhex(c) > 15 {
			return false
		}
	}
	return true
}

// codedDigits tells whether a text is a part of the base64 of digits, of which so many
// characters of a group of four stand before it.
func codedDigits(t []byte, before int) bool {
	for i, c := range t {
		ok := false
		switch v := sixBits64[c]; (i + before) % 4 {
		case 0:
			ok = v >= 12 && v <= 14
		case 1:
			ok = v&15 == 3 || i == len(t)-1 && v&15 == 0
		case 2:
			ok = v%4 == 0 && v <= 36
		default:
			ok = v >= 48 && v <= 57
		}
		if !ok {
			return false
		}
	}
	return true
}

// hexOfDigits tells whether a text begins the hexadecimal of digits, two or more.
func hexOfDigits(t []byte) bool {
	t = bytes.TrimPrefix(t, []byte("0x"))
	for i, c := range t {
		if i%2 == 0 && c != '3' || !digit(c) {
			return false
		}
	}
	return len(t) >= minShortBase64
}

// moreDigits tells whether a text goes on with the base64 of digits, wherever it was
// cut.
func moreDigits(t []byte) bool {
	for before := range 4 {
		if codedDigits(t, before) {
			return true
		}
	}
	return false
}

// lastCoded tells whether the last word of a text of one block, of which p tells,
// behind a space, begins the base64 of digits, or of a text that has some.
func (p *profile) lastCoded(t []byte) bool {
	n := len(t)
	if n > block || n <= minLastCoded {
		return false
	}
	others := ^(p.planes.letter | p.planes.digit) & (1<<n - 1)
	i := bits.Len64(others)
	if i == 0 || n-i < minLastCoded || t[i-1] != ' ' || !cutStarts[t[i]].base64 {
		return false
	}
	if codedDigits(t[i:], 0) {
		return true
	}
	if p.digits == 0 || n-i < minLastText {
		return false
	}
	r := base64Cut.runAt(t, i)
	return r.to == n && r.digits > 0
}

// coded tells whether a text has anything of an encoding.
func (p *profile) coded() bool {
	return p.mixed || p.broken || p.hex || p.pem || p.pairs >= minPairs || p.flags&(isEscape|isBack|isAssign|isLess) != 0
}

// code offers a leaf to the row.
func (s *scan) code(i, end int, p *profile, text []byte, escaped bool) {
	w := &s.walk
	c := &w.coded
	if holdsToken(text) || integrity(text) { // what was redacted stands between what is not, as a digest does
		s.decode()
		return
	}
	inArray := len(w.frames) > 0 && w.frames[len(w.frames)-1].index >= 0
	if n := len(c.parts); n > 0 {
		switch last := &c.parts[n-1]; {
		case i-last.end > codedGap:
			s.decode()
			text = w.unescape(i, end, escaped) // edits may have overwritten it
		case twice(c.text[last.from:last.from+last.size], text):
			return
		case c.cutsEscape(text):
			if f := &w.frames[len(w.frames)-1]; string(w.src[f.lo:f.hi]) == "type" { // of a content block
				return
			}
			c.cut = true
		case !codedText(text) || !inArray && !p.coded() && len(text) < codedMore && text[len(text)-1] != '=' && !moreDigits(text):
			return
		}
	}
	if len(c.parts) == 0 && !(p.coded() || inArray && len(text) <= codedShort || p.shortCode(text) || p.lastCoded(text) || keyHead(text)) || !codedText(text) {
		return
	}
	if len(c.parts) == 0 && !inArray && p.flags&(isEscape|isBack|isAssign|isLess) == 0 && p.pairs < minPairs && !p.pem && bytes.ContainsAny(text, "_-") && !keyHead(text) { // an id, of which every row has several
		return
	}
	c.parts = append(c.parts, part{i: i, end: end, escaped: escaped, from: len(c.text), size: len(text), element: inArray || w.inParts()})
	c.text = append(c.text, text...)
	s.dirty = true
	if len(c.parts) == maxCoded {
		s.decode()
	}
}

// integrity tells whether a text is a digest as those of packages are written: sha512-…
// (W3C, Subresource Integrity).
func integrity(text []byte) bool {
	const name = len("sha512-")
	switch len(text) - name {
	case 44, 64, 88: // base64 of 32, 48 and 64 bytes
		return string(text[:3]) == "sha" && text[name-1] == '-' && allDigits(text[3:name-1])
	}
	return false
}

// inParts tells whether the current leaf is a member that its key calls a part.
func (w *walker) inParts() bool {
	if len(w.frames) == 0 {
		return false
	}
	f := &w.frames[len(w.frames)-1]
	return f.index < 0 && partKey(w.src[f.lo:f.hi])
}

// forgetAlone takes back what was redacted in a part alone, if that is among
// the first n edits: the document is walked again, so that it is found again
// if it is still there.
func (s *scan) forgetAlone(p *part, n int) {
	w := &s.walk
	if k := w.editAt(p.i); k >= 0 && k < n && w.edits[k].object < 0 {
		w.forgetEdit(k, p)
	}
}

// forgetEdit makes the edit of a part one of nothing.
func (w *walker) forgetEdit(k int, p *part) {
	w.edits[k] = edit{lo: p.end, hi: p.end, object: -1}
	delete(w.made.at, p.i)
}

// holdsToken tells whether a text has anything of the form of a token.
func holdsToken(t []byte) bool {
	for {
		i := bytes.IndexByte(t, '_')
		if i < 0 {
			return false
		}
		if t = t[i+1:]; letters(t) >= tokenLetters {
			return true
		}
	}
}

// maxCoded bounds the parts: a base64 text of the longest numbers, character by
// character.
const maxCoded = 256

// decode ends the row: it examines what its parts decode to, and redacts what
// crosses from one to another.
func (s *scan) decode() {
	c := &s.walk.coded
	if len(c.parts) > 1 && (len(c.text) >= minWord || s.r.texts && len(c.text) >= minText) {
		s.decodeParts()
	}
	c.reset()
}

func (s *scan) decodeParts() {
	c := &s.walk.coded
	s.spans, s.used, s.cue, s.work = s.spans[:0], 0, 0, len(c.text)+maxDecode
	v := view{t: c.text}
	if flagsOf(c.text)&(isEscape|isBack|isAssign|isLess) != 0 {
		s.escapes(v, 0)
	}
	s.blobs(v, 0)
	if p := profileOf(c.text); p.pairs >= minPairs {
		s.spacedHex(&v, 0)
	}
	s.cutCodes(&v, 0)
	s.charParts()
	s.dividedKeys(&v)
	s.dividedWords(&v)
	s.knownParts(&v)
	s.spans = slices.DeleteFunc(s.spans, func(sp span) bool { // numbers that are not encoded, of which the chain tells
		return !c.cut && chance(sp.rule) && spells(c.text[sp.lo:sp.hi], sp.canon)
	})
	s.merge()
	s.editParts()
}

// editParts redacts the findings that cross from one part of the row to another.
func (s *scan) editParts() {
	c := &s.walk.coded
	alone := len(s.walk.edits)
	for k := range s.spans {
		sp := &s.spans[k]
		if sp.entity == Opaque || sp.entity == Phone {
			continue // what is long and of many parts is a list, not a secret
		}

		first, last := -1, -1
		for n := range c.parts {
			if p := &c.parts[n]; p.from < sp.hi && p.from+p.size > sp.lo {
				if first < 0 {
					first = n
				}
				last = n
			}
		}
		if first == last || s.uncovers(c.parts[first:last+1], sp) {
			continue
		}
		for n := first; n <= last; n++ {
			s.forgetAlone(&c.parts[n], alone)
			s.editPart(&c.parts[n], sp)
		}
		s.count(sp)
	}
	s.spans, s.used = s.spans[:0], 0
}

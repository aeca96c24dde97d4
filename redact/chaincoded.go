package redact

import (
	"bytes"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
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
	t = t[max(0, len(t)-reading.LongestEntity):]
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
	case len(t) == 1 || char.Lower(t[1]) == 'u':
		return len(`\u0034`)
	}
	return len(`\x34`)
}

// codedText tells whether a text is nothing but characters that encodings use.
func codedText(t []byte) bool {
	for _, c := range t {
		switch {
		case credential.Base64Char(c):
		case c == '=' || c == '%' || c == '&' || c == '#' || c == ';' || c == '\\' || c == ' ' || c == ':' || c == '{' || c == '}' || c == '.' || c == '/' || c == '+' || c == '<' || c == '>' || c == '\n' || c == '\r' || c == '\t':
		default:
			return false
		}
	}
	return len(t) > 0
}

// mayCode tells whether a leaf, of which p tells, may be a part, or go on with one.
func (s *scan) mayCode(p *profile.Profile, text []byte) bool {
	w := &s.walk
	return p.Coded() || len(w.coded.parts) > 0 || p.LastCoded(text) || len(text) <= codedShort && len(w.frames) > 0 && w.frames[len(w.frames)-1].index >= 0 || len(text) <= encoded.MinHex && p.ShortCode(text) || keyHead(text)
}

// moreDigits tells whether a text goes on with the base64 of digits, wherever it was
// cut.
func moreDigits(t []byte) bool {
	for before := range 4 {
		if encoded.CodedDigits(t, before) {
			return true
		}
	}
	return false
}

// code offers a leaf to the row.
func (s *scan) code(i, end int, p *profile.Profile, text []byte, escaped bool) {
	w := &s.walk
	c := &w.coded
	if holdsToken(text) || integrity(text) { // what was redacted stands between what is not, as a digest does
		s.decode()
		return
	}
	inArray := len(w.frames) > 0 && w.frames[len(w.frames)-1].index >= 0
	if len(c.parts) > 0 && money(text) && w.structured() {
		return
	}
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
		case !codedText(text) || !inArray && !p.Coded() && len(text) < codedMore && text[len(text)-1] != '=' && !moreDigits(text):
			return
		}
	}
	if len(c.parts) == 0 && !(p.Coded() || inArray && len(text) <= codedShort || p.ShortCode(text) || p.LastCoded(text) || keyHead(text)) || !codedText(text) {
		return
	}
	if len(c.parts) == 0 && !inArray && p.Flags&(char.IsEscape|char.IsBack|char.IsAssign|char.IsLess) == 0 && p.Pairs < encoded.MinPairs && !p.PEM && bytes.ContainsAny(text, "_-") && !keyHead(text) { // an id, of which every row has several
		return
	}
	c.parts = append(c.parts, part{i: i, end: end, escaped: escaped, from: len(c.text), size: len(text), element: inArray || w.inParts()})
	c.text = append(c.text, text...)
	s.Dirty = true
	if len(c.parts) == maxCoded {
		s.decode()
	}
}

// money tells whether a text is an amount with its cents and nothing else, as it stands beside
// the text of a payment: its characters are those of encodings, too.
func money(t []byte) bool {
	const cents, most = len(".00"), 16 // characters of one with a sign
	n := len(t) - cents
	return n > 0 && len(t) <= most && t[n] == '.' && char.AllDigits(t[n+1:]) && char.AllDigits(bytes.TrimLeft(t[:n], "+-")) && n-len(bytes.TrimLeft(t[:n], "+-")) <= 1
}

// integrity tells whether a text is a digest as those of packages are written: sha512-…
// (W3C, Subresource Integrity).
func integrity(text []byte) bool {
	const name = len("sha512-")
	switch len(text) - name {
	case 44, 64, 88: // base64 of 32, 48 and 64 bytes
		return string(text[:3]) == "sha" && text[name-1] == '-' && char.AllDigits(text[3:name-1])
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
		if t = t[i+1:]; char.Letters(t) >= tokens.Letters {
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
	if len(c.parts) > 1 && (len(c.text) >= encoded.MinWord || s.Rules.Texts && len(c.text) >= known.MinText) {
		s.decodeParts()
	}
	c.reset()
}

func (s *scan) decodeParts() {
	c := &s.walk.coded
	s.Spans, s.Used, s.Cue, s.Work = s.Spans[:0], 0, 0, len(c.text)+reading.MaxDecode
	v := finding.View{Text: c.text}
	if char.FlagsOf(c.text)&(char.IsEscape|char.IsBack|char.IsAssign|char.IsLess) != 0 {
		s.Escapes(v, 0)
	}
	s.Blobs(v, 0)
	if p := profile.Of(c.text); p.Pairs >= encoded.MinPairs {
		s.SpacedHex(&v, 0)
	}
	s.CutCodes(&v, 0)
	s.charParts()
	s.dividedKeys(&v)
	s.dividedWords(&v)
	s.knownParts(&v)
	s.Spans = slices.DeleteFunc(s.Spans, func(sp finding.Span) bool { // numbers that are not encoded, of which the chain tells
		return !c.cut && finding.Chance(sp.Rule) && detect.Spells(c.text[sp.Lo:sp.Hi], sp.Canon) || sp.Rule == "jwt" && detect.Padded(c.text[sp.Lo:sp.Hi])
	})
	s.Merge()
	s.editParts()
}

// editParts redacts the findings that cross from one part of the row to another.
func (s *scan) editParts() {
	c := &s.walk.coded
	alone := len(s.walk.edits)
	for k := range s.Spans {
		sp := &s.Spans[k]
		if sp.Entity == Opaque || sp.Entity == Phone {
			continue // what is long and of many parts is a list, not a secret
		}

		first, last := -1, -1
		for n := range c.parts {
			if p := &c.parts[n]; p.from < sp.Hi && p.from+p.size > sp.Lo {
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
		s.Count(sp)
	}
	s.Spans, s.Used = s.Spans[:0], 0
}

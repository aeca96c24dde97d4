package redact

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
)

// A text may be cut into the strings of one container of a document, wherever it was
// cut: elements of an array, content blocks, members that their keys call parts. Where
// such a container ends, its strings are read as the one text that they were. Numbers
// of digits alone are for the chain, which tells them from lists.

// Limits of such a container.
const (
	maxTorn   = 8 << 10 // bytes of JSON
	mostTorn  = 256     // strings: a text of the longest numbers, character by character
	leastTorn = 8       // bytes of the text: a short known number in hexadecimal is longer
	fewTorn   = 3       // strings of one size, but for the last, are pieces of a text
)

// torn is what the strings of such a container say together.
type torn struct {
	parts []part
	text  []byte
	name  finding.Stretch // of the members of the objects of an array
	size  int             // of every part but the last, in characters
	even  bool            // all but the last are of that size, and the last no longer
	runs  bool            // whoever reads them puts them together
}

func (t *torn) reset() {
	clear(t.text)
	t.parts, t.text, t.name, t.size, t.even = t.parts[:0], t.text[:0], finding.Stretch{}, 0, true
	t.runs = false
}

// tornArray reads the strings of the array src[start:end] as one text.
func (s *scan) tornArray(start, end int) {
	w := &s.walk
	if end-start > maxTorn {
		s.tornRuns(start, end)
		return
	}
	if i := space(w.src, start+1); w.src[i] != '"' && w.src[i] != '{' && w.src[i] != '[' {
		return
	}
	if w.torn.reset(); w.tornElements(start, 1) > 0 {
		s.tornText(w.tornCue(start))
		return
	}
	s.tornRuns(start, end)
}

// tornObject does the same for an object whose members their keys call parts.
func (s *scan) tornObject(start, end int) {
	w := &s.walk
	if end-start > maxTorn {
		return
	}
	if w.torn.reset(); w.tornMembers(start) {
		s.tornText(w.aroundCue())
		return
	}
	if len(w.frames) > 0 && w.frames[len(w.frames)-1].counts {
		s.tornAmong(start)
	}
}

// tornAmong reads the members that their keys count as one text, where others stand beside
// them: {"date": …, "memo": …, "memo2": …, "memo3": …}.
func (s *scan) tornAmong(i int) {
	w := &s.walk
	var last finding.Stretch // the key before
	before := 0              // where its value begins, if that is a string
	w.torn.reset()
	for i = space(w.src, i+1); w.src[i] != '}'; i = space(w.src, i) {
		var key finding.Stretch
		key, i = memberAt(w.src, i)
		if before == 0 || w.src[i] != '"' || !goesOn(w.src[last.Lo:last.Hi], w.src[key.Lo:key.Hi]) {
			s.tornRow()
		} else {
			if len(w.torn.parts) == 0 && w.tornString(before) == 0 || w.tornString(i) == 0 {
				s.tornRow()
			}
		}
		if last, before = key, 0; w.src[i] == '"' {
			before = i
		}
		i = memberEnd(w.src, i)
	}
	s.tornRow()
}

// tornRow reads what was collected, and begins anew.
func (s *scan) tornRow() {
	if len(s.walk.torn.parts) > 1 {
		before := len(s.walk.edits)
		if s.tornText(0); len(s.walk.edits) == before {
			s.tornCounted()
		}
	}
	s.walk.torn.reset()
}

// tornCue returns what the key of an array says of the number that is divided over it.
func (w *walker) tornCue(start int) cue.Set {
	if w.plural() || w.src[space(w.src, start+1)] == '{' {
		return 0
	}
	return w.keyCue(false)
}

// aroundCue returns what the key of the object that ends here says, unless in the plural.
func (w *walker) aroundCue() cue.Set {
	n := len(w.frames)
	if n < 2 || w.frames[n-2].index >= 0 {
		return 0
	}
	around := &w.frames[n-2]
	if around.hi > around.lo && char.Lower(w.src[around.hi-1]) == 's' {
		return 0
	}
	return w.cueOf(around) & (identityCues | cue.Account | cue.Card | cue.IBAN)
}

// tornElements collects the elements of the array src[i:]: strings, objects that have one
// each, and, nesting times, arrays of these. It returns where the array ends; 0 if there
// is anything else in it.
func (w *walker) tornElements(i, nesting int) (end int) {
	for i = space(w.src, i+1); w.src[i] != ']'; i = space(w.src, i) {
		switch c := w.src[i]; {
		case c == ',':
			i++
			continue
		case c == '"':
			i = w.tornString(i)
		case c == '{':
			i = w.tornBlock(i)
		case c == '[' && nesting > 0:
			i = w.tornElements(i, nesting-1)
		default:
			return 0
		}
		if i == 0 {
			return 0
		}
	}
	return i + 1
}

// tornBlock collects the one string of the object src[i:], which has the same name in
// all, next to one of its type. It returns where the object ends, 0 if it is another.
func (w *walker) tornBlock(i int) (end int) {
	found := false
	for i = space(w.src, i+1); w.src[i] != '}'; i = space(w.src, i) {
		var name finding.Stretch
		name, i = memberAt(w.src, i)
		key := w.src[name.Lo:name.Hi]
		switch {
		case w.src[i] != '"':
			return 0
		case string(key) == "type":
			i = stringEnd(w.src, i) + 1
		case found || w.torn.name.Hi > 0 && !bytes.Equal(key, w.src[w.torn.name.Lo:w.torn.name.Hi]):
			return 0
		default:
			found, w.torn.name = true, name
			if i = w.tornString(i); i == 0 {
				return 0
			}
		}
	}
	return i + 1
}

// memberAt returns the key of the member of an object that stands at src[i:], or behind the
// comma there, and where its value begins.
func memberAt(src []byte, i int) (key finding.Stretch, value int) {
	if src[i] == ',' {
		i = space(src, i+1)
	}
	key = finding.Stretch{Lo: i + 1, Hi: stringEnd(src, i)}
	colon := space(src, key.Hi+1)
	return key, space(src, colon+1)
}

// tornMembers collects the members of the object src[i:], if all are strings and their
// keys go on from one to the next.
func (w *walker) tornMembers(i int) bool {
	var last []byte
	for i = space(w.src, i+1); w.src[i] != '}'; i = space(w.src, i) {
		name, value := memberAt(w.src, i)
		key := w.src[name.Lo:name.Hi]
		if last == nil && !tornKey(key) || last != nil && !tornKey(key) && !tornOn(last, key) {
			return false
		}
		last = key
		if i = value; w.src[i] != '"' {
			return false
		}
		if i = w.tornString(i); i == 0 {
			return false
		}
	}
	return true
}

// tornKey tells whether a key may be that of the first part of a text.
func tornKey(key []byte) bool {
	if len(key) == 0 {
		return false
	}
	n := len(key)
	for n > 0 && (char.Digit(key[n-1]) || key[n-1] == '_' || key[n-1] == '-') {
		n--
	}
	if n <= 1 {
		return true
	}
	switch string(key[:n]) {
	case "first", "start", "head", "left", "prefix", "front", "begin", "one", "part", "group", "seg", "segment", "chunk", "block", "piece":
		return true
	}
	return false
}

// tornOn tells whether the key of one part goes on with that of the next.
func tornOn(key, next []byte) bool {
	if goesOn(key, next) {
		return true
	}
	switch string(key) + " " + string(next) {
	case "first rest", "head rest", "start rest", "second third", "third fourth", "fourth fifth", "fifth sixth", "sixth seventh", "seventh eighth", "two three", "three four":
		return true
	}
	return false
}

// tornString collects the string at src[i] and returns where it ends, 0 if there are too
// many.
func (w *walker) tornString(i int) (end int) {
	if end = stringEnd(w.src, i) + 1; len(w.torn.parts) == mostTorn || end-i == len(`""`) {
		return 0
	}
	w.tornPiece(i, end)
	return end
}

// tornPiece collects the string src[i:end].
func (w *walker) tornPiece(i, end int) {
	t := &w.torn
	escaped := bytes.IndexByte(w.src[i:end], '\\') >= 0
	text := w.unescape(i, end, escaped)
	size := utf8.RuneCount(text)
	switch n := len(t.parts); {
	case n == 0:
		t.size = size
	case size > t.size || n > 1 && t.parts[n-1].offset != t.size:
		t.even = false
	}
	t.parts = append(t.parts, part{i: i, end: end, escaped: escaped, from: len(t.text), size: len(text), offset: size})
	t.text = append(t.text, text...)
}

// tornText examines the strings as one text.
func (s *scan) tornText(c cue.Set) {
	t := &s.walk.torn
	if len(t.parts) < 2 || len(t.text) < leastTorn {
		return
	}
	for k := range t.parts {
		t.parts[k].offset = 0
	}
	if numbers := char.AllDigits(t.text); !numbers || t.runs || encoded.HexOfDigits(t.text) {
		if !numbers {
			s.tornDocument()
		}
		p := profile.Of(t.text)
		if s.Cue = c; c != 0 || !s.Rules.Quiet(&p, t.text) {
			s.ExamineLeaf(t.text, &p)
			s.tornFound(s.tornSure)
		}
	}
	s.tornPieces(c)
	s.Spans, s.Used, s.Cue = s.Spans[:0], 0, 0
}

// tornDocument redacts all of a JSON document that was cut, if there is anything in it.
func (s *scan) tornDocument() {
	t := &s.walk.torn
	if c := t.text[0]; c != '{' && c != '[' && c != '"' || s.depth >= reading.MaxDepth || !json.Valid(t.text) {
		return
	}
	inner := s.owner.scan()
	defer s.owner.release(inner)
	inner.depth = s.depth + 1
	if _, err := inner.json(nil, t.text, nil); err != nil || len(inner.found) == 0 {
		return
	}
	f := inner.found[len(inner.found)-1]
	s.Spans = append(s.Spans[:0], finding.Span{Hi: len(t.text), Entity: f.Entity, Layer: f.Layer, Rule: f.Rule, Canon: string(t.text)})
	s.tornFound(func(*finding.Span) bool { return true })
}

// tornFound redacts the findings that go from one part to another, if they are sure.
func (s *scan) tornFound(sure func(*finding.Span) bool) {
	w := &s.walk
	alone := len(w.edits)
	for k := range s.Spans {
		sp := &s.Spans[k]
		first, last := w.torn.partAt(sp.Lo), w.torn.partAt(sp.Hi-1)
		if first == last && !w.saidAcross(sp, first) || first != last && !sure(sp) || w.foundAlone(first, last) || s.uncovers(w.torn.parts[first:last+1], sp) {
			continue
		}
		if w.torn.runs && w.passes >= runsPasses {
			first = s.widen(sp, first)
		}
		w.walkAllAgain()
		for n := first; n <= last; n++ {
			s.forgetAlone(&w.torn.parts[n], alone)
			s.editPart(&w.torn.parts[n], sp)
		}
		s.Count(sp)
	}
	s.Spans = s.Spans[:0]
}

// foundAlone tells whether something was found in each of the parts by itself, or in one
// of them before, so that a token stands there.
func (w *walker) foundAlone(first, last int) bool {
	alone := true
	for k := first; k <= last; k++ {
		p := &w.torn.parts[k]
		if holdsToken(w.torn.text[p.from : p.from+p.size]) {
			return true
		}
		alone = alone && w.editAt(p.i) >= 0
	}
	return alone
}

// partAt returns the part in which byte i of the text stands.
func (t *torn) partAt(i int) int {
	for k := range t.parts {
		if p := &t.parts[k]; i < p.from+p.size {
			return k
		}
	}
	return len(t.parts) - 1
}

// walkAllAgain notes a finding after which all of the document is walked again.
func (w *walker) walkAllAgain() {
	r := &w.rewalk
	r.found, r.calm, r.open = r.found[:0], zone{}, false
	w.walkAgain()
}

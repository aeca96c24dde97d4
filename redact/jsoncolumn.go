package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// Tables in JSON: [["Date","Account No"],["2026-01-05","12345678"]], and
// {"columns":["account_number"],"rows":[["12345678"]]}, the columns also as objects
// with a name. And what one member says of another: {"label":"Account number",
// "value":"12345678"}, {"identifier":"12345678","identifierType":"ACCOUNT_NUMBER"}.

// jsonHeads is the heads of a table in a document that is walked.
type jsonHeads struct {
	list  int // where the array of the heads starts
	above int // where the container of that starts
	heads [detect.MaxHeads]jsonHead
	n     int
}

type jsonHead struct {
	index int
	holds column.Kind
}

// headLeaf notes a string that is the head of a column: in an array whose key says so,
// or in the first array of an array.
func (w *walker) headLeaf(text []byte) {
	top := len(w.frames) - 1
	if top < 1 {
		return
	}
	if w.frames[top].index < 0 { // a column is an object
		if top--; top < 1 || w.frames[top].name.role != heading {
			return
		}
	}
	above := &w.frames[top-1]
	if above.index > 0 {
		return
	}
	holds := column.HeadOf(text)
	if holds == 0 {
		return
	}
	h := &w.heads
	if h.n == 0 || h.list != w.frames[top].start {
		*h = jsonHeads{list: w.frames[top].start, above: above.start}
	}
	if h.n < detect.MaxHeads {
		h.heads[h.n] = jsonHead{w.frames[top].index, holds}
		h.n++
	}
}

// columnHere returns what the column of the current leaf holds.
func (w *walker) columnHere() column.Kind {
	h, top := &w.heads, len(w.frames)-1
	if h.n == 0 || top < 1 || w.frames[top].index < 0 || w.frames[top].start == h.list {
		return 0
	}
	if w.frames[top-1].start != h.above && (top < 2 || w.frames[top-2].start != h.above) {
		return 0
	}
	for _, head := range h.heads[:h.n] {
		if head.index == w.frames[top].index {
			return head.holds
		}
	}
	return 0
}

// columnString notes an element of an array that may be the head of a column, or redacts
// it if it stands in a column of which the head says what it holds.
func (s *scan) columnString(i, end int, escaped bool, p *profile.Profile) bool {
	w := &s.walk
	if p.Digits == 0 && w.frames[len(w.frames)-2].index == 0 {
		w.headLeaf(w.unescape(i, end, escaped))
	}
	if w.heads.n == 0 {
		return false
	}
	c := w.columnHere()
	return c != 0 && (c >= column.HoldsPassword || p.Digits >= column.LeastNumbered || p.Flags&char.IsHigh != 0) && s.heldString(i, end, w.unescape(i, end, escaped), c)
}

// heldString redacts a string that holds such a value, and tells whether it did.
func (s *scan) heldString(i, end int, text []byte, c column.Kind) bool {
	if c == 0 {
		return false
	}
	if _, _, ok := c.Value(folded(text)); !ok || s.Rules.IsToken(text) {
		return false
	}
	return s.replaceNamed(i, end, text, 0, detect.Held(c.Entity(), tokens.Canonical(Account, string(text))))
}

// folded returns a text as it is folded.
func folded(text []byte) []byte {
	if char.ASCII(text) {
		return text
	}
	return []byte(fold.String(string(text)))
}

// columnNumber is columnString for a number, and for one that a neighbour names.
func (s *scan) columnNumber(i, end int, lit []byte) bool {
	w := &s.walk
	c := w.columnHere()
	if n := len(w.frames); n > 0 && c == 0 && w.frames[n-1].name.role == holds && w.label.object == w.frames[n-1].start {
		c = w.labelHere()
	}
	if c == 0 || !char.AllDigits(lit) {
		return false
	}
	if _, _, ok := c.Value(lit); !ok || s.Rules.Action(c.Entity()) == Keep {
		return false
	}
	sp := finding.Span{Entity: detect.Held(c.Entity(), string(lit)), Layer: LayerDetector, Rule: "named", Canon: string(lit)}
	s.walk.note(i, end, sp.Entity)
	s.unlink()
	s.decode()
	s.replaceNumber(i, end, lit, &sp)
	return true
}

// note keeps where a leaf is that is named, in the first walk of a document.
func (w *walker) note(lo, hi int, e Entity) {
	if w.naming && len(w.noted) < maxNamed && w.rewalk.only == nil {
		w.noted = append(w.noted, namedLeaf{finding.Stretch{Lo: lo, Hi: hi}, e})
	}
}

// maxNamed bounds what is noted; a document that is encoded as a whole and has more is
// one of thousands of rows.
const maxNamed = 1 << 16

// labelled is a member that may name a neighbour, or be named by one.
type labelled struct {
	i, end  int // 0: none
	object  int // where it starts
	escaped bool
	typed   bool // it names a kind, such as ACCOUNT_NUMBER
	key     finding.Stretch
}

// schemeOf tells what a kind of identification such as ACCOUNT_NUMBER is one of.
func schemeOf(text []byte) column.Kind {
	if n := len(text); n < len("pan") || n > cue.LongestColumn || bytes.IndexByte([]byte("rneadfj"), char.Lower(text[n-1])) < 0 { // as the words below end
		return 0
	}
	var buf [cue.LongestColumn]byte
	low := buf[:0]
	for _, c := range text {
		if c != '_' {
			low = append(low, char.Lower(c))
		}
	}
	switch {
	case bytes.HasSuffix(low, []byte("accountnumber")), bytes.HasSuffix(low, []byte("bban")), bytes.HasSuffix(low, []byte("iban")), bytes.HasSuffix(low, []byte("clabe")):
		return column.HoldsNumber
	case bytes.HasSuffix(low, []byte("routingnumber")), bytes.HasSuffix(low, []byte("sortcode")), bytes.HasSuffix(low, []byte("usaba")):
		return column.HoldsBank
	case string(low) == "ssn", bytes.HasSuffix(low, []byte("taxid")), string(low) == "cpf", string(low) == "cnpj":
		return column.HoldsIdentity
	case string(low) == "pan", bytes.HasSuffix(low, []byte("cardnumber")):
		return column.HoldsCard
	}
	return 0
}

// keep notes a member of an object.
func (w *walker) keep(l *labelled, f *frame, i, end int, escaped bool) {
	if f.index < 0 {
		*l = labelled{i: i, end: end, object: f.start, escaped: escaped, key: finding.Stretch{Lo: f.lo, Hi: f.hi}}
	}
}

// labelHere returns what the last label says.
func (w *walker) labelHere() column.Kind {
	l := &w.label
	if l.i == 0 {
		return 0
	}
	text := w.src[l.i+1 : l.end-1]
	if l.escaped {
		text = w.unescape(l.i, l.end, true)
	}
	if l.typed {
		return schemeOf(text)
	}
	return column.HeadOf(text)
}

// headCue returns what the head of the current leaf's column, or its label, says of five
// digits, which are known ones or none.
func (w *walker) headCue() cue.Set {
	c := w.columnHere()
	if n := len(w.frames); n > 0 && c == 0 && w.frames[n-1].name.role == holds {
		if w.label.object == w.frames[n-1].start || n > 1 && w.label.object == w.frames[n-2].start {
			c = w.labelHere()
		}
	}
	if c == column.HoldsAccount || c == column.HoldsNumber {
		return cue.Account
	}
	return 0
}

// tells takes a string that names the kind of what a neighbour identifies: of one
// behind it, or of one before it.
func (s *scan) tells(f *frame, i, end int, escaped bool) {
	w := &s.walk
	h := w.untold
	w.keep(&w.label, f, i, end, escaped)
	w.label.typed, w.untold = true, labelled{}
	if h.i == 0 || h.object != f.start || f.index >= 0 {
		return
	}
	c := schemeOf(w.unescape(i, end, escaped))
	if c == 0 {
		return
	}
	s.unlink()
	s.decode()
	if w.editAt(h.i) >= 0 {
		return
	}
	lo, hi := f.lo, f.hi
	f.lo, f.hi = h.key.Lo, h.key.Hi // it is the other that is reported
	s.heldString(h.i, h.end, w.unescape(h.i, h.end, h.escaped), c)
	f.lo, f.hi = lo, hi
}

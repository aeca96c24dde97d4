// Package reading examines a text in every reading of it: folded, without what hides its
// characters, decoded, and again, until nothing more is found; and replaces what was found.
package reading

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/inflate"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/secrets"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// Limits of one leaf.
const (
	MaxDepth   = 4        // nested encodings, and JSON inside strings, that are opened
	maxRounds  = 8        // redactions of one leaf until nothing more is found
	deepLength = 24       // an encoded run this long below the last level is opaque
	maxFolded  = 64 << 10 // bytes of a text in which documents are looked for that are such when it is folded: a long message
	MaxDecode  = 4 << 20  // bytes decoded per leaf, above its own length; what exceeds it is opaque
)

// Documents is what a text may hold besides what the detectors find in its readings: what
// is a JSON document, or has some in it, is examined as such, too.
type Documents interface {
	Nested(t []byte) (out []byte, ok bool) // redacts a text that is a document
	Embedded(of finding.View)              // examines those among other text
	Events(of finding.View, depth int)     // and pieces of text in lines of events
	Document(of finding.View)              // a reading that may be one
	Folded(of finding.View, as []byte)     // one that is the text as but for the forms of its characters
	Count(sp *finding.Span)                // adds a finding to the report
}

// Scan examines a text in every reading of it.
type Scan struct {
	detect.Scan
	docs     Documents
	flat     bool                                     // the next view's escape sequences are not decoded
	Work     int                                      // bytes decoded for the current leaf
	leafs    [2][]byte                                // ping-pong buffers of the fixpoint
	redacted []finding.Stretch                        // of the newest of these, what stands for something
	packed   inflate.Reader                           // for raw deflate data
	readings readings                                 // of the leaf
	repeats  Repeats                                  // of the leaf
	Apart    bool                                     // what one place of a text says of another does not count
	Told     func(e entity.Kind, token, value string) // see TextTokens
}

// NewScan makes one that goes by the rules and asks docs for documents.
func NewScan(r *gate.Rules, docs Documents) Scan {
	return Scan{Scan: detect.Scan{Scan: secrets.Scan{List: finding.List{Rules: r}}}, docs: docs}
}

// Renew forgets what was said about the last text; wipe overwrites its bytes.
func (s *Scan) Renew() {
	s.Used, s.Cue, s.Coded, s.Near, s.flat, s.Joining, s.Dirty, s.Told, s.Apart = 0, 0, false, false, false, false, false, nil, false
	s.Tables, s.Written = detect.Tables{}, nil
}

// keptViews and keptBytes bound what a pooled scan holds on to.
const (
	keptViews = 64
	keptBytes = 1 << 20
)

// Wipe overwrites what the slow path wrote.
func (s *Scan) Wipe() {
	s.repeats.Forget()
	clear(s.Spans[:cap(s.Spans)])
	s.Spans = s.Spans[:0]
	s.Views = s.Views[:min(len(s.Views), keptViews)]
	for i := range s.Views {
		clear(s.Views[i].Text)
		if cap(s.Views[i].Text) > keptBytes {
			s.Views[i] = finding.View{}
		}
	}
	clear(s.Seq.D[:cap(s.Seq.D)])
	clear(s.Field.D[:cap(s.Field.D)])
	s.packed.Forget(keptBytes)
	for i := range s.leafs {
		clear(s.leafs[i])
		if cap(s.leafs[i]) > keptBytes {
			s.leafs[i] = nil
		}
	}
}

// Leaf redacts one text. The result is valid until the next call; it is t
// itself if nothing was found.
func (s *Scan) Leaf(t []byte) ([]byte, bool) {
	var p profile.Profile
	if p.Read(t); s.Rules.Quiet(&p, t) && s.Cue == 0 && !s.Tables.GoOn() {
		return t, false
	}
	return s.LeafSlow(t, &p)
}

// LeafSlow examines a text, of which p tells, until nothing more is found in
// it. Of a long one that has changed it looks first at what is around the changes, and
// when that has settled at all of it once more: a table may be one now.
func (s *Scan) LeafSlow(t []byte, p *profile.Profile) ([]byte, bool) {
	changed, rest := false, false
	for round := 0; round < maxRounds; {
		inner, ok := s.docs.Nested(t)
		if ok {
			t, changed, rest = inner, true, false
			*p = profile.Of(t)
		}
		v, bare := finding.View{Text: t}, p.Bare && s.Cue == 0
		switch {
		case bare:
			s.ExamineBare(&v)
		case rest:
			s.examineRest(&v)
		default:
			s.ExamineLeaf(t, p)
		}
		switch {
		case len(s.Spans) > 0:
		case rest:
			rest = false
			*p = profile.Of(t)
			continue
		default:
			return t, changed
		}
		s.leafs[round%2] = s.Apply(s.leafs[round%2][:0], t)
		if t, changed = s.leafs[round%2], true; bare && char.DigitsIn(t) < profile.MinCued {
			return t, true
		}
		round++
		if rest = s.divides(&finding.View{Text: t}); !rest {
			*p = profile.Of(t)
		}
	}
	s.Spans = append(s.Spans[:0], finding.Span{Hi: len(t), Entity: entity.Opaque, Layer: entity.Detector, Rule: "unstable", Canon: string(t)})
	return s.Apply(nil, t), true
}

// ExamineLeaf fills s.spans with what is found in t, merged and in order.
func (s *Scan) ExamineLeaf(t []byte, p *profile.Profile) {
	s.Spans, s.Used, s.Work, s.Written = s.Spans[:0], 0, len(t)+MaxDecode, t
	s.readings.forget()
	s.FIX = detect.HasFIX(t)
	if p.Flags&char.IsScore != 0 {
		s.Tokens(t)
	}
	s.Settled = s.Settled[:0]
	found := s.Ordered(&finding.View{Text: t}, &s.Tables)
	s.Examine(finding.View{Text: t}, 0, p)
	s.Written = nil
	s.DropChance(t, found)
	s.DropOthers(t, found)
	s.docs.Embedded(finding.View{Text: t})
	s.docs.Events(finding.View{Text: t}, 0)
	s.foldedDocuments(t, p)
	s.BesideAccounts(&finding.View{Text: t}, 0)
	s.repeated(t)
	s.SpareTokens(t)
	s.Merge()
}

// foldedDocuments examines the documents in a text that are such only when it is folded:
// characters that nobody sees stand in their names, or their digits are of another script.
func (s *Scan) foldedDocuments(t []byte, p *profile.Profile) {
	if len(t) > maxFolded || !p.Folds(t) || bytes.IndexByte(t, '"') < 0 || bytes.IndexByte(t, '{') < 0 && bytes.IndexByte(t, '[') < 0 {
		return
	}
	mark := s.Used
	v := finding.View{Text: t}
	s.docs.Folded(s.Fold(v), t)
	if bare, ok := s.Untagged(v); ok {
		s.docs.Folded(s.Fold(bare), t)
	}
	s.Used = mark
}

// examineRest is ExamineLeaf for a long text that was examined before what changed
// in it was redacted.
func (s *Scan) examineRest(v *finding.View) {
	s.Spans, s.Used, s.Work, s.Written = s.Spans[:0], 0, len(v.Text)+MaxDecode, v.Text
	s.readings.forget()
	s.FIX = detect.HasFIX(v.Text)
	s.Tokens(v.Text)
	s.Settled = s.Settled[:0]
	found := s.Ordered(v, &s.Tables)
	s.around(v, listed(s.redacted), edgeDecoded, func(part finding.View) {
		p := profile.Of(part.Text)
		s.Examine(part, 0, &p)
	})
	s.Written = nil
	s.DropChance(v.Text, found)
	s.DropOthers(v.Text, found)
	s.BesideAccounts(v, 0)
	s.repeated(v.Text)
	s.SpareTokens(v.Text)
	s.Merge()
}

// Apply appends t with the spans replaced, and counts the findings.
func (s *Scan) Apply(out, t []byte) []byte {
	at := 0
	s.redacted = s.redacted[:0]
	for i := range s.Spans {
		sp := &s.Spans[i]
		out = append(out, t[at:sp.Lo]...)
		from := len(out)
		out = s.Replace(out, sp, t[sp.Lo:sp.Hi])
		s.redacted = append(s.redacted, finding.Stretch{Lo: from, Hi: len(out)})
		at = sp.Hi
		s.docs.Count(sp)
	}
	return append(out, t[at:]...)
}

// Replace appends what stands for a finding.
func (s *Scan) Replace(out []byte, sp *finding.Span, original []byte) []byte {
	if sp.Entity == entity.Fake {
		if bytes.IndexByte(original, '_') < 0 { // it is spelled otherwise
			return append(out, '-')
		}
		return append(out, bytes.ReplaceAll(original, []byte("_"), []byte("-"))...)
	}
	switch s.Rules.Action(sp.Entity) {
	case entity.Drop:
		return out
	case entity.Mask:
		if n := len(sp.Canon); n > 8 && sp.Entity != entity.Opaque && sp.Entity != entity.Secret {
			return append(append(out, "****"...), sp.Canon[n-4:]...)
		}
		return append(out, "****"...)
	}
	token := sp.Token
	if token == "" {
		token = s.Rules.Tokens.Token(sp.Entity, sp.Canon)
	}
	if s.Told != nil {
		s.tell(sp, token, original)
	}
	return append(out, token...)
}

// tell hands on the value of a token, if the token is made from just that.
func (s *Scan) tell(sp *finding.Span, token string, original []byte) {
	value := sp.Canon
	if value == "" {
		value = tokens.Canonical(sp.Entity, string(original))
	}
	if s.Rules.Tokens.Token(sp.Entity, value) == token {
		s.Told(sp.Entity, token, value)
	}
}

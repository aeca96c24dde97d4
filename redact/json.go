package redact

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// maxNesting bounds the nesting of a JSON document; encoding/json's own bound
// is 10,000, and no tool result comes near 100.
const maxNesting = 512

// walker is the state of one walk over a JSON document. It copies nothing: it
// collects edits, which are applied at the end.
type walker struct {
	src    []byte
	edits  []edit
	text   []byte  // what the edits put in
	frames []frame // containers around the current leaf
	plain  []byte  // unescaped form of the current string
	chain  chain
	coded  coded
	torn   torn // the strings of the container that ended last
	keys   [keySlots]keySeen
	key    uint8 // the slot of the last one
	made   madeEdits
	banks  banks
	heads  jsonHeads // of the last table
	label  labelled  // the last member that may name another of its object
	untold labelled  // the last one that another may name
	asked  question  // what the last string asked for
	naming bool      // what a key or a head names is noted, as the document is encoded as a whole
	noted  []namedLeaf

	rewalk     rewalk
	passes     int             // before this one
	keyEnd     int             // where a leaf ends that is nothing but a credential, which may go on
	keyEndName finding.Stretch // where the key stands of the leaf that ended so last, with a credential or an account
	accountEnd int             // where the last string ended that ended with a number, 0 for none
	near       beside          // what was found in which container
}

// namedLeaf is a leaf of which a key, a neighbour or the head of its column says what it
// is, without its quotes.
type namedLeaf struct {
	at     finding.Stretch
	entity Entity
}

// leafAt is where a string stands in src, with its quotes. The zero value is none.
type leafAt struct {
	i, end  int
	escaped bool
}

// edit replaces src[lo:hi] by text[from:to].
type edit struct {
	lo, hi, from, to int
	object           int // for a key: where its object starts in src; else -1
}

// frame is one container: the key or the index of the current element.
type frame struct {
	start  int  // where it starts in src
	index  int  // of the element, -1 in an object
	lo, hi int  // raw key in src
	edit   int  // of the key, -1
	counts bool // a key so far ended with a digit, or a letter that counts
	keySays
	asked bool                // whether all is known that the key says
	label credential.NameKind // what a member such as "name" says of the one such as "value"
	namer leafAt              // that member, if what it says was not asked yet
}

func (w *walker) reset() {
	if w.src == nil {
		return
	}
	clear(w.text)
	clear(w.plain)
	w.src, w.edits, w.text, w.plain, w.frames = nil, w.edits[:0], w.text[:0], w.plain[:0], w.frames[:0]
	w.keys, w.key, w.keyEnd, w.accountEnd, w.near = [keySlots]keySeen{}, 0, 0, 0, beside{}
	w.rewalk.reset()
	w.made.reset()
	w.chain.reset()
	w.coded.reset()
	w.torn.reset()
	w.banks, w.heads, w.label, w.untold, w.asked = banks{}, jsonHeads{}, labelled{}, labelled{}, question{}
}

// bad is a syntax error at an offset.
func bad(i int) error { return fmt.Errorf("%w: invalid JSON at byte %d", ErrRedact, i) }

// maxPasses bounds how often a document is walked in which numbers divided over
// leaves are found. Each pass takes digits out of two leaves or more.
const maxPasses = 32

// maxAgain bounds how often a document is walked again in which a number stood elsewhere.
const maxAgain = 4

// json appends src redacted to dst, and again without the further places of what was found.
func (s *scan) json(dst, src []byte, root *class) (out []byte, err error) {
	out, err = s.walked(dst, src, root)
	for n := 0; n < maxAgain && err == nil && root == nil; n++ {
		again := s.repeated(out[len(dst):])
		if again == nil {
			break
		}
		out, err = s.walked(dst, again, root)
	}
	return out, err
}

// walked appends src redacted to dst. What is left of a divided number may go on
// with the next leaf, so that the parts of the document around are walked until
// none is found.
func (s *scan) walked(dst, src []byte, root *class) (out []byte, err error) {
	w := &s.walk
	w.passes = 0
	if err := s.pass(src, root); err != nil {
		return dst, err
	}
	out = w.apply(dst)
	for n := 1; w.rewalk.any(); n++ {
		w.passes = n
		if n == maxPasses {
			return dst, fmt.Errorf("%w: too many divided numbers", ErrRedact)
		}
		if err := s.pass(out[len(dst):], root); err != nil {
			return dst, err
		}
		if len(w.edits) > 0 {
			w.src = bytes.Clone(w.src)
			out = w.apply(dst)
		}
	}
	return out, nil
}

// pass walks a document once, or what the pass before left to be walked again.
func (s *scan) pass(src []byte, root *class) error {
	w := &s.walk
	again := w.rewalk.next()
	if s.owner.again {
		again = nil
	}
	w.reset()
	w.src, w.banks, w.rewalk.only, w.rewalk.blind = src, banks{}, again, again != nil
	i, err := s.value(space(src, 0), root)
	switch {
	case errors.Is(err, errWalked):
	case err != nil:
		return err
	default:
		if i = space(src, i); i != len(src) {
			return bad(i)
		}
	}
	s.endChain()
	return nil
}

// apply appends the document with the edits made.
func (w *walker) apply(dst []byte) []byte {
	slices.SortFunc(w.edits, func(a, b edit) int { return a.lo - b.lo }) // those of chains come late
	dst = slices.Grow(dst, len(w.src)+len(w.text))
	at := 0
	for _, e := range w.edits {
		dst = append(dst, w.src[at:e.lo]...)
		dst = append(dst, w.text[e.from:e.to]...)
		at = e.hi
	}
	w.move()
	return append(dst, w.src[at:]...)
}

func space(src []byte, i int) int {
	for i < len(src) && src[i] <= ' ' && (src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r') {
		i++
	}
	return i
}

// value walks the value at src[i] and returns where it ends.
func (s *scan) value(i int, c *class) (int, error) {
	src := s.walk.src
	if i >= len(src) {
		return i, bad(i)
	}
	b := src[i]
	if s.walk.rewalk.blind && (b == '"' || b == '-' || char.Digit(b)) {
		if end := s.walk.passBlind(i); end > 0 {
			return end, nil
		}
	}
	switch {
	case b == '"':
		return s.stringValue(i, c)
	case b == '{':
		return s.object(i, c)
	case b == '[':
		return s.array(i, c)
	case b == '-' || char.Digit(b):
		return s.numberValue(i, c)
	case b == 't':
		return s.literal(i, "true", c)
	case b == 'f':
		return s.literal(i, "false", c)
	case b == 'n':
		return s.literal(i, "null", nil)
	}
	return i, bad(i)
}

func (s *scan) literal(i int, word string, c *class) (int, error) {
	if !bytes.HasPrefix(s.walk.src[i:], []byte(word)) {
		return i, bad(i)
	}
	return i + len(word), c.leafAllowed()
}

func (s *scan) push(i, index int) error {
	w := &s.walk
	if len(w.frames) >= maxNesting {
		return fmt.Errorf("%w: nested too deep", ErrRedact)
	}
	f := frame{start: i, index: index, edit: -1}
	if n := len(w.frames); index >= 0 && n > 0 {
		f.name = w.frames[n-1].name
	}
	w.frames = append(w.frames, f)
	return nil
}

func (s *scan) array(i int, c *class) (int, error) {
	w := &s.walk
	elem, err := c.element()
	if err != nil {
		return i, err
	}
	if err := s.push(i, 0); err != nil {
		return i, err
	}
	top, start := len(w.frames)-1, i
	if i = space(w.src, i+1); i < len(w.src) && w.src[i] == ']' {
		w.frames = w.frames[:top]
		return i + 1, nil
	}
	for {
		next, end, err := s.skip(i)
		if err != nil {
			return i, err
		}
		if i = end; end == 0 {
			if i, err = s.value(next, elem); err != nil {
				return i, err
			}
		}
		if i = space(w.src, i); i >= len(w.src) {
			return i, bad(i)
		}
		switch w.src[i] {
		case ',':
			i = space(w.src, i+1)
			w.frames[top].index++
		case ']':
			if w.frames[top].index+1 >= reading.FewestCodes && char.Digit(w.src[space(w.src, start+1)]) && (elem == nil || elem.kind != kindPass) {
				s.codeArray(start, i)
			}
			if elem == nil {
				s.tornArray(start, i)
			}
			w.frames = w.frames[:top]
			return i + 1, nil
		default:
			return i, bad(i)
		}
	}
}

func (s *scan) object(i int, c *class) (int, error) {
	w := &s.walk
	if err := c.objectAllowed(); err != nil {
		return i, err
	}
	start := i
	if err := s.push(i, -1); err != nil {
		return i, err
	}
	top := len(w.frames) - 1
	if i = space(w.src, i+1); i < len(w.src) && w.src[i] == '}' {
		w.frames = w.frames[:top]
		return i + 1, nil
	}
	for {
		field, end, err := s.member(i, start, top, c)
		if err != nil {
			return end, err
		}
		if i, err = s.value(end, field); err != nil {
			return i, err
		}
		if i = space(w.src, i); i >= len(w.src) {
			return i, bad(i)
		}
		switch w.src[i] {
		case ',':
			i = space(w.src, i+1)
		case '}':
			if c == nil || c.kind == kindText {
				s.tornObject(start, i)
			}
			w.frames = w.frames[:top]
			return i + 1, nil
		default:
			return i, bad(i)
		}
	}
}

// stringValue walks a string.
func (s *scan) stringValue(i int, c *class) (int, error) {
	w := &s.walk
	if c != nil && c.kind == kindPass {
		if n := bytes.IndexByte(w.src[i+1:], '"'); n >= 0 && c.passes(w.src[i+1:i+1+n]) {
			return i + n + 2, nil
		}
	}
	var p profile.Profile
	end, escaped, err := w.scanString(i, &p)
	if err != nil {
		return i, err
	}
	if err := c.leafAllowed(); err != nil {
		return i, err
	}
	if c != nil && c.kind == kindAccount {
		s.accountLeaf(i, end, w.unescape(i, end, escaped))
		return end, nil
	}
	if w.asked.end > 0 && s.answers(i, end, escaped) || s.placedString(i, end, escaped, &p) {
		return end, nil
	}
	s.asks(i, end, escaped)
	s.Cue = 0
	if p.Digits >= profile.MinCued || escaped || p.Brief || p.Lead || w.src[end-2] == '=' || p.Flags&char.IsHigh != 0 { // digits of other forms, and encoded ones, are not counted
		if s.Cue = w.keyCue(false); s.Cue == 0 && p.Digits == profile.MinCued && s.Rules.Known != nil {
			s.Cue = w.headCue()
		}
	}
	quiet := !escaped && s.Rules.Quiet(&p, w.src[i+1:end-1])
	if quiet && s.Cue == 0 {
		if p.Digits > leastTail-2 && mayTail(w.src[i+1:end-1]) && s.codeTail(i, end, w.src[i+1:end-1]) {
			return end, nil
		}
		if p.Digits > 0 || s.walk.chain.open() || s.walk.chain.starts(w.src[i+1:end-1]) {
			s.link(i, end, w.src[i+1:end-1], false, &p)
		}
		if end-i > 2 && s.mayCode(&p, w.src[i+1:end-1]) {
			s.code(i, end, &p, w.src[i+1:end-1], false)
		}
		return end, nil
	}
	text := w.unescape(i, end, escaped)
	q := p
	if escaped {
		q = profile.Of(text)
		quiet = s.Rules.Quiet(&q, text)
	}
	out, changed := text, false
	if !quiet || s.Cue != 0 {
		out, changed = s.LeafSlow(text, &q)
	}
	if changed {
		w.endsFound(end, text, out)
	}
	if !changed {
		if !escaped && p.Digits > leastTail-2 && s.codeTail(i, end, text) {
			return end, nil
		}
		s.link(i, end, text, escaped, nil)
		s.codeLeaf(i, end, &p, escaped)
		return end, nil
	}
	if s.Cue != 0 && len(s.found) > 0 {
		w.note(i+1, end-1, s.found[len(s.found)-1].Entity)
	}
	goesOn := s.goesOnWith(out) // asked before the chain is ended
	if s.joinsParts(i, end, text, out, escaped) {
		return end, nil
	}
	if goesOn {
		w.walkAgain()
	}
	s.unlink()
	s.replaceLeaf(i, end, out)
	s.beginsParts(i, end, escaped)
	s.codeLeaf(i, end, &p, escaped)
	return end, nil
}

// goesOnWith tells whether what is left of a leaf may belong to a number that the
// leaves before it began, or that those behind it end, so that the document has to
// be walked again: redacting twice gives the same.
func (s *scan) goesOnWith(out []byte) bool {
	w := &s.walk
	e := s.ends(out, nil)
	if e.Tail || e.IBAN {
		return true
	}
	key := false
	if n := len(w.frames); n > 0 && w.frames[n-1].index < 0 {
		key = char.Digit(w.src[w.frames[n-1].hi-1])
	}
	return e.Head && (key || w.chain.open())
}

// codeLeaf offers a leaf that had to be unescaped, or was redacted alone, as a
// part of an encoded text. What is left of one that was redacted may go on with
// others, so that the document is walked again.
func (s *scan) codeLeaf(i, end int, p *profile.Profile, escaped bool) {
	w := &s.walk
	text := w.unescape(i, end, escaped)
	if len(text) == 0 || !s.mayCode(p, text) {
		return
	}
	if n := len(w.edits); n > 0 && w.edits[n-1].lo == i {
		w.walkAgain()
	}
	s.code(i, end, p, text, escaped)
}

// replaceLeaf puts text as a JSON string where src[i:end] was.
func (s *scan) replaceLeaf(i, end int, text []byte) {
	w := &s.walk
	from := len(w.text)
	w.text = appendString(w.text, text)
	w.edits = append(w.edits, edit{i, end, from, len(w.text), -1})
	if w.banks.counted {
		s.besideAccount(i, end)
	}
}

// accountLeaf replaces an account-like leaf by its token.
func (s *scan) accountLeaf(i, end int, text []byte) {
	if len(bytes.TrimSpace(text)) == 0 || s.Rules.IsToken(text) {
		return
	}
	sp := finding.Span{Entity: Account, Layer: LayerField, Rule: "class", Canon: tokens.Canonical(Account, string(text))}
	s.Count(&sp)
	s.replaceLeaf(i, end, []byte(s.Rules.Tokens.Token(Account, sp.Canon)))
}

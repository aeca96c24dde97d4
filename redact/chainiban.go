package redact

import "encoding/json"

// Of an IBAN, a card or a known number that is divided over leaves, or over a key and
// its value, one part may be a card, an account or an e-mail address by itself, by
// chance or by a cue before it: it is redacted alone first.

// joinsParts redacts a leaf that, though something is found in it alone, goes on
// with the number that the chain began, or with its key; false if it does not.
func (s *scan) joinsParts(i, end int, text, out []byte, escaped bool) bool {
	w := &s.walk
	if w.chain.open() {
		w.chain.spare, w.chain.spareOut = i, out
		s.link(i, end, text, escaped, nil)
		s.unlink()
		w.chain.spare, w.chain.spareOut = 0, nil
	} else if !s.keyed(i, end, text, escaped) {
		return false
	}
	k := w.editAt(i)
	if k < 0 {
		return false
	}
	var rest string
	if json.Unmarshal(w.text[w.edits[k].from:w.edits[k].to], &rest) != nil {
		return false
	}
	if out, changed := s.Leaf([]byte(rest)); changed {
		from := len(w.text)
		w.text = appendString(w.text, out)
		w.edits[k].from, w.edits[k].to = from, len(w.text)
	}
	return true
}

// beginsParts begins a chain with a leaf that was redacted alone, if its end may be
// the first part of an IBAN or of another number.
func (s *scan) beginsParts(i, end int, escaped bool) {
	w := &s.walk
	text := w.unescape(i, end, escaped)
	if len(text) == 0 {
		return
	}
	if e := s.ends(text, nil); e.IBAN || e.Tail {
		w.chain.iban = e.IBAN
		s.linkPart(part{i: i, end: end, escaped: escaped, open: true, alone: true}, text, false, e.Digits)
	}
}

// endsKnown offers a number that was redacted alone to the chain before it: it may have
// been found by the last digits of a known one whose first ones stand there.
func (s *scan) endsKnown(i, end int, lit []byte) {
	c := &s.walk.chain
	if s.Rules.Known == nil || !c.open() {
		return
	}
	p := part{i: i, end: end, number: true, alone: true}
	if e := s.ends(lit, nil); e.Head && s.continues(&p) {
		s.linkPart(p, lit, true, e.Digits)
	}
}

// retract takes back what was redacted in parts alone, for a number that they are
// parts of. The document is walked again.
func (s *scan) retract(parts []part) {
	w := &s.walk
	for k := range parts {
		p := &parts[k]
		if !p.alone {
			continue
		}
		p.alone = false
		if n := w.editAt(p.i); n >= 0 {
			w.forgetEdit(n, p)
		}
	}
}

// anyAlone tells whether one of the parts was redacted alone.
func anyAlone(parts []part) bool {
	for k := range parts {
		if parts[k].alone {
			return true
		}
	}
	return false
}

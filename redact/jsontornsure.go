package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
)

// Whether what is found in strings that were joined is sure enough to take them for one
// text that was cut.

// tornSure tells whether what was found across parts belongs together: they are pieces of
// one size, or it is nothing that neighbours make up by chance.
func (s *scan) tornSure(sp *finding.Span) bool {
	t := &s.walk.torn
	switch {
	case sp.Entity == Opaque || sp.Entity == Phone || sp.Entity == Fake:
		return false
	case t.runs:
		return true
	case sp.Entity == Email && s.tornWhole(sp):
		return s.loginOfURL(t.text, sp)
	case sp.Layer == LayerKnown || sp.Rule == "masked" && sp.Entity == Card || sp.Entity != Secret && (!says(t.text[sp.Lo:sp.Hi], sp.Canon) || reading.ExponentForm(t.text[sp.Lo:sp.Hi])):
		return true
	case len(t.parts) >= fewTorn && t.even:
		return s.tornSaid(sp) || !s.tornList(sp) || s.tornPrinted(sp) || sp.Entity == Secret && s.tornSecret(sp)
	case sp.Entity == Secret:
		return s.tornSecret(sp)
	case sp.Entity == IBAN: // of which the chain tells, but for letters that are numerals elsewhere
		return detect.TwoFaced(t.text[sp.Lo:sp.Hi]) || s.tornMarkup(sp)
	case !finding.Chance(sp.Rule):
		return !s.tornList(sp)
	}
	return s.tornSaid(sp) && !s.tornSettled(sp) || s.tornPrinted(sp) || s.tornMarkup(sp)
}

// tornMarkup tells whether the text was cut within a tag or an entity that stands in what
// was found.
func (s *scan) tornMarkup(sp *finding.Span) bool {
	t := &s.walk.torn
	for k := t.partAt(sp.Lo) + 1; k <= t.partAt(sp.Hi-1); k++ {
		cut := t.parts[k].from
		before := t.text[max(sp.Lo, cut-cue.LongestTag):cut]
		if i := bytes.LastIndexAny(before, "<&"); i >= 0 && !bytes.ContainsAny(before[i:], ">;") && bytes.ContainsAny(t.text[cut:sp.Hi], ">;") {
			return true
		}
	}
	return false
}

// tornPrinted tells whether the parts are an identity number in the form in which it is
// printed, marks and all, of which one at least has a check: 749.113 and .265-06.
func (s *scan) tornPrinted(sp *finding.Span) bool {
	if sp.Entity != National {
		return false
	}
	mark := s.Used
	defer func() { s.Used = mark }()
	v := finding.View{Text: s.walk.torn.text[sp.Lo:sp.Hi]}
	if !char.ASCII(v.Text) {
		v, _ = s.Untagged(v)
		v = s.Fold(v)
	}
	return detect.PrintedAs(sp.Rule, v.Text)
}

// longestLed is how much of a word for a number may stand before it in the part that it is in,
// the rest of it in the part before: "Kontonummer des Empf" and "ängers: ".
const longestLed = 24

// saidAcross tells whether what was found in one part counts because of the one before it: a
// word for it is cut in two, or ends that part with the space or the sign that leads to it,
// so that both are one text. By itself nothing was found in it.
func (w *walker) saidAcross(sp *finding.Span, k int) bool {
	t := &w.torn
	p := &t.parts[k]
	if k == 0 || sp.Layer != LayerDetector || w.editAt(p.i) >= 0 || t.parts[k-1].size == 0 {
		return false
	}
	switch sp.Entity {
	case Account, Bank, National:
	case Secret:
		if sp.Rule != "assigned" {
			return false
		}
	default:
		return false
	}
	led := sp.Lo - p.from
	return led > 0 && led <= longestLed || led == 0 && !char.Alnum(t.text[p.from-1])
}

// tornWhole tells whether something was found in one of the parts by itself: what stands
// beside it is no part of that.
func (s *scan) tornWhole(sp *finding.Span) bool {
	t := &s.walk.torn
	for k := t.partAt(sp.Lo); k <= t.partAt(sp.Hi-1); k++ {
		if s.walk.editAt(t.parts[k].i) >= 0 {
			return true
		}
	}
	return false
}

// leastTornKey is how much of a credential the last of its parts has.
const leastTornKey = 6

// tornSecret tells whether a credential with a prefix of its own goes on from one part to
// the next: the last one has more of it than a word, and still more if the first is a
// credential by itself.
func (s *scan) tornSecret(sp *finding.Span) bool {
	t := &s.walk.torn
	first, last := &t.parts[t.partAt(sp.Lo)], &t.parts[t.partAt(sp.Hi-1)]
	rest, least := t.text[last.from:sp.Hi], leastTornKey
	switch {
	case sp.Rule == "userinfo", sp.Rule == "pem": // what stands around it says so, of which no list has the two halves
		return true
	case sp.Rule == "assigned" && s.tornBehind(t.text[:sp.Lo], "bearer "): // in an Authorization header (RFC 6750)
		return len(sp.Canon) >= minKeyPart && s.hasDigit(rest)
	case s.walk.editAt(first.i) >= 0:
		least = minKeyPart
	}
	return keyHead([]byte(sp.Canon)) && len(rest) >= least && s.hasDigit(rest)
}

// loginOfURL tells whether an address begins behind the :// of a URL and has a colon in it: it
// is the name and the password before a host.
func (s *scan) loginOfURL(t []byte, sp *finding.Span) bool {
	folded, decoded := s.readable(t[sp.Lo:sp.Hi])
	return (bytes.IndexByte(folded, ':') > 0 || bytes.IndexByte(decoded, ':') > 0) && s.tornBehind(t[:sp.Lo], "://")
}

// tornBehindReach is how far back is looked for what a text ends with, in bytes: as far as
// each character of "bearer " is an entity with zeros before its digits.
const tornBehindReach = 80

// tornBehind tells whether a text ends with a word in small letters, however it is written.
func (s *scan) tornBehind(t []byte, word string) bool {
	t = t[max(0, len(t)-tornBehindReach):]
	folded, decoded := s.readable(t)
	for _, t := range [...][]byte{folded, decoded} {
		if n := len(t) - len(word); n >= 0 && bytes.EqualFold(t[n:], []byte(word)) {
			return true
		}
	}
	return false
}

// hasDigit tells whether there is a digit in a text, of whatever form.
func (s *scan) hasDigit(t []byte) bool {
	if !char.ASCII(t) {
		t, _ = s.readable(t)
	}
	return bytes.ContainsAny(t, "0123456789")
}

// tornSettled tells whether one of the parts behind the first that a finding covers is
// complete in itself: a date, an amount.
func (s *scan) tornSettled(sp *finding.Span) bool {
	t := &s.walk.torn
	for k := t.partAt(sp.Lo) + 1; k <= t.partAt(sp.Hi-1); k++ {
		if p := &t.parts[k]; settled(&s.Seq, t.text[p.from:p.from+p.size], false) {
			return true
		}
	}
	return false
}

// says tells whether the digits of a finding stand in a text one after the other, so that
// it is not encoded.
func says(t []byte, canon string) bool {
	var in, of []byte
	for _, c := range t {
		if char.Digit(c) {
			in = append(in, c)
		}
	}
	for _, c := range []byte(canon) {
		if char.Digit(c) {
			of = append(of, c)
		}
	}
	return bytes.Contains(in, of)
}

// tornSaid tells whether what stands beside a number in the text says what it is: a word
// for it, or the separator and the expiry date of track 2.
func (s *scan) tornSaid(sp *finding.Span) bool {
	const expiry, least = 4, 7 // digits, with a service code behind them
	t := s.walk.torn.text
	if sp.Rule == "cue" || (cue.Before(t, sp.Lo, s.Cue)|detect.SwiftCue(t[:sp.Lo]))&(cue.Card|cue.Account|cue.IBAN|identityCues) != 0 {
		return true
	}
	if sp.Entity != Card {
		return false
	}
	if s.walk.torn.even && (bytes.IndexByte(tornBefore, char.At(t, sp.Lo-1)) >= 0 || bytes.IndexByte(tornBehind, char.At(t, sp.Hi)) >= 0) {
		return true
	}
	i := bytes.IndexAny(t[sp.Lo:], "=D")
	if i < 0 || sp.Lo+i > sp.Hi {
		return false
	}
	behind := t[sp.Lo+i+1:]
	return char.Digits(behind) >= least && date.Like(behind[:expiry])
}

// Marks that stand before a number and behind one in a link, a tag or a record, so that
// the strings are pieces of such a text and no list.
var tornBefore, tornBehind = []byte("=>[/%"), []byte("<&]@^?")

// tornList tells whether the parts that a finding covers are items of a list rather than
// pieces of a text: each is digits alone, or complete in itself, or all have one form.
func (s *scan) tornList(sp *finding.Span) bool {
	t := &s.walk.torn
	if t.size == 1 { // character by character
		return char.AllDigits(t.text)
	}
	first, last := t.partAt(sp.Lo), t.partAt(sp.Hi-1)
	whole, alike := true, true
	for k := first; k <= last; k++ {
		p := &t.parts[k]
		text := t.text[p.from : p.from+p.size]
		whole = whole && (char.AllDigits(text) || settled(&s.Seq, text, false))
		alike = alike && sameForm(text, t.text[t.parts[first].from:][:t.parts[first].size])
	}
	return whole || alike
}

// sameForm tells whether two texts have the same marks in the same places, or, without any,
// digits and letters.
func sameForm(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	marked, same := false, true
	for i, c := range a {
		if char.Alnum(c) != char.Alnum(b[i]) || !char.Alnum(c) && c != b[i] {
			return false
		}
		marked = marked || !char.Alnum(c)
		same = same && char.Digit(c) == char.Digit(b[i])
	}
	return marked || same
}

package redact

import (
	"bytes"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// The members of an object may be the parts of an account that their keys name and count:
// {"account_number_1": "4069", "account_number_2": "4355"}.

// Limits of the number at the end of a key that counts, and of what such keys count.
const (
	mostCounted      = 2  // digits: one with more may be the first part of a number
	mostCountedParts = 4  // of one account: more are a list of accounts
	longestCounted   = 20 // digits of them together: a CCC of Spain has that many
	leastCountedWord = 3  // letters of the word before it: two are a country's, as of an IBAN
)

// countedKey tells whether the digits at the end of a key count what its last word names:
// iban_1, account2, accountNumber12.
func countedKey(key []byte) bool {
	end := len(key)
	for end > 0 && len(key)-end <= mostCounted && char.Digit(key[end-1]) {
		end--
	}
	if n := len(key) - end; n == 0 || n > mostCounted {
		return false
	}
	if end > 0 && (key[end-1] == '_' || key[end-1] == '-' || key[end-1] == ' ') {
		end--
	}
	from := end
	for from > 0 && char.Letter(key[from-1]) {
		from--
	}
	if end-from < leastCountedWord || from > 0 && char.Digit(key[from-1]) { // IE57VCUB10 is an IBAN
		return false
	}
	upper := func(c byte) bool { return char.ByteClass[c]&char.IsUpper != 0 }
	return !(profile.IBANLead(key[end-2], key[end-1]) && upper(key[end-2]) && upper(key[end-1]) && !upper(key[end-3])) // ibanDE8
}

// countedCue returns what the key of the current leaf says of an account of which it may be
// the first part; none if it is in the plural.
func (w *walker) countedCue() cue.Set {
	n := len(w.frames)
	if n == 0 || w.frames[n-1].index >= 0 {
		return 0
	}
	f := &w.frames[n-1]
	found := w.cueOf(f) & cue.Account // remembered with the key
	if found == 0 || beyondAccount(w.src[f.lo:f.hi]) {
		return 0
	}
	return found
}

// beyondAccount tells whether a key that says account is in the plural, or ends in a word for
// what an account has besides its number, but for what counts it: accounts_1, account_code_2.
func beyondAccount(key []byte) bool {
	key = bytes.TrimRight(key, gate.PartNumber)
	if n := len(key); n > 2 && char.Letter(key[n-1]) && (key[n-2] == '_' || char.ByteClass[key[n-1]]&char.IsUpper != 0) { // accountCodeA, account_name_b
		key = bytes.TrimRight(key[:n-1], gate.PartNumber)
	}
	n := len(key)
	if n > 0 && char.Lower(key[n-1]) == 's' {
		return true
	}
	for _, end := range besideAccount {
		if n >= len(end) && bytes.EqualFold(key[n-len(end):], []byte(end)) {
			return true
		}
	}
	return false
}

// besideAccount are words for what an account has besides its number, some of which are
// numbers: the code of a ledger.
var besideAccount = [...]string{"code", "name", "holder", "owner", "class", "group"}

// countPart notes whether a part may be one of an account that the keys name and count: a
// string with digits in which nothing was found. A number of JSON is a count or an amount.
func (s *scan) countPart(p *part, digits int) {
	c, w := &s.walk.chain, &s.walk
	if digits == 0 || p.number || p.alone || p.key || w.countedCue() == 0 {
		return
	}
	p.account = true
	if n := len(c.parts); n > 0 && c.parts[n-1].account && c.parts[n-1].parent == p.parent {
		p.goesOn = goesOn(c.parts[n-1].name(w.src), p.name(w.src))
		c.counted = c.counted || p.goesOn
	}
}

// countedAmong examines the parts of such accounts, of which nothing else was found.
func (s *scan) countedAmong() {
	c := &s.walk.chain
	for from, to := 0, 0; c.counted && from < len(c.parts); from = to {
		for to = from + 1; to < len(c.parts) && c.parts[to].goesOn; {
			to++
		}
		if !s.countedParts(c.parts[from:to]) {
			continue
		}
		around := c.cue
		c.cue = cue.Account
		s.joinedParts(0, from, to)
		c.cue = around
	}
}

// countedParts tells whether parts whose keys go on from one to the next are few and short
// enough for one account, and nothing was found in them.
func (s *scan) countedParts(parts []part) bool {
	if len(parts) < 2 || len(parts) > mostCountedParts {
		return false
	}
	digits := 0
	for k := range parts {
		p := &parts[k]
		if s.walk.editAt(p.i) >= 0 {
			return false
		}
		folded, decoded := s.readable(s.walk.chain.text[p.from : p.from+p.size])
		digits += max(char.DigitsIn(folded), char.DigitsIn(decoded))
	}
	return digits <= longestCounted
}

// tornCounted reads the members that their keys count as one text of which the first key says
// that it is an account: an encoded one that was cut, or one that was cut within a tag. What
// its digits say as they are is for the chain.
func (s *scan) tornCounted() {
	t := &s.walk.torn
	key := keyBefore(s.walk.src, t.parts[0].i)
	c := cue.In(key) & cue.Account
	if c == 0 || beyondAccount(key) || len(t.text) < leastTorn {
		return
	}
	for k := range t.parts {
		t.parts[k].offset = 0
	}
	p := profile.Of(t.text)
	s.Cue = c
	s.ExamineLeaf(t.text, &p)
	s.Spans = slices.DeleteFunc(s.Spans, func(sp finding.Span) bool {
		return sp.Entity != Account || t.partAt(sp.Lo) == t.partAt(sp.Hi-1) || says(t.text[sp.Lo:sp.Hi], sp.Canon) && !s.tornMarkup(&sp)
	})
	s.tornFound(func(*finding.Span) bool { return true })
	s.tornPieces(c)
	s.Spans, s.Used, s.Cue = s.Spans[:0], 0, 0
}

package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// The members of an object may be the parts of an account that their keys name and count:
// {"account_number_1": "4069", "account_number_2": "4355"}.

// Limits of the number at the end of a key that counts.
const (
	mostCounted      = 2 // digits: one with more may be the first part of a number
	leastCountedWord = 3 // letters of the word before it: two are a country's, as of an IBAN
)

// countedKey tells whether the digits at the end of a key count what its last word names:
// iban_1, account2, accountNumber12.
func countedKey(key []byte) bool {
	end := len(key)
	for end > 0 && char.Digit(key[end-1]) {
		end--
	}
	if n := len(key) - end; n == 0 || n > mostCounted {
		return false
	}
	if end > 0 && (key[end-1] == '_' || key[end-1] == '-' || key[end-1] == ' ') {
		end--
	}
	from := end
	for from > 0 && end-from <= leastCountedWord && char.Letter(key[from-1]) {
		from--
	}
	if end-from < leastCountedWord {
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
	found := w.cueOf(f) & cue.Account
	if found == 0 || pluralKey(w.src[f.lo:f.hi]) {
		return 0
	}
	return found
}

// pluralKey tells whether a key, without what counts at its end, ends in an s.
func pluralKey(key []byte) bool {
	key = bytes.TrimRight(key, "0123456789_-")
	return len(key) > 0 && char.Lower(key[len(key)-1]) == 's'
}

// countedApart tells whether the current leaf, whose value starts at src[i], is no part of
// the account that the members before it are, as its key does not go on from theirs; or
// whether such an account may begin with it, as its key does not go on from the one before.
func (s *scan) countedApart(i int) bool {
	c, w := &s.walk.chain, &s.walk
	if c.counted && len(c.parts) > 1 || !c.counted && c.numbered > 0 && w.countedCue() != 0 {
		p := part{i: i, parent: w.container(1)}
		last := &c.parts[len(c.parts)-1]
		return p.parent != last.parent || !goesOn(last.name(w.src), p.name(w.src))
	}
	return false
}

// cueCounted learns what the keys of the parts say, p being the next one.
func (c *chain) cueCounted(w *walker, p *part) {
	switch {
	case p.alone || p.key || p.number:
	case len(c.parts) == 0 && c.cue == 0:
		c.cue = w.countedCue()
		c.counted = c.cue != 0
		return
	case c.counted && goesOn(c.parts[len(c.parts)-1].name(w.src), p.name(w.src)):
		return
	}
	if c.counted {
		c.cue, c.counted = 0, false
	}
}

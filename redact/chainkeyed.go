package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// A key and its value may be the parts of one number: {"4111111111": "111111"}.

// minKeyed is the fewest digits of a JSON number that may go on with its key: a
// map from numbers to counts is no rare thing.
const minKeyed = 6

// keyed looks at a key and its value as parts of one number, and tells whether
// they are.
func (s *scan) keyed(i, end int, leaf []byte, escaped bool) bool {
	w := &s.walk
	if len(w.frames) == 0 {
		return false
	}
	f := &w.frames[len(w.frames)-1]
	if f.coded && s.codedKey(f, i, end, leaf, escaped) {
		return true
	}
	if f.index >= 0 || f.asked && !f.goesOn || !mayGoOn(w.src[f.lo:f.hi]) || !beginsWith(w.src[f.lo:f.hi], leaf) || w.src[i] != '"' && len(leaf) < minKeyed {
		return false
	}
	value := bytes.Clone(leaf)
	slash := bytes.IndexByte(w.src[f.lo:f.hi], '\\') >= 0
	name := bytes.Clone(w.unescape(f.lo-1, f.hi+1, slash))
	first, next := s.ends(name, nil), s.ends(value, nil)
	alone := f.edit >= 0
	if !(first.Tail && next.Head || first.IBAN) || settled(&s.Seq, value, w.src[i] != '"') {
		return false
	}
	around := w.chain
	w.chain = chain{iban: first.IBAN}
	s.linkPart(part{i: f.lo - 1, end: f.hi + 1, escaped: slash, key: true, open: true, alone: alone}, name, false, first.Digits)
	s.linkPart(part{i: i, end: end, escaped: escaped, number: w.src[i] != '"'}, value, true, next.Digits)
	n := len(w.edits)
	s.unlink()
	w.chain = around
	if len(w.edits) == n {
		return false
	}
	s.unlink()
	return true
}

// mayGoOn tells whether a key may be the first part of a number that goes on with a
// value: it begins or ends with a digit that counts no parts, has other than ASCII
// letters, or may be the beginning of an IBAN.
func mayGoOn(key []byte) bool {
	switch n := len(key); {
	case n == 0 || detect.Counting(key) || countedKey(key):
		return false
	case reaching(key):
		return true
	case n == 1:
		return char.Letter(key[0])
	default:
		return n == profile.LongestLead && profile.IBANLead(key[0], key[1])
	}
}

// reaching tells whether a key begins or ends with a digit, or has other than ASCII
// letters.
func reaching(key []byte) bool {
	n := len(key)
	return key[0] >= 0x80 || key[0] == '\\' || char.Digit(key[0]) || char.Digit(key[n-1]) || key[n-1] >= 0x80 || n > 2 && (char.Digit(key[2]) || key[2] >= 0x80)
}

// beginsWith tells whether a value goes on with a key of which mayGoOn tells that it may.
func beginsWith(key, value []byte) bool {
	switch n := len(key); {
	case len(value) == 0:
		return false
	case reaching(key):
		return true
	case n == 1:
		return profile.IBANLead(key[0], value[0]) && len(value) > 2 && char.Digit(value[1]) && char.Digit(value[2])
	default:
		return len(value) > 2 && char.Digit(value[0]) && char.Digit(value[1])
	}
}

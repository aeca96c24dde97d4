package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/encoded"
)

// An encoded text may be divided over a key and its value.

// minCodedKey is how much of it the key has at least: shorter ones are words.
const minCodedKey = 4

// codedKey decodes a key and its value, of which leaf is the text, together, and tells
// whether they are one encoded text with something in it.
func (s *scan) codedKey(f *frame, i, end int, leaf []byte, escaped bool) bool {
	w := &s.walk
	name := w.src[f.lo:f.hi]
	if w.src[i] != '"' || f.edit >= 0 || !codedText(leaf) {
		return false
	}
	around, n := w.coded, len(w.edits)
	text := append(bytes.Clone(name), leaf...)
	w.coded = coded{text: text, parts: []part{
		{i: f.lo - 1, end: f.hi + 1, size: len(name), key: true, parent: w.container(1)},
		{i: i, end: end, escaped: escaped, from: len(name), size: len(leaf)},
	}}
	if s.Dirty = true; len(text) >= encoded.MinWord {
		s.decodeParts()
	}
	clear(w.coded.text)
	w.coded = around
	return len(w.edits) > n
}

// codedName tells whether a key is the beginning of base64 or hexadecimal of printable
// ASCII.
func codedName(t []byte) bool {
	if len(t) < minCodedKey || !encoded.CutStarts[t[0]].Base64 && !encoded.CutStarts[t[0]].Hex {
		return false
	}
	for _, k := range [...]encoded.CutKind{encoded.Base64Cut, encoded.HexCut} {
		if r := k.RunAt(t, 0); r.To == len(t) && r.Digits > 0 {
			return true
		}
	}
	return false
}

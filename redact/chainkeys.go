package redact

import (
	"bytes"
	"math"
)

// A credential may be divided over leaves as a number may: its prefix in the one,
// the rest in the next.

// keyHead tells whether a text begins as a credential with a prefix of its own
// does.
func keyHead(t []byte) bool {
	if len(t) < 4 || !keyBloom.has(t) {
		return false
	}
	if bytes.HasPrefix(t, []byte("eyJ")) {
		return true
	}
	for k := range keyForms[t[0]] {
		if f := &keyForms[t[0]][k]; len(f.prefix) > 2 && bytes.HasPrefix(t, []byte(f.prefix)) {
			return true
		}
	}
	return false
}

// dividedKeys finds the credentials that begin in one part of the row and end in
// another. One that is whole by itself has been found before: what stands in the
// next leaf is something else.
func (s *scan) dividedKeys(v *view) {
	c := &s.walk.coded
	before := len(s.spans)
	s.allKeys(v)
	s.pem(v)
	kept := s.spans[:before]
	for _, sp := range s.spans[before:] {
		p := c.partAt(sp.lo)
		if sp.rule == "pem" || sp.lo == p.from && sp.hi > p.from+p.size && s.dividedKey(&sp) && !s.wholeKey(c.text[p.from:p.from+p.size]) {
			kept = append(kept, sp)
		}
	}
	s.spans = kept
}

// allKeys finds the keys in a text by itself, those within others too.
func (s *scan) allKeys(v *view) {
	s.reaches = reaches{own: math.MaxInt}
	s.keys(v)
}

// minKeyPart is how much of a credential the first of the members of an object
// has, at least: shorter ones only begin as one does.
const minKeyPart = 12

// dividedKey tells whether what begins as a credential goes on with the parts
// behind: it has digits, and it is no list of words that begin the same; in an
// object, the first part has digits already.
func (s *scan) dividedKey(sp *span) bool {
	const same = 3
	c := &s.walk.coded
	first := c.partAt(sp.lo)
	head := c.text[first.from : first.from+first.size]
	if !bytes.ContainsAny(c.text[sp.lo:sp.hi], "0123456789") {
		return false
	}
	if !first.element && (len(head) < minKeyPart || !bytes.ContainsAny(head[same:], "0123456789")) {
		return false
	}
	for k := range c.parts {
		p := &c.parts[k]
		if p.from > sp.lo && p.from < sp.hi && len(head) >= same && bytes.HasPrefix(c.text[p.from:p.from+p.size], head[:same]) {
			return false
		}
	}
	return true
}

// partAt returns the part in which byte i of the joined text stands.
func (c *coded) partAt(i int) *part {
	for k := range c.parts {
		if p := &c.parts[k]; i < p.from+p.size {
			return p
		}
	}
	return &c.parts[len(c.parts)-1]
}

// wholeKey tells whether a part alone holds a credential.
func (s *scan) wholeKey(t []byte) bool {
	before := len(s.spans)
	s.allKeys(&view{t: t})
	found := len(s.spans) > before
	s.spans = s.spans[:before]
	return found
}

// dividedWords finds the codes of letters and digits with a strict check (codice
// fiscale, CURP) that neighbouring parts make up together.
func (s *scan) dividedWords(v *view) {
	parts := s.walk.coded.parts
	for i := range parts {
		to := parts[i].from + parts[i].size
		for k := i + 1; k < len(parts) && to-parts[i].from < longestDivided; k++ {
			to = parts[k].from + parts[k].size
			word := v.t[parts[i].from:to]
			if rule := codeRule(word); rule == "codice_fiscale" || rule == "curp" {
				s.add(v, parts[i].from, to, span{entity: National, layer: LayerDetector, rule: rule, canon: string(bytes.ToUpper(word))})
			}
		}
	}
}

// knownParts finds the known values with letters that the parts make up together.
func (s *scan) knownParts(v *view) {
	if s.r.texts {
		s.knownTexts(*v)
	}
}

// minKeyTail is how much of a credential the second part has, at least.
const minKeyTail = 12

// partKey tells whether a key names a part of something: a, p1, part_1, group1.
func partKey(key []byte) bool {
	return len(bytes.TrimRight(key, partNumber)) <= 1 || partWord(key)
}

// partNumber is what may stand behind the name of a part.
const partNumber = "0123456789_-"

// partWord tells whether a key is a word for a part.
func partWord(key []byte) bool {
	switch string(bytes.TrimRight(key, partNumber)) {
	case "part", "group", "seg", "segment", "chunk", "block", "piece":
		return true
	}
	return false
}

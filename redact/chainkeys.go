package redact

import (
	"bytes"
	"math"

	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/secrets"
)

// A credential may be divided over leaves as a number may: its prefix in the one,
// the rest in the next.

// keyHead tells whether a text begins as a credential with a prefix of its own
// does.
func keyHead(t []byte) bool {
	if len(t) < 4 || !credential.KeyBloom.Has(t) {
		return false
	}
	if bytes.HasPrefix(t, []byte("eyJ")) {
		return true
	}
	for k := range credential.KeyForms[t[0]] {
		if f := &credential.KeyForms[t[0]][k]; len(f.Prefix) > 2 && bytes.HasPrefix(t, []byte(f.Prefix)) {
			return true
		}
	}
	return false
}

// dividedKeys finds the credentials that begin in one part of the row and end in
// another. One that is whole by itself has been found before: what stands in the
// next leaf is something else.
func (s *scan) dividedKeys(v *finding.View) {
	c := &s.walk.coded
	before := len(s.Spans)
	s.allKeys(v)
	s.PEM(v)
	kept := s.Spans[:before]
	for _, sp := range s.Spans[before:] {
		p := c.partAt(sp.Lo)
		if sp.Rule == "pem" || sp.Lo == p.from && sp.Hi > p.from+p.size && s.dividedKey(&sp) && !s.wholeKey(c.text[p.from:p.from+p.size]) {
			kept = append(kept, sp)
		}
	}
	s.Spans = kept
}

// allKeys finds the keys in a text by itself, those within others too.
func (s *scan) allKeys(v *finding.View) {
	s.Reaches = secrets.Reaches{Own: math.MaxInt}
	s.Keys(v)
}

// minKeyPart is how much of a credential the first of the members of an object
// has, at least: shorter ones only begin as one does.
const minKeyPart = 12

// dividedKey tells whether what begins as a credential goes on with the parts
// behind: it has digits, and it is no list of words that begin the same; in an
// object, the first part has digits already, or its key goes on to that of the next.
func (s *scan) dividedKey(sp *finding.Span) bool {
	const same = 3
	c := &s.walk.coded
	first := c.partAt(sp.Lo)
	head := c.text[first.from : first.from+first.size]
	if !bytes.ContainsAny(c.text[sp.Lo:sp.Hi], "0123456789") {
		return false
	}
	if !first.element && (len(head) < minKeyPart || !bytes.ContainsAny(head[same:], "0123456789")) && !s.countedOn(first) {
		return false
	}
	for k := range c.parts {
		p := &c.parts[k]
		if p.from > sp.Lo && p.from < sp.Hi && len(head) >= same && bytes.HasPrefix(c.text[p.from:p.from+p.size], head[:same]) {
			return false
		}
	}
	return true
}

// countedOn tells whether the key of a part of the row goes on to that of the next one, as
// memo does to memo2.
func (s *scan) countedOn(p *part) bool {
	parts := s.walk.coded.parts
	for k := range parts[:len(parts)-1] {
		if parts[k].i == p.i {
			key := keyBefore(s.walk.src, p.i)
			return key != nil && goesOn(key, keyBefore(s.walk.src, parts[k+1].i))
		}
	}
	return false
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
	before := len(s.Spans)
	s.allKeys(&finding.View{Text: t})
	found := len(s.Spans) > before
	s.Spans = s.Spans[:before]
	return found
}

// dividedWords finds the codes of letters and digits with a strict check (codice
// fiscale, CURP) that neighbouring parts make up together.
func (s *scan) dividedWords(v *finding.View) {
	parts := s.walk.coded.parts
	for i := range parts {
		to := parts[i].from + parts[i].size
		for k := i + 1; k < len(parts) && to-parts[i].from < detect.LongestDivided; k++ {
			to = parts[k].from + parts[k].size
			word := v.Text[parts[i].from:to]
			if rule := detect.CodeRule(word); rule == "codice_fiscale" || rule == "curp" {
				s.Add(v, parts[i].from, to, finding.Span{Entity: National, Layer: LayerDetector, Rule: rule, Canon: string(bytes.ToUpper(word))})
			}
		}
	}
}

// knownParts finds the known values with letters that the parts make up together.
func (s *scan) knownParts(v *finding.View) {
	if s.Rules.Texts {
		s.KnownTexts(*v)
	}
}

// minKeyTail is how much of a credential the second part has, at least.
const minKeyTail = 12

// partKey tells whether a key names a part of something: a, p1, part_1, group1.
func partKey(key []byte) bool {
	return len(bytes.TrimRight(key, gate.PartNumber)) <= 1 || gate.PartWord(key)
}

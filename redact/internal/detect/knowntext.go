package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/known"
)

// KnownTexts finds known values that have letters, among the letters and digits
// of the view.
func (s *Scan) KnownTexts(v finding.View) {
	l := s.Rules.Known
	if l == nil || len(l.Texts) == 0 || !s.Rules.Thorough && !l.MayText(v.Text) {
		return
	}
	stream := s.View(len(v.Text))
	for i, c := range v.Text {
		if char.Alnum(c) || c >= 0x80 {
			stream.Push(char.Upper(c), int32(i), int32(i))
		}
	}
	stream = s.Keep(stream)
	w := known.Windows{}
	for i, c := range stream.Text {
		if w.Add(c) && l.MayAnchor(w.Kinds) {
			s.knownText(&v, &stream, i-known.TextWindow+1, l.Key.Window(w.Chars))
		}
	}
	if l.Rolled {
		for i := range len(stream.Text) - known.TextWindow + 1 {
			s.knownText(&v, &stream, i, l.Key.Roll(stream.Text[i:i+known.TextWindow]))
		}
	}
	s.Used--
}

// knownText compares the values whose window, at stream.t[at:], hashes to h.
func (s *Scan) knownText(v, stream *finding.View, at int, h uint64) {
	l := s.Rules.Known
	if !l.MayStart(h) {
		return
	}
	for _, i := range l.Start[h] {
		t := &l.Texts[i]
		a := at - t.At
		if a < 0 || a+t.N > len(stream.Text) || l.Key.Sum(stream.Text[a:a+t.N]) != t.Whole {
			continue
		}
		val := l.Values[t.Value]
		s.Add(v, int(stream.Lo[a]), int(stream.Lo[a+t.N-1])+1, finding.Span{Entity: val.Entity, Layer: entity.Known, Rule: "known",
			Token: val.Token, Canon: string(stream.Text[a : a+t.N])})
	}
}

package reading

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// spread decodes the parts of a view without the mark that they have most of.
func (s *Scan) spread(v *finding.View, p *profile.Profile, depth int) {
	escapes := p.Flags&(char.IsBack|char.IsAssign) != 0 || p.Flags&char.IsEscape != 0 && encoded.EscapeLike(v.Text)
	code := p.Broken || p.Mixed || p.Hex || p.Digits > profile.MaxPlain
	if !escapes && !code {
		return
	}
	encoded.Spreads(v.Text, func(part encoded.DividedText) bool {
		from := s.Used
		out := s.View(part.To - part.From)
		for k := part.From; k < part.To; k++ {
			if c := v.Text[k]; c > ' ' && c != part.Mark && c != part.Other {
				out.Push(c, v.From(k), v.To(k))
			}
		}
		out = s.Keep(out)
		switch {
		case escapes && escaped(out.Text):
			s.Escapes(out, depth)
		case code && encoded.SpreadCode(out.Text, 0, 0):
			s.hexRuns(&out, 0, len(out.Text), depth)
			s.base64Run(&out, 0, len(out.Text), depth)
		}
		s.Used = from
		return true
	})
	if code {
		s.spreadSaid(v, depth)
		s.strewnHex(v, depth)
		s.strewnBase64(v, depth)
	}
}

// Limits of what says of a number that is encoded and divided what it is.
const (
	saidReach = 160 // bytes of the text that say so: a line of a log before it
	saidPiece = 10  // bytes of the first pieces, with a mark
	saidAfter = 2   // pieces that are so long
	saidGap   = 4   // bytes between two of them
)

// spreadSaid decodes pieces with one separator between them, where the words before them say
// that an account follows: to spread, these words are one with what is encoded.
func (s *Scan) spreadSaid(v *finding.View, depth int) {
	if len(v.Text) > encoded.MaxSpread {
		return
	}
	i, said := saidFirst(v.Text)
	if said == 0 {
		return
	}
	from := s.Used
	out := s.View(len(v.Text) - i)
	for separator := []byte(nil); i < len(v.Text); {
		for ; i < len(v.Text) && credential.Base64Char(v.Text[i]); i++ {
			out.Push(v.Text[i], v.From(i), v.To(i))
		}
		k := i
		for k < len(v.Text) && k-i <= saidGap && !credential.Base64Char(v.Text[k]) {
			k++
		}
		if separator == nil {
			separator = v.Text[i:k]
		}
		if !bytes.Equal(separator, v.Text[i:k]) {
			break
		}
		i = k
	}
	if out = s.Keep(out); encoded.SpreadCode(out.Text, 0, 0) {
		before := s.Cue
		s.Cue |= said
		s.hexRuns(&out, 0, len(out.Text), depth)
		s.base64Run(&out, 0, len(out.Text), depth)
		s.Cue = before
	}
	s.Used = from
}

// saidFirst returns what the first words of a text say of what follows in short pieces, and
// where that begins.
func saidFirst(t []byte) (i int, said cue.Set) {
	for i = 1; i < min(len(t), saidReach); i++ {
		if !char.Alnum(t[i]) || char.Alnum(t[i-1]) || !codePiece(t[i:]) || pieces(t[i:], saidPiece) < saidAfter {
			continue
		}
		if said = cue.Before(t, i, 0) & cue.Account; said != 0 {
			return i, said
		}
	}
	return 0, 0
}

// codePiece tells whether a text begins with a word that has a digit, or a capital that is
// not its first letter.
func codePiece(t []byte) bool {
	for i := 0; i < len(t) && char.Alnum(t[i]); i++ {
		if char.Digit(t[i]) || i > 0 && char.ByteClass[t[i]]&char.IsUpper != 0 {
			return true
		}
	}
	return false
}

// pieces counts the words that a text begins with, of up to a size each.
func pieces(t []byte, size int) (n int) {
	for {
		k := 0
		for k < len(t) && k < size && char.Alnum(t[k]) {
			k++
		}
		if k == 0 || k == size || k == len(t) {
			return n
		}
		n++
		gap := k
		for gap < len(t) && gap-k < saidGap && !char.Alnum(t[gap]) {
			gap++
		}
		t = t[gap:]
	}
}

// escaped tells whether escape sequences make up most of a text.
func escaped(t []byte) bool {
	covered := 0
	for i, c := range t {
		switch next := char.Lower(char.At(t, i+1)); {
		case c == '%' || c == '=':
			if _, ok := char.HexByte(t, i+1); ok {
				covered += len("%20")
			} else if next == 'u' {
				covered += len("%u0020")
			}
		case c == '\\' && next == 'n' && char.At(t, i+2) == '{':
			covered += len(`\N{U+0020}`)
		case c == '\\' && next == 'u':
			covered += len(`\u0020`)
		case c == '\\' && (next == 'x' || next >= '0' && next <= '7'):
			covered += len(`\x20`)
		case c == '&' && next == '#':
			covered += len("&#32;")
		}
	}
	return len(t) >= encoded.MinSpread && 2*covered >= len(t)
}

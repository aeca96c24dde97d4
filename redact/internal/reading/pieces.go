package reading

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// even is a part of a text.
type even struct {
	from, to    int
	piece, step int // bytes of a piece, and from one to the next
}

// evenAt returns the even part that begins at t[i:], and whether there is one.
func evenAt(t []byte, i int) (e even, ok bool) {
	for piece := 1; piece <= encoded.MaxPiece && i+piece < len(t); piece++ {
		mark, least := t[i+piece], encoded.MinPieces
		if char.Alnum(mark) {
			continue
		}
		if piece >= encoded.LongPiece {
			least = encoded.MinShorts
		}
		for step := piece + encoded.MaxEvenGap; step > piece; step-- { // a mark between spaces is no piece
			if last := i + piece + (least-1)*step; last >= len(t) || t[last] != mark || t[i+piece+step] != mark {
				continue
			}
			if e, n := evenFrom(t, i, piece, step); n >= least {
				return e, true
			}
		}
	}
	return even{}, false
}

// evenFrom returns what part of t[i:] is pieces of one length with what follows on
// the first of them between all, and how many of these there are.
func evenFrom(t []byte, i, piece, step int) (e even, n int) {
	if i+step > len(t) || char.Alnum(t[i+piece]) {
		return e, 0
	}
	gap := t[i+piece : i+step]
	for _, c := range gap {
		if char.Alnum(c) {
			return e, 0
		}
	}
	end := i
	for ; end < len(t); n++ {
		size := evenPiece(t[end:min(len(t), end+piece)], gap)
		if end += size; size < piece || end+step-piece > len(t) || !bytes.Equal(t[end:end+step-piece], gap) {
			break
		}
		end += step - piece
	}
	return even{i, end, piece, step}, n
}

// evenPiece returns how much of a piece is none of its separator, unless that is a
// mark of base64, nor a space.
func evenPiece(piece, gap []byte) int {
	for k, c := range piece {
		if c == gap[0] && !credential.Base64Char(c) || c <= ' ' || c >= 0x80 {
			return k
		}
	}
	return len(piece)
}

// evens decodes the even parts of a view.
func (s *Scan) evens(v *finding.View, depth int) {
	for i := 0; i < len(v.Text); i++ {
		if i > 0 && (char.Alnum(v.Text[i-1]) || !char.Alnum(v.Text[i]) && v.Text[i-1] > ' ') {
			continue
		}
		if e, ok := evenAt(v.Text, i); ok {
			s.evenPart(v, e, depth)
			i = e.to - 1
		}
	}
}

// evenPart decodes an even part without its separators.
func (s *Scan) evenPart(v *finding.View, e even, depth int) {
	mark := s.Used
	out := s.View(e.to - e.from)
	letters := false
	for k := e.from; k < e.to; k++ {
		if (k-e.from)%e.step < e.piece {
			out.Push(v.Text[k], v.From(k), v.To(k))
			letters = letters || char.Letter(v.Text[k])
		}
	}
	out = s.Keep(out)
	if escaped(out.Text) {
		s.Escapes(out, depth)
	} else {
		s.hexRuns(&out, 0, len(out.Text), depth)
		if letters {
			s.base64Run(&out, 0, len(out.Text), depth)
		}
		s.ShortCodes(&out)
	}
	s.Used = mark
}

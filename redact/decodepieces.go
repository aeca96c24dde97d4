package redact

import (
	"bytes"
	"math/bits"
)

// Something that was encoded may have been cut into pieces of one length after that,
// with the same separator between any two: MTIz NDU2 Nzg5, M-T-I-z-N-D, %3-4%-35.
// Without the separators it is decoded. Pieces of digits are numbers anyway.

// Limits of even texts.
const (
	minPieces  = 4 // of one length, so that words are hardly ever taken for them
	minShorts  = 3 // the same, of pieces as long as base64's groups and longer
	longPiece  = 4 // characters of a group of base64
	maxPiece   = 8 // characters of a piece
	maxEvenGap = 4 // bytes of a separator: a space, a dash beyond ASCII, or " - "
)

// How many letters and digits stand alone, at least, in a text that was cut into
// single ones, and how many pairs in one that was cut into pairs.
const (
	minLone       = 9
	minPairsAlone = 5
)

// manyDigits are those of eight in hexadecimal, some of which may be letters.
const manyDigits = 12

// mayBeCut tells, of most texts quickly, that mayBeEven is false: no letter stands
// beside a digit, there are few digits and few words of one or two characters.
func (m *planes) mayBeCut(digits int) bool {
	words := m.letter | m.digit
	short := words &^ (words << 1) &^ (words >> 1 & (words >> 2))
	short &= short - 1
	short &= short - 1
	short &= short - 1
	return m.digit&(m.letter<<1|m.letter>>1) != 0 || short&(short-1) != 0 || digits >= manyDigits
}

// mayBeEven tells whether words of a block follow each other that are of one length,
// so far apart, and are base64 or hexadecimal: many capitals and other letters, or
// mostly digits.
func (m *planes) mayBeEven(t []byte) bool {
	words := m.letter | m.digit
	starts := words &^ (words << 1)
	if bits.OnesCount64(starts&^(words>>1)) >= minLone || bits.OnesCount64(starts&(words>>1)&^(words>>2)) >= minPairsAlone {
		return true
	}
	if bits.OnesCount64(starts) < minPieces || m.digit == 0 {
		return false
	}
	if 2*bits.OnesCount64(m.digit) >= bits.OnesCount64(words) {
		return evenWords(words, minPieces)
	}
	upper := m.uppers(t)
	capitals := m.letter != upper && 3*bits.OnesCount64(upper) >= bits.OnesCount64(words)
	return (capitals || (words&^upper)<<1&upper != 0) && evenWords(words, minShorts)
}

// evenWords tells whether minPieces words, or so few that are as long as base64's
// groups, are of one length and so far apart.
func evenWords(words uint64, shorts int) bool {
	size, gap, end, run := 0, 0, 0, 0
	for left := words; left != 0; {
		i := bits.TrailingZeros64(left)
		n := bits.TrailingZeros64(^(left >> i))
		switch {
		case n != size || n > maxPiece:
			run = 1
		case run == 1 || i-end != gap:
			run, gap = 2, i-end
		default:
			if run++; (run >= minPieces || run >= shorts && n >= longPiece) && gap <= maxEvenGap {
				return true
			}
		}
		size, end = n, i+n
		left &^= (1<<n - 1) << i
	}
	return false
}

// even is a part of a text.
type even struct {
	from, to    int
	piece, step int // bytes of a piece, and from one to the next
}

// evenAt returns the even part that begins at t[i:], and whether there is one.
func evenAt(t []byte, i int) (e even, ok bool) {
	for piece := 1; piece <= maxPiece && i+piece < len(t); piece++ {
		mark, least := t[i+piece], minPieces
		if alnum(mark) {
			continue
		}
		if piece >= longPiece {
			least = minShorts
		}
		for step := piece + maxEvenGap; step > piece; step-- { // a mark between spaces is no piece
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
	if i+step > len(t) || alnum(t[i+piece]) {
		return e, 0
	}
	gap := t[i+piece : i+step]
	for _, c := range gap {
		if alnum(c) {
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
		if c == gap[0] && !base64Char(c) || c <= ' ' || c >= 0x80 {
			return k
		}
	}
	return len(piece)
}

// evens decodes the even parts of a view.
func (s *scan) evens(v *view, depth int) {
	for i := 0; i < len(v.t); i++ {
		if i > 0 && (alnum(v.t[i-1]) || !alnum(v.t[i]) && v.t[i-1] > ' ') {
			continue
		}
		if e, ok := evenAt(v.t, i); ok {
			s.evenPart(v, e, depth)
			i = e.to - 1
		}
	}
}

// evenPart decodes an even part without its separators.
func (s *scan) evenPart(v *view, e even, depth int) {
	mark := s.used
	out := s.view(e.to - e.from)
	letters := false
	for k := e.from; k < e.to; k++ {
		if (k-e.from)%e.step < e.piece {
			out.push(v.t[k], v.from(k), v.to(k))
			letters = letters || letter(v.t[k])
		}
	}
	out = s.keep(out)
	if escaped(out.t) {
		s.escapes(out, depth)
	} else {
		s.hexRuns(&out, 0, len(out.t), depth)
		if letters {
			s.base64Run(&out, 0, len(out.t), depth)
		}
		s.shortCodes(&out)
	}
	s.used = mark
}

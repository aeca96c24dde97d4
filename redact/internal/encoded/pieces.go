package encoded

import "math/bits"

// Hexadecimal as dumps print it: pairs, or words of a few, with spaces or marks
// between them.

// MinPairs is the fewest separate hexadecimal pairs that are decoded.
const MinPairs = 6

// Something that was encoded may have been cut into pieces of one length after that,
// with the same separator between any two: MTIz NDU2 Nzg5, M-T-I-z-N-D, %3-4%-35.
// Without the separators it is decoded. Pieces of digits are numbers anyway.

// Limits of even texts.
const (
	MinPieces  = 4 // of one length, so that words are hardly ever taken for them
	MinShorts  = 3 // the same, of pieces as long as base64's groups and longer
	LongPiece  = 4 // characters of a group of base64
	MaxPiece   = 8 // characters of a piece
	MaxEvenGap = 4 // bytes of a separator: a space, a dash beyond ASCII, or " - "
)

// How many letters and digits stand alone, at least, in a text that was cut into
// single ones, and how many pairs in one that was cut into pairs.
const (
	MinLone       = 9
	MinPairsAlone = 5
)

// ManyDigits are those of eight in hexadecimal, some of which may be letters.
const ManyDigits = 12

// EvenWords tells whether MinPieces words, or so few that are as long as base64's
// groups, are of one length and so far apart.
func EvenWords(words uint64, shorts int) bool {
	size, gap, end, run := 0, 0, 0, 0
	for left := words; left != 0; {
		i := bits.TrailingZeros64(left)
		n := bits.TrailingZeros64(^(left >> i))
		switch {
		case n != size || n > MaxPiece:
			run = 1
		case run == 1 || i-end != gap:
			run, gap = 2, i-end
		default:
			if run++; (run >= MinPieces || run >= shorts && n >= LongPiece) && gap <= MaxEvenGap {
				return true
			}
		}
		size, end = n, i+n
		left &^= (1<<n - 1) << i
	}
	return false
}

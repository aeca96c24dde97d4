package encoded

import "github.com/counterfoil/counterfoil/redact/internal/char"

// An encoded text may be cut anywhere, and anything may stand where it was cut:
// NTAxOTYxODMxNjky NDE3MQ==, OTI2/Njg1.ODc. Read character by character, base64 and
// hexadecimal of ASCII tell by themselves how far they go: of four characters of
// base64 in a row one in twenty would give three of ASCII by chance.

// Limits of a text that was cut.
const (
	MaxCutCode    = 512            // characters: what is longer is lines, which wrapped reads
	fullCutCode   = MaxCutCode / 4 // at the end of one as long as that, more than a number has: the next run reads them again
	minCutDigits  = 6              // digits that are decoded, the fewest of a known number
	cutAlignments = 4              // of base64; hexadecimal has two of them
)

// CutKind is an encoding: how many bits a character stands for, and the fewest
// characters of use.
type CutKind struct{ Bits, least int }

var (
	Base64Cut = CutKind{6, LeastShortBase64}
	HexCut    = CutKind{4, LeastShortHex}
)

// Value returns what a character stands for, and whether it is one of the encoding.
// The marks of base64 are taken for marks: of printable ASCII only a question mark, a
// sign of greater than and a tilde need them.
func (k CutKind) Value(c byte) (v byte, ok bool) {
	if !char.Alnum(c) {
		return 0, false
	}
	if k == HexCut {
		v = char.Unhex(c)
		return v, v < 16
	}
	return SixBits64[c], true
}

// CutRun is an encoded text t[from:to]: so many characters, in words that something
// separates, the last of which begins at open, and the digits in what is decoded. From
// t[full] on it has its last fullCutCode, if it is as long as may be.
type CutRun struct {
	From, To, Open, full int
	Chars, words, Digits int
}

// Useful tells whether a run was cut, and may hold a number.
func (r *CutRun) Useful(k CutKind) bool {
	return r.words > 1 && r.Chars >= k.least && r.Digits >= minCutDigits
}

// RunAt reads the encoded text that begins at t[i:]. It ends where what is decoded is
// no longer printable.
func (k CutKind) RunAt(t []byte, i int) (r CutRun) {
	r = CutRun{From: i, To: i, Open: i, words: 1}
	acc, held, gap := uint(0), 0, 0
	for ; i < len(t) && r.Chars < MaxCutCode; i++ {
		v, ok := k.Value(t[i])
		if !ok {
			padded := t[i] == '=' && k == Base64Cut && r.Chars%4 > 1
			if gap += GapCost(t[i]); padded || char.Alnum(t[i]) || t[i] >= 0x80 || gap > MaxGapSpaces {
				return r
			}
			continue
		}
		acc, held = acc<<k.Bits|uint(v), held+k.Bits
		if held < 8 {
			if high := acc >> (held - 3) & 7; held > 2 && (high == 0 || high > 3) { // bits of a byte below a space or beyond ASCII
				return r
			}
		} else {
			held -= 8
			c := byte(acc >> held)
			if acc &= 1<<held - 1; c < ' ' || c >= 0x7F {
				return r
			}
			if char.Digit(c) {
				r.Digits++
			}
		}
		if gap > 0 {
			r.words, r.Open = r.words+1, i
		}
		if r.Chars, r.To, gap = r.Chars+1, i+1, 0; r.Chars == MaxCutCode-fullCutCode {
			r.full = i + 1
		}
	}
	return r
}

// Runs yields the useful runs of a text, from each word on that is not at the same
// place of a run before, until yield says no.
func (k CutKind) Runs(t []byte, yield func(CutRun) bool) {
	var done [cutAlignments]int
	n := 0 // letters and digits so far
	for i := 0; i < len(t); i++ {
		if !char.Alnum(t[i]) {
			continue
		}
		if at := n % cutAlignments; (i == 0 || !char.Alnum(t[i-1])) && i >= done[at] {
			r := k.RunAt(t, i)
			if done[at] = r.To; r.Chars == MaxCutCode { // else one from a later word on would end there too, and hold less
				done[at] = r.full
			}
			if r.Useful(k) && !yield(r) {
				return
			}
		}
		n++
	}
}

// CutCode tells whether a text has a run of either encoding.
func CutCode(t []byte) (found bool) {
	yield := func(CutRun) bool {
		found = true
		return false
	}
	if Base64Cut.Runs(t, yield); !found {
		HexCut.Runs(t, yield)
	}
	return found
}

// CutStarts tells of each character which encodings a text may begin with it in.
var CutStarts = func() (t [256]struct{ Base64, Hex bool }) {
	for c := range t {
		v, ok := Base64Cut.Value(byte(c))
		t[c].Base64 = ok && v >= ' '>>2 && v < 0x80>>2
		v, ok = HexCut.Value(byte(c))
		t[c].Hex = ok && v >= ' '>>4 && v < 0x80>>4
	}
	return t
}()

// CutSeconds tells of each character whether the base64 of a text may go on with it.
var CutSeconds = func() (t [256]bool) {
	for c := range t {
		low := SixBits64[c] & 15
		t[c] = low >= ' '>>4 && low < 0x80>>4
	}
	return t
}()

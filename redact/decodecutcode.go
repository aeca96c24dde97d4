package redact

import "math/bits"

// An encoded text may be cut anywhere, and anything may stand where it was cut:
// NTAxOTYxODMxNjky NDE3MQ==, OTI2/Njg1.ODc. Read character by character, base64 and
// hexadecimal of ASCII tell by themselves how far they go: of four characters of
// base64 in a row one in twenty would give three of ASCII by chance.

// Limits of a text that was cut.
const (
	maxCutCode    = 512            // characters: what is longer is lines, which wrapped reads
	fullCutCode   = maxCutCode / 4 // at the end of one as long as that, more than a number has: the next run reads them again
	minCutDigits  = 6              // digits that are decoded, the fewest of a known number
	cutAlignments = 4              // of base64; hexadecimal has two of them
)

// cutKind is an encoding: how many bits a character stands for, and the fewest
// characters of use.
type cutKind struct{ bits, least int }

var (
	base64Cut = cutKind{6, leastShortBase64}
	hexCut    = cutKind{4, leastShortHex}
)

// value returns what a character stands for, and whether it is one of the encoding.
// The marks of base64 are taken for marks: of printable ASCII only a question mark, a
// sign of greater than and a tilde need them.
func (k cutKind) value(c byte) (v byte, ok bool) {
	if !alnum(c) {
		return 0, false
	}
	if k == hexCut {
		v = unhex(c)
		return v, v < 16
	}
	return sixBits64[c], true
}

// cutRun is an encoded text t[from:to]: so many characters, in words that something
// separates, the last of which begins at open, and the digits in what is decoded. From
// t[full] on it has its last fullCutCode, if it is as long as may be.
type cutRun struct {
	from, to, open, full int
	chars, words, digits int
}

// useful tells whether a run was cut, and may hold a number.
func (r *cutRun) useful(k cutKind) bool {
	return r.words > 1 && r.chars >= k.least && r.digits >= minCutDigits
}

// runAt reads the encoded text that begins at t[i:]. It ends where what is decoded is
// no longer printable.
func (k cutKind) runAt(t []byte, i int) (r cutRun) {
	r = cutRun{from: i, to: i, open: i, words: 1}
	acc, held, gap := uint(0), 0, 0
	for ; i < len(t) && r.chars < maxCutCode; i++ {
		v, ok := k.value(t[i])
		if !ok {
			padded := t[i] == '=' && k == base64Cut && r.chars%4 > 1
			if gap += gapCost(t[i]); padded || alnum(t[i]) || t[i] >= 0x80 || gap > maxGapSpaces {
				return r
			}
			continue
		}
		acc, held = acc<<k.bits|uint(v), held+k.bits
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
			if digit(c) {
				r.digits++
			}
		}
		if gap > 0 {
			r.words, r.open = r.words+1, i
		}
		if r.chars, r.to, gap = r.chars+1, i+1, 0; r.chars == maxCutCode-fullCutCode {
			r.full = i + 1
		}
	}
	return r
}

// runs yields the useful runs of a text, from each word on that is not at the same
// place of a run before, until yield says no.
func (k cutKind) runs(t []byte, yield func(cutRun) bool) {
	var done [cutAlignments]int
	n := 0 // letters and digits so far
	for i := 0; i < len(t); i++ {
		if !alnum(t[i]) {
			continue
		}
		if at := n % cutAlignments; (i == 0 || !alnum(t[i-1])) && i >= done[at] {
			r := k.runAt(t, i)
			if done[at] = r.to; r.chars == maxCutCode { // else one from a later word on would end there too, and hold less
				done[at] = r.full
			}
			if r.useful(k) && !yield(r) {
				return
			}
		}
		n++
	}
}

// cutCode tells whether a text has a run of either encoding.
func cutCode(t []byte) (found bool) {
	yield := func(cutRun) bool {
		found = true
		return false
	}
	if base64Cut.runs(t, yield); !found {
		hexCut.runs(t, yield)
	}
	return found
}

// cutStarts tells of each character which encodings a text may begin with it in.
var cutStarts = func() (t [256]struct{ base64, hex bool }) {
	for c := range t {
		v, ok := base64Cut.value(byte(c))
		t[c].base64 = ok && v >= ' '>>2 && v < 0x80>>2
		v, ok = hexCut.value(byte(c))
		t[c].hex = ok && v >= ' '>>4 && v < 0x80>>4
	}
	return t
}()

// cutSeconds tells of each character whether the base64 of a text may go on with it.
var cutSeconds = func() (t [256]bool) {
	for c := range t {
		low := sixBits64[c] & 15
		t[c] = low >= ' '>>4 && low < 0x80>>4
	}
	return t
}()

// cutCode is cutCode for a block.
func (m *planes) cutCode(t []byte) bool {
	words := m.letter | m.digit
	starts := words &^ (words << 1)
	if starts&(starts-1) == 0 {
		return false
	}
	hex := bits.OnesCount64(m.digit) >= leastShortHex-leastShortHex/4 // some may be letters
	for ; starts != 0; starts &= starts - 1 {
		i := bits.TrailingZeros64(starts)
		if len(t)-i <= leastShortBase64 {
			return false
		}
		if may := cutStarts[t[i]]; may.base64 {
			if next := t[i+1]; alnum(next) && !cutSeconds[next] {
				continue
			}
			if r := base64Cut.runAt(t, i); r.useful(base64Cut) {
				return true
			}
		} else if hex && may.hex {
			if r := hexCut.runAt(t, i); r.useful(hexCut) {
				return true
			}
		}
	}
	return false
}

// cutCodes decodes what is encoded in a view and cut anywhere.
func (s *scan) cutCodes(v *view, depth int) {
	for _, k := range [...]cutKind{base64Cut, hexCut} {
		k.runs(v.t, func(r cutRun) bool {
			before := len(s.spans)
			if s.cutRun(v, r, k, depth); len(s.spans) == before && r.open > r.from { // the last word may be one of the text
				r.to = r.open
				s.cutRun(v, r, k, depth)
			}
			return true
		})
	}
}

// cutRun decodes one run.
func (s *scan) cutRun(v *view, r cutRun, k cutKind, depth int) {
	if !s.charge(v, r.from, r.to, r.chars) {
		return
	}
	mark := s.used
	out := s.view(r.chars)
	raw := out.t
	acc, held := uint(0), 0
	for _, c := range v.t[r.from:r.to] {
		six, ok := k.value(c)
		if !ok {
			continue
		}
		if acc, held = acc<<k.bits|uint(six), held+k.bits; held >= 8 {
			held -= 8
			raw = append(raw, byte(acc>>held))
			acc &= 1<<held - 1
		}
	}
	out.t = raw
	s.keep(out)
	if len(raw) >= minPlain && (s.r.thorough || s.r.texts || s.r.known != nil && briefCode(raw) || looksAt(raw)) {
		s.inner(v, raw, r.from, r.to, depth)
	}
	s.used = mark
}

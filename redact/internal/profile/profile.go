// Package profile reads a text once: how many digits it has and in which groups, which
// marks, and what might be encoded in it. Of texts of one block it keeps planes, a bit for
// each byte, which answer most questions without reading it again.
package profile

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// Folds tells whether a text is folded before anything is looked for in it.
func (p *Profile) Folds(t []byte) bool {
	return p.Flags&char.IsExotic != 0 || p.Flags&char.IsHigh != 0 && p.Digits >= MinIBANDigits || p.Flags&char.IsControl != 0 && bytes.IndexByte(t, encoded.EscapeByte) >= 0
}

// Gates of the fast path. A text below all of them cannot hold anything that a
// detector or a decoder would accept.
const (
	MinDigits = 6 // digits in one sequence: the shortest account number beside a cue
	MinCued   = 5 // the shortest suffix of a known value, and of an account or a card beside words that say so
)

// Profile is what one pass over a text tells about it.
type Profile struct {
	Flags    uint16
	Digits   int    // ASCII digits
	Sequence int    // most digits with no letter between them; at least that
	Word     bool   // a run of encoded.MinWord bytes of the encodings' alphabets
	Mixed    bool   // … and case changes as in base64
	Broken   bool   // an encoded text may be broken over lines or spaces
	Hex      bool   // a run of encoded.MinHex hexadecimal digits
	shout    bool   // tokens.Letters upper-case letters in a row
	PEM      bool   // a PEM block begins
	Key      bool   // a word begins as one of credential.KeyForms does
	Cued     bool   // set by plain: a word beside which five known digits count
	Code     bool   // a run of ShortestCode letters and digits
	Brief    bool   // a word may be six or seven digits in base64
	Lead     bool   // an IBAN of few digits may begin, or an Indian tax number
	day      bool   // set by plain: a date of ISO 8601
	Abroad   bool   // a word of another language says of a code that it is a secret
	Bare     bool   // set by quiet: there is nothing in it but, maybe, known numbers
	Masked   bool   // two mask characters side by side, and digits enough
	Pairs    int    // hexadecimal pairs that stand alone
	Planes   Planes // of a text of one block
}

const (
	Block  = 64
	stride = Block - encoded.MinHex // blocks overlap so that no run of encoded.MinHex is cut
	marks  = char.IsExotic | char.IsBack | char.IsEscape | char.IsAt | char.IsAssign | char.IsColon | char.IsLess
)

// Of makes the pass.
func Of(t []byte) (p Profile) {
	p.Read(t)
	return p
}

// Read makes the pass into an empty profile.
func (p *Profile) Read(t []byte) {
	m := &p.Planes
	if len(t) <= Block {
		p.readBlock(t)
		return
	}
	twins, divided, even, glued := false, false, false, 0
	for at := 0; at < len(t); at += stride {
		m.Load(t[at:min(len(t), at+Block)])
		p.add(m, t[at:], 1)
		if m.Digit != 0 && !(p.Key && p.Abroad) {
			p.tell(m, t, at)
		} else if m.Digit == 0 {
			p.Key = p.Key || m.toldWord(t[at:]) || m.Other&(m.Other>>1) != 0 && m.called(t[at:])
		}
		twins = twins || m.Other&(m.Other>>1) != 0
		p.Lead = p.Lead || m.lead(t[at:])
		glued += m.glued()
		divided = divided || len(t) <= encoded.MaxSpread && m.divided(t[at:])
		even = even || m.mayBeEven(t[at:])
		p.Brief = p.Brief || m.briefCode(t[at:])
		fresh := m.Digit
		if at > 0 {
			fresh &^= 1<<(Block-stride) - 1 // seen in the block before
		}
		p.Digits += bits.OnesCount64(fresh)
	}
	p.Key = p.Key || p.Flags&char.IsControl != 0 && (column.HeadsSecret(t) || p.Digits > 0 && credential.AnyAsks(t))
	p.Broken = (p.Flags&char.IsControl != 0 || glued >= minGlued) && (encoded.Wrapped(t) || divided && encoded.Spread(t) || len(t) <= encoded.MaxCutCode && encoded.CutCode(t)) || even
	p.Lead = p.Lead && p.Digits < MinIBANDigits
	p.Sequence = p.Digits
	if p.Digits >= MinCued {
		p.Sequence, p.Masked = longestSequence(t), (twins || bytes.Contains(t, []byte("xx")) || bytes.Contains(t, []byte("XX"))) && masking(t)
	}
}

// readBlock is Read for a text of one block.
func (p *Profile) readBlock(t []byte) {
	m := &p.Planes
	m.Load(t)
	p.Digits = bits.OnesCount64(m.Digit)
	if p.Flags = m.Flags; len(t) >= encoded.MinWord {
		p.add(m, t, encoded.MinPairs)
	} else { // digits and marks only, or a code
		p.Code = len(t) >= ShortestCode
	}
	if p.Flags&char.IsControl != 0 {
		p.Key = p.Key || column.HeadsSecret(t) || p.Digits > 0 && credential.AnyAsks(t)
		p.Broken = len(t) >= encoded.MinWord && encoded.Wrapped(t)
	}
	if p.Digits > 0 {
		p.readDigits(m, t)
	} else {
		if m.Other&(m.Other>>1) != 0 { // a bracket and a quote
			p.Key = p.Key || m.called(t)
		}
		p.Key = p.Key || len(t) >= leastWords && m.toldWord(t)
	}
	if m.mayBeCut(p.Digits) {
		p.Broken, p.Brief = p.Broken || m.mayBeEven(t) || m.cutCode(t), m.briefCode(t)
	}
}

// readDigits is what matters of a block that has digits.
func (p *Profile) readDigits(m *Planes, t []byte) {
	told, abroad := m.told(t)
	p.Key, p.Abroad = p.Key || told || m.High != 0 && m.abroad(t, 0), abroad
	if p.Sequence = m.sequence(p.Digits); p.Digits == 1 {
		return
	}
	if !p.Broken && len(t) >= encoded.MinWord && (p.Flags&char.IsControl != 0 || m.glued() >= minGlued) {
		p.Lead = m.beneficiary()
		p.Broken = p.Flags&char.IsControl == 0 && m.mayWrap() && encoded.Wrapped(t) || m.divided(t) && encoded.Spread(t)
	}
	if p.Digits < MinIBANDigits && p.Digits >= LeastIBANDigits {
		p.Lead = p.Lead || len(t) >= iban.Shortest && m.lead(t) || p.Code && p.Digits >= FewestCode && m.taxed()
	}
	p.Masked = p.Digits > LastShown && (m.Other&(m.Other>>1) != 0 || bytes.IndexByte(t, 'x') >= 0 || bytes.IndexByte(t, 'X') >= 0) && masking(t)
}

// tell takes in what the words of the block t[at:] say of its digits.
func (p *Profile) tell(m *Planes, t []byte, at int) {
	told, abroad := m.told(t[at:])
	p.Abroad = p.Abroad || abroad
	p.Key = p.Key || told || m.High != 0 && m.abroad(t, at)
}

// add takes in what a block shows. Fewer than leastPairs pairs say nothing.
func (p *Profile) add(m *Planes, t []byte, leastPairs int) {
	p.Flags |= m.Flags
	word := m.Digit | m.Letter
	p.Code = p.Code || run9(word) != 0
	if leastPairs == 1 || p.Digits >= encoded.MinPairs { // the first of a pair of ASCII is a digit
		if two, four := m.short(word); bits.OnesCount64(two|four) >= min(leastPairs, minFours) {
			p.Pairs += m.pairs(t, two, four)
		}
	}
	if j := m.Joiner; j != 0 && j&(j>>1)&(j>>2)&(j>>3)&(j>>4) != 0 && bytes.Contains(t[:min(len(t), Block+len(credential.PEMBegin))], []byte(credential.PEMBegin)) {
		p.PEM = true
	}
	runs := Run11(word | m.Joiner)
	if runs == 0 {
		return
	}
	p.Word = true
	if m.Digit != 0 && (m.Flags&char.IsScore != 0 || m.Joiner&(m.Joiner>>1) != 0) {
		p.Key = p.Key || m.option(t, word)
	}
	upper := m.Uppers(t)
	if changes := (word &^ upper) << 1 & upper; changes != 0 {
		p.Mixed = true
		p.Key = p.Key || m.toldAt(t, bits.TrailingZeros64(changes))
	} else {
		p.Mixed = p.Mixed || Periodic(t, runs)
	}
	p.Hex = p.Hex || run16(word) != 0 && run16(m.Hexes(t)) != 0
	p.shout = p.shout || m.Flags&char.IsScore != 0 && run14(upper) != 0
	p.Key = p.Key || m.Digit != 0 && m.besideName(t, runs)
	if !p.Key {
		p.Key = keyStart(t, word, runs&(runs>>11) != 0)
	}
}

// option tells whether there may be a name of several parts and, apart from it, its
// value: DB_PASSWORD hunter2, --token hunter2.
func (m *Planes) option(t []byte, word uint64) bool {
	if m.Flags&char.IsScore != 0 && ^(word|m.Joiner)&(1<<min(len(t), Block)-1) != 0 {
		return true
	}
	twins := m.Joiner & (m.Joiner >> 1) & (m.Letter >> 2)
	return twins != 0 && t[bits.TrailingZeros64(twins)] == '-'
}

// besideName tells whether the name of a secret may stand before the first of the runs
// of letters and digits that has a digit: apiKey kq83…, Access Token: kq83….
func (m *Planes) besideName(t []byte, runs uint64) bool {
	for ; runs != 0; runs &= runs - 1 {
		i := bits.TrailingZeros64(runs)
		if m.Digit>>i&(1<<11-1) == 0 {
			continue
		}
		end := bits.Len64(m.Letter & (1<<i - 1))
		return end >= len("key") && keyWordEnds.Has(t[end-2], t[end-1])
	}
	return false
}

// keyWordEnds has the last two letters of names of secrets.
var keyWordEnds = func() (pairs cue.LetterPairs) {
	for _, tail := range credential.NameTails {
		for _, name := range tail.Words {
			pairs.Add(name)
		}
	}
	pairs.Add("key")
	return pairs
}()

// Periodic tells whether the runs that begin at the bits of starts repeat
// every four characters, as base64 of digits of other scripts does.
func Periodic(t []byte, starts uint64) bool {
	i := bits.TrailingZeros64(starts)
	if i+12 > len(t) {
		return false
	}
	const half = 4 // of the eight characters compared
	t = t[i:]
	return Zeros(Eight(t)^Eight(t[4:])) >= half || Striped(t) || Striped8(t)
}

// Eight returns the first eight bytes of a text, the first one lowest.
func Eight(t []byte) uint64 { return binary.LittleEndian.Uint64(t) }

// Zeros returns how many bytes of a word are zero.
func Zeros(w uint64) int {
	const low = EachByte * 0x7F
	return bits.OnesCount64(^(w&low + low | w | low))
}

// Striped tells whether one in four of the first twenty characters is the same,
// as where two digits of another script differ in more than their last byte.
func Striped(t []byte) bool {
	if len(t) < 20 {
		return false
	}
	differ := (Eight(t) ^ Eight(t[4:])) | (Eight(t[8:]) ^ Eight(t[12:]))
	return Zeros(differ|differ>>32|math.MaxUint32<<32) > 0
}

// Striped8 tells whether three in eight of the characters repeat two times, as where
// the first bytes of digits of two bytes are the same. A letter or two may stand
// before these.
func Striped8(t []byte) bool {
	const letters, most = 4, 3 // characters of base64
	if len(t) < letters+3*8 {
		return false
	}
	t = t[letters:]
	return Zeros((Eight(t)^Eight(t[8:]))|(Eight(t)^Eight(t[16:]))) >= most
}

// short returns where words of two letters or digits begin, and such of four.
func (m *Planes) short(word uint64) (two, four uint64) {
	starts := word &^ (word << 1) & (word >> 1)
	return starts &^ (word >> 2), starts & (word >> 2) & (word >> 3) &^ (word >> 4)
}

// minGlued is how often letters and digits meet, at least, in base64 of any use.
const minGlued = 3

// glued returns how often letters and digits meet.
func (m *Planes) glued() int {
	return bits.OnesCount64((m.Digit ^ m.Digit<<1) & (m.Letter ^ m.Letter<<1))
}

// lead tells whether the two letters of a country stand before two digits.
func (m *Planes) lead(t []byte) bool {
	if words := m.Letter | m.Digit; words&(words>>1) == 0 && bits.OnesCount64(words) >= iban.Shortest { // each stands alone
		return true
	}
	for at := m.Letter & (m.Letter >> 1) & (m.Digit >> 2) & (m.Digit >> 3); at != 0; at &= at - 1 {
		if i := bits.TrailingZeros64(at); iban.Of(t[i], t[i+1]).BBAN != "" {
			return true
		}
	}
	return false
}

// minFours is the fewest words of two hexadecimal pairs, as dumps print them,
// that are decoded: a date and a time have one or two.
const minFours = 3

// pairs counts those that are two hexadecimal digits, or 0x and two; and those
// of four hexadecimal digits, twice, if there are many.
func (m *Planes) pairs(t []byte, two, four uint64) (n int) {
	hex := func(i int) bool { return char.ByteClass[t[i]]&char.IsHex != 0 }
	for ; two != 0; two &= two - 1 {
		if i := bits.TrailingZeros64(two); hex(i) && hex(i+1) {
			n++
		}
	}
	fours := 0
	for ; four != 0; four &= four - 1 {
		if i := bits.TrailingZeros64(four); hex(i+2) && hex(i+3) {
			switch {
			case hex(i) && hex(i+1):
				fours++
			case char.Digit(t[i]):
				n++
			}
		}
	}
	if fours >= minFours {
		n += 2 * fours
	}
	return n
}

// keyStart tells whether one of the words of a block begins like a key. In a
// long word, of 22 characters or more, letters may be glued on before the key.
func keyStart(t []byte, alnum uint64, long bool) bool {
	starts := alnum
	if !long {
		starts &^= alnum << 1
	}
	for ; starts != 0; starts &= starts - 1 {
		if i := bits.TrailingZeros64(starts); len(t)-i >= encoded.MinWord && credential.KeyBloom.Has(t[i:]) {
			return true
		}
	}
	return false
}

// run9, run11, run14 and run16 keep the bits that begin a run of that length.
func run9(m uint64) uint64 {
	m &= m >> 1
	m &= m >> 2
	return m & (m >> 4) & (m >> 5)
}

// Run11 has the bits from which eleven in a row are set.
func Run11(m uint64) uint64 {
	m &= m >> 1
	m &= m >> 2
	m &= m >> 4
	return m & (m >> 3)
}

func run14(m uint64) uint64 {
	m &= m >> 1
	m &= m >> 2
	m &= m >> 4
	return m & (m >> 6)
}

func run16(m uint64) uint64 {
	m &= m >> 1
	m &= m >> 2
	m &= m >> 4
	return m & (m >> 8)
}

// Clean tells whether the fast path may let the text pass. Only numbers matter
// of least digits or more; the text is size bytes long.
func (p *Profile) Clean(least, size int) bool {
	return p.Sequence < least && (p.Digits < MinIBANDigits || size < iban.Shortest && p.Digits < MinLettered && p.Flags&char.IsHigh == 0) && p.Flags&marks == 0 &&
		!(p.Lead || p.Masked || p.Broken || p.Mixed || p.Hex || p.shout || p.Key || p.PEM || p.Pairs >= encoded.MinPairs)
}

// Split tells whether the text is clean but for digits, six or more, that
// letters keep apart, and these make up no IBAN and no code.
func (p *Profile) Split(t []byte) bool {
	if len(t) > Block || !p.Clean(MinDigits, 0) {
		return false
	}
	if p.Planes.High != 0 || p.Digits >= MinLettered && p.Planes.Lettered() || p.Digits >= MinSaid && p.Planes.SaysOn(t) {
		return false
	}
	words := p.Planes.Letter | p.Planes.Digit
	run := words & (words >> 1)
	return run&(run>>2)&(run>>4)&(run>>6)&(words>>8) == 0 && !p.MayIBAN(t) // codes have nine characters and more
}

package redact

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
	"sync"
)

// A fingerprint is
//
//	version  1 byte, 1
//	entity   length byte and text
//	token    length byte and text
//	entries  14 bytes each: kind, 0, length (2 bytes, big-endian), hash (8), zero (2)
//
// where hash is SipHash-2-4 under a key derived from the tenant key. Kinds:
const (
	entryFull   = 'f' // all digits of the value
	entrySuffix = 's' // its last 6 or more digits
	entryFive   = '5' // its last 5 digits, which count beside a cue
	entryText   = 'x' // letters and digits, upper case
	entryStart  = 'w' // rolling hash of the first textWindow characters, masked with the hash of the whole
)

const (
	fingerprintVersion = 1
	entrySize          = 14
	minSuffix          = 6  // the shortest suffix that counts without a cue
	minText            = 8  // the shortest value with letters that can be told from words
	textWindow         = 8  // characters that the rolling hash covers
	maxKnownDigits     = 40 // longer digit strings are matched as text
	maxKnownText       = 8 << 10
	maxKnown           = 4 << 20 // values in one set
	maxTokenText       = 64      // bytes of a token, far more than any has
)

// Fingerprint turns one known value (an account number, an IBAN, a card, a
// secret, in any spelling) into the opaque keyed hashes that a store keeps and
// NewKnown takes. The value cannot be recovered from them without the key. A
// value too short to be told from other text (under 6 digits, or under 8
// characters with letters) gives a fingerprint that matches nothing.
func Fingerprint(key [32]byte, e Entity, value string) ([]byte, error) {
	return FingerprintAs(key, e, value, TokenOf(key, e, value))
}

// FingerprintAs is Fingerprint for a value that is to be replaced by the token
// of another: an account's number with and without its bank, or the number
// inside an IBAN, are one account to whoever reads the result. The token must
// come from TokenOf under the same key.
func FingerprintAs(key [32]byte, e Entity, value, token string) ([]byte, error) {
	if e == "" || len(e) > 64 || len(value) > maxKnownText || len(token) > maxTokenText {
		return nil, fmt.Errorf("%w: bad known value", ErrRedact)
	}
	k := newSipKey(key)
	b := append([]byte{fingerprintVersion, byte(len(e))}, e...)
	b = append(append(b, byte(len(token))), token...)
	plain := canonical(Account, value)
	digits := trailingDigits(plain)
	switch {
	case len(digits) == len(plain) && len(digits) <= maxKnownDigits:
		b = appendDigits(b, k, digits, minSuffix)
	case validIBAN(plain):
		b = appendIBAN(b, k, plain, digits)
	default:
		b = appendText(b, k, plain)
		if len(digits) >= 8 && len(digits) <= maxKnownDigits && e != Secret {
			b = appendDigits(b, k, digits, minSuffix)
		}
	}
	return b, nil
}

func appendEntry(b []byte, kind byte, n int, hash uint64) []byte {
	b = append(b, kind, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	return append(binary.BigEndian.AppendUint64(b, hash), 0, 0)
}

// appendDigits adds the digits whole, every suffix from least on, and the last
// five.
func appendDigits(b []byte, k sipKey, d string, least int) []byte {
	if len(d) < minSuffix {
		return b
	}
	b = appendEntry(b, entryFull, len(d), k.sum([]byte(d)))
	for n := least; n < len(d); n++ {
		b = appendEntry(b, entrySuffix, n, k.sum([]byte(d[len(d)-n:])))
	}
	return appendEntry(b, entryFive, 5, k.sum([]byte(d[len(d)-5:])))
}

// appendIBAN adds the national account number inside an IBAN; the IBAN as a
// whole is found by its own check digits.
func appendIBAN(b []byte, k sipKey, iban, digits string) []byte {
	bban := iban[4:]
	if tail := digits[max(0, len(digits)-len(bban)):]; len(tail) >= 8 {
		b = appendDigits(b, k, tail, minSuffix)
	} else {
		b = appendText(b, k, bban)
	}
	if at := ibanForms[countryIndex(iban[0], iban[1])].acct; at[1] != 0 {
		inner := bban[at[0]:at[1]]
		if len(trailingDigits(inner)) == len(inner) {
			return appendDigits(b, k, strings.TrimLeft(inner, "0"), minSuffix)
		}
		return appendText(b, k, inner)
	}
	return b
}

func appendText(b []byte, k sipKey, plain string) []byte {
	if len(plain) < minText {
		return b
	}
	whole := k.sum([]byte(plain))
	b = appendEntry(b, entryText, len(plain), whole)
	return appendEntry(b, entryStart, textWindow, k.roll([]byte(plain[:textWindow]))^k.pad(whole))
}

// roll is the keyed polynomial hash that slides over a text.
func (k sipKey) roll(b []byte) (h uint64) {
	for _, c := range b {
		h = h*k.base() + uint64(c)
	}
	return h
}

func (k sipKey) base() uint64 { return k.k1 | 1 }

// pad hides a rolling hash in a fingerprint.
func (k sipKey) pad(whole uint64) uint64 {
	return k.sum(binary.BigEndian.AppendUint64([]byte{'w'}, whole))
}

func trailingDigits(s string) string {
	i := len(s)
	for i > 0 && digit(s[i-1]) {
		i--
	}
	return s[i:]
}

func validIBAN(s string) bool {
	if len(s) < 15 || len(s) > longestIBAN || !letter(s[0]) || !letter(s[1]) {
		return false
	}
	form := ibanForms[countryIndex(s[0], s[1])].form
	var canon [longestIBAN]byte
	end, ok := collect([]byte(s), 2, canon[:0], form)
	return form != "" && ok && end == len(s) && mod97([]byte(s)) == 1
}

// Known is a set of known values held as keyed hashes. It is immutable.
type Known struct {
	values []knownValue
	table  table
	lens   uint64 // bit n: a full number of n digits is in the set
	texts  []knownText

	mu   sync.Mutex
	made map[[32]byte]*lookup
}

type knownValue struct {
	entity Entity
	token  string
}

type knownText struct {
	whole, start uint64
	n            int
	value        uint32
}

// NewKnown builds the set from fingerprints made under the same key.
func NewKnown(fingerprints [][]byte) (*Known, error) {
	if len(fingerprints) > maxKnown {
		return nil, fmt.Errorf("%w: too many known values", ErrRedact)
	}
	entries := 0
	for _, f := range fingerprints {
		entries += len(f) / entrySize
	}
	k := &Known{values: make([]knownValue, 0, len(fingerprints)), table: newTable(entries), made: map[[32]byte]*lookup{}}
	for _, f := range fingerprints {
		if err := k.insert(f); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *Known) insert(f []byte) error {
	entity, rest, ok1 := cutText(f, 1)
	token, rest, ok2 := cutText(rest, 0)
	if !ok1 || !ok2 || f[0] != fingerprintVersion || len(rest)%entrySize != 0 {
		return fmt.Errorf("%w: bad fingerprint", ErrRedact)
	}
	id := uint32(len(k.values))
	k.values = append(k.values, knownValue{Entity(entity), token})
	for ; len(rest) > 0; rest = rest[entrySize:] {
		n, hash := int(binary.BigEndian.Uint16(rest[2:])), binary.BigEndian.Uint64(rest[4:])
		switch rest[0] {
		case entryFull:
			k.lens |= 1 << min(n, 63)
			k.put(hash, id, entryFull)
		case entrySuffix, entryFive:
			k.put(hash, id, rest[0])
		case entryText:
			k.texts = append(k.texts, knownText{whole: hash, n: n, value: id})
		case entryStart:
			if len(k.texts) == 0 {
				return fmt.Errorf("%w: bad fingerprint", ErrRedact)
			}
			k.texts[len(k.texts)-1].start = hash
		}
	}
	return nil
}

// cutText reads a length byte at b[at] and that many bytes.
func cutText(b []byte, at int) (text string, rest []byte, ok bool) {
	if len(b) <= at || len(b) < at+1+int(b[at]) {
		return "", nil, false
	}
	end := at + 1 + int(b[at])
	return string(b[at+1 : end]), b[end:], true
}

// put adds a hash. Of two values with the same one, a full number goes before
// a suffix and then the smaller token, so that the order of fingerprints does
// not matter.
func (k *Known) put(hash uint64, id uint32, kind byte) {
	slot, found := k.table.find(hash)
	if found {
		old := k.table.vals[slot]
		if rank(old.kind) > rank(kind) || rank(old.kind) == rank(kind) && k.values[old.value].token <= k.values[id].token {
			return
		}
	}
	k.table.keys[slot], k.table.vals[slot] = hash, entry{id, kind}
}

func rank(kind byte) int {
	if kind == entryFull {
		return 1
	}
	return 0
}

// table is an open-addressing hash table over hashes that are uniform already.
// A key of 0 marks a free slot.
type table struct {
	keys []uint64
	vals []entry
	mask uint64
}

type entry struct {
	value uint32
	kind  byte
}

func newTable(n int) table {
	size := 1 << bits.Len(uint(n*2+16))
	return table{make([]uint64, size), make([]entry, size), uint64(size - 1)}
}

func (t *table) find(hash uint64) (slot uint64, found bool) {
	for slot = hash & t.mask; ; slot = (slot + 1) & t.mask {
		if t.keys[slot] == hash {
			return slot, hash != 0
		}
		if t.keys[slot] == 0 {
			return slot, false
		}
	}
}

// lookup is a Known together with the key it was made under: what the scan
// asks.
type lookup struct {
	*Known
	key      sipKey
	six      []uint64            // bit set over mixed last-six numbers, 128 KiB
	seven    []uint64            // filter over last-seven numbers, of the same size
	shortest int                 // digits of the shortest number that is found inside of a longer one
	seen     []uint64            // bit set over the hashes in the table, which is far larger
	mixer    uint64              // hides the bit set's order in memory
	start    map[uint64][]uint32 // rolling hash → indexes into texts
	bloom    [1 << 10]uint64     // over rolling hashes
}

// under prepares the set for a key; the work is done once per set and key.
func (k *Known) under(key [32]byte) *lookup {
	if k == nil || len(k.values) == 0 {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	id := derive(key, "counterfoil redact lookup")
	if l, ok := k.made[id]; ok {
		return l
	}
	l := &lookup{Known: k, key: newSipKey(key), start: map[uint64][]uint32{}}
	l.mixer = l.key.sum([]byte("mixer")) | 1
	l.shortest = max(8, bits.TrailingZeros64(l.lens)) // as knownFull
	l.fillSeen()
	l.fillSix()
	for i, t := range k.texts {
		h := t.start ^ l.key.pad(t.whole)
		l.start[h] = append(l.start[h], uint32(i))
		l.bloom[h>>54] |= 1 << (h >> 48 & 63)
	}
	k.made[id] = l
	return l
}

// manyKnown is how many values make the bit set worth the milliseconds that it
// takes to fill.
const manyKnown = 512

// fillSeen makes the bit set of hashes: eight to sixteen bits for each, so that
// few of those that are not in the table are looked for there.
func (l *lookup) fillSeen() {
	if len(l.values) < manyKnown {
		return
	}
	l.seen = make([]uint64, len(l.table.keys)/16)
	for _, h := range l.table.keys {
		if h != 0 {
			bit := h >> 32 & (uint64(len(l.seen))*64 - 1)
			l.seen[bit>>6] |= 1 << (bit & 63)
		}
	}
}

// fillSix finds by trial which last-six numbers occur, so that the scan can
// rule out almost every candidate with one look at a bit.
func (l *lookup) fillSix() {
	if l.lens == 0 || len(l.values) < manyKnown {
		return
	}
	l.six, l.seven = make([]uint64, 1<<(sixBits-6)), make([]uint64, 1<<(sixBits-6))
	var d [7]byte
	for n := range 1_000_000 {
		for i, v := 6, n; i >= 1; i, v = i-1, v/10 {
			d[i] = '0' + byte(v%10)
		}
		if _, ok := l.digits(d[1:]); !ok {
			continue
		}
		bit := l.spread(n)
		l.six[bit>>6] |= 1 << (bit & 63)
		for c := range 10 {
			if d[0] = '0' + byte(c); l.holds(d[:]) {
				bit := l.spread(c*1_000_000 + n)
				l.seven[bit>>6] |= 1 << (bit & 63)
			}
		}
	}
}

func (l *lookup) holds(d []byte) bool {
	_, ok := l.digits(d)
	return ok
}

// spread maps a number to one of sixBits bits under the key.
func (l *lookup) spread(n int) uint64 { return uint64(n) * l.mixer >> (64 - sixBits) }

// number looks up digits the last six of which maybe lets pass: of seven and
// more, the last seven must pass too.
func (l *lookup) number(d []byte) (entry, bool) {
	if l.seven != nil && len(d) > minSuffix {
		if bit := l.spread(prefix(d[len(d)-7:], 7)); l.seven[bit>>6]>>(bit&63)&1 == 0 {
			return entry{}, false
		}
	}
	return l.digits(d)
}

// sixBits gives a bit for each six-digit number.
const sixBits = 20

// maybe tells whether a known value may end in the six digits of n.
func (l *lookup) maybe(n int) bool {
	return l.six1(n) != 0
}

// six1 is maybe as a bit, for a caller that has other work to do meanwhile.
func (l *lookup) six1(n int) uint64 {
	if l.six == nil {
		return 1
	}
	bit := l.spread(n)
	return l.six[bit>>6] >> (bit & 63) & 1
}

// digits looks a digit string up.
func (l *lookup) digits(d []byte) (entry, bool) {
	h := l.key.sum(d)
	if l.seen != nil {
		if bit := h >> 32 & (uint64(len(l.seen))*64 - 1); l.seen[bit>>6]>>(bit&63)&1 == 0 {
			return entry{}, false
		}
	}
	slot, ok := l.table.find(h)
	return l.table.vals[slot], ok
}

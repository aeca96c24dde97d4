// Package known holds the values that a tenant's store and config hold, as keyed hashes,
// and tells of most texts that none of them stands there.
package known

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
	"sync"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// A fingerprint is
//
//	version  1 byte, 1
//	entity   length byte and text
//	token    length byte and text
//	entries  14 bytes each: kind, turns (1 byte, of an anchor), length (2 bytes, big-endian), hash (8), zero (2)
//
// where hash is SipHash-2-4 under a key derived from the tenant key. A kind that
// is not one of these is passed over:
const (
	EntryFull   = 'f' // all digits of the value
	EntrySuffix = 's' // its last 6 or more digits
	EntryFive   = '5' // its last 5 digits, which count beside a cue
	EntryEnd    = 'e' // its last 6 to 8 digits, which do not count: they tell where it may end
	EntryText   = 'x' // letters and digits, upper case
	entryAnchor = 'a' // hash of TextWindow characters, masked with the hash of the whole; length is where they are
	EntryShape  = 't' // its shape, masked likewise
	EntryStart  = 'w' // written no more: a rolling hash of the first ones
)

const (
	FingerprintVersion = 1
	EntrySize          = 14
	MinText            = 8  // the shortest value with letters that can be told from words
	TextWindow         = 8  // characters of a value with letters that are looked for
	MaxKnownDigits     = 40 // longer digit strings are matched as text
	maxKnownText       = 8 << 10
	maxKnown           = 4 << 20 // values in one set
	maxTokenText       = 64      // bytes of a token, far more than any has
)

// Fingerprint makes the fingerprint of a value that the token is to stand for.
func (k SipKey) Fingerprint(e entity.Kind, value, token string) ([]byte, error) {
	if e == "" || len(e) > 64 || len(value) > maxKnownText || len(token) > maxTokenText {
		return nil, fmt.Errorf("%w: bad known value", entity.ErrRedact)
	}
	b := append([]byte{FingerprintVersion, byte(len(e))}, e...)
	b = append(append(b, byte(len(token))), token...)
	plain := tokens.Canonical(entity.Account, value)
	digits := trailingDigits(plain)
	switch {
	case len(digits) == len(plain) && len(digits) <= MaxKnownDigits:
		b = appendDigits(b, k, digits, column.MinSuffix)
	case ValidIBAN(plain):
		b = appendIBAN(b, k, plain, digits)
	default:
		b = appendText(b, k, plain)
		if len(digits) >= 8 && len(digits) <= MaxKnownDigits && e != entity.Secret {
			b = appendDigits(b, k, digits, column.MinSuffix)
		}
	}
	return b, nil
}

// AppendEntry appends an entry to a fingerprint.
func AppendEntry(b []byte, kind byte, n int, hash uint64) []byte {
	b = append(b, kind, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	return append(binary.BigEndian.AppendUint64(b, hash), 0, 0)
}

// appendDigits adds the digits whole, every suffix from least on, and the last
// five.
func appendDigits(b []byte, k SipKey, d string, least int) []byte {
	if len(d) < column.MinSuffix {
		return b
	}
	b = AppendEntry(b, EntryFull, len(d), k.Sum([]byte(d)))
	for n := least; n < len(d); n++ {
		b = AppendEntry(b, EntrySuffix, n, k.Sum([]byte(d[len(d)-n:])))
	}
	return AppendEntry(b, EntryFive, 5, k.Sum([]byte(d[len(d)-5:])))
}

// appendRun adds digits that are found only whole.
func appendRun(b []byte, k SipKey, d string) []byte {
	b = AppendEntry(b, EntryFull, len(d), k.Sum([]byte(d)))
	for n := column.MinSuffix; n <= LongestEnd && n < len(d); n++ {
		b = AppendEntry(b, EntryEnd, n, k.Sum([]byte(d[len(d)-n:])))
	}
	return b
}

// appendIBAN adds the national account number inside an IBAN; the IBAN as a
// whole is found by its own check digits. Of an account number of few digits and
// one turn only the bank's number in front makes a value worth its price: see
// anchorOf.
func appendIBAN(b []byte, k SipKey, number, digits string) []byte {
	bban := number[4:]
	if tail := digits[max(0, len(digits)-len(bban)):]; len(tail) >= 8 {
		b = appendDigits(b, k, tail, column.MinSuffix)
	} else {
		b = appendCode(b, k, bban)
	}
	at := iban.Of(number[0], number[1]).Account
	if at[1] == 0 {
		return b
	}
	inner := bban[at[0]:at[1]]
	if len(trailingDigits(inner)) == len(inner) {
		return appendDigits(b, k, strings.TrimLeft(inner, "0"), column.MinSuffix)
	}
	if len(inner) >= MinText {
		if _, turns := anchorOf(inner); turns < 2 && len(longestDigits(inner)) < enoughDigits {
			return b
		}
	}
	return appendCode(b, k, inner)
}

// enoughDigits in a row say which account it is, without its letters.
const enoughDigits = 8

// appendCode adds an account number that has letters: by its digits alone, if so
// many of them stand together that these say which one it is.
func appendCode(b []byte, k SipKey, plain string) []byte {
	if len(plain) >= MinText {
		if _, turns := anchorOf(plain); turns < 2 {
			if run := longestDigits(plain); len(run) >= enoughDigits && len(run) <= MaxKnownDigits {
				return appendRun(b, k, run)
			}
		}
	}
	return appendText(b, k, plain)
}

func longestDigits(s string) (most string) {
	for i := 0; i < len(s); i++ {
		from := i
		for i < len(s) && char.Digit(s[i]) {
			i++
		}
		if i-from > len(most) {
			most = s[from:i]
		}
	}
	return most
}

func appendText(b []byte, k SipKey, plain string) []byte {
	if len(plain) < MinText {
		return b
	}
	whole := k.Sum([]byte(plain))
	b = AppendEntry(b, EntryText, len(plain), whole)
	at, turns := anchorOf(plain)
	entry := len(b)
	b = AppendEntry(b, entryAnchor, at, k.Window(pack(plain[at:]))^k.Pad(whole))
	b[entry+1] = byte(turns)
	return AppendEntry(b, EntryShape, 0, uint64(shapeOf(plain, at))^k.shapePad(whole))
}

func trailingDigits(s string) string {
	i := len(s)
	for i > 0 && char.Digit(s[i-1]) {
		i--
	}
	return s[i:]
}

// ValidIBAN tells whether a text in capitals is an IBAN.
func ValidIBAN(s string) bool {
	if len(s) < iban.Shortest || len(s) > iban.Longest || !char.Letter(s[0]) || !char.Letter(s[1]) {
		return false
	}
	form := iban.Of(s[0], s[1]).BBAN
	var canon [iban.Longest]byte
	end, ok := Collect([]byte(s), 2, canon[:0], form)
	return form != "" && ok && end == len(s) && iban.Valid([]byte(s))
}

// Set is a set of known values held as keyed hashes. It is immutable.
type Set struct {
	Values  []knownValue
	table   table
	Lens    uint64          // bit n: a full number of n digits is in the set
	tails   map[uint64]bool // hashes of what numbers end in that are found only whole
	unended bool            // there is such a number without these
	Texts   []knownText

	mu   sync.Mutex
	made map[[32]byte]*Lookup
}

type knownValue struct {
	Entity entity.Kind
	Token  string
}

type knownText struct {
	Whole, start uint64 // the hash of all of it, and of a window
	At, N        int    // where the window is, and the length of all
	turns        int    // in the window
	rolled       bool   // start is a rolling hash
	shape        uint64 // masked
	shaped       bool   // it is known
	Value        uint32
}

// NewSet builds the set from fingerprints made under the same key.
func NewSet(fingerprints [][]byte) (*Set, error) {
	if len(fingerprints) > maxKnown {
		return nil, fmt.Errorf("%w: too many known values", entity.ErrRedact)
	}
	entries := 0
	for _, f := range fingerprints {
		entries += len(f) / EntrySize
	}
	k := &Set{Values: make([]knownValue, 0, len(fingerprints)), table: newTable(entries), made: map[[32]byte]*Lookup{}}
	for _, f := range fingerprints {
		if err := k.insert(f); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *Set) insert(f []byte) error {
	kind, rest, ok1 := cutText(f, 1)
	token, rest, ok2 := cutText(rest, 0)
	if !ok1 || !ok2 || f[0] != FingerprintVersion || len(rest)%EntrySize != 0 {
		return fmt.Errorf("%w: bad fingerprint", entity.ErrRedact)
	}
	id := uint32(len(k.Values))
	k.Values = append(k.Values, knownValue{entity.Kind(kind), token})
	var fulls, ends uint64 // bit n: a number of n digits, or the last n of one
	for ; len(rest) > 0; rest = rest[EntrySize:] {
		n, hash := int(binary.BigEndian.Uint16(rest[2:])), binary.BigEndian.Uint64(rest[4:])
		switch rest[0] {
		case EntryFull:
			fulls |= 1 << min(n, 63)
			k.put(hash, id, EntryFull)
		case EntrySuffix, EntryFive:
			ends |= 1 << min(n, 63)
			k.put(hash, id, rest[0])
		case EntryEnd:
			ends |= 1 << min(n, 63)
			k.putEnd(hash)
		case EntryText:
			k.Texts = append(k.Texts, knownText{Whole: hash, N: n, Value: id})
		case EntryStart, entryAnchor, EntryShape:
			if len(k.Texts) == 0 {
				return fmt.Errorf("%w: bad fingerprint", entity.ErrRedact)
			}
			k.Texts[len(k.Texts)-1].describe(rest[0], int(rest[1]), n, hash)
		}
	}
	k.Lens |= fulls
	k.unended = k.unended || !ended(fulls, ends)
	return nil
}

// describe takes in what an entry tells about a value with letters.
func (t *knownText) describe(kind byte, turns, n int, hash uint64) {
	switch kind {
	case EntryStart:
		t.start, t.rolled = hash, true
	case entryAnchor:
		t.start, t.At, t.turns = hash, n, turns
	case EntryShape:
		t.shape, t.shaped = hash, true
	}
}

// LongestEnd is how many last digits endings tell apart at most.
const LongestEnd = 8

// ended tells whether of numbers of so many digits (a bit for each number of
// digits) all ends are there too.
func ended(fulls, ends uint64) bool {
	for n := column.MinSuffix; n <= LongestEnd; n++ {
		if longer := fulls >> (n + 1); longer != 0 && ends>>n&1 == 0 {
			return false
		}
	}
	return true
}

func (k *Set) putEnd(hash uint64) {
	if k.tails == nil {
		k.tails = map[uint64]bool{}
	}
	k.tails[hash] = true
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
func (k *Set) put(hash uint64, id uint32, kind byte) {
	slot, found := k.table.find(hash)
	if found {
		old := k.table.vals[slot]
		if rank(old.Kind) > rank(kind) || rank(old.Kind) == rank(kind) && k.Values[old.Value].Token <= k.Values[id].Token {
			return
		}
	}
	k.table.keys[slot], k.table.vals[slot] = hash, Entry{id, kind}
}

func rank(kind byte) int {
	if kind == EntryFull {
		return 1
	}
	return 0
}

// table is an open-addressing hash table over hashes that are uniform already.
// A key of 0 marks a free slot.
type table struct {
	keys []uint64
	vals []Entry
	mask uint64
}

// Entry is what is known of a hash: whose it is, and of which part of the value.
type Entry struct {
	Value uint32
	Kind  byte
}

func newTable(n int) table {
	size := 1 << bits.Len(uint(n*2+16))
	return table{make([]uint64, size), make([]Entry, size), uint64(size - 1)}
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

// Lookup is a Known together with the key it was made under: what the scan
// asks.
type Lookup struct {
	*Set
	Key      SipKey
	Ends     endings
	Shortest int      // digits of the shortest number that is found inside of a longer one
	seen     []uint64 // bit set over the hashes in the table, which is far larger
	textGates
}

// Under prepares the set for a key; the work is done once per set and key.
func (k *Set) Under(key [32]byte) *Lookup {
	if k == nil || len(k.Values) == 0 {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	id := tokens.Derive(key, "counterfoil redact lookup")
	if l, ok := k.made[id]; ok {
		return l
	}
	l := &Lookup{Set: k, Key: NewSipKey(key)}
	l.Shortest = max(8, bits.TrailingZeros64(l.Lens)) // as knownFull
	if len(k.Values) <= FewSuffix[len(FewSuffix)-1] {
		l.Shortest = column.MinSuffix // as knownWithin
	}
	l.fillSeen()
	l.fillEnds()
	l.fillTexts()
	k.made[id] = l
	return l
}

// ManyKnown is how many values make the bit set worth the milliseconds that it
// takes to fill.
const ManyKnown = 512

// fillSeen makes the bit set of hashes: eight to sixteen bits for each, so that
// few of those that are not in the table are looked for there.
func (l *Lookup) fillSeen() {
	if len(l.Values) < ManyKnown {
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

// fillEnds makes the endings of many values.
func (l *Lookup) fillEnds() {
	if l.Lens != 0 && len(l.Values) >= ManyKnown && !l.unended {
		l.Ends = newEndings(l.Key, len(l.Values))
		l.Ends.fill(func(d []byte) bool {
			h := l.Key.Sum(d)
			_, ok := l.find(h)
			return ok || len(l.tails) > 0 && l.tails[h]
		})
	}
}

// Number looks digits up, if a known value may end as they do.
func (l *Lookup) Number(d []byte) (Entry, bool) {
	if l.Ends.Made && !l.Ends.May(d) {
		return Entry{}, false
	}
	return l.Digits(d)
}

// Maybe tells whether a known value may end as d does, in six digits or more.
func (l *Lookup) Maybe(d []byte) bool {
	six := d[len(d)-column.MinSuffix:]
	switch {
	case l.Ends.Made:
		return l.Ends.May(six)
	case l.unended:
		return true
	}
	h := l.Key.Sum(six)
	_, ok := l.find(h)
	return ok || l.tails[h]
}

// Digits looks a digit string up.
func (l *Lookup) Digits(d []byte) (Entry, bool) { return l.find(l.Key.Sum(d)) }

func (l *Lookup) find(h uint64) (Entry, bool) {
	if l.seen != nil {
		if bit := h >> 32 & (uint64(len(l.seen))*64 - 1); l.seen[bit>>6]>>(bit&63)&1 == 0 {
			return Entry{}, false
		}
	}
	slot, ok := l.table.find(h)
	return l.table.vals[slot], ok
}

// FewKnown is how many known values are so few that one of six digits in the form of
// an amount is hardly ever met by chance.
const FewKnown = 256

// FewSuffix is the same for the last digits of one: six, seven, eight and more.
var FewSuffix = [...]int{32, 256, 2048}

// ManyPadded is how many times as many they may be if what is glued on says nothing.
const ManyPadded = 8

package redact

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
	"sync"

	"github.com/counterfoil/counterfoil/redact/internal/iban"
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
	entryFull   = 'f' // all digits of the value
	entrySuffix = 's' // its last 6 or more digits
	entryFive   = '5' // its last 5 digits, which count beside a cue
	entryEnd    = 'e' // its last 6 to 8 digits, which do not count: they tell where it may end
	entryText   = 'x' // letters and digits, upper case
	entryAnchor = 'a' // hash of textWindow characters, masked with the hash of the whole; length is where they are
	entryKinds  = 'k' // which of its first characters, so many, are digits: a bit each, masked likewise
	entryStart  = 'w' // written no more: a rolling hash of the first ones
)

const (
	fingerprintVersion = 1
	entrySize          = 14
	minSuffix          = 6  // the shortest suffix that counts without a cue
	minText            = 8  // the shortest value with letters that can be told from words
	textWindow         = 8  // characters of a value with letters that are looked for
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
	return newSipKey(key).fingerprint(e, value, token)
}

// Fingerprint is the function of that name under the redactor's key, for many
// values: what is derived from the key is derived once.
func (r *Redactor) Fingerprint(e Entity, value string) ([]byte, error) {
	return r.prints.fingerprint(e, value, r.tokens.token(e, canonical(e, value)))
}

func (k sipKey) fingerprint(e Entity, value, token string) ([]byte, error) {
	if e == "" || len(e) > 64 || len(value) > maxKnownText || len(token) > maxTokenText {
		return nil, fmt.Errorf("%w: bad known value", ErrRedact)
	}
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
	b = appendEntry(b, entryFull, len(d), k.Sum([]byte(d)))
	for n := least; n < len(d); n++ {
		b = appendEntry(b, entrySuffix, n, k.Sum([]byte(d[len(d)-n:])))
	}
	return appendEntry(b, entryFive, 5, k.Sum([]byte(d[len(d)-5:])))
}

// appendRun adds digits that are found only whole.
func appendRun(b []byte, k sipKey, d string) []byte {
	b = appendEntry(b, entryFull, len(d), k.Sum([]byte(d)))
	for n := minSuffix; n <= longestEnd && n < len(d); n++ {
		b = appendEntry(b, entryEnd, n, k.Sum([]byte(d[len(d)-n:])))
	}
	return b
}

// appendIBAN adds the national account number inside an IBAN; the IBAN as a
// whole is found by its own check digits. Of an account number of few digits and
// one turn only the bank's number in front makes a value worth its price: see
// anchorOf.
func appendIBAN(b []byte, k sipKey, number, digits string) []byte {
	bban := number[4:]
	if tail := digits[max(0, len(digits)-len(bban)):]; len(tail) >= 8 {
		b = appendDigits(b, k, tail, minSuffix)
	} else {
		b = appendCode(b, k, bban)
	}
	at := iban.Of(number[0], number[1]).Account
	if at[1] == 0 {
		return b
	}
	inner := bban[at[0]:at[1]]
	if len(trailingDigits(inner)) == len(inner) {
		return appendDigits(b, k, strings.TrimLeft(inner, "0"), minSuffix)
	}
	if len(inner) >= minText {
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
func appendCode(b []byte, k sipKey, plain string) []byte {
	if len(plain) >= minText {
		if _, turns := anchorOf(plain); turns < 2 {
			if run := longestDigits(plain); len(run) >= enoughDigits && len(run) <= maxKnownDigits {
				return appendRun(b, k, run)
			}
		}
	}
	return appendText(b, k, plain)
}

func longestDigits(s string) (most string) {
	for i := 0; i < len(s); i++ {
		from := i
		for i < len(s) && digit(s[i]) {
			i++
		}
		if i-from > len(most) {
			most = s[from:i]
		}
	}
	return most
}

func appendText(b []byte, k sipKey, plain string) []byte {
	if len(plain) < minText {
		return b
	}
	whole := k.Sum([]byte(plain))
	b = appendEntry(b, entryText, len(plain), whole)
	at, turns := anchorOf(plain)
	entry := len(b)
	b = appendEntry(b, entryAnchor, at, k.window(pack(plain[at:]))^k.pad(whole))
	b[entry+1] = byte(turns)
	kinds, n := kindsOf(plain)
	return appendEntry(b, entryKinds, n, kinds^k.kindsPad(whole))
}

func trailingDigits(s string) string {
	i := len(s)
	for i > 0 && digit(s[i-1]) {
		i--
	}
	return s[i:]
}

func validIBAN(s string) bool {
	if len(s) < iban.Shortest || len(s) > iban.Longest || !letter(s[0]) || !letter(s[1]) {
		return false
	}
	form := iban.Of(s[0], s[1]).BBAN
	var canon [iban.Longest]byte
	end, ok := collect([]byte(s), 2, canon[:0], form)
	return form != "" && ok && end == len(s) && iban.Valid([]byte(s))
}

// Known is a set of known values held as keyed hashes. It is immutable.
type Known struct {
	values  []knownValue
	table   table
	lens    uint64          // bit n: a full number of n digits is in the set
	tails   map[uint64]bool // hashes of what numbers end in that are found only whole
	unended bool            // there is such a number without these
	texts   []knownText

	mu   sync.Mutex
	made map[[32]byte]*lookup
}

type knownValue struct {
	entity Entity
	token  string
}

type knownText struct {
	whole, start uint64 // the hash of all of it, and of a window
	at, n        int    // where the window is, and the length of all
	turns        int    // in the window
	rolled       bool   // start is a rolling hash
	kinds        uint64 // masked, of the first characters
	kinded       int    // how many these are, 0 if they are not known
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
	var fulls, ends uint64 // bit n: a number of n digits, or the last n of one
	for ; len(rest) > 0; rest = rest[entrySize:] {
		n, hash := int(binary.BigEndian.Uint16(rest[2:])), binary.BigEndian.Uint64(rest[4:])
		switch rest[0] {
		case entryFull:
			fulls |= 1 << min(n, 63)
			k.put(hash, id, entryFull)
		case entrySuffix, entryFive:
			ends |= 1 << min(n, 63)
			k.put(hash, id, rest[0])
		case entryEnd:
			ends |= 1 << min(n, 63)
			k.putEnd(hash)
		case entryText:
			k.texts = append(k.texts, knownText{whole: hash, n: n, value: id})
		case entryStart, entryAnchor, entryKinds:
			if len(k.texts) == 0 {
				return fmt.Errorf("%w: bad fingerprint", ErrRedact)
			}
			k.texts[len(k.texts)-1].describe(rest[0], int(rest[1]), n, hash)
		}
	}
	k.lens |= fulls
	k.unended = k.unended || !ended(fulls, ends)
	return nil
}

// describe takes in what an entry tells about a value with letters.
func (t *knownText) describe(kind byte, turns, n int, hash uint64) {
	switch kind {
	case entryStart:
		t.start, t.rolled = hash, true
	case entryAnchor:
		t.start, t.at, t.turns = hash, n, turns
	case entryKinds:
		t.kinds, t.kinded = hash, n
	}
}

// longestEnd is how many last digits endings tell apart at most.
const longestEnd = 8

// ended tells whether of numbers of so many digits (a bit for each number of
// digits) all ends are there too.
func ended(fulls, ends uint64) bool {
	for n := minSuffix; n <= longestEnd; n++ {
		if longer := fulls >> (n + 1); longer != 0 && ends>>n&1 == 0 {
			return false
		}
	}
	return true
}

func (k *Known) putEnd(hash uint64) {
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
	ends     endings
	shortest int      // digits of the shortest number that is found inside of a longer one
	seen     []uint64 // bit set over the hashes in the table, which is far larger
	textGates
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
	l := &lookup{Known: k, key: newSipKey(key)}
	l.shortest = max(8, bits.TrailingZeros64(l.lens)) // as knownFull
	if len(k.values) <= fewSuffix[len(fewSuffix)-1] {
		l.shortest = minSuffix // as knownWithin
	}
	l.fillSeen()
	l.fillEnds()
	l.fillTexts()
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

// fillEnds makes the endings of many values.
func (l *lookup) fillEnds() {
	if l.lens != 0 && len(l.values) >= manyKnown && !l.unended {
		l.ends = newEndings(l.key, len(l.values))
		l.ends.fill(func(d []byte) bool {
			h := l.key.Sum(d)
			_, ok := l.find(h)
			return ok || len(l.tails) > 0 && l.tails[h]
		})
	}
}

// number looks digits up, if a known value may end as they do.
func (l *lookup) number(d []byte) (entry, bool) {
	if l.ends.made && !l.ends.may(d) {
		return entry{}, false
	}
	return l.digits(d)
}

// maybe tells whether a known value may end as d does, in six digits or more.
func (l *lookup) maybe(d []byte) bool {
	six := d[len(d)-minSuffix:]
	switch {
	case l.ends.made:
		return l.ends.may(six)
	case l.unended:
		return true
	}
	h := l.key.Sum(six)
	_, ok := l.find(h)
	return ok || l.tails[h]
}

// digits looks a digit string up.
func (l *lookup) digits(d []byte) (entry, bool) { return l.find(l.key.Sum(d)) }

func (l *lookup) find(h uint64) (entry, bool) {
	if l.seen != nil {
		if bit := h >> 32 & (uint64(len(l.seen))*64 - 1); l.seen[bit>>6]>>(bit&63)&1 == 0 {
			return entry{}, false
		}
	}
	slot, ok := l.table.find(h)
	return l.table.vals[slot], ok
}

package ingest

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"math/bits"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// How a booking is recognised when it comes again.
//
// Every row gets two keyed hashes. The store skips a row whose source key its
// account holds, and it compares by content key with rows of other kinds of
// source, counting: the n-th row with a content key is skipped if n such rows
// were there before.
//
//	source key   with an id of the source: kind, account, id, date, amount, ordinal
//	             without:                  kind, account, date, amount, all text, ordinal
//	content key  account, date, amount: what every format agrees on
//
// The id alone is not enough: some banks count FITIDs from 1 in every download,
// some give the same one to all. Date and amount beside it keep such rows
// apart. The ordinal tells apart rows of one file that agree in the rest: with
// an id it counts different texts (the same row listed twice is one booking),
// without an id it counts rows (two equal purchases on one day are two). An id
// that is only a placeholder counts as none.
//
// Ordinals need memory only for rows that repeat. The survey finds those with a
// Bloom filter of fixed size; the filter's false alarms cost a map entry each
// and change nothing.

// maxRepeats bounds the repeated rows of one file.
const maxRepeats = 1_000_000

const reasonRepeats = "the file repeats more rows than the limit"

// The filter's size in bits: four per byte of a 16-byte row is generous for
// small files, and 32 MiB keep false alarms under 1 % at 20 million rows.
const (
	minFilterBits = 1 << 16
	maxFilterBits = 1 << 28
	filterProbes  = 4
)

// repeats knows which rows of a file agree with an earlier one.
type repeats struct {
	seed   maphash.Seed
	filter []uint64
	mask   uint64
	again  map[uint64]struct{} // hashes of rows that (probably) repeat
	buf    []byte
}

func newRepeats(size int64) *repeats {
	n := uint64(minFilterBits)
	if size > minFilterBits {
		n = min(uint64(1)<<bits.Len64(uint64(size-1)), maxFilterBits)
	}
	return &repeats{seed: maphash.MakeSeed(), filter: make([]uint64, n/64), mask: n - 1, again: map[uint64]struct{}{}}
}

// note takes a row into account; the survey calls it once per row.
func (r *repeats) note(t *statement.Transaction) error {
	r.buf = appendBase(r.buf[:0], t)
	h := maphash.Bytes(r.seed, r.buf)
	probe, step := h, bits.RotateLeft64(h, 32)|1
	seen := true
	for range filterProbes {
		at := probe & r.mask
		if r.filter[at/64]&(1<<(at%64)) == 0 {
			r.filter[at/64] |= 1 << (at % 64)
			seen = false
		}
		probe += step
	}
	if seen {
		if len(r.again) == maxRepeats {
			return statement.At(t.Line, t.Column, reasonRepeats)
		}
		r.again[h] = struct{}{}
	}
	return nil
}

// repeated reports whether a row with this base may occur more than once.
func (r *repeats) repeated(base []byte) bool {
	_, ok := r.again[maphash.Bytes(r.seed, base)]
	return ok
}

// done frees the filter, which only the survey needs.
func (r *repeats) done() { r.filter = nil }

// placeholders are ids that say there is none (ISO 20022 and SWIFT usage).
var placeholders = map[string]bool{
	"NONREF": true, "NOTPROVIDED": true, "NOT PROVIDED": true, "NONE": true, "N/A": true, "NA": true,
	"NULL": true, "NIL": true, "UNKNOWN": true, "-": true, "STARTUMS": true,
}

// usableID returns the source's id, or "" if it is a placeholder.
func usableID(id string) string {
	zeros := id != ""
	for _, c := range id {
		zeros = zeros && c == '0'
	}
	if zeros || placeholders[upper(id)] {
		return ""
	}
	return id
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - ('a' - 'A')
		}
	}
	return string(b)
}

// appendBase appends what a source key is made of, except kind and ordinal.
func appendBase(b []byte, t *statement.Transaction) []byte {
	b = appendLoose(b, t)
	if id := usableID(t.ID); id != "" {
		return appendField(append(b, 'i'), id)
	}
	return appendText(append(b, 't'), t)
}

// appendLoose appends account, date and amount.
func appendLoose(b []byte, t *statement.Transaction) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(t.Account))
	b = binary.BigEndian.AppendUint32(b, uint32(t.Booked))
	b = binary.BigEndian.AppendUint64(b, uint64(t.Amount.Minor))
	return appendField(b, t.Amount.Currency)
}

// appendText appends every text of the row, as the source wrote it.
func appendText(b []byte, t *statement.Transaction) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(t.Authorised))
	for _, s := range [...]string{t.Description, t.Merchant, t.Counterparty, t.Memo, t.MCC} {
		b = appendField(b, s)
	}
	return b
}

func appendField(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// errStopped ends a parse whose reader has had enough.
var errStopped = errors.New("stopped")

// keyer makes the keys of rows, in file order.
type keyer struct {
	mac      func([]byte) [32]byte
	repeats  *repeats
	accounts []*account
	kind     string
	base     []byte
	message  []byte
	counts   map[[32]byte]uint32   // rows without id: how often so far
	texts    map[[32]byte][]uint64 // rows with id: the different texts so far
	seed     maphash.Seed
}

// keyLength is how much of a MAC a key keeps, in bytes: collisions stay out of
// reach and the store's indexes half as long.
const keyLength = 16

// keys returns the row's source key and content key.
func (k *keyer) keys(t *statement.Transaction) (source, content []byte) {
	k.base = appendBase(k.base[:0], t)
	accountKey := k.accounts[t.Account].key
	k.message = append(append(append(k.message[:0], "row\x00"...), accountKey...), k.kind...)
	k.message = append(append(k.message, 0), k.base[4:]...) // without the file's own account number
	if k.repeats.repeated(k.base) {
		if n := k.ordinal(t); n > 0 {
			k.message = binary.BigEndian.AppendUint32(k.message, n)
		}
	}
	s := k.mac(k.message)
	k.base = appendLoose(k.base[:0], t)
	k.message = append(append(append(k.message[:0], "content\x00"...), accountKey...), k.base[4:]...)
	c := k.mac(k.message)
	return append([]byte(nil), s[:keyLength]...), append([]byte(nil), c[:keyLength]...)
}

// ordinal tells apart rows of one file with the same base; message is complete
// but for it.
func (k *keyer) ordinal(t *statement.Transaction) uint32 {
	key := k.mac(k.message)
	if usableID(t.ID) == "" {
		n := k.counts[key]
		k.counts[key] = n + 1
		return n
	}
	k.base = appendText(k.base[:0], t)
	h := maphash.Bytes(k.seed, k.base)
	list := k.texts[key]
	for i, old := range list {
		if old == h {
			return uint32(i)
		}
	}
	k.texts[key] = append(list, h)
	return uint32(len(list))
}

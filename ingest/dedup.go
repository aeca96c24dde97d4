package ingest

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"math/bits"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// How a booking is recognised when it comes again. The rules are store.Row's;
// here is what the keys are made of, all of them keyed hashes:
//
//	source key   kind, account, the source's own id, date, amount, ordinal;
//	             none if the source gives no id
//	content key  account, date, amount: what every format agrees on
//	text key     everything else the row says, compared within one kind only
//
// The id alone is not enough: some banks count FITIDs from 1 in every download,
// some give the same one to all. Date and amount beside it keep such rows
// apart. The ordinal tells apart rows of one file that agree in all of this and
// differ in their text; the same row listed twice is one booking. An id that is
// only a placeholder counts as none, and rows without id are counted by the
// store: two equal purchases on one day are two.
//
// CAMT's AcctSvcrRef is unique by its specification, and a pending entry is
// often booked on another day: there the date is left out.
//
// Ordinals need memory only for ids that repeat. The survey finds those with a
// Bloom filter of fixed size; the filter's false alarms cost a map entry each
// and change nothing.

// maxRepeats bounds the repeated ids of one file.
const maxRepeats = 1_000_000

const reasonRepeats = "the file repeats more transaction ids than the limit"

// The filter's size in bits: four per byte of a 16-byte row is generous for
// small files, and 32 MiB keep false alarms under 1 % at 20 million rows.
const (
	minFilterBits = 1 << 16
	maxFilterBits = 1 << 28
	filterProbes  = 4
)

// repeats knows which ids of a file occur again.
type repeats struct {
	dated  bool // whether an id belongs to one day
	seed   maphash.Seed
	filter []uint64 // made for the first id
	mask   uint64
	again  map[uint64]struct{} // hashes of ids that (probably) repeat
	buf    []byte
}

func newRepeats(size int64, dated bool) *repeats {
	n := uint64(minFilterBits)
	if size > minFilterBits {
		n = min(uint64(1)<<bits.Len64(uint64(size-1)), maxFilterBits)
	}
	return &repeats{dated: dated, seed: maphash.MakeSeed(), mask: n - 1, again: map[uint64]struct{}{}}
}

// note takes a row into account; the survey calls it once per row.
func (r *repeats) note(t *statement.Transaction) error {
	id := usableID(t.ID)
	if id == "" {
		return nil
	}
	if r.filter == nil {
		r.filter = make([]uint64, (r.mask+1)/64)
	}
	r.buf = r.base(r.buf[:0], t, id)
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
	if zeros || placeholders[strings.ToUpper(id)] {
		return ""
	}
	return id
}

// base appends what a source key is made of, except kind and ordinal.
func (r *repeats) base(b []byte, t *statement.Transaction, id string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(t.Account))
	if r.dated {
		b = binary.BigEndian.AppendUint32(b, uint32(t.Booked))
	}
	b = binary.BigEndian.AppendUint64(b, uint64(t.Amount.Minor))
	return appendField(appendField(b, t.Amount.Currency), id)
}

// appendLoose appends account, date and amount.
func appendLoose(b []byte, t *statement.Transaction) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(t.Account))
	b = binary.BigEndian.AppendUint32(b, uint32(t.Booked))
	b = binary.BigEndian.AppendUint64(b, uint64(t.Amount.Minor))
	return appendField(b, t.Amount.Currency)
}

// appendText appends every text of the row, without case.
func appendText(b []byte, t *statement.Transaction) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(t.Authorised))
	for _, s := range [...]string{t.Description, t.Merchant, t.Counterparty, t.Memo, t.MCC} {
		b = appendField(b, strings.ToLower(s))
	}
	return b
}

func appendField(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// keyer makes the keys of rows, in file order.
type keyer struct {
	mac      func([]byte) [32]byte
	repeats  *repeats
	accounts []*account
	kind     string
	base     []byte
	message  []byte
	texts    map[[32]byte][]uint64 // per repeated id the different texts so far
	seed     maphash.Seed
}

// keyLength is how much of a MAC a key keeps, in bytes: collisions stay out of
// reach and the store's indexes half as long.
const keyLength = 16

// indexLength is the length of the account's number in the file, with which
// bases begin; in keys the account's own key stands in its place.
const indexLength = 4

// keys fills in a row's keys.
func (k *keyer) keys(t *statement.Transaction, row *store.Row) {
	account := k.accounts[t.Account].key
	if id := usableID(t.ID); id != "" {
		k.base = k.repeats.base(k.base[:0], t, id)
		k.begin("row", account)
		k.message = append(append(append(k.message, k.kind...), 0), k.base[indexLength:]...)
		if k.repeats.repeated(k.base) {
			if n := k.ordinal(t); n > 0 {
				k.message = binary.BigEndian.AppendUint32(k.message, n)
			}
		}
		row.SourceKey = k.sum()
	}
	k.begin("content", account)
	k.base = appendLoose(k.base[:0], t)
	k.message = append(k.message, k.base[indexLength:]...)
	row.ContentKey = k.sum()
	k.begin("text", account)
	k.message = appendText(k.message, t)
	row.TextKey = k.sum()
}

func (k *keyer) begin(domain string, account []byte) {
	k.message = append(append(append(k.message[:0], domain...), 0), account...)
}

func (k *keyer) sum() []byte {
	s := k.mac(k.message)
	return append([]byte(nil), s[:keyLength]...)
}

// ordinal tells apart rows of one file with the same id: equal texts have the
// same, starting from 0. message is complete but for it.
func (k *keyer) ordinal(t *statement.Transaction) uint32 {
	key := k.mac(k.message)
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

// errStopped ends a parse whose reader has had enough.
var errStopped = errors.New("stopped")

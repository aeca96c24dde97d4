package sqlite

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"sort"

	"github.com/counterfoil/counterfoil/store"
)

// Row versions lie in leaves of a few hundred, in order of row id. A leaf holds
// each column by itself, as the least of its values and the distances from it in
// as many bytes as the greatest needs: a column whose values are all the same
// takes none. So a value is found without decoding those before it, and a scan
// costs some ten nanoseconds a row.
//
// Form: number of rows (2 bytes), for each column the least value (8 bytes) and
// the width (1 byte), then the columns, then 8 bytes of nothing, so that every
// value can be read as a word. Integers are little-endian.

// column is a column of the table of versions.
type column int

const (
	colRid column = iota // distances from the leaf's key
	colAccount
	colCurrency
	colMinor
	colCategory
	colMerchant
	colFlags
	colFrom
	colTo
	columns
)

// version is one row version. to is 0 while it is not ended.
type version struct {
	rid, account, currency, minor, category, merchant, flags, from, to int64
}

func (v *version) base() int64 { return v.rid >> slotBits }

// size is the absolute amount in minor units.
func (v *version) size() int64 { return max(v.minor, -v.minor) }

func (v *version) pending() bool { return v.flags&flagPending != 0 }

func (v *version) values() [columns]int64 {
	return [columns]int64{v.rid, v.account, v.currency, v.minor, v.category, v.merchant, v.flags, v.from, v.to}
}

// Bounds of a leaf: with its key it fills a page of 4096 bytes and no more.
const (
	maxLeafRows  = 384
	maxLeafBytes = 4000

	leafHead = 2 + 9*int(columns)
	leafTail = 8
)

var errLeaf = fmt.Errorf("%w: the file is corrupt: a leaf of rows is malformed", store.ErrUnavailable)

// leaf reads an encoded leaf.
type leaf struct {
	n    int
	data []byte
	cols [columns]struct {
		least int64
		mask  uint64
		width int
		at    int
	}
}

// open makes l read data, whose key is first.
func (l *leaf) open(first int64, data []byte) error {
	if len(data) < leafHead+leafTail {
		return errLeaf
	}
	l.n, l.data = int(binary.LittleEndian.Uint16(data)), data
	at := leafHead
	for c := range l.cols {
		head := data[2+9*c:]
		col := &l.cols[c]
		col.least, col.width, col.at = int64(binary.LittleEndian.Uint64(head)), int(head[8]), at
		if col.width > 8 {
			return errLeaf
		}
		col.mask = 1<<(8*col.width) - 1
		if col.width == 8 {
			col.mask = ^uint64(0)
		}
		at += col.width * l.n
	}
	if l.n == 0 || at+leafTail != len(data) || l.cols[colRid].least != first {
		return errLeaf
	}
	return nil
}

// get returns a column of a row.
func (l *leaf) get(c column, i int) int64 {
	col := &l.cols[c]
	if col.width == 0 {
		return col.least
	}
	return col.least + int64(binary.LittleEndian.Uint64(l.data[col.at+i*col.width:])&col.mask)
}

func (l *leaf) version(i int) version {
	return version{l.get(colRid, i), l.get(colAccount, i), l.get(colCurrency, i), l.get(colMinor, i), l.get(colCategory, i),
		l.get(colMerchant, i), l.get(colFlags, i), l.get(colFrom, i), l.get(colTo, i)}
}

func (l *leaf) rid(i int) int64 { return l.get(colRid, i) }
func (l *leaf) first() int64    { return l.cols[colRid].least }
func (l *leaf) last() int64     { return l.rid(l.n - 1) }

// from returns the first row whose row id is at least rid.
func (l *leaf) from(rid int64) int {
	return sort.Search(l.n, func(i int) bool { return l.rid(i) >= rid })
}

// encodeLeaf appends the leaf of versions, which are in order of row id.
func encodeLeaf(dst []byte, versions []version) []byte {
	least, width := measure(versions)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(versions)))
	for c := range columns {
		dst = append(binary.LittleEndian.AppendUint64(dst, uint64(least[c])), byte(width[c]))
	}
	for c := range columns {
		if width[c] == 0 {
			continue
		}
		for i := range versions {
			values := versions[i].values()
			distance := uint64(values[c] - least[c])
			for range width[c] {
				dst = append(dst, byte(distance))
				distance >>= 8
			}
		}
	}
	return append(dst, make([]byte, leafTail)...)
}

// measure returns the least value of each column and the bytes that the
// distances from it need.
func measure(versions []version) (least [columns]int64, width [columns]int) {
	least = versions[0].values()
	most := least
	for i := range versions {
		for c, value := range versions[i].values() {
			least[c], most[c] = min(least[c], value), max(most[c], value)
		}
	}
	for c := range columns {
		width[c] = (bits.Len64(uint64(most[c]-least[c])) + 7) / 8
	}
	return least, width
}

// leafSize is the length of the encoded leaf.
func leafSize(versions []version) int {
	_, width := measure(versions)
	size := leafHead + leafTail
	for _, w := range width {
		size += w * len(versions)
	}
	return size
}

// fill returns how many of the versions go into one leaf.
func fill(versions []version) int {
	n := min(len(versions), maxLeafRows)
	for size := leafSize(versions[:n]); size > maxLeafBytes; size = leafSize(versions[:n]) {
		n = min(n-1, n*maxLeafBytes/size)
	}
	return n
}

package sqlite

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/counterfoil/counterfoil/store"
)

// Everything that is found by a key lies in sorted runs (run.go), and a run in
// sheets of a page each. A sheet is a row of its first key and a body: one
// entry after the other, each as the number of bytes that its key shares with
// the one before (the first with the sheet's), the length and bytes of the rest,
// and the length and bytes of its value; numbers are uvarints.
//
// A key is a kind byte, a term, and the base of a transaction in six bytes,
// big-endian:
//
//	'0' source    hash of 16 bytes                 no value
//	'1' content   hash of 16 bytes                 text (8 bytes), kind and whether it has a source key
//	'2' amount    size (8 bytes), order (6 bytes)  no value, and no base, which order gives
//	lists         term and a zero byte             differences of the following bases (posting.go)

// Kinds of key that are no lists; those of lists are greater.
const (
	kindSource  = '0'
	kindContent = '1'
	kindAmount  = '2'
)

// baseBytes are the bytes of a base in a key.
const baseBytes = 6

// maxSheet bounds a body: with the greatest key it fills a page of 4096 bytes
// and no more.
const maxSheet = 3960

var errSheet = fmt.Errorf("%w: the file is corrupt: a sheet of keys is malformed", store.ErrUnavailable)

// appendBase appends the last part of a key.
func appendBase(key []byte, base int64) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(base))
	return append(key, b[2:]...)
}

// baseIn returns the base that ends a key.
func baseIn(key []byte) int64 {
	tail := key[len(key)-baseBytes:]
	return int64(binary.BigEndian.Uint16(tail))<<32 | int64(binary.BigEndian.Uint32(tail[2:]))
}

// listKey is the key of the part of a term's list that begins at a base.
func listKey(dst, term []byte, base int64) []byte {
	return appendBase(append(append(dst, term...), 0), base)
}

// sheet reads the entries of an encoded sheet in order.
type sheet struct {
	key, value []byte
	rest       []byte
}

// open starts before the first entry.
func (s *sheet) open(first, body []byte) {
	s.key, s.rest = append(s.key[:0], first...), body
}

// next goes to the next entry; ok is false at the end.
func (s *sheet) next() (ok bool, err error) {
	if len(s.rest) == 0 {
		return false, nil
	}
	shared, n := binary.Uvarint(s.rest)
	if n <= 0 || shared > uint64(len(s.key)) {
		return false, errSheet
	}
	s.rest = s.rest[n:]
	tail, err := s.take()
	if err != nil {
		return false, err
	}
	s.key = append(s.key[:shared], tail...)
	if s.value, err = s.take(); err != nil {
		return false, err
	}
	if len(s.key) <= baseBytes+1 {
		return false, errSheet
	}
	return true, nil
}

func (s *sheet) take() ([]byte, error) {
	length, n := binary.Uvarint(s.rest)
	if n <= 0 || length > uint64(len(s.rest)-n) {
		return nil, errSheet
	}
	part := s.rest[n : n+int(length)]
	s.rest = s.rest[n+int(length):]
	return part, nil
}

// isList reports whether the entry is a part of a list.
func (s *sheet) isList() bool { return s.key[0] > kindAmount }

// term returns the term of a part of a list.
func (s *sheet) term() []byte { return s.key[:len(s.key)-baseBytes-1] }

// has reports whether the entry is a part of a term's list.
func (s *sheet) has(term []byte) bool {
	return len(s.key) == len(term)+1+baseBytes && bytes.Equal(s.term(), term)
}

// list appends the bases of a part of a list.
func (s *sheet) list(dst []int64) ([]int64, error) {
	return appendChunk(dst, baseIn(s.key), s.value)
}

// entrySize bounds what an entry takes besides its value.
func entrySize(key []byte) int { return len(key) + 5 }

// appendEntry appends an entry that follows the one with another key.
func appendEntry(body, before, key, value []byte) []byte {
	shared := 0
	for shared < len(before) && shared < len(key) && before[shared] == key[shared] {
		shared++
	}
	body = binary.AppendUvarint(body, uint64(shared))
	body = append(binary.AppendUvarint(body, uint64(len(key)-shared)), key[shared:]...)
	return append(binary.AppendUvarint(body, uint64(len(value))), value...)
}

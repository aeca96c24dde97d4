package sqlite

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
)

// hash is 128 bits of a SHA-256: enough that two keys never have the same.
type hash struct{ h1, h2 uint64 }

func hashOf(tag byte, account, kind int64, key []byte) hash {
	var buffer [17 + maxKey]byte
	b := append(buffer[:0], tag)
	b = binary.BigEndian.AppendUint64(b, uint64(account))
	b = binary.BigEndian.AppendUint64(b, uint64(kind))
	sum := sha256.Sum256(append(b, key...))
	return hash{binary.BigEndian.Uint64(sum[:]), binary.BigEndian.Uint64(sum[8:])}
}

func (h hash) compare(o hash) int { return cmp.Or(cmp.Compare(h.h1, o.h1), cmp.Compare(h.h2, o.h2)) }

// key appends a key that leads to the entries of a hash.
func (h hash) key(dst []byte, kind byte) []byte {
	dst = binary.BigEndian.AppendUint64(append(dst, kind), h.h1)
	return binary.BigEndian.AppendUint64(dst, h.h2)
}

// contentBytes is the length of a content key's value.
const contentBytes = 9

func (k *contentKey) value(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(k.text))
	last := byte(k.kind) << 1
	if k.keyed {
		last |= 1
	}
	return append(dst, last)
}

// held reads a content key's entry.
func (s *sheet) held() (k heldRow, err error) {
	if len(s.value) != contentBytes {
		return k, errSheet
	}
	last := int64(s.value[8])
	k = heldRow{base: baseIn(s.key), text: int64(binary.BigEndian.Uint64(s.value)), kind: last >> 1}
	k.keyed = last & 1 << k.kind
	return k, nil
}

// amountKey appends the key of where a transaction stands in order of amount.
func amountKey(dst []byte, at place) []byte {
	dst = binary.BigEndian.AppendUint64(append(dst, kindAmount), uint64(at.size))
	return appendBase(dst, at.order)
}

const amountBytes = 1 + 8 + baseBytes

// amount reads an amount's entry.
func (s *sheet) amount() (at place, err error) {
	if len(s.key) != amountBytes {
		return at, errSheet
	}
	return place{int64(binary.BigEndian.Uint64(s.key[1:])), baseIn(s.key)}, nil
}

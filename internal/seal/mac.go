package seal

import (
	"crypto/sha256"
	"hash"
)

// mac is HMAC-SHA256 (RFC 2104) for keys of at most a block. Unlike crypto/hmac
// and crypto/hkdf it leaves no copy of a key in memory that the collector frees
// without overwriting: the key is read where it lies, and what was made of it is
// cleared by sum.
type mac struct {
	h     hash.Hash
	pad   [sha256.BlockSize]byte
	inner [sha256.Size]byte
}

// Bytes that the key is combined with, for the inner and the outer hash.
const (
	innerPad = 0x36
	outerPad = 0x5c
)

func newMAC(key []byte) *mac {
	m := &mac{h: sha256.New()}
	copy(m.pad[:], key)
	for i := range m.pad {
		m.pad[i] ^= innerPad
	}
	m.h.Write(m.pad[:]) // a whole block, which a hash takes without keeping it
	return m
}

func (m *mac) Write(p []byte) (int, error) { return m.h.Write(p) }

// sum writes the result over out, 32 bytes, and clears what was made of the key
// and of a message that may be one.
func (m *mac) sum(out []byte) {
	m.h.Sum(m.inner[:0])
	for i := range m.pad {
		m.pad[i] ^= innerPad ^ outerPad
	}
	m.h.Reset()
	m.h.Write(m.pad[:])
	m.h.Write(m.inner[:])
	m.h.Sum(out[:0])
	clear(m.pad[:])
	clear(m.inner[:])
	// The last part of a message stays in the buffer of the hash, and a copy of
	// that and of the result on the stack where Sum was: both are written over.
	m.h.Reset()
	m.h.Write(m.pad[:sha256.BlockSize-1])
	m.h.Sum(m.inner[:0])
	clear(m.inner[:])
}

// expand is HKDF-SHA256 (RFC 5869) without salt, for 32 bytes, which it writes
// over out; labels are framed by their lengths.
func expand(out, secret []byte, labels ...string) {
	info := []byte("counterfoil v1\x00")
	for _, l := range labels {
		info = appendSized(info, l)
	}
	info = append(info, 1) // the first and only block
	extract := newMAC(nil)
	extract.Write(secret)
	extract.sum(out)
	m := newMAC(out)
	m.Write(info)
	m.sum(out)
}

// Package siphash computes SipHash-2-4, a keyed hash of 64 bits: a pseudo-random
// function fast enough to try every candidate in a text.
//
// Source: Aumasson and Bernstein, SipHash: a fast short-input PRF (2012), whose
// test vectors its test has.
package siphash

import (
	"encoding/binary"
	"math/bits"
)

// Key is a key of 128 bits, as two numbers of which the first bytes are the lowest.
type Key struct{ K0, K1 uint64 }

// New returns the key that 16 bytes say.
func New(key [16]byte) Key {
	return Key{binary.LittleEndian.Uint64(key[:8]), binary.LittleEndian.Uint64(key[8:])}
}

type state struct{ v0, v1, v2, v3 uint64 }

func (s *state) round() {
	s.v0 += s.v1
	s.v1 = bits.RotateLeft64(s.v1, 13) ^ s.v0
	s.v0 = bits.RotateLeft64(s.v0, 32)
	s.v2 += s.v3
	s.v3 = bits.RotateLeft64(s.v3, 16) ^ s.v2
	s.v0 += s.v3
	s.v3 = bits.RotateLeft64(s.v3, 21) ^ s.v0
	s.v2 += s.v1
	s.v1 = bits.RotateLeft64(s.v1, 17) ^ s.v2
	s.v2 = bits.RotateLeft64(s.v2, 32)
}

func (s *state) mix(m uint64) {
	s.v3 ^= m
	s.round()
	s.round()
	s.v0 ^= m
}

// Sum returns the hash of b.
func (k Key) Sum(b []byte) uint64 {
	s := state{k.K0 ^ 0x736f6d6570736575, k.K1 ^ 0x646f72616e646f6d, k.K0 ^ 0x6c7967656e657261, k.K1 ^ 0x7465646279746573}
	n := uint64(len(b))
	for ; len(b) >= 8; b = b[8:] {
		s.mix(binary.LittleEndian.Uint64(b))
	}
	last := n << 56
	for i, c := range b {
		last |= uint64(c) << (8 * i)
	}
	s.mix(last)
	s.v2 ^= 0xff
	for range 4 {
		s.round()
	}
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3
}

package redact

import (
	"encoding/binary"
	"math/bits"
)

// sipKey keys SipHash-2-4 (Aumasson and Bernstein, 2012), the keyed hash under
// which known values are held: a pseudo-random function fast enough to try
// every candidate in a text.
type sipKey struct{ k0, k1 uint64 }

func newSipKey(key [32]byte) sipKey {
	d := derive(key, "counterfoil redact known v1")
	return sipKey{binary.LittleEndian.Uint64(d[:8]), binary.LittleEndian.Uint64(d[8:16])}
}

type sipState struct{ v0, v1, v2, v3 uint64 }

func (s *sipState) round() {
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

func (s *sipState) mix(m uint64) {
	s.v3 ^= m
	s.round()
	s.round()
	s.v0 ^= m
}

// sum returns the hash of b.
func (k sipKey) sum(b []byte) uint64 {
	s := sipState{k.k0 ^ 0x736f6d6570736575, k.k1 ^ 0x646f72616e646f6d, k.k0 ^ 0x6c7967656e657261, k.k1 ^ 0x7465646279746573}
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

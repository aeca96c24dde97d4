package redact

import (
	"math/rand/v2"
	"testing"
)

// TestPlanes compares the classes that are found eight bytes at a time with
// the table, on texts of every length and byte.
func TestPlanes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		in := make([]byte, rng.IntN(block+1))
		for i := range in {
			in[i] = byte(rng.IntN(256))
			if rng.IntN(4) > 0 {
				in[i] = "09aAfFgGzZ/:@[`{ -_é\x7f"[rng.IntN(20)]
			}
		}
		var got, want planes
		got.load(in)
		var hexes, upper uint64
		for i, c := range in {
			k := uint64(byteClass[c])
			want.digit |= k & 1 << i
			upper |= k >> 1 & 1 << i
			want.letter |= (k>>1 | k>>2) & 1 << i
			want.joiner |= k >> joinerBit & 1 << i
			want.high |= k >> highBit & 1 << i
			hexes |= k >> hexBit & 1 << i
			if k&(isDigit|isUpper|isLower) == 0 && c != ' ' {
				want.flags |= byteClass[c]
				want.other |= 1 << i
			}
		}
		if d, l, o := classes(in); d != want.digit || l != want.letter || o != want.other {
			t.Fatalf("%q: eight at a time: got %x, %x, %x, want %x", in, d, l, o, want)
		}
		if got != want || got.hexes(in) != hexes || got.uppers(in) != upper {
			t.Fatalf("%q: got %x, want %x", in, got, want)
		}
	}
}

// TestLastSix compares the six digits that are read at once with those read one
// by one.
func TestLastSix(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		in := make([]byte, 6+rng.IntN(block-6))
		var m planes
		var all []byte
		for i := range in {
			if in[i] = "0123456789-"[rng.IntN(11)]; in[i] != '-' {
				all = append(all, in[i])
			}
		}
		if m.load(in); len(all) < minSuffix {
			continue
		}
		if got, want := lastSix(in, m.digit), prefix(all[len(all)-minSuffix:], minSuffix); got != want {
			t.Fatalf("%q: got %d, want %d", in, got, want)
		}
	}
}

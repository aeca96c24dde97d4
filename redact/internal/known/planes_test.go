package known

import (
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
	"github.com/counterfoil/counterfoil/redact/internal/siphash"
)

// TestPlanes compares the classes that are found eight bytes at a time with
// the table, on texts of every length and byte.
func TestPlanes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range sample.Of(20_000) {
		in := make([]byte, rng.IntN(profile.Block+1))
		for i := range in {
			in[i] = byte(rng.IntN(256))
			if rng.IntN(4) > 0 {
				in[i] = "09aAfFgGzZ/:@[`{ -_é\x7f"[rng.IntN(20)]
			}
		}
		var got, want profile.Planes
		got.Load(in)
		var hexes, upper uint64
		for i, c := range in {
			k := uint64(char.ByteClass[c])
			want.Digit |= k & 1 << i
			upper |= k >> 1 & 1 << i
			want.Letter |= (k>>1 | k>>2) & 1 << i
			want.Joiner |= k >> char.JoinerBit & 1 << i
			want.High |= k >> char.HighBit & 1 << i
			hexes |= k >> char.HexBit & 1 << i
			if k&(char.IsDigit|char.IsUpper|char.IsLower) == 0 && c != ' ' {
				want.Flags |= char.ByteClass[c]
				want.Other |= 1 << i
			}
		}
		if d, l, o := profile.Classes(in); d != want.Digit || l != want.Letter || o != want.Other {
			t.Fatalf("%q: eight at a time: got %x, %x, %x, want %x", in, d, l, o, want)
		}
		if got != want || got.Hexes(in) != hexes || got.Uppers(in) != upper {
			t.Fatalf("%q: got %x, want %x", in, got, want)
		}
	}
}

// TestMayEnd compares the ends that are looked up at once, of groups and inside
// of them, with those found one by one.
func TestMayEnd(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	l := &Lookup{Shortest: 9}
	for range sample.Of(5_000) {
		in := make([]byte, 8+rng.IntN(profile.Block-7))
		for i := range in {
			in[i] = "012345678901234567890123456789-- /,x"[rng.IntN(36)]
		}
		p := profile.Of(in)
		l.Ends = newEndings(SipKey{siphash.Key{K0: 3, K1: 4}}, 1)
		if got := l.mayEnd(in, &p); got != 0 {
			t.Fatalf("%q: %x where nothing is known", in, got)
		}
		for _, end := range knownEnds(in, l.Shortest) {
			l.Ends = newEndings(SipKey{siphash.Key{K0: 3, K1: 4}}, 1)
			l.Ends.note([]byte(end[len(end)-column.MinSuffix:]))
			l.Ends.note([]byte(end))
			if l.mayEnd(in, &p) == 0 || !l.Ends.May([]byte(end)) {
				t.Fatalf("%q: %s is overlooked", in, end)
			}
		}
	}
}

// mayEnd is what the fast path asks.
func (l *Lookup) mayEnd(t []byte, p *profile.Profile) uint64 {
	hit := l.AskEnd(t, p)
	if hit != 0 {
		hit = l.MayEndAny(t, &p.Planes)
	}
	return hit
}

// knownEnds returns the last six to eight digits of every number of a text that
// may be a known one or the end of it.
func knownEnds(t []byte, shortest int) (ends []string) {
	var d []byte
	var starts []int
	for i, c := range t {
		switch {
		case char.Letter(c):
			d, starts = nil, nil
		case char.Digit(c):
			if !char.Digit(char.At(t, i-1)) {
				starts = append(starts, len(d))
			}
			d = append(d, c)
			if len(d) >= shortest {
				ends = append(ends, string(d[len(d)-LongestEnd:]))
			}
			for _, a := range starts {
				if n := len(d) - a; n >= column.MinSuffix && !char.Digit(char.At(t, i+1)) {
					ends = append(ends, string(d[len(d)-min(n, LongestEnd):]))
				}
			}
		}
	}
	return ends
}

// TestPeriodic compares what is counted eight bytes at a time with a count of each.
func TestPeriodic(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	found := [3]int{}
	for range 200_000 {
		word := make([]byte, 12+rng.IntN(24))
		for i := range word {
			word[i] = "ACGa"[rng.IntN(2+rng.IntN(3))]
		}
		repeats := func(from, to, step, times int) (n int) {
			for k := from; k < to; k++ {
				same := true
				for m := 1; m <= times; m++ {
					same = same && word[k] == word[k+m*step]
				}
				if same {
					n++
				}
			}
			return n
		}
		want := [3]bool{
			repeats(0, 8, 4, 1) >= 4,
			len(word) >= 20 && repeats(0, 4, 4, 4) > 0,
			len(word) >= 28 && repeats(4, 12, 8, 2) >= 3,
		}
		got := [3]bool{profile.Zeros(profile.Eight(word)^profile.Eight(word[4:])) >= 4, profile.Striped(word), profile.Striped8(word)}
		if got != want || profile.Periodic(word, 1) != (want[0] || want[1] || want[2]) {
			t.Fatalf("%s: %v, not %v", word, got, want)
		}
		for i, is := range want {
			if is {
				found[i]++
			}
		}
	}
	for i, n := range found {
		if n == 0 {
			t.Errorf("no word of kind %d", i)
		}
	}
}

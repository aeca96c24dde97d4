package second

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// TestFoldsInPieces compares what is folded piece by piece with what is folded whole.
func TestFoldsInPieces(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	alphabet := []string{"a", "7", " ", "e\u0301", "\u0301", "\u00b7", "\u00e9", "\uff14", "\u0664", "\u1100", "\u1161", "\u200b", "\ufb01", "\u00a8", "\u0f73", "\xff", "\x7f", "\x1b", "\x1b[1m", "\U0001d7d8", "\u3099", "\u304b"}
	for range sample.Of(5_000) {
		var in string
		for range rng.IntN(12) {
			in += alphabet[rng.IntN(len(alphabet))]
		}
		var want strings.Builder
		for _, c := range norm.NFKC.String(in) {
			if c = foldRune(c); c >= 0 {
				want.WriteRune(c)
			}
		}
		if got := fold(in); got != want.String() {
			t.Fatalf("fold(%q) = %q, want %q", in, got, want.String())
		}
	}
}

// TestSeesEveryRun compares the strides of the scan with a look at
// every byte.
func TestSeesEveryRun(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	scan := Scan{Cards: true}
	const others = "01 -./|_ab+,\x00"
	for range sample.Of(20_000) {
		b := make([]byte, rng.IntN(90))
		for i := range b {
			if b[i] = '7'; rng.IntN(2) == 0 {
				b[i] = others[rng.IntN(len(others))]
			}
		}
		card := []byte("4111111111111111")
		if gap := " -./|_"[rng.IntN(6)]; rng.IntN(2) == 0 {
			card = []byte("4111 1111 1111 1111")
			card[4], card[9], card[14] = gap, gap, gap
		}
		if rng.IntN(2) == 0 && len(b) > len(card) {
			at := rng.IntN(len(b) - len(card))
			copy(b[at:], card)
		}
		in := string(b)
		want := false
		for i := 0; i < len(in); i++ {
			if !digit(in[i]) {
				continue
			}
			start, end, n := i, i+1, 1
			for step := forwards(in, end); step > 0; step = forwards(in, end) {
				end, n = end+step, n+1
			}
			i = end - 1
			if n >= fewest && !(start > 0 && wordy(in[start-1])) && !(end < len(in) && wordy(in[end])) {
				want = want || scan.number(in[start:end])
			}
		}
		if got := scan.hasNumber(in); got != want {
			t.Fatalf("hasNumber(%q) = %t", in, got)
		}
		var runs []string
		for _, f := range strings.FieldsFunc(in, func(c rune) bool { return !alphabet[byte(c)] }) {
			if len(f) >= 20 {
				runs = append(runs, f)
			}
		}
		if got := slices.Collect(blobs(in)); !slices.Equal(got, runs) {
			t.Fatalf("blobs(%q) = %q, want %q", in, got, runs)
		}
	}
}

package redact

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/hostile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// TestPlainNumbers compares the shortcuts with the whole examination on numbers that
// stand among words and other numbers, in groups of all kinds.
func TestPlainNumbers(t *testing.T) {
	rng := rand.New(rand.NewPCG(40, 3))
	all := newTwins(t)
	words := []string{"REF", "to", "IKEA LTD", "Nr", "on", "x", "&", "7-11", "for", "B&Q", "Invoice", "paid", "2026-01-05", "12.50", "(hidden)", "*removed*"}
	var values []hostile.Value
	for n := range sample.Of(100_000) {
		if len(values) < 3 {
			values = slices.Concat(hostile.Cards(rng), hostile.IBANs(rng), hostile.Accounts(rng), hostile.Nationals(rng))
			rng.Shuffle(len(values), func(i, k int) { values[i], values[k] = values[k], values[i] })
		}
		var text []byte
		for k := range 1 + rng.IntN(3) {
			if k > 0 || rng.IntN(2) == 0 {
				text = append(append(text, words[rng.IntN(len(words))]...), ' ')
			}
			if rng.IntN(3) == 0 {
				text = append(fmt.Append(text, rng.IntN(1000)), " .,/"[rng.IntN(4)])
				continue
			}
			text = append(regrouped(text, rng, values[len(values)-1].Text), ' ')
			values = values[:max(2, len(values)-1)]
		}
		w := all[n%2*(n%len(all))] // half of them without known values
		got, found, err := w.short.Text(nil, text)
		want, wanted, wantErr := w.thorough.Text(nil, text)
		if !bytes.Equal(got, want) || !slices.Equal(found, wanted) || err != nil || wantErr != nil {
			t.Fatalf("%q:\n got %q %v %v\nwant %q %v %v", text, got, found, err, want, wanted, wantErr)
		}
	}
}

// regrouped appends a value with other separators, in its own groups or in others.
func regrouped(text []byte, rng *rand.Rand, value string) []byte {
	seps := []string{" ", " ", "-", "/", ".", ", ", " - ", "  ", ""}
	sep, form := seps[rng.IntN(len(seps))], rng.IntN(4)
	n := 0
	for i := range len(value) {
		c := value[i]
		switch {
		case char.Alnum(c) || c >= 0x80:
			if n > 0 && (form == 0 && rng.IntN(4) == 0 || form == 1 && n%4 == 0) {
				text = append(text, sep...)
			}
			text = append(text, c)
			n++
		case form > 1:
			text = append(text, sep...)
		}
	}
	return text
}

package redact_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
)

// TestEncodedBeside: numbers that are whole and encoded, each in a leaf of its own, go as
// wholes, whatever the end of the one makes up with the beginning of the next.
func TestEncodedBeside(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 2))
	r := newRedactor(t)
	numbers := append(hostile.Cards(rng), hostile.IBANs(rng)...)
	forms := []string{"&#%d;", "&#%d", "&#x%x;", "%%%02X", "%%25%02x", `\u%04x`, `\x%02x`, `\%03o`, "=%02X"}
	encoded := func(v, form string) string {
		var b strings.Builder
		for _, c := range []byte(v) {
			fmt.Fprintf(&b, form, c)
		}
		return b.String()
	}
	for range 4000 {
		a, b := numbers[rng.IntN(len(numbers))].Text, numbers[rng.IntN(len(numbers))].Text
		form := forms[rng.IntN(len(forms))]
		x, y := encoded(a, form), encoded(b, form)
		docs := []any{
			map[string]any{"content": x, "plain_text": x},
			map[string]any{"from": x, "to": y},
			[]string{x, y},
			[]any{map[string]any{"card": x, "n": 1}, map[string]any{"card": y, "n": 2}},
		}
		in, err := json.Marshal(docs[rng.IntN(len(docs))])
		if err != nil {
			t.Fatal(err)
		}
		out := jsonText(t, r, string(in))
		left := 0
		for _, c := range strings.NewReplacer(`"n":1`, "", `"n":2`, "").Replace(out) {
			if c >= '0' && c <= '9' {
				left++
			}
		}
		if left > len("&#49") { // a digit that belongs to either
			t.Fatalf("%s, %s: %s -> %s", a, b, in, out)
		}
		if again := jsonText(t, r, out); again != out {
			t.Fatalf("not idempotent: %s -> %s -> %s", in, out, again)
		}
	}
}

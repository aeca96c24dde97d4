package redact_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
)

// chunks reads a text a few bytes at a time.
type chunks struct {
	b   []byte
	rng *rand.Rand
}

func (c *chunks) Read(p []byte) (int, error) {
	n := min(len(p), 1+c.rng.IntN(7), len(c.b))
	if n == 0 {
		return 0, io.EOF
	}
	copy(p, c.b[:n])
	c.b = c.b[n:]
	return n, nil
}

// TestStreamPlanted: wherever a stream of planted cards is cut, the same is made of it as
// of the whole, and once is enough.
func TestStreamPlanted(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	r := newRedactor(t, "94323483", "12345011133")
	ds := hostile.Disguises()
	for range 6 {
		for _, v := range hostile.Cards(rng) {
			a, b := ds[rng.IntN(len(ds))], ds[rng.IntN(len(ds))]
			in := b.Apply(rng, a.Apply(rng, hostile.Runs[rng.IntN(len(hostile.Runs))].Apply(rng, v.Text)))
			want := text(t, r, in)
			var out bytes.Buffer
			if _, err := r.Stream(&out, &chunks{[]byte(in), rng}); err != nil {
				t.Fatal(err)
			}
			if out.String() != want {
				t.Errorf("%q: stream %q, whole %q", in, out.String(), want)
			}
			if again := text(t, r, want); again != want {
				t.Errorf("not idempotent: %q -> %q -> %q", in, want, again)
			}
		}
	}
}

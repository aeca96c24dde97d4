package redact_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// chunked gives its text in pieces of the sizes that rng draws.
type chunked struct {
	rng  *rand.Rand
	text []byte
}

func (c *chunked) Read(p []byte) (int, error) {
	if len(c.text) == 0 {
		return 0, io.EOF
	}
	n := min(1+c.rng.IntN(40), len(p), len(c.text))
	copy(p, c.text[:n])
	c.text = c.text[n:]
	return n, nil
}

// TestStreamIsText divides a text everywhere and compares with the whole.
func TestStreamIsText(t *testing.T) {
	r := newRedactor(t, "55779911")
	in := []byte("pay " + visa + " and " + fullw + "; NDExMTExMTExMTExMTExMQ==, " + gb + " or acct 79911 \u0301x &#52;111111111111111 end")
	want := text(t, r, string(in))
	for i := range in {
		var out bytes.Buffer
		if _, err := r.Stream(&out, io.MultiReader(bytes.NewReader(in[:i]), bytes.NewReader(in[i:]))); err != nil || out.String() != want {
			t.Fatalf("divided at %d: %q, %v; want %q", i, out.String(), err, want)
		}
	}
}

// TestStreamLong divides a text of several windows at random.
func TestStreamLong(t *testing.T) {
	r := newRedactor(t)
	var b strings.Builder
	for i := 0; b.Len() < sample.Of(3<<20); i++ {
		fmt.Fprintf(&b, "2026-01-%02d,VR,%d.20,GBP,shell kings %d,Vehicle Fuel,%d.50\n", 1+i%28, i, i%600, i)
		if i%997 == 0 {
			fmt.Fprintf(&b, "card 4111 1111\n1111 1111 here\n")
		}
	}
	want := text(t, r, b.String())
	if strings.Contains(want, "1111") && strings.Contains(want, "1111 1111") {
		t.Error("a number is left")
	}
	for seed := range uint64(2) {
		var out bytes.Buffer
		found, err := r.Stream(&out, &chunked{rand.New(rand.NewPCG(seed, 1)), []byte(b.String())})
		if err != nil || out.String() != want || len(found) != 1 {
			t.Fatalf("seed %d: %d bytes of %d, %v, %v", seed, out.Len(), len(want), found, err)
		}
	}
}

func TestStreamFailsClosed(t *testing.T) {
	r := newRedactor(t)
	own := card(visa)
	for name, src := range map[string]io.Reader{
		"a token cut off":  strings.NewReader("as before " + own[:12]),
		"a read error":     io.MultiReader(strings.NewReader("secret part "), iotest.ErrReader(errors.New("x"))),
		"no place to cut":  strings.NewReader(strings.Repeat("4111", 5<<20)),
		"a prefix and _":   strings.NewReader("CARD_"),
		"in a long window": strings.NewReader(strings.Repeat("A", 17<<20)),
	} {
		var out bytes.Buffer
		if _, err := r.Stream(&out, src); !errors.Is(err, redact.ErrRedact) || out.Len() > 0 {
			t.Errorf("%s: wrote %d bytes, %v", name, out.Len(), err)
		}
	}
	var out bytes.Buffer
	if _, err := r.Stream(&out, strings.NewReader("as before "+own)); err != nil || out.String() != "as before "+own {
		t.Errorf("a whole token at the end: %q, %v", out.String(), err)
	}
	if _, err := r.Stream(failingWriter{}, strings.NewReader("x")); !errors.Is(err, redact.ErrRedact) {
		t.Errorf("a write error: %v", err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("full") }

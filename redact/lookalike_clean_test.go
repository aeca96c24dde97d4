package redact_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// TestCleanLeavesLookalikes: what the redactor leaves in place on purpose, the second scan
// does not stop a call for.
func TestCleanLeavesLookalikes(t *testing.T) {
	r, err := redact.New(redact.Config{Key: [32]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	digits := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('0' + rng.IntN(10))
		}
		return string(b)
	}
	list := func(mark, between string, whole, fraction int) func() string {
		return func() string {
			text := digits(whole) + mark + digits(fraction)
			for range 2 + rng.IntN(10) {
				text += between + digits(whole) + mark + digits(fraction)
			}
			return text
		}
	}
	forms := []func() string{
		list(".", " ", 2, 1), list(".", "\t", 2, 2), list(",", " ", 3, 2), list("/", " ", 2, 2), list(".", "-", 1, 1), list(".", "|", 2, 2), list(".", "/", 3, 1), list(",", ".", 2, 2),
		func() string { return "access-sandbox-" + fmt.Sprintf("%08x", rng.Uint32()) + "-" }, // as a bank cuts it off
		func() string { return "203.0." + digits(3) + "." + digits(2) + ":" + digits(5) },
		func() string { return "2026-01-02 00:" + digits(2) + ":" + digits(2) },
		func() string { return digits(12 + rng.IntN(12)) },
		func() string { return "17" + digits(11) },
		func() string { return "17" + digits(14) },
		func() string { return "17" + digits(17) },
		func() string { return "1Z" + digits(16) },
		func() string { return digits(4) + "-" + digits(4) + "-" + digits(8) },
		func() string { return digits(8) + " " + digits(6) + " " + digits(5) },
		func() string { return "2026-01-02T03:04:05." + digits(9) + "Z" },
		func() string { return digits(20) }, func() string { return digits(22) },
		func() string { return "INV" + digits(13) },
		func() string { return digits(3) + "." + digits(13) },
		func() string { return "GB" + digits(20) },
		func() string { return fmt.Sprintf("%x", rng.Uint64()) + fmt.Sprintf("%x", rng.Uint64()) },
		func() string { return digits(13) + "|" + digits(4) + "/" + digits(2) },
	}
	bad := 0
	for range sample.Of(100_000) {
		f := rng.IntN(len(forms))
		text := "ref " + forms[f]() + " paid"
		for _, doc := range []string{text, fmt.Sprintf(`{"memo":%q}`, text)} {
			var out []byte
			if doc[0] == '{' {
				out, _, err = r.JSON(nil, []byte(doc))
			} else {
				out, _, err = r.Text(nil, []byte(doc))
			}
			if err != nil {
				t.Fatal(err)
			}
			if !r.Clean(out) {
				if bad++; bad < 10 {
					t.Errorf("form %d: %s became %s, and the second scan stops it", f, doc, out)
				}
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d stopped", bad)
	}
}

package redact_test

import (
	"encoding/base64"
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/redact/internal/corpus"
)

func TestClean(t *testing.T) {
	r := newRedactor(t, "6055779911000")
	for _, in := range []string{
		visa, "x 4111 1111 1111 1111 y", fullw, gb, "GB29 NWBK 6016 1331 9268 19", "&#52;111111111111111", "%34111111111111111",
		base64.StdEncoding.EncodeToString([]byte("card " + visa)), base64.StdEncoding.EncodeToString([]byte("\xff " + visa)), base64.StdEncoding.EncodeToString([]byte(fullw)),
		"nt" + "n_0123456789012345678901234567890123456789abcd", "to 6055779911000",
		`{"a":"\u0034111111111111111"}`, `{"a":"\u0026#52;111111111111111"}`, "-----BEGIN PRIV" + "ATE KEY-----", "x_-AKI" + "A0123456789ABCDEF", "gh" + "p_0123456789abcdefghijklmnopqrstuvwxyz",
		"sk_li" + "ve_0123456789abcdefghij", "acces" + "s-production-01234567-89ab", "ey" + "JhbGciOiJIUzI1.ey" + "JzdWIiOiIxMjM0.x", "secr" + "et_0123456789012345678901234567890123456789",
		"caf\u00e9 \u0664111 1111\u200b 1111 1111 \u20ac",
	} {
		if r.Clean([]byte(in)) {
			t.Errorf("Clean(%q) = true", in)
		}
	}
}

// TestCleanAgrees runs the second scan over what the redactor let out: it must
// find nothing in it, whether there was something to redact or not.
func TestCleanAgrees(t *testing.T) {
	r := newRedactor(t)
	rng := rand.New(rand.NewPCG(8, 9))
	for _, f := range corpus.CleanFields(rng, 300) {
		if !r.Clean([]byte(f.Text)) {
			t.Errorf("%s: Clean(%q) = false", f.Class, f.Text)
		}
	}
	for range 300 {
		for _, s := range corpus.Secrets(rng) {
			d := corpus.Disguises[rng.IntN(len(corpus.Disguises))]
			if out := text(t, r, d.Apply(rng, s.Text)); !r.Clean([]byte(out)) {
				t.Errorf("%s: the second scan finds something in %q", d.Name, out)
			}
		}
	}
	keep, err := redact.New(redact.Config{Key: testKey, Actions: map[redact.Entity]redact.Action{redact.Card: redact.Keep}})
	if err != nil || !keep.Clean([]byte(visa)) {
		t.Errorf("a kept card alarms: %v", err)
	}
}

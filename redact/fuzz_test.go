package redact_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/redact/internal/corpus"
)

func seeds(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, d := range corpus.Disguises {
		for _, s := range corpus.Secrets(rng)[:2] {
			f.Add([]byte(d.Apply(rng, s.Text)))
		}
	}
	for _, s := range []string{"CARD_ABCDEFGHIJKLMN", `{"a":"x"}`, `"4111 1111"`, "****1234", "411111******1111", "password=hunter22", "=?", "%", "&#", `\u`, "\xff4111"} {
		f.Add([]byte(s))
	}
}

// FuzzText: text of any kind is redacted without a fault, and once is enough.
func FuzzText(f *testing.F) {
	seeds(f)
	r := newRedactor(f, "55779911")
	f.Fuzz(func(t *testing.T, in []byte) {
		once, _, err := r.Text(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		twice, found, err := r.Text(nil, once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("not idempotent: %q -> %q -> %q (%v, %v)", in, once, twice, found, err)
		}
		if utf8.Valid(in) && !utf8.Valid(once) {
			t.Fatalf("%q -> %q is not UTF-8", in, once)
		}
		r.Clean(in)
	})
}

// FuzzJSON: what encoding/json takes is redacted into valid JSON of the same
// shape, and once is enough; anything else is refused.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":4111111111111111}`, `["4111","1111","1111","1111"]`, `{"4111111111111111":1,"4111 1111 1111 1111":[2,{"x":null}]}`,
		`[1e400,-0.0,1E-9,"\ud800"]`, `{"a":"{\"b\":\"[4111111111111111]\"}"}`, `[[[[]]]]`, `{"":"","\u0000":"\\"}`, `"` + gb + `"`} {
		f.Add([]byte(s))
	}
	r := newRedactor(f, "55779911")
	f.Fuzz(func(t *testing.T, in []byte) {
		once, _, err := r.JSON(nil, in)
		if !json.Valid(in) {
			if err == nil {
				t.Fatalf("%q is no JSON and was taken", in)
			}
			return
		}
		if err != nil {
			if bytes.Count(in, []byte("["))+bytes.Count(in, []byte("{")) > 500 {
				return // nested too deep
			}
			t.Fatalf("%q: %v", in, err)
		}
		if !json.Valid(once) || shape(t, in) != shape(t, once) {
			t.Fatalf("%q -> %q: another shape", in, once)
		}
		twice, found, err := r.JSON(nil, once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("not idempotent: %q -> %q -> %q (%v, %v)", in, once, twice, found, err)
		}
	})
}

// shape writes a document's structure without its leaves and keys.
func shape(t *testing.T, doc []byte) string {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	out := []byte{}
	for {
		tok, err := dec.Token()
		if err != nil {
			return string(out)
		}
		switch d := tok.(type) {
		case json.Delim:
			out = append(out, byte(d))
		case nil:
			out = append(out, '0')
		default:
			out = append(out, '.')
		}
	}
}

// FuzzPlanted: a secret under any two disguises does not survive.
func FuzzPlanted(f *testing.F) {
	f.Add(uint64(1), uint16(3), uint16(30), uint8(0))
	f.Add(uint64(2), uint16(11), uint16(31), uint8(15))
	plain := newRedactor(f)
	f.Fuzz(func(t *testing.T, seed uint64, first, second uint16, which uint8) {
		rng := rand.New(rand.NewPCG(seed, 5))
		a, b := corpus.Disguises[int(first)%len(corpus.Disguises)], corpus.Disguises[int(second)%len(corpus.Disguises)]
		if !corpus.Composable(a, b) {
			return
		}
		all := corpus.Secrets(rng)
		s := all[int(which)%len(all)]
		r := plain
		if s.Known {
			r = newRedactor(t, s.Plain)
		}
		in := b.Apply(rng, a.Apply(rng, s.Text))
		out, _, err := r.Text(nil, []byte(in))
		if err != nil || corpus.Survives(string(out), s.Plain, 3) {
			t.Errorf("%s + %s: %q -> %q (%v)", a.Name, b.Name, in, out, err)
		}
	})
}

// FuzzKnown: a fingerprint that was tampered with is refused or harmless.
func FuzzKnown(f *testing.F) {
	print, err := redact.Fingerprint(testKey, redact.IBAN, gb)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(print)
	f.Add([]byte{1, 0, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		known, err := redact.NewKnown([][]byte{in})
		if err != nil {
			if !errors.Is(err, redact.ErrRedact) {
				t.Fatal(err)
			}
			return
		}
		r, err := redact.New(redact.Config{Key: testKey, Known: known})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Text(nil, []byte("55779911 "+gb)); err != nil {
			t.Fatal(err)
		}
	})
}

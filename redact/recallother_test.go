package redact_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// minOther is the part of other planted values that must be found: what is
// missed are letters glued to a number that begins with letters, and two
// elements of which one has one or two digits.
const minOther = 0.985

func TestRecallOther(t *testing.T) {
	planted, survived := recallOther(t).sum()
	t.Logf("%d of %d survived", survived, planted)
	if float64(survived) > (1-minOther)*float64(planted) {
		t.Errorf("%d of %d survived", survived, planted)
	}
}

// otherRounds is how often each kind is planted.
const otherRounds = 6

// recallOther plants credentials, national numbers, numbers glued to others,
// and numbers in JSON.
func recallOther(t *testing.T) tally {
	rng := rand.New(rand.NewPCG(13, 4))
	r := newRedactor(t)
	got := tally{}
	check := func(kind, plain, in, out string) {
		survived := corpus.Survives(out, plain, 3)
		got.add(kind, survived)
		if survived {
			t.Logf("%s %q: %.300q -> %.300q", kind, plain, in, out)
		}
	}
	for range sample.Of(otherRounds) {
		for _, b := range corpus.Disguises {
			if b.Level == 0 && b.Name != "plain" && b.Name != "invisible" && b.Name != "full-width" && b.Name != "combining" {
				continue
			}
			for _, s := range corpus.Credentials(rng) {
				in := b.Apply(rng, s.Text)
				check("credential, one disguise", s.Plain, in, text(t, r, in))
			}
			for _, s := range corpus.National(rng) {
				in := b.Apply(rng, s.Text)
				check("national number, one disguise", s.Plain, in, text(t, r, in))
			}
		}
		for _, s := range corpus.Secrets(rng) {
			if s.Known {
				continue
			}
			for _, b := range corpus.Glue {
				if s.Entity == "iban" && (b.Name == "long run" || b.Name == "year before") {
					continue
				}
				in := b.Apply(rng, s.Text)
				check("glued: "+b.Name, s.Plain, in, text(t, r, in))
			}
			for name, in := range jsonForms(rng, s) {
				check("JSON: "+name, s.Plain, in, jsonText(t, r, in))
			}
		}
	}
	return got
}

// jsonForms puts a secret into JSON in the ways of the catalogue.
func jsonForms(rng *rand.Rand, s corpus.Secret) map[string]string {
	quote := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	cut := 1 + rng.IntN(len(s.Text)-1)
	a, b := s.Text[:cut], s.Text[cut:]
	nested := s.Text
	for range 3 {
		nested = quote(`{"v":` + quote(nested) + `}`)
	}
	var fours []string
	for t := s.Text; t != ""; {
		n := min(4, len(t))
		fours, t = append(fours, quote(t[:n])), t[n:]
	}
	var escaped strings.Builder
	for _, c := range []byte(s.Text) {
		fmt.Fprintf(&escaped, `\u%04X`, c)
	}
	m := map[string]string{
		"key": `{` + quote(s.Text) + `:1}`, "escapes": `["` + escaped.String() + `"]`, "nested": `{"a":` + nested + `}`,
		"array of fours": `{"a":[` + strings.Join(fours, ",") + `]}`, "two elements": `[` + quote(a) + `,` + quote(b) + `]`,
		"two members":    `{"a":` + quote(a) + `,"b":` + quote(b) + `}`,
		"content blocks": `{"content":[{"type":"text","text":` + quote("it is "+a) + `},{"type":"text","text":` + quote(b+" ok") + `}]}`,
		"slashes":        `["` + strings.Join(strings.Split(s.Text, ""), `\/`) + `"]`,
	}
	if s.Entity == "card" {
		m["number"] = `{"n":` + s.Text + `}`
		m["exponent"] = `{"n":` + s.Text[:1] + "." + s.Text[1:] + fmt.Sprintf("e%d", len(s.Text)-1) + `}`
		m["negative exponent"] = `{"n":` + s.Text + `00E-2}`
		m["fraction"] = `[` + s.Text + `.0]`
		var single []string
		for _, c := range s.Text {
			single = append(single, string(c))
		}
		m["array of digits"] = `[` + strings.Join(single, ",") + `]`
		if s.Text[0] != '0' && b[0] != '0' {
			m["two numbers"] = `[` + a + `,` + b + `]`
		}
	}
	return m
}

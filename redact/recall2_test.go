package redact_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
)

func TestRecallOther(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 4))
	r := newRedactor(t)
	total, missed := map[string]int{}, map[string]int{}
	shown := map[string]int{}
	check := func(kind, plain, in string, out string) {
		total[kind]++
		if corpus.Survives(out, plain, 3) {
			missed[kind]++
			if shown[kind]++; shown[kind] < 6 {
				t.Logf("%s %q: %.300q -> %.300q", kind, plain, in, out)
			}
		}
	}
	for range 20 {
		for _, s := range corpus.Credentials(rng) {
			for _, b := range corpus.Disguises {
				if b.Level == 0 && b.Name != "plain" && b.Name != "invisible" && b.Name != "full-width" && b.Name != "combining" {
					continue
				}
				in := b.Apply(rng, s.Text)
				check("secret "+b.Name, s.Plain, in, text(t, r, in))
			}
		}
		for _, s := range corpus.National(rng) {
			for _, b := range corpus.Disguises {
				if b.Level == 0 && b.Name != "plain" && b.Name != "invisible" && b.Name != "full-width" && b.Name != "combining" && b.Name != "arabic-indic" {
					continue
				}
				in := b.Apply(rng, s.Text)
				check("national "+b.Name, s.Plain, in, text(t, r, in))
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
				check("glue "+b.Name, s.Plain, in, text(t, r, in))
			}
			for name, in := range jsonForms(rng, s) {
				check("json "+name, s.Plain, in, jsonText(t, r, in))
			}
		}
	}
	for k, n := range total {
		if missed[k] > 0 {
			t.Logf("%-30s %d of %d missed", k, missed[k], n)
		}
	}
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

package redact

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// TestReused: what a scan made of other texts and documents says nothing about the next
// one. A replay, and a stream, may meet another scan of the pool than the call did.
func TestReused(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 1))
	used, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	type input struct {
		text string
		json bool
	}
	ins := []input{{text: "&#x61;&#x63;&#x63;&#x74;&#x23;&#x20;&#x38;&#x34;&#x34;&#x36;&#x200d;&#x37;&#x36;&#x36;&#x34;&#x39;&#x200d;&#x33;"}}
	for _, values := range [][]hostile.Value{hostile.Cards(rng), hostile.IBANs(rng), hostile.Accounts(rng), hostile.Nationals(rng), hostile.Credentials(rng)} {
		for i, d := range hostile.Disguises() {
			in := values[i%len(values)].Under(rng, d)
			ins = append(ins, input{text: in}, input{text: "acct# " + in})
		}
		for _, d := range hostile.Documents(rng, values[0]) {
			ins = append(ins, input{d.Text, true})
		}
	}
	redacted := func(r *Redactor, in input) string {
		do := r.Text
		if in.json {
			do = r.JSON
		}
		out, found, err := do(nil, []byte(in.text))
		return fmt.Sprintf("%s %v %v", out, found, err)
	}
	for range sample.Of(3) {
		rng.Shuffle(len(ins), func(i, j int) { ins[i], ins[j] = ins[j], ins[i] })
		for _, in := range ins {
			fresh, err := New(Config{})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := redacted(used, in), redacted(fresh, in); got != want {
				t.Errorf("%q: %s by one that was used, %s by a new one", in.text, got, want)
			}
		}
	}
}

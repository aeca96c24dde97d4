package redact_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// minCoded is the part of encoded and divided values that must be found.
const minCoded = 0.95 // base64 in an object shows only if its capitals do

// TestCodedAndDivided plants values that are encoded and then divided over the
// elements of an array or over content blocks, at any place but the ends.
func TestCodedAndDivided(t *testing.T) {
	const outer = 11 // characters that stay together, so that base64 shows
	rng := rand.New(rand.NewPCG(21, 4))
	plain := newRedactor(t)
	planted, survived := 0, 0
	for i, v := range append(hostile.Cards(rng), hostile.IBANs(rng)...) {
		if !sample.Takes(i) {
			continue
		}
		for _, code := range []string{base64.StdEncoding.EncodeToString([]byte("pan=" + v.Text)), hex.EncodeToString([]byte("card " + v.Text))} {
			cut := outer + rng.IntN(max(1, len(code)-2*outer))
			var content [2]struct {
				Type string `json:"type"`
				Text string `json:"text"`
			}
			content[0].Text, content[1].Text = code[:cut], code[cut:]
			for _, doc := range []any{[]string{code[:cut], code[cut:]}, strings.Split(code, ""), content} {
				in, err := json.Marshal(doc)
				if err != nil {
					t.Fatal(err)
				}
				planted++
				if out := jsonText(t, plain, string(in)); hostile.Readable(inOrder(out), v) {
					survived++
					t.Logf("%s: %s -> %s", v.Text, in, out)
				}
			}
		}
	}
	if float64(survived) > (1-minCoded)*float64(planted) {
		t.Errorf("%d of %d survived", survived, planted)
	}
}

// inOrder joins the strings of a document that are neither keys nor empty.
func inOrder(doc string) string {
	return strings.NewReplacer(`{"type":"","text":`, "", `"`, "", ",", "", "[", "", "]", "", "}", "").Replace(doc)
}

package redact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// TestRewalk compares the parts of documents that are walked again, after numbers
// divided over leaves were found, with all of the document walked again.
func TestRewalk(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 6))
	all := newTwins(t)
	values := slices.Concat(hostile.Cards(rng), hostile.IBANs(rng), hostile.Credentials(rng), hostile.Nationals(rng))
	var wholly []*Redactor
	for _, w := range newTwins(t) {
		w.short.again = true
		wholly = append(wholly, w.short)
	}
	zones := 0
	for n := range sample.Of(6000) {
		doc := longDocument(rng, values)
		w := all[n%len(all)]
		got, found, err := w.short.JSON(nil, doc)
		want, wanted, wantErr := wholly[n%len(all)].JSON(nil, doc)
		if !bytes.Equal(got, want) || !slices.Equal(found, wanted) || err != nil || wantErr != nil {
			t.Fatalf("%s:\n got %s %v %v\nwant %s %v %v", doc, got, found, err, want, wanted, wantErr)
		}
		s := w.short.scan()
		if err := s.pass(doc, nil); err == nil && s.walk.rewalk.any() {
			if z := s.walk.rewalk.found[len(s.walk.rewalk.found)-1]; z.to < len(doc) {
				zones++
			}
		}
		w.short.release(s)
	}
	if zones < sample.Of(200) {
		t.Fatal("too few documents of which a part is walked again:", zones)
	}
}

// longDocument puts rows side by side, some of them hostile.
func longDocument(rng *rand.Rand, values []hostile.Value) []byte {
	var row func(depth int) string
	row = func(depth int) string {
		switch rng.IntN(14) {
		case 0:
			docs := hostile.Documents(rng, values[rng.IntN(len(values))])
			return docs[rng.IntN(len(docs))].Text
		case 1:
			text, _ := json.Marshal(string(randomText(rng)))
			return string(text)
		case 2:
			if depth > 2 {
				return "true"
			}
			return "[" + row(depth+1) + ", " + row(depth+1) + "]"
		case 3:
			return fmt.Sprint(rng.IntN(1_000_000))
		case 4:
			return fmt.Sprintf(`{"bic":"HBUKGB4B","n":"%04d"}`, rng.IntN(10000))
		case 5:
			text, _ := json.Marshal(string(randomText(rng)))
			return `{"` + []string{"memo", "iban", "text", "p1", "account"}[rng.IntN(5)] + `":` + string(text) + `}`
		}
		return fmt.Sprintf(`{"id":"tx_%06d","booked":"2026-01-05","memo":"REF %06d","category":"Groceries","mcc":"%04d"}`, rng.IntN(1_000_000), rng.IntN(1_000_000), rng.IntN(10000))
	}
	var rows []string
	for range 2 + rng.IntN(40) {
		rows = append(rows, row(0))
	}
	list := "[" + strings.Join(rows, ",") + "]"
	if rng.IntN(2) == 0 {
		return []byte(list)
	}
	return []byte(`{"items":` + list + `,"next":"` + fmt.Sprint(rng.IntN(100000)) + `"}`)
}

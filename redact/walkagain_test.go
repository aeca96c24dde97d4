package redact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// TestScattered: documents with values, parts of values and other things anywhere are
// redacted once and for all, and no matter whether they are walked again in parts or as
// a whole.
func TestScattered(t *testing.T) {
	all, wholly := newTwins(t), newTwins(t)
	check := func(i int, doc []byte) {
		t.Helper()
		once, _, err := all[i].short.JSON(nil, doc)
		wholly[i].short.again = true
		if want, _, wantErr := wholly[i].short.JSON(nil, doc); !bytes.Equal(once, want) || err != nil || wantErr != nil {
			t.Errorf("%d %s:\n in parts %s %v\nas a whole %s %v", i, doc, once, err, want, wantErr)
		}
		if twice, _, err := all[i].short.JSON(nil, once); !bytes.Equal(once, twice) || err != nil {
			t.Errorf("%d %s:\n once %s\ntwice %s %v", i, doc, once, twice, err)
		}
	}
	for _, doc := range []string{
		`[[{"a":"BR57","b":{"c":"79","d":984,"secret":"8292"}},"09",228]]`,
		`{"l":{"a":["9"],"b":"45741509"},"c":"48066056","d":[],"ion-":[{"x":"vJ4Uw","q2":97846.83,"b":"50104","y":"68068"},"0","63"]}`,
		`{"a":"60","b":"423867","c":"06","d":{"a":"30215","M":"567314102169","b":"FI2","c":"65205178","y":9308265}}`,
		`{"ac":[["64","4855"],5212316]}`,
		`[{"a":"CUIT2","b":451,"c":{"a":"6976","b":"51.04.33/78812104"}}]`,
		`[{"a":"69422372-T","b":"6284130","c":"253077"}]`,
		`{"a":{"a":"t","b":"400-29-8","c":"SSN400298820"},"b":820}`,
		`[{"a":"U"},{"b":["y 33-63-35 77024314 sort code and account","4"],"c":20588.37}]`,
		`[{"a":"507915","b":"740"},{"a":7,"b":"02","acctnumber":9470876}]`,
		`{"a":["C ",["87","21"],"00015"],"b":6}`,
		`{"a":{"b":{"an":"dckr_oat_","c":{"contabancaria":27636151}},"d":["sk_live_","93"]},"e":"2012-12-10"}`,
	} {
		for i := range all {
			check(i, []byte(doc))
		}
	}
	rng := rand.New(rand.NewPCG(4, 6))
	d := scattered{rng: rng}
	d.values = append(append(append(append(hostile.Cards(rng), hostile.IBANs(rng)...), hostile.Accounts(rng)...), hostile.Nationals(rng)...), hostile.Credentials(rng)...)
	for n := range sample.Of(4000) {
		d.parts = nil
		check(n%len(all), []byte(d.node(0)))
	}
}

// scattered makes documents.
type scattered struct {
	rng    *rand.Rand
	values []hostile.Value
	parts  []string // of a value that is put in piece by piece
}

var scatteredKeys = strings.Fields("id account amount currency date memo merchant name type status value values items list number part1 part2 a b c x y z code ref " +
	"text created lat lon q1 q2 iban bic card pan last4 sort_code account_number routing phone token key secret password cookie Kennwort ssn konto")

func (d *scattered) node(depth int) string {
	kind := d.rng.IntN(6)
	switch {
	case depth == 0:
		kind %= 2
	case depth > 3:
		kind = 2
	}
	if kind > 1 {
		text, _ := json.Marshal(d.leaf())
		return string(text)
	}
	var kids []string
	for range 1 + d.rng.IntN(7) {
		kid := d.node(depth + 1)
		if kind == 0 {
			kid = strconv.Quote(scatteredKeys[d.rng.IntN(len(scatteredKeys))]) + ":" + kid
		}
		kids = append(kids, kid)
	}
	if kind == 0 {
		return "{" + strings.Join(kids, ",") + "}"
	}
	return "[" + strings.Join(kids, ",") + "]"
}

func (d *scattered) leaf() any {
	number := d.rng.IntN(100_000_000) >> d.rng.IntN(25)
	value := d.values[d.rng.IntN(len(d.values))].Text
	if len(d.parts) > 0 && d.rng.IntN(5) > 0 {
		part := d.parts[0]
		d.parts = d.parts[1:]
		if n, err := strconv.ParseInt(part, 10, 64); err == nil && part[0] != '0' && d.rng.IntN(2) == 0 {
			return n
		}
		return part
	}
	switch d.rng.IntN(10) {
	case 0:
		return number
	case 1:
		return float64(number) / 100
	case 2:
		return pieces[d.rng.IntN(len(pieces))]
	case 3:
		return pieces[d.rng.IntN(len(pieces))] + " " + strconv.Itoa(number)
	case 4:
		return strconv.Itoa(number)
	case 5:
		return fmt.Sprintf("20%02d-%02d-%02d", d.rng.IntN(30), 1+d.rng.IntN(12), 1+d.rng.IntN(28))
	case 6:
		return d.rng.IntN(2) == 0
	case 7:
		return value
	case 8:
		d.parts = nil
		for size := 0; len(value) > 0; value = value[size:] {
			size = min(len(value), 1+d.rng.IntN(8))
			d.parts = append(d.parts, value[:size])
		}
		return "x"
	}
	from := d.rng.IntN(len(value))
	return value[from:min(len(value), from+1+d.rng.IntN(12))]
}

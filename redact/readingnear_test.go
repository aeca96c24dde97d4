package redact

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/hostile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

var (
	nearTexts = flag.Int("near.texts", 2, "long texts of each kind that TestParts and TestPartsSurvive make")
	nearSeed  = flag.Uint64("near.seed", 1, "their seed")
)

// planter makes long texts in which values stand under disguises.
type planter struct {
	rng       *rand.Rand
	pools     [][]hostile.Value
	disguises []hostile.Disguise
}

func newPlanter(seed uint64) *planter {
	rng := rand.New(rand.NewPCG(*nearSeed, seed))
	return &planter{rng, [][]hostile.Value{hostile.Cards(rng), hostile.IBANs(rng), hostile.Accounts(rng), hostile.Nationals(rng), hostile.Credentials(rng), hostile.Emails(rng), hostile.Knowns(rng)}, hostile.Disguises()}
}

// known has the values that are found only if they are known.
func (p *planter) known(tb testing.TB) *Known {
	tb.Helper()
	var prints [][]byte
	for _, v := range p.pools[len(p.pools)-1] {
		prints = append(prints, fingerprint(tb, Account, v.Known))
	}
	return knownSet(tb, prints)
}

// value returns a value, and how it is written under two disguises at most.
func (p *planter) value() (hostile.Value, string) {
	pool := p.pools[p.rng.IntN(len(p.pools))]
	v := pool[p.rng.IntN(len(pool))]
	const longest = 1000 // bytes
	written := v.Text
	for range p.rng.IntN(3) {
		written = p.disguises[p.rng.IntN(len(p.disguises))].Apply(p.rng, written)
	}
	if len(written) > longest {
		written = v.Text
	}
	return v, written
}

// planted returns a line before, behind or within which a value stands.
func (p *planter) planted(line, value string) string {
	switch p.rng.IntN(4) {
	case 0:
		return line + " " + value + "\n"
	case 1:
		return value + " " + line + "\n"
	case 2:
		at := max(0, strings.IndexByte(line[len(line)/3:], ' ')) + len(line)/3
		return line[:at] + " " + value + " " + line[at:] + "\n"
	}
	return line + "\n" + value + "\n"
}

// TestOnceLong: once is enough for a long text, too, in which other tables, records and
// encoded texts stand around what is redacted than in a short one.
func TestOnceLong(t *testing.T) {
	const size = 20 << 10
	seeds := []uint64{58, 155, 192, 232, 239} // texts in which a second look found more
	for i := range uint64(sample.Of(*nearTexts)) {
		seeds = append(seeds, i)
	}
	for _, i := range seeds {
		p := newPlanter(2000 + i)
		r := newOf(t, Config{Known: p.known(t)})
		var in []byte
		for len(in) < size {
			shape := corpus.Shapes[p.rng.IntN(len(corpus.Shapes))]
			doc, fields := shape.Document(p.rng)
			for _, f := range fields {
				if p.rng.IntN(2) == 0 {
					_, value := p.value()
					doc = strings.Replace(doc, f, value, 1)
				}
			}
			if encoded, err := json.Marshal(map[string]string{"text": doc}); err == nil && p.rng.IntN(2) == 0 {
				doc = string(encoded)
			}
			in = append(in, doc+"\n"...)
		}
		once, _, err := r.Text(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		if twice, found, err := r.Text(nil, once); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("text %d: %v, %v, again %v", i, firstDifference(in, once, twice), err, found)
		}
	}
}

// TestParts: long texts in which a value stands here and there are redacted alike
// whether they are read in parts or as a whole. As a whole they may run out of
// levels or of what may be decoded, and then more of them goes.
func TestParts(t *testing.T) {
	const size, every = 5 << 10, 2 << 10 // bytes of a text, and from one value to the next
	drop := Config{Actions: map[Entity]Action{}}
	for _, e := range []Entity{Card, IBAN, Account, Bank, Ref, National, Email, Secret, Opaque} { // tokens and names depend on the reading that is first
		drop.Actions[e] = Drop
	}
	all, ranOut := 0, 0
	for i := range uint64(sample.Of(*nearTexts)) {
		p := newPlanter(i)
		drop.Known = p.known(t)
		parts, whole := newOf(t, drop), newOf(t, drop)
		whole.rules.Whole = true
		for _, kind := range corpus.Logs {
			var in []byte
			for len(in) < size {
				line := kind.Line(p.rng)
				if p.rng.IntN(every) > len(line) {
					in = append(in, line+"\n"...)
					continue
				}
				_, value := p.value()
				in = append(in, p.planted(line, value)...)
			}
			all++
			got, _, err := parts.Text(nil, in)
			want, wanted, wantErr := whole.Text(nil, in)
			if slices.ContainsFunc(wanted, func(f Finding) bool { return f.Rule == "depth" || f.Rule == "limit" || f.Rule == "compressed" }) {
				ranOut++
			} else if !bytes.Equal(got, want) || err != nil || wantErr != nil {
				t.Errorf("%s, text %d:\n%s", kind.Name, i, firstDifference(in, got, want))
			}
		}
	}
	if ranOut > all/5 {
		t.Errorf("%d of %d texts ran out of levels as a whole", ranOut, all)
	}
}

func newOf(t *testing.T, cfg Config) *Redactor {
	t.Helper()
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// firstDifference shows where two texts begin to differ.
func firstDifference(in, got, want []byte) string {
	k := 0
	for k < min(len(got), len(want)) && got[k] == want[k] {
		k++
	}
	near := func(b []byte) string { return string(b[max(0, k-200):min(len(b), k+300)]) }
	return "in   " + near(in) + "\n----\ngot  " + near(got) + "\n----\nwant " + near(want)
}

// TestPartsSurvive: in a long text nothing survives that does not survive in the few
// lines around it alone.
func TestPartsSurvive(t *testing.T) {
	const between = "\n-- here begins the next entry of many --\n"
	const entries = 12
	all, lost := 0, 0
	for i := range uint64(sample.Of(*nearTexts)) {
		p := newPlanter(1000 + i)
		r := newOf(t, Config{Known: p.known(t)})
		for _, kind := range corpus.Logs {
			var texts []string
			var values []hostile.Value
			for range entries {
				v, written := p.value()
				texts = append(texts, kind.Line(p.rng)+"\n"+p.planted(kind.Line(p.rng), written)+kind.Line(p.rng))
				values = append(values, v)
			}
			out, _, err := r.Text(nil, []byte(strings.Join(texts, between)))
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Split(string(out), between)
			if len(got) != entries {
				continue // something took a line between with it
			}
			for k, text := range texts {
				if !hostile.Readable(text, values[k]) {
					continue
				}
				all++
				if !hostile.Readable(got[k], values[k]) {
					continue
				}
				alone, _, err := r.Text(nil, []byte(text+strings.Repeat(between, 1+encoded.MaxSpread/len(between))))
				if err != nil {
					t.Fatal(err)
				}
				if !hostile.Readable(string(alone), values[k]) {
					lost++
					t.Errorf("%s, %q:\n%q ->\n%q alone,\n%q in a long text", kind.Name, values[k].Text, text, alone, got[k])
				}
			}
		}
	}
	t.Logf("%d of %d survive in long texts alone", lost, all)
}

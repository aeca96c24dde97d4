package redact_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/redact/internal/hostile"
)

var (
	hostileSample = flag.Int("hostile.sample", 1, "values for each composition of two disguises")
	hostileEvery  = flag.Int("hostile.every", 1, "only every nth composition")
)

func survivors(t *testing.T) *os.File {
	f, err := os.Create("/tmp/survivors.txt")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestExploreSingles(t *testing.T) {
	f := survivors(t)
	rng := rand.New(rand.NewPCG(9, 9))
	plain := newRedactor(t)
	type key struct{ kind, disg string }
	sum := map[key]*[2]int{}
	plant := func(kind, name string, v hostile.Value, in string, js bool) {
		if !hostile.Readable(in, v) {
			return
		}
		k := key{kind, name}
		if sum[k] == nil {
			sum[k] = new([2]int)
		}
		sum[k][0]++
		var out []byte
		var err error
		if js {
			out, _, err = plain.JSON(nil, []byte(in))
		} else {
			out, _, err = plain.Text(nil, []byte(in))
		}
		if err != nil {
			fmt.Fprintf(f, "ERR %v %q\n", err, in)
			return
		}
		if hostile.Readable(string(out), v) {
			sum[k][1]++
			fmt.Fprintf(f, "%s | %s | %q | %.300q -> %.300q\n", kind, name, v.Text, in, out)
		}
	}
	all := hostile.Disguises()
	for range *hostileSample {
		for _, set := range [][]hostile.Value{hostile.Cards(rng), hostile.IBANs(rng), hostile.Accounts(rng), hostile.Nationals(rng), hostile.Credentials(rng), hostile.Emails(rng)} {
			for _, v := range set {
				if k := os.Getenv("KINDS"); k != "" && !strings.Contains(k, v.Kind) {
					continue
				}
				for _, d := range all {
					if (v.Cue || v.Kind == "credential") && d.Name == "letters" || v.Cue && d.Layer < hostile.Encodings && d.Name != "plain" && d.Name != "zero width" && d.Name != "full-width letters" && d.Name != "digits U+FF10" || v.Kind == "credential" && d.Layer == hostile.Forms && d.Name != "plain" {
						continue
					}
					if v.Kind == "credential" && d.Layer == hostile.Separators && d.Name != "zero width" && d.Name != "bidi" && d.Name != "combining" && d.Name != "variation selectors" {
						continue
					}
					plant(v.Kind, d.Name, v, v.Under(rng, d), false)
				}
				if v.Kind == "card" || v.Kind == "iban" {
					for _, d := range hostile.Runs {
						plant(v.Kind, "run: "+d.Name, v, d.Apply(rng, v.Text), false)
					}
				}
				for _, d := range hostile.Documents(rng, v) {
					plant(v.Kind, "JSON: "+d.Name, v, d.Text, true)
				}
			}
		}
	}
	byDisg, byKind := map[string]*[2]int{}, map[string]*[2]int{}
	for k, n := range sum {
		for m, name := range map[*map[string]*[2]int]string{&byDisg: k.disg, &byKind: k.kind} {
			if (*m)[name] == nil {
				(*m)[name] = new([2]int)
			}
			(*m)[name][0] += n[0]
			(*m)[name][1] += n[1]
		}
	}
	for _, m := range []map[string]*[2]int{byKind, byDisg} {
		for name, n := range m {
			if n[1] > 0 {
				fmt.Printf("%7.2f%% %5d of %5d  %s\n", 100*float64(n[1])/float64(n[0]), n[1], n[0], name)
			}
		}
		fmt.Println()
	}
}

var _ = redact.Card

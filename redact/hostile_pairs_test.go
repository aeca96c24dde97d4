package redact_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
)

func TestExplorePairs(t *testing.T) {
	f := survivors(t)
	rng := rand.New(rand.NewPCG(19, 9))
	plain := newRedactor(t)
	all := hostile.Disguises()
	pools := [][]hostile.Value{}
	for range 1 {
		pools = append(pools, hostile.Cards(rng), hostile.IBANs(rng))
	}
	skip := strings.Split(os.Getenv("SKIP"), ",")
	sum := map[string]*[2]int{}
	n, bad := 0, 0
	for ai, a := range all {
		for bi, b := range all {
			if !hostile.Composable(a, b) || (ai*31+bi)%*hostileEvery != 0 {
				continue
			}
			if strings.HasPrefix(a.Name, "digits U+") && strings.HasPrefix(b.Name, "digits U+") {
				continue
			}
			for _, pool := range pools {
				for range *hostileSample {
					v := pool[rng.IntN(len(pool))]
					in := b.Apply(rng, a.Apply(rng, v.Text))
					out, _, err := plain.Text(nil, []byte(in))
					if err != nil {
						fmt.Fprintf(f, "ERR %v %q\n", err, in)
						continue
					}
					n++
					if string(out) == in && !hostile.Readable(in, v) {
						continue
					}
					if hostile.Readable(string(out), v) {
						bad++
						for _, k := range []string{a.Name, b.Name} {
							if sum[k] == nil {
								sum[k] = new([2]int)
							}
							sum[k][1]++
						}
						fmt.Fprintf(f, "%s | %s + %s | %q | %.300q -> %.300q\n", v.Kind, a.Name, b.Name, v.Text, in, out)
					}
				}
			}
		}
	}
	_ = skip
	var rows []string
	for k, c := range sum {
		rows = append(rows, fmt.Sprintf("%5d %s", c[1], k))
	}
	sort.Strings(rows)
	for _, r := range rows {
		fmt.Println(r)
	}
	fmt.Println(bad, "of", n)
}

package redact

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
)

var sink uint64

func zzKnown(tokens int) *Redactor {
	rng := rand.New(rand.NewPCG(3, 3))
	var numbers []hostile.Value
	var prints [][]byte
	for i := range 100_000 {
		v := ""
		switch {
		case i%10 == 0 && i < 10*tokens:
			v = fmt.Sprintf("tok-%08x%08x", rng.Uint32(), rng.Uint32())
		case i%10 == 1 || i%10 == 2:
			v = fmt.Sprintf("%02d9%05d", rng.IntN(100), rng.IntN(100_000))
		case i%10 == 3:
			v = fmt.Sprintf("%06d9%05d", rng.IntN(1_000_000), rng.IntN(100_000))
		default:
			for {
				if len(numbers) == 0 {
					numbers = append(hostile.Cards(rng), hostile.IBANs(rng)...)
				}
				v = numbers[0].Text
				numbers = numbers[1:]
				if end := v[len(v)-6]; end < '0' || end >= '9' {
					break
				}
			}
		}
		e := Account
		if i%10 == 0 && i < 10*tokens {
			e = Secret
		}
		f, _ := Fingerprint([32]byte{1}, e, v)
		prints = append(prints, f)
	}
	k, _ := NewKnown(prints)
	r, _ := New(Config{Key: [32]byte{1}, Known: k})
	return r
}

func BenchmarkZZMicro(b *testing.B) {
	r := zzKnown(8)
	var ls [3][][]byte
	for i := range 500 {
		ls[0] = append(ls[0], fmt.Appendf(nil, "Invoice INV-%05d due in 30 days", i*199%100000))
		ls[1] = append(ls[1], fmt.Appendf(nil, "Card purchase on 2024-%02d-%02d, thank you for shopping with us", 1+i%12, 1+i%28))
		ls[2] = append(ls[2], fmt.Appendf(nil, "AMZN MKTP UK*2K4TY7 %04d", i))
	}
	for n := range ls {
		b.Run(fmt.Sprint("kinds", n), func(b *testing.B) {
			var ps []profile
			for _, t := range ls[n] {
				ps = append(ps, profileOf(t))
			}
			for b.Loop() {
				for i := range ls[n] {
					if r.known.mayKinds(ls[n][i], &ps[i].planes) {
						sink++
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(ls[n])), "ns/leaf")
		})
		b.Run(fmt.Sprint("window", n), func(b *testing.B) {
			for b.Loop() {
				for i := range ls[n] {
					if r.known.mayWindow(ls[n][i]) {
						sink++
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(ls[n])), "ns/leaf")
		})
	}
}

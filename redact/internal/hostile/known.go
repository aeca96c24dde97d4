package hostile

import (
	"math/rand/v2"
	"strconv"
)

// Knowns returns values that nothing but the tenant's store announces.
func Knowns(rng *rand.Rand) (all []Value) {
	add := func(text, known, part string) {
		all = append(all, Value{Kind: "known", Text: text, Parts: []string{alnum(part)}, Least: min(leastNumber, len(part)), Known: known})
	}
	first := func(n int) string { return strconv.Itoa(1+rng.IntN(9)) + digits(rng, n-1) }
	for _, n := range []int{8, 9, 10, 11, 12} {
		acct := first(n)
		add(acct, acct, acct)
	}
	uk := first(8)
	add("200000"+uk, "20-00-00 "+uk, uk)
	mixed := from(rng, upper, 3) + digits(rng, 9)
	add(mixed, mixed, mixed)
	long := first(12)
	for _, v := range []struct{ text, known string }{{"pay " + uk + " now", "20-00-00 " + uk}, {"pay " + long[6:] + " now", long}, {"account ending " + long[7:], long}} {
		part := alnum(v.text)
		part = part[len(part)-5:]
		if v.known != long {
			part = uk
		} else if v.text[0] == 'p' {
			part = long[6:]
		}
		all = append(all, Value{Kind: "known", Text: v.text, Parts: []string{part}, Cue: true, Least: min(leastNumber, len(part)), Known: v.known})
	}
	return all
}

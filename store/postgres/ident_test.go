package postgres

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// TestIdent: ids lead back to their bases, and sort as they do.
func TestIdent(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	before, id := int64(-1), ""
	for base := int64(0); base <= maxBase; base += 1 + r.Int64N(maxBase/10_000) {
		next := idOf(base)
		if got, ok := parseID(next); !ok || got != base {
			t.Fatalf("%d became %s, which is %d, %v", base, next, got, ok)
		}
		if before >= 0 && next <= id {
			t.Fatalf("the ids of %d and %d are out of order: %s, %s", before, base, id, next)
		}
		before, id = base, next
	}
	for _, day := range []store.Date{firstDay, store.NewDate(1970, 1, 1), store.NewDate(2026, 2, 28), lastDay} {
		if got := dayOf(baseOf(day, maxRandom)); got != day {
			t.Errorf("%v became %v", day, got)
		}
	}
	if firstDay.Time().Weekday() != time.Monday {
		t.Error("weeks are counted from a day that is no Monday")
	}
}

// FuzzParseID: what is accepted as an id is one that idOf made.
func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"", "tx_", idOf(0), idOf(maxBase), "tx_2222222222222222", "tx_zzzzzzzzzzzzzzzz", idOf(1) + "2", "TX_" + idOf(1)[3:]} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if base, ok := parseID(id); ok && (base < 0 || base > maxBase || idOf(base) != id) {
			t.Errorf("%q became %d", id, base)
		}
	})
}

// FuzzPosition: what is accepted as a position is one that encode made.
func FuzzPosition(f *testing.F) {
	for number := byte(0); number < 6; number++ {
		f.Add(number, []byte(order{number: number}.encode(place{5, 7})))
	}
	f.Fuzz(func(t *testing.T, number byte, p []byte) {
		o := order{number: number}
		if at, ok, err := o.decode(p); err == nil && ok && string(o.encode(at)) != string(p) {
			t.Errorf("%x became %+v", p, at)
		}
	})
}

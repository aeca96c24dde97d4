package sqlite

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// Property: an id leads back to its base, and the order of (date, id) is that
// of row ids.
func TestIDs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	days := lastDay.Sub(firstDay) + 1
	previous, previousID := int64(0), ""
	for n := range 50_000 {
		base := baseOf(firstDay.AddDays(r.IntN(days)), 1+r.Int64N(maxRandom))
		if n%4 == 0 { // a neighbour on the same day
			base = min(previous+1+r.Int64N(100), maxBase)
		}
		id := idOf(base)
		back, ok := parseID(id)
		if !ok || back != base || baseOfOrder(orderOf(base)) != base || len(id) != 19 {
			t.Fatalf("base %d has id %s, which leads to %d, %v", base, id, back, ok)
		}
		if dayOf(base) == dayOf(previous) && (base < previous) != (id < previousID) && base != previous {
			t.Fatalf("bases %d and %d have ids %s and %s", previous, base, previousID, id)
		}
		previous, previousID = base, id
	}
	for _, bad := range []string{"", "tx_", "acc_2222222222222222", "tx_22222222222222222", strings.ToUpper(idOf(5)), "tx_0000000000000000", idOf(5) + "2"} {
		if _, ok := parseID(bad); ok {
			t.Errorf("%q is taken for an id", bad)
		}
	}
	last := idOf(maxBase - 77)
	for i := 3; i < len(last); i++ { // a slip anywhere is noticed
		other := last[:i] + string(digits[(strings.IndexByte(digits, last[i])+1)%32]) + last[i+1:]
		if _, ok := parseID(other); ok {
			t.Errorf("%s is taken for an id; %s is one", other, last)
		}
	}
}

func TestBounds(t *testing.T) {
	day := store.NewDate(2026, 11, 22)
	for _, c := range []struct {
		from, to  store.Date
		low, high int64
	}{
		{0, 0, 0, maxBase + 1},
		{day, day, baseOf(day, 0), baseOf(day.AddDays(1), 0)},
		{store.MinDate, store.MaxDate, 0, maxBase + 1},
		{store.MaxDate, 0, baseOf(lastDay.AddDays(1), 0), maxBase + 1},
		{0, store.MinDate, 0, 0},
		{0, firstDay, 0, baseOf(firstDay.AddDays(1), 0)},
		{0, lastDay, 0, maxBase + 1},
	} {
		if low, high := bounds(c.from, c.to); low != c.low || high != c.high {
			t.Errorf("bounds(%v, %v) = %d, %d; want %d, %d", c.from, c.to, low, high, c.low, c.high)
		}
	}
	if first, last := lastRow(1)-(1<<slotBits-1), lastRow(maxBase+1); first != 0 || last != 1<<63-1 {
		t.Errorf("rows are from %d to %d", first, last)
	}
}

func FuzzParseID(f *testing.F) {
	f.Add(idOf(baseOf(lastDay, maxRandom)))
	f.Add("tx_2222222222222222")
	f.Fuzz(func(t *testing.T, id string) {
		if base, ok := parseID(id); ok && (base < 0 || base > maxBase || idOf(base) != id) {
			t.Errorf("%q leads to %d", id, base)
		}
	})
}

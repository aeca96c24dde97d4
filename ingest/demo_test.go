package ingest

import (
	"testing"

	"github.com/counterfoil/counterfoil/ingest/demo"
	"github.com/counterfoil/counterfoil/store"
	"github.com/google/go-cmp/cmp"
)

// TestDemo imports the shipped data, whose sums were computed from the files
// with another tool, and again, which adds nothing.
func TestDemo(t *testing.T) {
	wants := []struct {
		rows, accounts int64
		first, last    store.Date
		total          Total
	}{
		{3134, 6, date(t, "2017-12-18"), date(t, "2018-02-05"), Total{"GBP", 6435969, -89679288, false}},
		{838, 7, date(t, "2014-10-31"), date(t, "2014-12-03"), Total{"GBP", 132976, -14512707, false}},
	}
	m := &memory{}
	for i, s := range demo.Statements() {
		want := wants[i]
		r := mustImport(t, m, Bytes(s.Name, s.Data), Options{Preview: 1})
		if r.Rows != want.rows || r.Added != want.rows || int64(len(r.Accounts)) != want.accounts || r.First != want.first || r.Last != want.last {
			t.Errorf("%s: got %+v", s.Name, r)
		}
		if diff := cmp.Diff([]Total{want.total}, r.Totals); diff != "" {
			t.Errorf("%s: totals (-want +got):\n%s", s.Name, diff)
		}
		again := mustImport(t, m, Bytes("copy of "+s.Name, s.Data), Options{})
		if again.Added != 0 || again.Skipped != want.rows || again.Batch != 0 {
			t.Errorf("%s again: added %d, skipped %d", s.Name, again.Added, again.Skipped)
		}
	}
}

func date(t *testing.T, s string) store.Date {
	t.Helper()
	d, err := store.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

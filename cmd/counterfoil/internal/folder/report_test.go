package folder

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/store"
)

// TestSentReport: a report with a preview arrives as it was sent, with and
// without amounts in another currency.
func TestSentReport(t *testing.T) {
	day := store.NewDate(2026, 1, 2)
	want := ingest.Report{
		Source: "a.csv", Format: "csv", Profile: "p", Rows: 2, First: day, Last: day, DryRun: true,
		Accounts: []ingest.ReportAccount{{Name: "A", Currency: "EUR", Rows: 2}},
		Totals:   []ingest.Total{{Currency: "EUR", In: 1, Out: -2}},
		Checked: ingest.Checked{Statements: 2, Wrong: 1, Unbalanced: []ingest.Sums{{Opening: store.Money{Minor: 1, Currency: "EUR"},
			Bookings: store.Money{Currency: "EUR"}, Closing: store.Money{Minor: -2, Currency: "EUR"}, Line: 7, Column: 1}}},
		Preview: []store.Transaction{
			{Booked: day, Amount: store.Money{Minor: -250, Currency: "EUR"}, Status: store.Booked, Description: "x"},
			{Booked: day, Amount: store.Money{Minor: 1, Currency: "EUR"}, Original: store.Money{Minor: 2, Currency: "JPY"}, Authorised: day},
		},
	}
	text, err := json.Marshal(importEvent{Report: (*sentReport)(&want)})
	if err != nil {
		t.Fatal(err)
	}
	var got importEvent
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, ingest.Report(*got.Report)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

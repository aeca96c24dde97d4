package folder

import (
	"encoding/json"

	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/store"
)

// sentReport is a report on its way from the process that owns the data folder.
// Most bookings of a preview have no amount in another currency, and an amount
// without a currency cannot be read back from JSON.
type sentReport ingest.Report

// sentDocument and sentBooking leave out what they redefine.
type sentDocument struct {
	ingest.Report
	Preview []sentBooking
}

type sentBooking struct {
	store.Transaction
	Original *store.Money
}

// MarshalJSON writes what UnmarshalJSON reads.
func (r sentReport) MarshalJSON() ([]byte, error) {
	doc := sentDocument{Report: ingest.Report(r)}
	for _, t := range r.Preview {
		b := sentBooking{Transaction: t}
		if t.Original != (store.Money{}) {
			b.Original = &t.Original
		}
		doc.Preview = append(doc.Preview, b)
	}
	return json.Marshal(doc)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *sentReport) UnmarshalJSON(text []byte) error {
	var doc sentDocument
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	*r = sentReport(doc.Report)
	r.Preview = nil
	for _, b := range doc.Preview {
		if b.Original != nil {
			b.Transaction.Original = *b.Original
		}
		r.Preview = append(r.Preview, b.Transaction)
	}
	return nil
}

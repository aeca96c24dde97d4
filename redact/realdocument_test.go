package redact_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// shownRow is a transaction with its fields in the order of the tools' results.
type shownRow struct {
	ID, Date                              string
	Minor                                 int
	Currency                              string
	Description, Merchant, Memo, Category string
}

// TestRealDocuments passes real card purchases through as the tools show them,
// many to a document: fields that stand side by side, each harmless, must not be
// taken for the parts of one number ("travelodge gb0000" beside a masked card).
func TestRealDocuments(t *testing.T) {
	r := newRedactor(t)
	rows := purchaseRows(t)
	const page = 50
	fields, altered := 0, 0
	for from := 0; from+page <= len(rows); from += page {
		var doc, out []shownRow
		for i, row := range rows[from : from+page] {
			doc = append(doc, shownRow{
				ID: fmt.Sprintf("tx_yvdai4ekz%cfbnzm", 'a'+i%26), Date: "2018-02-05", Minor: -170325 - i, Currency: "GBP",
				Description: row.Merchant, Merchant: strings.TrimRight(row.Merchant, " 0123456789"),
				Memo: fmt.Sprintf("************%04d · %s", (from+i)*7919%10000, row.Unit), Category: row.Category,
			})
		}
		in, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := r.JSON(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got, &out); err != nil {
			t.Fatal(err)
		}
		for i, row := range doc {
			fields += reflect.TypeFor[shownRow]().NumField()
			if out[i] != row {
				altered++
				t.Logf("%+v became %+v", row, out[i])
			}
		}
	}
	if fields < 10_000 || altered*1000 > fields {
		t.Errorf("%d of %d fields altered, want under 0.1 %%", altered, fields)
	}
}

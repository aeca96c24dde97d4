package redact_test

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestRealDocuments passes real card purchases through as the tools show them,
// many to a document: fields that stand side by side, each harmless, must not be
// taken for the parts of one number ("travelodge gb0000" beside a masked card).
func TestRealDocuments(t *testing.T) {
	r := newRedactor(t)
	rows := purchaseRows(t)
	const page = 50
	fields, altered := 0, 0
	for from := 0; from+page <= len(rows); from += page {
		var doc, out []map[string]any
		for i, row := range rows[from : from+page] {
			doc = append(doc, map[string]any{
				"id": fmt.Sprintf("tx_yvdai4ekz%cfbnzm", 'a'+i%26), "date": "2018-02-05", "amount": map[string]any{"minor": -170325 - i, "currency": "GBP"},
				"description": row.Merchant, "memo": fmt.Sprintf("************%04d · %s", (from+i)*7919%10000, row.Unit), "category": row.Category,
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
			for name, v := range row {
				if s, ok := v.(string); ok {
					if fields++; out[i][name] != s {
						altered++
						t.Logf("%s: %q became %q", name, s, out[i][name])
					}
				}
			}
		}
	}
	if fields < 10_000 || altered*1000 > fields {
		t.Errorf("%d of %d fields altered, want under 0.1 %%", altered, fields)
	}
}

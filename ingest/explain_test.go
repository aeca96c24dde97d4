package ingest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDetect explains files of every kind without importing them.
func TestDetect(t *testing.T) {
	cases := []struct {
		in   Input
		want Detection
	}{
		{ofxFile(), Detection{Source: "statement.ofx", Format: "ofx", Charset: "utf-8", Why: "it has an OFX header or root element"}},
		{camtFile(), Detection{Source: "statement.xml", Format: "camt", Charset: "utf-8", Why: "it has an ISO 20022 bank-to-customer element"}},
		{Path("testdata/profiles/monzo.csv"), Detection{Source: "monzo.csv", Format: "csv", Profile: "monzo", Charset: "utf-8",
			Why: "line 1 has the 10 column names of Monzo",
			Profiles: []ProfileMatch{
				{Name: "monzo", Why: "line 1 has the 10 column names of Monzo", Reads: true},
				{Name: "amex-uk-short", Why: "line 1 has the 3 column names of American Express", Manual: true, Reads: true},
				{Name: "generic", Why: "line 1 has the 4 column names of Imported"},
				{Name: "amex-us-short", Why: "line 1 has the 3 column names of American Express", Manual: true},
			}}},
		{Bytes("x.csv", []byte("Date,Description,Amount\n31/12/2025,X,1.00\n")), Detection{Source: "x.csv", Charset: "utf-8", Refused: reasonManual,
			Profiles: []ProfileMatch{
				{Name: "amex-uk-short", Why: "line 1 has the 3 column names of American Express", Manual: true, Reads: true},
				{Name: "amex-us-short", Why: "line 1 has the 3 column names of American Express", Manual: true},
			}, Columns: []string{"Date", "Description", "Amount"}}},
		{Bytes("x.csv", []byte("When;What;How much\n1;2;3\n")), Detection{Source: "x.csv", Charset: "utf-8", Refused: reasonUnknown, Columns: []string{"When", "What", "How much"}}},
		{Bytes("x.html", []byte("<html></html>")), Detection{Source: "x.html", Charset: "utf-8", Refused: reasonPage}},
	}
	for _, c := range cases {
		got, err := testImporter(t).Detect(context.Background(), c.in, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.in.Name, diff)
		}
	}
}

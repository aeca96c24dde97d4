package qif

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// FuzzParse feeds the parser anything: it must end, without a panic, and refuse
// with a *statement.Error.
func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("../testdata/qif/data-with-categories.qif")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("!Account\nNHome\nTCCard\n^\n!Type:CCard\nD1/ 2'04\nU-1,000.00\nL[Savings]\nSFood\n$1.00\n^\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		opts, err := Learn(bytes.NewReader(data), Options{Currency: "EUR"})
		if err == nil {
			err = Parse(bytes.NewReader(data), opts, statement.Discard{})
		}
		var refused *statement.Error
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("%T: %v", err, err)
		}
	})
}

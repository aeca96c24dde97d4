package redact_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
)

// realRows are the texts of real transactions: purchase cards, and the sample
// statements that the importers are tested with.
func realRows(tb testing.TB) []corpus.Row {
	tb.Helper()
	rows := append(purchaseRows(tb), goldenRows(tb)...)
	if len(rows) < 3000 {
		tb.Fatal("too few real rows: ", len(rows))
	}
	return rows
}

// purchaseRows reads the purchase card samples, whose columns have names.
func purchaseRows(tb testing.TB) (rows []corpus.Row) {
	tb.Helper()
	files, err := filepath.Glob("testdata/birmingham/*.csv")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range files {
		lines := readCSV(tb, name)
		column := map[string]int{}
		for i, title := range lines[0] {
			column[title] = i
		}
		for _, l := range lines[1:] {
			rows = append(rows, corpus.Row{Merchant: l[column["MERCHANT NAME"]], Category: l[column["TRANS CAC DESC 1"]], Unit: l[column["TRANS CAC DESC 2"]]})
		}
	}
	return rows
}

// goldenRows reads what the importers make of the sample statements: lines of
// a date and an amount, a description, and fields with names.
func goldenRows(tb testing.TB) (rows []corpus.Row) {
	tb.Helper()
	files, err := filepath.Glob("../ingest/testdata/*/*.golden")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			parts := strings.Split(strings.TrimSpace(line), " | ")
			if len(parts) < 2 || len(line) == 0 || line[0] != '2' && line[0] != '1' {
				continue
			}
			row := corpus.Row{Merchant: parts[1]}
			for _, p := range parts[2:] {
				switch k, v, _ := strings.Cut(p, "="); k {
				case "counterparty":
					row.Counterparty = v
				case "memo":
					row.Memo = v
				case "category":
					row.Category = v
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// statements is a document of real texts, clean as far as the redactor says.
var statements = sync.OnceValue(func() []byte {
	var tb testing.B
	r := newRedactor(&tb)
	return corpus.Statements(1, benchSize, realRows(&tb), func(t string) bool {
		out, _, err := r.Text(nil, []byte(t))
		return err == nil && string(out) == t
	})
})

package redact_test

import (
	"bufio"
	"encoding/csv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
)

// maxAltered is the part of clean fields that may be altered.
const maxAltered = 0.001

// TestCleanLookAlikes measures over-redaction on what looks like an identifier
// and is none.
func TestCleanLookAlikes(t *testing.T) {
	r := newRedactor(t)
	altered, total := map[string]int{}, 0
	shown := map[string]int{}
	const each = 1000
	all := 0
	for _, f := range corpus.CleanFields(rand.New(rand.NewPCG(5, 6)), each) {
		total++
		if got := text(t, r, f.Text); got != f.Text {
			altered[f.Class]++
			all++
			if shown[f.Class]++; shown[f.Class] <= 3 {
				t.Logf("%s: %q -> %q", f.Class, f.Text, got)
			}
		}
	}
	for class, n := range altered {
		t.Logf("%-24s %d of %d altered", class, n, each)
	}
	if float64(all) > maxAltered*float64(total) {
		t.Errorf("%d of %d clean fields altered, more than %g", all, total, maxAltered)
	}
}

// TestCleanTransactions measures over-redaction on real card transactions.
func TestCleanTransactions(t *testing.T) {
	r := newRedactor(t)
	fields, altered := 0, 0
	files, err := filepath.Glob("testdata/birmingham/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatal("no sample files", err)
	}
	for _, name := range files {
		for _, row := range readCSV(t, name) {
			for _, field := range row {
				fields++
				if got := text(t, r, field); got != field {
					altered++
					t.Logf("%q -> %q", field, got)
				}
			}
		}
	}
	t.Logf("%d of %d fields of real transactions altered", altered, fields)
	if float64(altered) > maxAltered*float64(fields) {
		t.Errorf("%d of %d clean fields altered, more than %g", altered, fields, maxAltered)
	}
}

func readCSV(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rd := csv.NewReader(bufio.NewReader(f))
	rd.FieldsPerRecord = -1
	rows, err := rd.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

package redact_test

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// maxAltered is the part of clean fields that may be altered.
const maxAltered = 0.001

// lookAlikes is how many fields of each class are tried.
const lookAlikes = 1000

// altered counts the clean fields that the redactor alters, by class.
func altered(t *testing.T) (byClass map[string]int, total int) {
	r := newRedactor(t)
	byClass = map[string]int{}
	for _, f := range corpus.CleanFields(rand.New(rand.NewPCG(5, 6)), lookAlikes) {
		total++
		if got := text(t, r, f.Text); got != f.Text {
			byClass[f.Class]++
			t.Logf("%s: %q -> %q", f.Class, f.Text, got)
		}
	}
	return byClass, total
}

// overRedaction lists the classes for the table.
func overRedaction(t *testing.T) (rows []string) {
	byClass, _ := altered(t)
	for _, c := range corpus.CleanClasses {
		rows = append(rows, fmt.Sprintf("| %s | %d | %d |", c.Name, lookAlikes, byClass[c.Name]))
	}
	return rows
}

// TestCleanLookAlikes measures over-redaction on what looks like an identifier
// and is none.
func TestCleanLookAlikes(t *testing.T) {
	byClass, total := altered(t)
	all := 0
	for _, n := range byClass {
		all += n
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

func readCSV(t testing.TB, name string) [][]string {
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

// TestCleanLines: numbers at the end of a line are not joined with the date that the
// next one begins with, nor are words of a statement with its numbers.
func TestCleanLines(t *testing.T) {
	r := newRedactor(t)
	rng := rand.New(rand.NewPCG(7, 8))
	for range sample.Of(3000) {
		day := fmt.Sprintf("2026-%02d-%02d", 1+rng.IntN(12), 1+rng.IntN(28))
		for _, in := range []string{
			fmt.Sprintf("id=%06d\n%sT12:30 ok", rng.IntN(1_000_000), day),
			fmt.Sprintf("\"%d.%02d\",\"%06d\"\n\"%s\",\"x\"", rng.IntN(1000), rng.IntN(100), rng.IntN(1_000_000), day),
			fmt.Sprintf("VALUES (%d7%04d,'LIDL GB',%d.%02d)", rng.IntN(10), 1400+rng.IntN(8000), rng.IntN(100), rng.IntN(100)),
		} {
			if got := text(t, r, in); got != in {
				t.Errorf("%q -> %q", in, got)
			}
		}
	}
}

package ingest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// maxSeed keeps seeds short: long ones make the fuzzer spend its time on
// shortening them.
const maxSeed = 4096

// FuzzImport imports anything twice. It must not panic; a refusal is an *Error
// and keeps nothing; what was imported once is not new the second time; and
// no row is lost between the report's counts.
func FuzzImport(f *testing.F) {
	for _, pattern := range []string{"testdata/ofx/*.ofx", "testdata/camt/*.xml", "testdata/mt940/*.sta", "testdata/qif/*.qif", "testdata/profiles/*.csv"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			if len(data) <= maxSeed {
				f.Add(data)
			}
		}
	}
	f.Add(gzipped([]byte("<OFX></OFX>")))
	f.Add([]byte("\xff\xfe<\x00O\x00F\x00X\x00>\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		im, m := testImporter(t), &memory{}
		first, err := im.File(context.Background(), m, Bytes("f", data), Options{Currency: "EUR", Preview: 1})
		var refused *Error
		switch {
		case errors.As(err, &refused):
			if len(m.rows)+len(m.accounts) > 0 {
				t.Fatal("something was kept of a refused file")
			}
			return
		case err != nil:
			t.Fatalf("%T: %v", err, err)
		}
		if first.Added+first.Skipped != first.Rows || int(first.Added) != len(m.rows) {
			t.Fatalf("%d rows, %d added, %d skipped, %d kept", first.Rows, first.Added, first.Skipped, len(m.rows))
		}
		second, err := im.File(context.Background(), m, Bytes("f", bytes.Clone(data)), Options{Currency: "EUR"})
		if err != nil || second.Added != 0 {
			t.Fatalf("the second time: %d added, %v", second.Added, err)
		}
	})
}

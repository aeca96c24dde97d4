package tabular

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"unicode"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// FuzzParse detects a profile for anything and reads it: it must end, without
// a panic, and refuse with a *statement.Error.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("../testdata/profiles/*.csv")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, c := range Detect(data, Shipped()) {
			err := c.Profile.Parse(bytes.NewReader(data), statement.Discard{})
			var refused *statement.Error
			if err != nil && !errors.As(err, &refused) {
				t.Fatalf("%T: %v", err, err)
			}
		}
	})
}

// FuzzReader compares with encoding/csv wherever that reads the text and the
// two do not differ on purpose.
func FuzzReader(f *testing.F) {
	f.Add([]byte("a,b\r\n\"c \"\"d\"\"\",\"e\nf\"\n"))
	f.Add([]byte("\n\na\n,\n"))
	f.Add([]byte("\"\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.ContainsFunc(data, func(r rune) bool { return r != '\n' && unicode.IsSpace(r) }) {
			return // lone CR, and lines of spaces, are read differently
		}
		std := csv.NewReader(bytes.NewReader(data))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil {
			return
		}
		r := NewReader(bytes.NewReader(data), ',')
		for i := 0; ; i++ {
			got, err := r.Next()
			if errors.Is(err, io.EOF) {
				if i != len(want) {
					t.Fatalf("%d records, want %d", i, len(want))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if i >= len(want) || len(got) != len(want[i]) {
				t.Fatalf("record %d has %d fields, want %q", i, len(got), want)
			}
			for k := range got {
				if string(got[k].Text) != want[i][k] {
					t.Fatalf("record %d field %d is %q, want %q", i, k, got[k].Text, want[i][k])
				}
			}
		}
	})
}

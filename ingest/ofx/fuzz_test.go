package ofx

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// maxSeed keeps seeds short: long ones make the fuzzer spend its time on
// shortening them. TestSamples of package ingest reads all.
const maxSeed = 4096

// FuzzParse feeds the parser anything: it must end, without a panic, and refuse
// with a *statement.Error that points into the file.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"../testdata/ofx/*.ofx", "../testdata/ofx/fail_nice/*.ofx"} {
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
	f.Fuzz(func(t *testing.T, data []byte) {
		err := Parse(bytes.NewReader(data), "", statement.Discard{})
		var refused *statement.Error
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("%T: %v", err, err)
		}
		if refused != nil && (refused.Reason == "" || refused.Line > bytes.Count(data, []byte{'\n'})+bytes.Count(data, []byte{'\r'})+1) {
			t.Fatalf("error %v points outside the file", refused)
		}
	})
}

package ingest

import (
	"path/filepath"
	"testing"
)

// TestCAMTSamples reads messages of all three kinds and many versions.
func TestCAMTSamples(t *testing.T) {
	files, err := filepath.Glob("testdata/camt/*.xml")
	if err != nil || len(files) < 18 {
		t.Fatalf("%d samples: %v", len(files), err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			m := &memory{}
			r := mustImport(t, m, Path(f), Options{})
			golden(t, f[:len(f)-4]+".golden", describe(m, r))
			if again := mustImport(t, m, Path(f), Options{}); again.Added != 0 {
				t.Errorf("again: %d added", again.Added)
			}
		})
	}
}

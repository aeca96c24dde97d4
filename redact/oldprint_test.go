package redact

import (
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/known"
)

// TestOldFingerprint: a value is still found whose fingerprint was written with a
// rolling hash of its first characters.
func TestOldFingerprint(t *testing.T) {
	const value = "TOK5F3A9C21B7"
	k := known.NewSipKey([32]byte{})
	whole := k.Sum([]byte(value))
	print := []byte{known.FingerprintVersion, byte(len(Secret))}
	print = append(append(print, Secret...), 0)
	print = known.AppendEntry(print, known.EntryText, len(value), whole)
	print = known.AppendEntry(print, known.EntryStart, known.TextWindow, k.Roll([]byte(value[:known.TextWindow]))^k.Pad(whole))
	for _, prints := range [][][]byte{{print}, {print, fingerprint(t, Secret, "Blue7Sky9Rain")}} {
		r, err := New(Config{Known: knownSet(t, prints)})
		if err != nil {
			t.Fatal(err)
		}
		out, found, err := r.Text(nil, []byte("it is tok-5f3a-9c21b7, keep it"))
		if err != nil || len(found) != 1 || found[0].Layer != LayerKnown {
			t.Errorf("got %q, %v, %v", out, found, err)
		}
	}
}

package redact_test

import (
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// logSize is how much of each kind is redacted at once, in bytes.
const logSize = 256 << 10

// BenchmarkLogs redacts texts that are no bank statements: what programs write
// and what people send on.
func BenchmarkLogs(b *testing.B) {
	r := newRedactor(b)
	for _, kind := range corpus.Logs {
		b.Run(kind.Name, func(b *testing.B) {
			in := kind.Text(1, logSize)
			dst := make([]byte, 0, 2*logSize)
			b.SetBytes(int64(len(in)))
			defer reportCPU(b, len(in))()
			for b.Loop() {
				if _, _, err := r.Text(dst[:0], in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestLongLogsStay: however long such a text is, it is not taken for one that cannot be
// examined within the limits.
func TestLongLogsStay(t *testing.T) {
	r := newRedactor(t)
	for _, kind := range corpus.Logs {
		_, found, err := r.Text(nil, kind.Text(1, sample.Of(logSize)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if f.Rule == "limit" || f.Rule == "depth" {
				t.Errorf("%s: %d parts of the text go by the rule %s", kind.Name, f.Count, f.Rule)
			}
		}
	}
}

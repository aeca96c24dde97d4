package redact_test

import (
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
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

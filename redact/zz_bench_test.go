package redact_test

import (
	"bytes"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
)

func zzDoc() []byte {
	doc := bytes.Clone(benchDocument()[:benchSize/10])
	return append(doc[:bytes.LastIndex(doc, []byte(`,{"id"`))], "]}"...)
}

func zzDocBench(b *testing.B, r *redact.Redactor) {
	doc := zzDoc()
	dst := make([]byte, 0, len(doc)+1024)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, _, err := r.JSON(dst[:0], doc); err != nil {
			b.Fatal(err)
		}
	}
}
func BenchmarkZZDocNone(b *testing.B)     { zzDocBench(b, newRedactor(b)) }
func BenchmarkZZDocNumbers(b *testing.B)  { zzDocBench(b, manyKnown(b, 100_000)) }
func BenchmarkZZDocAccounts(b *testing.B) { zzDocBench(b, accountsKnown(b, 100_000)) }

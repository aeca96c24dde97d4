package redact_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// documentsEach is how many documents of each shape are tried.
const documentsEach = 200

// shownBefore is how much of a document is shown before what was altered.
const shownBefore = 40

// alteredDocuments counts the fields of clean documents, and those that the redactor
// alters, by shape.
func alteredDocuments(t *testing.T, each int) (rows []string, fields, altered int) {
	r := newRedactor(t)
	rng := rand.New(rand.NewPCG(12, 1))
	for k := range corpus.Shapes {
		shape := &corpus.Shapes[k]
		all, bad, logged := 0, 0, false
		for range each {
			in, values := shape.Document(rng)
			all += len(values)
			out := ""
			if shape.JSON {
				out = jsonText(t, r, in)
			} else {
				out = text(t, r, in)
			}
			if out == in {
				continue
			}
			if !logged {
				logged = true
				from := 0
				for in[from] == out[from] {
					from++
				}
				from = max(0, from-shownBefore)
				t.Logf("%s: %.120q -> %.120q", shape.Name, in[from:], out[from:])
			}
			at := 0
			for _, v := range values {
				if n := strings.Index(out[at:], v); n >= 0 && n < len(in)-at {
					at += n + len(v)
				} else {
					bad++
				}
			}
		}
		rows = append(rows, fmt.Sprintf("| %s | %d | %d |", shape.Name, all, bad))
		fields, altered = fields+all, altered+bad
	}
	return rows, fields, altered
}

// TestCleanDocuments measures over-redaction on documents of services, logs, tables and
// texts in which fields stand beside each other, none of which is valid by itself.
func TestCleanDocuments(t *testing.T) {
	rows, fields, altered := alteredDocuments(t, max(1, sample.Of(documentsEach)))
	t.Logf("%d of %d fields of clean documents altered\n%s", altered, fields, strings.Join(rows, "\n"))
	if float64(altered) > maxAltered*float64(fields) {
		t.Errorf("%d of %d fields of clean documents altered, more than %g", altered, fields, maxAltered)
	}
}

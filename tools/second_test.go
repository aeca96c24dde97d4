package tools

import (
	"errors"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
)

// TestSecondScan: a document that something got past the redactor in fails, and
// what an error says passes the redactor.
func TestSecondScan(t *testing.T) {
	r := newRig(t)
	redactor, err := redact.New(redact.Config{})
	if err != nil {
		t.Fatal(err)
	}
	k := &passage{document: []byte(`{"a":"4111111111111111"}`)}
	if err := classify(r.lookAgain(redactor, k)); err == nil || err.Code != CodeInternal || k.document != nil {
		t.Errorf("a card at the border: %v, %s", err, k.document)
	}
	k.document = []byte(`{"a":"clean"}`)
	if err := r.lookAgain(redactor, k); err != nil || k.document == nil {
		t.Errorf("a clean document: %v", err)
	}
	inner := errors.New("inner")
	got := r.harmless(&Error{CodeDenied, "not for 4111 1111 1111 1111", inner})
	if strings.Contains(got.Message, "4111") || got.Code != CodeDenied || !errors.Is(got.Err, inner) {
		t.Errorf("an error that quotes a card: %+v", got)
	}
}

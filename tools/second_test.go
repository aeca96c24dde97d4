package tools

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/llm"
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

// TestSecondScanBeforeTheModel: a prompt that something got past the redactor in
// reaches no model; the call fails, the operator is alerted, and the record has
// nothing of it.
func TestSecondScanBeforeTheModel(t *testing.T) {
	f := &fakeModel{answer: func(llm.Request) (string, error) { return "{}", nil }}
	w := &witness{}
	r := newRig(t, withModel(f), func(c *Config) { c.Observer = w })
	for _, planted := range []string{"4111 1111 1111 1111", "GB82 WEST 1234 5698 7654 32", "&#52;111111111111111", "NDExMTExMTExMTExMTExMQ=="} {
		r.tools["classify_merchant"].run = func(ctx context.Context, run *run, _ *decoded) (any, error) {
			_, err := run.ask(ctx, llm.Request{Messages: []llm.Message{{Role: "user", Content: "pay " + planted}}}, nil)
			return nil, err
		}
		got := r.call(t, alice, "classify_merchant", `{"merchant":"TESCO"}`)
		if got.Err == nil {
			t.Errorf("%s reaches the model", planted)
			continue
		}
		if got.Err.Code != CodeInternal || len(f.heard) > 0 {
			t.Errorf("%s: %v, the model heard %q", planted, got.Err, f.heard)
		}
		if n := len(w.calls); n == 0 || w.calls[n-1].Alert != AlertSecondScan {
			t.Errorf("%s: no alert", planted)
		}
		record, err := json.Marshal(r.last(t))
		if err != nil || strings.Contains(string(record), planted) || strings.Contains(got.Err.Message, planted) {
			t.Errorf("%s is in the record or the message: %s, %v", planted, record, err)
		}
	}
}

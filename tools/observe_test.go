package tools

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/policy"
)

// witness is an Observer that keeps what it was told.
type witness struct {
	calls   []Observation
	refused []Code
}

func (w *witness) Observe(o *Observation) {
	kept := *o
	kept.Steps = append([]Step(nil), o.Steps...)
	w.calls = append(w.calls, kept)
}

func (w *witness) Refused(c Code) { w.refused = append(w.refused, c) }

func stepsOf(o Observation) (names []string) {
	for _, s := range o.Steps {
		names = append(names, s.Name)
	}
	return names
}

// TestObserver pins what is told of an answer, a refusal, an unknown tool and a
// log that fails: each once, with the steps that were taken.
func TestObserver(t *testing.T) {
	w := &witness{}
	r := newRig(t, func(c *Config) { c.Observer = w })
	whole := []string{stepBound, stepPin, stepDecide, stepExecute, stepRedact, stepRelease, stepRecord}
	r.call(t, alice, "search_transactions", `{"limit":5}`)
	r.call(t, alice, "no_such_4111111111111111", `{}`)
	r.call(t, alice, "search_transactions", `{"nonsense":1}`)
	r.Refuse(t.Context(), nil, Refusal{Code: CodeUnauthenticated, Reason: "no_token", Source: "192.0.2.1"})
	if err := r.log.Close(); err != nil {
		t.Fatal(err)
	}
	r.Call(t.Context(), alice, Call{Tool: "list_accounts"})

	type told struct {
		Tool     string
		Decision policy.Effect
		Code     Code
		Alert    string
		Steps    []string
	}
	var got []told
	for _, o := range w.calls {
		got = append(got, told{o.Tool, o.Decision, o.Code, o.Alert, stepsOf(o)})
	}
	want := []told{
		{"search_transactions", policy.Allow, "", "", whole},
		{UnknownTool, "", CodeNotFound, "", []string{stepBound, stepRecord}},
		{"search_transactions", "", CodeInvalid, "", []string{stepBound, stepRecord}},
		{"list_accounts", policy.Allow, CodeUnavailable, AlertUnrecorded, whole},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Code{CodeUnauthenticated}, w.refused); diff != "" {
		t.Error(diff)
	}
	first := w.calls[0]
	if first.Decided.Rules.Matched == 0 || first.Decided.Took <= 0 || first.Released.Took <= 0 || w.calls[1].Decided != (Judged{}) {
		t.Errorf("rules: %+v, %+v, without a decision %+v", first.Decided, first.Released, w.calls[1].Decided)
	}
	if first.Rows == 0 || first.Bytes == 0 || first.Spent.Calls != 1 || first.CallID == "" || first.Limits.CallsPerDay == 0 {
		t.Errorf("counts are missing: %+v", first)
	}
}

// TestUnobserved pins that nobody's watching costs nothing.
func TestUnobserved(t *testing.T) {
	g := &Gate{}
	k := &passage{}
	if n := testing.AllocsPerRun(100, func() {
		k.steps = g.watch()
		k.steps.begin(stepBound)
		g.observe(k, nil)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

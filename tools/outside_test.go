package tools

import (
	"context"
	"errors"
	"testing"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
)

// outer is a tool of the tests that hands its argument to something outside,
// twice, and shows what came back.
type outer struct {
	ran    int
	answer string
	suffix string // of what is sent: a program that changed
	fail   error
	shows  string
}

type outerArgs struct {
	Text string `json:"text" required:"true" max:"100"`
}

type outerResult struct {
	Heard string `json:"heard" class:"text"`
}

func (o *outer) tool() *tool {
	t := define(Spec{
		Name: "outer", Description: "A tool of the tests.", Effect: policy.EffectWrite,
		Annotations: Annotations{Destructive: true, OpenWorld: true},
	}, policy.Labels(0), o.run)
	t.cost = costs{pages: 2, tokens: 100}
	t.target = func(context.Context, *run, *decoded) (*policy.Target, error) {
		return &policy.Target{Parent: "reports", Sharing: "private"}, nil
	}
	t.preview = func(ctx context.Context, r *run, _ *decoded) (preview, error) {
		_, err := r.outside(ctx, outsideNotion, []byte(`{"look":true}`), o.do)
		return preview{text: o.shows}, err
	}
	return t
}

func (o *outer) do(context.Context) ([]byte, string, error) {
	o.ran++
	return []byte(o.answer), "tokens=7", o.fail
}

func (o *outer) run(ctx context.Context, r *run, a outerArgs) (outerResult, error) {
	r.facts.seen("", 0)
	if _, err := r.outside(ctx, outsideNotion, []byte(`{"a":1}`), o.do); err != nil {
		return outerResult{}, err
	}
	heard, err := r.outside(ctx, outsideModel, []byte(`{"text":"`+a.Text+o.suffix+`"}`), o.do)
	r.facts.pages, r.facts.tokens = 1, 7
	return outerResult{Heard: string(heard)}, err
}

// newOuterRig is a Gate that has the tool.
func newOuterRig(t *testing.T, o *outer, rule string, change ...func(*Config)) *rig {
	t.Helper()
	compiled, err := policy.Compile(policy.Source{Name: "policy.yaml", Text: []byte(rule)}, append(Schemas(), policy.ToolSchema{
		Tool: policy.Tool{Name: "outer", Effect: policy.EffectWrite}, Input: o.tool().spec.InputSchema,
	}))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, append([]func(*Config){func(c *Config) { c.Policy = compiled }}, change...)...)
	r.Gate.tools["outer"] = o.tool()
	return r
}

const outerAllowed = `
name: outer
before:
  match:
    - condition: target.parent == "reports" && target.sharing == "private"
      output: allow()
`

func TestOutsideIsRecordedAndNotRepeated(t *testing.T) {
	o := &outer{answer: "hello"}
	r := newOuterRig(t, o, outerAllowed)
	got := r.call(t, alice, "outer", `{"text":"one"}`)
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	mustHave(t, got.Document, `"heard":"hello"`)
	rec := r.last(t).Record
	if len(rec.Exchanges) != 2 || rec.Exchanges[0].Sent == rec.Exchanges[1].Sent || rec.Exchanges[1].Detail != "tokens=7" || rec.Pages != 1 || rec.Tokens != 7 {
		t.Errorf("the record tells of %+v, %d pages, %d tokens", rec.Exchanges, rec.Pages, rec.Tokens)
	}
	o.answer = "other" // what a replay must not hear
	if all := r.replayAll(t); len(all) != 1 || all[0].Verdict != Identical {
		t.Errorf("replayed: %+v", all)
	}
	if o.ran != 2 {
		t.Errorf("it reached outside %d times, the call 2", o.ran)
	}
	o.suffix = "!"
	if all := r.replayAll(t); all[0].Verdict != Different || all[0].Pointer != "/text" {
		t.Errorf("a program that sends something else: %+v", all)
	}
}

func TestFailureOutsideReplays(t *testing.T) {
	o := &outer{fail: &Error{Code: CodeNotFound, Message: "not there"}}
	r := newOuterRig(t, o, outerAllowed)
	if got := r.call(t, alice, "outer", `{"text":"one"}`); got.Err == nil || got.Err.Code != CodeNotFound {
		t.Fatalf("%+v", got)
	}
	o.fail = errors.New("asked again")
	if all := r.replayAll(t); len(all) != 1 || all[0].Verdict != Identical {
		t.Errorf("replayed: %+v", all)
	}
}

func TestOutsideIsBounded(t *testing.T) {
	o := &outer{answer: string(make([]byte, maxExchanged))}
	r := newOuterRig(t, o, outerAllowed)
	if got := r.call(t, alice, "outer", `{"text":"one"}`); got.Err == nil || got.Err.Code != CodeLimit {
		t.Errorf("an answer of %d bytes: %+v", len(o.answer), got.Err)
	}
}

// An intent without an outcome is a call whose effect may have happened: what
// it set aside stays spent, also after a restart.
func TestUnsettledIntentStaysSpent(t *testing.T) {
	o := &outer{answer: "hello"}
	r := newOuterRig(t, o, outerAllowed, func(c *Config) { c.Limits.PagesPerDay, c.Limits.TokensPerDay = 3, 1000 })
	if got := r.call(t, alice, "outer", `{"text":"one"}`); got.Err != nil {
		t.Fatal(got.Err)
	}
	if used := r.usageOf(r.pseudonym("principal", "default", "alice")); used.Pages != 1 || used.Tokens != 7 {
		t.Errorf("used %+v", used)
	}
	intent := r.records(t)[len(r.records(t))-2].Record
	if intent.Phase != audit.PhaseIntent || intent.Pages != 2 || intent.Tokens != 100 {
		t.Fatalf("the intent's record sets aside %d pages and %d tokens", intent.Pages, intent.Tokens)
	}
	again := newBudgets(nil)
	again.replayRecord(intent, r.cfg.Limits, testNow)
	if used := again.books[intent.Principal].spent; used.Pages != 2 || used.Tokens != 100 {
		t.Errorf("after an intent alone: %+v", used)
	}
	again.replayRecord(r.last(t).Record, r.cfg.Limits, testNow)
	if used := again.books[intent.Principal].spent; used.Pages != 1 || used.Tokens != 7 || used.Calls != 1 {
		t.Errorf("after its outcome: %+v", used)
	}
	if got := r.call(t, alice, "outer", `{"text":"two"}`); got.Err != nil {
		t.Fatal(got.Err)
	}
	if got := r.call(t, alice, "outer", `{"text":"three"}`); got.Err == nil || got.Err.Code != CodeLimit {
		t.Errorf("a third call has one page left and may need two: %+v", got)
	}
}

// A person approves what they were shown: if that is something else by the
// time of the second leg, the approval does not fit.
func TestApprovalFitsWhatWasShown(t *testing.T) {
	o := &outer{answer: "hello", shows: "+ one line, for " + plantedAccount}
	r := newOuterRig(t, o, "name: outer\ntools:\n  outer:\n    match:\n      - output: ask(\"It writes.\").via(\"client\")\n")
	first := func() Result {
		got := r.Call(t.Context(), alice, Call{Tool: "outer", Args: []byte(`{"text":"one"}`), CanAsk: true})
		if got.Question == nil {
			t.Fatalf("no question: %+v", got)
		}
		return got
	}
	answer := func(q Result) Result {
		return r.Call(t.Context(), alice, Call{Tool: "outer", Args: []byte(`{"text":"one"}`), CanAsk: true, Consent: &Consent{State: q.Question.State, Accepted: true}})
	}
	q := first()
	mustHave(t, []byte(q.Question.Text), "+ one line")
	mustLack(t, []byte(q.Question.Text), plantedAccount)
	o.shows = "- everything"
	if got := answer(q); got.Err == nil || got.Err.Code != CodeDenied {
		t.Errorf("the approval fitted another preview: %+v", got)
	}
	if got := answer(first()); got.Err != nil {
		t.Errorf("approved: %v", got.Err)
	}
	for _, got := range r.replayAll(t) {
		if got.Verdict != Identical {
			t.Errorf("%+v", got)
		}
	}
}

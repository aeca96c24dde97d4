package tools

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/approvals"
	"github.com/counterfoil/counterfoil/policy"
)

// askRig asks before every search, on a channel.
type askRig struct {
	*rig
	now      time.Time
	operator note.Signer
}

const askPolicy = `
name: asking
tools:
  search_transactions:
    match:
      - output: ask("This shows bookings.").via("CHANNEL").max_rows(3)
after:
  match:
    - output: allow()
`

func newAskRig(t *testing.T, channel string) *askRig {
	t.Helper()
	a := &askRig{now: testNow}
	private, public, err := note.GenerateKey(nil, "test/operator")
	if err != nil {
		t.Fatal(err)
	}
	if a.operator, err = note.NewSigner(private); err != nil {
		t.Fatal(err)
	}
	var dir string
	a.rig = newRig(t, withPolicy(t, strings.ReplaceAll(askPolicy, "CHANNEL", channel)), func(c *Config) {
		dir = t.TempDir()
		if c.Approvals, err = approvals.Open(filepath.Join(dir, "approvals"), c.Keys, public); err != nil {
			t.Fatal(err)
		}
		c.Now = func() time.Time { return a.now }
	})
	return a
}

const askedArgs = `{"query":"landlord","limit":50}`

// firstLeg makes the call of a client that can ask.
func (a *askRig) firstLeg(t *testing.T) Result {
	t.Helper()
	got := a.Call(t.Context(), alice, Call{Tool: "search_transactions", Args: []byte(askedArgs), CanAsk: true})
	if got.Err != nil || got.Question == nil || got.Document != nil {
		t.Fatalf("first leg: %+v", got)
	}
	return got
}

func (a *askRig) secondLeg(t *testing.T, who policy.Principal, args string, c Consent) Result {
	t.Helper()
	return a.Call(t.Context(), who, Call{Tool: "search_transactions", Args: []byte(args), CanAsk: true, Consent: &c})
}

func TestClientApproves(t *testing.T) {
	a := newAskRig(t, "client")
	first := a.firstLeg(t)
	if rec := a.last(t).Record; rec.Phase != audit.PhaseIntent || rec.Decision != "ask" || rec.CallID != first.CallID {
		t.Errorf("the question's record is %+v", rec)
	}
	for _, want := range []string{"alice", "search_transactions", "landlord", "This shows bookings."} {
		mustHave(t, []byte(first.Question.Text), want)
	}
	got := a.secondLeg(t, alice, askedArgs, Consent{first.Question.State, true})
	if got.Err != nil || got.CallID != first.CallID {
		t.Fatalf("second leg: %+v", got)
	}
	if n := len(decodeItems(t, got)); n != 3 {
		t.Errorf("%d rows, the rule's own bound is 3", n)
	}
	all := a.records(t)
	if len(all) != 3 {
		t.Fatalf("%d records: want question, approval, outcome", len(all))
	}
	if r := all[1].Record; r.Event != "approval" || r.Detail != "client approved" || r.CallID != first.CallID {
		t.Errorf("the approval's record is %s", all[1].Leaf)
	}
	if r := all[2].Record; r.Decision != "ask" || r.Predecessor != first.CallID || r.Obligations[0] != "approved:client" {
		t.Errorf("the outcome's record is %s", all[2].Leaf)
	}
	for _, v := range a.replayAll(t) {
		if v.Verdict != Identical {
			t.Errorf("replay: %+v", v)
		}
	}
}

// An approval fits one exact call, once, before it expires.
func TestApprovalFitsOneCall(t *testing.T) {
	bob := alice
	bob.Name = "bob"
	tests := []struct {
		name string
		leg  func(a *askRig, t *testing.T, q Question) Result
	}{
		{"changed argument", func(a *askRig, t *testing.T, q Question) Result {
			return a.secondLeg(t, alice, `{"query":"employer","limit":50}`, Consent{q.State, true})
		}},
		{"other principal", func(a *askRig, t *testing.T, q Question) Result {
			return a.secondLeg(t, bob, askedArgs, Consent{q.State, true})
		}},
		{"changed policy", func(a *askRig, t *testing.T, q Question) Result {
			a.SetPolicy(compiled(t, strings.ReplaceAll(askPolicy, "CHANNEL", "client")+"\n# changed\n"))
			return a.secondLeg(t, alice, askedArgs, Consent{q.State, true})
		}},
		{"expired", func(a *askRig, t *testing.T, q Question) Result {
			a.now = a.now.Add(questionLifetime)
			return a.secondLeg(t, alice, askedArgs, Consent{q.State, true})
		}},
		{"replayed", func(a *askRig, t *testing.T, q Question) Result {
			if first := a.secondLeg(t, alice, askedArgs, Consent{q.State, true}); first.Err != nil {
				t.Fatal(first.Err)
			}
			return a.secondLeg(t, alice, askedArgs, Consent{q.State, true})
		}},
		{"replayed after a restart", func(a *askRig, t *testing.T, q Question) Result {
			if first := a.secondLeg(t, alice, askedArgs, Consent{q.State, true}); first.Err != nil {
				t.Fatal(first.Err)
			}
			again, err := New(t.Context(), a.cfg)
			if err != nil {
				t.Fatal(err)
			}
			return again.Call(t.Context(), alice, Call{Tool: "search_transactions", Args: []byte(askedArgs), Consent: &Consent{q.State, true}})
		}},
		{"declined", func(a *askRig, t *testing.T, q Question) Result {
			return a.secondLeg(t, alice, askedArgs, Consent{q.State, false})
		}},
		{"accepted after declining", func(a *askRig, t *testing.T, q Question) Result {
			a.secondLeg(t, alice, askedArgs, Consent{q.State, false})
			return a.secondLeg(t, alice, askedArgs, Consent{q.State, true})
		}},
		{"made up", func(a *askRig, t *testing.T, _ Question) Result {
			return a.secondLeg(t, alice, askedArgs, Consent{"AAAA", true})
		}},
		{"endless", func(a *askRig, t *testing.T, _ Question) Result {
			return a.secondLeg(t, alice, askedArgs, Consent{strings.Repeat("A", 1<<20), true})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAskRig(t, "client")
			got := tt.leg(a, t, *a.firstLeg(t).Question)
			if got.Err == nil || got.Err.Code != CodeDenied || got.Document != nil {
				t.Errorf("got %+v", got)
			}
			if rec := a.last(t).Record; rec.Error != string(CodeDenied) || rec.Rows != 0 {
				t.Errorf("record is %+v", rec)
			}
		})
	}
}

func TestOperatorApproves(t *testing.T) {
	a := newAskRig(t, "operator")
	call := func() Result { return a.call(t, alice, "search_transactions", askedArgs) }
	first := call()
	if first.Err == nil || first.Err.Code != CodeDenied {
		t.Fatalf("before approval: %+v", first)
	}
	waiting, err := a.cfg.Approvals.List(a.now)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d requests wait, %v", len(waiting), err)
	}
	mustHave(t, []byte(first.Err.Message), waiting[0].ID)
	if again := call(); again.Err == nil || !strings.Contains(again.Err.Message, waiting[0].ID) {
		t.Errorf("asking again: %+v", again)
	}
	if _, err := a.cfg.Approvals.Give(waiting[0].ID, approvals.Approve, a.operator, a.now); err != nil {
		t.Fatal(err)
	}
	if other := a.call(t, alice, "search_transactions", `{"query":"employer"}`); other.Err == nil {
		t.Error("another call went through on it")
	}
	if got := call(); got.Err != nil {
		t.Fatalf("after approval: %v", got.Err)
	}
	if got := call(); got.Err == nil || strings.Contains(got.Err.Message, waiting[0].ID) {
		t.Errorf("a second time: %+v", got)
	}
	for _, v := range a.replayAll(t) {
		if v.Verdict != Identical {
			t.Errorf("replay: %+v", v)
		}
	}
}

func TestOperatorDenies(t *testing.T) {
	a := newAskRig(t, "operator")
	a.call(t, alice, "search_transactions", askedArgs)
	waiting, err := a.cfg.Approvals.List(a.now)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d requests wait, %v", len(waiting), err)
	}
	if _, err := a.cfg.Approvals.Give(waiting[0].ID, approvals.Deny, a.operator, a.now); err != nil {
		t.Fatal(err)
	}
	got := a.call(t, alice, "search_transactions", askedArgs)
	if got.Err == nil || got.Err.Code != CodeDenied || !strings.Contains(got.Err.Message, "denied it") {
		t.Errorf("got %+v", got)
	}
}

// A client that can't ask falls to the operator; an answer that a client gives
// is no answer of the operator.
func TestChannelsDoNotMix(t *testing.T) {
	a := newAskRig(t, "client")
	if got := a.call(t, alice, "search_transactions", askedArgs); got.Err == nil || !strings.Contains(got.Err.Message, "appr_") {
		t.Errorf("a client that can't ask: %+v", got)
	}
	o := newAskRig(t, "operator")
	got := o.Call(t.Context(), alice, Call{Tool: "search_transactions", Args: []byte(askedArgs), CanAsk: true})
	if got.Question != nil || got.Err == nil {
		t.Errorf("the operator's question was put to the client: %+v", got)
	}
	if got := o.secondLeg(t, alice, askedArgs, Consent{"AAAA", true}); got.Err == nil {
		t.Errorf("the client answered for the operator: %+v", got)
	}
}

const heldPolicy = `
name: held
after:
  match:
    - output: allow().max_rows(3)
release:
  match:
    - condition: result.rows > 1
      output: ask("More than one row.").via("CHANNEL")
    - output: allow()
`

// hold is an askRig under a rule that asks when the result is there.
func hold(t *testing.T, channel string) *askRig {
	a := newAskRig(t, channel)
	withPolicy(t, strings.ReplaceAll(heldPolicy, "CHANNEL", channel))(&a.cfg)
	a.SetPolicy(a.cfg.Policy)
	return a
}

// A release rule can ask: the result waits, and the same call gets it once a
// person has let exactly that result go.
func TestClientLetsAResultGo(t *testing.T) {
	a := hold(t, "client")
	first := a.firstLeg(t)
	for _, want := range []string{"More than one row.", "The result that waits: 3 rows", "Bookings of 2026-"} {
		mustHave(t, []byte(first.Question.Text), want)
	}
	if rec := a.last(t).Record; rec.Phase != audit.PhaseIntent || rec.Decision != "ask" || rec.Rule != "release/1" || rec.Rows != 0 || rec.ResultDigest != "" {
		t.Errorf("the question's record is %+v", rec)
	}
	yes := Consent{State: first.Question.State, Accepted: true}
	got := a.secondLeg(t, alice, askedArgs, yes)
	if got.Err != nil || got.Document == nil {
		t.Fatalf("second leg: %+v", got)
	}
	mustHave(t, got.Document, `"next_cursor"`)
	rec := a.last(t).Record
	if rec.Decision != "ask" || rec.Rule != "release/1" || !approvedIn(rec.Obligations) || rec.Predecessor != first.CallID || rec.Rows != 3 {
		t.Errorf("the outcome's record is %+v", rec)
	}
	again := a.Replay(t.Context(), rec, a.last(t).Sidecar, func(string) (*policy.Policy, error) { return a.cfg.Policy, nil })
	if again.Verdict != Identical {
		t.Errorf("replay: %+v", again)
	}
	if got := a.secondLeg(t, alice, askedArgs, yes); got.Err == nil || got.Document != nil {
		t.Error("an approval was good twice")
	}
	no := a.secondLeg(t, alice, askedArgs, Consent{State: a.firstLeg(t).Question.State})
	if no.Err == nil || no.Document != nil || !strings.Contains(no.Err.Message, "declined") {
		t.Errorf("declined: %+v", no)
	}
	if got := a.Call(t.Context(), alice, Call{Tool: "search_transactions", Args: []byte(`{"query":"landlord","limit":1}`)}); got.Err != nil {
		t.Errorf("a result that is not asked about: %v", got.Err)
	}
}

// What is let go is the result that was asked about: after an import that makes
// it another one, the approval is none.
func TestLetGoFitsOneResult(t *testing.T) {
	a := hold(t, "client")
	first := a.firstLeg(t)
	a.importMore(t)
	got := a.secondLeg(t, alice, askedArgs, Consent{State: first.Question.State, Accepted: true})
	if got.Err == nil || got.Document != nil || got.Err.Code != CodeDenied {
		t.Errorf("got %+v", got)
	}
}

func TestOperatorLetsAResultGo(t *testing.T) {
	a := hold(t, "operator")
	got := a.call(t, alice, "search_transactions", askedArgs)
	if got.Err == nil || got.Document != nil || !strings.Contains(got.Err.Message, "appr_") {
		t.Fatalf("got %+v", got)
	}
	open, err := a.cfg.Approvals.List(a.now)
	if err != nil || len(open) != 1 || !strings.Contains(open[0].Preview, "3 rows") {
		t.Fatalf("%+v, %v", open, err)
	}
	if _, err := a.cfg.Approvals.Give(open[0].ID, approvals.Approve, a.operator, a.now); err != nil {
		t.Fatal(err)
	}
	if got := a.call(t, alice, "search_transactions", askedArgs); got.Err != nil {
		t.Errorf("approved: %v", got.Err)
	}
	if got := a.call(t, alice, "search_transactions", askedArgs); got.Err == nil || got.Document != nil {
		t.Error("an approval was good twice")
	}
}

// Nobody is asked twice about one call: what was asked about before it ran is
// denied if its release asks again.
func TestAskedBeforeAndAfter(t *testing.T) {
	a := newAskRig(t, "client")
	withPolicy(t, strings.ReplaceAll(strings.Replace(heldPolicy, "allow().max_rows(3)", `ask("Before.").via("client").max_rows(3)`, 1), "CHANNEL", "client"))(&a.cfg)
	a.SetPolicy(a.cfg.Policy)
	first := a.firstLeg(t)
	mustHave(t, []byte(first.Question.Text), "Before.")
	got := a.secondLeg(t, alice, askedArgs, Consent{State: first.Question.State, Accepted: true})
	if got.Err == nil || got.Err.Code != CodeDenied || got.Question != nil || got.Document != nil {
		t.Errorf("got %+v", got)
	}
}

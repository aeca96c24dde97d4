package tools

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// archive knows the policy that the rig began with.
func (r *rig) archive(digest string) (*policy.Policy, error) {
	d := r.cfg.Policy.Digest()
	if fmt.Sprintf("%x", d) != digest {
		return nil, errors.New("not archived")
	}
	return r.cfg.Policy, nil
}

func (r *rig) replayAll(t *testing.T) []Replayed {
	t.Helper()
	var all []Replayed
	for _, it := range r.records(t) {
		if IsCall(it.Record) {
			all = append(all, r.Replay(t.Context(), it.Record, it.Sidecar, r.archive))
		}
	}
	return all
}

func TestEveryCallReplays(t *testing.T) {
	r := newRig(t)
	first := r.accountID(t, "Everyday")
	page := r.call(t, alice, "search_transactions", `{"limit":5}`)
	cursor := nextCursor(t, page)
	long := `{"query":"` + strings.Repeat("x", MaxArgsBytes) + `"}` // not kept
	for _, c := range []struct{ tool, args string }{
		{"search_transactions", fmt.Sprintf(`{"limit":5,"cursor":%q}`, cursor)},
		{"search_transactions", `{"query":"landlord"}`},
		{"search_transactions", `{"limit":0}`},
		{"search_transactions", `{"limit":150}`},
		{"no_such_tool", `{}`},
		{"no_such_tool", long},
		{"search_transactions", long},
		{"search_transactions", long[:MaxArgsBytes]},
		{"list_accounts", ``},
		{"summarize_transactions", `{"group_by":["merchant"],"compare_previous":true}`},
		{"get_cash_flow", `{}`},
		{"get_balance_history", fmt.Sprintf(`{"account_id":%q}`, first)},
		{"detect_recurring", `{"months":6}`},
		{"list_imports", `{}`},
		{"@prompt", `{"prompt":"find_subscriptions"}`},
		{"@resource", `{"uri":"counterfoil://limits"}`},
	} {
		r.call(t, alice, c.tool, c.args)
	}
	r.importMore(t) // what comes later must not show
	all := r.replayAll(t)
	if len(all) != 17 {
		t.Fatalf("%d calls replayed, want 17", len(all))
	}
	for _, got := range all {
		if got.Verdict != Identical {
			t.Errorf("%+v", got)
		}
	}
}

func nextCursor(t *testing.T, res Result) string {
	t.Helper()
	if res.Err != nil {
		t.Fatal(res.Err)
	}
	var l struct {
		Next string `json:"next_cursor"`
	}
	if err := decodeNumbers(res.Document, &l); err != nil || l.Next == "" {
		t.Fatalf("no cursor in %s", res.Document)
	}
	return l.Next
}

// importMore commits another batch, with a transaction newer than all others.
func (r *rig) importMore(t testing.TB) {
	t.Helper()
	day, err := store.ParseDate("2026-11-21")
	if err != nil {
		t.Fatal(err)
	}
	rows := func(yield func(store.Row, error) bool) {
		yield(store.Row{AccountKey: []byte("k1"), ContentKey: []byte("new"), SourceKind: "csv", Transaction: store.Transaction{
			Booked: day, Amount: store.Money{Minor: -777, Currency: "GBP"}, Status: store.Booked, Description: "Latecomer",
		}}, nil)
	}
	im := store.Import{Source: "late.csv", Format: "csv", At: testNow, Accounts: []store.NewAccount{{Key: []byte("k1"), Name: "Everyday", Kind: "checking", Currency: "GBP"}}}
	if _, err := r.store.Import(t.Context(), im, rows, false); err != nil {
		t.Fatal(err)
	}
}

func TestPagesNeverShift(t *testing.T) {
	r := newRig(t)
	cursor := nextCursor(t, r.call(t, alice, "search_transactions", `{"limit":5}`))
	before := r.call(t, alice, "search_transactions", fmt.Sprintf(`{"limit":5,"cursor":%q}`, cursor))
	r.importMore(t)
	after := r.call(t, alice, "search_transactions", fmt.Sprintf(`{"limit":5,"cursor":%q}`, cursor))
	if a, b := decodeItems(t, before), decodeItems(t, after); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("the page shifted:\n%v\n%v", a, b)
	}
	if n := decodeItems(t, r.call(t, alice, "search_transactions", `{"query":"latecomer"}`)); len(n) != 1 {
		t.Errorf("a new search finds %d of the new rows", len(n))
	}
}

func TestCursorIsBound(t *testing.T) {
	r := newRig(t)
	cursor := nextCursor(t, r.call(t, alice, "search_transactions", `{"limit":5}`))
	bob := alice
	bob.Name = "bob"
	for name, c := range map[string]struct {
		who        policy.Principal
		tool, args string
	}{
		"other principal": {bob, "search_transactions", fmt.Sprintf(`{"limit":5,"cursor":%q}`, cursor)},
		"other arguments": {alice, "search_transactions", fmt.Sprintf(`{"limit":5,"direction":"out","cursor":%q}`, cursor)},
		"other tool":      {alice, "list_accounts", fmt.Sprintf(`{"limit":5,"cursor":%q}`, cursor)},
		"cut off":         {alice, "search_transactions", fmt.Sprintf(`{"limit":5,"cursor":%q}`, cursor[:len(cursor)-4])},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.call(t, c.who, c.tool, c.args)
			if got.Err == nil || got.Err.Code != CodeInvalid {
				t.Errorf("got %+v", got)
			}
		})
	}
	if got := r.call(t, alice, "search_transactions", fmt.Sprintf(`{"limit":7,"cursor":%q}`, cursor)); got.Err != nil {
		t.Errorf("another page size: %v", got.Err)
	}
	r.SetPolicy(compiled(t, "name: other\nafter:\n  match:\n    - output: allow()\n"))
	if got := r.call(t, alice, "search_transactions", fmt.Sprintf(`{"limit":5,"cursor":%q}`, cursor)); got.Err == nil || got.Err.Code != CodeInvalid {
		t.Errorf("under another policy: %+v", got)
	}
}

func compiled(t testing.TB, text string) *policy.Policy {
	t.Helper()
	p, err := policy.Compile(policy.Source{Name: "test.yaml", Text: []byte(text)}, Schemas())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReplaySaysWhyNot(t *testing.T) {
	r := newRig(t)
	r.call(t, alice, "search_transactions", `{"query":"landlord"}`)
	it := r.last(t)
	t.Run("policy gone", func(t *testing.T) {
		got := r.Replay(t.Context(), it.Record, it.Sidecar, func(string) (*policy.Policy, error) { return nil, errors.New("gone") })
		if got.Verdict != NotReplayable || got.Why == "" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("other policy", func(t *testing.T) {
		narrow := compiled(t, "name: narrow\nafter:\n  match:\n    - output: allow().max_rows(1)\n")
		got := r.Replay(t.Context(), it.Record, it.Sidecar, func(string) (*policy.Policy, error) { return narrow, nil })
		if got.Verdict != Different {
			t.Errorf("%+v", got)
		}
	})
	t.Run("tampered digest", func(t *testing.T) {
		forged := *it.Record
		forged.ResultDigest = audit.Digest([]byte("x"))
		if got := r.Replay(t.Context(), &forged, it.Sidecar, r.archive); got.Verdict != Different {
			t.Errorf("%+v", got)
		}
	})
	t.Run("sidecar of another call", func(t *testing.T) {
		r.call(t, alice, "list_accounts", ``)
		other := r.last(t)
		if got := r.Replay(t.Context(), it.Record, other.Sidecar, r.archive); got.Verdict != NotReplayable {
			t.Errorf("%+v", got)
		}
	})
	t.Run("erased", func(t *testing.T) {
		if err := r.keys.Destroy(""); err != nil {
			t.Fatal(err)
		}
		if got := r.Replay(t.Context(), it.Record, it.Sidecar, r.archive); got.Verdict != NotReplayable || got.Why != "erased" {
			t.Errorf("%+v", got)
		}
	})
}

func TestReconsiderUnderAnotherPolicy(t *testing.T) {
	r := newRig(t)
	r.call(t, alice, "search_transactions", `{"query":"landlord"}`)
	it := r.last(t)
	strict := compiled(t, "name: strict\nbefore:\n  match:\n    - output: deny(\"closed\")\n")
	got := r.Reconsider(it.Record, it.Sidecar, strict)
	if !got.Changed() || got.After != policy.Deny || got.Reason != "closed" {
		t.Errorf("%+v", got)
	}
	if same := r.Reconsider(it.Record, it.Sidecar, r.cfg.Policy); same.Changed() || same.Why != "" {
		t.Errorf("%+v", same)
	}
}

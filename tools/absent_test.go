package tools

import (
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/policy"
)

// TestNotSetUp: who may call a tool that the server lacks the means for is told
// what it needs; for others, and for names that are none, there is no such tool.
// Nothing that was sent comes back.
func TestNotSetUp(t *testing.T) {
	r := newRig(t)
	who := func(name string, roles ...string) policy.Principal {
		return policy.Principal{Tenant: "default", Name: name, Roles: roles, Auth: "bearer"}
	}
	const model, notion, none = "needs a local model", "needs Notion", "there is no such tool"
	for _, c := range []struct {
		who        policy.Principal
		tool, args string
		want       string
	}{
		{who("reader", "reader"), "classify_merchant", `{"merchant":"4111111111111111"}`, model},
		{who("reader", "reader"), "classify_merchant", `{}`, model},
		{who("reader", "reader"), "classify_merchant", `{"4111111111111111":1}`, model},
		{who("reader", "reader"), "explain_spending", ``, model},
		{who("reader", "reader"), "notion_list_targets", ``, notion},
		{who("author", "writer", "reader"), "notion_upsert_report", `{}`, notion},
		{who("writer", "writer"), "notion_upsert_report", `{}`, none},
		{who("writer", "writer"), "notion_undo", `{}`, notion},
		{who("reader", "reader"), "notion_upsert_report", `{}`, none},
		{who("reader", "reader"), "notion_undo", `{}`, none},
		{who("nobody"), "classify_merchant", `{}`, none},
		{who("nobody"), "notion_list_targets", `{}`, none},
		{who("reader", "reader"), "tool-4111111111111111", `{}`, none},
		{who("reader", "reader"), "Classify_merchant", `{}`, none},
	} {
		t.Run(c.who.Name+" "+c.tool, func(t *testing.T) {
			got := r.call(t, c.who, c.tool, c.args)
			if got.Err == nil || got.Err.Code != CodeNotFound || !strings.Contains(got.Err.Message, c.want) {
				t.Fatalf("got %+v, want %s", got.Err, c.want)
			}
			mustLack(t, []byte(got.Err.Message), "4111")
			if last := r.last(t); last.Record.CallID != got.CallID || last.Record.Tool != "" || last.Record.Error != string(CodeNotFound) {
				t.Errorf("on record: %+v", last.Record)
			}
		})
	}
	for _, s := range r.Specs() {
		if s.Name == "classify_merchant" || strings.HasPrefix(s.Name, "notion_") {
			t.Errorf("%s is listed", s.Name)
		}
	}
}

// TestNotSetUpFails: a policy that cannot decide gives nothing away.
func TestNotSetUpFails(t *testing.T) {
	strict, err := policy.Compile(policy.Source{Name: "p.yaml", Text: []byte("name: p\ntools:\n  classify_merchant:\n    match:\n      - condition: args.merchant == \"x\"\n        output: allow()\n")}, Schemas())
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(c *Config) { c.Policy = strict })
	if got := r.call(t, policy.Principal{Tenant: "default", Name: "p"}, "classify_merchant", `{}`); got.Err == nil || got.Err.Message != errNoTool.Message {
		t.Errorf("got %+v", got.Err)
	}
}

// TestNotSetUpReplays: a call of a tool that the server lacked the means for
// replays as such, whatever its arguments, though a replay offers every tool.
func TestNotSetUpReplays(t *testing.T) {
	r := newRig(t)
	r.call(t, alice, "classify_merchant", `{"no such":1}`)
	r.call(t, alice, "notion_create_page", `{"target":"x"}`)
	r.call(t, alice, "explain_spending", `{"from":"2026-01-01","to":"2026-01-31","group_by":"merchant"}`)
	cfg := r.cfg
	cfg.Log = nil
	replayer, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range r.records(t) {
		if !IsCall(it.Record) {
			continue
		}
		if got := replayer.Replay(t.Context(), it.Record, it.Sidecar, r.archive); got.Verdict != Identical {
			t.Errorf("%+v", got)
		}
	}
}

package policy

import (
	"testing"
	"time"
)

// toolSchemas are input schemas as the tools declare them, reduced to what
// types an argument.
func toolSchemas() []ToolSchema {
	read := func(name, input string) ToolSchema {
		output := `{"properties":{"items":{"type":"array","items":{"properties":{"merchant":{},"memo":{"type":"string"}}}}}}`
		if name == "list_accounts" {
			output = `{"properties":{"items":{"items":{"properties":{"name":{}}}}}}`
		}
		return ToolSchema{Tool: Tool{Name: name, Effect: EffectRead, Labels: Private | Untrusted}, Input: []byte(input), Output: []byte(output)}
	}
	return []ToolSchema{
		read("list_accounts", `{"type":"object","properties":{},"additionalProperties":false}`),
		read("search_transactions", `{"type":"object","additionalProperties":false,"properties":{
			"query":{"type":"string","maxLength":200},
			"from":{"type":"string","format":"date"},"to":{"type":"string","format":"date"},
			"account_ids":{"type":"array","items":{"type":"string","maxLength":64},"maxItems":50},
			"min_amount":{"type":"string","maxLength":32},
			"direction":{"type":"string","enum":["in","out"]},
			"pending":{"type":"boolean"},
			"sort":{"type":"string","enum":["date_desc","date_asc"]},
			"limit":{"type":"integer","minimum":1,"maximum":200}}}`),
		read("get_transactions", `{"type":"object","properties":{"ids":{"type":"array","items":{"type":"string"},"maxItems":100}},"required":["ids"]}`),
		read("summarize_transactions", `{"type":"object","properties":{"from":{"type":"string","format":"date"},"to":{"type":"string","format":"date"},"group_by":{"type":"array","items":{"type":"string","enum":["category","month","merchant"]},"maxItems":2},"top_n":{"type":"integer"}},"required":["group_by"]}`),
		{Tool: Tool{Name: "notion_create_page", Effect: EffectWrite}, Output: []byte(`{}`), Input: []byte(`{"type":"object","properties":{"title":{"type":"string","maxLength":200},"properties":{"type":"object"}},"required":["title"]}`)},
		{Tool: Tool{Name: "notion_upsert_report", Effect: EffectWrite}, Output: []byte(`{}`), Input: []byte(`{"type":"object","properties":{"month":{"type":"string"},"dry_run":{"type":"boolean"}},"required":["month"]}`)},
		{Tool: Tool{Name: "notion_undo", Effect: EffectDestructive}, Output: []byte(`{}`), Input: []byte(`{"type":"object","properties":{"call_id":{"type":"string"}},"required":["call_id"]}`)},
	}
}

var testNow = time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)

// request is a read by a reader; tests change what they are about.
func request(name string, args map[string]any) *Request {
	r := &Request{
		Principal: Principal{Tenant: "default", Name: "ada", Roles: []string{"reader"}, Auth: "bearer"},
		Client:    Client{Name: "test", Version: "1"},
		Tool:      Tool{Name: name, Effect: EffectRead},
		Args:      args,
		Now:       testNow,
		Budget:    Budget{CallsLeft: 100, RowsLeft: 1000, BytesLeft: 1 << 20},
	}
	for _, s := range toolSchemas() {
		if s.Name == name {
			r.Tool = s.Tool
		}
	}
	return r
}

func mustCompile(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := Compile(Source{Name: "policy.yaml", Text: []byte(text)}, toolSchemas())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

package policy

import "testing"

func TestDefaultCompiles(t *testing.T) {
	p := mustCompile(t, string(Default()))
	for _, r := range []*Request{
		request("search_transactions", nil),
		request("search_transactions", map[string]any{"limit": int64(150)}),
		request("notion_create_page", map[string]any{"title": "x"}),
	} {
		d := p.Decide(r)
		t.Logf("%+v", d)
	}
}

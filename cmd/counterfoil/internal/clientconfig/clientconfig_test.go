package clientconfig

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzMergeServer: a file is refused, or the server is in it and nothing else
// has changed; merging again changes nothing.
func FuzzMergeServer(f *testing.F) {
	f.Add([]byte(``))
	f.Add([]byte(`{"b": 1e400, "a": [1, {"x": null}], "mcpServers": {"other": {"env": {"K": "v"}}}}`))
	f.Add([]byte(`{"mcpServers": {"counterfoil": 7, "": {}}}`))
	f.Add([]byte(`{"mcpServers": [], "a": 1}`))
	f.Add([]byte("{\"\\u0061\": 1, \"a\": 2}"))
	f.Add([]byte("\xef\xbb\xbf{}"))
	c := Command{Command: "/bin/counterfoil", Args: []string{"serve", "--stdio"}}
	f.Fuzz(func(t *testing.T, text []byte) {
		out, err := Merge(text, "counterfoil", c)
		if err != nil {
			return
		}
		before, after := decoded(t, text), decoded(t, out)
		servers, ok := after["mcpServers"].(map[string]any)
		if !ok {
			t.Fatalf("no servers in %s", out)
		}
		if diff := cmp.Diff(map[string]any{"command": c.Command, "args": []any{"serve", "--stdio"}}, servers["counterfoil"]); diff != "" {
			t.Fatal(diff)
		}
		old, _ := before["mcpServers"].(map[string]any)
		delete(servers, "counterfoil")
		delete(old, "counterfoil")
		if len(old) == 0 && len(servers) == 0 {
			delete(before, "mcpServers")
			delete(after, "mcpServers")
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Fatalf("the rest changed (-before +after)\n%s", diff)
		}
		if again, err := Merge(out, "counterfoil", c); err != nil || !bytes.Equal(out, again) {
			t.Fatalf("merging again: %v", err)
		}
	})
}

func decoded(t *testing.T, text []byte) map[string]any {
	t.Helper()
	m := map[string]any{}
	if len(bytes.TrimSpace(text)) == 0 {
		return m
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

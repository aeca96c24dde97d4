package mcp

import "testing"

// TestCompleteBeforeTyping asks for completions of nothing, as clients do when
// a form opens: the Gate gets no value rather than an empty one.
func TestCompleteBeforeTyping(t *testing.T) {
	for value, want := range map[string]string{
		`""`:   `{"ref":"explain_category","argument":"category"}`,
		`"Re"`: `{"ref":"explain_category","argument":"category","value":"Re"}`,
	} {
		m := &message{ref: []byte(`{"type":"ref/prompt","name":"explain_category"}`), argument: []byte(`{"name":"category","value":` + value + `}`)}
		call, err := completeCall(m)
		if err != nil || string(call.Args) != want {
			t.Errorf("%s: %s, %v", value, call.Args, err)
		}
	}
}

package llm

import "testing"

const everything = `{"type":"object","properties":{
	"s":{"type":"string","minLength":1,"maxLength":3},
	"e":{"type":"string","enum":["a","b"]},
	"i":{"type":"integer","minimum":0,"maximum":10},
	"b":{"type":"boolean"},
	"l":{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2},
	"o":{"oneOf":[{"type":"string","const":"x"},{"type":"integer"}]}
},"required":["s"],"additionalProperties":false}`

func TestSchema(t *testing.T) {
	s, err := NewSchema([]byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	for _, good := range []string{
		`{"s":"x"}`, ` {"s":"äöü","e":"a","i":10,"b":true,"l":[1,2],"o":"x"} `, `{"s":"x","o":3}`,
	} {
		if err := s.Check([]byte(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		``, `null`, `[]`, `{}`, `{"s":""}`, `{"s":"long"}`, `{"s":1}`, `{"s":"x","s":"x"}`, `{"s":"x"} {"s":"x"}`, `{"s":"x"}x`,
		`{"s":"x","e":"c"}`, `{"s":"x","i":11}`, `{"s":"x","i":1.0}`, `{"s":"x","i":1e1}`, `{"s":"x","i":-1}`, `{"s":"x","i":"1"}`,
		`{"s":"x","b":0}`, `{"s":"x","l":[]}`, `{"s":"x","l":[1,2,3]}`, `{"s":"x","l":["1"]}`, `{"s":"x","o":"y"}`, `{"s":"x","z":1}`,
		"{\"s\":\"\xff\"}", `{"s":"x"`,
	} {
		if s.Check([]byte(bad)) == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
}

// TestUnknownKeywordsAreRefused: a constraint that this checker does not know
// would otherwise be passed over.
func TestUnknownKeywordsAreRefused(t *testing.T) {
	for _, bad := range []string{
		`{"type":"string","pattern":"x"}`, `{"type":"object","properties":{}}`, `{"type":"array"}`, `{}`, `{"type":"number"}`,
		`{"type":"object","properties":{"x":{"type":"null"}},"additionalProperties":false}`, `x`,
		`{"type":"string","oneOf":[{"type":"string"}]}`, `{"type":"string"} x`,
	} {
		if _, err := NewSchema([]byte(bad)); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
}

func FuzzSchema(f *testing.F) {
	f.Add([]byte(`{"s":"x","l":[1]}`))
	f.Add([]byte(`{"s":"x","s":[[[[[[`))
	s, err := NewSchema([]byte(everything))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := s.Check(text); err == nil && len(text) < len(`{"s":"x"}`) {
			t.Errorf("%q is too short to be of the schema", text)
		}
	})
}

package mcp

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// TestScan pins the grammar: RFC 8259 as narrowed by RFC 7493.
func TestScan(t *testing.T) {
	good := []string{
		`{}`, " {\t}\r\n", `{"a":null,"b":[true,false,[]],"c":{"d":-0.5e+10}}`, `{"a":0}`, `{"a":1E9}`,
		`{"\u00e9\n":"\ud83d\ude00"}`, `{"a":"é😀"}`, `{"":""}`,
	}
	bad := []string{
		``, ` `, `[]`, `1`, `"a"`, `null`, `{`, `}`, `{}{}`, `{} x`, `{,}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1 "b":2}`,
		`{a:1}`, `{'a':1}`, `{"a":01}`, `{"a":+1}`, `{"a":.5}`, `{"a":1.}`, `{"a":1e}`, `{"a":-}`, `{"a":NaN}`, `{"a":tru}`,
		`{"a":[1,]}`, `{"a":[,1]}`, `{"a":[1 2]}`, "{\"a\":\"\n\"}", "{\"a\":\"\x00\"}", `{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\u12g4"}`,
		`{"a":"\ud800"}`, `{"a":"\udc00"}`, `{"a":"\ud800\u0041"}`, `{"a":"\ud800x"}`, `{"a":"`, `{"a":"\`, "{\"a\":\"\xff\"}",
		"\ufeff{}", `{"a":1}//`, `/**/{}`, "{\u00a0}", `{"a":"\ud83d\u`,
	}
	for _, text := range good {
		if err := scanObject([]byte(text), 8, nil); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range bad {
		if err := scanObject([]byte(text), 8, nil); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
	deep := func(n int) []byte { return []byte(strings.Repeat(`{"a":`, n-1) + `{}` + strings.Repeat(`}`, n-1)) }
	if err := scanObject(deep(8), 8, nil); err != nil {
		t.Errorf("as deep as allowed: %v", err)
	}
	if err := scanObject(deep(9), 8, nil); err != errDepth {
		t.Errorf("one deeper: %v", err)
	}
}

// TestKeys pins that no object the edge looks into can mean two things.
func TestKeys(t *testing.T) {
	for _, text := range []string{
		`{"a":1,"a":2}`, `{"a":1,"A":2}`, `{"k":1,"\u212a":2}`, `{"s":1,"ſ":2}`, `{"\u0061":1,"a":2}`,
		`{` + strings.Repeat(`"x`, 1) + `":0` + func() string {
			var b strings.Builder
			for i := range maxKeys {
				b.WriteString(`,"y` + strings.Repeat("z", i) + `":0`)
			}
			return b.String()
		}() + `}`,
	} {
		if err := scanObject([]byte(text), 8, func([]byte, []byte) error { return nil }); err == nil {
			t.Errorf("%.40s was accepted", text)
		}
	}
}

// FuzzParse holds the edge's parser against encoding/json, with which the
// library reads the same bytes: what the edge accepts must be valid JSON, and
// both must see the same message.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		helloLegacy, callOf("1", "list_accounts", `{"a":[1,2,{"b":null}]}`), `[{}]`, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a"}}`,
		`{"jsonrpc":"2.0","id":"\u0041","result":{}}`, `{"jsonrpc":"2.0","id":-1,"error":{"code":1,"message":"x"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","Name":"y"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":"t","traceparent":"00-a-b-c"},"name":"\ud83d\ude00"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, e := parse(b, DefaultDepth)
		if e != nil {
			if m.id != nil && !json.Valid(m.id) {
				t.Fatalf("a refused message has the id %q", m.id)
			}
			return
		}
		if !json.Valid(b) || !utf8.Valid(b) {
			t.Fatal("accepted what is not JSON")
		}
		sameMessage(t, b, &m)
	})
}

func sameMessage(t *testing.T, b []byte, m *message) {
	t.Helper()
	var lib struct {
		JSONRPC string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Method  string          `json:"method"`
		Result  json.RawMessage `json:"result"`
		Error   json.RawMessage `json:"error"`
		Params  struct {
			Meta      *mcpgo.Meta     `json:"_meta"`
			Name      *string         `json:"name"`
			URI       *string         `json:"uri"`
			Arguments json.RawMessage `json:"arguments"`
		} `json:"params"`
	}
	if err := json.Unmarshal(b, &lib); err != nil {
		return // the library refuses more than the edge; it cannot disagree then
	}
	if lib.JSONRPC != "2.0" || lib.Method != m.method || !bytes.Equal(lib.ID, m.id) {
		t.Fatalf("the library sees %q %q %q, the edge %q %q", lib.JSONRPC, lib.ID, lib.Method, m.id, m.method)
	}
	if answers := lib.Result != nil || lib.Error != nil; answers != (m.kind == response) || (lib.ID == nil) != (m.kind == notification) {
		t.Fatalf("the library sees a message of another kind than %v", m.kind)
	}
	name, _ := unquote(m.name)
	uri, _ := unquote(m.uri)
	if lib.Params.Name != nil && *lib.Params.Name != name || lib.Params.URI != nil && *lib.Params.URI != uri {
		t.Fatalf("the library sees name %q, uri %q; the edge %q, %q", deref(lib.Params.Name), deref(lib.Params.URI), name, uri)
	}
	if !bytes.Equal(lib.Params.Arguments, m.arguments) {
		t.Fatalf("the library sees arguments %q, the edge %q", lib.Params.Arguments, m.arguments)
	}
	if got := lib.Params.Meta.ProtocolVersion(); got != m.version {
		t.Fatalf("the library sees revision %q, the edge %q", got, m.version)
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// FuzzRender pins that whatever text goes into an answer, the answer stays one
// line of JSON.
func FuzzRender(f *testing.F) {
	f.Add("plain", `{"a":1}`)
	f.Add("quote \" back \\ \n\r\t\x00", "{\n\"a\": \"\\n\"\r\n}")
	f.Fuzz(func(t *testing.T, text, doc string) {
		if !utf8.ValidString(text) {
			return
		}
		b := appendString(nil, []byte(text))
		var back string
		if json.Unmarshal(b, &back) != nil || back != text {
			t.Fatalf("%q became %s", text, b)
		}
		if !json.Valid([]byte(doc)) {
			return
		}
		line := oneLine([]byte(doc))
		if !json.Valid(line) || bytes.ContainsAny(line, "\r\n") {
			t.Fatalf("%q became %q", doc, line)
		}
	})
}

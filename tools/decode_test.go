package tools

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/store"
)

type sampleArgs struct {
	Query string         `json:"query" max:"5"`
	From  store.Date     `json:"from"`
	IDs   []string       `json:"ids" items:"2" max:"4"`
	Least *store.Decimal `json:"least"`
	Kind  string         `json:"kind" enum:"a,b" default:"a"`
	Open  *bool          `json:"open"`
	Limit int64          `json:"limit" min:"1" max:"200" default:"50"`
	Need  string         `json:"need" required:"true"`
}

func TestDecode(t *testing.T) {
	s := shapeOf(reflect.TypeFor[sampleArgs]())
	tests := []struct {
		name, in string
		want     string // canonical arguments, or the error message
	}{
		{"all", `{"query":"pub","from":"2026-01-31","ids":["x"],"least":"-12.50","kind":"b","open":false,"limit":200,"need":"y"}`,
			`{"from":"2026-01-31","ids":["x"],"kind":"b","least":"-12.50","limit":200,"need":"y","open":false,"query":"pub"}`},
		{"defaults", `{"need":"y"}`, `{"kind":"a","limit":50,"need":"y"}`},
		{"integral fraction", `{"need":"y","limit":20.0}`, `{"kind":"a","limit":20,"need":"y"}`},
		{"not JSON", `{"need":`, "arguments: must be one JSON object"},
		{"array", `[1]`, "arguments: must be one JSON object"},
		{"null", `null`, "arguments: must be one JSON object"},
		{"trailing", `{"need":"y"} {}`, "arguments: must be one JSON object and nothing after it"},
		{"unknown", `{"need":"y","account":"DE89370400440532013000"}`, "arguments: unknown name; this tool takes query, from, ids, least, kind, open, limit, need"},
		{"other case", `{"Need":"y"}`, "arguments: unknown name; this tool takes query, from, ids, least, kind, open, limit, need"},
		{"twice", `{"need":"y","need":"z"}`, "need: is given twice"},
		{"twice escaped", `{"need":"y","nee\u0064":"z"}`, "need: is given twice"},
		{"missing", `{}`, "need: is required: must be a string of 1 to 200 characters"},
		{"empty text", `{"need":""}`, "need: must be a string of 1 to 200 characters"},
		{"long text", `{"need":"y","query":"sechse"}`, "query: must be a string of 1 to 5 characters"},
		{"runes count", `{"need":"y","query":"ααααα"}`, `{"kind":"a","limit":50,"need":"y","query":"ααααα"}`},
		{"limit zero", `{"need":"y","limit":0}`, "limit: must be an integer from 1 to 200"},
		{"limit negative", `{"need":"y","limit":-1}`, "limit: must be an integer from 1 to 200"},
		{"limit huge", `{"need":"y","limit":99999999999999999999}`, "limit: must be an integer from 1 to 200"},
		{"limit exponent", `{"need":"y","limit":1e2}`, "limit: must be an integer from 1 to 200"},
		{"limit fraction", `{"need":"y","limit":1.5}`, "limit: must be an integer from 1 to 200"},
		{"limit string", `{"need":"y","limit":"50"}`, "limit: must be an integer from 1 to 200"},
		{"limit null", `{"need":"y","limit":null}`, "limit: must be an integer from 1 to 200"},
		{"limit object", `{"need":"y","limit":{}}`, "limit: must be an integer from 1 to 200"},
		{"bad date", `{"need":"y","from":"2026-02-30"}`, "from: must be a date as YYYY-MM-DD"},
		{"date number", `{"need":"y","from":20260230}`, "from: must be a date as YYYY-MM-DD"},
		{"decimal number", `{"need":"y","least":12.5}`, `least: must be an amount as a decimal string such as "12.50"`},
		{"decimal exponent", `{"need":"y","least":"1e3"}`, `least: must be an amount as a decimal string such as "12.50"`},
		{"enum", `{"need":"y","kind":"c"}`, "kind: must be one of: a, b"},
		{"list text", `{"need":"y","ids":"x"}`, "ids: must be a list of 1 to 2 strings of at most 4 characters"},
		{"list empty", `{"need":"y","ids":[]}`, "ids: must be a list of 1 to 2 strings of at most 4 characters"},
		{"list long", `{"need":"y","ids":["a","b","c"]}`, "ids[2]: must be a list of 1 to 2 strings of at most 4 characters"},
		{"list element", `{"need":"y","ids":["a",1]}`, "ids[1]: must be a list of 1 to 2 strings of at most 4 characters"},
		{"list nested", `{"need":"y","ids":[["a"]]}`, "ids[0]: must be a list of 1 to 2 strings of at most 4 characters"},
		{"boolean text", `{"need":"y","open":"true"}`, "open: must be true or false"},
		{"not UTF-8", "{\"need\":\"\xff\"}", "arguments: must be UTF-8"},
		{"too long", `{"need":"` + strings.Repeat("x", MaxArgsBytes) + `"}`, "arguments: must be at most 64 KiB of JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			d, err := s.decode([]byte(tt.in))
			if err != nil {
				var e *Error
				if !errors.As(err, &e) || e.Code != CodeInvalid {
					t.Fatalf("error %v is not an invalid-argument error", err)
				}
				got = e.Message
			} else {
				got = string(d.canonical())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeFillsTheStruct(t *testing.T) {
	s := shapeOf(reflect.TypeFor[sampleArgs]())
	d, err := s.decode([]byte(`{"need":"y","from":"2026-01-31","least":"3.1","open":false}`))
	if err != nil {
		t.Fatal(err)
	}
	got := d.value.Interface().(sampleArgs)
	if got.Open == nil || *got.Open || got.From.String() != "2026-01-31" || got.Least.String() != "3.1" || got.Limit != 50 || got.Kind != "a" {
		t.Errorf("decoded struct is %+v", got)
	}
}

// decodeByLibrary is decode on encoding/json's Decoder: slower, and what decode
// is compared with.
func decodeByLibrary(s *shape, raw []byte) (*decoded, error) {
	d := &decoded{value: reflect.New(s.typ).Elem(), byName: map[string]any{}}
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	if t, err := in.Token(); err != nil || t != json.Delim('{') {
		return nil, errSyntax
	}
	for in.More() {
		t, err := in.Token()
		if err != nil {
			return nil, errSyntax
		}
		i, ok := s.index[t.(string)]
		if !ok {
			return nil, invalid("arguments", "unknown name; this tool takes "+s.allowedNames())
		}
		f := &s.fields[i]
		if _, twice := d.byName[f.name]; twice {
			return nil, invalid(f.name, "is given twice")
		}
		v, err := f.readByLibrary(in)
		if err != nil {
			return nil, err
		}
		s.set(d, f, v)
	}
	if _, err := in.Token(); err != nil {
		return nil, errSyntax
	}
	if _, err := in.Token(); err != io.EOF {
		return nil, invalid("arguments", "must be one JSON object and nothing after it")
	}
	return d, s.complete(d)
}

func (f *field) readByLibrary(in *json.Decoder) (any, error) {
	t, err := in.Token()
	if err != nil {
		return nil, errSyntax
	}
	if f.kind != kindList {
		if v, ok := f.scalar(t); ok {
			return v, nil
		}
		return nil, invalid(f.name, f.allowed())
	}
	if t != json.Delim('[') {
		return nil, invalid(f.name, f.allowed())
	}
	list := []string{}
	for in.More() {
		t, err := in.Token()
		if err != nil {
			return nil, errSyntax
		}
		v, ok := f.text(t)
		if !ok || len(list) == f.items {
			return nil, invalid(f.name+"["+strconv.Itoa(len(list))+"]", f.allowed())
		}
		list = append(list, v)
	}
	if _, err := in.Token(); err != nil {
		return nil, errSyntax
	}
	if len(list) == 0 {
		return nil, invalid(f.name, f.allowed())
	}
	return list, nil
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"need":"y","ids":["a"],"limit":3}`))
	f.Add([]byte(`{"need":"\ud800","from":"2026-01-01"}`))
	f.Add([]byte(`[[[[`))
	f.Add([]byte(" {\n\"need\" : \"\\u0041\\ud83d\\ude00\" , \"ids\":[ \"a\" , \"b\" ] ,\"limit\":20.0,\"open\":true}\r\n\t"))
	f.Add([]byte(`{"need":"y","limit":01,}`))
	f.Add([]byte(`{"need":"y","open":nul}`))
	s := shapeOf(reflect.TypeFor[sampleArgs]())
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := s.decode(raw)
		if len(raw) > 0 && len(raw) <= MaxArgsBytes && utf8.Valid(raw) {
			want, failed := decodeByLibrary(s, raw)
			if (err == nil) != (failed == nil) || err == nil && string(d.canonical()) != string(want.canonical()) {
				t.Fatalf("%q: %v, by encoding/json %v", raw, err, failed)
			}
		}
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeInvalid {
				t.Fatalf("error %v is not an invalid-argument error", err)
			}
			return
		}
		again, err := s.decode(d.canonical())
		if err != nil {
			t.Fatalf("canonical form %s is refused: %v", d.canonical(), err)
		}
		if diff := cmp.Diff(string(d.canonical()), string(again.canonical())); diff != "" {
			t.Error(diff)
		}
	})
}

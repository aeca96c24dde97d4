package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fullRecord has every field set, by reflection, so that a new field is tested
// from the day it is added.
func fullRecord() *Record {
	r := new(Record)
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Interface().(type) {
		case time.Time:
			f.Set(reflect.ValueOf(testTime))
		case []string:
			f.Set(reflect.ValueOf([]string{"b\"\\\n", "é\u2028😀", "a\x7f\x01"}))
		case []Count:
			f.Set(reflect.ValueOf([]Count{{Name: "iban", N: 3}, {Name: "pan", Layer: "out", N: -1}}))
		case []Exchange:
			f.Set(reflect.ValueOf([]Exchange{{To: "model", Sent: "a", Answer: "b", Detail: "tokens=3"}, {To: "notion", Sent: "c", Error: "timeout"}}))
		case *Usage:
			f.Set(reflect.ValueOf(&Usage{Calls: 1, Pages: 2, Tokens: 3, Rows: maxSafeInteger, Bytes: -maxSafeInteger}))
		default:
			if f.Kind() == reflect.String {
				f.SetString("<" + v.Type().Field(i).Name + "&> \t")
			} else {
				f.SetInt(int64(i) + 1)
			}
		}
	}
	r.Schema = SchemaVersion
	return r
}

func TestRecordRoundTrip(t *testing.T) {
	for name, want := range map[string]*Record{"full": fullRecord(), "empty": {Schema: SchemaVersion, Time: testTime}} {
		leaf, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeRecord(leaf)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
		generic, err := Canonical(leaf)
		if err != nil || string(generic) != string(leaf) {
			t.Errorf("%s: Encode differs from RFC 8785: %v\n%s\n%s", name, err, leaf, generic)
		}
		plain, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var a, b map[string]any
		if json.Unmarshal(plain, &a) != nil || json.Unmarshal(leaf, &b) != nil {
			t.Fatal("not JSON")
		}
		if delete(a, "time"); b["time"] != "2026-03-04T05:06:07.890123Z" {
			t.Errorf("time is %v", b["time"])
		}
		delete(b, "time")
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: differs from encoding/json:\n%s", name, diff)
		}
	}
}

// A listing is the visitor that lists members by name.
type listing struct {
	names []string
	at    map[string]any
	must  map[string]bool
}

func (l *listing) add(key string, at any, must bool) {
	name := key[2 : len(key)-2]
	if key != `,"`+name+`":` {
		panic(key)
	}
	l.names = append(l.names, name)
	l.at[name], l.must[name] = at, must
}

func (l *listing) text(key string, p *string)          { l.add(key, p, false) }
func (l *listing) number(key string, p *int64)         { l.add(key, p, false) }
func (l *listing) list(key string, p *[]string)        { l.add(key, p, false) }
func (l *listing) counts(key string, p *[]Count)       { l.add(key, p, false) }
func (l *listing) exchanges(key string, p *[]Exchange) { l.add(key, p, false) }
func (l *listing) usage(key string, p **Usage)         { l.add(key, p, false) }
func (l *listing) mustText(key string, p *string)      { l.add(key, p, true) }
func (l *listing) mustNumber(key string, p *int64)     { l.add(key, p, true) }
func (l *listing) schema(key string, p *int)           { l.add(key, p, true) }
func (l *listing) time(key string, p *time.Time)       { l.add(key, p, true) }

// TestVisit compares the lists of members with the structs and their tags.
func TestVisit(t *testing.T) {
	r := fullRecord()
	for _, each := range []struct {
		object any
		visit  func(visitor)
	}{{r, r.visit}, {r.After, r.After.visit}, {&r.Findings[0], r.Findings[0].visit}, {&r.Exchanges[0], r.Exchanges[0].visit}} {
		l := &listing{at: map[string]any{}, must: map[string]bool{}}
		each.visit(l)
		v := reflect.ValueOf(each.object).Elem()
		if len(l.names) != v.NumField() {
			t.Errorf("%d members for %d fields of %T", len(l.names), v.NumField(), each.object)
		}
		for i := range v.NumField() {
			name, opts, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if at := reflect.ValueOf(l.at[name]); !at.IsValid() || at.Pointer() != v.Field(i).Addr().Pointer() {
				t.Errorf("no member for field %s", name)
			}
			if l.must[name] != (opts != "omitempty") {
				t.Errorf("field %s is written when it should not be, or not when it should", name)
			}
		}
		if !slices.IsSorted(l.names) {
			t.Errorf("members of %T are not in order", each.object)
		}
	}
}

func TestDecodeRecordRefusesOtherForms(t *testing.T) {
	leaf, err := (&Record{Schema: 1, Origin: "o", Time: testTime, Rows: 5, Tool: "t/x"}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	good := string(leaf)
	for name, bad := range map[string]string{
		"space":         strings.Replace(good, ":", ": ", 1),
		"trailing":      good + "\n",
		"plus":          strings.Replace(good, `"rows":5`, `"rows":+5`, 1),
		"leading zero":  strings.Replace(good, `"rows":5`, `"rows":05`, 1),
		"minus zero":    strings.Replace(good, `"rows":5`, `"rows":-0`, 1),
		"empty field":   strings.Replace(good, `"rows":5`, `"rows":0`, 1),
		"too large":     strings.Replace(good, `"rows":5`, `"rows":9007199254740992`, 1),
		"escaped slash": strings.Replace(good, `t/x`, `t\/x`, 1),
		"escaped":       strings.Replace(good, `t/x`, `t\u002fx`, 1),
		"unknown":       strings.Replace(good, `"rows"`, `"rowz"`, 1),
		"schema":        strings.Replace(good, `"schema":1`, `"schema":2`, 1),
		"time":          strings.Replace(good, `.890123Z`, `.89012Z`, 1),
		"twice":         strings.Replace(good, `"rows":5`, `"rows":5,"rows":5`, 1),
		"order":         `{"tool":"x",` + good[1:],
		"utf8":          strings.Replace(good, `t/x`, "t\xffx", 1),
		"short":         good[:len(good)-1],
		"control":       strings.Replace(good, `t/x`, "t\x1fx", 1),
		"surrogate":     strings.Replace(good, `t/x`, `\ud800`, 1),
		"upper hex":     strings.Replace(good, `t/x`, `\u001F`, 1),
		"month":         strings.Replace(good, `2026-03-`, `2026-13-`, 1),
		"day":           strings.Replace(good, `2026-03-04`, `2026-02-29`, 1),
		"hour":          strings.Replace(good, `T05`, `T24`, 1),
		"zone":          strings.Replace(good, `123Z`, `123z`, 1),
		"year":          strings.Replace(good, `2026-`, `0000-`, 1),
		"no origin":     strings.Replace(good, `"origin":"o",`, ``, 1),
		"no brace":      good[1:],
		"comma":         "," + good[1:],
		"empty string":  strings.Replace(good, `"t/x"`, `""`, 1),
		"empty list":    `{"accounts":[],` + good[1:],
		"no usage":      `{"after":null,` + good[1:],
		"half usage":    `{"after":{"bytes":1,"calls":2},` + good[1:],
		"long number":   strings.Replace(good, `"rows":5`, `"rows":55555555555555555555`, 1),
		"empty":         "",
	} {
		if bad == good {
			t.Fatalf("%s: the case changes nothing", name)
		}
		if _, err := DecodeRecord([]byte(bad)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

func TestLongFieldsBecomeDigests(t *testing.T) {
	e := &Entry{Record: Record{Schema: 1, Time: testTime, Tool: "search", Detail: strings.Repeat("d", 40000),
		Reason: strings.Repeat("\x01", 12000), Accounts: []string{strings.Repeat("a", 30000)},
		Findings: make([]Count, 9000)}}
	leaf, err := encodeBounded(nil, e)
	if err != nil {
		t.Fatal(err)
	}
	if len(leaf) > MaxLeaf {
		t.Fatalf("leaf of %d bytes", len(leaf))
	}
	r, err := DecodeRecord(leaf)
	if err != nil {
		t.Fatal(err)
	}
	want := "sha256:" + e.Commit("reason", appendString(nil, e.Record.Reason))
	if r.Tool != "search" || r.Reason != want {
		t.Errorf("tool %q, reason %q", r.Tool, r.Reason)
	}
	if len(e.Record.Detail) != 40000 {
		t.Error("the caller's record was changed")
	}
}

// TestTimes compares the time's form with the standard library's.
func TestTimes(t *testing.T) {
	for _, at := range []time.Time{{}, testTime, time.Unix(0, 999), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(2024, 2, 29, 1, 2, 3, 4000, time.FixedZone("x", 3600))} {
		text := at.UTC().Format(timeLayout)
		if got := appendTime(nil, at.UTC()); string(got) != `"`+text+`"` {
			t.Errorf("%s; want %s", got, text)
		}
		if got, ok := parseTime(text); !ok || !got.Equal(at.Truncate(time.Microsecond)) {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, r := range map[string]Record{
		"integer": {Rows: maxSafeInteger + 1}, "smallest": {Bytes: math.MinInt64},
		"usage": {After: &Usage{Rows: math.MaxInt64}}, "year": {Time: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if _, err := r.Encode(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

// TestFieldSaltIsHMAC compares both ways of FieldSalt with the standard
// library.
func TestFieldSaltIsHMAC(t *testing.T) {
	salt := [32]byte{1, 2, 3, 31: 4}
	for n := range 2 * maxFieldName {
		field := strings.Repeat("f", n)
		mac := hmac.New(sha256.New, salt[:])
		mac.Write([]byte(field))
		if got := FieldSalt(salt, field); got != [32]byte(mac.Sum(nil)) {
			t.Errorf("another HMAC of a name of %d bytes", n)
		}
	}
}

// TestCommitments pins the definition of a commitment: one field opens without
// another, and the salt itself stays hidden.
func TestCommitments(t *testing.T) {
	e := &Entry{}
	args := e.Commit("args_digest", []byte("{}"))
	if e.Salt == [32]byte{} {
		t.Fatal("no salt was drawn")
	}
	if args == e.Commit("received_digest", []byte("{}")) {
		t.Error("two fields with the same data have the same commitment")
	}
	if args != Commit(e.Salt, "args_digest", []byte("{}")) {
		t.Error("Commit is not deterministic")
	}
	var salt [32]byte
	for i := range salt {
		salt[i] = byte(i)
	}
	// echo -n args_digest | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f, then SHA-256 of it and "{}".
	const want = "4d079852992efd951423a828f20be3b7129d90e1ea0cab4e92795f542f3e7067"
	if got := Commit(salt, "args_digest", []byte("{}")); got != want {
		t.Errorf("Commit = %s, want %s", got, want)
	}
}

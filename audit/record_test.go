package audit

import (
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

// TestSlots compares the table of members with the struct and its tags.
func TestSlots(t *testing.T) {
	r := fullRecord()
	slots := r.slots()
	v := reflect.ValueOf(r).Elem()
	if len(slots) != v.NumField() {
		t.Errorf("%d slots for %d fields", len(slots), v.NumField())
	}
	for i := range v.NumField() {
		name, opts, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		at := slices.IndexFunc(slots[:], func(s slot) bool { return s.name() == name })
		if at < 0 || slots[at].at != v.Field(i).Addr().Interface() {
			t.Errorf("no slot for field %s", name)
			continue
		}
		if alwaysWritten(slots[at].key) != (opts != "omitempty") {
			t.Errorf("field %s is written when it should not be, or not when it should", name)
		}
	}
	if !slices.IsSortedFunc(slots[:], func(a, b slot) int { return strings.Compare(a.name(), b.name()) }) {
		t.Error("slots are not in order")
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
	leaf, err := encodeBounded(e)
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
		got, err := appendTime(nil, at)
		if want := `"` + at.UTC().Format(timeLayout) + `"`; err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
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

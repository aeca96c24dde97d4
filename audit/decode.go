package audit

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// DecodeRecord parses a leaf. It accepts exactly what Encode writes: a leaf in
// any other form, though it were the same JSON, is ErrInvalid, so that a
// record has one leaf only.
func DecodeRecord(leaf []byte) (*Record, error) {
	r := new(Record)
	if err := r.decode(string(leaf)); err != nil {
		return nil, err
	}
	return r, nil
}

// decode sets an empty record to what a leaf says. The record's strings are
// parts of the leaf.
func (r *Record) decode(leaf string) error {
	if len(leaf) > MaxLeaf {
		return invalid("leaf longer than %d bytes", MaxLeaf)
	}
	if !utf8.ValidString(leaf) || len(leaf) == 0 {
		return errLeaf
	}
	d := decoder{rest: leaf}
	d.object(r.visit)
	if d.failed || d.rest != "" {
		return errLeaf
	}
	if r.Schema != SchemaVersion {
		return invalid("record of schema %d; this build reads %d", r.Schema, SchemaVersion)
	}
	return nil
}

// A decoder is the visitor that reads. It fails on everything that an encoder
// would have written otherwise: other order, spaces, empty members, other forms
// of numbers, strings and times.
type decoder struct {
	rest   string
	opener bool // no member of the object was read yet
	failed bool
}

var errLeaf = invalid("leaf is not a record in canonical form")

func (d *decoder) fail() { d.failed, d.rest = true, "" }

// object reads an object with what it shows of it.
func (d *decoder) object(visit func(visitor)) {
	outer := d.opener
	d.opener = true
	visit(d)
	d.opener = outer
	d.expect('}')
}

// has reads a member's key if it comes next.
func (d *decoder) has(key string) bool {
	if len(d.rest) < len(key) || d.rest[2] != key[2] || d.rest[1:len(key)] != key[1:] {
		return false
	}
	if d.opener && d.rest[0] != '{' || !d.opener && d.rest[0] != ',' {
		return false
	}
	d.opener = false
	d.rest = d.rest[len(key):]
	return true
}

func (d *decoder) must(key string) bool {
	if d.has(key) {
		return true
	}
	d.fail()
	return false
}

func (d *decoder) take(c byte) bool {
	if len(d.rest) == 0 || d.rest[0] != c {
		return false
	}
	d.rest = d.rest[1:]
	return true
}

func (d *decoder) expect(c byte) {
	if !d.take(c) {
		d.fail()
	}
}

func (d *decoder) text(key string, p *string) {
	if d.has(key) {
		if *p = d.string(); *p == "" {
			d.fail()
		}
	}
}

func (d *decoder) mustText(key string, p *string) {
	if d.must(key) {
		*p = d.string()
	}
}

func (d *decoder) number(key string, p *int64) {
	if d.has(key) {
		if *p = d.integer(); *p == 0 {
			d.fail()
		}
	}
}

func (d *decoder) mustNumber(key string, p *int64) {
	if d.must(key) {
		*p = d.integer()
	}
}

func (d *decoder) schema(key string, p *int) {
	if d.must(key) {
		*p = int(d.integer())
	}
}

func (d *decoder) time(key string, p *time.Time) {
	if d.must(key) {
		t, ok := parseTime(d.string())
		if !ok {
			d.fail()
		}
		*p = t
	}
}

func (d *decoder) list(key string, p *[]string) {
	if !d.has(key) {
		return
	}
	d.expect('[')
	for !d.failed {
		*p = append(*p, d.string())
		if d.take(']') {
			return
		}
		d.expect(',')
	}
}

func (d *decoder) counts(key string, p *[]Count) {
	decodeList(d, key, p, (*Count).visit)
}

func (d *decoder) exchanges(key string, p *[]Exchange) {
	decodeList(d, key, p, (*Exchange).visit)
}

func decodeList[T any](d *decoder, key string, p *[]T, visit func(*T, visitor)) {
	if !d.has(key) {
		return
	}
	d.expect('[')
	for !d.failed {
		var e T
		d.object(func(v visitor) { visit(&e, v) })
		*p = append(*p, e)
		if d.take(']') {
			return
		}
		d.expect(',')
	}
}

func (d *decoder) usage(key string, p **Usage) {
	if d.has(key) {
		*p = new(Usage)
		d.object((*p).visit)
	}
}

// integer reads an integer in its one form.
func (d *decoder) integer() int64 {
	negative := d.take('-')
	var n int64
	i := 0
	for ; i < len(d.rest) && d.rest[i]-'0' <= 9 && n <= maxSafeInteger; i++ {
		n = n*10 + int64(d.rest[i]-'0')
	}
	if i == 0 || n > maxSafeInteger || d.rest[0] == '0' && (i > 1 || negative) {
		d.fail()
		return 0
	}
	d.rest = d.rest[i:]
	if negative {
		return -n
	}
	return n
}

// string reads a JSON string; one without escapes, the usual case, is a part
// of the leaf as it is.
func (d *decoder) string() string {
	d.expect('"')
	end := strings.IndexByte(d.rest, '"')
	if end < 0 {
		d.fail()
		return ""
	}
	s := d.rest[:end]
	if !isUnescaped(s) {
		return d.escaped()
	}
	d.rest = d.rest[end+1:]
	return s
}

// escaped reads the rest of a string with escapes in it, each in its one form.
func (d *decoder) escaped() string {
	i := 0
	for i < len(d.rest) && d.rest[i] != '"' {
		if d.rest[i] == '\\' {
			i++
		}
		i++
	}
	var s string
	if i >= len(d.rest) || json.Unmarshal([]byte(`"`+d.rest[:i+1]), &s) != nil ||
		string(appendString(nil, s)) != `"`+d.rest[:i+1] {
		d.fail()
		return ""
	}
	d.rest = d.rest[i+1:]
	return s
}

// isUnescaped reports whether no byte of s needs or is an escape in a JSON
// string.
func isUnescaped(s string) bool {
	for len(s) >= 8 {
		if w := eight(s); hasControl(w)|hasByte(w, '\\') != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '\\' {
			return false
		}
	}
	return true
}

// parseTime reads a time in timeLayout.
func parseTime(s string) (time.Time, bool) {
	if len(s) != len(timeLayout) {
		return time.Time{}, false
	}
	n, ok := [7]int{}, true
	for i, at := range [7][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}, {20, 26}} {
		for _, c := range []byte(s[at[0]:at[1]]) {
			ok = ok && c-'0' <= 9
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	if !ok {
		return time.Time{}, false
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6]*1000, time.UTC)
	var again [len(timeLayout) + 2]byte
	// Writing it again finds the 31st of June as well as other punctuation.
	return t, n[0] > 0 && string(appendTime(again[:0], t)[1:len(s)+1]) == s
}

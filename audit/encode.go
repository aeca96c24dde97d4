package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// timeLayout is how a record writes its time: RFC 3339, UTC, microseconds.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// A field is one JSON member of a struct type, found once by reflection, so
// that the encoder can never miss a field of Record.
type field struct {
	name  string
	key   string // `"name":`
	index int
	kind  fieldKind
	omit  bool
}

type fieldKind int

const (
	kindString fieldKind = iota
	kindInt
	kindStrings
	kindTime
	kindUsage
	kindCounts
)

var (
	recordFields = fieldsOf(reflect.TypeFor[Record]())
	usageFields  = fieldsOf(reflect.TypeFor[Usage]())
	countFields  = fieldsOf(reflect.TypeFor[Count]())
)

// fieldsOf lists a struct's members in canonical order. The names are ASCII,
// so byte order is the order of UTF-16 code units.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields = append(fields, field{
			name: name, key: strconv.Quote(name) + ":", index: i,
			kind: kindOf(t.Field(i).Type), omit: opts == "omitempty",
		})
	}
	slices.SortFunc(fields, func(a, b field) int { return cmp.Compare(a.name, b.name) })
	return fields
}

func kindOf(t reflect.Type) fieldKind {
	switch t {
	case reflect.TypeFor[time.Time]():
		return kindTime
	case reflect.TypeFor[*Usage]():
		return kindUsage
	case reflect.TypeFor[[]Count]():
		return kindCounts
	case reflect.TypeFor[[]string]():
		return kindStrings
	}
	if t.Kind() == reflect.String {
		return kindString
	}
	if t.Kind() == reflect.Int || t.Kind() == reflect.Int64 {
		return kindInt
	}
	panic("audit: record field of a type the format does not have: " + t.String())
}

// Encode returns the record as its leaf: RFC 8785 JSON. It fails with
// ErrInvalid on integers beyond 2^53−1 and on times outside years 1 to 9999.
// It does not bound the length; Append does.
func (r *Record) Encode() ([]byte, error) {
	return appendStruct(make([]byte, 0, 1024), reflect.ValueOf(r).Elem(), recordFields)
}

func appendStruct(out []byte, v reflect.Value, fields []field) ([]byte, error) {
	out = append(out, '{')
	start := len(out)
	for _, f := range fields {
		fv := v.Field(f.index)
		if f.omit && emptyField(fv, f.kind) {
			continue
		}
		if len(out) > start {
			out = append(out, ',')
		}
		out = append(out, f.key...)
		var err error
		if out, err = appendField(out, fv, f.kind); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func emptyField(v reflect.Value, kind fieldKind) bool {
	if kind == kindStrings || kind == kindCounts {
		return v.Len() == 0
	}
	return v.IsZero()
}

func appendField(out []byte, v reflect.Value, kind fieldKind) ([]byte, error) {
	switch kind {
	case kindString:
		return appendString(out, v.String()), nil
	case kindInt:
		return appendInt(out, v.Int())
	case kindTime:
		return appendTime(out, v.Interface().(time.Time))
	case kindUsage:
		return appendStruct(out, v.Elem(), usageFields)
	case kindStrings:
		return appendList(out, v, func(out []byte, e reflect.Value) ([]byte, error) {
			return appendString(out, e.String()), nil
		})
	default:
		return appendList(out, v, func(out []byte, e reflect.Value) ([]byte, error) {
			return appendStruct(out, e, countFields)
		})
	}
}

func appendInt(out []byte, n int64) ([]byte, error) {
	if n > maxSafeInteger || n < -maxSafeInteger {
		return nil, invalid("integer beyond 2^53-1")
	}
	return strconv.AppendInt(out, n, 10), nil
}

func appendTime(out []byte, t time.Time) ([]byte, error) {
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return nil, invalid("time outside years 1 to 9999")
	}
	out = append(out, '"')
	return append(t.AppendFormat(out, timeLayout), '"'), nil
}

func appendList(out []byte, v reflect.Value, each func([]byte, reflect.Value) ([]byte, error)) ([]byte, error) {
	out = append(out, '[')
	for i := range v.Len() {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = each(out, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

// encodeBounded encodes the record in at most MaxLeaf bytes: as long as it is
// longer, its longest string or list is replaced by a salted digest.
func encodeBounded(e *Entry) ([]byte, error) {
	leaf, err := e.Record.Encode()
	if err != nil || len(leaf) <= MaxLeaf {
		return leaf, err
	}
	r := e.Record // a copy; the caller's record stays as it was
	for range recordFields {
		if err := e.shorten(&r); err != nil {
			return nil, err
		}
		if leaf, err = r.Encode(); err != nil || len(leaf) <= MaxLeaf {
			return leaf, err
		}
	}
	return nil, invalid("record longer than %d bytes", MaxLeaf)
}

// shorten replaces the longest string or list of r by its commitment.
func (e *Entry) shorten(r *Record) error {
	v := reflect.ValueOf(r).Elem()
	var longest field
	var text []byte
	for _, f := range recordFields {
		if f.kind != kindString && f.kind != kindStrings && f.kind != kindCounts {
			continue
		}
		enc, err := appendField(nil, v.Field(f.index), f.kind)
		if err != nil {
			return err
		}
		if len(enc) > len(text) {
			longest, text = f, enc
		}
	}
	digest := "sha256:" + e.Commit(longest.name, text)
	switch longest.kind {
	case kindString:
		v.Field(longest.index).SetString(digest)
	case kindStrings:
		v.Field(longest.index).Set(reflect.ValueOf([]string{digest}))
	default:
		v.Field(longest.index).Set(reflect.ValueOf([]Count{{Name: digest, N: int64(v.Field(longest.index).Len())}}))
	}
	return nil
}

// Digest returns the lower-case hex SHA-256 of data.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

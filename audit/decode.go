package audit

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
)

// DecodeRecord parses a leaf. It accepts exactly what Encode writes: a leaf in
// any other form, though it were the same JSON, is ErrInvalid, so that a
// record has one leaf only.
func DecodeRecord(leaf []byte) (*Record, error) {
	if len(leaf) > MaxLeaf {
		return nil, invalid("leaf longer than %d bytes", MaxLeaf)
	}
	r := new(Record)
	d := decoder{rest: leaf}
	if err := d.object(reflect.ValueOf(r).Elem(), recordFields); err != nil {
		return nil, err
	}
	if r.Schema != SchemaVersion {
		return nil, invalid("record of schema %d; this build reads %d", r.Schema, SchemaVersion)
	}
	again, err := r.Encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, leaf) {
		return nil, invalid("leaf is not canonical")
	}
	return r, nil
}

// A decoder reads the canonical form only; the check that the record encodes
// to the same bytes again lets it be lenient without being unsafe.
type decoder struct{ rest []byte }

var errLeaf = invalid("leaf is not a record")

func (d *decoder) take(c byte) bool {
	if len(d.rest) == 0 || d.rest[0] != c {
		return false
	}
	d.rest = d.rest[1:]
	return true
}

// object reads members in canonical order, each known and at most once.
func (d *decoder) object(v reflect.Value, fields []field) error {
	if !d.take('{') {
		return errLeaf
	}
	if d.take('}') {
		return nil
	}
	for _, f := range fields {
		if !bytes.HasPrefix(d.rest, []byte(f.key)) {
			continue
		}
		d.rest = d.rest[len(f.key):]
		if err := d.value(v.Field(f.index), f.kind); err != nil {
			return err
		}
		if !d.take(',') {
			break
		}
	}
	if !d.take('}') {
		return errLeaf
	}
	return nil
}

func (d *decoder) value(v reflect.Value, kind fieldKind) error {
	switch kind {
	case kindInt:
		return d.int(v)
	case kindTime:
		return d.time(v)
	case kindUsage:
		v.Set(reflect.ValueOf(new(Usage)))
		return d.object(v.Elem(), usageFields)
	case kindStrings:
		return d.list(v, func(e reflect.Value) error { return d.string(e) })
	case kindCounts:
		return d.list(v, func(e reflect.Value) error { return d.object(e, countFields) })
	default:
		return d.string(v)
	}
}

func (d *decoder) int(v reflect.Value) error {
	n := 0
	for n < len(d.rest) && (d.rest[n] == '-' || d.rest[n] >= '0' && d.rest[n] <= '9') {
		n++
	}
	i, err := strconv.ParseInt(string(d.rest[:n]), 10, 64)
	if err != nil {
		return errLeaf
	}
	v.SetInt(i)
	d.rest = d.rest[n:]
	return nil
}

func (d *decoder) time(v reflect.Value) error {
	var s string
	if err := d.string(reflect.ValueOf(&s).Elem()); err != nil {
		return err
	}
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return errLeaf
	}
	v.Set(reflect.ValueOf(t))
	return nil
}

// string reads a JSON string; one without escapes, the usual case, is copied
// as it is.
func (d *decoder) string(v reflect.Value) error {
	if len(d.rest) == 0 || d.rest[0] != '"' {
		return errLeaf
	}
	i, plain := 1, true
	for ; i < len(d.rest) && d.rest[i] != '"'; i++ {
		if d.rest[i] == '\\' {
			plain = false
			i++
		}
	}
	if i >= len(d.rest) {
		return errLeaf
	}
	token := d.rest[:i+1]
	d.rest = d.rest[i+1:]
	if plain {
		if !utf8.Valid(token) {
			return errLeaf
		}
		v.SetString(string(token[1:i]))
		return nil
	}
	var s string
	if json.Unmarshal(token, &s) != nil {
		return errLeaf
	}
	v.SetString(s)
	return nil
}

func (d *decoder) list(v reflect.Value, each func(reflect.Value) error) error {
	if !d.take('[') {
		return errLeaf
	}
	elem := v.Type().Elem()
	for {
		e := reflect.New(elem).Elem()
		if err := each(e); err != nil {
			return err
		}
		v.Set(reflect.Append(v, e))
		if d.take(',') {
			continue
		}
		if d.take(']') {
			return nil
		}
		return errLeaf
	}
}

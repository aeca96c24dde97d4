package audit

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
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
	if !utf8.Valid(leaf) {
		return nil, errLeaf
	}
	r := new(Record)
	d := decoder{rest: string(leaf)} // the record's strings are parts of this one
	s := r.slots()
	if err := d.object(s[:]); err != nil {
		return nil, err
	}
	if r.Schema != SchemaVersion {
		return nil, invalid("record of schema %d; this build reads %d", r.Schema, SchemaVersion)
	}
	if err := r.checkCanonical(leaf); err != nil {
		return nil, err
	}
	return r, nil
}

// scratch holds buffers for encodings that are only compared.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// checkCanonical checks that the record encodes to exactly this leaf.
func (r *Record) checkCanonical(leaf []byte) error {
	buf := scratch.Get().(*[]byte)
	defer scratch.Put(buf)
	again, err := r.appendTo((*buf)[:0])
	if err != nil {
		return err
	}
	*buf = again
	if !bytes.Equal(again, leaf) {
		return invalid("leaf is not canonical")
	}
	return nil
}

// A decoder reads the canonical form only; the check that the record encodes
// to the same bytes again lets it be lenient without being unsafe.
type decoder struct{ rest string }

var errLeaf = invalid("leaf is not a record")

func (d *decoder) take(c byte) bool {
	if len(d.rest) == 0 || d.rest[0] != c {
		return false
	}
	d.rest = d.rest[1:]
	return true
}

// object reads members in canonical order, each known and at most once.
func (d *decoder) object(slots []slot) error {
	if !d.take('{') {
		return errLeaf
	}
	for i := range slots {
		rest, ok := strings.CutPrefix(d.rest, slots[i].key)
		if !ok {
			continue
		}
		d.rest = rest
		if err := d.value(slots[i].at); err != nil {
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

func (d *decoder) value(at any) error {
	switch p := at.(type) {
	case *string:
		return d.string(p)
	case *int64:
		return d.int(p)
	case *int:
		return d.schema(p)
	case *Phase:
		return d.string((*string)(p))
	case *[]string:
		return list(d, p, d.string)
	case *[]Count:
		return list(d, p, func(c *Count) error {
			s := c.slots()
			return d.object(s[:])
		})
	case *[]Exchange:
		return list(d, p, func(x *Exchange) error {
			s := x.slots()
			return d.object(s[:])
		})
	case **Usage:
		*p = new(Usage)
		s := (*p).slots()
		return d.object(s[:])
	default:
		return d.time(at.(*time.Time))
	}
}

func (d *decoder) int(p *int64) error {
	n := 0
	for n < len(d.rest) && (d.rest[n] == '-' || d.rest[n] >= '0' && d.rest[n] <= '9') {
		n++
	}
	i, err := strconv.ParseInt(d.rest[:n], 10, 64)
	if err != nil {
		return errLeaf
	}
	*p, d.rest = i, d.rest[n:]
	return nil
}

func (d *decoder) schema(p *int) error {
	var n int64
	err := d.int(&n)
	*p = int(n)
	return err
}

func (d *decoder) time(p *time.Time) error {
	var s string
	if err := d.string(&s); err != nil {
		return err
	}
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return errLeaf
	}
	*p = t
	return nil
}

// string reads a JSON string; one without escapes, the usual case, is a part
// of the leaf as it is.
func (d *decoder) string(p *string) error {
	if !d.take('"') {
		return errLeaf
	}
	end := strings.IndexByte(d.rest, '"')
	if end < 0 {
		return errLeaf
	}
	if strings.IndexByte(d.rest[:end], '\\') < 0 {
		*p, d.rest = d.rest[:end], d.rest[end+1:]
		return nil
	}
	return d.escaped(p)
}

// escaped reads the rest of a string with escapes in it.
func (d *decoder) escaped(p *string) error {
	i := 0
	for ; i < len(d.rest) && d.rest[i] != '"'; i++ {
		if d.rest[i] == '\\' {
			i++
		}
	}
	if i >= len(d.rest) || json.Unmarshal([]byte(`"`+d.rest[:i+1]), p) != nil {
		return errLeaf
	}
	d.rest = d.rest[i+1:]
	return nil
}

func list[T any](d *decoder, p *[]T, each func(*T) error) error {
	if !d.take('[') {
		return errLeaf
	}
	for {
		var e T
		if err := each(&e); err != nil {
			return err
		}
		*p = append(*p, e)
		if d.take(',') {
			continue
		}
		if d.take(']') {
			return nil
		}
		return errLeaf
	}
}

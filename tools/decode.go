package tools

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/store"
)

// MaxArgsBytes bounds the arguments of a call before they are parsed. The
// longest honest call, get_transactions with 100 ids, has 2.5 KB.
const MaxArgsBytes = 64 << 10

// decoded holds one call's arguments in the two forms that are needed: the
// struct that the tool runs on, and the values by name that policies see and
// that are recorded. Both hold the same defaults.
type decoded struct {
	value  reflect.Value // of the shape's struct type
	byName map[string]any
}

// decode reads arguments strictly: one JSON object, known names only, none
// twice, exact integers, every bound of the shape. Its errors name the path
// and what is allowed, never what was sent.
func (s *shape) decode(raw []byte) (*decoded, error) {
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	if len(raw) > MaxArgsBytes {
		return nil, invalid("arguments", "must be at most 64 KiB of JSON")
	}
	if !utf8.Valid(raw) {
		return nil, invalid("arguments", "must be UTF-8")
	}
	d := &decoded{value: reflect.New(s.typ).Elem(), byName: map[string]any{}}
	in := &lexer{rest: string(raw)} // the strings are parts of this one
	if err := s.readObject(in, d); err != nil {
		return nil, err
	}
	if !in.end() {
		return nil, invalid("arguments", "must be one JSON object and nothing after it")
	}
	return d, s.complete(d)
}

var errSyntax = invalid("arguments", "must be one JSON object")

func (s *shape) readObject(in *lexer, d *decoded) error {
	if !in.take('{') {
		return errSyntax
	}
	for first := true; !in.take('}'); first = false {
		if !first && !in.take(',') {
			return errSyntax
		}
		name := in.string()
		if in.failed {
			return errSyntax
		}
		i, ok := s.index[name]
		if !ok {
			return invalid("arguments", "unknown name; this tool takes "+s.allowedNames())
		}
		f := &s.fields[i]
		if _, twice := d.byName[f.name]; twice {
			return invalid(f.name, "is given twice")
		}
		in.expect(':')
		v, err := f.read(in)
		if err != nil {
			return err
		}
		s.set(d, f, v)
	}
	return nil
}

func (s *shape) allowedNames() string {
	if s.names == "" {
		return "no arguments"
	}
	return s.names
}

// complete fills in defaults and refuses missing required arguments.
func (s *shape) complete(d *decoded) error {
	for i := range s.fields {
		f := &s.fields[i]
		if _, given := d.byName[f.name]; given {
			continue
		}
		if f.required {
			return invalid(f.name, "is required: "+f.allowed())
		}
		if f.def != "" {
			s.set(d, f, f.defaultValue())
		}
	}
	return nil
}

func (f *field) defaultValue() any {
	switch f.kind {
	case kindInteger:
		n, _ := strconv.ParseInt(f.def, 10, 64)
		return n
	case kindBoolean:
		return f.def == "true"
	case kindList:
		return []string{f.def}
	}
	return f.def
}

// read reads one value of the field's kind.
func (f *field) read(in *lexer) (any, error) {
	t := in.scalar()
	if in.failed {
		return nil, errSyntax
	}
	if f.kind == kindList {
		return f.readList(in, t)
	}
	v, ok := f.scalar(t)
	if !ok {
		return nil, invalid(f.name, f.allowed())
	}
	return v, nil
}

func (f *field) readList(in *lexer, first json.Token) (any, error) {
	if first != json.Delim('[') {
		return nil, invalid(f.name, f.allowed())
	}
	in.expect('[')
	list := []string{}
	for !in.take(']') {
		if len(list) > 0 && !in.take(',') {
			return nil, errSyntax
		}
		t := in.scalar()
		if in.failed {
			return nil, errSyntax
		}
		v, ok := f.text(t)
		if !ok || len(list) == f.items {
			return nil, invalid(f.name+"["+strconv.Itoa(len(list))+"]", f.allowed())
		}
		list = append(list, v)
	}
	if len(list) == 0 {
		return nil, invalid(f.name, f.allowed())
	}
	return list, nil
}

// integerLiteral matches numbers that are exactly integers; a fraction of
// zeros is one by JSON Schema, an exponent is refused.
var integerLiteral = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.0{1,8})?$`)

var decimalLiteral = regexp.MustCompile(decimalPattern)

func (f *field) scalar(t json.Token) (any, bool) {
	switch f.kind {
	case kindInteger:
		n, ok := t.(json.Number)
		if !ok || !integerLiteral.MatchString(n.String()) {
			return nil, false
		}
		whole, _, _ := strings.Cut(n.String(), ".")
		v, err := strconv.ParseInt(whole, 10, 64)
		return v, err == nil && v >= f.min && v <= f.max
	case kindBoolean:
		v, ok := t.(bool)
		return v, ok
	case kindDate:
		text, ok := t.(string)
		if !ok {
			return nil, false
		}
		v, err := store.ParseDate(text)
		return v, err == nil
	case kindDecimal:
		text, ok := t.(string)
		if !ok || !decimalLiteral.MatchString(text) {
			return nil, false
		}
		v, err := store.ParseDecimal(text)
		return v, err == nil
	}
	return f.text(t)
}

func (f *field) text(t json.Token) (string, bool) {
	v, ok := t.(string)
	if !ok {
		return "", false
	}
	if f.enum != nil {
		return v, slices.Contains(f.enum, v)
	}
	n := utf8.RuneCountInString(v)
	return v, n >= 1 && int64(n) <= f.max
}

// allowed says in words what the field takes.
func (f *field) allowed() string {
	max := strconv.FormatInt(f.max, 10)
	switch {
	case f.kind == kindInteger:
		return "must be an integer from " + strconv.FormatInt(f.min, 10) + " to " + max
	case f.kind == kindBoolean:
		return "must be true or false"
	case f.kind == kindDate:
		return "must be a date as YYYY-MM-DD"
	case f.kind == kindDecimal:
		return `must be an amount as a decimal string such as "12.50"`
	case f.kind == kindList && f.enum != nil:
		return "must be a list of 1 to " + strconv.Itoa(f.items) + " of: " + strings.Join(f.enum, ", ")
	case f.kind == kindList:
		return "must be a list of 1 to " + strconv.Itoa(f.items) + " strings of at most " + max + " characters"
	case f.enum != nil:
		return "must be one of: " + strings.Join(f.enum, ", ")
	}
	return "must be a string of 1 to " + max + " characters"
}

// set stores a value in both forms.
func (s *shape) set(d *decoded, f *field, v any) {
	target := d.value.FieldByIndex(f.at)
	switch v := v.(type) {
	case store.Decimal:
		target.Set(reflect.ValueOf(&v))
		d.byName[f.name] = v.String()
		return
	case store.Date:
		target.Set(reflect.ValueOf(v))
		d.byName[f.name] = v.Time()
		return
	case bool:
		if target.Kind() == reflect.Pointer {
			target.Set(reflect.ValueOf(&v))
		} else {
			target.SetBool(v)
		}
	default:
		target.Set(reflect.ValueOf(v).Convert(target.Type()))
	}
	d.byName[f.name] = v
}

// cursor returns the sealed cursor that was given, or "".
func (d *decoded) cursor() string {
	text, _ := d.byName["cursor"].(string)
	return text
}

// canonical is the arguments with their defaults as one JSON object with
// sorted names (RFC 8785: there are only strings, integers, booleans and lists
// of strings in it), without some names.
func (d *decoded) canonical(without ...string) []byte {
	rest := make(map[string]any, len(d.byName))
	for name, v := range d.byName {
		if slices.Contains(without, name) {
			continue
		}
		if t, ok := v.(time.Time); ok {
			v = t.Format(time.DateOnly)
		}
		rest[name] = v
	}
	doc, err := encode(rest, nil)
	if err != nil {
		panic(err) // strings, integers and booleans always marshal
	}
	return doc
}

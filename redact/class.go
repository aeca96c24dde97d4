package redact

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Classes maps the fields of an output document to how they are treated.
type Classes struct{ root *class }

// kind is how a class treats its leaves.
type kind uint8

const (
	kindNone    kind = iota // composite: its parts have classes of their own
	kindPass                // copied if the value has the form of its class
	kindAccount             // always a token
	kindText                // scanned, at any depth
)

// class is a node of the declared shape. A nil class scans everything.
type class struct {
	kind   kind
	form   string            // of a passing leaf: "id", "amount", …
	fields map[string]*class // of a struct
	elem   *class            // of a slice, an array or a map
	isMap  bool
}

var errClass = fmt.Errorf("%w: the document does not have the declared shape", ErrRedact)

func (c *class) leafAllowed() error {
	if c != nil && c.kind == kindNone {
		return errClass
	}
	return nil
}

func (c *class) objectAllowed() error {
	if c != nil && c.kind == kindNone && c.fields == nil && !c.isMap {
		return errClass
	}
	return nil
}

// element returns the class of an array's elements.
func (c *class) element() (*class, error) {
	switch {
	case c == nil || c.kind == kindText:
		return nil, nil
	case c.kind != kindNone:
		return c, nil
	case c.elem == nil || c.isMap:
		return nil, errClass
	}
	return c.elem, nil
}

// field returns the class of a member, and whether its key is one that the
// type declares, so that it need not be scanned.
func (c *class) field(raw []byte) (field *class, known bool, err error) {
	switch {
	case c == nil || c.kind == kindText:
		return nil, false, nil
	case c.kind != kindNone:
		return c, false, nil
	case c.isMap:
		return c.elem, false, nil
	}
	field, known = c.fields[string(raw)]
	if !known {
		return nil, false, errClass
	}
	return field, true, nil
}

// passes tells whether a string leaf is copied: its class passes and its value
// has the form that the class promises, in which there is no escape. Anything
// else is scanned as text.
func (c *class) passes(raw []byte) bool {
	allowed := passForms[c.form]
	for _, b := range raw {
		if allowed[b] == 0 {
			return false
		}
	}
	return len(raw) <= maxPassing
}

// passForm is the set of bytes that the values of a passing class are made of.
type passForm [256]uint8

// maxPassing is the longest value that passes by class; opaque cursors are the
// longest of them.
const maxPassing = 4096

var passForms = map[string]*passForm{
	"id":     makeForm("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:=+/@"),
	"amount": makeForm("0123456789.-+"),
	"date":   makeForm("0123456789-:.+TZWQ/"),
	"enum":   makeForm("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.:/ "),
	"count":  makeForm("0123456789-"),
}

func makeForm(chars string) *passForm {
	f := new(passForm)
	for i := range len(chars) {
		f[chars[i]] = 1
	}
	return f
}

// ClassesOf derives the classes of an output type from its struct tags:
//
//	class:"id"      server-made id, opaque cursor      passes
//	class:"amount"  exact decimal or minor units       passes
//	class:"date"    civil date or instant              passes
//	class:"enum"    closed set of server-chosen words  passes
//	class:"count"   integer counts and flags           passes
//	class:"account" account-like value                 always a token
//	class:"text"    anything from outside              scanned
//
// A class on a slice, map or struct field holds for every leaf below it whose
// own field has none. A json.RawMessage or interface field of class text is
// scanned as JSON of any shape. The keys of maps are scanned as text. A value
// that does not have the form of its passing class is scanned as text.
//
// A leaf field without a class is an error, so that forgetting one fails the
// first test that builds the tool.
func ClassesOf(t reflect.Type) (*Classes, error) {
	if t == nil {
		return nil, fmt.Errorf("%w: no type", ErrRedact)
	}
	b := classBuilder{seen: map[seenKey]*class{}}
	root, err := b.build(t, "", t.String())
	if err != nil {
		return nil, err
	}
	return &Classes{root}, nil
}

type seenKey struct {
	t   reflect.Type
	tag string
}

type classBuilder struct{ seen map[seenKey]*class }

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// marshalsItself tells whether a type decides its own JSON, so that its fields
// say nothing.
func marshalsItself(t reflect.Type) bool {
	for _, m := range [...]reflect.Type{jsonMarshaler, textMarshaler} {
		if t.Implements(m) || reflect.PointerTo(t).Implements(m) {
			return true
		}
	}
	return false
}

// build makes the node of a type; tag is the class in force, path names the
// field in errors.
func (b *classBuilder) build(t reflect.Type, tag, path string) (*class, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	key := seenKey{t, tag}
	if c, ok := b.seen[key]; ok {
		return c, nil
	}
	if marshalsItself(t) {
		return leafClass(tag, path)
	}
	c := &class{}
	b.seen[key] = c
	var err error
	switch t.Kind() {
	case reflect.Struct:
		c.fields = map[string]*class{}
		err = b.structFields(c, t, tag, path)
	case reflect.Map:
		c.isMap = true
		c.elem, err = b.build(t.Elem(), tag, path)
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 { // []byte marshals as base64 text
			delete(b.seen, key)
			return leafClass(tag, path)
		}
		c.elem, err = b.build(t.Elem(), tag, path)
	default:
		delete(b.seen, key)
		return leafClass(tag, path)
	}
	return c, err
}

// structFields adds the fields of a struct, those of embedded structs included.
func (b *classBuilder) structFields(c *class, t reflect.Type, tag, path string) error {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" && f.Tag.Get("json") == "-" {
			continue
		}
		own, has := f.Tag.Lookup("class")
		if !has {
			own = tag
		}
		inner := f.Type
		for inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if f.Anonymous && name == "" && inner.Kind() == reflect.Struct && !marshalsItself(inner) {
			if err := b.structFields(c, inner, own, path); err != nil {
				return err
			}
			continue
		}
		if !f.IsExported() {
			continue
		}
		if name == "" {
			name = f.Name
		}
		field, err := b.build(f.Type, own, path+"."+f.Name)
		if err != nil {
			return err
		}
		c.fields[name] = field
	}
	return nil
}

// leafClass makes the node of a leaf.
func leafClass(tag, path string) (*class, error) {
	switch tag {
	case "id", "amount", "date", "enum", "count":
		return &class{kind: kindPass, form: tag}, nil
	case "account":
		return &class{kind: kindAccount}, nil
	case "text":
		return &class{kind: kindText}, nil
	case "":
		return nil, fmt.Errorf("%w: field %s has no class", ErrRedact, path)
	}
	return nil, fmt.Errorf("%w: field %s has an unknown class", ErrRedact, path)
}

package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"unicode/utf8"
)

// Schema is a compiled JSON Schema of the part of draft 2020-12 that this
// program writes: type (one of object, array, string, integer, boolean),
// properties, required, additionalProperties false, items, minItems, maxItems,
// enum and const of strings, minLength, maxLength, minimum, maximum, oneOf. Any
// other keyword is refused when the schema is compiled, so that none is passed
// over. description and default are notes.
type Schema struct {
	kind                 string
	properties           map[string]*Schema
	required             []string
	items                *Schema
	minItems, maxItems   int
	enum                 []string
	minLength, maxLength int
	minimum, maximum     *big.Int
	oneOf                []*Schema
}

// unbounded stands for a length that a schema does not limit; the size of an
// answer does.
const unbounded = maxOutput

var errSchema = errors.New("the schema is not one that can be checked")

// keywords is every keyword of a Schema.
type keywords struct {
	Type                 string                     `json:"type"`
	Properties           map[string]json.RawMessage `json:"properties"`
	Required             []string                   `json:"required"`
	AdditionalProperties *bool                      `json:"additionalProperties"`
	Items                json.RawMessage            `json:"items"`
	MinItems             int                        `json:"minItems"`
	MaxItems             *int                       `json:"maxItems"`
	Enum                 []string                   `json:"enum"`
	Const                *string                    `json:"const"`
	MinLength            int                        `json:"minLength"`
	MaxLength            *int                       `json:"maxLength"`
	Minimum              *big.Int                   `json:"minimum"`
	Maximum              *big.Int                   `json:"maximum"`
	OneOf                []json.RawMessage          `json:"oneOf"`
	Description          string                     `json:"description"`
	Default              json.RawMessage            `json:"default"`
}

// NewSchema compiles a schema, or refuses it.
func NewSchema(text []byte) (*Schema, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var k keywords
	if err := dec.Decode(&k); err != nil || dec.More() || k.OneOf != nil && k.Type != "" {
		return nil, errSchema
	}
	s := &Schema{
		kind: k.Type, properties: map[string]*Schema{}, required: k.Required,
		minItems: k.MinItems, maxItems: unbounded, enum: k.Enum,
		minLength: k.MinLength, maxLength: unbounded, minimum: k.Minimum, maximum: k.Maximum,
	}
	if k.Const != nil {
		s.enum = []string{*k.Const}
	}
	if k.MaxItems != nil {
		s.maxItems = *k.MaxItems
	}
	if k.MaxLength != nil {
		s.maxLength = *k.MaxLength
	}
	return s, s.compile(k)
}

// compile checks that the keywords make sense together and compiles what is
// inside.
func (s *Schema) compile(k keywords) (err error) {
	for _, alternative := range k.OneOf {
		inner, err := NewSchema(alternative)
		if err != nil {
			return err
		}
		s.oneOf = append(s.oneOf, inner)
	}
	for name, text := range k.Properties {
		if s.properties[name], err = NewSchema(text); err != nil {
			return err
		}
	}
	if k.Items != nil {
		if s.items, err = NewSchema(k.Items); err != nil {
			return err
		}
	}
	closed := k.AdditionalProperties != nil && !*k.AdditionalProperties
	switch {
	case s.oneOf != nil,
		s.kind == "object" && closed,
		s.kind == "array" && s.items != nil,
		slices.Contains([]string{"string", "integer", "boolean"}, s.kind):
		return nil
	}
	return errSchema
}

// Check reports whether text is exactly one JSON value of the schema. Keys that
// are repeated, and anything after the value, are errors. The error says where,
// in words that may be shown to the model.
func (s *Schema) Check(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("it is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	v, err := value(dec, 0)
	if err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return s.check("the answer", v)
}

// maxNesting bounds how deep a value may nest; the schemas here nest four deep.
const maxNesting = 16

// object is a JSON object whose keys are unique.
type object map[string]any

// value reads one value, and refuses repeated keys.
func value(dec *json.Decoder, depth int) (any, error) {
	if depth > maxNesting {
		return nil, errors.New("it nests too deep")
	}
	t, err := dec.Token()
	if err != nil {
		return nil, errors.New("it is not JSON")
	}
	switch t {
	case json.Delim('{'):
		return members(dec, depth)
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := value(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, end(dec)
	}
	return t, nil
}

func members(dec *json.Decoder, depth int) (any, error) {
	o := object{}
	for dec.More() {
		t, err := dec.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, errors.New("it is not JSON")
		}
		if _, twice := o[key]; twice {
			return nil, errors.New("it has a key twice")
		}
		if o[key], err = value(dec, depth+1); err != nil {
			return nil, err
		}
	}
	return o, end(dec)
}

func end(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return errors.New("it is not JSON")
	}
	return nil
}

func (s *Schema) check(at string, v any) error {
	if s.oneOf != nil {
		return s.checkOne(at, v)
	}
	switch s.kind {
	case "object":
		return s.checkObject(at, v)
	case "array":
		return s.checkArray(at, v)
	case "string":
		return s.checkString(at, v)
	case "integer":
		return s.checkInteger(at, v)
	}
	if _, ok := v.(bool); !ok {
		return fmt.Errorf("%s must be true or false", at)
	}
	return nil
}

func (s *Schema) checkOne(at string, v any) error {
	matched := 0
	for _, alternative := range s.oneOf {
		if alternative.check(at, v) == nil {
			matched++
		}
	}
	if matched != 1 {
		return fmt.Errorf("%s is none of the forms that it may have", at)
	}
	return nil
}

func (s *Schema) checkObject(at string, v any) error {
	o, ok := v.(object)
	if !ok {
		return fmt.Errorf("%s must be an object", at)
	}
	for _, name := range s.required {
		if _, ok := o[name]; !ok {
			return fmt.Errorf("%s lacks %s", at, name)
		}
	}
	for name, member := range o {
		inner := s.properties[name]
		if inner == nil {
			return fmt.Errorf("%s has a key that it may not have", at)
		}
		if err := inner.check(name, member); err != nil {
			return err
		}
	}
	return nil
}

func (s *Schema) checkArray(at string, v any) error {
	list, ok := v.([]any)
	if !ok || len(list) < s.minItems || len(list) > s.maxItems {
		return fmt.Errorf("%s must be a list of %d to %d", at, s.minItems, s.maxItems)
	}
	for _, item := range list {
		if err := s.items.check(at, item); err != nil {
			return err
		}
	}
	return nil
}

func (s *Schema) checkString(at string, v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("%s must be a string", at)
	}
	if s.enum != nil && !slices.Contains(s.enum, text) {
		return fmt.Errorf("%s is not one of the values that it may have", at)
	}
	if n := utf8.RuneCountInString(text); n < s.minLength || n > s.maxLength {
		return fmt.Errorf("%s must have %d to %d characters", at, s.minLength, s.maxLength)
	}
	return nil
}

func (s *Schema) checkInteger(at string, v any) error {
	number, ok := v.(json.Number)
	if !ok {
		return fmt.Errorf("%s must be an integer", at)
	}
	n, ok := new(big.Int).SetString(number.String(), 10)
	if !ok || s.minimum != nil && n.Cmp(s.minimum) < 0 || s.maximum != nil && n.Cmp(s.maximum) > 0 {
		return fmt.Errorf("%s must be an integer within its bounds", at)
	}
	return nil
}

package notion

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Property is a property's value as the API returns it.
type Property struct {
	ID   string
	Type string
	Raw  json.RawMessage // the value below Type
}

// UnmarshalJSON keeps the value of whichever type it is.
func (p *Property) UnmarshalJSON(b []byte) error {
	var head struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return err
	}
	*p = Property{ID: head.ID, Type: head.Type, Raw: fields[head.Type]}
	return nil
}

// Plain is the value as text, untrusted: the exact digits of a number, an option's
// name, "start/end" for a date. People, files and relations are counted, not
// named, since they point at things outside this page.
func (p Property) Plain() string {
	switch p.Type {
	case "title", "rich_text":
		var t []wireText
		_ = json.Unmarshal(p.Raw, &t)
		return joinSpans(spansOf(t))
	case "multi_select":
		var o []struct{ Name string }
		_ = json.Unmarshal(p.Raw, &o)
		var names []string
		for _, x := range o {
			names = append(names, x.Name)
		}
		return strings.Join(names, ", ")
	case "people", "files", "relation":
		var list []json.RawMessage
		_ = json.Unmarshal(p.Raw, &list)
		return fmt.Sprintf("%d %s", len(list), p.Type)
	case "formula", "rollup":
		return p.computed()
	}
	return plainScalar(p.Raw)
}

func (p Property) computed() string {
	var inner Property
	if json.Unmarshal(p.Raw, &inner) != nil || inner.Type == "array" || inner.Type == p.Type {
		return ""
	}
	return plainScalar(inner.Raw)
}

func plainScalar(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var o struct {
		Name       string
		Start, End string
		Prefix     *string
		Number     json.Number
	}
	if json.Unmarshal(raw, &o) == nil {
		switch {
		case o.Start != "" && o.End != "":
			return o.Start + "/" + o.End
		case o.Number != "" && o.Prefix != nil:
			return *o.Prefix + "-" + o.Number.String()
		case o.Name != "" || o.Start != "" || o.Number != "":
			return o.Name + o.Start + o.Number.String()
		}
		return ""
	}
	if t := strings.TrimSpace(string(raw)); t != "null" && len(t) <= 64 {
		return t // number, true, false
	}
	return ""
}

// Value is a property's value to be written. Types that point elsewhere (url,
// files, people, relation, email, phone_number) can't be written.
type Value struct {
	Type string // title, rich_text, number, select, multi_select, status, date, checkbox
	Text string // of title, rich_text, select, status; number as decimal; date as YYYY-MM-DD
	// Names are the options of multi_select.
	Names   []string
	Checked bool // of checkbox
	// Clear empties the property.
	Clear bool
	// raw is a value as it was read, for undo.
	raw json.RawMessage
}

// Values are properties to be written, by name.
type Values map[string]Value

var decimalForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$`)

// check reports whether a value can be written.
func (v Value) check() error {
	switch v.Type {
	case "title", "rich_text":
		if UTF16Len(v.Text) > MaxText*MaxRichText {
			return fail(ErrInvalid, "a property's text is too long")
		}
	case "select", "status":
		return checkOption(v.Text)
	case "multi_select":
		if len(v.Names) > MaxRichText {
			return fail(ErrInvalid, "there are too many options")
		}
		for _, n := range v.Names {
			if err := checkOption(n); err != nil {
				return err
			}
		}
	case "number":
		if !v.Clear && !decimalForm.MatchString(v.Text) {
			return fail(ErrInvalid, "a number is not a plain decimal")
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, v.Text); err != nil && !v.Clear {
			return fail(ErrInvalid, "a date is not of the form YYYY-MM-DD")
		}
	case "checkbox":
	default:
		return fail(ErrContent, "properties of this type are not written")
	}
	return nil
}

// maxOption is the longest option's name (Notion's limit).
const maxOption = 100

func checkOption(name string) error {
	if UTF16Len(name) > maxOption || strings.Contains(name, ",") {
		return fail(ErrInvalid, "an option's name is too long or has a comma")
	}
	return nil
}

// MarshalJSON writes the API's form: dates without a time, numbers with their
// exact digits.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.raw != nil {
		return json.Marshal(map[string]any{"type": v.Type, v.Type: v.raw})
	}
	var inner any
	switch v.Type {
	case "title", "rich_text":
		inner = richText(cutSpans([]Span{{Text: v.Text}}))
		if v.Text == "" {
			inner = []any{}
		}
	case "number":
		inner = json.Number(v.Text)
	case "select", "status":
		inner = map[string]string{"name": v.Text}
	case "multi_select":
		options := make([]map[string]string, len(v.Names))
		for i, n := range v.Names {
			options[i] = map[string]string{"name": n}
		}
		inner = options
	case "date":
		inner = map[string]string{"start": v.Text}
	case "checkbox":
		inner = v.Checked
	default:
		return nil, fail(ErrContent, "properties of this type are not written")
	}
	if v.Clear && v.Type != "title" && v.Type != "rich_text" && v.Type != "checkbox" {
		inner = nil
	}
	return json.Marshal(map[string]any{"type": v.Type, v.Type: inner})
}

// UnmarshalJSON keeps the API's form, so that values survive in an outbox.
func (v *Value) UnmarshalJSON(b []byte) error {
	var p Property
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	*v = Value{Type: p.Type, raw: p.Raw}
	return nil
}

// Plain is the value as Property.Plain would show it once written.
func (v Value) Plain() string {
	if v.raw != nil {
		return Property{Type: v.Type, Raw: v.raw}.Plain()
	}
	switch v.Type {
	case "multi_select":
		return strings.Join(v.Names, ", ")
	case "checkbox":
		return strconv.FormatBool(v.Checked)
	}
	return v.Text
}

// Clean applies the policy on content to the texts of properties and checks
// that each can be written.
func (c Content) CleanValues(values Values) (Values, Removed, error) {
	removed := Removed{}
	out := make(Values, len(values))
	for _, name := range sortedKeys(values) {
		v := values[name]
		switch v.Type {
		case "title", "rich_text", "select", "status":
			v.Text = c.cleanText(v.Text, removed)
		case "multi_select":
			names := make([]string, len(v.Names))
			for i, n := range v.Names {
				names[i] = c.cleanText(n, removed)
			}
			v.Names = names
		}
		if err := v.check(); err != nil {
			return nil, removed, err
		}
		out[name] = v
	}
	return out, removed, c.verdict(removed)
}

// Match checks values against the properties that a place really has, so that a
// renamed one is found before anything is written.
func (s Schema) Match(values Values) error {
	for name, v := range values {
		p, ok := s.Properties[name]
		if !ok {
			return fail(ErrInvalid, "a property does not exist; it may have been renamed or removed")
		}
		if p.Type != v.Type {
			return fail(ErrInvalid, "a property has another type: "+vocabulary(p.Type)+" is expected")
		}
	}
	return nil
}

// Restore makes the value that writes back what was read. ok is false for types
// that can't be written.
func (p Property) Restore() (v Value, ok bool) {
	v = Value{Type: p.Type}
	switch p.Type {
	case "title", "rich_text":
		v.Text = p.Plain()
		return v, true
	case "number", "select", "status", "date", "checkbox", "multi_select":
		v.raw = restorable(p)
		return v, v.raw != nil
	}
	return v, false
}

// restorable keeps of a read value what may be sent: options by name, dates as
// they are.
func restorable(p Property) json.RawMessage {
	if p.Type == "multi_select" || p.Type == "select" || p.Type == "status" {
		type option struct {
			Name string `json:"name"`
		}
		var one *option
		var many []option
		if p.Type == "multi_select" {
			if json.Unmarshal(p.Raw, &many) != nil {
				return nil
			}
			b, _ := json.Marshal(many)
			return b
		}
		if json.Unmarshal(p.Raw, &one) != nil {
			return nil
		}
		b, _ := json.Marshal(one)
		return b
	}
	return p.Raw
}

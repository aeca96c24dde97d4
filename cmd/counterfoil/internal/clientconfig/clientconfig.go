// Package clientconfig edits the JSON file in which an MCP client keeps its servers, and
// leaves everything else in it as it is.
package clientconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// Command is how a client starts this server.
type Command struct {
	Command string   `json:"command"`
	Args    []string `json:"args"`
}

// member is one member of a JSON object, its value as it stands in the file.
type member struct {
	name  string
	value json.RawMessage
}

// Merge sets mcpServers.NAME in a client's JSON file. Everything else
// keeps its order, its numbers and its text; only the indentation is made
// uniform. Empty text is an empty object.
func Merge(text []byte, name string, c Command) ([]byte, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		text = []byte("{}")
	}
	top, err := members(text)
	if err != nil {
		return nil, err
	}
	servers, err := members(value(top, "mcpServers", []byte("{}")))
	if err != nil {
		return nil, errors.New("mcpServers is not a JSON object")
	}
	entry, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	top = set(top, "mcpServers", object(set(servers, name, entry)))
	var out bytes.Buffer
	if err := json.Indent(&out, object(top), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// members takes an object apart, strictly: valid UTF-8, no member twice,
// nothing after it.
func members(text []byte) ([]member, error) {
	if !utf8.Valid(text) || !json.Valid(text) {
		return nil, errors.New("not valid JSON")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	var list []member
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: t.(string)} // names of a valid object are strings
		if seen[m.name] {
			return nil, errors.New("a member stands there twice")
		}
		seen[m.name] = true
		if err := dec.Decode(&m.value); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	if _, err := dec.Token(); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return list, nil
}

func value(list []member, name string, none json.RawMessage) json.RawMessage {
	for _, m := range list {
		if m.name == name {
			return m.value
		}
	}
	return none
}

func set(list []member, name string, v json.RawMessage) []member {
	for i := range list {
		if list[i].name == name {
			list[i].value = v
			return list
		}
	}
	return append(list, member{name, v})
}

func object(list []member) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quote(m.name))
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

func quote(s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return bytes.TrimSpace(b.Bytes())
}

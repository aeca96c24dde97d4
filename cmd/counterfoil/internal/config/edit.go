package config

import (
	"bytes"
	"reflect"

	"go.yaml.in/yaml/v3"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// SetPrincipals rewrites the principals of a config and nothing else: every
// other line, its comments and blank lines stay byte for byte, and comments
// within the section stay too.
func SetPrincipals(c *Config, text []byte, edit func(list *yaml.Node) error) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, configError(c.Path, err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, exit.Fail(exit.Config, "", "the config is not a mapping")
	}
	key, list := child(doc.Content[0], "principals")
	if key == nil {
		key, list = &yaml.Node{Kind: yaml.ScalarNode, Value: "principals"}, &yaml.Node{Kind: yaml.SequenceNode}
		text = append(bytes.TrimRight(text, "\n"), '\n')
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	from, to := len(lines)-1, len(lines)-1
	if key.Line > 0 {
		from, to = key.Line-1, lastLine(list)
	}
	if list.Kind == yaml.ScalarNode { // "principals:" with nothing, null
		*list = yaml.Node{Kind: yaml.SequenceNode}
	}
	if err := edit(list); err != nil {
		return nil, err
	}
	section, err := encodeSection(key, list)
	if err != nil {
		return nil, err
	}
	out := bytes.Join([][]byte{bytes.Join(lines[:from], nil), section, bytes.Join(lines[to:], nil)}, nil)
	return out, sameElse(c, out)
}

// sameElse makes sure that an edited config still reads, and differs in
// principals alone.
func sameElse(c *Config, out []byte) error {
	if after, err := Parse(c.Path, out); err == nil {
		x, y := *c, *after
		x.Principals, x.Digest = y.Principals, y.Digest
		if reflect.DeepEqual(x, y) {
			return nil
		}
	}
	return exit.Fail(exit.Config, "write the principals as a list, one below the other", "the config is laid out in a way that cannot be edited safely")
}

// encodeSection renders the key and its list. Comments before the key and
// after the list stand outside and stay there.
func encodeSection(key, list *yaml.Node) ([]byte, error) {
	key.HeadComment, key.FootComment = "", ""
	if len(list.Content) > 0 && list.Style&yaml.FlowStyle != 0 {
		list.Style &^= yaml.FlowStyle
		key.LineComment, list.LineComment = list.LineComment, ""
	}
	dropFoot(list)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	err := enc.Encode(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, list}})
	return b.Bytes(), err
}

// dropFoot removes the comments that follow the last line of a node, at any
// depth.
func dropFoot(n *yaml.Node) {
	n.FootComment = ""
	switch {
	case len(n.Content) == 0:
	case n.Kind == yaml.MappingNode:
		n.Content[len(n.Content)-2].FootComment = ""
		dropFoot(n.Content[len(n.Content)-1])
	default:
		dropFoot(n.Content[len(n.Content)-1])
	}
}

// lastLine is the last line that a node stands on, counted from 1. Principals
// have no values of more than one line.
func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

// child finds a key of a mapping and its value.
func child(m *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			return m.Content[i], m.Content[i+1]
		}
	}
	return nil, nil
}

// SetField sets or, with a nil value, removes a key of a mapping.
func SetField(m *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value != name {
			continue
		}
		if value == nil {
			m.Content = append(m.Content[:i], m.Content[i+2:]...)
			return
		}
		value.LineComment = m.Content[i+1].LineComment
		m.Content[i+1] = value
		return
	}
	if value != nil {
		m.Content = append(m.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, value)
	}
}

// AppendPrincipal adds a principal with the hash of its token, as a reader unless
// it has roles.
func AppendPrincipal(list *yaml.Node, p Principal, hash string) error {
	if len(p.Roles) == 0 {
		p.Roles = []string{"reader"}
	}
	p.TokenSHA256 = hash
	var n yaml.Node
	if err := n.Encode(p); err != nil {
		return err
	}
	list.Content = append(list.Content, &n)
	return nil
}

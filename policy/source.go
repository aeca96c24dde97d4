package policy

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"unicode/utf8"

	"github.com/google/cel-go/common/ast"
	celpolicy "github.com/google/cel-go/policy"
	"go.yaml.in/yaml/v3"
)

// Bounds on a policy file. They are far above what people write and keep the
// time to load, and the worst time to decide, small.
const (
	// MaxRules is the largest number of match entries in one policy, counted
	// over all its sections.
	MaxRules = 500
	// MaxSource is the largest policy file in bytes.
	MaxSource = 128 << 10
	// MaxScopes is the largest number of row scopes in one policy.
	MaxScopes = 64
	// maxVariables bounds variables and nested rules of one section; each extends
	// the environment, which is what loading spends its time on.
	maxVariables = 100
	// maxYAMLDepth bounds the nesting of the file, and with it of rules.
	maxYAMLDepth = 40
)

// parsed is a policy file taken apart but not yet type-checked.
type parsed struct {
	src     *celpolicy.Source
	info    *ast.SourceInfo
	before  *celpolicy.Rule
	after   *celpolicy.Rule
	release *celpolicy.Rule
	tools   []toolRule
	scopes  []scopeSource
}

// toolRule is one entry of `tools:`. An optional one may name a tool that does
// not exist.
type toolRule struct {
	name     celpolicy.ValueString
	optional bool
	rule     *celpolicy.Rule
}

// scopeSource is one entry of `scopes:`.
type scopeSource struct {
	name, expr celpolicy.ValueString
}

var scopeName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// parse reads the file with cel-go's policy parser, extended by the sections
// that are ours, after refusing what YAML allows and a policy must not have.
func parse(text []byte, name string, ps *problems) *parsed {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	if !plainYAML(text, ps) {
		return nil
	}
	v := &sections{}
	parser, err := celpolicy.NewParser(celpolicy.CustomTagVisitor(v))
	if err != nil {
		ps.add(0, 0, "%v", err)
		return nil
	}
	src := celpolicy.ByteSource(text, name)
	pol, iss := parser.Parse(src)
	if iss.Err() != nil {
		ps.addCEL(iss.Errors())
		return nil
	}
	v.out.src, v.out.info = src, pol.SourceInfo()
	if pol.Rule() != nil {
		ps.add(1, 1, "`rule:` at the top level is not used here; put rules under before, tools, after or release")
	}
	if len(pol.Imports()) > 0 {
		ps.add(1, 1, "imports are not supported")
	}
	return &v.out
}

// at returns the place of a node that the parser numbered.
func (p *parsed) at(id int64) (line, column int) {
	if off, ok := p.info.GetOffsetRange(id); ok {
		if loc, ok := p.src.OffsetLocation(off.Start); ok {
			return loc.Line(), loc.Column() + 1
		}
	}
	return 0, 0
}

// sections receives the keys that cel-go's policy format does not define.
// Every key that is not ours is an error, at every level.
type sections struct {
	celpolicy.YAMLHelper
	out parsed
}

// PolicyTag parses a top-level section.
func (s *sections) PolicyTag(ctx celpolicy.ParserContext, id int64, key string, node *yaml.Node, p *celpolicy.Policy) {
	switch key {
	case "description":
	case "before":
		s.out.before = ctx.ParseRule(ctx, p, node)
	case "after":
		s.out.after = ctx.ParseRule(ctx, p, node)
	case "release":
		s.out.release = ctx.ParseRule(ctx, p, node)
	case "tools":
		s.each(ctx, id, key, node, func(key, val *yaml.Node) { s.tool(ctx, p, key, val) })
	case "scopes":
		s.each(ctx, id, key, node, func(key, val *yaml.Node) { s.scope(ctx, key, val) })
	default:
		ctx.ReportErrorAtID(id, "unknown section %q; a policy has name, description, scopes, before, tools, after and release", key)
	}
}

// each calls fn for every entry of a mapping.
func (s *sections) each(ctx celpolicy.ParserContext, id int64, key string, node *yaml.Node, fn func(key, val *yaml.Node)) {
	if !s.IsMap(node) {
		ctx.ReportErrorAtID(id, "%s must be a mapping", key)
		return
	}
	s.RangeMap(node, func(key, val *yaml.Node) bool {
		fn(key, val)
		return true
	})
}

// tool parses `NAME: {rule}`: the rule itself, or a mapping with the one key
// rule, as cel-go's format has it at the top. `optional: true` beside it marks
// a tool that need not exist.
func (s *sections) tool(ctx celpolicy.ParserContext, p *celpolicy.Policy, key, val *yaml.Node) {
	t := toolRule{name: ctx.NewString(key)}
	if !s.IsMap(val) {
		ctx.ReportErrorAtID(t.name.ID, "the entry of a tool must be a rule with match")
		return
	}
	body := *val
	body.Content = nil
	for i := 0; i+1 < len(val.Content); i += 2 {
		k, v := val.Content[i], val.Content[i+1]
		if k.Value == "optional" {
			t.optional = v.Value == "true"
			if !s.IsBool(v) {
				ctx.ReportErrorAtID(ctx.CollectMetadata(v), "optional must be true or false")
			}
			continue
		}
		body.Content = append(body.Content, k, v)
	}
	node := &body
	if len(body.Content) == 2 && body.Content[0].Value == "rule" {
		node = body.Content[1]
	}
	t.rule = ctx.ParseRule(ctx, p, node)
	s.out.tools = append(s.out.tools, t)
}

// scope parses `NAME: EXPRESSION` or `NAME: {description, expression}`.
func (s *sections) scope(ctx celpolicy.ParserContext, key, val *yaml.Node) {
	sc := scopeSource{name: ctx.NewString(key)}
	if !s.IsMap(val) {
		sc.expr = ctx.NewString(val)
		s.out.scopes = append(s.out.scopes, sc)
		return
	}
	s.RangeMap(val, func(k, v *yaml.Node) bool {
		id := ctx.CollectMetadata(k)
		switch k.Value {
		case "description":
			ctx.NewString(v)
		case "expression":
			sc.expr = ctx.NewString(v)
		default:
			ctx.ReportErrorAtID(id, "unknown key %q; a scope has description and expression", k.Value)
		}
		return true
	})
	s.out.scopes = append(s.out.scopes, sc)
}

// RuleTag refuses an unknown key of a rule.
func (*sections) RuleTag(ctx celpolicy.ParserContext, id int64, key string, _ *yaml.Node, _ *celpolicy.Policy, _ *celpolicy.Rule) {
	ctx.ReportErrorAtID(id, "unknown key %q; a rule has id, description, variables and match", key)
}

// MatchTag refuses an unknown key of a match.
func (*sections) MatchTag(ctx celpolicy.ParserContext, id int64, key string, _ *yaml.Node, _ *celpolicy.Policy, _ *celpolicy.Match) {
	ctx.ReportErrorAtID(id, "unknown key %q; a match has condition, output, explanation and rule", key)
}

// VariableTag refuses an unknown key of a variable.
func (*sections) VariableTag(ctx celpolicy.ParserContext, id int64, key string, _ *yaml.Node, _ *celpolicy.Policy, _ *celpolicy.Variable) {
	ctx.ReportErrorAtID(id, "unknown key %q; a variable has name and expression", key)
}

// plainYAML checks that text is one YAML document of plain mappings, lists and
// scalars: no second document, anchors, aliases, merge keys, duplicate keys or
// line breaks that editors and parsers count differently. Each of these could
// make the policy that is read differ from the one that is enforced.
func plainYAML(text []byte, ps *problems) bool {
	n := len(ps.list)
	if len(text) > MaxSource {
		ps.add(0, 0, "the file is larger than %d bytes", MaxSource)
		return false
	}
	if !plainText(text, ps) {
		return false
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("the file is empty")
		}
		ps.list = append(ps.list, yamlProblem(err, text))
		return false
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		ps.add(max(second.Line, 1), 1, "a policy is one YAML document")
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		ps.add(1, 1, "a policy is a mapping with scopes, before, tools, after and release")
		return false
	}
	plainNode(doc.Content[0], 0, ps)
	return len(ps.list) == n
}

func plainText(text []byte, ps *problems) bool {
	if !utf8.Valid(text) {
		ps.add(0, 0, "the file is not UTF-8")
		return false
	}
	line := 1
	for _, r := range string(text) {
		switch {
		case r == '\n':
			line++
		case r == '\ufeff' && line == 1:
			ps.add(1, 1, "the file begins with or holds a byte order mark (U+FEFF): save it as UTF-8 without one")
			return false
		case r == '\r', r == '\u0085', r == '\u2028', r == '\u2029', r == '\ufeff', r < ' ' && r != '\t', r == 0x7f:
			ps.add(line, 1, "control character %U", r)
			return false
		}
	}
	return true
}

func plainNode(n *yaml.Node, depth int, ps *problems) {
	if depth > maxYAMLDepth {
		ps.add(n.Line, n.Column, "nested more than %d levels deep", maxYAMLDepth)
		return
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		ps.add(n.Line, n.Column, "anchors and aliases are not allowed in a policy")
		return
	}
	if n.Style&yaml.TaggedStyle != 0 {
		ps.add(n.Line, n.Column, "tags are not allowed in a policy")
	}
	if n.Kind == yaml.MappingNode {
		plainKeys(n, ps)
	}
	for _, c := range n.Content {
		plainNode(c, depth+1, ps)
	}
}

func plainKeys(n *yaml.Node, ps *problems) {
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch {
		case k.Kind != yaml.ScalarNode || k.ShortTag() == "!!merge":
			ps.add(k.Line, k.Column, "keys must be plain names")
		case seen[k.Value]:
			ps.add(k.Line, k.Column, "duplicate key %q", k.Value)
		}
		seen[k.Value] = true
	}
}

package policy

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"go.yaml.in/yaml/v3"
)

// testInput is the input of a test with everything written out. What a test
// leaves out has the value that newTestInput gives it.
type testInput struct {
	Principal struct {
		Tenant   string   `yaml:"tenant"`
		Name     string   `yaml:"name"`
		Roles    []string `yaml:"roles"`
		Scopes   []string `yaml:"scopes"`
		Accounts []string `yaml:"accounts"`
		Auth     string   `yaml:"auth"`
	} `yaml:"principal"`
	Client struct {
		Name     string `yaml:"name"`
		Version  string `yaml:"version"`
		Protocol string `yaml:"protocol"`
	} `yaml:"client"`
	Tool struct {
		Name string `yaml:"name"`
	} `yaml:"tool"`
	Args    map[string]any `yaml:"args"`
	Now     time.Time      `yaml:"now"`
	History struct {
		Rows     int64         `yaml:"rows"`
		Accounts int64         `yaml:"accounts"`
		Labels   []string      `yaml:"labels"`
		Window   time.Duration `yaml:"window"`
	} `yaml:"history"`
	Budget struct {
		CallsLeft  int64 `yaml:"calls_left"`
		RowsLeft   int64 `yaml:"rows_left"`
		BytesLeft  int64 `yaml:"bytes_left"`
		PagesLeft  int64 `yaml:"pages_left"`
		TokensLeft int64 `yaml:"tokens_left"`
	} `yaml:"budget"`
	Target *struct {
		Parent  string `yaml:"parent"`
		Sharing string `yaml:"sharing"`
	} `yaml:"target"`
	Result *struct {
		Rows     int64            `yaml:"rows"`
		Bytes    int64            `yaml:"bytes"`
		Findings map[string]int64 `yaml:"findings"`
		Labels   []string         `yaml:"labels"`
		From     time.Time        `yaml:"from"`
		To       time.Time        `yaml:"to"`
	} `yaml:"result"`
}

func newTestInput() *testInput {
	in := &testInput{Now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}
	in.Principal.Tenant, in.Principal.Name, in.Principal.Auth = "default", "test", "bearer"
	in.History.Window = 24 * time.Hour
	in.Budget.CallsLeft, in.Budget.RowsLeft, in.Budget.BytesLeft = 1e6, 1e6, 1e9
	in.Budget.PagesLeft, in.Budget.TokensLeft = 1e3, 1e6
	return in
}

// testRequest makes a request of a test's input. A name is that of a variable
// (`principal`), or of a field (`principal.roles`, `args.limit`).
func (p *Policy) testRequest(input map[string]testValue) (*Request, error) {
	doc := &yaml.Node{Kind: yaml.MappingNode}
	for _, fields := range []bool{false, true} { // fields change what variables set
		for name, v := range input {
			if strings.Contains(name, ".") != fields {
				continue
			}
			node, err := p.testNode(name, v)
			if err != nil {
				return nil, err
			}
			set(doc, strings.SplitN(name, ".", 2), node)
		}
	}
	in := newTestInput()
	if err := strict(doc, in); err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	return p.requestOf(in)
}

// testNode is the value of one input as YAML. The value of `tool` may be its
// name alone.
func (p *Policy) testNode(name string, v testValue) (*yaml.Node, error) {
	node := &v.Value
	if v.Expr != "" {
		x, err := p.constant(v.Expr)
		if err != nil {
			return nil, fmt.Errorf("line %d: input %s: %w", v.line, name, err)
		}
		node = &yaml.Node{}
		if err := node.Encode(x); err != nil {
			return nil, fmt.Errorf("line %d: input %s: %w", v.line, name, err)
		}
	}
	if name == "tool" && node.Kind == yaml.ScalarNode {
		return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "name"}, node}}, nil
	}
	return node, nil
}

// set puts a value at a path of one or two keys.
func set(doc *yaml.Node, path []string, v *yaml.Node) {
	for i := 0; i+1 < len(doc.Content); i += 2 {
		if doc.Content[i].Value != path[0] {
			continue
		}
		if len(path) == 1 {
			doc.Content[i+1] = v
			return
		}
		set(doc.Content[i+1], path[1:], v)
		return
	}
	if len(path) > 1 {
		inner := &yaml.Node{Kind: yaml.MappingNode}
		set(inner, path[1:], v)
		v = inner
	}
	doc.Content = append(doc.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: path[0]}, v)
}

// constant evaluates an expression without variables.
func (p *Policy) constant(expr string) (any, error) {
	ast, iss := p.envs.call.Compile(expr)
	if iss.Err() != nil {
		return nil, iss.Err()
	}
	prg, err := p.envs.call.Program(ast, cel.CostLimit(maxRuntimeCost))
	if err != nil {
		return nil, err
	}
	v, _, err := prg.Eval(cel.NoVars())
	if err != nil {
		return nil, err
	}
	return plainValue(v)
}

func plainValue(v ref.Val) (any, error) {
	switch v := v.(type) {
	case types.Int:
		return int64(v), nil
	case types.String:
		return string(v), nil
	case types.Bool:
		return bool(v), nil
	case types.Timestamp:
		return v.Time, nil
	case types.Duration:
		return v.Duration.String(), nil
	case traits.Lister:
		list := []any{}
		n, _ := v.Size().(types.Int)
		for i := types.Int(0); i < n; i++ {
			item, err := plainValue(v.Get(i))
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, nil
	}
	return nil, fmt.Errorf("a value of type %s cannot be an input", v.Type().TypeName())
}

func (p *Policy) requestOf(in *testInput) (*Request, error) {
	ch := p.chains[in.Tool.Name]
	if ch == nil {
		return nil, fmt.Errorf("input tool: there is no tool %q", in.Tool.Name)
	}
	args, err := ch.tool.decode(in.Args)
	if err != nil {
		return nil, err
	}
	history, err := ParseLabels(in.History.Labels)
	if err != nil {
		return nil, err
	}
	r := &Request{Tool: ch.tool.Tool, Args: args, Now: in.Now.UTC(), Client: Client(in.Client), Principal: Principal(in.Principal),
		Budget:  Budget(in.Budget),
		History: History{Rows: in.History.Rows, Accounts: in.History.Accounts, Labels: history, Window: in.History.Window}}
	if in.Target != nil {
		r.Target = &Target{Parent: in.Target.Parent, Sharing: in.Target.Sharing}
	}
	if x := in.Result; x != nil {
		l, err := ParseLabels(x.Labels)
		if err != nil {
			return nil, err
		}
		r.Result = &ResultFacts{Rows: x.Rows, Bytes: x.Bytes, Findings: x.Findings, Labels: l, From: x.From, To: x.To}
	}
	return r, nil
}

// ParseLabels turns names of labels, as policies write them, into a set.
func ParseLabels(names []string) (Labels, error) {
	var set Labels
next:
	for _, n := range names {
		for i, w := range labelWords {
			if n == w {
				set |= 1 << i
				continue next
			}
		}
		return 0, fmt.Errorf("%q is not a label; labels are %s", n, strings.Join(labelWords, ", "))
	}
	return set, nil
}

package policy

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"go.yaml.in/yaml/v3"
)

// ErrTests is wrapped by the errors of RunTests; the text after it names file
// and line.
var ErrTests = errors.New("policy tests cannot be run")

// TestReport is the result of a policy's tests.
type TestReport struct {
	Cases    []TestCase
	Coverage []RuleCoverage
}

// TestCase is one test that ran.
type TestCase struct {
	Section, Name string
	Line          int
	Rule          string // the rule that decided
	Failure       string // what differs from what was expected, "" if nothing
}

// RuleCoverage says how many tests one rule decided.
type RuleCoverage struct {
	Rule  string
	Line  int
	Tests int
}

// Passed reports whether no test failed.
func (r *TestReport) Passed() bool {
	return !slices.ContainsFunc(r.Cases, func(c TestCase) bool { return c.Failure != "" })
}

// Covered returns how many rules with an output decided at least one test, and
// how many there are.
func (r *TestReport) Covered() (covered, rules int) {
	for _, c := range r.Coverage {
		if c.Tests > 0 {
			covered++
		}
	}
	return covered, len(r.Coverage)
}

// Bounds on a file of tests.
const (
	maxTestFile = 1 << 20 // bytes
	maxTests    = 2000
)

// suite is a file of tests in cel-go's format.
type suite struct {
	Name        string    `yaml:"name"`
	Description string    `yaml:"description"`
	Sections    []section `yaml:"section"`
}

type section struct {
	Name        string     `yaml:"name"`
	Description string     `yaml:"description"`
	Tests       []testCase `yaml:"tests"`
}

type testCase struct {
	Name        string               `yaml:"name"`
	Description string               `yaml:"description"`
	Input       map[string]testValue `yaml:"input"`
	Output      testOutput           `yaml:"output"`
}

type testValue struct {
	Value yaml.Node `yaml:"value"`
	Expr  string    `yaml:"expr"`
	line  int
}

type testOutput struct {
	Value yaml.Node `yaml:"value"`
	Expr  string    `yaml:"expr"`
	line  int
}

// UnmarshalYAML keeps the line, and is strict about keys.
func (v *testValue) UnmarshalYAML(n *yaml.Node) error {
	v.line = n.Line
	return valueOrExpr(n, &v.Value, &v.Expr)
}

// UnmarshalYAML keeps the line, and is strict about keys.
func (v *testOutput) UnmarshalYAML(n *yaml.Node) error {
	v.line = n.Line
	return valueOrExpr(n, &v.Value, &v.Expr)
}

func valueOrExpr(n *yaml.Node, value *yaml.Node, expr *string) error {
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 {
		return fmt.Errorf("line %d: want either value or expr", n.Line)
	}
	switch n.Content[0].Value {
	case "value":
		*value = *n.Content[1]
		return nil
	case "expr":
		return n.Content[1].Decode(expr)
	}
	return fmt.Errorf("line %d: want either value or expr", n.Line)
}

// RunTests runs a file of tests in cel-go's format: sections of tests, each
// with input values by variable name and the output expected. See
// docs/policy.md for what a value can be.
func (p *Policy) RunTests(name string, text []byte) (*TestReport, error) {
	ps := &problems{}
	if len(text) > maxTestFile {
		return nil, fmt.Errorf("%w: %s is larger than %d bytes", ErrTests, name, maxTestFile)
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	var s suite
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if !plainYAML(text, ps) {
		return nil, fmt.Errorf("%w: %s", ErrTests, ps.list[0].String(name))
	}
	if err := dec.Decode(&s); err != nil {
		return nil, fmt.Errorf("%w: %s: %s", ErrTests, name, decodeProblem(err, true))
	}
	if !slices.ContainsFunc(s.Sections, func(sec section) bool { return len(sec.Tests) > 0 }) {
		return nil, fmt.Errorf("%w: %s has no test", ErrTests, name)
	}
	rep := &TestReport{}
	hits := make(map[string]int)
	for _, sec := range s.Sections {
		for i := range sec.Tests {
			if len(rep.Cases) >= maxTests {
				return nil, fmt.Errorf("%w: %s has more than %d tests", ErrTests, name, maxTests)
			}
			c := p.runTest(&sec.Tests[i])
			c.Section = sec.Name
			rep.Cases = append(rep.Cases, c)
			hits[c.Rule]++
		}
	}
	for _, m := range p.matches {
		if m.nested == nil {
			rep.Coverage = append(rep.Coverage, RuleCoverage{Rule: m.path, Line: m.line, Tests: hits[m.path]})
		}
	}
	return rep, nil
}

func (p *Policy) runTest(tc *testCase) (c TestCase) {
	c = TestCase{Name: tc.Name, Line: tc.Output.line}
	for _, v := range tc.Input {
		if tc.Output.line == 0 { // it has none
			c.Line = max(c.Line, v.line)
		}
	}
	r, err := p.testRequest(tc.Input)
	if err != nil {
		c.Failure = err.Error()
		return c
	}
	d := p.Decide(r)
	if r.Result != nil {
		d = p.Release(r)
	}
	c.Rule = d.Rule
	if tc.Output.Expr != "" {
		c.Failure = p.compareExpr(tc.Output.Expr, d, r)
		return c
	}
	c.Failure = compareValue(&tc.Output.Value, d)
	return c
}

// compareExpr compares with an outcome written as in a policy. Its row scopes
// are built for the same principal, so that rows are compared too.
func (p *Policy) compareExpr(expr string, d Decision, r *Request) string {
	ast, iss := p.envs.call.Compile(expr)
	if iss.Err() != nil {
		return "output: " + iss.Err().Error()
	}
	prg, err := p.envs.call.Program(ast, cel.CostLimit(maxRuntimeCost))
	if err != nil {
		return "output: " + err.Error()
	}
	v, _, err := prg.Eval(cel.NoVars())
	o, ok := v.(*outcome)
	if err != nil || !ok {
		return fmt.Sprintf("output: %q is not an outcome that can be evaluated: %v", expr, err)
	}
	want := o.decision(d.Rule)
	if r.Result == nil && (o.effect == Allow || o.effect == Ask) {
		a := p.activate(r, p.chains[r.Tool.Name].tool)
		if a == nil {
			return "output: cannot be evaluated"
		}
		want = p.scoped(want, o, a)
		a.release()
	}
	if !reflect.DeepEqual(want, d) {
		return fmt.Sprintf("got %s, want %s", describe(d), o)
	}
	return ""
}

func describe(d Decision) string {
	o := &outcome{effect: d.Effect, reason: d.Reason, channel: d.Channel, limits: d.Limits, drop: d.Drop, mask: d.Mask}
	s := o.String() + " by " + d.Rule
	if d.Rows != nil {
		s += ", rows " + d.Rows.String()
	}
	return s
}

// expectation is the form of an output value that is a mapping. Only the keys
// that are there are compared.
type expectation struct {
	Effect   string   `yaml:"effect"`
	Rule     *string  `yaml:"rule"`
	Reason   *string  `yaml:"reason"`
	Channel  *string  `yaml:"channel"`
	MaxRows  *int64   `yaml:"max_rows"`
	MaxBytes *int64   `yaml:"max_bytes"`
	Drop     []string `yaml:"drop"`
	Mask     []string `yaml:"mask"`
	Scoped   *bool    `yaml:"scoped"`
}

func compareValue(n *yaml.Node, d Decision) string {
	var want expectation
	switch n.Kind {
	case yaml.ScalarNode:
		want.Effect = n.Value
	case yaml.MappingNode:
		if err := strict(n, &want); err != nil {
			return "output: " + err.Error()
		}
	default:
		return "output: want value or expr"
	}
	if want.Effect != string(Allow) && want.Effect != string(Deny) && want.Effect != string(Ask) {
		return fmt.Sprintf("output: effect is %q; it is one of allow, deny, ask", want.Effect)
	}
	var diffs []string
	differs(&diffs, "effect", &want.Effect, string(d.Effect))
	differs(&diffs, "rule", want.Rule, d.Rule)
	differs(&diffs, "reason", want.Reason, d.Reason)
	differs(&diffs, "channel", want.Channel, d.Channel)
	differs(&diffs, "max_rows", want.MaxRows, d.Limits.Rows)
	differs(&diffs, "max_bytes", want.MaxBytes, d.Limits.Bytes)
	differs(&diffs, "scoped", want.Scoped, d.Rows != nil)
	if want.Drop != nil && !slices.Equal(want.Drop, d.Drop) {
		diffs = append(diffs, fmt.Sprintf("drop is %q, want %q", d.Drop, want.Drop))
	}
	if want.Mask != nil && !slices.Equal(want.Mask, d.Mask) {
		diffs = append(diffs, fmt.Sprintf("mask is %q, want %q", d.Mask, want.Mask))
	}
	if len(diffs) > 0 {
		return strings.Join(diffs, "; ") + " (got " + describe(d) + ")"
	}
	return ""
}

func differs[T comparable](diffs *[]string, what string, want *T, got T) {
	if want != nil && *want != got {
		*diffs = append(*diffs, fmt.Sprintf("%s is %v, want %v", what, got, *want))
	}
}

// strict decodes a node and refuses unknown keys.
func strict(n *yaml.Node, dst any) error {
	text, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(dst); err != nil {
		return errors.New(decodeProblem(err, false))
	}
	return nil
}

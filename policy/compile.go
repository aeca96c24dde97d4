package policy

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/cel-go/cel"
	celpolicy "github.com/google/cel-go/policy"
)

// ErrCompile is wrapped by every error that Compile returns; the text after it
// names file, line and column.
var ErrCompile = errors.New("policy does not compile")

// Source is one policy file.
type Source struct {
	Name string // file name, used in messages
	Text []byte
}

// Policy is a compiled policy. It is immutable and safe for concurrent use.
type Policy struct {
	digest       [32]byte
	chains       map[string]*chain // by tool name
	releaseRules []*rule           // nil if there is no release section
	scopes       map[string]*rowScope
	slots        int // most variables of any section
	sections     []*rule
	matches      []*match
	mentioned    map[string]bool // tools with an entry under tools
	envs         *environments
}

// chain is what decides about one tool: the sections before, its own and after.
type chain struct {
	tool  *tool
	rules []*rule
}

// Compile compiles a policy against the tools it governs. It fails with a
// *CompileError on any expression that does not type-check, on a rule for a
// tool that does not exist unless marked `optional: true`, on a row scope
// outside the subset that can be rendered as SQL, on more than MaxRules rules,
// and on a worst case that costs too much.
func Compile(src Source, tools []ToolSchema) (p *Policy, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("%w: %s: the compiler failed on this file", ErrCompile, src.Name)
		}
	}()
	ps := &problems{}
	p = compile(src, tools, ps)
	if err := ps.err(src.Name); err != nil {
		return nil, err
	}
	return p, nil
}

func compile(src Source, schemas []ToolSchema, ps *problems) *Policy {
	tools, prov := newTools(schemas, ps)
	ps.arguments = argumentsOf(tools)
	parsed := parse(src.Text, src.Name, ps)
	if parsed == nil || len(ps.list) > 0 || !parsed.count(ps) {
		return nil
	}
	envs, err := newEnvironments(prov)
	if err != nil {
		ps.add(0, 0, "%v", err)
		return nil
	}
	c := &compiler{parsed: parsed, envs: envs, tools: tools, ps: ps}
	c.compileScopes()
	p := &Policy{digest: sha256.Sum256(src.Text), scopes: c.scopes, envs: envs,
		chains: make(map[string]*chain), mentioned: make(map[string]bool)}
	// One decision runs before, a tool's own rules and after, so their variables
	// need slots of their own; those of different tools, and of the release
	// phase, can share.
	before := c.compile(envs.call, parsed.before, "before", sectionCall, nil)
	after := c.compile(envs.call, parsed.after, "after", sectionCall, nil)
	own := c.toolSections(tools)
	c.slots = 0
	if r := c.compile(envs.release, parsed.release, "release", sectionRelease, nil); r != nil {
		p.releaseRules = []*rule{r}
	}
	for name, t := range tools {
		p.chains[name] = &chain{tool: t, rules: present(before, own[name], after)}
		p.mentioned[name] = own[name] != nil
	}
	p.sections = present(before, after)
	for _, t := range parsed.tools {
		p.sections = append(p.sections, present(own[t.name.Value])...)
	}
	p.sections = append(p.sections, p.releaseRules...)
	p.slots, p.matches = c.most, c.matches
	p.checkCost(ps)
	return p
}

func present(rules ...*rule) []*rule {
	return slices.DeleteFunc(rules, func(r *rule) bool { return r == nil })
}

func newTools(schemas []ToolSchema, ps *problems) (map[string]*tool, *provider) {
	tools := make(map[string]*tool, len(schemas))
	for _, s := range schemas {
		t, err := newTool(s)
		switch {
		case err != nil:
			ps.add(0, 0, "%v", err)
		case tools[s.Name] != nil:
			ps.add(0, 0, "tool %q is declared twice", s.Name)
		default:
			tools[s.Name] = t
		}
	}
	prov, err := newProvider(tools)
	if err != nil {
		ps.add(0, 0, "%v", err)
	}
	return tools, prov
}

// toolSections compiles the rules under tools. A rule for a tool that does not
// exist is compiled as far as that goes, and then left out if it is optional.
func (c *compiler) toolSections(tools map[string]*tool) map[string]*rule {
	out := make(map[string]*rule)
	shared := c.slots
	for _, tr := range c.parsed.tools {
		name := tr.name.Value
		t := tools[name]
		if t == nil && !tr.optional {
			line, col := c.parsed.at(tr.name.ID)
			c.ps.add(line, col, "there is no tool %q; mark the entry `optional: true` if it may be missing", name)
			continue
		}
		env, err := c.envs.forTool(t)
		if err != nil {
			c.ps.add(0, 0, "%v", err)
			continue
		}
		c.slots = shared
		if r := c.toolSection(env, tr, t); t != nil {
			out[name] = r
		}
	}
	return out
}

// toolSection compiles one tool's rule; that of a missing tool leaves no trace.
func (c *compiler) toolSection(env *cel.Env, tr toolRule, t *tool) *rule {
	kept := len(c.matches)
	r := c.compile(env, tr.rule, "tools/"+tr.name.Value, sectionTool, t)
	if t == nil {
		c.matches = c.matches[:kept]
	}
	return r
}

// count refuses a policy with too many rules before any is compiled.
func (p *parsed) count(ps *problems) bool {
	rules := []*celpolicy.Rule{p.before, p.after, p.release}
	for _, t := range p.tools {
		rules = append(rules, t.rule)
	}
	n := 0
	for _, r := range rules {
		n += countMatches(r)
	}
	if n > MaxRules {
		ps.add(0, 0, "%d rules; a policy has at most %d", n, MaxRules)
	}
	return n <= MaxRules
}

func countMatches(r *celpolicy.Rule) int {
	if r == nil {
		return 0
	}
	n := len(r.Matches())
	for _, m := range r.Matches() {
		n += countMatches(m.Rule())
	}
	return n
}

// checkCost refuses a policy whose worst decision costs too much.
func (p *Policy) checkCost(ps *problems) {
	var scopes uint64
	for _, s := range p.scopes {
		if s != nil {
			scopes = addCost(scopes, s.cost)
		}
	}
	worst, name := uint64(0), ""
	for _, tool := range slices.Sorted(maps.Keys(p.chains)) {
		if sum := sumCost(p.chains[tool].rules); sum > worst {
			worst, name = sum, tool
		}
	}
	if sum := sumCost(p.releaseRules); sum > worst {
		worst, name = sum, "release"
	}
	if sum := addCost(worst, scopes); sum > maxDecisionCost {
		ps.add(0, 0, "deciding about %s can cost %d, more than %d; use fewer or simpler expressions", name, sum, maxDecisionCost)
	}
}

func sumCost(rules []*rule) uint64 {
	var sum uint64
	for _, r := range rules {
		sum = addCost(sum, r.cost)
	}
	return sum
}

// Digest is the SHA-256 of the policy's text, byte for byte as it was
// compiled; it goes into every record.
func (p *Policy) Digest() [32]byte { return p.digest }

// Rules lists the paths of all rules, in the order of the file, as they stand in
// Decision.Rule.
func (p *Policy) Rules() []string {
	out := make([]string, len(p.matches))
	for i, m := range p.matches {
		out[i] = m.path
	}
	return out
}

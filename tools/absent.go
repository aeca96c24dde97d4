package tools

import (
	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
)

// need is what a tool needs of the config. A tool without is not listed; who
// calls it all the same is told what to do.
type need struct {
	met  func(*Config) bool
	text string
}

var (
	modelNeeded = &need{func(c *Config) bool { return c.Model != nil },
		"this tool needs a local model, which this server is not set up for; its operator names one under llm in config.yaml (docs/llm.md) and restarts it"}
	notionNeeded = &need{func(c *Config) bool { return c.Notion != nil },
		"this tool needs Notion, which this server is not set up for; its operator adds notion with a token and targets to config.yaml (docs/notion.md) and restarts it"}
)

// available reports whether the config has what a tool needs.
func (t *tool) available(cfg *Config) bool { return t.needs == nil || t.needs.met(cfg) }

var errNoTool = &Error{Code: CodeNotFound, Message: "there is no such tool; list the tools to see their names"}

// missing answers a call of a tool that is not offered. Only whom the policy
// would let call it hears that it could be: for others, as for a name that is
// none, there is no such tool.
func (g *Gate) missing(k *passage) error {
	t := g.absent[k.call.Tool]
	if t == nil {
		return errNoTool
	}
	as := *k
	as.tool, as.args = t, &decoded{byName: map[string]any{}}
	if args, err := t.shape.decode(k.call.Args); err == nil {
		as.args = args
	}
	if t.spec.Effect != policy.EffectRead {
		as.target = &policy.Target{Parent: "any", Sharing: "private"} // where a write could go if there were any
	}
	if k.policy.Decide(as.request(nil)).Effect == policy.Deny {
		return errNoTool
	}
	return &Error{Code: CodeNotFound, Message: t.needs.text}
}

// wasMissing tells whether a recorded call was one of a tool that the server lacked
// the means for. A replay needs none of them, and offers every tool.
func (g *Gate) wasMissing(r *audit.Record, name string) bool {
	t := g.tools[name]
	return t != nil && t.needs != nil && r.Tool == "" && r.Error == string(CodeNotFound)
}

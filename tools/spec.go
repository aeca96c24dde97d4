package tools

import (
	"slices"

	"github.com/counterfoil/counterfoil/policy"
)

// Annotations are the four MCP tool hints; all are always sent.
type Annotations struct {
	ReadOnly    bool
	Destructive bool
	Idempotent  bool
	OpenWorld   bool
}

// Spec describes a tool to a client.
type Spec struct {
	Name         string
	Title        string
	Description  string
	InputSchema  []byte // JSON Schema 2020-12
	OutputSchema []byte
	Annotations  Annotations
	Effect       policy.ToolEffect
}

// Prompt describes a prompt to a client; it is rendered by the internal tool
// "@prompt" with arguments {"prompt": name, …} and the prompt's own beside it.
type Prompt struct {
	Name        string
	Title       string
	Description string
	Arguments   []PromptArgument
}

// PromptArgument is one argument of a prompt.
type PromptArgument struct {
	Name        string
	Description string
	Required    bool
}

// Resource describes a resource to a client; it is read by the internal tool
// "@resource" with arguments {"uri": …}, which answers
// {"uri", "mime_type", "text"}.
type Resource struct {
	URI         string
	Name        string
	Description string
	MIMEType    string
}

// all lists every tool in the order in which clients see them: the ones that a
// model should reach for first stand first. Internal tools come last.
func all() []*tool {
	return []*tool{
		listAccounts(),
		searchTransactions(),
		getTransactions(),
		summarizeTransactions(),
		getCashFlow(),
		getBalanceHistory(),
		detectRecurring(),
		listCategories(),
		listMerchants(),
		listImports(),
		suggestCategories(),
		classifyMerchant(),
		explainSpending(),
		draftReport(),
		notionListTargets(),
		notionQuery(),
		notionUpsertReport(),
		notionCreatePage(),
		notionAppendBlocks(),
		notionUndo(),
		turnTool(),
		completeTool(),
		promptTool(),
		resourceTool(),
	}
}

// offered lists the tools that a config has what they need for. A Gate without
// a log only replays, which reaches nothing outside, and has them all.
func offered(cfg *Config) []*tool {
	if cfg.Log == nil {
		return all()
	}
	return slices.DeleteFunc(all(), func(t *tool) bool { return !t.available(cfg) })
}

// internal tools answer protocol features other than tools/call. They are
// policed and recorded as any tool, and not listed.
func internal(name string) bool { return name[0] == '@' }

// Specs lists the tools in a fixed order, the same for every principal.
func (g *Gate) Specs() []Spec {
	var specs []Spec
	for _, t := range g.order {
		if !internal(t.spec.Name) {
			specs = append(specs, t.spec)
		}
	}
	return specs
}

// Schemas declares every tool, internal ones included, to the policy compiler.
func Schemas() []policy.ToolSchema {
	var schemas []policy.ToolSchema
	for _, t := range all() {
		schemas = append(schemas, policy.ToolSchema{
			Tool:   policy.Tool{Name: t.spec.Name, Effect: t.spec.Effect, Labels: t.labels},
			Input:  t.spec.InputSchema,
			Output: t.spec.OutputSchema,
		})
	}
	return schemas
}

// Prompts lists the prompts.
func (g *Gate) Prompts() []Prompt { return prompts }

// Resources lists the resources.
func (g *Gate) Resources() []Resource { return []Resource{limitsResource} }

// Specs lists every tool there is, in the order of Gate.Specs, those included
// that a config may lack what they need for: describing needs no store, log or
// keys.
func Specs() []Spec {
	g := Gate{order: all()}
	return g.Specs()
}

// Package policy decides every tool call.
//
// A policy is CEL in YAML (the cel-go policy format). It is compiled once,
// with the arguments of each tool typed from that tool's input schema, and
// evaluated per call: first match wins, and an error, an exceeded cost or no
// match at all is a deny. This file holds the plain data that a decision is
// made from and made of; it imports nothing, so that stores, logs and tools
// can speak of principals and scopes without knowing CEL.
package policy

import "time"

// Labels is a set of information-flow labels, joined with bitwise or.
type Labels uint8

// The labels that data carries from where it came from.
const (
	// Untrusted marks text that someone outside wrote: memos, merchants,
	// counterparties, Notion content. It may hold instructions.
	Untrusted Labels = 1 << iota
	// Private marks financial data of the tenant.
	Private
	// ModelOutput marks text that a language model wrote.
	ModelOutput
)

// Principal is who a call is made for, as established by authentication.
// It is passed as an argument through every step and never read from a
// context.
type Principal struct {
	Tenant   string   `json:"tenant,omitzero"`   // data owner; "default" on a laptop
	Name     string   `json:"name,omitzero"`     // unique within the tenant
	Roles    []string `json:"roles,omitzero"`    // for example "reader", "writer"
	Scopes   []string `json:"scopes,omitzero"`   // names of row scopes the principal is bound to
	Accounts []string `json:"accounts,omitzero"` // account ids it may see; empty means all of the tenant
	Auth     string   `json:"auth,omitzero"`     // "bearer", "stdio", "peer" (unix socket), "local" (the CLI) or "model"
}

// Client is what the connecting program says about itself. It is
// self-reported: policies may read it, nothing may rely on it.
type Client struct {
	Name     string `json:"name,omitzero"`
	Version  string `json:"version,omitzero"`
	Protocol string `json:"protocol,omitzero"` // MCP protocol revision, "" outside MCP
}

// ToolEffect says what a tool does to the world.
type ToolEffect string

// The effects a tool can have, in rising order of consequence.
const (
	EffectRead        ToolEffect = "read"
	EffectWrite       ToolEffect = "write"
	EffectDestructive ToolEffect = "destructive"
)

// Tool is what a rule may know of the tool being called.
type Tool struct {
	Name   string
	Effect ToolEffect
	Labels Labels // labels that its results carry
}

// ToolSchema declares a tool to the compiler, which types `args` from it.
type ToolSchema struct {
	Tool
	// Input is the tool's input schema (JSON Schema 2020-12, one flat object).
	// integer becomes int, string becomes string, string with format "date"
	// becomes timestamp, boolean becomes bool, array becomes list; properties
	// that are not required become optional_type.
	Input []byte
	// Output is the tool's output schema. If it is given, drop() can name only
	// properties that occur in it, at any depth.
	Output []byte
}

// History is what this principal has read within the policy's window, kept
// by principal alone and rebuilt from durable records.
type History struct {
	Rows     int64         `json:"rows,omitzero"`
	Accounts int64         `json:"accounts,omitzero"` // distinct accounts read
	Labels   Labels        `json:"labels,omitzero"`
	Window   time.Duration `json:"window,omitzero"`
}

// Budget is what is left to a principal today, after this call's reservation.
type Budget struct {
	CallsLeft  int64 `json:"calls,omitzero"`
	RowsLeft   int64 `json:"rows,omitzero"`
	BytesLeft  int64 `json:"bytes,omitzero"`
	PagesLeft  int64 `json:"pages,omitzero"`  // Notion pages
	TokensLeft int64 `json:"tokens,omitzero"` // of a language model
}

// Target is where a write would go.
type Target struct {
	Parent  string // the allow-listed parent's name in the config
	Sharing string // "private", "workspace" or "public"
}

// ResultFacts is what the release phase may know of a result.
type ResultFacts struct {
	Rows     int64
	Bytes    int64
	Findings map[string]int64 // redactions by entity
	Labels   Labels
	From, To time.Time // span of the booking dates in the result; zero without rows
}

// Request is the whole input of a decision. Nothing else may influence it,
// so that feeding it back gives the same decision.
type Request struct {
	Principal Principal
	Client    Client
	Tool      Tool
	// Args holds the decoded arguments by name: int64, bool, string,
	// time.Time (dates, UTC midnight), []string or []int64. Absent means not given.
	Args    map[string]any
	Now     time.Time
	History History
	Budget  Budget
	Target  *Target
	Result  *ResultFacts // nil in the decision phase
	// Count, if set, has what was evaluated added to it. No decision depends on it.
	Count *Count
}

// Count is how many rules were evaluated: those whose condition held, and those
// that were passed over because it did not, or could not be evaluated.
type Count struct{ Matched, Passed int64 }

// Effect is what a decision comes to.
type Effect string

// The three effects. The zero value is not one of them and counts as Deny.
const (
	Allow Effect = "allow"
	Deny  Effect = "deny"
	Ask   Effect = "ask"
)

// Limits are bounds that an obligation tightens. Zero means unchanged; a
// policy can only lower what the configuration allows, never raise it.
type Limits struct {
	Rows  int64
	Bytes int64
}

// Decision is the outcome of a policy for one request.
type Decision struct {
	Effect  Effect
	Rule    string // path of the rule that matched, for example "tools/search_transactions/2"
	Reason  string // the rule author's text, shown to the caller
	Channel string // for Ask: "client" or "operator"
	Limits  Limits
	Rows    *Scope   // row scope to apply; nil means no restriction
	Drop    []string // result fields to leave out
	Mask    []string // redaction entities to mask instead of tokenise
}

// ScopeOp is an operator of a row scope.
type ScopeOp string

// The operators of a scope tree. And, Or and Not take Args; the comparisons
// take Field and Values (one value, or any number for In).
const (
	OpAnd ScopeOp = "and"
	OpOr  ScopeOp = "or"
	OpNot ScopeOp = "not"
	OpEq  ScopeOp = "eq"
	OpNe  ScopeOp = "ne"
	OpLt  ScopeOp = "lt"
	OpLe  ScopeOp = "le"
	OpGt  ScopeOp = "gt"
	OpGe  ScopeOp = "ge"
	OpIn  ScopeOp = "in"
)

// Scope is a row restriction as data: a boolean tree over a transaction's
// fields with every principal-dependent or time-dependent part already
// evaluated to a constant. Fields are "account", "date", "category",
// "merchant", "currency", "direction" and "pending". Values are string, int64,
// bool or time.Time (UTC midnight, for dates).
type Scope struct {
	Op     ScopeOp
	Field  string
	Values []any
	Args   []*Scope
}

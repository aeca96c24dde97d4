// Package tools holds the Gate, the one way to run a tool, and the tools
// themselves. MCP, `counterfoil call`, the model bridge and the replayer all
// come through Gate.Call; a tool's run function is unexported, so nothing can
// go round it.
package tools

import (
	"context"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
)

// Gate runs tools. It is safe for concurrent use.
type Gate struct{}

// Call is one request to run a tool.
type Call struct {
	Tool     string                                  // name as received; internal tools are "@complete", "@resource", "@prompt"
	Args     []byte                                  // arguments as received, raw JSON; nil is {}
	Client   policy.Client                           // self-reported
	TraceID  string                                  // W3C trace id, 32 hex digits, or ""
	Progress func(done, total int64, message string) // nil if not asked for
}

// Result is what may leave the process: the document is redacted, bounded and
// its record is durable.
type Result struct {
	// Document is the result as one JSON object, or nil if Err is set.
	Document []byte
	// Receipt says where the call is recorded. It goes into `_meta` under
	// "counterfoil/receipt". It is empty only if the log itself failed.
	Receipt audit.Receipt
	// CallID is the server-made id of the call.
	CallID string
	// Err is what the caller is told instead of a document.
	Err *Error
}

// Code is what kind of error a caller faces.
type Code string

// The codes. Every error that leaves the process has one of them.
const (
	CodeInvalid         Code = "invalid"
	CodeUnauthenticated Code = "unauthenticated"
	CodeDenied          Code = "denied"
	CodeNotFound        Code = "not_found"
	CodeConflict        Code = "conflict"
	CodeLimit           Code = "limit_exceeded"
	CodeTimeout         Code = "timeout"
	CodeUnavailable     Code = "unavailable"
	CodeInternal        Code = "internal"
)

// Error is safe to show: Message is fixed text that says what to do next. Err
// is for the operator's eyes and never leaves the process.
type Error struct {
	Code    Code
	Message string
	Err     error
}

// Error returns the code and the safe message.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

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
// "@prompt" with arguments {"name": …, "arguments": {…}}.
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

// Specs lists the tools in a fixed order, the same for every principal.
func (g *Gate) Specs() []Spec { return nil }

// Prompts lists the prompts.
func (g *Gate) Prompts() []Prompt { return nil }

// Resources lists the resources.
func (g *Gate) Resources() []Resource { return nil }

// Call runs one tool for one principal: bound, decide, execute, redact,
// record, return. It never panics and never returns an unrecorded document.
// "@complete" takes {"ref": tool or prompt name, "argument": name, "value":
// prefix} and answers {"values": […], "has_more": bool}; "@prompt" answers
// {"description", "messages": [{"role", "text"}]}.
func (g *Gate) Call(ctx context.Context, p policy.Principal, c Call) Result {
	return Result{Err: &Error{Code: CodeUnavailable, Message: "the server is not ready"}}
}

// Refusal is a request that the edge turned away before a tool could be
// looked up: bad JSON, a batch, an oversized body, a bad Origin, no token.
type Refusal struct {
	Code   Code
	Source string // remote address without port, "stdio" or "unix"
	Reason string // fixed word: "bad_json", "batch", "too_large", "bad_origin", "bad_host", "bad_token", "no_token", "bad_method", …
	Method string // MCP method if known and in the closed list, else ""
}

// Refuse records a refusal. Before authentication p is nil; such refusals are
// aggregated (the first per source and code per minute in full, the rest
// counted) so that junk cannot fill the disk.
func (g *Gate) Refuse(ctx context.Context, p *policy.Principal, r Refusal) {}

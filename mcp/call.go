package mcp

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// The methods that go to the Gate, and all that are served.
const (
	methodCall     = "tools/call"
	methodPrompt   = "prompts/get"
	methodResource = "resources/read"
	methodComplete = "completion/complete"

	methodInitialize  = "initialize"
	methodInitialized = "notifications/initialized"
	methodCancelled   = "notifications/cancelled"
	methodListen      = "subscriptions/listen"
	methodSetLevel    = "logging/setLevel"
)

// methods is the closed list of method names that may appear in a record.
var methods = map[string]bool{
	methodCall: true, methodPrompt: true, methodResource: true, methodComplete: true,
	methodInitialize: true, methodInitialized: true, methodCancelled: true, methodListen: true,
	"ping": true, "server/discover": true, "tools/list": true, "prompts/list": true,
	"resources/list": true, "resources/templates/list": true, "resources/subscribe": true,
	"resources/unsubscribe": true, methodSetLevel: true,
	"notifications/progress": true, "notifications/roots/list_changed": true,
}

// toGate reports whether a method's answer comes from the Gate.
func toGate(method string) bool {
	switch method {
	case methodCall, methodPrompt, methodResource, methodComplete:
		return true
	}
	return false
}

// exchange is one authenticated request on its way to the Gate.
type exchange struct {
	principal policy.Principal
	source    string
	client    policy.Client
	modern    bool   // revision 2026-07-28 or later
	trace     string // W3C trace id
	parent    string // W3C parent id
	msg       *message
	notify    func(msg []byte) error // nil if the client cannot be sent anything before the answer
	scope     string                 // session or connection, where responses come back
	elicits   bool                   // the client declared that it can ask a person
}

// answer runs one request through the Gate and appends the response to b. The
// returned code is 0, or the JSON-RPC code of an error response.
func (s *Server) answer(ctx context.Context, x *exchange, b []byte) (out []byte, code int) {
	defer func() {
		if v := recover(); v != nil {
			out, code = s.panicked(b, x, v), errInternal.rpc
		}
	}()
	call, e := gateCall(x.msg)
	if e == nil && x.msg.method == methodCall && strings.HasPrefix(call.Tool, "@") {
		e = errUnknownTool // internal tools have methods of their own
	}
	if e != nil {
		s.refuse(ctx, &x.principal, x.source, x.msg.method, e)
		return appendRefusal(b, x.msg, e), e.rpc
	}
	call.Client, call.TraceID, call.ParentID = x.client, x.trace, x.parent
	p := s.progressOf(ctx, x)
	if p != nil {
		call.Progress = p.report
		defer p.close()
	}
	call.CanAsk = x.elicits && (x.modern || x.notify != nil)
	if x.modern {
		call.Consent = consentOf(x.msg)
	}
	result := s.cfg.Gate.Call(ctx, x.principal, call)
	if result.Question != nil && !x.modern {
		result = s.confirm(ctx, x, call, result.Question)
	}
	p.close()
	if result.Question != nil {
		return s.appendInputRequired(b, x, result), 0
	}
	if result.Err == nil && (len(result.Document) == 0 || result.Document[0] != '{') {
		s.log.Error("the Gate answered with neither a document nor an error", "method", x.msg.method)
		result.Err = &tools.Error{Code: errInternal.code, Message: errInternal.text}
	}
	return s.appendAnswer(b, x, call.Tool, result)
}

// panicked answers a call that panicked.
func (s *Server) panicked(b []byte, x *exchange, cause any) []byte {
	correlation := s.logPanic(cause, x.msg.method)
	s.refuse(context.Background(), &x.principal, x.source, x.msg.method, errInternal)
	return appendError(b, x.msg.id, errInternal.rpc, errInternal.message()+" under "+correlation, nil)
}

// logPanic logs where a panic happened and returns the id it is logged under.
// What the panic said stays unread: it may quote data.
func (s *Server) logPanic(cause any, method string) string {
	correlation := rand.Text()[:13]
	s.log.Error("panic while answering", "correlation", correlation, "method", method,
		"type", fmt.Sprintf("%T", cause), "stack", string(debug.Stack()))
	return correlation
}

// gateCall turns a message into what the Gate runs.
func gateCall(m *message) (tools.Call, *rpcError) {
	switch m.method {
	case methodCall:
		name, err := unquote(m.name)
		if err != nil || name == "" {
			return tools.Call{}, errBadParams
		}
		return tools.Call{Tool: name, Args: m.arguments}, nil
	case methodPrompt:
		if m.name == nil || m.arguments != nil && m.arguments[0] != '{' {
			return tools.Call{}, errBadParams
		}
		return tools.Call{Tool: "@prompt", Args: promptArgs(m)}, nil
	case methodResource:
		if m.uri == nil {
			return tools.Call{}, errBadParams
		}
		return tools.Call{Tool: "@resource", Args: wrap(`{"uri":`, m.uri, `}`)}, nil
	}
	return completeCall(m)
}

// promptArgs puts the prompt's name beside its arguments. One that is itself
// called "prompt" is there twice then, and refused.
func promptArgs(m *message) []byte {
	rest := bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(m.arguments), []byte("{")))
	if len(rest) == 0 || rest[0] == '}' {
		return wrap(`{"prompt":`, m.name, `}`)
	}
	return wrap(`{"prompt":`, m.name, `,`, rest)
}

// completeCall reads `ref` and `argument` of completion/complete.
func completeCall(m *message) (tools.Call, *rpcError) {
	var kind string
	var name, uri, argument, value []byte
	err := stringsOf(m.ref, map[string]func([]byte){
		"type": func(raw []byte) { kind, _ = unquote(raw) },
		"name": func(raw []byte) { name = raw },
		"uri":  func(raw []byte) { uri = raw },
	})
	if err == nil {
		err = stringsOf(m.argument, map[string]func([]byte){
			"name":  func(raw []byte) { argument = raw },
			"value": func(raw []byte) { value = raw },
		})
	}
	ref := name
	if kind == "ref/resource" {
		ref = uri
	} else if kind != "ref/prompt" {
		ref = nil
	}
	if err != nil || ref == nil || argument == nil || value == nil {
		return tools.Call{}, errBadParams
	}
	if typed, err := unquote(value); err == nil && typed == "" {
		// A client asks before anything is typed: for the most used values.
		return tools.Call{Tool: "@complete", Args: wrap(`{"ref":`, ref, `,"argument":`, argument, `}`)}, nil
	}
	args := wrap(`{"ref":`, ref, `,"argument":`, argument, `,"value":`, value, `}`)
	return tools.Call{Tool: "@complete", Args: args}, nil
}

// stringsOf shows the string members of an object.
func stringsOf(raw []byte, want map[string]func([]byte)) error {
	if raw == nil || raw[0] != '{' {
		return errParams
	}
	return members(raw, func(key, v []byte) error {
		if f := want[string(key)]; f != nil {
			if v[0] != '"' {
				return errParams
			}
			f(v)
		}
		return nil
	})
}

// wrap joins raw JSON and literal text.
func wrap(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		}
	}
	return b
}

// appendAnswer writes the response for what the Gate returned.
func (s *Server) appendAnswer(b []byte, x *exchange, tool string, r tools.Result) ([]byte, int) {
	if x.msg.method == methodCall && (r.Err == nil || s.known[tool]) {
		return s.appendToolResult(b, x.msg.id, x.modern, r), 0
	}
	if r.Err != nil {
		code := rpcCode(r.Err.Code)
		if x.msg.method == methodResource && r.Err.Code == tools.CodeNotFound && !x.modern {
			code = mcpgo.RESOURCE_NOT_FOUND
		}
		return appendError(b, x.msg.id, code, r.Err.Error(), appendReceipt(nil, r)), code
	}
	body, err := resultBody(x, r.Document)
	if err != nil {
		s.log.Error("internal tool answered out of form", "tool", tool)
		return appendError(b, x.msg.id, errInternal.rpc, errInternal.message(), appendReceipt(nil, r)), errInternal.rpc
	}
	b = append(appendHead(b, x.msg.id), `,"result":{`...)
	b = append(append(b, body...), ',')
	return append(s.appendMeta(b, x.modern, r), "}}"...), 0
}

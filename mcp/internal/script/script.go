// Package script is a Gate that answers from a script, for the tests of
// package mcp and for the binary that foreign clients are tried against. It
// keeps what it was asked.
package script

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
)

// Asked is one call or one refusal, as it reached the Gate.
type Asked struct {
	Principal string // "" before authentication
	Auth      string
	Tool      string
	Args      string
	Client    policy.Client
	TraceID   string
	Refusal   tools.Refusal // zero for a call
}

// Gate answers calls by tool name. Its methods are safe for concurrent use.
type Gate struct {
	// Started, if not nil, receives the name of each tool as its call starts.
	Started chan string
	// Ended, if not nil, receives "tool: why" as a waiting call ends.
	Ended chan string
	// Go releases one waiting call for each value received.
	Go chan struct{}
	// Deaf makes waiting calls ignore cancellation.
	Deaf bool

	mu    sync.Mutex
	asked []Asked
}

// Secret is what the panic of the tool "crash" says, which must never leave.
const Secret = "GB29NWBK60161331926819"

// PageSize is how many items one page of search_transactions holds.
const PageSize = 3

// Items is how many items search_transactions finds in all.
const Items = 8

// Asked returns what has been asked so far.
func (g *Gate) Asked() []Asked {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.asked)
}

func (g *Gate) note(a Asked) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, a)
	return len(g.asked)
}

const anyObject = `{"type":"object","additionalProperties":true}`

// Specs lists the tools.
func (g *Gate) Specs() []tools.Spec {
	read := tools.Annotations{ReadOnly: true, Idempotent: true}
	spec := func(name, title, text, input string) tools.Spec {
		return tools.Spec{Name: name, Title: title, Description: text, InputSchema: []byte(input),
			OutputSchema: []byte(anyObject), Annotations: read, Effect: policy.EffectRead}
	}
	const none = `{"type":"object","properties":{},"additionalProperties":false}`
	return []tools.Spec{
		spec("list_accounts", "List accounts", "Lists the accounts.", none),
		spec("search_transactions", "Search transactions", "Finds transactions, a page at a time.",
			`{"type":"object","properties":{"query":{"type":"string"},"cursor":{"type":"string"}},"additionalProperties":false}`),
		spec("count", "Count", "Counts to `to`, reporting progress for each step of `ms` milliseconds.",
			`{"type":"object","properties":{"to":{"type":"integer"},"ms":{"type":"integer"}},"additionalProperties":false}`),
		spec("wait", "Wait", "Waits until it is let go or cancelled.", none),
		spec("denied", "Denied", "Is always denied.", none),
		spec("crash", "Crash", "Panics.", none),
	}
}

// Prompts lists the prompts.
func (g *Gate) Prompts() []tools.Prompt {
	return []tools.Prompt{{Name: "monthly_review", Title: "Monthly review", Description: "Reviews a month.",
		Arguments: []tools.PromptArgument{
			{Name: "month", Description: "YYYY-MM", Required: true},
			{Name: "category", Description: "a category"},
		}}}
}

// Resources lists the resources.
func (g *Gate) Resources() []tools.Resource {
	return []tools.Resource{{URI: "counterfoil://limits", Name: "limits",
		Description: "What the caller may still do today.", MIMEType: "application/json"}}
}

// Refuse keeps a refusal.
func (g *Gate) Refuse(_ context.Context, p *policy.Principal, r tools.Refusal) {
	a := Asked{Refusal: r}
	if p != nil {
		a.Principal, a.Auth = p.Name, p.Auth
	}
	g.note(a)
}

// Call keeps and answers a call.
func (g *Gate) Call(ctx context.Context, p policy.Principal, c tools.Call) tools.Result {
	n := g.note(Asked{Principal: p.Name, Auth: p.Auth, Tool: c.Tool, Args: string(c.Args), Client: c.Client, TraceID: c.TraceID})
	if g.Started != nil {
		g.Started <- c.Tool
	}
	doc, fault := g.run(ctx, c)
	leaf := sha256.Sum256(strconv.AppendInt(nil, int64(n), 10))
	r := tools.Result{Err: fault, CallID: fmt.Sprintf("c-%d", n), Receipt: audit.Receipt{
		Origin: "example.org/log", Index: int64(n), Leaf: hex.EncodeToString(leaf[:]), Salt: "00",
	}}
	if fault == nil {
		r.Document = []byte(doc)
	}
	return r
}

func (g *Gate) run(ctx context.Context, c tools.Call) (string, *tools.Error) {
	switch c.Tool {
	case "list_accounts":
		return `{"items":[{"id":"a1","name":"Current \"main\" account"}],"truncated":false}`, nil
	case "search_transactions":
		return search(c.Args)
	case "count":
		return g.count(ctx, c)
	case "wait":
		return g.wait(ctx, c)
	case "denied":
		return "", &tools.Error{Code: tools.CodeDenied, Message: "the policy does not allow this call"}
	case "crash":
		panic("account " + Secret)
	case "@prompt", "@resource", "@complete":
		return internal(c)
	}
	return "", &tools.Error{Code: tools.CodeNotFound, Message: "there is no such tool; call tools/list"}
}

var errArgs = &tools.Error{Code: tools.CodeInvalid, Message: "the arguments do not match the schema"}

func search(args []byte) (string, *tools.Error) {
	var in struct {
		Query  string `json:"query"`
		Cursor string `json:"cursor"`
	}
	if args != nil && json.Unmarshal(args, &in) != nil {
		return "", errArgs
	}
	start, _ := strconv.Atoi(in.Cursor)
	end := min(start+PageSize, Items)
	var items []string
	for i := start; i < end; i++ {
		items = append(items, fmt.Sprintf(`{"id":"t%d"}`, i))
	}
	next := "null"
	if end < Items {
		next = strconv.Quote(strconv.Itoa(end))
	}
	return fmt.Sprintf(`{"items":[%s],"next_cursor":%s}`, strings.Join(items, ","), next), nil
}

func (g *Gate) count(ctx context.Context, c tools.Call) (string, *tools.Error) {
	in := struct {
		To int64 `json:"to"`
		MS int64 `json:"ms"`
	}{To: 3}
	if c.Args != nil && json.Unmarshal(c.Args, &in) != nil {
		return "", errArgs
	}
	for i := int64(1); i <= in.To; i++ {
		if c.Progress != nil {
			c.Progress(i, in.To, fmt.Sprintf("step %d", i))
		}
		select {
		case <-ctx.Done():
			g.end("count: cancelled")
			return "", &tools.Error{Code: tools.CodeTimeout, Message: "the call was cancelled"}
		case <-time.After(time.Duration(in.MS) * time.Millisecond):
		}
	}
	return fmt.Sprintf(`{"counted":%d}`, in.To), nil
}

func (g *Gate) wait(ctx context.Context, _ tools.Call) (string, *tools.Error) {
	done := ctx.Done()
	if g.Deaf {
		done = nil
	}
	select {
	case <-g.Go:
		g.end("wait: let go")
		return `{"waited":true}`, nil
	case <-done:
		g.end("wait: cancelled")
		return "", &tools.Error{Code: tools.CodeTimeout, Message: "the call was cancelled"}
	}
}

func (g *Gate) end(why string) {
	if g.Ended != nil {
		g.Ended <- why
	}
}

// internal answers the tools behind prompts, resources and completion.
func internal(c tools.Call) (string, *tools.Error) {
	var in struct {
		Name  string `json:"prompt"`
		URI   string `json:"uri"`
		Value string `json:"value"`
	}
	if json.Unmarshal(c.Args, &in) != nil {
		return "", errArgs
	}
	missing := &tools.Error{Code: tools.CodeNotFound, Message: "there is nothing of that name"}
	switch {
	case c.Tool == "@prompt" && in.Name == "monthly_review":
		return `{"description":"A review","messages":[{"role":"user","text":"Review the month."}]}`, nil
	case c.Tool == "@resource" && in.URI == "counterfoil://limits":
		return `{"uri":"counterfoil://limits","mime_type":"application/json","text":"{\"calls_left\":9}"}`, nil
	case c.Tool == "@complete":
		if strings.HasPrefix("groceries", in.Value) {
			return `{"values":["groceries"],"has_more":false}`, nil
		}
		return `{"values":[],"has_more":false}`, nil
	}
	return "", missing
}

// The official Go SDK as a client of the server that MCP_STDIO, MCP_URL and
// MCP_UNIX name, in both eras of the protocol: every step that checks.mjs takes
// with the TypeScript SDKs.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// patience bounds everything that is done with one connection.
const patience = time.Minute

func main() {
	failed := false
	for _, c := range connections() {
		for _, revision := range []string{"2025-11-25", "2026-07-28"} {
			if err := c.check(revision); err != nil {
				fmt.Fprintf(os.Stderr, "go sdk, %s %s: %v\n", c.name, revision, err)
				failed = true
			}
		}
	}
	if failed {
		os.Exit(1)
	}
}

// connection is one way to the server.
type connection struct {
	name      string
	transport func() mcp.Transport
}

func connections() (list []connection) {
	if stdio := strings.Fields(os.Getenv("MCP_STDIO")); len(stdio) > 0 {
		list = append(list, connection{"stdio", func() mcp.Transport {
			cmd := exec.Command(stdio[0], stdio[1:]...)
			cmd.Stderr = os.Stderr
			return &mcp.CommandTransport{Command: cmd}
		}})
	}
	if url := os.Getenv("MCP_URL"); url != "" {
		token := os.Getenv("MCP_TOKEN")
		list = append(list, connection{"http", func() mcp.Transport {
			return &mcp.StreamableClientTransport{Endpoint: url, HTTPClient: &http.Client{Transport: bearer{token, http.DefaultTransport}}}
		}})
	}
	if path := os.Getenv("MCP_UNIX"); path != "" {
		dial := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}}
		list = append(list, connection{"unix", func() mcp.Transport {
			return &mcp.StreamableClientTransport{Endpoint: "http://localhost/mcp", HTTPClient: &http.Client{Transport: dial}}
		}})
	}
	return list
}

// bearer shows a token with every request.
type bearer struct {
	token string
	next  http.RoundTripper
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}

// client is one session and what it has seen.
type client struct {
	*mcp.ClientSession
	progress chan float64
	tools    map[string]*mcp.Tool
	prompts  []*mcp.Prompt
}

func (c connection) check(revision string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s := &client{progress: make(chan float64, 100), tools: map[string]*mcp.Tool{}}
	session, err := mcp.NewClient(&mcp.Implementation{Name: "counterfoil-test-gosdk", Version: "1.0.0"}, &mcp.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, r *mcp.ProgressNotificationClientRequest) { s.progress <- r.Params.Progress },
	}).Connect(ctx, c.transport(), &mcp.ClientSessionOptions{ProtocolVersion: revision})
	if err != nil {
		return err
	}
	s.ClientSession = session
	defer session.Close()
	var done []string
	for _, step := range []struct {
		name string
		run  func(context.Context) (offered bool, err error)
	}{
		{"list", s.list}, {"call", s.call}, {"paginate", s.paginate}, {"refused call", s.refused}, {"prompts", s.renderPrompt},
		{"resources", s.resources}, {"completion", s.completion}, {"progress", s.count}, {"cancel", s.abandon},
	} {
		offered, err := step.run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if !offered {
			step.name += " (not offered)"
		}
		done = append(done, step.name)
	}
	if got := session.InitializeResult().ProtocolVersion; got != revision {
		return fmt.Errorf("the session speaks %s", got)
	}
	fmt.Printf("go sdk, %s %s: %s\n", c.name, revision, strings.Join(done, ", "))
	return nil
}

func (s *client) list(ctx context.Context) (bool, error) {
	for t, err := range s.Tools(ctx, nil) {
		if err != nil {
			return true, err
		}
		s.tools[t.Name] = t
		if t.Annotations == nil || t.Annotations.DestructiveHint == nil || t.Annotations.OpenWorldHint == nil || t.OutputSchema == nil {
			return true, fmt.Errorf("%s lacks annotations or an output schema", t.Name)
		}
	}
	if len(s.tools) == 0 {
		return true, errors.New("no tools")
	}
	return true, nil
}

// ask calls a tool and decodes what it answers.
func (s *client) ask(ctx context.Context, tool string, args, into any) (*mcp.CallToolResult, error) {
	r, err := s.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		return nil, err
	}
	text, ok := r.Content[0].(*mcp.TextContent)
	if !ok || r.IsError {
		return nil, fmt.Errorf("%s answers %+v", tool, r.Content[0])
	}
	return r, json.Unmarshal([]byte(text.Text), into)
}

func (s *client) call(ctx context.Context) (bool, error) {
	var doc struct{ Items []any }
	r, err := s.ask(ctx, "list_accounts", map[string]any{}, &doc)
	if err != nil {
		return true, err
	}
	if doc.Items == nil || r.StructuredContent == nil || r.Meta["counterfoil/receipt"] == nil || r.Meta["counterfoil/call_id"] == nil {
		return true, errors.New("items, structured content or receipt are missing")
	}
	return true, nil
}

func (s *client) paginate(ctx context.Context) (bool, error) {
	seen := map[string]bool{}
	args := map[string]any{}
	for range 5 {
		var page struct {
			Items []struct{ ID string }
			Next  string `json:"next_cursor"`
		}
		if _, err := s.ask(ctx, "search_transactions", args, &page); err != nil {
			return true, err
		}
		for _, it := range page.Items {
			if seen[it.ID] {
				return true, errors.New("a row came twice")
			}
			seen[it.ID] = true
		}
		if page.Next == "" {
			break
		}
		args = map[string]any{"cursor": page.Next}
	}
	if len(seen) == 0 {
		return true, errors.New("no rows")
	}
	return true, nil
}

func (s *client) refused(ctx context.Context) (bool, error) {
	if _, err := s.CallTool(ctx, &mcp.CallToolParams{Name: "no_such_tool", Arguments: map[string]any{}}); err == nil {
		return true, errors.New("an unknown tool was served")
	}
	return true, nil
}

func (s *client) renderPrompt(ctx context.Context) (bool, error) {
	for p, err := range s.Prompts(ctx, nil) {
		if err != nil {
			return true, err
		}
		s.prompts = append(s.prompts, p)
	}
	if len(s.prompts) == 0 {
		return false, nil
	}
	args := map[string]string{}
	for _, a := range s.prompts[0].Arguments {
		if a.Required {
			args[a.Name] = "2026-01"
		}
	}
	got, err := s.GetPrompt(ctx, &mcp.GetPromptParams{Name: s.prompts[0].Name, Arguments: args})
	if err == nil && len(got.Messages) == 0 {
		err = errors.New("a prompt without messages")
	}
	return true, err
}

func (s *client) resources(ctx context.Context) (bool, error) {
	offered := false
	for r, err := range s.Resources(ctx, nil) {
		if err != nil {
			return true, err
		}
		offered = true
		got, err := s.ReadResource(ctx, &mcp.ReadResourceParams{URI: r.URI})
		if err != nil || got.Contents[0].Text == "" {
			return true, fmt.Errorf("a resource is empty: %w", err)
		}
	}
	if _, err := s.ReadResource(ctx, &mcp.ReadResourceParams{URI: "counterfoil://no-such-thing"}); err == nil {
		return true, errors.New("an unknown resource was served")
	}
	return offered, nil
}

func (s *client) completion(ctx context.Context) (bool, error) {
	for _, p := range s.prompts {
		if slices.ContainsFunc(p.Arguments, func(a *mcp.PromptArgument) bool { return a.Name == "category" }) {
			_, err := s.Complete(ctx, &mcp.CompleteParams{
				Ref: &mcp.CompleteReference{Type: "ref/prompt", Name: p.Name}, Argument: mcp.CompleteParamsArgument{Name: "category", Value: "g"},
			})
			return true, err
		}
	}
	return false, nil
}

// count needs a tool of the test server: all progress arrives.
func (s *client) count(ctx context.Context) (bool, error) {
	const steps = 20
	if s.tools["count"] == nil {
		return false, nil
	}
	params := &mcp.CallToolParams{Name: "count", Arguments: map[string]any{"to": steps, "ms": 1}}
	params.SetProgressToken("p")
	if _, err := s.CallTool(ctx, params); err != nil {
		return true, err
	}
	for want := 1; want <= steps; want++ {
		select {
		case got := <-s.progress:
			if got != float64(want) {
				return true, fmt.Errorf("progress %v, want %d", got, want)
			}
		case <-ctx.Done():
			return true, fmt.Errorf("progress %d never came", want)
		}
	}
	return true, nil
}

// abandon needs a tool of the test server: a cancelled call ends, and the
// server serves on.
func (s *client) abandon(ctx context.Context) (bool, error) {
	if s.tools["wait"] == nil {
		return false, nil
	}
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if _, err := s.CallTool(short, &mcp.CallToolParams{Name: "wait", Arguments: map[string]any{}}); err == nil {
		return true, errors.New("the call ended by itself")
	}
	return s.call(ctx)
}

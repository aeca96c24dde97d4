package main

import (
	"context"
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	mcpclient "github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	mcpgo "github.com/mark3labs/mcp-go/mcp"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/talk"
)

// person is whoever sits at the client, with one answer to everything.
type person struct {
	action mcpgo.ElicitationResponseAction
	asked  []string
}

func (p *person) Elicit(_ context.Context, r mcpgo.ElicitationRequest) (*mcpgo.ElicitationResult, error) {
	p.asked = append(p.asked, r.Params.Message)
	return &mcpgo.ElicitationResult{ElicitationResponse: mcpgo.ElicitationResponse{Action: p.action, Content: map[string]any{}}}, nil
}

// askingService serves a folder whose policy asks the client before every call.
func askingService(t *testing.T) (url, token, dir string) {
	t.Helper()
	a := quietApp(t)
	token, err := a.demoSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := "name: asking\nafter:\n  match:\n    - output: ask(\"A person decides.\").via(\"client\")\n"
	if err := os.WriteFile(a.Data("policy.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := folder.Open(t.Context(), a.Home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	s, err := f.Service(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server, err := s.Server()
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server.Handler())
	t.Cleanup(web.Close)
	return web.URL + folder.Endpoint, token, a.DataDir
}

// TestClientIsAsked goes the whole way with a real client of both eras: the
// server asks while the call waits, or the question is the result.
func TestClientIsAsked(t *testing.T) {
	url, token, dir := askingService(t)
	records := 0
	for _, version := range []string{"2025-06-18", "2025-11-25", mcpgo.ProtocolVersion20260728} {
		for _, action := range []mcpgo.ElicitationResponseAction{mcpgo.ElicitationResponseActionAccept, mcpgo.ElicitationResponseActionDecline, mcpgo.ElicitationResponseActionCancel} {
			t.Run(version+" "+string(action), func(t *testing.T) {
				who := &person{action: action}
				result := askedCall(t, url, token, version, mcpclient.WithElicitationHandler(who))
				if len(who.asked) != 1 || !strings.Contains(who.asked[0], "A person decides.") || !strings.Contains(who.asked[0], "list_accounts") {
					t.Errorf("the person was asked %q", who.asked)
				}
				if accepted := action == mcpgo.ElicitationResponseActionAccept; result.IsError == accepted {
					t.Errorf("after %s: isError %v", action, result.IsError)
				}
				records = checkAskRecords(t, dir, records)
			})
		}
	}
	t.Run("a client that cannot ask", func(t *testing.T) {
		result := askedCall(t, url, token, "2025-06-18")
		text := result.Content[0].(mcpgo.TextContent).Text
		if !result.IsError || !strings.Contains(text, "the operator was asked under appr_") {
			t.Errorf("got %q", text)
		}
	})
}

func askedCall(t *testing.T, url, token, version string, options ...mcpclient.ClientOption) *mcpgo.CallToolResult {
	t.Helper()
	web, err := transport.NewStreamableHTTP(url, transport.WithHTTPHeaders(map[string]string{"Authorization": "Bearer " + token}))
	if err != nil {
		t.Fatal(err)
	}
	c := mcpclient.NewClient(web, append(options, mcpclient.WithProtocolVersion(version))...)
	t.Cleanup(func() { c.Close() })
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var hello mcpgo.InitializeRequest
	hello.Params.ProtocolVersion = version
	hello.Params.ClientInfo = mcpgo.Implementation{Name: "test", Version: "1"}
	if _, err := c.Initialize(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	var call mcpgo.CallToolRequest
	call.Params.Name = "list_accounts"
	result, err := c.CallTool(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// checkAskRecords holds that the last call left its question, the answer and
// its outcome, in this order and under one call id.
func checkAskRecords(t *testing.T, dir string, before int) int {
	t.Helper()
	r, err := audit.OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []*audit.Record
	for it, err := range r.Entries(0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, it.Record)
	}
	if len(all) < before+3 {
		t.Fatalf("%d records after %d", len(all), before)
	}
	last := all[len(all)-3:]
	if last[0].Phase != audit.PhaseIntent || last[1].Event != "approval" || last[2].Phase != audit.PhaseOutcome {
		t.Errorf("phases %s, %s %s, %s", last[0].Phase, last[1].Phase, last[1].Event, last[2].Phase)
	}
	if id := last[0].CallID; id == "" || last[1].CallID != id || last[2].CallID != id {
		t.Errorf("call ids %s, %s, %s", last[0].CallID, last[1].CallID, last[2].CallID)
	}
	return len(all)
}

// TestNothingLookedUp: an answer that rests on nothing has no list of sources,
// and does not speak of what was looked up.
func TestNothingLookedUp(t *testing.T) {
	var out strings.Builder
	a := &app{Home: &home.Home{UI: console.UI{Out: &out, Err: io.Discard}}}
	silent := &talk.Conversation{Call: func(context.Context, string, []byte) (folder.Called, error) {
		return folder.Called{Result: []byte(`{"text":""}`)}, nil
	}}
	said, err := silent.Ask(t.Context(), "?")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.printAnswer(said, func(s string) (string, error) { return s, nil }); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Contains(got, "Sources") || !strings.Contains(got, "looked nothing up") {
		t.Errorf("printed %q", got)
	}
}

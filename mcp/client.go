package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/counterfoil/counterfoil/audit"
	mcpclient "github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// Client calls the tools of a running server over MCP, as any other client
// would. The demo uses it, and so can a script in Go.
type Client struct {
	inner *mcpclient.Client
}

// CallResult is what a client was told.
type CallResult struct {
	// Document is the result as one JSON object; nil if IsError.
	Document []byte
	// Text is what a model would read: the document, or "code: message".
	Text    string
	IsError bool
	Receipt audit.Receipt
	CallID  string
}

// Dialing says how a Client connects. Only URL is required.
type Dialing struct {
	URL      string // such as "http://127.0.0.1:8787/mcp"
	Token    string // bearer token
	Socket   string // unix socket to go through instead of the URL's host; it needs no token
	Revision string // of the protocol; "" is the last one with sessions, 2025-11-25
	// Ask puts a question of the server to a person and reports whether they
	// accept; nil means that nobody can be asked, and the server is told so.
	Ask func(ctx context.Context, question string) bool
}

// Elicit implements mcp-go's ElicitationHandler: only form questions with
// nothing to fill in are put.
func (d Dialing) Elicit(ctx context.Context, r mcpgo.ElicitationRequest) (*mcpgo.ElicitationResult, error) {
	action := mcpgo.ElicitationResponseActionDecline
	if d.Ask(ctx, r.Params.Message) {
		action = mcpgo.ElicitationResponseActionAccept
	}
	return &mcpgo.ElicitationResult{ElicitationResponse: mcpgo.ElicitationResponse{Action: action, Content: map[string]any{}}}, nil
}

// Dial connects with a bearer token, or through a unix socket, and negotiates.
func Dial(ctx context.Context, url, token, socket string) (*Client, error) {
	return Dialing{URL: url, Token: token, Socket: socket}.Connect(ctx)
}

// Connect connects and negotiates.
func (d Dialing) Connect(ctx context.Context) (*Client, error) {
	options := []transport.StreamableHTTPCOption{transport.WithHTTPLogger(slog.New(slog.DiscardHandler))}
	if d.Token != "" {
		options = append(options, transport.WithHTTPHeaders(map[string]string{"Authorization": "Bearer " + d.Token}))
	}
	if d.Socket != "" {
		options = append(options, transport.WithHTTPBasicClient(&http.Client{Transport: overSocket(d.Socket)}))
	}
	way, err := transport.NewStreamableHTTP(d.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("mcp: dialing: %w", err)
	}
	var asks []mcpclient.ClientOption
	if d.Ask != nil {
		asks = append(asks, mcpclient.WithElicitationHandler(d))
	}
	inner := mcpclient.NewClient(way, asks...)
	if err := inner.Start(ctx); err != nil {
		return nil, fmt.Errorf("mcp: dialing: %w", err)
	}
	if d.Revision == "" {
		d.Revision = mcpgo.LATEST_LEGACY_PROTOCOL_VERSION
	}
	hello := mcpgo.InitializeRequest{Params: mcpgo.InitializeParams{
		ProtocolVersion: d.Revision,
		ClientInfo:      mcpgo.Implementation{Name: serverName, Version: "1"},
	}}
	if _, err := inner.Initialize(ctx, hello); err != nil {
		inner.Close()
		return nil, fmt.Errorf("mcp: initializing: %w", err)
	}
	return &Client{inner}, nil
}

// overSocket connects every request through one unix socket.
func overSocket(path string) *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}
}

// Close ends the session.
func (c *Client) Close() error { return c.inner.Close() }

// Tools lists the names of the tools.
func (c *Client) Tools(ctx context.Context) ([]string, error) {
	list, err := c.inner.ListTools(ctx, mcpgo.ListToolsRequest{})
	if err != nil {
		return nil, fmt.Errorf("mcp: listing tools: %w", err)
	}
	var names []string
	for _, t := range list.Tools {
		names = append(names, t.Name)
	}
	return names, nil
}

// Call calls a tool with arguments in JSON; nil is none. A refusal by the
// Gate is a result with IsError, not an error.
func (c *Client) Call(ctx context.Context, tool string, args json.RawMessage) (*CallResult, error) {
	request := mcpgo.CallToolRequest{Params: mcpgo.CallToolParams{Name: tool}}
	if args != nil {
		request.Params.Arguments = args
	}
	result, err := c.inner.CallTool(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("mcp: calling %s: %w", tool, err)
	}
	out := &CallResult{IsError: result.IsError}
	for _, content := range result.Content {
		if text, ok := content.(mcpgo.TextContent); ok {
			out.Text = text.Text
		}
	}
	if !out.IsError {
		out.Document = []byte(out.Text)
	}
	if result.Meta == nil {
		return nil, errors.New("mcp: the result has no receipt")
	}
	out.CallID, _ = result.Meta.AdditionalFields[MetaCallID].(string)
	raw, err := json.Marshal(result.Meta.AdditionalFields[MetaReceipt])
	if err == nil {
		err = json.Unmarshal(raw, &out.Receipt)
	}
	if err != nil {
		return nil, fmt.Errorf("mcp: reading the receipt: %w", err)
	}
	return out, nil
}

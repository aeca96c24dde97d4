package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	mcpclient "github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	mcpgo "github.com/mark3labs/mcp-go/mcp"

	"github.com/counterfoil/counterfoil/audit"
)

// Client calls the tools of an MCP server over streamable HTTP. The demo's
// tour goes through it, so that what it shows is what any client gets.
type Client struct{ inner *mcpclient.Client }

// Answer is what a tool call came to, as the wire carried it.
type Answer struct {
	Document json.RawMessage // the result exactly as it was recorded, nil for an error
	Text     string          // the same as text; for an error "code: message"
	Failed   bool
	Receipt  audit.Receipt
}

// Dial connects to a server's endpoint and negotiates the protocol revision.
func Dial(ctx context.Context, url, token, name, version string) (*Client, error) {
	inner, err := mcpclient.NewStreamableHttpClient(url, transport.WithHTTPHeaders(map[string]string{
		"Authorization": "Bearer " + token,
	}))
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	if err := inner.Start(ctx); err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	var hello mcpgo.InitializeRequest
	hello.Params.ProtocolVersion = mcpgo.LATEST_PROTOCOL_VERSION
	hello.Params.ClientInfo = mcpgo.Implementation{Name: name, Version: version}
	if _, err := inner.Initialize(ctx, hello); err != nil {
		return nil, errors.Join(fmt.Errorf("initializing: %w", err), inner.Close())
	}
	return &Client{inner}, nil
}

// Tools lists the names of the tools in the server's order.
func (c *Client) Tools(ctx context.Context) ([]string, error) {
	listed, err := c.inner.ListTools(ctx, mcpgo.ListToolsRequest{})
	if err != nil {
		return nil, fmt.Errorf("listing tools: %w", err)
	}
	var names []string
	for _, t := range listed.Tools {
		names = append(names, t.Name)
	}
	return names, nil
}

// Call runs one tool. A tool's own error is an Answer with Failed set; the
// returned error is one of the protocol.
func (c *Client) Call(ctx context.Context, tool string, args map[string]any) (Answer, error) {
	var request mcpgo.CallToolRequest
	request.Params.Name, request.Params.Arguments = tool, args
	result, err := c.inner.CallTool(ctx, request)
	if err != nil {
		return Answer{}, fmt.Errorf("calling %s: %w", tool, err)
	}
	answer := Answer{Failed: result.IsError}
	for _, content := range result.Content {
		if text, ok := content.(mcpgo.TextContent); ok {
			answer.Text = text.Text
		}
	}
	if !answer.Failed {
		answer.Document = json.RawMessage(answer.Text)
	}
	return answer, answer.readReceipt(result.Meta)
}

func (a *Answer) readReceipt(meta *mcpgo.Meta) error {
	if meta == nil {
		return nil
	}
	raw, err := json.Marshal(meta.AdditionalFields[MetaReceipt])
	if err != nil {
		return fmt.Errorf("reading the receipt: %w", err)
	}
	if err := json.Unmarshal(raw, &a.Receipt); err != nil {
		return fmt.Errorf("reading the receipt: %w", err)
	}
	return nil
}

// Close ends the session.
func (c *Client) Close() error { return c.inner.Close() }

package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// answerTimeout bounds one request. The proxy holds one back for 20 seconds while
// no server is there, and a server may wait as long for what it needs.
const answerTimeout = 90 * time.Second

// client is one MCP client, of revision 2025-06-18.
type client struct {
	url, token, session string
	http                *http.Client
	id                  int
}

func newClient(url, token string) (*client, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(os.Getenv("CA"))) {
		return nil, errors.New("CA holds no certificate")
	}
	return &client{url: url, token: strings.TrimSpace(token), http: &http.Client{
		Timeout:   answerTimeout,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
	}}, nil
}

// receipt is where the record of a call stands in the log.
type receipt struct {
	Index int64  `json:"index"`
	Leaf  string `json:"leaf"`
}

// answer is the part of a tool's result that is looked at.
type answer struct {
	Result struct {
		IsError bool `json:"isError"`
		Content []struct {
			Text string `json:"text"`
		} `json:"content"`
		Meta struct {
			Receipt *receipt `json:"counterfoil/receipt"`
		} `json:"_meta"`
	} `json:"result"`
	Error *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// tool calls a tool, after a handshake if there is no session.
func (c *client) tool(name, args string) (*receipt, string, error) {
	if c.session == "" {
		if _, err := c.post("initialize", `{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"probe","version":"1"}}`); err != nil {
			return nil, "", err
		}
	}
	raw, err := c.post("tools/call", fmt.Sprintf(`{"name":%q,"arguments":%s}`, name, args))
	if err != nil {
		c.session = ""
		return nil, "", err
	}
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, "", errors.New("the answer is no JSON-RPC")
	}
	text := ""
	for _, part := range a.Result.Content {
		text += part.Text
	}
	switch {
	case a.Error != nil:
		return nil, "", errors.New(a.Error.Message)
	case a.Result.IsError:
		return nil, "", errors.New(text)
	case a.Result.Meta.Receipt == nil:
		return nil, "", errors.New("there is no receipt")
	}
	return a.Result.Meta.Receipt, text, nil
}

// post sends one message and returns the answer to it.
func (c *client) post(method, params string) ([]byte, error) {
	c.id++
	req, err := http.NewRequest(http.MethodPost, c.url, strings.NewReader(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, c.id, method, params)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	if c.session != "" {
		req.Header.Set("Mcp-Session-Id", c.session)
		req.Header.Set("Mcp-Protocol-Version", "2025-06-18")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d: %.200s", resp.StatusCode, raw)
	}
	if s := resp.Header.Get("Mcp-Session-Id"); s != "" {
		c.session = s
	}
	return lastEvent(raw), nil
}

// lastEvent is the last message of a stream, or a whole body that is none.
func lastEvent(raw []byte) []byte {
	out := raw
	for line := range bytes.Lines(raw) {
		if data, ok := bytes.CutPrefix(line, []byte("data:")); ok && len(bytes.TrimSpace(data)) > 0 {
			out = data
		}
	}
	return bytes.TrimSpace(out)
}

// call prints what one call gave.
func call(url, name, args string) error {
	c, err := newClient(url, os.Getenv("TOKEN"))
	if err != nil {
		return err
	}
	r, text, err := c.tool(name, args)
	if err != nil {
		return err
	}
	fmt.Printf("ok record %d %s\n%s\n", r.Index, r.Leaf, text)
	return nil
}

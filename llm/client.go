package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"github.com/counterfoil/counterfoil/internal/egress"
)

// Config is what a Client is made of.
type Config struct {
	Endpoint Endpoint
	// Model is the id that the engine must say it serves.
	Model string
	// Seed makes an engine that samples repeat itself; with the temperature that
	// is sent there is hardly anything to sample.
	Seed int
	// Timeout bounds one request with all its attempts; 0 is DefaultTimeout.
	Timeout time.Duration
}

// DefaultTimeout is for a small model on a laptop's processor.
const DefaultTimeout = 2 * time.Minute

// Client talks to one engine. It is safe for concurrent use.
type Client struct {
	cfg Config
	api *openai.Client
	rt  way
}

// New checks the endpoint, and connects to nothing yet. The error is
// ErrEndpoint.
func New(cfg Config) (*Client, error) {
	rt, err := cfg.Endpoint.transport()
	if err != nil {
		return nil, err
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = DefaultTimeout
	}
	base := "http://model/v1"
	if cfg.Endpoint.Socket() == "" {
		base = strings.TrimSuffix(strings.TrimRight(cfg.Endpoint.URL, "/"), "/v1") + "/v1"
	}
	api := openai.NewClientWithConfig(openai.ClientConfig{
		BaseURL: base, HTTPClient: doer{rt}, EmptyMessagesLimit: maxEmptyLines,
	})
	return &Client{cfg: cfg, api: api, rt: rt}, nil
}

// maxEmptyLines bounds the lines without data in a stream, which keep it alive.
const maxEmptyLines = 10_000

// doer sends one request, follows no redirect and bounds what comes back.
type doer struct{ rt http.RoundTripper }

// Do sends one request. It is what the API's client calls.
func (d doer) Do(req *http.Request) (*http.Response, error) {
	resp, err := d.rt.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		resp.Body.Close()
		return nil, fmt.Errorf("%w: it redirects", ErrEndpoint)
	}
	resp.Body = &boundedBody{ReadCloser: resp.Body, left: maxResponse}
	return resp, nil
}

// boundedBody fails, rather than ends, where there is more than is read.
type boundedBody struct {
	io.ReadCloser
	left int
}

var errLong = fmt.Errorf("%w: it is longer than an answer may be", ErrOutput)

// Read reads on, to the bound.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// Check asks the engine which models it serves. The error is ErrModel,
// ErrUnavailable or ErrEndpoint.
func (c *Client) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	list, err := c.api.ListModels(ctx)
	if err != nil {
		return safe(ctx, err)
	}
	for _, m := range list.Models {
		if m.ID == c.cfg.Model {
			return nil
		}
	}
	return ErrModel
}

// checkTimeout bounds a question that needs no generation.
const checkTimeout = 10 * time.Second

// Close closes idle connections.
func (c *Client) Close() { c.rt.CloseIdleConnections() }

// Complete sends a prompt and returns the answer, which meets the request's
// schema. progress, unless nil, hears of every piece of text as it comes: what
// is heard of an attempt that fails is not part of the answer. Cancelling ctx
// ends the generation. The error is one of this package's, or the context's.
func (c *Client) Complete(ctx context.Context, r Request, progress func(text string)) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	schema, err := r.check()
	if err != nil {
		return Answer{}, err
	}
	var sum Answer
	for sum.Attempts < maxAttempts {
		a, err := c.generate(ctx, r, c.cfg.Seed+sum.Attempts, progress)
		sum.Attempts++
		sum.PromptTokens += a.PromptTokens
		sum.OutputTokens += a.OutputTokens
		if err == nil && schema != nil && len(a.Calls) == 0 {
			err = asOutput(schema.Check([]byte(a.Text)))
		}
		if err == nil {
			sum.Text, sum.Calls = a.Text, a.Calls
			return sum, nil
		}
		if !errors.Is(err, ErrOutput) {
			return sum, err
		}
	}
	return sum, fmt.Errorf("%w in %d attempts", ErrOutput, sum.Attempts)
}

func asOutput(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrOutput, err)
}

// check bounds a request and compiles its schema.
func (r Request) check() (*Schema, error) {
	if r.size() > maxPrompt || r.MaxTokens > MaxMaxTokens || len(r.Messages) == 0 {
		return nil, fmt.Errorf("%w: the prompt is empty or too long", ErrOutput)
	}
	if r.Schema == nil {
		return nil, nil
	}
	return NewSchema(r.Schema)
}

// size is how many bytes the messages have.
func (r Request) size() (n int) {
	for _, m := range r.Messages {
		n += len(m.Content)
		for _, call := range m.Calls {
			n += len(call.Args)
		}
	}
	return n
}

// coldest stands for the temperature 0, which the API's client would leave out,
// so that the engine's default applied. Not the smallest float: engines divide
// by it, and beyond the range of a float32 the most likely token is no longer
// told from the others (llama.cpp then answers at random).
const coldest = 1e-6

// wire makes the request that is sent.
func (c *Client) wire(r Request, seed int) openai.ChatCompletionRequest {
	most := r.MaxTokens
	if most == 0 {
		most = DefaultMaxTokens
	}
	out := openai.ChatCompletionRequest{
		Model: c.cfg.Model, Seed: &seed,
		MaxTokens:     most, //lint:ignore SA1019 what local engines know; few know its successor
		Temperature:   coldest,
		Stream:        true,
		StreamOptions: &openai.StreamOptions{IncludeUsage: true},
	}
	for _, m := range r.Messages {
		out.Messages = append(out.Messages, wireMessage(m))
	}
	for _, t := range r.Tools {
		out.Tools = append(out.Tools, openai.Tool{Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{
			Name: t.Name, Description: t.Description, Parameters: t.Schema,
		}})
	}
	if r.Schema != nil {
		out.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "answer", Strict: true, Schema: json.RawMessage(r.Schema)},
		}
	}
	return out
}

func wireMessage(m Message) openai.ChatCompletionMessage {
	out := openai.ChatCompletionMessage{Role: m.Role, Content: m.Content, ToolCallID: m.CallID}
	for _, call := range m.Calls {
		out.ToolCalls = append(out.ToolCalls, openai.ToolCall{
			ID: call.ID, Type: openai.ToolTypeFunction,
			Function: openai.FunctionCall{Name: call.Name, Arguments: call.Args},
		})
	}
	return out
}

// safe turns an error of the transport or the API's client, which may quote
// what the engine sent, into one of this package's.
func safe(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, known := range []error{ErrEndpoint, ErrOutput, ErrModel} {
		if errors.Is(err, known) {
			return known
		}
	}
	if errors.Is(err, egress.ErrRefused) {
		return ErrEndpoint
	}
	var answered *openai.APIError
	if errors.As(err, &answered) {
		return fmt.Errorf("%w: it answered with status %d", ErrUnavailable, answered.HTTPStatusCode)
	}
	return fmt.Errorf("%w: %s", ErrUnavailable, kind(err))
}

// kind is what the operator may know of an error whose text may quote what the
// engine sent: the system's word, or the type of what went wrong.
func kind(err error) string {
	var no syscall.Errno
	switch {
	case errors.As(err, &no):
		return no.Error()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "it broke off"
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return fmt.Sprintf("%T", err)
}

// Package llm is the bridge to a local language model: any server that speaks
// OpenAI's chat completions, over a Unix socket or on a network of the
// operator's own. Its subpackage sandbox runs such a server with no way out.
//
// The bridge promises that nothing is sent to a public address, checked at every
// connection; that what comes back is bounded in bytes, tokens and time; and
// that an answer meets the schema that was asked for, checked here, because
// servers fail open: they answer 200 and ignore a constraint that they do not
// understand. What a model says is untrusted input all the same. The caller
// redacts what it hands over; this package only carries it.
package llm

import (
	"encoding/json"
	"errors"
)

// Errors of this package.
var (
	// ErrUnavailable means that the engine is absent, was killed, or broke off.
	ErrUnavailable = errors.New("the model's engine does not answer")
	// ErrOutput means that what the engine sent is no answer: it is too long, was
	// cut off, or never met the schema.
	ErrOutput = errors.New("the model gave no usable answer")
	// ErrEndpoint means that the endpoint is not one that a prompt may go to.
	ErrEndpoint = errors.New("the model's endpoint is refused")
	// ErrModel means that the engine serves another model than the config names.
	ErrModel = errors.New("the engine serves another model")
)

// Message is one turn of a conversation.
type Message struct {
	Role    string     `json:"role"` // "system", "user", "assistant" or "tool"
	Content string     `json:"content,omitempty"`
	Calls   []ToolCall `json:"calls,omitempty"`   // of an assistant
	CallID  string     `json:"call_id,omitempty"` // of a tool's answer
}

// Tool is what the model may call.
type Tool struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Schema      json.RawMessage `json:"schema"` // of its arguments
}

// ToolCall is the model's wish to have a tool run. Args are as it wrote them.
type ToolCall struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Args string `json:"args"`
}

// Request is one prompt. Its JSON is what was handed over, for the record.
type Request struct {
	Messages []Message `json:"messages"`
	// Schema constrains the answer to JSON of this schema, see NewSchema; nil is
	// free text.
	Schema json.RawMessage `json:"schema,omitempty"`
	// Tools that the model may call instead of answering.
	Tools []Tool `json:"tools,omitempty"`
	// MaxTokens bounds the answer; 0 is DefaultMaxTokens.
	MaxTokens int `json:"max_tokens"`
}

// Answer is what a model said, bounded and, if a schema was asked for, of it.
type Answer struct {
	Text         string     `json:"text"`
	Calls        []ToolCall `json:"calls,omitempty"`
	PromptTokens int64      `json:"prompt_tokens"`
	OutputTokens int64      `json:"output_tokens"`
	Attempts     int        `json:"attempts"` // generations that it took
}

// Bounds of a request and its answer.
const (
	// DefaultMaxTokens is some 350 words.
	DefaultMaxTokens = 512
	// MaxMaxTokens is the longest answer that may be asked for.
	MaxMaxTokens = 4096
	// maxPrompt bounds a prompt in bytes: some 64k tokens, more than small models
	// read.
	maxPrompt = 256 << 10
	// maxResponse bounds a streamed response in bytes: about 300 of each token's.
	maxResponse = 2 << 20
	// maxOutput bounds the text of an answer in bytes.
	maxOutput = 64 << 10
	// maxAttempts is how often an answer that misses its schema is asked for.
	maxAttempts = 3
	// maxCalls bounds the tool calls of one answer.
	maxCalls = 8
)

package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// generation collects one streamed answer.
type generation struct {
	model  string
	text   strings.Builder
	calls  []ToolCall
	finish openai.FinishReason
	pieces int64
	usage  *openai.Usage
}

// generate streams one answer.
func (c *Client) generate(ctx context.Context, r Request, seed int, progress func(string)) (Answer, error) {
	request := c.wire(r, seed)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // whatever is left of the stream, the engine stops
	stream, err := c.api.CreateChatCompletionStream(ctx, request)
	if err != nil {
		return Answer{}, safe(ctx, err)
	}
	defer stream.Close()
	g := generation{model: c.cfg.Model}
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return g.answer()
		}
		if err != nil {
			return g.counted(), safe(ctx, err)
		}
		if err := g.add(piece, progress); err != nil {
			return g.counted(), err
		}
		//lint:ignore SA1019 what local engines know
		if g.pieces > int64(2*request.MaxTokens+maxCalls) {
			return g.counted(), fmt.Errorf("%w: the engine does not keep to the tokens it was given", ErrOutput)
		}
	}
}

func (g *generation) add(piece openai.ChatCompletionStreamResponse, progress func(string)) error {
	if piece.Model != "" && piece.Model != g.model {
		return ErrModel
	}
	if piece.Usage != nil {
		g.usage = piece.Usage
	}
	g.pieces++
	if len(piece.Choices) == 0 {
		return nil
	}
	choice := piece.Choices[0]
	if choice.FinishReason != "" && choice.FinishReason != openai.FinishReasonNull {
		g.finish = choice.FinishReason
	}
	g.text.WriteString(choice.Delta.Content)
	for _, call := range choice.Delta.ToolCalls {
		if err := g.addCall(call); err != nil {
			return err
		}
	}
	if g.text.Len() > maxOutput {
		return errLong
	}
	if progress != nil && choice.Delta.Content != "" {
		progress(choice.Delta.Content)
	}
	return nil
}

// addCall adds a piece of a tool call; the first piece of each has its name.
func (g *generation) addCall(piece openai.ToolCall) error {
	at := len(g.calls)
	if piece.Index != nil {
		at = *piece.Index
	}
	if at < 0 || at > len(g.calls) || at >= maxCalls {
		return fmt.Errorf("%w: its tool calls are out of order or too many", ErrOutput)
	}
	if at == len(g.calls) {
		g.calls = append(g.calls, ToolCall{ID: piece.ID, Name: piece.Function.Name})
	}
	call := &g.calls[at]
	call.Args += piece.Function.Arguments
	if len(call.Args) > maxOutput || len(call.ID) > maxName || len(call.Name) > maxName {
		return errLong
	}
	return nil
}

// maxName bounds the ids and names that a model gives, in bytes.
const maxName = 256

// counted is the answer so far, for its tokens alone. An engine that does not
// count has sent at least a token with each piece. One that counts is believed
// within what can be: a prompt has no more tokens than bytes may be in it, and an
// answer no more than generate lets pass. A record could not hold larger numbers,
// and a call must not go unrecorded for what an engine says.
func (g *generation) counted() Answer {
	if g.usage == nil {
		return Answer{OutputTokens: g.pieces}
	}
	return Answer{
		PromptTokens: int64(min(max(0, g.usage.PromptTokens), maxPrompt)),
		OutputTokens: int64(min(max(0, g.usage.CompletionTokens), 2*MaxMaxTokens+maxCalls)),
	}
}

// answer is the end of a stream: one without a reason was broken off, and one
// that ended for its length is cut.
func (g *generation) answer() (Answer, error) {
	a := g.counted()
	switch g.finish {
	case openai.FinishReasonStop, openai.FinishReasonToolCalls:
		a.Text, a.Calls = g.text.String(), g.calls
		return a, nil
	case "":
		return a, fmt.Errorf("%w: it broke off", ErrUnavailable)
	}
	return a, fmt.Errorf("%w: it was cut off", ErrOutput)
}

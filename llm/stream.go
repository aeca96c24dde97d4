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
	prompt int // bytes of it
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
	g := generation{model: c.cfg.Model, prompt: r.size()}
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
// and a call must not go unrecorded for what an engine says. Nor has either fewer
// than fewest allows: budgets of tokens must not rest on the engine's word alone.
func (g *generation) counted() Answer {
	prompt, output := fewest(g.prompt), fewest(g.size())
	if g.usage == nil {
		return Answer{PromptTokens: prompt, OutputTokens: max(g.pieces, output)}
	}
	return Answer{
		PromptTokens: max(int64(min(g.usage.PromptTokens, maxPrompt)), prompt),
		OutputTokens: max(int64(min(g.usage.CompletionTokens, 2*MaxMaxTokens+maxCalls)), output),
	}
}

// bytesPerToken is more than the tokens of a text have on average, whatever the
// model: vocabularies of 32,000 to 256,000 tokens take 3 to 5 bytes of prose, of
// JSON and of other scripts for one. So no engine that counts rightly is corrected.
const bytesPerToken = 8

// fewest is the number of tokens that a text of n bytes has at least.
func fewest(n int) int64 { return int64((n + bytesPerToken - 1) / bytesPerToken) }

// size is how many bytes of an answer have come.
func (g *generation) size() int {
	n := g.text.Len()
	for _, call := range g.calls {
		n += len(call.Name) + len(call.Args)
	}
	return n
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

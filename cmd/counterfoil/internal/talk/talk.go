// Package talk is a conversation with the local model: its turns and the tools that
// it calls, all through the same gate as every client's, and an answer of the
// server's own where the model's words can't be given.
package talk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/tools"
)

const (
	// maxAskTurns is how often the model may look something up, with its answer.
	maxAskTurns = 6
	// maxAskCalls bounds the tools that one turn may call.
	maxAskCalls = 4
	// maxToolText is how much of a tool's result the model is shown, in bytes:
	// some 1,500 tokens.
	maxToolText = 6 << 10
	// maxConversation is how much is said in all before the oldest results are
	// left out, in bytes. JSON in JSON in JSON is some three times as long.
	maxConversation = 14 << 10
)

// Answer is what a conversation came to.
type Answer struct {
	Answer       string    `json:"answer"`
	By           string    `json:"answered_by"` // "model", or "server" where the model's words were withheld
	Figures      []string  `json:"figures"`     // rows and totals of the tools, in the server's words
	Transactions []string  `json:"transactions"`
	Receipts     []receipt `json:"records"`
	Turns        int       `json:"turns"`
}

// receipt names the record of one call.
type receipt struct {
	Tool    string        `json:"tool"`
	CallID  string        `json:"call_id"`
	Receipt audit.Receipt `json:"receipt"`
}

// Conversation is one conversation: the model's turns and the tools that it calls, all
// through call.
type Conversation struct {
	Call      func(ctx context.Context, tool string, args []byte) (folder.Called, error)
	ToolCalls bool
	Trace     func(format string, args ...any)

	said []utterance
	out  Answer
}

// utterance is one message, as the internal tool "@turn" takes it.
type utterance struct {
	Role    string   `json:"role"`
	Content string   `json:"content,omitempty"`
	Calls   []wanted `json:"calls,omitempty"`
	CallID  string   `json:"call_id,omitempty"`
}

// wanted is a call that the model wants.
type wanted struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Args string `json:"args"`
}

// turned is what "@turn" answers.
type turned struct {
	Text     string   `json:"text"`
	Calls    []wanted `json:"calls"`
	Withheld bool     `json:"withheld"`
}

// Ask asks until the model answers. On its last turn it has to.
func (k *Conversation) Ask(ctx context.Context, question string) (Answer, error) {
	k.said = []utterance{{Role: "user", Content: question}}
	k.out = Answer{Figures: []string{}, Transactions: []string{}, Receipts: []receipt{}}
	for k.out.Turns < maxAskTurns {
		k.out.Turns++
		t, err := k.turn(ctx, k.out.Turns == maxAskTurns)
		if err != nil && len(k.out.Figures) > 0 && ctx.Err() == nil {
			return k.byServer(), nil
		}
		if err != nil {
			return k.out, err
		}
		if len(t.Calls) == 0 && (t.Withheld || strings.TrimSpace(t.Text) == "") {
			return k.byServer(), nil
		}
		if len(t.Calls) == 0 {
			k.out.Answer, k.out.By = t.Text, "model"
			return k.out, nil
		}
		if err := k.lookUp(ctx, t); err != nil {
			return k.out, err
		}
	}
	if len(k.out.Figures) > 0 {
		return k.byServer(), nil
	}
	return k.out, exit.Fail(exit.Unavailable, "ask something narrower, or use a larger model", "the model gave no answer in %d turns", maxAskTurns)
}

// serverWords stand for an answer of the model that was withheld, or that never
// came.
const serverWords = "The local model gave no answer that agrees with the figures, so these are Counterfoil's own words: what was looked up is below."

// byServer is the answer where the model's words can't be given.
func (k *Conversation) byServer() Answer {
	k.out.Answer, k.out.By = serverWords, "server"
	switch {
	case len(k.out.Receipts) == 0:
		k.out.Answer = "The local model gave no usable answer, and looked nothing up. Ask in other words."
	case len(k.out.Figures) == 0:
		k.out.Answer = "The local model gave no answer that agrees with what was looked up, and what was looked up has no figures. Ask in other words."
	}
	return k.out
}

// turn has the model say what comes next.
func (k *Conversation) turn(ctx context.Context, final bool) (t turned, err error) {
	k.shorten()
	conversation, err := json.Marshal(k.said)
	if err != nil {
		return t, err
	}
	args, err := json.Marshal(map[string]any{"conversation": string(conversation), "tool_calls": k.ToolCalls, "final": final})
	if err != nil {
		return t, err
	}
	c, err := k.Call(ctx, "@turn", args)
	if err != nil {
		return t, err
	}
	if c.Error != nil {
		return t, &tools.Error{Code: c.Error.Code, Message: c.Error.Message}
	}
	if err := json.Unmarshal(c.Result, &t); err != nil {
		return t, err
	}
	t.Calls = t.Calls[:min(len(t.Calls), maxAskCalls)]
	return t, nil
}

// lookUp makes the calls of one turn. What fails is told to the model, whose
// fault it may be.
func (k *Conversation) lookUp(ctx context.Context, t turned) error {
	assistant := utterance{Role: "assistant", Content: t.Text, Calls: t.Calls}
	if !k.ToolCalls {
		assistant = utterance{Role: "assistant", Content: cmp.Or(t.Text, t.Calls[0].Args)}
	}
	k.said = append(k.said, assistant)
	for _, w := range t.Calls {
		text, err := k.one(ctx, w)
		if err != nil {
			return err
		}
		k.said = append(k.said, utterance{Role: "tool", Content: text, CallID: w.ID})
	}
	return nil
}

// transactionID is what ids of transactions look like.
var transactionID = regexp.MustCompile(`\btx_[a-z2-7]{16}\b`)

// maxSources bounds the transactions that are listed under an answer.
const maxSources = 50

// maxFigures bounds the lines of figures under an answer.
const maxFigures = 60

// one makes one call and returns what the model is shown of it.
func (k *Conversation) one(ctx context.Context, w wanted) (string, error) {
	if strings.HasPrefix(w.Name, "@") { // internal tools are not for the model
		k.Trace("call %s refused", w.Name)
		return "There is no such tool.", nil
	}
	c, err := k.Call(ctx, w.Name, []byte(w.Args))
	if err != nil {
		return "", err
	}
	k.out.Receipts = append(k.out.Receipts, receipt{w.Name, c.CallID, c.Receipt})
	if c.Error != nil {
		k.Trace("call %s %s: %s (record %d)", w.Name, w.Args, c.Error.Code, c.Receipt.Index)
		return fmt.Sprintf("Error %s: %s", c.Error.Code, c.Error.Message), nil
	}
	k.Trace("call %s %s: %d bytes (record %d)", w.Name, w.Args, len(c.Result), c.Receipt.Index)
	for _, id := range transactionID.FindAllString(string(c.Result), -1) {
		if len(k.out.Transactions) < maxSources && !slices.Contains(k.out.Transactions, id) {
			k.out.Transactions = append(k.out.Transactions, id)
		}
	}
	for _, f := range tools.Figures(c.Result) {
		if len(k.out.Figures) < maxFigures && !slices.Contains(k.out.Figures, f.Line) {
			k.out.Figures = append(k.out.Figures, f.Line)
		}
	}
	return cutText(string(c.Result), maxToolText), nil
}

// cutText shortens a result by whole rows, so that what is left can be read as a
// result, and one without rows to whole characters; it says so.
func cutText(text string, n int) string {
	if len(text) <= n {
		return text
	}
	var doc map[string]any
	if json.Unmarshal([]byte(text), &doc) == nil {
		items, _ := doc["items"].([]any)
		for ; len(items) > 0; items = items[:len(items)-1] {
			doc["items"], doc["truncated"] = items, true
			if short, err := json.Marshal(doc); err == nil && len(short) <= n {
				return string(short)
			}
		}
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + " (cut)"
}

// shorten leaves out what the oldest tools said once there is too much.
func (k *Conversation) shorten() {
	size := 0
	for _, s := range k.said {
		size += len(s.Content)
	}
	for i := 0; size > maxConversation && i < len(k.said)-1; i++ {
		if k.said[i].Role == "tool" {
			size -= len(k.said[i].Content)
			k.said[i].Content = "(left out)"
		}
	}
}

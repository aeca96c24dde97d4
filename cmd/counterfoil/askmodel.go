package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/tools"
)

// Bounds of `ask`. Tokens are bounded by the principal's budgets.
const (
	// maxAskTurns is how often the model may look something up, with its answer.
	maxAskTurns = 6
	// maxAskCalls bounds the tools that one turn may call.
	maxAskCalls = 4
	// askTimeout bounds the whole conversation.
	askTimeout = 15 * time.Minute
	// maxToolText is how much of a tool's result the model is shown, in bytes:
	// some 1,500 tokens.
	maxToolText = 6 << 10
	// maxConversation is how much is said in all before the oldest results are
	// left out, in bytes. JSON in JSON in JSON is some three times as long.
	maxConversation = 14 << 10
	// maxQuestion bounds the question in bytes.
	maxQuestion = 2 << 10
)

func newAskCmd(a *app) *cobra.Command {
	var trace bool
	cmd := &cobra.Command{
		Use:   "ask QUESTION",
		Short: "Ask the local model; it looks things up with the same tools as every client",
		Long: `Ask the local model a question about your transactions. It calls the tools through the
same gate as every client, with the rights of the principal that llm.principal names,
and each call, its own turns included, is a record in the log. The answer goes to
standard output, with the transactions and records that it rests on. On a terminal
tokens are restored in what is printed, each on record; the model never sees what they
stand for. Under the answer stand the figures that the tools gave. Words of the model
with other figures are withheld, and the server answers in its own.`,
		Example: `  counterfoil ask "What did I spend most on last month?"
  counterfoil ask --trace "Which subscriptions do I have?"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.ask(cmd.Context(), args[0], trace) },
	}
	cmd.Flags().BoolVar(&trace, "trace", false, "show each call of a tool on standard error")
	return cmd
}

func (a *app) ask(ctx context.Context, question string, trace bool) (err error) {
	if strings.TrimSpace(question) == "" || len(question) > maxQuestion || !utf8.ValidString(question) {
		return exit.Fail(exit.Usage, "", "a question has 1 to %d bytes", maxQuestion)
	}
	cfg, err := a.Config()
	if err != nil {
		return err
	}
	if cfg.LLM.Model == "" || cfg.LLM.Principal == "" {
		return exit.Fail(exit.Config, "set llm.model and llm.principal in the config: docs/llm.md", "there is no local model to ask")
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	b, err := folder.OpenBooks(ctx, a.Home, cfg.LLM.Principal)
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	k := &talk{
		toolCalls: cfg.LLM.ToolCalls,
		call: func(ctx context.Context, tool string, args []byte) (folder.Called, error) {
			return b.Call(ctx, cfg.LLM.Principal, tool, args)
		},
		trace: func(string, ...any) {},
	}
	if trace {
		k.trace = a.UI.Notef
	}
	out, err := k.ask(ctx, question)
	if err != nil {
		return err
	}
	restore := func(text string) (string, error) { return text, nil }
	if console.IsTerminal(a.UI.Out) && !a.UI.JSON {
		v := &revealer{app: a, books: b, known: map[string]string{}, safe: true}
		restore = func(text string) (string, error) { return v.line(ctx, text) }
	}
	return a.printAnswer(out, restore)
}

// answered is what a conversation came to.
type answered struct {
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

func (a *app) printAnswer(out answered, restore func(string) (string, error)) error {
	if a.UI.JSON {
		return a.UI.Document(out)
	}
	for line := range strings.Lines(out.Answer) {
		text, err := restore(strings.TrimRight(line, "\n"))
		if err != nil {
			return err
		}
		a.UI.Printf("%s\n", console.Plain(text))
	}
	if len(out.Figures) > 0 {
		a.UI.Printf("\nFigures (from the tools, not the model)\n")
	}
	for _, line := range out.Figures {
		text, err := restore(line)
		if err != nil {
			return err
		}
		a.UI.Printf("  %s\n", console.Plain(text))
	}
	if len(out.Receipts)+len(out.Transactions) > 0 {
		a.UI.Printf("\nSources\n")
	}
	for _, r := range out.Receipts {
		a.UI.Printf("  record %d: %s\n", r.Receipt.Index, console.Plain(r.Tool))
	}
	for _, id := range out.Transactions {
		a.UI.Printf("  transaction %s\n", id)
	}
	return a.UI.Broken
}

// talk is one conversation: the model's turns and the tools that it calls, all
// through call.
type talk struct {
	call      func(ctx context.Context, tool string, args []byte) (folder.Called, error)
	toolCalls bool
	trace     func(format string, args ...any)

	said []utterance
	out  answered
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

// ask asks until the model answers. On its last turn it has to.
func (k *talk) ask(ctx context.Context, question string) (answered, error) {
	k.said = []utterance{{Role: "user", Content: question}}
	k.out = answered{Figures: []string{}, Transactions: []string{}, Receipts: []receipt{}}
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

func (k *talk) byServer() answered {
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
func (k *talk) turn(ctx context.Context, final bool) (t turned, err error) {
	k.shorten()
	conversation, err := json.Marshal(k.said)
	if err != nil {
		return t, err
	}
	args, err := json.Marshal(map[string]any{"conversation": string(conversation), "tool_calls": k.toolCalls, "final": final})
	if err != nil {
		return t, err
	}
	c, err := k.call(ctx, "@turn", args)
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
func (k *talk) lookUp(ctx context.Context, t turned) error {
	assistant := utterance{Role: "assistant", Content: t.Text, Calls: t.Calls}
	if !k.toolCalls {
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
func (k *talk) one(ctx context.Context, w wanted) (string, error) {
	if strings.HasPrefix(w.Name, "@") { // internal tools are not for the model
		k.trace("call %s refused", w.Name)
		return "There is no such tool.", nil
	}
	c, err := k.call(ctx, w.Name, []byte(w.Args))
	if err != nil {
		return "", err
	}
	k.out.Receipts = append(k.out.Receipts, receipt{w.Name, c.CallID, c.Receipt})
	if c.Error != nil {
		k.trace("call %s %s: %s (record %d)", w.Name, w.Args, c.Error.Code, c.Receipt.Index)
		return fmt.Sprintf("Error %s: %s", c.Error.Code, c.Error.Message), nil
	}
	k.trace("call %s %s: %d bytes (record %d)", w.Name, w.Args, len(c.Result), c.Receipt.Index)
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
func (k *talk) shorten() {
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

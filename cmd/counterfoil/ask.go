package main

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/talk"
)

// Bounds of `ask`. Tokens are bounded by the principal's budgets.
const (
	// askTimeout bounds the whole conversation.
	askTimeout = 15 * time.Minute
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
	k := &talk.Conversation{
		ToolCalls: cfg.LLM.ToolCalls,
		Call: func(ctx context.Context, tool string, args []byte) (folder.Called, error) {
			return b.Call(ctx, cfg.LLM.Principal, tool, args)
		},
		Trace: func(string, ...any) {},
	}
	if trace {
		k.Trace = a.UI.Notef
	}
	out, err := k.Ask(ctx, question)
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

func (a *app) printAnswer(out talk.Answer, restore func(string) (string, error)) error {
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

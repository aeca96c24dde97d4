package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/document"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/redact"
)

func newRevealCmd(a *app) *cobra.Command {
	var show bool
	cmd := &cobra.Command{
		Use:   "reveal [TOKEN...]",
		Short: "Show a person what tokens stand for",
		Long: `Print what tokens such as ACCT_QXKWMTRBZAPLNE stand for, one to a line. Without any,
read a text from standard input and print it with its tokens restored, line by line,
for example a model's answer.

This is for a person's eyes: the output has to be a terminal, unless --show says
otherwise. Every token that is restored, and every one that is refused, is a record of
its own in the log, written before the value is shown. Only tokens of this data folder
are restored, only whole ones, and none whose owner was erased; in a text the others
stay as they are. Credentials are never restored.`,
		Example: `  counterfoil reveal ACCT_QXKWMTRBZAPLNE
  counterfoil reveal < answer.txt
  counterfoil reveal --show < answer.txt > private.txt`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.reveal(cmd.Context(), args, show) },
	}
	cmd.Flags().BoolVar(&show, "show", false, "show values although the output is not a terminal")
	return cmd
}

func (a *app) reveal(ctx context.Context, tokens []string, show bool) (err error) {
	onTerminal := console.IsTerminal(a.UI.Out)
	if !onTerminal && !show {
		return exit.Fail(exit.Usage, "add --show if a person is to read it all the same", "reveal shows values on a terminal only")
	}
	for i, token := range tokens {
		if from, to, ok := redact.NextToken(token); !ok || from != 0 || to != len(token) {
			return exit.Fail(exit.Usage, "a token is a word such as ACCT_, CARD_ or IBAN_ and fourteen capital letters", "argument %d is not a token", i+1)
		}
	}
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	v := &revealer{app: a, books: b, known: map[string]string{}, safe: onTerminal}
	if len(tokens) == 0 {
		return v.stream(ctx, a.Stdin)
	}
	for _, token := range tokens {
		if err := v.learn(ctx, []string{token}); err != nil {
			return err
		}
		if value := v.known[token]; value != "" {
			a.UI.Printf("%s\n", console.Plain(value))
		}
	}
	if v.refused > 0 {
		return exit.Fail(exit.Denied, "", "%d of %d tokens were not restored", v.refused, len(tokens))
	}
	return nil
}

// maxKnownTokens bounds what a revealer remembers; beyond that it begins anew.
const maxKnownTokens = 100_000

// revealer restores tokens, each once.
type revealer struct {
	app     *app
	books   folder.Books
	known   map[string]string // value, "" if refused
	refused int
	safe    bool // a terminal reads it
}

// stream restores the tokens in a text, line by line.
func (v *revealer) stream(ctx context.Context, text io.Reader) error {
	in := bufio.NewReader(text)
	for n := 1; ; n++ {
		line, err := document.ReadLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return exit.Fail(exit.Input, "", "line %d: %w", n, err)
		}
		out, failed := v.line(ctx, string(line))
		if failed != nil {
			return failed
		}
		v.app.UI.Raw([]byte(out))
		if err != nil || v.app.UI.Broken != nil {
			return v.app.UI.Broken
		}
	}
}

func (v *revealer) line(ctx context.Context, line string) (string, error) {
	var fresh []string
	for rest := line; ; {
		from, to, ok := redact.NextToken(rest)
		if !ok {
			break
		}
		fresh, rest = append(fresh, rest[from:to]), rest[to:]
	}
	if err := v.learn(ctx, fresh); err != nil {
		return "", err
	}
	if v.safe {
		line = harmless(line)
	}
	var out strings.Builder
	for {
		from, to, ok := redact.NextToken(line)
		if !ok {
			out.WriteString(line)
			return out.String(), nil
		}
		out.WriteString(line[:from])
		if value := v.known[line[from:to]]; value != "" {
			out.WriteString(console.Plain(value))
		} else {
			out.WriteString(line[from:to])
		}
		line = line[to:]
	}
}

// learn asks for the tokens that it was not asked for yet.
func (v *revealer) learn(ctx context.Context, tokens []string) error {
	if len(v.known) > maxKnownTokens {
		clear(v.known)
	}
	var ask []string
	for _, token := range tokens {
		if _, have := v.known[token]; !have {
			v.known[token] = ""
			ask = append(ask, token)
		}
	}
	for len(ask) > 0 {
		n := min(len(ask), folder.MaxReveal)
		answers, err := v.books.Reveal(ctx, ask[:n])
		if err != nil {
			return err
		}
		for _, r := range answers {
			v.known[r.Token] = r.Value
			if r.Refused != "" {
				v.refused++
				v.app.UI.Notef("%s is not restored: %s", r.Token, folder.Refusals[r.Refused])
			}
		}
		ask = ask[n:]
	}
	return nil
}

// harmless takes out of a line what could drive a terminal.
func harmless(line string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, line)
}

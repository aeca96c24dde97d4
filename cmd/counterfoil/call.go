package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/tools"
)

// maxCallArgs bounds the arguments that `call` reads, in bytes; the gate's own
// bound is lower and gives the better error.
const maxCallArgs = 1 << 20

func newCallCmd(a *app) *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use:   "call TOOL [JSON|@FILE|-]",
		Short: "Run one tool, through the same gate as every client",
		Long: `Run one tool as a principal of the config would, and print its result and the
receipt of its record as one JSON document; with --json on one line, where the bytes
of the result are those that the digest in the receipt commits to. The policy, the redaction, the budgets and
the log are those of every other call. A refused call exits with the code of its
refusal (counterfoil help exit-codes) and has a receipt too.`,
		Example: `  counterfoil call list_accounts
  counterfoil call search_transactions '{"query": "coffee", "limit": 5}'
  echo '{"group_by": ["month"], "from": "2026-01-01", "to": "2026-06-30"}' | counterfoil call summarize_transactions -`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: completeTools,
		RunE: func(cmd *cobra.Command, args []string) error {
			var given string
			if len(args) == 2 {
				given = args[1]
			}
			return a.call(cmd.Context(), as, args[0], given)
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "`name` of the principal (default: the one with stdio)")
	return cmd
}

func (a *app) call(ctx context.Context, as, tool, given string) (err error) {
	args, err := a.callArgs(given)
	if err != nil {
		return err
	}
	cfg, err := a.Config()
	if err != nil {
		return err
	}
	who, err := cfg.Caller(as)
	if err != nil {
		return err
	}
	b, err := folder.OpenBooks(ctx, a.Home, who.Name)
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	out, err := b.Call(ctx, who.Name, tool, args)
	if err != nil {
		return err
	}
	if err := a.printCalled(out); err != nil {
		return err
	}
	if out.Error != nil {
		return &tools.Error{Code: out.Error.Code, Message: out.Error.Message}
	}
	return nil
}

// printCalled prints what a call came to. With --json that is one line, and
// the bytes of the result are exactly those that its digest commits to.
func (a *app) printCalled(out folder.Called) error {
	if !a.UI.JSON {
		return a.UI.Document(out)
	}
	result := out.Result
	out.Result = nil
	rest, err := json.Marshal(out)
	if err != nil {
		return err
	}
	if result != nil {
		a.UI.Printf(`{"result":%s,%s`+"\n", result, rest[1:])
		return a.UI.Broken
	}
	a.UI.Printf("%s\n", rest)
	return a.UI.Broken
}

// callArgs reads the arguments: as they stand, from a file, or from stdin.
func (a *app) callArgs(given string) ([]byte, error) {
	switch {
	case given == "-":
		text, err := io.ReadAll(io.LimitReader(a.Stdin, maxCallArgs+1))
		if err == nil && len(text) > maxCallArgs {
			err = fmt.Errorf("longer than %d bytes", maxCallArgs)
		}
		if err != nil {
			return nil, exit.Fail(exit.Invalid, "", "reading the arguments: %w", err)
		}
		return text, nil
	case strings.HasPrefix(given, "@"):
		text, err := bounded.ReadFile(given[1:], maxCallArgs)
		if err != nil {
			return nil, exit.Fail(exit.Invalid, "", "reading the arguments: %w", err)
		}
		return text, nil
	case given == "":
		return nil, nil
	}
	return []byte(given), nil
}

func completeTools(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var names []string
	for _, s := range tools.Specs() {
		if strings.HasPrefix(s.Name, prefix) {
			names = append(names, s.Name+"\t"+s.Title)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

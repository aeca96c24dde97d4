package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
)

func newOutboxCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "outbox",
		Short: "See to writes to Notion that are not finished",
		Long: `List writes to Notion that were interrupted or refused, go on with one, or give it up.
A write that is gone on with first looks at what is there, so that nothing is written
twice. A server goes on with interrupted ones by itself when it starts.`,
		Example: `  counterfoil outbox list
  counterfoil outbox retry w_kdfjwplqnz_bqzmxkwpvtyhgnrdsalc`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var all bool
	list := &cobra.Command{
		Use: "list", Short: "List what is not finished, newest first, and why", Args: cobra.NoArgs,
		Example: `  counterfoil outbox list --json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.outbox(cmd.Context(), folder.OutboxRequest{Do: folder.OutboxList, All: all})
		},
	}
	list.Flags().BoolVar(&all, "all", false, "also what is done, undone and given up")
	cmd.AddCommand(list,
		&cobra.Command{
			Use: "retry ID", Short: "Go on with one where it stopped", Args: cobra.ExactArgs(1),
			Example: `  counterfoil outbox retry w_kdfjwplqnz_bqzmxkwpvtyhgnrdsalc`,
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.outbox(cmd.Context(), folder.OutboxRequest{Do: folder.OutboxRetry, ID: args[0]})
			},
		},
		&cobra.Command{
			Use: "abandon ID", Short: "Give one up; what it wrote stays, and is named", Args: cobra.ExactArgs(1),
			Example: `  counterfoil outbox abandon w_kdfjwplqnz_bqzmxkwpvtyhgnrdsalc`,
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.outbox(cmd.Context(), folder.OutboxRequest{Do: folder.OutboxAbandon, ID: args[0]})
			},
		})
	return cmd
}

// outbox runs one command, here or through the owner of the folder.
func (a *app) outbox(ctx context.Context, q folder.OutboxRequest) (err error) {
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	answer, err := b.Outbox(ctx, q)
	if err != nil {
		return err
	}
	if a.UI.JSON {
		return a.UI.Document(answer)
	}
	if len(answer.Rows) == 0 {
		a.UI.Notef("nothing is unfinished")
		return nil
	}
	var rows [][]string
	for _, r := range answer.Rows {
		rows = append(rows, []string{r.ID, r.Kind, r.State, console.Or(r.Why, "-"), r.Updated.UTC().Format(time.RFC3339), progressWords(r), console.Plain(r.Title)})
	}
	a.UI.Table([]string{"ID", "KIND", "STATE", "WHY", "SINCE", "ON THE PAGE", "TITLE"}, rows)
	return nil
}

// progressWords says what a write has left in Notion.
func progressWords(r folder.OutboxRow) string {
	if r.Page == "" {
		return "nothing known"
	}
	return fmt.Sprintf("%d new, %d trashed, page %s", r.Blocks, r.Replaced, r.Page)
}

package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
)

func newStoreCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store",
		Short: "Look after what is stored",
		Example: `  counterfoil store redact --dry-run
  counterfoil store redact`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var dryRun bool
	again := &cobra.Command{
		Use:   "redact",
		Short: "Pass stored text through a newer redactor",
		Long: `Pass text that was stored under an older version of the redactor, or under other
redaction settings, through the one of today: names of imported files and of accounts,
descriptions, merchants, counterparties, memos and categories, with what a search finds
them by. Changes are batches of their own, on record as any batch is, and can be
interrupted at any time: the next run goes on. What was read before can still be
replayed.`,
		Example: `  counterfoil store redact --dry-run
  counterfoil store redact`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.redactStored(cmd.Context(), dryRun) },
	}
	again.Flags().BoolVar(&dryRun, "dry-run", false, "only count what would change")
	cmd.AddCommand(again)
	return cmd
}

// redactStored runs steps until one has nothing to examine.
func (a *app) redactStored(ctx context.Context, dryRun bool) (err error) {
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	var total folder.RedactAnswer
	batches, next := []int64{}, a.Now().Add(progressEvery)
	for after := ""; ; {
		step, err := b.RedactStored(ctx, folder.RedactRequest{After: after, DryRun: dryRun})
		if err != nil {
			return err
		}
		total.Add(step.RedactCount)
		total.Names.Add(step.Names)
		if step.Batch != 0 {
			batches = append(batches, step.Batch)
		}
		if step.Examined+step.Names.Examined == 0 || dryRun {
			break
		}
		after = step.Last
		if now := a.Now(); now.After(next) {
			next = now.Add(progressEvery)
			a.UI.Notef("%d transactions examined, %d changed, %d left", total.Examined, total.Changed, total.Left)
		}
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"examined": total.Examined, "changed": total.Changed, "left": total.Left, "names": total.Names, "batches": batches, "dry_run": dryRun})
	}
	a.printRedacted(&total, dryRun)
	return nil
}

func (a *app) printRedacted(total *folder.RedactAnswer, dryRun bool) {
	verb := "changed"
	if dryRun {
		verb = "would change"
	}
	a.UI.Printf("%d transactions examined, %d %s, %d outdated\n", total.Examined, total.Changed, verb, total.Left)
	n := &total.Names
	a.UI.Printf("%d names of files and accounts examined, %d %s, %d outdated\n", n.Examined, n.Changed, verb, n.Left)
}

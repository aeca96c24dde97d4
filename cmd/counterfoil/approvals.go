package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/kek"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/approvals"
)

func newApprovalsCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "approvals",
		Short: "Answer calls that a policy wants the operator to approve",
		Long: `List, show, approve and deny the calls that wait for the operator. An approval is
signed with the operator's key, fits one exact call, is used once, and expires.

Keep the operator's key away from agents: an agent that runs as the same user of the
operating system could use a key that lies in the data folder.`,
		Example: `  counterfoil approvals list
  counterfoil approvals approve appr_4k2ltn6zq7xw3bvd --key /media/usb/operator.key`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List the calls that wait, oldest first", Args: cobra.NoArgs,
			Example: `  counterfoil approvals list --json`,
			RunE:    func(cmd *cobra.Command, _ []string) error { return a.withApprovals(cmd.Context(), a.approvalsList) },
		},
		&cobra.Command{
			Use: "show ID", Short: "Show one call in full: exactly what will happen", Args: cobra.ExactArgs(1),
			Example: `  counterfoil approvals show appr_4k2ltn6zq7xw3bvd`,
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.withApprovals(cmd.Context(), func(f *approvals.Folder) error { return a.approvalsShow(f, args[0]) })
			},
		},
		newAnswerCmd(a, approvals.Approve, "Let one call through, once"),
		newAnswerCmd(a, approvals.Deny, "Refuse one call"),
	)
	return cmd
}

func newAnswerCmd(a *app, answer approvals.Answer, short string) *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use: string(answer) + " ID", Short: short, Args: cobra.ExactArgs(1),
		Example: "  counterfoil approvals " + string(answer) + " appr_4k2ltn6zq7xw3bvd --key /media/usb/operator.key",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withApprovals(cmd.Context(), func(f *approvals.Folder) error { return a.approvalsAnswer(f, args[0], answer, key) })
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "the operator's key `file` (default: keys/operator.key in the data folder)")
	return cmd
}

// withApprovals opens the folder of approvals, beside a running server.
func (a *app) withApprovals(ctx context.Context, do func(*approvals.Folder) error) error {
	cfg, err := a.Config()
	if err != nil {
		return err
	}
	keys, err := kek.Open(a.Home, cfg, nil)
	if err != nil {
		return err
	}
	var s *storage.Shared
	if p := &cfg.Store.Postgres; p.Used() {
		if s, err = storage.OpenShared(ctx, a.Home, cfg, p.ReaderLogin(), false); err != nil {
			return err
		}
		defer s.Close()
	}
	f, err := storage.Approvals(a.Home, keys, s)
	if err != nil {
		return err
	}
	if f == nil {
		return exit.Fail(exit.NoKey, "counterfoil init makes one", "there is no operator's key, so nothing can be approved")
	}
	return do(f)
}

func (a *app) approvalsList(f *approvals.Folder) error {
	all, err := f.List(a.Now())
	if err != nil {
		return err
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"approvals": append([]approvals.Request{}, all...)})
	}
	if len(all) == 0 {
		a.UI.Notef("nothing waits for approval")
		return nil
	}
	var rows [][]string
	for _, r := range all {
		rows = append(rows, []string{r.ID, r.Principal, r.Tool, r.Expires.Format(time.RFC3339), r.Reason})
	}
	a.UI.Table([]string{"ID", "PRINCIPAL", "TOOL", "EXPIRES", "WHY"}, rows)
	return nil
}

func (a *app) approvalsShow(f *approvals.Folder, id string) error {
	r, err := f.Find(id, a.Now())
	if err != nil {
		return approvalError(err)
	}
	if a.UI.JSON {
		return a.UI.Document(r)
	}
	a.UI.Printf("id         %s\nprincipal  %s\ntool       %s\narguments  %s\nwhy        %s\nmade       %s\nexpires    %s\n",
		r.ID, console.Plain(r.Principal), r.Tool, console.Plain(r.Args), console.Plain(r.Reason), r.Made.Format(time.RFC3339), r.Expires.Format(time.RFC3339))
	if r.Preview != "" {
		a.UI.Printf("\nwhat it does\n")
		for line := range strings.Lines(r.Preview) {
			a.UI.Printf("  %s\n", console.Plain(strings.TrimRight(line, "\r\n")))
		}
	}
	return nil
}

func (a *app) approvalsAnswer(f *approvals.Folder, id string, answer approvals.Answer, key string) error {
	if key == "" {
		key = a.Data("keys", "operator.key")
	}
	signer, err := operatorSigner(key)
	if err != nil {
		return err
	}
	r, err := f.Give(id, answer, signer, a.Now())
	if err != nil {
		return approvalError(err)
	}
	said := map[approvals.Answer]string{approvals.Approve: "approved", approvals.Deny: "denied"}[answer]
	a.UI.Notef("%s one call of %s by %s", said, r.Tool, r.Principal)
	return nil
}

func approvalError(err error) error {
	switch {
	case errors.Is(err, approvals.ErrNotFound):
		return exit.Fail(exit.NotFound, "counterfoil approvals list shows what waits", "no such request waits")
	case errors.Is(err, approvals.ErrAnswered):
		return exit.Fail(exit.Conflict, "", "%w", err)
	case errors.Is(err, approvals.ErrSignature):
		return exit.Fail(exit.NoKey, "name the operator's key with --key", "this key is not the operator's")
	}
	return err
}

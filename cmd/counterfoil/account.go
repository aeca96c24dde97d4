package main

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/store"
)

// maxAccountName bounds an account's name in characters.
const maxAccountName = 100

func newAccountCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "account",
		Short: "List and rename accounts",
		Example: `  counterfoil account list
  counterfoil account rename acc_4k2ltn6zq7xw3bvd "Joint account"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use:     "list",
			Short:   "List the accounts",
			Example: "  counterfoil account list --json",
			Args:    cobra.NoArgs,
			RunE:    func(cmd *cobra.Command, _ []string) error { return a.listAccounts(cmd.Context()) },
		},
		&cobra.Command{
			Use:     "rename ID NAME",
			Short:   "Rename an account",
			Long:    "Rename an account. Models see the name: an account number in it is redacted.",
			Example: `  counterfoil account rename acc_4k2ltn6zq7xw3bvd "Joint account"`,
			Args:    cobra.ExactArgs(2),
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.renameAccount(cmd.Context(), args[0], args[1])
			},
		},
	)
	return cmd
}

func (a *app) renameAccount(ctx context.Context, id, name string) error {
	name = strings.Join(strings.Fields(console.Plain(name)), " ")
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxAccountName {
		return exit.Fail(exit.Usage, "", "a name has 1 to %d characters", maxAccountName)
	}
	return a.change(ctx, func(b books) (store.Batch, error) { return b.rename(ctx, id, name) })
}

// rename renames an account and puts that on record.
func (f *folder) rename(ctx context.Context, id, name string) (store.Batch, error) {
	redact, err := f.textRedactor(ctx, nil, func(string, string) {})
	if err != nil {
		return store.Batch{}, err
	}
	clean, err := redact(nil, []byte(name))
	if err != nil {
		return store.Batch{}, err
	}
	var b store.Batch
	err = f.changing(ctx, func(s store.Store) (err error) {
		b, err = s.RenameAccount(ctx, id, string(clean), f.rowEpoch(), f.app.Now())
		return err
	})
	if err != nil {
		return b, err
	}
	return b, f.recordChange(ctx)
}

// accountJSON is an account for machines. It has no more of the number than a
// model may see.
type accountJSON struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Currency string `json:"currency"`
	Token    string `json:"token,omitempty"`
	Last4    string `json:"last4,omitempty"`
	Owner    string `json:"owner,omitempty"`
	Count    int64  `json:"count"`
	First    string `json:"first,omitempty"`
	Last     string `json:"last,omitempty"`
}

func (a *app) listAccounts(ctx context.Context) (err error) {
	b, err := a.books(ctx, "")
	if err != nil {
		return err
	}
	defer closing(b, &err)
	accounts, err := b.accounts(ctx)
	if err != nil {
		return err
	}
	return a.printAccounts(accounts)
}

func (f *folder) accounts(ctx context.Context) ([]store.Account, error) {
	return storage.List(ctx, f.store, func(ctx context.Context, at store.Snapshot) ([]store.Account, error) {
		return f.store.Accounts(ctx, at, nil)
	})
}

func (a *app) printAccounts(accounts []store.Account) error {
	out := make([]accountJSON, len(accounts))
	rows := make([][]string, len(accounts))
	for i, acc := range accounts {
		out[i] = accountJSON{
			ID: acc.ID, Name: acc.Name, Kind: acc.Kind, Currency: acc.Currency,
			Token: acc.Token, Last4: acc.Last4, Owner: acc.Subject, Count: acc.Count,
		}
		if acc.Count > 0 {
			out[i].First, out[i].Last = acc.First.String(), acc.Last.String()
		}
		rows[i] = []string{
			acc.ID, acc.Name, acc.Kind, acc.Currency, console.OrDash(acc.Last4),
			strconv.FormatInt(acc.Count, 10), console.OrDash(out[i].First), console.OrDash(out[i].Last), console.OrDash(acc.Subject),
		}
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"accounts": out})
	}
	a.UI.Table([]string{"ID", "NAME", "KIND", "CURRENCY", "ENDING", "BOOKINGS", "FIRST", "LAST", "OWNER"}, rows)
	return nil
}

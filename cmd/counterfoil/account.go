package main

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
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
	return a.change(ctx, func(b folder.Books) (store.Batch, error) { return b.Rename(ctx, id, name) })
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
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	accounts, err := b.Accounts(ctx)
	if err != nil {
		return err
	}
	return a.printAccounts(accounts)
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

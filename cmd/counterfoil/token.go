package main

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/store"
)

func newTokenCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Add, list and revoke the bearer tokens of HTTP clients",
		Example: `  counterfoil token add laptop
  counterfoil token list`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTokenAddCmd(a), newTokenListCmd(a), newTokenRevokeCmd(a))
	return cmd
}

func newTokenAddCmd(a *app) *cobra.Command {
	var p config.Principal
	var replace bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a token, print it once, and store its hash in the config",
		Long: `Make a bearer token for a principal, adding the principal if it is new. The
token is printed to stdout once; the config keeps only its SHA-256.`,
		Example: `  counterfoil token add laptop
  counterfoil token add report-agent --role reader --account acc_4k2ltn6zq7xw3bvd
  counterfoil token add laptop --replace       # the old token stops working`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.Name = args[0]
			return a.tokenAdd(cmd, p, replace)
		},
	}
	cmd.Flags().StringSliceVar(&p.Roles, "role", nil, "`role` of a new principal (default reader)")
	cmd.Flags().StringSliceVar(&p.Scopes, "scope", nil, "name of a row `scope` that binds a new principal")
	cmd.Flags().StringSliceVar(&p.Accounts, "account", nil, "`id` of an account that a new principal may see (default all)")
	cmd.Flags().BoolVar(&replace, "replace", false, "replace the token that the principal has")
	return cmd
}

func (a *app) tokenAdd(cmd *cobra.Command, p config.Principal, replace bool) error {
	if !config.NameForm.MatchString(p.Name) {
		return exit.Fail(exit.Usage, "", "a name is %s", config.NameRule)
	}
	for _, word := range slices.Concat([]string{p.Name}, p.Roles, p.Scopes, p.Accounts) {
		if console.Safe(word) != word {
			return exit.Fail(exit.Usage, "choose another", "a name, role, scope or account looks like an account number or a credential: it would stand in the config and in every record")
		}
	}
	for _, id := range p.Accounts {
		if !strings.HasPrefix(id, config.AccountPrefix) {
			return exit.Fail(exit.Usage, accountsHint, "--account takes an account's id, which begins with %s", config.AccountPrefix)
		}
	}
	token, hash := config.NewToken()
	err := a.EditPrincipals(func(c *config.Config, list *yaml.Node) error {
		i := c.Find(p.Name)
		if i < 0 {
			return config.AppendPrincipal(list, p, hash)
		}
		if c.Principals[i].TokenSHA256 != "" && !replace {
			return exit.Fail(exit.Conflict, "add --replace to make a new one", "%s has a token already", p.Name)
		}
		if len(p.Roles)+len(p.Scopes)+len(p.Accounts) > 0 {
			return exit.Fail(exit.Usage, "edit its roles, scopes and accounts in the config", "%s exists already", p.Name)
		}
		config.SetField(list.Content[i], "token_sha256", scalar(hash))
		return nil
	})
	if err != nil {
		return err
	}
	if a.UI.JSON {
		err = a.UI.Document(map[string]string{"name": p.Name, "token": token})
	} else {
		a.UI.Printf("%s\n", token)
	}
	a.UI.Notef("this is the only time that the token of %s is shown", p.Name)
	err = errors.Join(err, folder.RecordConfig(cmd.Context(), a.Home))
	a.warnUnknown(cmd.Context(), p)
	return err
}

// accountsHint says where the ids of accounts are.
const accountsHint = "counterfoil account list shows the ids"

// warnUnknown says which accounts of a principal the store does not have: it would
// see nothing of them, and nobody would know why. An account may come with a later
// import, so it is no error.
func (a *app) warnUnknown(ctx context.Context, p config.Principal) {
	if len(p.Accounts) == 0 {
		return
	}
	known, err := a.accounts(ctx)
	if err != nil {
		a.UI.Warnf("whether there are the accounts of %s could not be looked up: %v", p.Name, err)
		return
	}
	for _, id := range p.Accounts {
		if !slices.ContainsFunc(known, func(acc store.Account) bool { return acc.ID == id }) {
			a.UI.Warnf("there is no account %s, so %s sees nothing of it; %s, and the principal's accounts stand in the config", sayID(id), p.Name, accountsHint)
		}
	}
}

// idForm is what the ids of accounts look like.
var idForm = regexp.MustCompile(`^acc_[a-z2-7]{16}$`)

// sayID is an id as it may be said: what has not its form may be an account number.
func sayID(id string) string {
	if idForm.MatchString(id) {
		return id
	}
	return exit.WithoutNumbers(id)
}

// accounts lists the accounts of the data folder.
func (a *app) accounts(ctx context.Context) (list []store.Account, err error) {
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return nil, err
	}
	defer folder.Closing(b, &err)
	return b.Accounts(ctx)
}

func scalar(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

// tokenEntry is one line of `token list`. It has the start of the hash, enough
// to tell two tokens apart.
type tokenEntry struct {
	Name     string   `json:"name"`
	Roles    []string `json:"roles"`
	Scopes   []string `json:"scopes"`
	Accounts []string `json:"accounts"`
	Token    string   `json:"token_sha256_prefix,omitempty"`
	Stdio    bool     `json:"stdio,omitempty"`
}

func newTokenListCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List principals and whether they have a token",
		Example: "  counterfoil token list --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.Config()
			if err != nil {
				return err
			}
			return a.printPrincipals(c)
		},
	}
}

func (a *app) printPrincipals(c *config.Config) error {
	entries := make([]tokenEntry, 0, len(c.Principals))
	rows := make([][]string, 0, len(c.Principals))
	for _, p := range c.Principals {
		e := tokenEntry{p.Name, list(p.Roles), list(p.Scopes), list(p.Accounts), p.TokenSHA256[:min(12, len(p.TokenSHA256))], p.Stdio}
		entries = append(entries, e)
		rows = append(rows, []string{
			e.Name, console.OrDash(strings.Join(e.Roles, ",")), console.OrDash(strings.Join(e.Scopes, ",")), console.Or(strings.Join(e.Accounts, ","), "all"),
			console.Or(e.Token, "none"), map[bool]string{true: "yes", false: "no"}[e.Stdio],
		})
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"principals": entries})
	}
	a.UI.Table([]string{"NAME", "ROLES", "SCOPES", "ACCOUNTS", "TOKEN", "STDIO"}, rows)
	return nil
}

// list makes JSON write [] for none.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func newTokenRevokeCmd(a *app) *cobra.Command {
	var remove bool
	cmd := &cobra.Command{
		Use:   "revoke NAME",
		Short: "Take a principal's token away",
		Long: `Take a principal's token away. A server that is running on this data folder
refuses it from then on.`,
		Example: `  counterfoil token revoke laptop
  counterfoil token revoke laptop --remove     # the principal too`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.EditPrincipals(revoke(args[0], remove)); err != nil {
				return err
			}
			a.UI.Notef("the token of %s is taken out of the config", args[0])
			return folder.RecordConfig(cmd.Context(), a.Home)
		},
	}
	cmd.Flags().BoolVar(&remove, "remove", false, "remove the principal from the config as well")
	return cmd
}

func revoke(name string, remove bool) func(*config.Config, *yaml.Node) error {
	return func(c *config.Config, list *yaml.Node) error {
		i := c.Find(name)
		switch {
		case i < 0:
			return exit.Fail(exit.NotFound, "counterfoil token list shows them", "there is no principal %s", exit.WithoutNumbers(name))
		case remove:
			list.Content = append(list.Content[:i], list.Content[i+1:]...)
			if len(list.Content) == 0 {
				list.Style |= yaml.FlowStyle
			}
		case c.Principals[i].TokenSHA256 == "":
			return exit.Fail(exit.NotFound, "", "%s has no token", name)
		default:
			config.SetField(list.Content[i], "token_sha256", nil)
		}
		return nil
	}
}

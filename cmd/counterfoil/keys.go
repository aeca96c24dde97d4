package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/internal/seal"
)

func newKeysCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "See, rotate and destroy the keys that seal the data",
		Long: `See, rotate, wrap anew and destroy keys. One key-encryption key wraps the data keys; a
data key seals one kind of data of one owner. Commands that change something work beside
a running server, which goes on answering, and each is on record in the log.
docs/keys.md explains all of it.`,
		Example: `  counterfoil keys status
  counterfoil keys rotate
  counterfoil keys rotate --kek`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newKeysStatusCmd(a), newKeysRotateCmd(a), newKeysRewrapCmd(a), newKeysDestroyCmd(a))
	return cmd
}

func newKeysStatusCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show every key, what wraps it, and what is under way",
		Long: `Ask the provider of the key-encryption key to wrap and unwrap a key that is thrown
away, and list the data keys: what for, whose, which generation, and what wraps them. No
key is shown. A retired key seals nothing new; it goes when all is sealed anew.`,
		Example: `  counterfoil keys status
  counterfoil keys status --json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.keysStatus() },
	}
}

func newKeysRotateCmd(a *app) *cobra.Command {
	r := folder.KeysRequest{Do: folder.KeysRotate}
	var kek, background bool
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Make new data keys and seal with them anew, or a new key-encryption key",
		Long: `Make the next generation of data keys, seal with it what is sealed under an older one,
and destroy the older one. Calls are answered all the while. Cut short, nothing is lost:
a server goes on by itself, and so does the next rotate. --finish only goes on.

Of the sealed content of records the older keys stay, because the log holds the hash of
what is sealed. Answers to approvals lapse by themselves, and their older key then goes.
Over PostgreSQL the older keys go with --finish, an hour after the rotation at the
earliest, so that every replica has stopped using them.

--kek makes a new key-encryption key instead and wraps the data keys by it. What they
seal stays as it is. Keys in a cloud KMS or an HSM are rotated there, then: keys rewrap.`,
		Example: `  counterfoil keys rotate
  counterfoil keys rotate --purpose vault --subject alice
  counterfoil keys rotate --kek`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if kek {
				if r.Purpose != "" || r.Subject != "" || r.Finish || background {
					return exit.Fail(exit.Usage, "", "--kek goes with no other flag")
				}
				return a.keysRewrap(cmd.Context(), folder.KeysRequest{Do: folder.KeysRotateKEK})
			}
			return a.keysRotate(cmd.Context(), r, background)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&kek, "kek", false, "make a new key-encryption key and wrap the data keys by it")
	flags.StringVar(&r.Purpose, "purpose", "", "only keys `for` this: vault, column, approval or sidecar")
	flags.StringVar(&r.Subject, "subject", "", "only keys of this `owner`")
	flags.BoolVar(&r.Finish, "finish", false, "make no new keys; go on with what was begun")
	flags.BoolVar(&background, "background", false, "leave the sealing to the server that is running")
	must(cmd.RegisterFlagCompletionFunc("purpose", cobra.FixedCompletions([]string{"vault", "column", "approval", "sidecar"}, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

func newKeysRewrapCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "rewrap",
		Short: "Wrap the data keys by the key-encryption key as it is now",
		Long: `Wrap every data key anew: after the key-encryption key was rotated at its provider, or
to move to another provider (keys.provider names the new one, keys.previous the old one).
What the data keys seal stays as it is. Cut short, it is run again.`,
		Example: "  counterfoil keys rewrap",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.keysRewrap(cmd.Context(), folder.KeysRequest{Do: folder.KeysRewrap})
		},
	}
}

func newKeysDestroyCmd(a *app) *cobra.Command {
	r := folder.KeysRequest{Do: folder.KeysDestroy}
	var yes bool
	cmd := &cobra.Command{
		Use:   "destroy --subject OWNER --yes",
		Short: "Destroy an owner's keys, for good",
		Long: `Destroy the keys of an owner (see store.owners), as audit erase does: what was sealed
for it never opens again, while the log verifies and proves as before. --purpose vault
only ends reveal, --purpose sidecar only the content of records. There is no way back;
copies of the keys, such as backups, have to be destroyed as well.`,
		Example: `  counterfoil keys destroy --subject alice --yes
  counterfoil keys destroy --subject alice --purpose vault --yes`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.Subject == "" {
				return exit.Fail(exit.Usage, "", "name the owner with --subject")
			}
			if !yes {
				return exit.Fail(exit.Usage, "add --yes if that is what you want", "this erases for good what was sealed for that owner")
			}
			return a.erase(cmd.Context(), r)
		},
	}
	cmd.Flags().StringVar(&r.Subject, "subject", "", "the `owner` whose keys are destroyed")
	cmd.Flags().StringVar(&r.Purpose, "purpose", "", "only keys `for` this: vault or sidecar")
	cmd.Flags().BoolVar(&yes, "yes", false, "destroy them")
	must(cmd.RegisterFlagCompletionFunc("purpose", cobra.FixedCompletions([]string{"vault", "sidecar"}, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

func (a *app) keysRewrap(ctx context.Context, r folder.KeysRequest) (err error) {
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	done, err := b.KeysDo(ctx, r)
	if err != nil {
		return err
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"rewrapped": done.Rewrapped, "wraps": done.Wrapper})
	}
	a.UI.Printf("%d keys are wrapped by %s\n", done.Rewrapped, done.Wrapper)
	return a.UI.Broken
}

func (a *app) keysRotate(ctx context.Context, r folder.KeysRequest, background bool) (err error) {
	if r.Purpose != "" && folder.Rotated[seal.Purpose(r.Purpose)] == "" {
		return exit.Fail(exit.Usage, "vault, column, approval or sidecar", "keys for that are not rotated")
	}
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	var done folder.KeysAnswer
	if !r.Finish {
		if done, err = b.KeysDo(ctx, r); err != nil {
			return err
		}
		if !a.UI.JSON {
			for _, k := range done.Rotated {
				a.UI.Printf("generation %d of the key for %s of %s\n", k.Generation, k.Purpose, console.Or(k.Subject, "the tenant"))
			}
		}
	}
	_, served := b.(*folder.Remote)
	if background && !served {
		a.UI.Notef("no server is running, so the sealing is done here")
	}
	if !background || !served {
		sealed, err := b.KeysDo(ctx, folder.KeysRequest{Do: folder.KeysReseal, Finish: r.Finish})
		if err != nil {
			return err
		}
		sealed.Rotated = done.Rotated
		done = sealed
	}
	if a.UI.JSON {
		return a.UI.Document(rotateJSON{
			Rotated: orNone(done.Rotated), Examined: done.Examined, Resealed: done.Resealed,
			Destroyed: orNone(done.Destroyed), Waiting: orNone(done.Waiting), Background: background && served,
		})
	}
	a.sayResealed(done, background && served)
	return a.UI.Broken
}

// rotateJSON is a rotation for machines.
type rotateJSON struct {
	Rotated    []folder.KeyLine `json:"rotated"`
	Examined   int              `json:"examined"`
	Resealed   int              `json:"resealed"`
	Destroyed  []folder.KeyLine `json:"destroyed"`
	Waiting    []folder.KeyLine `json:"waiting"` // older keys that stay for now
	Background bool             `json:"background"`
}

func (a *app) sayResealed(done folder.KeysAnswer, elsewhere bool) {
	if elsewhere {
		a.UI.Printf("the server seals anew in the background; counterfoil keys status shows it\n")
		return
	}
	a.UI.Printf("%d values looked at, %d sealed anew, %d older keys destroyed\n", done.Examined, done.Resealed, len(done.Destroyed))
	for _, k := range done.Waiting {
		a.UI.Notef("generation %d of the key for %s of %s stays: %s", k.Generation, k.Purpose, console.Or(k.Subject, "the tenant"), k.Why)
	}
}

// erase destroys a subject's keys and says under which pseudonym that is on
// record.
func (a *app) erase(ctx context.Context, r folder.KeysRequest) (err error) {
	if r.Purpose != "" && r.Purpose != string(seal.PurposeVault) && r.Purpose != string(seal.PurposeSidecar) {
		return exit.Fail(exit.Usage, "vault or sidecar", "keys for that are only destroyed with all of an owner's")
	}
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	done, err := b.KeysDo(ctx, r)
	if err != nil {
		return err
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]string{"erased": done.Erased})
	}
	a.UI.Printf("erased: subject %s\n", done.Erased)
	return a.UI.Broken
}

// orNone makes an empty list of none, for JSON.
func orNone(list []folder.KeyLine) []folder.KeyLine { return append([]folder.KeyLine{}, list...) }

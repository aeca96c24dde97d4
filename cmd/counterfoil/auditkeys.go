package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
)

func newAuditEraseCmd(a *app) *cobra.Command {
	var subject string
	cmd := &cobra.Command{
		Use:   "erase --subject ID",
		Short: "Destroy a subject's keys, for good",
		Long: `Destroy the keys of a subject (an owner in store.owners). The content of every
record about it can then never be read again, while the log verifies and proves as
before; replay says "erased". Two records are left: that it was begun, and done. They
hold a pseudonym, not the subject. There is no way back; copies of the keys, such as
backups, have to be destroyed as well.`,
		Example: "  counterfoil audit erase --subject alice",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.auditErase(cmd.Context(), subject) },
	}
	cmd.Flags().StringVar(&subject, "subject", "", "`id` of the subject")
	return cmd
}

func (a *app) auditErase(ctx context.Context, subject string) error {
	if subject == "" {
		return exit.Fail(exit.Usage, "", "name the subject with --subject")
	}
	return a.erase(ctx, folder.KeysRequest{Do: folder.KeysDestroy, Subject: subject})
}

// operatorSigner reads an operator's private key.
func operatorSigner(path string) (note.Signer, error) {
	if path == "" {
		return nil, exit.Fail(exit.Usage, "", "name the operator's private key with --operator-key")
	}
	text, err := bounded.ReadFile(path, maxNoteFile)
	if err != nil {
		return nil, exit.Fail(exit.NoKey, "", "reading the operator's key: %w", err)
	}
	s, err := note.NewSigner(strings.TrimSpace(string(text)))
	if err != nil { // whose text would quote the key
		return nil, exit.Fail(exit.NoKey, "", "the operator's key is not readable")
	}
	return s, nil
}

func newAuditRotateCmd(a *app) *cobra.Command {
	var operator string
	cmd := &cobra.Command{
		Use:   "rotate --operator-key FILE",
		Short: "Replace the key that signs the log",
		Long: `Make a new signing key. The rotation is the last record under the old key and is
signed by the operator, so that whoever pins the old key and the operator's can follow.
It prints the new verifier key, which auditors have to be given. Over PostgreSQL the
other replicas go on with their calls, but sign nothing more: give each the new
keys/log.key and keys/log.pub, and restart it.`,
		Example: "  counterfoil audit rotate --operator-key /media/usb/operator.key",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			signer, err := operatorSigner(operator)
			if err != nil {
				return err
			}
			f, err := folder.Take(cmd.Context(), a.Home)
			if err != nil {
				return err
			}
			defer f.Closing(&err)
			key, err := f.Log.Rotate(cmd.Context(), signer, nil, "")
			if err != nil {
				return auditor.WithHint(a.Home, err)
			}
			if a.UI.JSON {
				return a.UI.Document(map[string]string{"key": key})
			}
			a.UI.Printf("%s\n", key)
			return a.UI.Broken
		},
	}
	cmd.Flags().StringVar(&operator, "operator-key", "", "`file` with the operator's private key")
	return cmd
}

func newAuditRestoreCmd(a *app) *cobra.Command {
	var operator string
	cmd := &cobra.Command{
		Use:   "restore --operator-key FILE",
		Short: "Approve that the log continues from a backup",
		Long: `After a backup was put back, the log is older than log/head or an anchor has seen,
and opening it refuses. This approves that one rollback, with a record that the
operator signs. What was recorded since the backup is lost; the record says that it
was. Witnesses do not forget: with them a restored log needs a new origin. Over
PostgreSQL it is the database that was put back; stop all replicas first.`,
		Example: "  counterfoil audit restore --operator-key /media/usb/operator.key",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.auditRestore(cmd.Context(), operator) },
	}
	cmd.Flags().StringVar(&operator, "operator-key", "", "`file` with the operator's private key")
	return cmd
}

func (a *app) auditRestore(ctx context.Context, operator string) error {
	signer, err := operatorSigner(operator)
	if err != nil {
		return err
	}
	cfg, err := a.Config()
	if err != nil {
		return err
	}
	logCfg, err := storage.LogConfig(a.Home, cfg)
	if err != nil {
		return err
	}
	var rollback *audit.RollbackError
	if cfg.Store.Postgres.Used() {
		rollback, err = a.restoreShared(ctx, cfg, logCfg, signer)
	} else {
		rollback, err = restoreLog(ctx, logCfg, signer)
	}
	if err != nil {
		return auditor.WithHint(a.Home, err)
	}
	if rollback == nil {
		return exit.Fail(exit.Conflict, "", "there is nothing to restore: the log is what was last seen")
	}
	a.UI.Notef("the log continues from %d records; %s had seen %d", rollback.Have.Size, rollback.Name, rollback.Seen.Size)
	return nil
}

// restoreLog approves the rollback that keeps the log from being opened, and
// opens it. It returns nil if there is none.
func restoreLog(ctx context.Context, cfg audit.Config, operator note.Signer) (*audit.RollbackError, error) {
	l, err := audit.Open(ctx, cfg)
	if err == nil {
		return nil, l.Close()
	}
	var rollback *audit.RollbackError
	if !errors.As(err, &rollback) {
		return nil, err
	}
	if cfg.Restore, err = audit.SignRestore(rollback, operator); err != nil {
		return nil, err
	}
	if l, err = audit.Open(ctx, cfg); err != nil {
		return nil, err
	}
	if err := l.Close(); err != nil {
		return nil, fmt.Errorf("closing the log: %w", err)
	}
	return rollback, nil
}

// restoreShared is restoreLog for a log in PostgreSQL.
func (a *app) restoreShared(ctx context.Context, cfg *config.Config, logCfg audit.Config, operator note.Signer) (*audit.RollbackError, error) {
	s, err := storage.OpenShared(ctx, a.Home, cfg, cfg.Store.Postgres.ReaderLogin(), false)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return audit.RestorePostgres(ctx, s.Pool, logCfg, operator)
}

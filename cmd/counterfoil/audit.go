package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/store"
)

// maxNoteFile bounds a key, checkpoint or note that a flag names, in bytes.
const maxNoteFile = 64 << 10

func newAuditCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Verify, read, prove and export the log",
		Long: `Verify, read, prove and export the log. All but erase, rotate and restore read
without a lock, so that they work while a server runs, on a copy, and offline.`,
		Example: `  counterfoil audit list --decision deny
  counterfoil audit verify --store`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAuditVerifyCmd(a), newAuditListCmd(a), newAuditShowCmd(a),
		newAuditProveCmd(a), newAuditCheckProofCmd(a), newAuditExportCmd(a), newAuditTilesCmd(a),
		newAuditReplayCmd(a), newAuditBacktestCmd(a), newAuditChangesCmd(a),
		newAuditEraseCmd(a), newAuditRotateCmd(a), newAuditRestoreCmd(a))
	return cmd
}

// verifyFlags are the flags of `audit verify`.
type verifyFlags struct {
	keys, witnesses, evidence []string
	operator, since, out      string
	every, withStore          bool
	acceptCuts                []int64
}

func newAuditVerifyCmd(a *app) *cobra.Command {
	var v verifyFlags
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Verify the whole log",
		Long: `Verify the log: framing, canonical form, every hash and root, signatures, and
consistency with the checkpoints given from outside. Exits with 0 only if all of it
holds and there was something to verify; 7 if not.

Pin the log's key with --key. Without it the key in the data folder is used, which
proves nothing against someone who could write there.`,
		Example: `  counterfoil audit verify --key log.pub --operator operator.pub
  counterfoil audit verify --key log.pub --since yesterday.checkpoint --save today.checkpoint
  counterfoil audit verify --key log.pub --evidence /mnt/other/anchor --every-signature --store`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.auditVerify(cmd.Context(), &v) },
	}
	keyFlags(cmd, &v.keys, &v.operator, &v.witnesses)
	cmd.Flags().StringVar(&v.since, "since", "", "signed checkpoint `file` from an earlier verification: the log must extend it")
	cmd.Flags().StringArrayVar(&v.evidence, "evidence", nil, "checkpoint `file` from outside the folder, such as a file anchor; may be given more than once")
	cmd.Flags().BoolVar(&v.every, "every-signature", false, "check the signature of every checkpoint, not only of the last one of each key")
	cmd.Flags().BoolVar(&v.withStore, "store", false, "recompute the digest of every recorded batch from the store")
	cmd.Flags().Int64SliceVar(&v.acceptCuts, "accept-cut", nil, "`index` of the record of a recovery's cut that was looked into")
	cmd.Flags().StringVar(&v.out, "save", "", "`file` to write the verified checkpoint to, for the next --since")
	return cmd
}

func keyFlags(cmd *cobra.Command, keys *[]string, operator *string, witnesses *[]string) {
	cmd.Flags().StringArrayVar(keys, "key", nil, "pinned verifier `key` of the log, or a file with it; may be given more than once")
	if operator != nil {
		cmd.Flags().StringVar(operator, "operator", "", "pinned verifier `key` of the operator, or a file with it")
	}
	cmd.Flags().StringArrayVar(witnesses, "witness", nil, "pinned verifier `key` of a witness, or a file with it; may be given more than once")
}

// keyOrFile reads a key that a flag gives as itself or as a file.
func keyOrFile(value string) (string, error) {
	if strings.Contains(value, "+") {
		if _, err := os.Stat(value); err != nil {
			return value, nil
		}
	}
	text, err := bounded.ReadFile(value, maxNoteFile)
	if err != nil {
		return "", exit.Fail(exit.Usage, "a key looks like NAME+ID+BASE64", "reading a key: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

func keysOrFiles(values []string) ([]string, error) {
	out := make([]string, 0, len(values))
	for _, v := range values {
		key, err := keyOrFile(v)
		if err != nil {
			return nil, err
		}
		out = append(out, key)
	}
	return out, nil
}

// pinnedKeys are the keys of --key, else the one in the data folder, with a
// warning.
func (a *app) pinnedKeys(values []string) ([]string, error) {
	if len(values) > 0 {
		return keysOrFiles(values)
	}
	key, err := audit.ReadKey(a.Data("keys", "log.pub"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Fail(exit.Usage, "pin the log's key with --key, or name the log's folder with --data", "there is no key to verify with: the data folder has none")
	}
	if err != nil {
		return nil, err
	}
	a.UI.Warnf("the key is the data folder's own: pin the one you were given with --key")
	return []string{key}, nil
}

func (a *app) auditVerify(ctx context.Context, v *verifyFlags) error {
	auditor.ScanLong()
	opt := audit.VerifyOptions{Dir: a.DataDir, EverySignature: v.every, AcceptCuts: v.acceptCuts}
	if err := a.verifyInputs(v, &opt); err != nil {
		return err
	}
	cfg, err := auditor.SharedConfig(a.Home)
	if err != nil {
		return err
	}
	if v.withStore {
		s, err := a.storeToVerify(ctx, cfg)
		if errors.Is(err, folder.ErrStoreBehind) {
			return exit.Fail(exit.CheckFailed, "without --store the log alone is verified", "%w", err)
		}
		if err != nil {
			return err
		}
		defer s.Close()
		if err := checkFile(ctx, s); err != nil {
			return err
		}
		opt.Each = storeCheck(ctx, s)
	}
	report, err := a.verifyLog(ctx, cfg, opt)
	if err != nil && report == nil {
		return err
	}
	var saving error
	if err == nil && v.out != "" {
		if saving = os.WriteFile(v.out, []byte(report.Checkpoint), 0o600); saving != nil {
			saving = exit.Fail(exit.Usage, "", "writing --save: %w", saving)
		}
	}
	if printErr := a.printVerified(report); printErr != nil {
		return printErr
	}
	return cmp.Or(saving, auditor.WithHint(a.Home, err))
}

// verifyLog verifies the folder's log, or with a config the one it names.
func (a *app) verifyLog(ctx context.Context, cfg *config.Config, opt audit.VerifyOptions) (*audit.Report, error) {
	if cfg == nil {
		return audit.Verify(ctx, opt)
	}
	s, err := storage.OpenShared(ctx, a.Home, cfg, cfg.Store.Postgres.AuditLogin(), true)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return audit.VerifyPostgres(ctx, s.Pool, opt)
}

// storeToVerify opens what --store compares the log with. Over PostgreSQL the
// auditor's login suffices.
func (a *app) storeToVerify(ctx context.Context, cfg *config.Config) (verifiable, error) {
	if cfg == nil {
		f, err := folder.OpenToRead(ctx, a.Home)
		if err != nil {
			return nil, err
		}
		return folderStore{f.Store, f}, nil
	}
	return storage.OpenPostgres(ctx, a.Home, cfg, cfg.Store.Postgres.AuditLogin(), nil)
}

// verifiable is a store whose batches can be digested again.
type verifiable interface {
	RowsDigest(ctx context.Context, batch int64) ([32]byte, error)
	Close() error
}

// folderStore is a store that is closed with its folder.
type folderStore struct {
	store.Store
	folder *folder.Folder
}

// Close closes the folder.
func (s folderStore) Close() error { return s.folder.Close() }

func (a *app) verifyInputs(v *verifyFlags, opt *audit.VerifyOptions) (err error) {
	if opt.Keys, err = a.pinnedKeys(v.keys); err != nil {
		return err
	}
	if opt.Witnesses, err = keysOrFiles(v.witnesses); err != nil {
		return err
	}
	// With the log's key pinned, an operator's key from the folder would be an
	// attacker's way in.
	switch {
	case v.operator != "":
		opt.Operator, err = keyOrFile(v.operator)
	case len(v.keys) == 0:
		opt.Operator, err = storage.OperatorKey(a.Home)
	}
	if err != nil {
		return err
	}
	if v.since != "" {
		if opt.Since, err = bounded.ReadFile(v.since, maxNoteFile); err != nil {
			return exit.Fail(exit.Usage, "", "reading --since: %w", err)
		}
	}
	for _, name := range v.evidence {
		text, err := bounded.ReadFile(name, maxNoteFile)
		if err != nil {
			return exit.Fail(exit.Usage, "", "reading --evidence: %w", err)
		}
		opt.Evidence = append(opt.Evidence, audit.Evidence{Name: name, Note: text})
	}
	return nil
}

// checkFile looks through a store that is a file for damage of which digests tell nothing.
func checkFile(ctx context.Context, s verifiable) error {
	f, ok := s.(folderStore)
	if !ok {
		return nil
	}
	if file, ok := f.Store.(interface{ Check(context.Context) error }); ok {
		if err := file.Check(ctx); err != nil {
			return fmt.Errorf("%w: %w", audit.ErrStore, err)
		}
	}
	return nil
}

// storeCheck compares every recorded batch with the store.
func storeCheck(ctx context.Context, s verifiable) func(int64, *audit.Record) error {
	return func(_ int64, r *audit.Record) error {
		if r.Phase != audit.PhaseEvent || r.Event != audit.EventBatch {
			return nil
		}
		sum, err := s.RowsDigest(ctx, r.Batch)
		if err != nil {
			return fmt.Errorf("batch %d could not be read: %w", r.Batch, err)
		}
		if fmt.Sprintf("%x", sum) != r.RowsDigest {
			return fmt.Errorf("batch %d of the store is not the one on record", r.Batch)
		}
		return nil
	}
}

func (a *app) printVerified(r *audit.Report) error {
	for _, w := range r.Warnings {
		a.UI.Warnf("%s", w)
	}
	if a.UI.JSON {
		return a.UI.Document(r)
	}
	a.UI.Printf("%s\n", console.Plain(r.Statement))
	if r.Problem != "" {
		return a.UI.Broken
	}
	a.UI.Printf("log         %s\nrecords     %d in %d batches, %d bytes\nroot        %s\nsignatures  %d checked\n",
		console.Plain(r.Origin), r.Records, r.Batches, r.Bytes, r.Root, r.Signatures)
	for _, k := range r.Keys {
		a.UI.Printf("key         %s for records %d to %d (%s)\n", k.ID, k.From, k.To-1, console.Or(k.Trust, "covered by a later key"))
	}
	for _, e := range r.Evidence {
		a.UI.Printf("evidence    %s at %d, signed by %s\n", console.Plain(e.Name), e.Size, console.Plain(e.By))
	}
	for _, c := range r.Cuts {
		a.UI.Printf("cut         at %d, accepted: %v\n", c.Index, c.Accepted)
	}
	for _, i := range r.Erasures {
		a.UI.Printf("erasure     at %d\n", i)
	}
	return a.UI.Broken
}

// readFileOrStdin reads a file, or standard input for "-".
func (a *app) readFileOrStdin(name string, limit int64) ([]byte, error) {
	if name != "-" {
		return bounded.ReadFile(name, limit)
	}
	data, err := io.ReadAll(io.LimitReader(a.Stdin, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("standard input is longer than %d bytes", limit)
	}
	return data, err
}

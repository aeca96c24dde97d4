package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/kek"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/tools"
)

// maxProofFile bounds a proof bundle, in bytes; package audit bounds it again.
const maxProofFile = 32 << 20

func newAuditProveCmd(a *app) *cobra.Command {
	var open []string
	var out string
	cmd := &cobra.Command{
		Use:   "prove INDEX|CALL",
		Short: "Write a proof that a record is in the log",
		Long: `Write a proof bundle (C2SP tlog-proof) for one record: the record, its inclusion
proof, and the signed checkpoint with its cosignatures. --open discloses what a salted
commitment stands for: received_digest and result_digest, from the record's sealed
content; every other field stays closed.`,
		Example: `  counterfoil audit prove 42 --out call-42.tlog-proof
  counterfoil audit prove 42 --open result_digest > call-42.tlog-proof`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.auditProve(cmd.Context(), args[0], open, out)
		},
	}
	cmd.Flags().StringSliceVar(&open, "open", nil, "`fields` to disclose, such as args_digest,result_digest")
	cmd.Flags().StringVar(&out, "out", "", "`file` to write instead of standard output; it must not exist")
	must(cmd.RegisterFlagCompletionFunc("open", cobra.FixedCompletions([]string{"received_digest", "result_digest"}, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

func (a *app) auditProve(ctx context.Context, which string, open []string, out string) error {
	r, err := auditor.OpenLog(ctx, a.Home)
	if err != nil {
		return err
	}
	defer r.Close()
	items, err := findRecords(r.Reader, which)
	if err != nil {
		return auditor.WithHint(a.Home, err)
	}
	it := items[len(items)-1] // of a call, the outcome
	var openings []audit.Opening
	if len(open) > 0 {
		if openings, err = a.openFields(it, open); err != nil {
			return err
		}
	}
	bundle, err := a.prove(ctx, r, it.Index, openings)
	if err != nil {
		return auditor.WithHint(a.Home, err)
	}
	if out == "" {
		a.UI.Raw(bundle)
		return a.UI.Broken
	}
	file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return exit.Fail(exit.Usage, "", "creating --out: %w", err)
	}
	_, err = file.Write(bundle)
	return errors.Join(err, file.Close())
}

// prove makes the bundle. Cosignatures are kept beside the folder's own log.
func (a *app) prove(ctx context.Context, r *auditor.Log, index int64, openings []audit.Opening) ([]byte, error) {
	if r.Shared == nil {
		return audit.Prove(ctx, a.DataDir, index, openings)
	}
	return r.Prove(ctx, index, openings, nil)
}

// openFields opens the sealed content of a record and the fields asked for.
func (a *app) openFields(it *audit.Item, fields []string) ([]audit.Opening, error) {
	if it.Sidecar == nil {
		return nil, exit.Fail(exit.NotFound, "", "record %d has no sealed content", it.Index)
	}
	cfg, err := a.Config()
	if err != nil {
		return nil, err
	}
	keys, err := kek.Open(a.Home, cfg, nil)
	if err != nil {
		return nil, err
	}
	content, err := tools.Disclose(keys, it.Record, it.Sidecar)
	if err != nil {
		return nil, fmt.Errorf("opening the content of record %d: %w", it.Index, err)
	}
	var openings []audit.Opening
	for _, field := range fields {
		data, ok := content.Fields[field]
		if !ok {
			return nil, exit.Fail(exit.Usage, "of a call with a result, received_digest, args_digest and result_digest can be opened", "%s cannot be opened", strconv.Quote(field))
		}
		openings = append(openings, audit.NewOpening(content.Salt, field, data))
	}
	return openings, nil
}

func newAuditCheckProofCmd(a *app) *cobra.Command {
	var keys, witnesses []string
	var quorum int
	var receipt string
	cmd := &cobra.Command{
		Use:   "check-proof FILE",
		Short: "Check a proof bundle, with nothing but pinned keys",
		Long: `Check a proof bundle: signature, inclusion, canonical form, every opening, and the
cosignatures of pinned witnesses. It needs no data folder and no network. --receipt
also checks that it is the record that a caller's receipt speaks of. FILE may be -.`,
		Example: `  counterfoil audit check-proof call-42.tlog-proof --key log.pub
  counterfoil audit check-proof call-42.tlog-proof --key log.pub --witness witness.pub --quorum 1 --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.auditCheckProof(args[0], keys, witnesses, quorum, receipt)
		},
	}
	keyFlags(cmd, &keys, nil, &witnesses)
	cmd.Flags().IntVar(&quorum, "quorum", 0, "the `number` of pinned witnesses that must have cosigned")
	cmd.Flags().StringVar(&receipt, "receipt", "", "`file` with a receipt, as in a result's _meta or the output of call")
	return cmd
}

func (a *app) auditCheckProof(name string, keys, witnesses []string, quorum int, receipt string) error {
	bundle, err := a.readFileOrStdin(name, maxProofFile)
	if err != nil {
		return exit.Fail(exit.Usage, "", "reading the proof: %w", err)
	}
	pinned, err := a.pinnedKeys(keys)
	if err != nil {
		return err
	}
	if witnesses, err = keysOrFiles(witnesses); err != nil {
		return err
	}
	p, err := audit.CheckProof(bundle, pinned, witnesses, quorum)
	if err == nil && receipt != "" {
		err = checkReceipt(p, receipt)
	}
	if err != nil {
		return auditor.WithHint(a.Home, err)
	}
	if a.UI.JSON {
		return a.UI.Document(p)
	}
	a.printProof(p)
	return a.UI.Broken
}

func checkReceipt(p *audit.Proof, name string) error {
	text, err := bounded.ReadFile(name, maxNoteFile)
	if err != nil {
		return exit.Fail(exit.Usage, "", "reading the receipt: %w", err)
	}
	var outer struct {
		Receipt json.RawMessage `json:"receipt"`
	}
	if json.Unmarshal(text, &outer) == nil && outer.Receipt != nil {
		text = outer.Receipt
	}
	var r audit.Receipt
	if json.Unmarshal(text, &r) != nil {
		return exit.Fail(exit.Input, "", "the receipt is not readable")
	}
	return p.MatchesReceipt(r)
}

func (a *app) printProof(p *audit.Proof) {
	r := p.Record
	a.UI.Printf("record %d of %s is proven, in the log of %d records signed by key %s\n", p.Index, console.Plain(p.Checkpoint.Origin), p.Checkpoint.Size, p.Key)
	a.UI.Printf("time %s, %s %s, decision %s, %d rows\n", r.Time.Format("2006-01-02 15:04:05"), subjectOf(r), r.Phase, console.OrDash(r.Decision), r.Rows)
	for _, o := range p.Openings {
		a.UI.Printf("%s opens to %d bytes:\n%s\n", o.Field, len(o.Data), console.Plain(string(o.Data)))
	}
	for _, c := range p.Cosignatures {
		a.UI.Printf("cosigned by %s at %s\n", console.Plain(c.Witness), c.Time.Format("2006-01-02 15:04:05"))
	}
	if p.Unchecked > 0 {
		a.UI.Notef("signatures of keys that are not pinned, which say nothing: %d", p.Unchecked)
	}
	if len(p.Cosignatures) == 0 {
		a.UI.Notef("no pinned witness has cosigned: only the log's own key vouches for it")
	}
}

// subjectOf is the tool of a call, or the event.
func subjectOf(r *audit.Record) string {
	if r.Phase == audit.PhaseEvent {
		return "@" + r.Event
	}
	return console.Or(r.Tool, "unknown tool")
}

func newAuditTilesCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "tiles DIR",
		Short: "Export the log as C2SP tlog-tiles, for serving",
		Long: `Write the log's checkpoint, Merkle tiles and entry bundles to DIR in the layout of
C2SP tlog-tiles, so that any file server can serve them and any monitor can follow the
log. Run again, it adds what is new. Entries hold salted commitments, no content.`,
		Example: "  counterfoil audit tiles /srv/www/log",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.exportTiles(cmd.Context(), args[0])
			if err != nil {
				return auditor.WithHint(a.Home, err)
			}
			if a.UI.JSON {
				return a.UI.Document(map[string]any{"origin": c.Origin, "size": c.Size, "root": c.Root.String()})
			}
			a.UI.Printf("%s", strings.TrimSpace(fmt.Sprintf("%d records in %s", c.Size, args[0]))+"\n")
			return a.UI.Broken
		},
	}
}

func (a *app) exportTiles(ctx context.Context, dir string) (*audit.Checkpoint, error) {
	r, err := auditor.OpenLog(ctx, a.Home)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if err := os.MkdirAll(dir, durable.DirMode); err != nil {
		return nil, exit.Fail(exit.Usage, "", "making the folder for the tiles: %w", err)
	}
	if r.Shared == nil {
		return audit.ExportTiles(ctx, a.DataDir, dir)
	}
	return r.ExportTiles(ctx, dir, nil)
}

package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// epochBits is room for the changes of a config within one version of the
// redactor.
const epochBits = 32

// rowEpoch is the epoch under which text is stored now. It rises with the
// detectors of the program and with what the config says about redaction.
func (f *folder) rowEpoch() int64 {
	f.records.Lock()
	defer f.records.Unlock()
	return redact.Version<<epochBits | f.recorded.Epoch
}

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

type redactRequest struct {
	After  string `json:"after"`
	DryRun bool   `json:"dry_run"`
}

// redactAnswer is what a step came to. Of a dry run, which is one step, it says
// what would change.
type redactAnswer struct {
	redactCount        // of transactions
	Batch       int64  `json:"batch"`
	Last        string `json:"last"`
	// Names are those of files and accounts.
	Names redactCount `json:"names"`
}

type redactCount struct {
	Examined int64 `json:"examined"`
	Changed  int64 `json:"changed"`
	Left     int64 `json:"left"` // outdated after it
}

// add adds a later step.
func (c *redactCount) add(step redactCount) {
	c.Examined += step.Examined
	c.Changed += step.Changed
	c.Left = step.Left
}

// redactStored runs steps until one has nothing to examine.
func (a *app) redactStored(ctx context.Context, dryRun bool) (err error) {
	b, err := a.books(ctx, "")
	if err != nil {
		return err
	}
	defer closing(b, &err)
	var total redactAnswer
	batches, next := []int64{}, a.Now().Add(progressEvery)
	for after := ""; ; {
		step, err := b.redactStored(ctx, redactRequest{after, dryRun})
		if err != nil {
			return err
		}
		total.add(step.redactCount)
		total.Names.add(step.Names)
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

func (a *app) printRedacted(total *redactAnswer, dryRun bool) {
	verb := "changed"
	if dryRun {
		verb = "would change"
	}
	a.UI.Printf("%d transactions examined, %d %s, %d outdated\n", total.Examined, total.Changed, verb, total.Left)
	n := &total.Names
	a.UI.Printf("%d names of files and accounts examined, %d %s, %d outdated\n", n.Examined, n.Changed, verb, n.Left)
}

// redactStored makes one step, and puts its batch on record.
func (f *folder) redactStored(ctx context.Context, r redactRequest) (out redactAnswer, err error) {
	var found []store.Sealed
	var subject string
	var failed error
	clean, err := f.textRedactor(ctx, nil, func(token, value string) {
		sealed, err := f.seal(subject, token, value)
		if err != nil {
			failed = err
			return
		}
		found = append(found, sealed)
	})
	if err != nil {
		return out, err
	}
	text := func(owner, text string, most int) (string, []store.Sealed, error) {
		subject, found = owner, nil
		got, err := clean(nil, []byte(text))
		if err == nil {
			err = failed
		}
		return ingest.Cut(string(got), most), found, err
	}
	if r.DryRun {
		return f.countOutdated(ctx, text)
	}
	var done store.Redacted
	f.sealing.RLock()
	defer f.sealing.RUnlock()
	err = f.changing(ctx, func(s store.Store) (err error) {
		done, err = s.Redact(ctx, store.Redaction{Epoch: f.rowEpoch(), After: r.After, Limit: store.MaxPage, At: f.app.Now(), Text: text})
		return err
	})
	if err != nil {
		return out, err
	}
	if done.Collisions > 0 {
		f.app.UI.Warnf("%d values share a token with another one; neither is ever shown", done.Collisions)
	}
	if err := f.recordChange(ctx); err != nil {
		return out, err
	}
	left, err := f.store.Outdated(ctx, f.rowEpoch())
	return redactAnswer{redactCount{done.Examined, done.Batch.Added, left.Transactions}, done.Batch.Number, done.Last,
		redactCount{done.Names, done.Renamed, left.Names}}, err
}

// cleanText is store.Redaction.Text.
type cleanText func(subject, text string, most int) (string, []store.Sealed, error)

// countOutdated counts what a redaction would change.
func (f *folder) countOutdated(ctx context.Context, text cleanText) (out redactAnswer, err error) {
	left, err := f.store.Outdated(ctx, f.rowEpoch())
	if err != nil {
		return out, err
	}
	out.Left, out.Names.Left = left.Transactions, left.Names
	at, err := f.store.Snapshot(ctx)
	if err == nil && left.Names > 0 {
		err = f.countNames(ctx, at, text, &out.Names)
	}
	if err != nil || left.Transactions == 0 {
		return out, err
	}
	for tx, err := range f.store.Each(ctx, at, store.Filter{}, 1<<62) {
		if err == nil {
			err = out.count(text, tx.Description, tx.Merchant, tx.Counterparty, tx.Memo, tx.Category)
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// countNames counts what a redaction would change of names of files and accounts.
func (f *folder) countNames(ctx context.Context, at store.Snapshot, text cleanText, names *redactCount) error {
	accounts, err := f.store.Accounts(ctx, at, nil)
	if err != nil {
		return err
	}
	for i := range accounts {
		if err := names.count(text, accounts[i].Name); err != nil {
			return err
		}
	}
	for before := int64(0); ; {
		page, err := f.store.Batches(ctx, at, before, batchPage)
		if err != nil {
			return err
		}
		for i := range page {
			if before = page[i].Number; page[i].Source == "" {
				continue
			}
			if err := names.count(text, page[i].Source); err != nil {
				return err
			}
		}
		if len(page) < batchPage {
			return nil
		}
	}
}

// count counts something by its texts.
func (c *redactCount) count(text cleanText, texts ...string) error {
	c.Examined++
	for _, t := range texts {
		clean, _, err := text("", t, len(t))
		if err != nil {
			return err
		}
		if clean != t {
			c.Changed++
			return nil
		}
	}
	return nil
}

// sayOutdated tells the operator of a server that stored text is outdated.
func (f *folder) sayOutdated(ctx context.Context) error {
	n, err := f.store.Outdated(ctx, f.rowEpoch())
	if err == nil && n != (store.Outdated{}) {
		f.app.UI.Notef("%d transactions and %d names of files and accounts were stored under an older redactor; counterfoil store redact passes them through the new one (results pass it in any case)", n.Transactions, n.Names)
	}
	return err
}

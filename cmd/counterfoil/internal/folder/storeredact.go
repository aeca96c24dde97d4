package folder

import (
	"context"

	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// epochBits is room for the changes of a config within one version of the
// redactor.
const epochBits = 32

// rowEpoch is the epoch under which text is stored now. It rises with the
// detectors of the program and with what the config says about redaction.
func (f *Folder) rowEpoch() int64 {
	f.records.Lock()
	defer f.records.Unlock()
	return redact.Version<<epochBits | f.recorded.Epoch
}

// RedactRequest asks for one step of passing what is stored through the redactor.
type RedactRequest struct {
	After  string `json:"after"`
	DryRun bool   `json:"dry_run"`
}

// RedactAnswer is what a step came to. Of a dry run, which is one step, it says
// what would change.
type RedactAnswer struct {
	RedactCount        // of transactions
	Batch       int64  `json:"batch"`
	Last        string `json:"last"`
	// Names are those of files and accounts.
	Names RedactCount `json:"names"`
}

// RedactCount counts what was examined.
type RedactCount struct {
	Examined int64 `json:"examined"`
	Changed  int64 `json:"changed"`
	Left     int64 `json:"left"` // outdated after it
}

// Add adds a later step.
func (c *RedactCount) Add(step RedactCount) {
	c.Examined += step.Examined
	c.Changed += step.Changed
	c.Left = step.Left
}

// RedactStored makes one step, and puts its batch on record.
func (f *Folder) RedactStored(ctx context.Context, r RedactRequest) (out RedactAnswer, err error) {
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
		done, err = s.Redact(ctx, store.Redaction{Epoch: f.rowEpoch(), After: r.After, Limit: store.MaxPage, At: f.Home.Now(), Text: text})
		return err
	})
	if err != nil {
		return out, err
	}
	if done.Collisions > 0 {
		f.Home.UI.Warnf("%d values share a token with another one; neither is ever shown", done.Collisions)
	}
	if err := f.recordChange(ctx); err != nil {
		return out, err
	}
	left, err := f.Store.Outdated(ctx, f.rowEpoch())
	return RedactAnswer{RedactCount{done.Examined, done.Batch.Added, left.Transactions}, done.Batch.Number, done.Last,
		RedactCount{done.Names, done.Renamed, left.Names}}, err
}

// cleanText is store.Redaction.Text.
type cleanText func(subject, text string, most int) (string, []store.Sealed, error)

// countOutdated counts what a redaction would change.
func (f *Folder) countOutdated(ctx context.Context, text cleanText) (out RedactAnswer, err error) {
	left, err := f.Store.Outdated(ctx, f.rowEpoch())
	if err != nil {
		return out, err
	}
	out.Left, out.Names.Left = left.Transactions, left.Names
	at, err := f.Store.Snapshot(ctx)
	if err == nil && left.Names > 0 {
		err = f.countNames(ctx, at, text, &out.Names)
	}
	if err != nil || left.Transactions == 0 {
		return out, err
	}
	for tx, err := range f.Store.Each(ctx, at, store.Filter{}, 1<<62) {
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
func (f *Folder) countNames(ctx context.Context, at store.Snapshot, text cleanText, names *RedactCount) error {
	accounts, err := f.Store.Accounts(ctx, at, nil)
	if err != nil {
		return err
	}
	for i := range accounts {
		if err := names.count(text, accounts[i].Name); err != nil {
			return err
		}
	}
	for before := int64(0); ; {
		page, err := f.Store.Batches(ctx, at, before, batchPage)
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
func (c *RedactCount) count(text cleanText, texts ...string) error {
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

// SayOutdated tells the operator of a server that stored text is outdated.
func (f *Folder) SayOutdated(ctx context.Context) error {
	n, err := f.Store.Outdated(ctx, f.rowEpoch())
	if err == nil && n != (store.Outdated{}) {
		f.Home.UI.Notef("%d transactions and %d names of files and accounts were stored under an older redactor; counterfoil store redact passes them through the new one (results pass it in any case)", n.Transactions, n.Names)
	}
	return err
}

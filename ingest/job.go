package ingest

import (
	"context"
	"fmt"
	"io"

	"github.com/counterfoil/counterfoil/store"
)

// job is one file on its way into the store.
type job struct {
	*Importer
	ctx     context.Context
	in      Input
	opts    Options
	scanned scan
	format  format
	survey  *survey
	found   []found // by the redactor, in the text at hand
}

// found is what a token stands for.
type found struct{ token, value string }

// note keeps what the redactor found.
func (j *job) note(token, value string) { j.found = append(j.found, found{token, value}) }

// seal encrypts for an account's owner.
func (j *job) seal(account string, all []found) (sealed []store.Sealed, err error) {
	for _, f := range all {
		s, err := j.cfg.Seal(account, f.token, f.value)
		if err != nil {
			return nil, fmt.Errorf("sealing what a token stands for: %w", err)
		}
		sealed = append(sealed, s)
	}
	return sealed, nil
}

const reasonChanged = "the file changed while it was being read"

// run is an import from top to bottom.
func (j *job) run(w Writer) (Report, error) {
	var err error
	if j.scanned, err = scanInput(j.ctx, j.in, j.opts.Charset); err != nil {
		return Report{}, err
	}
	if j.format, err = j.detect(j.scanned.head, j.opts); err != nil {
		return Report{}, err
	}
	if err = j.learn(); err != nil {
		return Report{}, err
	}
	j.survey = newSurvey(j.opts, j.format, j.scanned.size)
	if err = j.pass(j.survey); err != nil {
		return Report{}, err
	}
	im, redact, err := j.prepare()
	if err != nil {
		return Report{}, err
	}
	rows := j.newRows(redact)
	done, err := w.Import(j.ctx, im, rows.all, j.opts.DryRun)
	if rows.err != nil {
		return Report{}, fmt.Errorf("importing: %w", rows.err) // the store may have wrapped or replaced it
	}
	if err != nil {
		return Report{}, err // it says already what it was doing
	}
	return j.finish(im.Source, done, rows), nil
}

// learn reads the whole text for a format that must know it beforehand.
func (j *job) learn() (err error) {
	if j.format.learn == nil {
		return nil
	}
	r, err := j.in.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	j.format.parse, err = j.format.learn(j.scanned.charset.decode(&cancelled{j.ctx, r}))
	return err
}

// pass parses the whole file into a sink, and makes sure that it is still the
// same file.
func (j *job) pass(s sink) error {
	r, err := j.in.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	sum := newSummer(r)
	text := j.scanned.charset.decode(&cancelled{j.ctx, sum})
	if err = j.format.parse(text, s); err != nil {
		return err
	}
	// A parser may stop before trailing bytes.
	if _, err = io.Copy(io.Discard, sum); err == nil && sum.digest() != j.scanned.digest {
		err = &Error{Reason: reasonChanged}
	}
	return err
}

// prepare makes the store's description of the import and the redactor that
// knows the file's own account numbers.
func (j *job) prepare() (store.Import, redactFunc, error) {
	im := store.Import{
		Source: j.in.Name, SourceDigest: j.scanned.digest, Format: j.format.name, At: j.cfg.Now(), Epoch: j.cfg.Epoch,
	}
	var known [][]byte
	for _, a := range j.survey.accounts {
		prints, err := j.fingerprints(a)
		if err != nil {
			return im, nil, fmt.Errorf("fingerprinting an account number: %w", err)
		}
		a.prints = prints
		known = append(known, prints...)
	}
	redact, err := j.cfg.Redactor(known, j.note)
	if err != nil {
		return im, nil, fmt.Errorf("making the redactor: %w", err)
	}
	for _, a := range j.survey.accounts {
		account, err := j.newAccount(a, redact)
		if err != nil {
			return im, nil, err
		}
		if account.Currency == "" {
			continue // no booking, no balance: nothing is known about it
		}
		im.Accounts = append(im.Accounts, account)
	}
	for _, b := range j.survey.balances {
		im.Balances = append(im.Balances, store.BalanceRow{
			AccountKey: j.survey.accounts[b.Account].key, Date: b.Date, Amount: b.Amount, Kind: b.Kind,
		})
	}
	j.found = nil
	source, err := redact(nil, []byte(im.Source))
	if err != nil {
		return im, nil, fmt.Errorf("redacting the file name: %w", err)
	}
	im.Source = string(source)
	if len(im.Accounts) > 0 {
		sealed, err := j.seal(im.Accounts[0].Name, j.found)
		if err != nil {
			return im, nil, err
		}
		im.Accounts[0].Sealed = append(im.Accounts[0].Sealed, sealed...)
	}
	return im, redact, nil
}

// finish fills in the report. source is the file's name as it is stored.
func (j *job) finish(source string, done store.Imported, rows *rows) Report {
	s := j.survey
	r := Report{
		Source: source, Format: j.format.name, Profile: j.format.profile, Why: j.format.why, Charset: j.scanned.charset.name,
		Batch: done.Batch.Number, Rows: s.rows, Added: done.Batch.Added, Skipped: done.Batch.Skipped, Replaced: done.Batch.Replaced,
		Pending: s.pending, Corrections: s.corrections, RulesFit: s.matched, RulesPassed: s.passed, Collisions: done.Collisions, Balances: len(s.balances),
		First: s.first, Last: s.last, Totals: s.sums(), Checked: s.checked, Preview: rows.preview, DryRun: j.opts.DryRun,
	}
	for _, a := range s.accounts {
		r.Accounts = append(r.Accounts, ReportAccount{a.shown, a.Kind, a.Currency, a.last4, a.rows})
	}
	if j.cfg.Progress != nil {
		j.cfg.Progress(s.rows, j.scanned.size)
	}
	return r
}

// cancelled makes reading stop when the context does.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

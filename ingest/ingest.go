// Package ingest brings statements into the store: exactly, once, and whole or
// not at all.
//
// One file is one batch. It is read three times, so that memory stays flat
// however long it is: once for its digest and character set, once to check all
// of it and learn its accounts, and once to hand its rows to the store while
// their text is redacted. An error names file, line and column, never a value,
// and nothing of that file is kept.
//
// How a booking is recognised when it comes again is in dedup.go and in
// docs/import.md. Numbers of the file's own accounts are known to the redactor
// before the first text of the file is stored.
package ingest

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"time"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// Error is why a file was refused: File, Line, Column and a Reason that never
// holds a value of the file.
type Error = statement.Error

// Writer is the part of store.Writer that an import needs.
type Writer interface {
	Import(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (store.Imported, error)
}

// Config holds the keyed functions an import needs. All but Progress must be
// set; New says which is missing.
type Config struct {
	// MAC is a keyed hash; it makes account, source and content keys.
	MAC func(message []byte) [32]byte
	// Redactor returns a function that appends the redacted form of src to dst,
	// knowing the values with these fingerprints besides those of the store. It
	// tells found what each token that it puts in stands for.
	Redactor func(known [][]byte, found func(token, value string)) (func(dst, src []byte) ([]byte, error), error)
	// Epoch is that of the redactor.
	Epoch int64
	// Token returns the redaction token of an account number; entity is
	// "account", "iban" or "card".
	Token func(entity, value string) string
	// Fingerprint makes the known value of a number, which text shows as token.
	Fingerprint func(entity, value, token string) ([]byte, error)
	// Seal encrypts what a token stands for, for the owner of the account that
	// has this name.
	Seal func(account, token, value string) (store.Sealed, error)
	// Now is the clock, for the batch's time.
	Now func() time.Time
	// Currency is what Options.Currency defaults to; "" refuses such files.
	Currency string
	// Profiles are a person's own CSV profiles, tried before the shipped ones.
	Profiles []*Profile
	// Progress, if set, is called every thousand rows and at the end.
	Progress func(rows, bytes int64)
}

// Options are one import's choices.
type Options struct {
	Account string // put everything into the account of this name
	Profile string // CSV profile by name, or qif-dmy, qif-mdy, qif-ymd; "" detects it
	// Currency is that of a file which does not say its own (QIF, some CSV).
	Currency string
	// Charset is that of a file which is not Unicode and does not declare its own:
	// a name as the WHATWG Encoding Standard has it; "" is windows-1252.
	Charset string
	// Pending stores announced entries too, as pending. The booking replaces its
	// announcement if it has the same id or the same date and amount; otherwise
	// both stay, and sums count both. That is why it is not the default.
	Pending bool
	// IgnoreIDs recognises bookings by date, amount and text alone, for a bank
	// whose transaction ids change with every download.
	IgnoreIDs bool
	DryRun    bool // do everything but commit
	Preview   int  // rows to return in Report.Preview, at most MaxPreview
}

// MaxPreview bounds Options.Preview.
const MaxPreview = 100

// Total is the exact sum of a currency's bookings in a file, in minor units.
type Total struct {
	Currency string
	In, Out  int64 // Out is ≤ 0
	Exceeded bool  // beyond ±store.MaxMinor: In and Out mean nothing
}

// ReportAccount is one account of a file.
type ReportAccount struct {
	Name     string // redacted
	Kind     string
	Currency string
	Last4    string
	Rows     int64
}

// Report says what an import came to.
type Report struct {
	Source      string // base name of the file, redacted
	Format      string // "csv", "ofx", "camt", "mt940", "qif"
	Profile     string // of a CSV file
	Why         string // how the format and profile were told
	Charset     string
	Batch       int64 // 0 on a dry run or if nothing was new
	Rows        int64 // bookings in the file
	Added       int64
	Skipped     int64 // already there
	Replaced    int64 // announcements that ended because their bookings came
	Pending     int64 // announced but not booked: left out unless Options.Pending
	Corrections int64 // bookings that say they correct an earlier one
	RulesFit    int64 // times that a rule of the profile set something of a booking
	RulesPassed int64 // times that one did not fit
	Collisions  int64 // values that share a token with another one; neither is ever shown
	Accounts    []ReportAccount
	Balances    int
	First, Last store.Date // booking dates
	Totals      []Total    // by currency
	Checked     Checked
	Preview     []store.Transaction
	DryRun      bool
}

// Sums is what a statement says of itself.
type Sums = statement.Sums

// Checked says of how many statements in a file the bookings were added up,
// which those that state an opening and a closing balance allow, and in which
// they do not lead from one to the other: bookings are missing or changed.
type Checked struct {
	Statements int64
	Wrong      int64
	Unbalanced []Sums // the first of those that are wrong, at most maxUnbalanced
}

// Importer imports files. It is safe for concurrent use if its functions are.
type Importer struct{ cfg Config }

// New returns an importer.
func New(cfg Config) (*Importer, error) {
	if cfg.MAC == nil || cfg.Redactor == nil || cfg.Token == nil || cfg.Fingerprint == nil || cfg.Seal == nil || cfg.Now == nil {
		return nil, errors.New("ingest: MAC, Redactor, Token, Fingerprint, Seal and Now must be set")
	}
	return &Importer{cfg}, nil
}

// File imports one statement. An unreadable or refused file gives an *Error;
// errors of the store and of ctx are wrapped. With any error nothing is kept.
func (im *Importer) File(ctx context.Context, w Writer, in Input, opts Options) (Report, error) {
	j := &job{Importer: im, ctx: ctx, in: in, opts: opts}
	report, err := j.run(w)
	return report, named(err, in.Name)
}

// named puts the file's name into an *Error and strips paths from others.
func named(err error, name string) error {
	var refused *Error
	if errors.As(err, &refused) {
		e := *refused
		if e.File == "" {
			e.File = name
		}
		return &e
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return &Error{File: name, Reason: "cannot be read: " + path.Err.Error()}
	}
	return err
}

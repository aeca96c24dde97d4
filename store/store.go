// Package store holds what the program keeps about money: accounts and
// transactions, versioned by batch, behind one interface that the embedded
// store (store/sqlite) and PostgreSQL (store/postgres) both satisfy and
// store/storetest proves.
//
// Every committed batch of changes gets the next number of one strictly serial
// sequence. A row version lives from one batch to another, so that a read at a
// snapshot gives the same rows for ever, whatever was committed since.
package store

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Sentinel errors. Everything else is an internal failure.
var (
	ErrNotFound = errors.New("not found")
	// ErrConflict means that the change contradicts what is stored, for example
	// undoing a batch that a later one builds on.
	ErrConflict = errors.New("conflict")
	// ErrUnavailable means that the store cannot be reached, is locked, full or
	// corrupt; the wrapped text says which.
	ErrUnavailable = errors.New("store unavailable")
	// ErrSnapshotGone means that the snapshot is older than what is kept, or
	// newer than what exists.
	ErrSnapshotGone = errors.New("snapshot gone")
	// ErrRange means that an amount or a total left the exact range of MaxMinor.
	ErrRange = errors.New("amount out of range")
	// ErrInvalid means that an argument is not one the store can mean: text that
	// is no date or amount, an unknown currency, sort or field, a position that
	// no page gave. The wrapped text says what is wanted and never what was sent.
	ErrInvalid = errors.New("invalid value")
)

// Snapshot is the number of a committed batch; 0 is the empty store.
type Snapshot int64

// Account is one account as of a snapshot. The full number is never here: it
// is sealed in the store.
type Account struct {
	ID       string // server-made: "acc_" and 16 characters of lower-case base32
	Name     string // free text, renamable
	Kind     string // "checking", "savings", "card", "loan", "investment", "other"
	Currency string // ISO 4217
	Token    string // redaction token of the number, "" if it has none
	Last4    string
	Subject  string // owner whose key seals this account's data; "" is the tenant
	First    Date   // booking date of the first and last transaction, zero without any
	Last     Date
	Count    int64
}

// Status of a transaction.
type Status string

// The two states a booking can be in.
const (
	Booked  Status = "booked"
	Pending Status = "pending"
)

// Transaction is one row as of a snapshot. Description, Merchant, Counterparty,
// Memo and Category are free text from outside, redacted on the way in.
type Transaction struct {
	ID           string // server-made: "tx_" and 16 characters of lower-case base32
	Account      string // account id
	Booked       Date
	Authorised   Date // zero if unknown
	Amount       Money
	Original     Money // in the currency of purchase; zero Currency if same or unknown
	Status       Status
	Description  string
	Merchant     string // normalised name, "" if none can be told
	Counterparty string
	Memo         string
	Category     string // "" is uncategorised
	MCC          string // ISO 18245, four digits or ""
	Transfer     bool   // moves between own accounts
	Batch        int64  // batch that brought this version
}

// Direction of money.
type Direction string

// Money in is positive, money out negative.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Filter selects transactions. The zero value selects all. All conditions hold
// together; a list holds if any of its values does, and an empty list is no
// condition. Filter.Match says exactly which rows it selects.
type Filter struct {
	// Query is words (see QueryWords) all of which must occur in the description,
	// merchant, counterparty or memo, the last as a beginning, and those with an
	// asterisk in front anywhere inside of a word. Text without any word is no
	// condition if it is blank and selects nothing otherwise.
	Query            string
	From, To         Date // inclusive, zero is open
	Accounts         []string
	Categories       []string
	Merchants        []string
	MinAmount        *Decimal // bounds on the absolute amount, in units of each row's own currency
	MaxAmount        *Decimal
	Direction        Direction // "" is no condition; an amount of zero has no direction
	Pending          *bool
	Uncategorized    bool // only rows without a category
	ExcludeTransfers bool
	Scope            *Predicate // row scope from the policy; nil is no restriction
}

// Predicate is a boolean tree over a transaction's fields: a row scope as each
// store renders it, always parameterised. Op is one of and, or, not, eq, ne,
// lt, le, gt, ge, in. Fields are account, date, category, merchant, currency,
// direction, pending. Values are string, bool or Date, as the field has it;
// strings compare bytewise. A nil *Predicate restricts nothing; every malformed
// one, the zero Predicate included, is refused with ErrInvalid (see Check), and
// "in" without values matches nothing. Predicate.Match says what it means.
type Predicate struct {
	Op     string
	Field  string
	Values []any
	Args   []*Predicate
}

// Sort is a total order; the id breaks ties, bytewise and in the direction of
// the sort. "" is DateDesc.
type Sort string

// The sort orders of a search.
const (
	DateDesc   Sort = "date_desc"
	DateAsc    Sort = "date_asc"
	AmountDesc Sort = "amount_desc" // by absolute amount in minor units
	AmountAsc  Sort = "amount_asc"
)

// Position is where a page ended: opaque to callers, sealed by the tools
// before it leaves.
type Position []byte

// MaxPage bounds what one read call may ask for: rows of a page, ids of a Get,
// entries of a list. Tools clamp far lower.
const MaxPage = 10_000

// MaxGroups bounds the cells of a summary; more is ErrRange.
const MaxGroups = 200_000

// Query is one page of a search.
type Query struct {
	At     Snapshot
	Filter Filter
	Sort   Sort
	Limit  int // rows wanted, 1 to MaxPage
	After  Position
}

// Page is at most Limit rows; Next is nil at the end.
type Page struct {
	Items []Transaction
	Next  Position
}

// Dimension is what a summary groups by.
type Dimension string

// The dimensions of a summary. Months and weeks (ISO 8601, starting Monday)
// are those of the booking date.
const (
	ByCategory Dimension = "category"
	ByMerchant Dimension = "merchant"
	ByMonth    Dimension = "month"
	ByWeek     Dimension = "week"
	ByAccount  Dimension = "account"
)

// Summary asks for totals by at most two different dimensions, per currency.
// Without a dimension it asks for the totals of everything.
type Summary struct {
	At     Snapshot
	Filter Filter
	By     []Dimension
}

// Group is one cell of a summary. Keys stand in the order of Summary.By: a
// month is "2026-11", a week "2026-W47". Totals are exact.
type Group struct {
	Keys     []string
	Currency string
	In       int64 // sum of positive amounts, minor units
	Out      int64 // sum of negative amounts, minor units (≤ 0)
	Count    int64
}

// Balance is what an account held at the end of a day, as its source stated it.
type Balance struct {
	Account string
	Date    Date
	Amount  Money
	Kind    string // "booked" or "available"
}

// Named is a category or merchant with its use.
type Named struct {
	Name  string
	Count int64
	Last  Date
}

// Batch is one committed change.
type Batch struct {
	Number       int64
	Kind         string // "import", "undo", "rename", "categorise", "redact"
	At           time.Time
	Source       string // file name as of the snapshot of the read, free text
	SourceDigest [32]byte
	Format       string
	Account      string   // id of the account, "" if several
	Added        int64    // row versions it brought
	Skipped      int64    // rows that were already there
	Replaced     int64    // pending rows that it ended because their bookings came
	Undone       bool     // by a batch up to the snapshot of the read
	RowsDigest   [32]byte // over the canonical form of the batch's row changes
}

// KnownValue is the fingerprint of an account number or other secret that the
// store holds (see redact.Fingerprint), with the batch that brought it.
type KnownValue struct {
	Batch       int64
	Fingerprint []byte
}

// Reader is the read side. Every method reads at the snapshot it is given, and
// fails with ErrSnapshotGone if there is no such snapshot, with ErrInvalid if
// an argument makes no sense, with ErrUnavailable if the store does not answer
// and with the context's error once that is done. A limit is 1 to MaxPage,
// except Each's, which is at least 1.
type Reader interface {
	// Snapshot returns the newest committed batch.
	Snapshot(ctx context.Context) (Snapshot, error)
	// Accounts returns the accounts in order of id. Count, First and Last are
	// those of the rows in scope. An account without any row in scope is there
	// only if the scope allows every row it could have (nil, or decided by the
	// account alone).
	Accounts(ctx context.Context, at Snapshot, scope *Predicate) ([]Account, error)
	Search(ctx context.Context, q Query) (Page, error)
	// Get returns the transactions of ids that exist and the scope allows, in
	// the order of ids.
	Get(ctx context.Context, at Snapshot, scope *Predicate, ids []string) ([]Transaction, error)
	// Summarize returns groups ordered by keys, then currency, bytewise. It
	// fails with ErrRange rather than lose exactness.
	Summarize(ctx context.Context, s Summary) ([]Group, error)
	// Each yields the matching rows in date order, oldest first, at most limit.
	// It ends after the first error.
	Each(ctx context.Context, at Snapshot, f Filter, limit int) iter.Seq2[Transaction, error]
	// Balances returns stated balances of an account, or of all if account is
	// "", in order of date, account and kind, at most limit. The scope
	// is applied to the fields a balance has (account, date); any other field in
	// it makes the balance invisible.
	Balances(ctx context.Context, at Snapshot, scope *Predicate, account string, from, to Date, limit int) ([]Balance, error)
	// Categories and Merchants are ordered by count descending, then name
	// bytewise; prefix is matched after Fold on both sides, "" matches all.
	Categories(ctx context.Context, at Snapshot, scope *Predicate, prefix string, limit int) ([]Named, error)
	Merchants(ctx context.Context, at Snapshot, scope *Predicate, prefix string, limit int) ([]Named, error)
	// Batches lists committed batches, newest first, before a number (0: from the end).
	Batches(ctx context.Context, at Snapshot, before int64, limit int) ([]Batch, error)
	// Known returns the known values visible at the snapshot, in order of batch
	// and bytes, and the number of the last batch that changed them, which
	// versions the set. Undoing an import does not forget its known values.
	Known(ctx context.Context, at Snapshot) (version int64, values []KnownValue, err error)
	// RowsDigest recomputes the digest of a batch's row changes from the rows.
	RowsDigest(ctx context.Context, batch int64) ([32]byte, error)
	// Sealed returns the sealed values behind a token, one for each subject that
	// has it, in order of subject: ErrNotFound without any, ErrConflict if the
	// token stands for two different values.
	Sealed(ctx context.Context, token string) ([]Sealed, error)
	// Outdated counts what was redacted under an epoch older than this one.
	Outdated(ctx context.Context, epoch int64) (Outdated, error)
}

// Outdated is how much of what is stored passed only an older redactor.
type Outdated struct {
	Transactions int64 // by their texts, merchants and categories
	Names        int64 // of files, one for each batch that has one, and of accounts
}

// Sealed is one value of the vault: what a token stands for, readable only with
// a subject's key. The set is not part of any snapshot, and no batch brings it:
// it is there as soon as the file it came from is, and stays when that is undone.
type Sealed struct {
	Token   string
	Subject string // owner whose key seals the value; "" is the tenant
	Value   []byte // sealed
	Proof   []byte // keyed hash of the value, equal for equal values and only for them; never empty
}

// NewAccount describes an account on import. Key identifies it (a keyed hash of
// its number or, without one, of its name) so that the next file finds it.
type NewAccount struct {
	Key          []byte
	Name         string
	Kind         string
	Currency     string
	Token        string
	Last4        string
	Subject      string
	Sealed       []Sealed // the full number; none if the source gave none
	Fingerprints [][]byte // known values that come with it
}

// Row is one transaction on import. Three keyed hashes tell whether its account
// already holds it. A row is held while its newest version is not ended, so
// that an undone import can be imported again. In order:
//
//  1. SourceKey. If the account holds a row with this SourceKey of the same
//     SourceKind, also one from earlier in this import, it is the same booking.
//     (Banks exist that use an id again: let the hash cover amount and date too.)
//  2. ContentKey and TextKey, against the rows that the account held before
//     this import and that have the same ContentKey: rows of the same SourceKind
//     must have the same TextKey as well, rows of other kinds, which word their
//     texts otherwise, need not. A row that has a SourceKey of this row's
//     SourceKind is not compared if this row has one too: they differ. Each
//     held row stands for one row of the import, so that two equal purchases
//     stay two, in one file, in both of two overlapping ones and in two formats.
//     A SourceKey that comes with such a row is remembered with the row held.
//
// What is found is skipped, except that a booked row replaces a pending one:
// the pending row ends in the same batch, and the booked one is a transaction
// with an id of its own.
type Row struct {
	AccountKey  []byte
	Transaction Transaction // ID, Account and Batch are set by the store
	// SourceKey is a keyed hash of the source's own id; nil if it has none.
	SourceKey []byte
	// ContentKey is a keyed hash of what all formats agree on for one booking:
	// account, booking date, amount, currency. It is always set.
	ContentKey []byte
	// TextKey is a keyed hash of the normalised text of the booking, compared
	// only among rows of one SourceKind. nil equals only nil.
	TextKey []byte
	// SourceKind is the format: "ofx", "camt", "csv", …; always set.
	SourceKind string
	// Sealed is what the tokens in the row's texts stand for. It is kept also if
	// the row is held already.
	Sealed []Sealed
}

// Import is one file becoming one batch.
type Import struct {
	Source       string
	SourceDigest [32]byte
	Format       string
	At           time.Time
	Epoch        int64 // of the redactor that the rows' texts and the names passed
	Accounts     []NewAccount
	Balances     []BalanceRow
}

// BalanceRow is a stated balance on import.
type BalanceRow struct {
	AccountKey []byte
	Date       Date
	Amount     Money
	Kind       string
}

// Imported is what an import came to. Number is 0 if nothing was new, and then
// no batch was made.
type Imported struct {
	Batch Batch
	// Collisions counts the values that were found to share a token with another
	// value. Neither is given out any more (see Reader.Sealed).
	Collisions int64
}

// Redaction is one step of passing through a newer redactor what is stored.
type Redaction struct {
	Epoch int64     // names and transactions of an older epoch are concerned
	After string    // id after which to go on with transactions; "" begins at the first
	Limit int       // names and transactions to look at, 1 to MaxPage
	At    time.Time // of the batch
	// Text returns the redacted form of a text, at most so many bytes long, and
	// what the tokens that are new in it stand for. The subject is the owner of
	// the text's account, "" if it has none or several. An error aborts the step.
	Text func(subject, text string, most int) (clean string, found []Sealed, err error)
}

// Redacted is what a step came to.
type Redacted struct {
	Batch      Batch  // Number is 0 if no text changed, and then no batch was made
	Names      int64  // names of files and accounts that were examined
	Renamed    int64  // those of them that changed
	Examined   int64  // transactions
	Last       string // id of the last one; "" if there was none
	Collisions int64  // as in Imported
}

// Resealed is what a step of Reseal came to.
type Resealed struct {
	Examined, Changed int
	Last              Sealed // the last one, for the next step; the zero Sealed if there was none
}

// Writer is the write side. Each method but Reseal commits exactly one batch or nothing.
type Writer interface {
	// Import stores all rows or none. An error from rows aborts it and is
	// returned wrapped. With dryRun it does everything but commit. The rows'
	// accounts must be listed in im.Accounts or held already.
	Import(ctx context.Context, im Import, rows iter.Seq2[Row, error], dryRun bool) (Imported, error)
	// Undo ends every row version that a batch brought and restores those that
	// it ended. A batch that does not exist is ErrNotFound; one that is undone
	// already, is itself an undo or a redaction, or that a later batch builds on,
	// other than a redaction, is ErrConflict. What it restores keeps redacted text
	// where there is any, and is outdated (see Outdated) where there is none.
	// Known values and sealed numbers stay, and so does an account that other
	// batches use.
	Undo(ctx context.Context, batch int64, at time.Time) (Batch, error)
	// RenameAccount gives an account another name, which passed the redactor of an
	// epoch. An unknown account is ErrNotFound, the name it already has ErrConflict.
	RenameAccount(ctx context.Context, id, name string, epoch int64, at time.Time) (Batch, error)
	// Categorise sets the category of up to MaxPage transactions; "" takes it
	// away. An unknown id is ErrNotFound, and nothing is changed; if all have the
	// category already, no batch is made and Number is 0.
	Categorise(ctx context.Context, ids []string, category string, at time.Time) (Batch, error)
	// Redact passes outdated names of files and accounts, then the texts,
	// merchants and categories of outdated transactions, through a newer redactor:
	// one batch of what changed. What was ended before is not touched, and reads at
	// older snapshots give what they gave. Steps follow each other until one
	// examines neither a name nor a transaction; a step that was cut short is as if
	// it had not begun.
	Redact(ctx context.Context, r Redaction) (Redacted, error)
	// Reseal hands up to limit values of the vault (1 to MaxPage) to value, in
	// order of token, subject and proof, beginning behind after (the zero Sealed:
	// at the first), and keeps what it returns instead: all of a step or nothing. It
	// makes no batch. An error of value aborts the step.
	Reseal(ctx context.Context, after Sealed, limit int, value func(*Sealed) ([]byte, error)) (Resealed, error)
	Close() error
}

// Store is both sides.
type Store interface {
	Reader
	Writer
}

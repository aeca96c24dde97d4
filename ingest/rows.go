package ingest

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// redactFunc appends the redacted form of src to dst.
type redactFunc func(dst, src []byte) ([]byte, error)

// maxStored bounds a text field of a stored row, in bytes, after redaction: the
// longest purpose a bank transmits is about 1,700.
const maxStored = 2000

// maxStoredName bounds the name of a merchant, a category or an account in a
// store, in bytes (docs/store.md); the longest name that ISO 20022 transmits
// has 140 characters.
const maxStoredName = 512

// maxMerchant is the longest description that is taken for a merchant's name
// where nothing else is: card texts have about 40 characters, OFX names 32; a
// longer one is a purpose.
const maxMerchant = 48

// progressRows is how often Progress is called.
const progressRows = 1000

// cacheSize is how many redacted texts are remembered: categories and merchants
// come again and again, and redacting is most of the work.
const cacheSize = 1 << 12

// rows is the third reading: it yields the store's rows.
type rows struct {
	*job
	redact  redactFunc
	keyer   keyer
	batch   []store.Row // being filled
	bytes   int         // of text in batch
	batches chan []store.Row
	stopped context.Context // done when the store wants no more rows
	n       int64
	preview []store.Transaction
	cache   []cached
	seed    maphash.Seed
	buf     []byte
	values  []found             // in the row at hand
	sealed  map[string]struct{} // accounts and tokens that were handed over
	err     error
}

// cached is a text and its redacted form.
type cached struct {
	in, out string
	found   []found
}

// maxSealed bounds the tokens that are remembered, so that what comes again and
// again is sealed once. The memory begins anew when it is full.
const maxSealed = 1 << 16

func (j *job) newRows(redact redactFunc) *rows {
	j.survey.repeats.done()
	return &rows{
		job: j, redact: redact, seed: maphash.MakeSeed(), sealed: map[string]struct{}{}, cache: make([]cached, cacheSize),
		keyer: keyer{
			mac: j.cfg.MAC, repeats: j.survey.repeats, accounts: j.survey.accounts, kind: j.format.kind,
			texts: map[[32]byte][]uint64{}, seed: maphash.MakeSeed(),
		},
	}
}

// A batch of rows passes from the parsing to the storing goroutine; so many
// wait at most: half of what the embedded store writes at once, so that parsing
// goes on meanwhile. They are 8 MiB of text and some 20 MB in all.
const (
	batchRows    = 256
	batchBytes   = 64 << 10 // of text
	batchesAhead = 128
)

// all is the sequence that the store iterates. Parsing, redacting and hashing
// run in a goroutine of their own, so that they and the store each use a
// processor; it has ended when all returns.
func (r *rows) all(yield func(store.Row, error) bool) {
	var stop context.CancelFunc
	r.stopped, stop = context.WithCancel(context.Background())
	r.batches = make(chan []store.Row, batchesAhead)
	var failed any
	go func() {
		defer close(r.batches)
		defer func() { failed = recover() }()
		r.err = r.produce()
	}()
	defer func() {
		stop()
		for range r.batches { // until it has ended
		}
	}()
	for batch := range r.batches {
		for _, row := range batch {
			if !yield(row, nil) {
				return
			}
		}
	}
	if failed != nil {
		panic(failed)
	}
	if r.err != nil {
		yield(store.Row{}, r.err)
	}
}

// produce reads the file into batches.
func (r *rows) produce() error {
	err := r.pass(r)
	if err == nil {
		err = r.send()
	}
	if errors.Is(err, errStopped) {
		return nil
	}
	return err
}

// send hands over the rows gathered so far.
func (r *rows) send() error {
	select {
	case r.batches <- r.batch:
		r.batch, r.bytes = nil, 0
		return nil
	case <-r.stopped.Done():
		return errStopped
	}
}

// Account implements statement.Sink: the survey has all accounts already.
func (r *rows) Account(a statement.Account, line, column int) (int, error) {
	return r.survey.Account(a, line, column)
}

// Balance implements statement.Sink.
func (r *rows) Balance(statement.Balance) error { return nil }

// Sums implements statement.Sink.
func (r *rows) Sums(statement.Sums) error { return nil }

// Transaction implements statement.Sink.
func (r *rows) Transaction(t *statement.Transaction) error {
	if t.Pending && !r.opts.Pending {
		return nil
	}
	row := store.Row{AccountKey: r.survey.accounts[t.Account].key, SourceKind: r.format.kind}
	if r.opts.IgnoreIDs {
		t.ID = ""
	}
	r.keyer.keys(t, &row)
	var err error
	if row.Transaction, err = r.transaction(t); err != nil {
		return err
	}
	if row.Sealed, err = r.seals(r.survey.accounts[t.Account]); err != nil {
		return err
	}
	r.n++
	if len(r.preview) < min(r.opts.Preview, MaxPreview) {
		r.preview = append(r.preview, row.Transaction)
	}
	if r.n%progressRows == 0 && r.cfg.Progress != nil {
		r.cfg.Progress(r.n, r.scanned.size*r.n/max(r.survey.rows, 1))
	}
	return r.put(&row)
}

// put adds a row to the batch, and sends it once it is full.
func (r *rows) put(row *store.Row) error {
	if r.batch == nil {
		r.batch = make([]store.Row, 0, batchRows)
	}
	r.batch = append(r.batch, *row)
	tx := &row.Transaction
	r.bytes += len(tx.Description) + len(tx.Merchant) + len(tx.Counterparty) + len(tx.Memo)
	if len(r.batch) == batchRows || r.bytes >= batchBytes {
		return r.send()
	}
	return nil
}

// transaction is what the store keeps of a booking: every text redacted.
func (r *rows) transaction(t *statement.Transaction) (store.Transaction, error) {
	out := store.Transaction{
		Booked: t.Booked, Authorised: t.Authorised, Amount: t.Amount, Original: t.Original,
		Status: store.Booked, MCC: mcc(t.MCC), Transfer: t.Transfer,
	}
	if t.Pending {
		out.Status = store.Pending
	}
	r.values = r.values[:0]
	merchant := t.Merchant
	if merchant == "" {
		merchant = t.Counterparty
	}
	if merchant == "" && len(t.Description) <= maxMerchant {
		merchant = t.Description
	}
	for _, f := range [...]struct {
		to   *string
		text string
	}{
		{&out.Description, t.Description}, {&out.Merchant, merchant},
		{&out.Counterparty, t.Counterparty}, {&out.Memo, t.Memo}, {&out.Category, t.Category},
	} {
		var err error
		if *f.to, err = r.text(f.text); err != nil {
			return out, fmt.Errorf("redacting the text of line %d: %w", t.Line, err)
		}
	}
	out.Merchant = merchantName(out.Merchant) // of the redacted text: what a name leaves of a number is no longer found
	out.Merchant, out.Category = Cut(out.Merchant, maxStoredName), Cut(out.Category, maxStoredName)
	return out, nil
}

// text returns the redacted form of a text, cut to what is stored.
func (r *rows) text(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	slot := &r.cache[maphash.String(r.seed, s)%cacheSize]
	if slot.in == s {
		r.values = append(r.values, slot.found...)
		return slot.out, nil
	}
	r.found = nil
	out, err := r.redact(r.buf[:0], []byte(s))
	if err != nil {
		return "", err
	}
	r.buf = out
	*slot = cached{s, Cut(string(out), maxStored), r.found}
	r.values = append(r.values, r.found...)
	return slot.out, nil
}

// Cut returns the beginning of a text, at most so many bytes of whole
// characters.
func Cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	text = text[:most]
	for i := 1; i < utf8.UTFMax && i < len(text); i++ {
		if c := text[len(text)-i:]; utf8.RuneStart(c[0]) && !utf8.FullRuneInString(c) {
			return text[:len(text)-i]
		}
	}
	return text
}

// seals seals what the tokens in the row at hand stand for, unless the store
// was given it before.
func (r *rows) seals(a *account) ([]store.Sealed, error) {
	var fresh []found
	for _, f := range r.values {
		key := a.shown + "\x00" + f.token
		if _, done := r.sealed[key]; done {
			continue
		}
		if len(r.sealed) == maxSealed {
			clear(r.sealed)
		}
		r.sealed[key] = struct{}{}
		fresh = append(fresh, f)
	}
	return r.seal(a.shown, fresh)
}

// mcc returns a merchant category code, or "" for anything else.
func mcc(s string) string {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return ""
		}
	}
	if len(s) != 4 {
		return ""
	}
	return s
}

package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// An Item is one record of the log as a reader finds it.
type Item struct {
	Index   int64
	Record  *Record
	Leaf    []byte // canonical JSON of the record
	Sidecar []byte // sealed, or nil
}

// LeafHash returns the RFC 6962 hash of the leaf.
func (it *Item) LeafHash() tlog.Hash { return leafHash(it.Leaf) }

// A batchSource yields the batches of a log in order, beginning with the one
// that holds the record of an index; a batch is valid until the next.
type batchSource interface {
	batches(from int64) iter.Seq2[*batch, error]
	// size returns the number of records.
	size() (int64, error)
	// lastNote returns the newest signed checkpoint, nil if there is none.
	lastNote() ([]byte, error)
	// before returns an index at or before the first record that is not older
	// than t, going by the order of the log.
	before(t time.Time) (int64, error)
}

// Reader reads a log in order. It does not verify more than framing: that is
// Verify's. It is safe for concurrent use and sees the log as it was when the
// reader was made.
type Reader struct {
	src    batchSource
	closer io.Closer
}

// OpenReader opens the log below a data folder for reading only, without its
// lock. A torn tail is not read. The error wraps fs.ErrNotExist if there is no
// log.
func OpenReader(dir string) (*Reader, error) {
	f, err := os.Open(filepath.Join(dir, "log", recordsFile))
	if err != nil {
		return nil, fmt.Errorf("opening the log: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Reader{src: fileSource{f, info.Size()}, closer: f}, nil
}

// Close releases the file.
func (r *Reader) Close() error {
	if r.closer == nil {
		return nil
	}
	return r.closer.Close()
}

// Reader returns a reader of what the log holds now. It must not be used after
// the log is closed.
func (l *Log) Reader() *Reader { return &Reader{src: l.backend.source()} }

// Size returns the number of records.
func (r *Reader) Size() (int64, error) { return r.src.size() }

// Entries yields the records with from ≤ index < to; to < 0 means to the end.
// An item's bytes stay valid. The iteration ends at the first error.
func (r *Reader) Entries(from, to int64) iter.Seq2[*Item, error] {
	return r.items(from, to, func([]byte) bool { return true })
}

// items yields the records whose leaf passes want, which sees it undecoded.
func (r *Reader) items(from, to int64, want func(leaf []byte) bool) iter.Seq2[*Item, error] {
	return func(yield func(*Item, error) bool) {
		for b, err := range r.src.batches(max(from, 0)) {
			if err != nil {
				yield(nil, err)
				return
			}
			for i, e := range b.entries {
				index := b.first + int64(i)
				if to >= 0 && index >= to {
					return
				}
				if index < from || !want(e.leaf) {
					continue
				}
				it, err := newItem(index, e)
				if !yield(it, err) || err != nil {
					return
				}
			}
		}
	}
}

func newItem(index int64, e rawEntry) (*Item, error) {
	rec, err := DecodeRecord(e.leaf)
	if err != nil {
		return nil, fmt.Errorf("record %d: %w", index, err)
	}
	return &Item{Index: index, Record: rec, Leaf: bytes.Clone(e.leaf), Sidecar: bytes.Clone(e.sidecar)}, nil
}

// Entry returns one record, or ErrNotFound.
func (r *Reader) Entry(index int64) (*Item, error) {
	if index < 0 {
		return nil, fmt.Errorf("%w: index %d", ErrNotFound, index)
	}
	for it, err := range r.Entries(index, index+1) {
		return it, err
	}
	return nil, fmt.Errorf("%w: index %d", ErrNotFound, index)
}

// Call returns the records of one call id in order, intents before outcomes,
// or ErrNotFound. It reads the log from its beginning.
func (r *Reader) Call(callID string) ([]*Item, error) {
	var out []*Item
	for it, err := range r.Select(Filter{CallID: callID}) {
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: call %q", ErrNotFound, callID)
	}
	return out, nil
}

// Filter chooses records; zero fields choose all.
type Filter struct {
	FromIndex int64 // first index
	ToIndex   int64 // index after the last, 0 for the end of the log
	From      time.Time
	To        time.Time // exclusive
	Principal string
	Tool      string
	Decision  string
	Phase     Phase
	Event     string
	Entity    string // a finding of this name with a count above zero
	CallID    string
	Error     string
}

// Match reports whether the filter chooses the record; indexes are the
// iteration's business.
func (f *Filter) Match(r *Record) bool {
	eq := func(want, got string) bool { return want == "" || want == got }
	return eq(f.Principal, r.Principal) && eq(f.Tool, r.Tool) && eq(f.Decision, r.Decision) &&
		eq(string(f.Phase), string(r.Phase)) && eq(f.Event, r.Event) && eq(f.CallID, r.CallID) && eq(f.Error, r.Error) &&
		(f.From.IsZero() || !r.Time.Before(f.From)) && (f.To.IsZero() || r.Time.Before(f.To)) &&
		(f.Entity == "" || slices.ContainsFunc(r.Findings, func(c Count) bool { return c.Name == f.Entity && c.N > 0 }))
}

// needles are byte strings that a leaf must hold to match; they spare decoding
// the leaves that cannot.
func (f *Filter) needles() [][]byte {
	var out [][]byte
	for _, m := range [...][2]string{
		{"principal", f.Principal}, {"tool", f.Tool}, {"decision", f.Decision}, {"phase", string(f.Phase)},
		{"event", f.Event}, {"call_id", f.CallID}, {"error", f.Error}, {"name", f.Entity},
	} {
		if m[1] != "" {
			out = append(out, appendString([]byte(`"`+m[0]+`":`), m[1]))
		}
	}
	return out
}

// bounds returns the first index that a filter can choose and the one after
// the last, -1 for the end of the log. With From it begins near that time
// instead of at the beginning of the log.
func (r *Reader) bounds(f Filter) (from, to int64, err error) {
	from, to = f.FromIndex, -1
	if f.ToIndex > 0 {
		to = f.ToIndex
	}
	if f.From.IsZero() {
		return from, to, nil
	}
	at, err := r.src.before(f.From.Add(-maxDisorder))
	return max(from, at), to, err
}

// Select yields the records that a filter chooses.
func (r *Reader) Select(f Filter) iter.Seq2[*Item, error] {
	return func(yield func(*Item, error) bool) {
		from, to, err := r.bounds(f)
		if err != nil {
			yield(nil, err)
			return
		}
		needles := f.needles()
		want := func(leaf []byte) bool { return holds(leaf, needles) }
		for it, err := range r.items(from, to, want) {
			if err == nil && !f.Match(it.Record) {
				continue
			}
			if !yield(it, err) {
				return
			}
		}
	}
}

// maxDisorder is how far the times of records may run against their order:
// calls take different times from their clock to their record.
const maxDisorder = 5 * time.Minute

// source implements backend.
func (e *embedded) source() batchSource { return fileSource{e.file, e.state().end} }

// IsNoLog reports whether err means that there is no log to read.
func IsNoLog(err error) bool { return errors.Is(err, fs.ErrNotExist) }

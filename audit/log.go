package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxQueueBytes bounds what may wait for a write, in bytes of leaves and
// sidecars. Beyond it Append fails with ErrBusy.
const maxQueueBytes = 64 << 20

// Config says where the log lies and who signs it.
type Config struct {
	Dir    string // the data folder: log/, tiles/ and keys/ lie below it
	Origin string // checkpoint origin line, schema-less URL form
	Now    func() time.Time

	// Signer signs the checkpoints; its name must be Origin. Nil loads
	// keys/log.key below Dir, or makes it. With a Signer, Verifier is its note
	// verifier key.
	Signer   note.Signer
	Verifier string
	// Operator is the verifier key whose notes may rotate the signing key or
	// restore a backup; "" allows neither.
	Operator string
	// Anchors hold checkpoints outside the data folder. Each is compared at
	// Open, and Open fails if one cannot be reached; later it is advanced every
	// AnchorEvery (zero means 10 s).
	Anchors     []Anchor
	AnchorEvery time.Duration
	// CheckAtOpen is up to which length, in bytes, Open checks the whole log
	// before it returns; zero means 256 MiB, well under a second of work. A
	// longer log is opened by its tail and checked while it serves.
	CheckAtOpen int64
	// Restore is an operator's note (see SignRestore) that lets Open accept a
	// log that is older than log/head or an anchor says.
	Restore []byte
	// Alert is told of anchors that cannot be reached and of damage found
	// while the log is open; nil drops the message. It must not block.
	Alert func(error)
	// Observe is told of each batch after it was written; nil costs nothing. It
	// must not block.
	Observe func(Written)

	// wrap lets tests put faults between the log and its file.
	wrap func(appendFile) appendFile
}

// Log is an open log. It is safe for concurrent use; concurrent appends share
// one write and one fdatasync.
type Log struct {
	cfg     Config
	backend backend

	mu         sync.Mutex
	queue      []*waiting
	queueBytes int
	failed     error         // why Append refuses for good, or nil
	knowWithin time.Duration // answerWithin; tests have little
	wake       chan struct{} // tells the committer that the queue has grown
	closing    bool
	control    []func()      // to be run by the committer between batches
	done       chan struct{} // closed when the committer has ended

	preparer preparer  // the backend, if it can prepare
	writing  bool      // a batch is being written
	current  int       // records in the batch that was written last
	due      int       // at which length of the queue the next batch is prepared
	next     *prepared // the batch that follows the one being written, or nil
}

// Written is one batch of records as the committer saw it.
type Written struct {
	Records int
	Bytes   int           // of leaves and sidecars
	Commit  time.Duration // from the first byte to durable; the checkpoint may be signed before
	Sync    time.Duration // of that, waiting for the disk; 0 where a database does it
	Waited  time.Duration // of the record that waited longest, from Append to durable
	Err     error         // nil if it is durable
}

// waiting is an append that waits for its batch. It is used again when the
// append has its answer.
type waiting struct {
	rawEntry
	hash   tlog.Hash
	callID string
	result string // result digest
	index  int64
	err    error
	done   chan struct{} // receives one value with the answer
	since  time.Time     // when Append queued it; zero unless somebody observes

	entry Entry // as it is encoded
}

var waitings = sync.Pool{New: func() any { return &waiting{done: make(chan struct{}, 1)} }}

// release gives w back. Nobody may wait for it or be about to answer it.
func (w *waiting) release() {
	leaf := w.leaf
	if cap(leaf) > maxKeptLeaf {
		leaf = nil
	}
	*w = waiting{rawEntry: rawEntry{leaf: leaf[:0]}, done: w.done}
	waitings.Put(w)
}

// maxKeptLeaf bounds the buffer that a waiting keeps, in bytes; leaves have
// about 1 KB.
const maxKeptLeaf = 8 << 10

// Origin returns the log's origin line.
func (l *Log) Origin() string { return l.cfg.Origin }

// Append returns after the record is durable and covered by a signed
// checkpoint. It sets Schema, Origin, SaltCommit and Sidecar of the record
// it writes, and Time if it is zero; e.Salt is drawn if it is zero.
//
// If ctx ends before the record's batch is being written, nothing is written
// and the error is ctx's. If it ends later, and the write has no outcome a second
// after, the error wraps ErrUnavailable and the record may be there or not. ErrInvalid means that this record cannot be carried;
// ErrClosed, that the log refuses until the process restarts.
func (l *Log) Append(ctx context.Context, e *Entry) (Receipt, error) {
	w, err := l.prepare(e)
	if err != nil {
		return Receipt{}, err
	}
	if err = l.await(ctx, w); err == errUnknown {
		return Receipt{}, err
	}
	receipt := Receipt{
		Origin: l.cfg.Origin, Index: w.index, Leaf: hexOf(w.hash),
		Salt: hexOf(FieldSalt(e.Salt, "result_digest")), Result: w.result,
	}
	w.release() // not after a panic: it may be waiting then
	if err != nil {
		return Receipt{}, err
	}
	return receipt, nil
}

// await puts w into the queue and waits for its answer.
func (l *Log) await(ctx context.Context, w *waiting) error {
	if err := l.enqueue(ctx, w); err != nil {
		return err
	}
	select {
	case <-w.done:
	case <-ctx.Done():
		if l.withdraw(w) {
			return ctx.Err()
		}
		return l.lastWait(w)
	}
	return w.err
}

// lastWait waits for the answer to an append that is being written although its
// context has ended: the answer is near, and better known.
func (l *Log) lastWait(w *waiting) error {
	patience := time.NewTimer(l.knowWithin)
	defer patience.Stop()
	select {
	case <-w.done:
		return w.err
	case <-patience.C:
		return errUnknown // w stays the committer's, and is not used again
	}
}

// answerWithin is how long an append whose context has ended waits for the outcome
// of its write: many times what a write takes where anything answers at all.
const answerWithin = time.Second

var errUnknown = fmt.Errorf("%w: the record's write has no outcome yet, so that it may be there or not", ErrUnavailable)

// prepare encodes and hashes outside of every lock.
func (l *Log) prepare(e *Entry) (*waiting, error) {
	if len(e.Sidecar) > MaxSidecar {
		return nil, invalid("sidecar longer than %d bytes", MaxSidecar)
	}
	if hasZeroRun(e.Sidecar) {
		return nil, invalid("sidecar is not sealed")
	}
	e.drawSalt()
	w := waitings.Get().(*waiting)
	w.entry = Entry{Record: e.Record, Salt: e.Salt, Sidecar: e.Sidecar}
	r := &w.entry.Record
	r.Schema, r.Origin, r.Sidecar = SchemaVersion, l.cfg.Origin, ""
	r.SaltCommit = Digest(e.Salt[:])
	if r.Time.IsZero() {
		r.Time = l.cfg.Now()
	}
	if len(e.Sidecar) > 0 {
		r.Sidecar = Digest(e.Sidecar)
	}
	leaf, err := encodeBounded(w.leaf[:0], &w.entry)
	if err != nil {
		w.release()
		return nil, err
	}
	w.rawEntry, w.hash = rawEntry{leaf: leaf, sidecar: e.Sidecar}, leafHash(leaf)
	w.callID, w.result = r.CallID, r.ResultDigest
	return w, nil
}

// maxZeroRun is the longest run of zeros in a sidecar. Ciphertext has none
// near it; recovery tells a sector that was never written by it.
const maxZeroRun = 256

func hasZeroRun(b []byte) bool {
	run := 0
	for _, c := range b {
		if c != 0 {
			run = 0
		} else if run++; run == maxZeroRun {
			return true
		}
	}
	return false
}

func (l *Log) enqueue(ctx context.Context, w *waiting) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	p, err := l.enter(w)
	l.mu.Unlock()
	if p != nil {
		l.prepareEarly(p)
	}
	return err
}

// enter puts w into the queue. If a batch has become due for preparation, it
// returns it. The caller holds mu.
func (l *Log) enter(w *waiting) (*prepared, error) {
	if l.failed != nil {
		return nil, l.failed
	}
	if l.closing {
		return nil, ErrClosed
	}
	if l.queueBytes > 0 && l.queueBytes+w.size() > maxQueueBytes {
		return nil, ErrBusy
	}
	if l.cfg.Observe != nil {
		w.since = time.Now()
	}
	l.queue = append(l.queue, w)
	l.queueBytes += w.size()
	if !l.writing || l.next != nil || len(l.control) > 0 || len(l.queue) < l.due {
		l.signal()
		return nil, nil
	}
	// All that were answered before the present write began have come again,
	// besides those that waited then: most likely, nobody else will come before
	// it ends.
	l.next = &prepared{batch: l.cut(), ready: make(chan struct{})}
	return l.next, nil
}

func (l *Log) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// withdraw takes w out of the queue; false means that its batch has begun.
func (l *Log) withdraw(w *waiting) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.queue, w)
	if i < 0 {
		return false
	}
	l.queue = slices.Delete(l.queue, i, i+1)
	l.queueBytes -= w.size()
	return true
}

// Err returns why the log refuses for good, or nil.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// Close waits for appends in flight and releases the lock.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		<-l.done
		return nil
	}
	l.closing = true
	l.signal()
	l.mu.Unlock()
	<-l.done
	return errors.Join(l.Err(), l.backend.close())
}

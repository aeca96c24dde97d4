package audit

import (
	"context"
	"encoding/hex"
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
	wake       chan struct{} // tells the committer that the queue has grown
	closing    bool
	control    []func()      // to be run by the committer between batches
	done       chan struct{} // closed when the committer has ended
}

// Written is one batch of records as the committer saw it.
type Written struct {
	Records int
	Bytes   int           // of leaves and sidecars
	Commit  time.Duration // from the first byte to durable, checkpoint included
	Sync    time.Duration // of that, waiting for the disk; 0 where a database does it
	Waited  time.Duration // of the record that waited longest, from Append to durable
	Err     error         // nil if it is durable
}

// A backend makes batches durable. commit is called by one goroutine. After a
// final error the log refuses for good.
type backend interface {
	// commit writes the entries as one batch and returns the index of the
	// first. It sets no state of the entries.
	commit(batch []*waiting) (first int64, err error)
	// synced is how long the last commit waited for the disk, 0 if it is not known.
	synced() time.Duration
	close() error
	// source reads what is durable.
	source() batchSource
}

// waiting is an append that waits for its batch.
type waiting struct {
	rawEntry
	hash   tlog.Hash
	callID string
	index  int64
	err    error
	done   chan struct{}
	since  time.Time // when Append queued it; zero unless somebody observes
}

func (w *waiting) size() int { return entryHeader + len(w.leaf) + len(w.sidecar) }

// Origin returns the log's origin line.
func (l *Log) Origin() string { return l.cfg.Origin }

// Append returns after the record is durable and covered by a signed
// checkpoint. It sets Schema, Origin, SaltCommit and Sidecar of the record
// it writes, and Time if it is zero; e.Salt is drawn if it is zero.
//
// If ctx ends before the record's batch is being written, nothing is written
// and the error is ctx's. ErrInvalid means that this record cannot be carried;
// ErrClosed, that the log refuses until the process restarts.
func (l *Log) Append(ctx context.Context, e *Entry) (Receipt, error) {
	w, result, err := l.prepare(e)
	if err != nil {
		return Receipt{}, err
	}
	if err := l.enqueue(ctx, w); err != nil {
		return Receipt{}, err
	}
	select {
	case <-w.done:
	case <-ctx.Done():
		if l.withdraw(w) {
			return Receipt{}, ctx.Err()
		}
		<-w.done // it is being written: the answer is near and must be known
	}
	if w.err != nil {
		return Receipt{}, w.err
	}
	salt := FieldSalt(e.Salt, "result_digest")
	return Receipt{
		Origin: l.cfg.Origin, Index: w.index, Leaf: hex.EncodeToString(w.hash[:]),
		Salt: hex.EncodeToString(salt[:]), Result: result,
	}, nil
}

// prepare encodes and hashes outside of every lock.
func (l *Log) prepare(e *Entry) (*waiting, string, error) {
	if len(e.Sidecar) > MaxSidecar {
		return nil, "", invalid("sidecar longer than %d bytes", MaxSidecar)
	}
	if hasZeroRun(e.Sidecar) {
		return nil, "", invalid("sidecar is not sealed")
	}
	e.drawSalt()
	filled := Entry{Record: e.Record, Salt: e.Salt, Sidecar: e.Sidecar}
	r := &filled.Record
	r.Schema, r.Origin, r.Sidecar = SchemaVersion, l.cfg.Origin, ""
	r.SaltCommit = Digest(e.Salt[:])
	if r.Time.IsZero() {
		r.Time = l.cfg.Now()
	}
	if len(e.Sidecar) > 0 {
		r.Sidecar = Digest(e.Sidecar)
	}
	leaf, err := encodeBounded(&filled)
	if err != nil {
		return nil, "", err
	}
	return &waiting{
		rawEntry: rawEntry{leaf: leaf, sidecar: e.Sidecar}, hash: leafHash(leaf),
		callID: r.CallID, done: make(chan struct{}),
	}, r.ResultDigest, nil
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
	defer l.mu.Unlock()
	if l.failed != nil {
		return l.failed
	}
	if l.closing {
		return ErrClosed
	}
	if l.queueBytes > 0 && l.queueBytes+w.size() > maxQueueBytes {
		return ErrBusy
	}
	if l.cfg.Observe != nil {
		w.since = time.Now()
	}
	l.queue = append(l.queue, w)
	l.queueBytes += w.size()
	l.signal()
	return nil
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

// start runs the committer on an opened backend.
func start(cfg Config, b backend) *Log {
	l := &Log{cfg: cfg, backend: b, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go l.run()
	return l
}

// run writes one batch after the other. What arrives during a write makes the
// next batch, so batches grow with the load and nobody waits for a timer.
func (l *Log) run() {
	defer close(l.done)
	for {
		batch, control, more := l.take()
		for _, f := range control {
			f()
		}
		if len(batch) > 0 {
			l.write(batch)
			continue
		}
		if !more {
			return
		}
		<-l.wake
	}
}

// take removes the next batch from the queue; more is false when the log is
// closing.
func (l *Log) take() (batch []*waiting, control []func(), more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, size := 0, 0
	for n < len(l.queue) && n < maxBatchRecords && (n == 0 || size+l.queue[n].size() <= maxBatchBytes) {
		size += l.queue[n].size()
		n++
	}
	batch = slices.Clone(l.queue[:n])
	l.queue = slices.Delete(l.queue, 0, n)
	l.queueBytes -= size
	control, l.control = l.control, nil
	return batch, control, !l.closing
}

// exclusively runs f on the committer, between two batches, unless the log
// refuses. It waits for f even if ctx ends: f changes the log.
func (l *Log) exclusively(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	result := make(chan error, 1)
	l.mu.Lock()
	if l.failed != nil || l.closing {
		defer l.mu.Unlock()
		return errors.Join(ErrClosed, l.failed)
	}
	l.control = append(l.control, func() { result <- f() })
	l.signal()
	l.mu.Unlock()
	return <-result
}

func (l *Log) write(batch []*waiting) {
	first, err := int64(0), l.Err()
	if err == nil {
		first, err = l.commit(batch)
	}
	if err != nil {
		err = l.fail(err)
	}
	for i, w := range batch {
		w.index, w.err = first+int64(i), err
		close(w.done)
	}
}

// commit makes a batch durable and tells the observer of it.
func (l *Log) commit(batch []*waiting) (int64, error) {
	if l.cfg.Observe == nil {
		return l.backend.commit(batch)
	}
	begun := time.Now()
	first, err := l.backend.commit(batch)
	now := time.Now()
	o := Written{Records: len(batch), Commit: now.Sub(begun), Sync: l.backend.synced(), Waited: now.Sub(batch[0].since), Err: err}
	for _, w := range batch {
		o.Bytes += w.size()
	}
	l.cfg.Observe(o)
	return first, err
}

// fail makes the log refuse, unless the error may pass, and returns what the
// callers are told.
func (l *Log) fail(err error) error {
	if errors.Is(err, ErrUnavailable) {
		return err
	}
	if !errors.Is(err, ErrTampered) {
		err = fmt.Errorf("%w after a failed write: %w", ErrClosed, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		l.failed = err
	}
	return l.failed
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

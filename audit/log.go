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

// A preparer is a backend that can do most of its work on a batch while the
// one before it is being written. prepare is called by one goroutine at a time,
// and what it returns in the order of the calls, by the committer. An error is
// final.
type preparer interface {
	prepare(batch []*waiting) (commit func() (first int64, err error), err error)
}

// prepared is a batch that is closed early.
type prepared struct {
	batch  []*waiting
	ready  chan struct{} // closed when what follows is set
	commit func() (int64, error)
	err    error
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

// minEarly is the shortest batch that is closed early. For fewer, those who
// come a little later and would have to wait for one more write lose more than
// the time of a signature.
const minEarly = 4

var errPrepare = errors.New("preparing a batch ended early")

// prepareEarly does, on the goroutine of one of the waiting, what the committer
// would do after the present write.
func (l *Log) prepareEarly(p *prepared) {
	defer close(p.ready)
	p.err = errPrepare // for a panic of the signer
	p.commit, p.err = l.preparer.prepare(p.batch)
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
	l := &Log{cfg: cfg, backend: b, knowWithin: answerWithin, wake: make(chan struct{}, 1), done: make(chan struct{})}
	l.preparer, _ = b.(preparer)
	go l.run()
	return l
}

// run writes one batch after the other. What arrives during a write makes the
// next batch, so batches grow with the load and nobody waits for a timer.
func (l *Log) run() {
	defer close(l.done)
	for {
		p, control, more := l.take()
		for _, f := range control {
			f()
		}
		switch {
		case p != nil:
			l.write(p)
		case len(control) > 0: // there may be a batch behind it
		case !more:
			return
		default:
			<-l.wake
		}
	}
}

// take returns the next batch, which may be prepared, or else what is to be
// run between batches; more is false when the log is closing.
func (l *Log) take() (p *prepared, control []func(), more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writing = false
	if p, l.next = l.next, nil; p != nil {
		return p, nil, true
	}
	if control, l.control = l.control, nil; len(control) > 0 {
		return nil, control, true
	}
	if len(l.queue) > 0 {
		p = &prepared{batch: l.cut()}
	}
	return p, nil, !l.closing
}

// cut removes the next batch from the queue. The caller holds mu.
func (l *Log) cut() []*waiting {
	n, size := 0, 0
	for n < len(l.queue) && n < maxBatchRecords && (n == 0 || size+l.queue[n].size() <= maxBatchBytes) {
		size += l.queue[n].size()
		n++
	}
	batch := slices.Clone(l.queue[:n])
	l.queue = slices.Delete(l.queue, 0, n)
	l.queueBytes -= size
	return batch
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

func (l *Log) write(p *prepared) {
	first, err := l.commit(p)
	if err != nil {
		err = l.fail(err)
	}
	for i, w := range p.batch {
		w.index, w.err = first+int64(i), err
		w.done <- struct{}{} // from here on it is not ours
	}
}

func (l *Log) commit(p *prepared) (int64, error) {
	if p.ready != nil {
		<-p.ready
	}
	if err := l.Err(); err != nil {
		return 0, err
	}
	if l.preparer == nil {
		return l.observed(p.batch, func() (int64, error) { return l.backend.commit(p.batch) })
	}
	if p.ready == nil {
		p.commit, p.err = l.preparer.prepare(p.batch)
	}
	if p.err != nil {
		return 0, p.err
	}
	l.begin(len(p.batch))
	return l.observed(p.batch, p.commit)
}

// observed makes a batch durable and tells the observer of it, before anyone is
// answered.
func (l *Log) observed(batch []*waiting, commit func() (int64, error)) (int64, error) {
	if l.cfg.Observe == nil {
		return commit()
	}
	begun := time.Now()
	first, err := commit()
	now := time.Now()
	o := Written{Records: len(batch), Commit: now.Sub(begun), Sync: l.backend.synced(), Waited: now.Sub(batch[0].since), Err: err}
	for _, w := range batch {
		o.Bytes += w.size()
	}
	l.cfg.Observe(o)
	return first, err
}

// begin notes that a batch of n records is being written. From now on the next
// may be prepared.
func (l *Log) begin(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writing = true
	l.due, l.current = max(minEarly, l.current+len(l.queue)), n
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

package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

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

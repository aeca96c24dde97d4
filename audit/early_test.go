package audit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// A heldFile holds the first sync of the log until the test lets it go.
type heldFile struct {
	appendFile
	writes  atomic.Int32
	syncing chan struct{}
	result  chan error
}

func (f *heldFile) WriteAt(b []byte, off int64) (int, error) {
	f.writes.Add(1)
	return f.appendFile.WriteAt(b, off)
}

func (f *heldFile) Sync() error {
	if f.writes.Load() > 1 {
		return f.appendFile.Sync()
	}
	close(f.syncing)
	return errors.Join(<-f.result, f.appendFile.Sync())
}

// A watchedSigner tells of every signature.
type watchedSigner struct {
	note.Signer
	signed chan struct{}
	broken atomic.Bool
}

func (s *watchedSigner) Sign(msg []byte) ([]byte, error) {
	if s.broken.Load() {
		s.signed <- struct{}{}
		panic("the signer is broken")
	}
	sig, err := s.Signer.Sign(msg)
	s.signed <- struct{}{}
	return sig, err
}

// An earlyRig is a log whose first write is under way while as many appends
// wait as are closed into a batch early.
type earlyRig struct {
	log    *Log
	dir    string
	file   *heldFile
	signer *watchedSigner
	errs   chan error
}

func newEarlyRig(t *testing.T, broken bool) *earlyRig {
	t.Helper()
	skey, vkey, err := GenerateKey(testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	r := &earlyRig{errs: make(chan error, 1+minEarly)}
	r.signer = &watchedSigner{Signer: mustSigner(t, skey), signed: make(chan struct{}, 100)}
	cfg := testConfig(t)
	cfg.Signer, cfg.Verifier = r.signer, vkey
	cfg.wrap = func(f appendFile) appendFile {
		r.file = &heldFile{appendFile: f, syncing: make(chan struct{}), result: make(chan error, 1)}
		return r.file
	}
	r.dir, r.log = cfg.Dir, mustOpen(t, cfg)
	go r.append(context.Background(), 0)
	<-r.file.syncing
	drain(r.signer.signed)
	r.signer.broken.Store(broken)
	return r
}

func drain(c chan struct{}) {
	for len(c) > 0 {
		<-c
	}
}

func (r *earlyRig) append(ctx context.Context, n int) {
	defer func() { recover() }() // of a broken signer
	_, err := r.log.Append(ctx, testEntry(n))
	r.errs <- err
}

func (r *earlyRig) appendEarly(ctx context.Context) {
	for n := range minEarly {
		go r.append(ctx, n+1)
	}
}

// TestPreparedWhileWriting: what waits during a write is signed before the
// write ends, and is durable after it.
func TestPreparedWhileWriting(t *testing.T) {
	r := newEarlyRig(t, false)
	r.appendEarly(context.Background())
	<-r.signer.signed // the first write has not ended
	r.file.result <- nil
	for range 1 + minEarly {
		if err := <-r.errs; err != nil {
			t.Error(err)
		}
	}
	mustClose(t, r.log)
	rep, err := Verify(context.Background(), VerifyOptions{Dir: r.dir, Keys: []string{r.log.cfg.Verifier}})
	if err != nil || rep.Records != 1+minEarly || rep.Batches != 2 {
		t.Errorf("%v, %+v", err, rep)
	}
}

// TestPreparedBatchAfterFailedSync: nothing is written after a failed sync,
// though it was ready.
func TestPreparedBatchAfterFailedSync(t *testing.T) {
	r := newEarlyRig(t, false)
	r.appendEarly(context.Background())
	<-r.signer.signed
	r.file.result <- syscall.EIO
	for range 1 + minEarly {
		if err := <-r.errs; !errors.Is(err, ErrClosed) {
			t.Errorf("%v, want ErrClosed", err)
		}
	}
	if n := r.file.writes.Load(); n != 1 {
		t.Errorf("%d writes", n)
	}
}

// TestPreparedBatchOfBrokenSigner: a signer that panics makes the log refuse.
// The append that met the panic has no answer; the others have.
func TestPreparedBatchOfBrokenSigner(t *testing.T) {
	r := newEarlyRig(t, true)
	r.appendEarly(context.Background())
	<-r.signer.signed
	r.file.result <- nil
	failed := 0
	for range minEarly {
		if err := <-r.errs; errors.Is(err, ErrClosed) {
			failed++
		} else if err != nil {
			t.Errorf("%v, want ErrClosed", err)
		}
	}
	if failed != minEarly-1 {
		t.Errorf("%d appends refused", failed)
	}
	if _, err := r.log.Append(context.Background(), testEntry(9)); !errors.Is(err, ErrClosed) {
		t.Errorf("%v, want ErrClosed", err)
	}
}

// TestCancelPrepared: an append whose batch is closed gets the true answer,
// though its context has ended.
func TestCancelPrepared(t *testing.T) {
	r := newEarlyRig(t, false)
	r.log.knowWithin = time.Hour
	ctx, cancel := context.WithCancel(context.Background())
	r.appendEarly(ctx)
	<-r.signer.signed
	cancel()
	r.file.result <- nil
	for range 1 + minEarly {
		if err := <-r.errs; err != nil {
			t.Errorf("%v: the record is in the log", err)
		}
	}
}

// TestHungWrite: an append whose context has ended does not wait for ever for a write
// that has no outcome. It says so, and the log goes on when the write does.
func TestHungWrite(t *testing.T) {
	r := newEarlyRig(t, false)
	r.log.knowWithin = time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	r.appendEarly(ctx)
	<-r.signer.signed
	cancel()
	for range minEarly {
		if err := <-r.errs; !errors.Is(err, ErrUnavailable) {
			t.Errorf("%v, want ErrUnavailable", err)
		}
	}
	r.file.result <- nil
	if err := <-r.errs; err != nil {
		t.Errorf("the append that waited: %v", err)
	}
	got, err := r.log.Append(context.Background(), testEntry(9))
	if err != nil || got.Index != 1+minEarly {
		t.Errorf("the append after: %+v, %v", got, err)
	}
}

// TestRotateUnderLoad: a rotation comes between two batches, and none is
// signed with the wrong key for having been prepared before.
func TestRotateUnderLoad(t *testing.T) {
	op, opKey := newOperator(t)
	cfg := testConfig(t)
	cfg.Operator = opKey
	l := mustOpen(t, cfg)
	key := pinned(t, cfg.Dir)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for n := w; ctx.Err() == nil; n++ {
				if _, err := l.Append(context.Background(), testEntry(n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 5 {
		if _, err := l.Rotate(context.Background(), op, nil, ""); err != nil {
			t.Error(err)
		}
	}
	stop()
	wg.Wait()
	mustClose(t, l)
	rep, err := Verify(context.Background(), VerifyOptions{Dir: cfg.Dir, Keys: []string{key}, Operator: opKey, EverySignature: true})
	if err != nil || len(rep.Keys) < 5 {
		t.Errorf("%v, %+v", err, rep)
	}
}

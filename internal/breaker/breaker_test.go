package breaker_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/counterfoil/counterfoil/internal/breaker"
)

var errDown = errors.New("down")

// tally is something that fails after a while, until it is back.
type tally struct {
	b     breaker.Breaker
	takes time.Duration
	err   error
	tried int
}

// do tries once and returns how long that took.
func (y *tally) do(ctx context.Context) (time.Duration, error) {
	begun := time.Now()
	err := y.b.Do(ctx, func(ctx context.Context) error {
		y.tried++
		select {
		case <-time.After(y.takes):
			return y.err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return time.Since(begun), err
}

// TestRepeats pins what callers see of something that is down: the first waits, the
// next ones do not, one of them tries again when as much time has passed, and when it
// is back everybody gets through.
func TestRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := &tally{takes: 3 * time.Second, err: errDown}
		want := func(took time.Duration, err error, tried int) {
			t.Helper()
			if got, gotErr := y.do(t.Context()); got != took || !errors.Is(gotErr, err) || y.tried != tried {
				t.Fatalf("%v, %v after %d attempts; want %v, %v after %d", got, gotErr, y.tried, took, err, tried)
			}
		}
		want(3*time.Second, errDown, 1)
		want(0, errDown, 1)
		time.Sleep(2 * time.Second)
		want(0, errDown, 1)
		time.Sleep(time.Second)
		want(3*time.Second, errDown, 2)
		y.takes, y.err = time.Millisecond, nil
		want(0, errDown, 2)
		time.Sleep(3 * time.Second)
		want(time.Millisecond, nil, 3)
		want(time.Millisecond, nil, 4)
	})
}

// TestOneProbes pins that only one waits when it is time to try again.
func TestOneProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := &tally{takes: time.Second, err: errDown}
		y.do(t.Context())
		time.Sleep(time.Second)
		go y.do(t.Context())
		synctest.Wait()
		if took, err := y.do(t.Context()); took != 0 || !errors.Is(err, errDown) || y.tried != 2 {
			t.Errorf("a second one waits %v (%v), after %d attempts", took, err, y.tried)
		}
	})
}

// TestAtOnce pins that what fails at once is tried every time, so that it is found
// at once when it is back.
func TestAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := &tally{err: errDown}
		for want := 1; want < 4; want++ {
			if _, err := y.do(t.Context()); !errors.Is(err, errDown) || y.tried != want {
				t.Errorf("%d attempts, want %d (%v)", y.tried, want, err)
			}
		}
	})
}

// TestBounded pins that even what took very long to fail is tried again soon.
func TestBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := &tally{takes: time.Hour, err: errDown}
		y.do(t.Context())
		time.Sleep(breaker.MaxOpen)
		y.takes, y.err = 0, nil
		if _, err := y.do(t.Context()); err != nil {
			t.Errorf("still closed off after %v: %v", breaker.MaxOpen, err)
		}
	})
}

// TestCancelled pins that a caller who gives up closes nothing off for others, also
// if it was the one that tried again.
func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := &tally{takes: time.Minute}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := y.do(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if _, err := y.do(t.Context()); err != nil {
			t.Errorf("others are told of it: %v", err)
		}
		y.takes, y.err = time.Second, errDown
		y.do(t.Context())
		time.Sleep(time.Second)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		y.do(gone)
		y.err = nil
		if _, err := y.do(t.Context()); err != nil {
			t.Errorf("nobody tries again: %v", err)
		}
	})
}

// TestBegin: an attempt that ends elsewhere counts as one that Do runs; one that was
// given up says nothing, whoever made it.
func TestBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b breaker.Breaker
		attempt := func(comes error) error {
			end, err := b.Begin()
			if err != nil {
				return err
			}
			time.Sleep(3 * time.Second)
			end(comes)
			return comes
		}
		for i, step := range []struct {
			comes, want error
			took        time.Duration
			then        time.Duration
		}{
			{comes: breaker.ErrGivenUp, want: breaker.ErrGivenUp, took: 3 * time.Second},
			{comes: errDown, want: errDown, took: 3 * time.Second},
			{comes: nil, want: errDown, then: 3 * time.Second},
			{comes: breaker.ErrGivenUp, want: breaker.ErrGivenUp, took: 3 * time.Second}, // a probe
			{comes: nil, want: nil, took: 3 * time.Second},
			{comes: nil, want: nil, took: 3 * time.Second},
		} {
			begun := time.Now()
			if err := attempt(step.comes); !errors.Is(err, step.want) || time.Since(begun) != step.took {
				t.Errorf("step %d: %v after %v", i, err, time.Since(begun))
			}
			time.Sleep(step.then)
		}
	})
}

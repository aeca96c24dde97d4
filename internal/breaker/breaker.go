// Package breaker keeps what is down from costing everybody the wait to find out.
//
// An attempt to reach something that failed after a while is not made again for as
// long as it took: meanwhile everybody is told at once what it came to. Then one
// tries again, while the others are still told at once, until it has found out. What
// fails at once costs nobody anything and is always tried again.
package breaker

import (
	"context"
	"errors"
	"sync"
	"time"
)

// MaxOpen bounds how long nothing is tried after a failure: what is back is found
// within that time.
const MaxOpen = 5 * time.Second

// Breaker stands before one thing that can be down. The zero value is ready; it is
// safe for concurrent use.
type Breaker struct {
	mu      sync.Mutex
	until   time.Time // nothing is tried before
	probing bool      // somebody is finding out whether it is back
	last    error     // what the last attempt came to
}

// Do runs attempt, or returns what the last one came to if that was a moment ago. A
// failure whose own ctx has ended tells nothing of the thing and is not kept.
func (b *Breaker) Do(ctx context.Context, attempt func(context.Context) error) error {
	probe, err := b.enter()
	if err != nil {
		return err
	}
	begun := time.Now()
	err = attempt(ctx)
	b.leave(probe, ctx.Err() != nil, err, time.Since(begun))
	return err
}

// Begin is Do for an attempt that ends elsewhere: it returns what the last one came to
// if that was a moment ago, or end, which is to be called once with what the attempt
// came to. ErrGivenUp tells nothing of the thing and is not kept.
func (b *Breaker) Begin() (end func(error), err error) {
	probe, err := b.enter()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	return func(err error) { b.leave(probe, errors.Is(err, ErrGivenUp), err, time.Since(begun)) }, nil
}

// ErrGivenUp is what an attempt comes to that nobody waited for.
var ErrGivenUp = errors.New("given up")

// enter reports whether the caller is the one that tries after a failure.
func (b *Breaker) enter() (probe bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.last == nil {
		return false, nil
	}
	if b.probing || time.Now().Before(b.until) {
		return false, b.last
	}
	b.probing = true
	return true, nil
}

func (b *Breaker) leave(probe, cancelled bool, err error, took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if probe {
		b.probing = false
	}
	switch {
	case err == nil:
		b.last = nil
	case !cancelled:
		b.last, b.until = err, time.Now().Add(min(took, MaxOpen))
	}
}

package kek

import (
	"context"
	"errors"
	"sync"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// maxHeld bounds what waits for the log to open: that asks for the root key
// and a data key or two, with three tries each.
const maxHeld = 64

// Records puts on record what this process asks of a service or module that holds
// a key-encryption key: every wrapping, unwrapping and rotation, and every
// connection. The log opens only after the first keys, so what comes before is
// held, and written as soon as it has. A key whose record can't be written is not
// used. Commands that only read the log own none, and have no Records.
type Records struct {
	mu   sync.Mutex
	held []audit.Record
	note func(audit.Record) error // nil until the log is open
}

var errHeld = errors.New("too much was asked of the key service before the log was open")

// Record writes a record, or holds it.
func (o *Records) Record(r audit.Record) error {
	o.mu.Lock()
	note := o.note
	if note == nil {
		defer o.mu.Unlock()
		if len(o.held) == maxHeld {
			return errHeld
		}
		o.held = append(o.held, r)
		return nil
	}
	o.mu.Unlock()
	return note(r)
}

// Opened writes what was held; from then on records are written at once.
func (o *Records) Opened(note func(audit.Record) error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range o.held {
		if err := note(r); err != nil {
			return err
		}
	}
	o.held, o.note = nil, note
	return nil
}

// connection is the Record of the service's egress guard.
func (o *Records) connection(e egress.Event) error { return o.Record(Connection(e)) }

// done records what came of an operation, which keeps its own error.
func (o *Records) done(what, kek string, err error) error {
	detail := "done " + what
	if err != nil {
		detail = "failed " + what
	}
	if kek != "" {
		detail += " by=" + kek
	}
	return errors.Join(err, o.Record(audit.Record{Event: audit.EventKeys, Detail: detail}))
}

// watch has a provider's operations recorded. A nil Records leaves it as it is.
func (o *Records) watch(kek seal.KEK) seal.KEK {
	if o == nil {
		return kek
	}
	watched := watchedKEK{kek, o}
	if r, ok := kek.(seal.Rotator); ok {
		return watchedRotator{watched, r}
	}
	return watched
}

type watchedKEK struct {
	seal.KEK
	ops *Records
}

func (w watchedKEK) Wrap(ctx context.Context, key, aad []byte) ([]byte, error) {
	wrapped, err := w.KEK.Wrap(ctx, key, aad)
	if err = w.ops.done("wrap", w.KEK.Wrapper(wrapped), err); err != nil {
		return nil, err
	}
	return wrapped, nil
}

// Unwrap leaves no record of what another key wrapped: the service is not asked.
func (w watchedKEK) Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error) {
	key, err := w.KEK.Unwrap(ctx, wrapped, aad)
	if errors.Is(err, seal.ErrOtherKEK) {
		return nil, err
	}
	if err = w.ops.done("unwrap", w.KEK.Wrapper(wrapped), err); err != nil {
		clear(key)
		return nil, err
	}
	return key, nil
}

type watchedRotator struct {
	watchedKEK
	seal.Rotator
}

func (w watchedRotator) Rotate(ctx context.Context) error {
	return w.ops.done("new version of the key-encryption key", "", w.Rotator.Rotate(ctx))
}

// Connection is the record of a connection to anywhere, or of its refusal.
func Connection(e egress.Event) audit.Record {
	what := "connect " + e.Destination + " " + e.Address
	if e.Reason != "" {
		what = "refuse " + console.Or(e.Destination, "unlisted") + " " + string(e.Reason)
	}
	return audit.Record{Event: audit.EventEgress, Detail: what}
}

package kek

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// plainKEK wraps by adding a word; it unwraps nothing else.
type plainKEK struct{ down error }

func (k plainKEK) Wrap(_ context.Context, key, _ []byte) ([]byte, error) {
	return append([]byte("w:"), key...), k.down
}

func (k plainKEK) Unwrap(_ context.Context, wrapped, _ []byte) ([]byte, error) {
	if k.Wrapper(wrapped) == "" {
		return nil, seal.ErrOtherKEK
	}
	return bytes.Clone(wrapped[2:]), k.down
}

func (k plainKEK) Wrapper(wrapped []byte) string {
	if len(wrapped) < 2 || string(wrapped[:2]) != "w:" {
		return ""
	}
	return "service v1"
}

// TestKeyOps: operations from before the log was open are written first, and no
// key whose record can't be written is handed out.
func TestKeyOps(t *testing.T) {
	var details []string
	var full error
	note := func(r audit.Record) error {
		if full == nil {
			details = append(details, r.Event+" "+r.Detail)
		}
		return full
	}
	ops := &Records{}
	down := errors.New("down")
	kek, broken := ops.watch(plainKEK{}), ops.watch(plainKEK{down})
	wrapped, err := kek.Wrap(t.Context(), []byte("key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := broken.Unwrap(t.Context(), wrapped, nil); !errors.Is(err, down) {
		t.Errorf("a service that is down: %v", err)
	}
	if _, err := kek.Unwrap(t.Context(), []byte("another's"), nil); !errors.Is(err, seal.ErrOtherKEK) {
		t.Errorf("what another key wrapped: %v", err)
	}
	if len(details) != 0 {
		t.Errorf("before the log is open: %q", details)
	}
	if err := ops.Opened(note); err != nil {
		t.Fatal(err)
	}
	if key, err := kek.Unwrap(t.Context(), wrapped, nil); err != nil || string(key) != "key" {
		t.Errorf("%q, %v", key, err)
	}
	want := []string{"keys done wrap by=service v1", "keys failed unwrap by=service v1", "keys done unwrap by=service v1"}
	if diff := cmp.Diff(want, details); diff != "" {
		t.Errorf("records (-want +got)\n%s", diff)
	}
	full = errors.New("disk full")
	if key, err := kek.Unwrap(t.Context(), wrapped, nil); !errors.Is(err, full) || key != nil {
		t.Errorf("without a record a key was unwrapped: %q, %v", key, err)
	}
	if got, err := kek.Wrap(t.Context(), []byte("key"), nil); !errors.Is(err, full) || got != nil {
		t.Errorf("without a record a key was wrapped: %q, %v", got, err)
	}

	held := &Records{}
	for range maxHeld {
		if err := held.Record(audit.Record{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := held.Record(audit.Record{}); !errors.Is(err, errHeld) {
		t.Errorf("more than are held: %v", err)
	}
	if err := held.Opened(note); !errors.Is(err, full) {
		t.Errorf("what was held can't be written: %v", err)
	}
	if (*Records)(nil).watch(kek) != kek {
		t.Error("a command without a log has its keys watched")
	}
}

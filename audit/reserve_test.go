package audit

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestReserve(t *testing.T) {
	var r reserve
	var got []int64
	full := false
	allocate := func(off, n int64) error {
		if full {
			return syscall.ENOSPC
		}
		got = append(got, off)
		return nil
	}
	for _, end := range []int64{0, 1000, reserveBytes / 2, reserveBytes/2 + 1000} {
		if err := r.keep(end, allocate); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 2 || got[1] != reserveBytes/2 {
		t.Errorf("allocated at %v, want 0 and %d", got, reserveBytes/2)
	}
	full = true
	if err := r.keep(2*reserveBytes, allocate); !errors.Is(err, ErrUnavailable) {
		t.Errorf("full disk: %v, want an alert", err)
	}
	if err := r.keep(2*reserveBytes+1, allocate); err != nil {
		t.Errorf("full disk, again: %v, want no second alert", err)
	}
}

// TestReserveKeepsSize: the space ahead is not a tail of the log.
func TestReserveKeepsSize(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := allocate(f, 0, reserveBytes); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Fatal(err)
	}
	if info, err := f.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("size %d, %v", info.Size(), err)
	}
}

// TestReserveBears: for want of space alone, log/head may stay behind.
func TestReserveBears(t *testing.T) {
	var r reserve
	var alerts []error
	alert := func(err error) { alerts = append(alerts, err) }
	full := &os.PathError{Op: "write", Path: "head.tmp", Err: syscall.ENOSPC}
	for i, c := range []struct {
		err    error
		bears  bool
		alerts int
	}{{nil, true, 0}, {full, true, 1}, {full, true, 1}, {nil, true, 1}, {full, true, 2}, {syscall.EIO, false, 2}} {
		if got := r.bears(c.err, alert); got != c.bears || len(alerts) != c.alerts {
			t.Errorf("%d: bears %v after %d alerts, want %v after %d", i, got, len(alerts), c.bears, c.alerts)
		}
	}
	if !errors.Is(alerts[0], ErrUnavailable) || !errors.Is(alerts[0], syscall.ENOSPC) {
		t.Errorf("alert %v", alerts[0])
	}
}

package audit

import (
	"errors"
	"fmt"
	"syscall"
)

// reserveBytes is how much of the disk is kept for records that are still to
// come: about ten thousand calls, so that a disk that others fill is an alert
// before it is an outage.
const reserveBytes = 16 << 20

// A reserve is disk space allocated beyond the log's end, without making the
// file longer.
type reserve struct {
	until   int64 // offset up to which space is allocated
	alerted bool
	behind  bool // log/head could not be written for want of space
}

// bears reports whether the log goes on after an attempt to write log/head and what
// is derived. For want of space it does, in the space that is kept for records: a
// head that is behind is what a crash leaves too. The first such failure is
// reported, until one succeeds again.
func (r *reserve) bears(err error, alert func(error)) bool {
	full := errors.Is(err, syscall.ENOSPC)
	if full && !r.behind {
		alert(fmt.Errorf("%w: the disk is full, records go on into the space kept for them: %w", ErrUnavailable, err))
	}
	r.behind = full
	return full || err == nil
}

// keep allocates ahead of end, when half of the reserve is used up. It reports
// the first failure for want of space, until it succeeds again; file systems
// that cannot allocate ahead are left alone.
func (r *reserve) keep(end int64, allocate func(off, n int64) error) error {
	if r.until-end > reserveBytes/2 {
		return nil
	}
	err := allocate(end, reserveBytes)
	if errors.Is(err, syscall.ENOSPC) {
		if r.alerted {
			return nil
		}
		r.alerted = true
		return fmt.Errorf("%w: the disk is nearly full: space for about %d more bytes of records is left", ErrUnavailable, max(r.until-end, 0))
	}
	if err == nil {
		r.until, r.alerted = end+reserveBytes, false
	}
	return nil
}

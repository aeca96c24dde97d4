package audit

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"
)

// Head is the newest state of a log as an anchor sees it.
type Head struct {
	Checkpoint
	Note []byte // the signed checkpoint

	// Prove returns the consistency proof (RFC 6962, section 2.1.2) from an
	// older size, and the root at that size.
	Prove func(old int64) (proof tlog.TreeProof, oldRoot tlog.Hash, err error)
}

// An Anchor keeps the log's newest checkpoint where the log's owner cannot
// quietly change it. There are two: FileAnchor and Witness.
type Anchor interface {
	// Name says which anchor it is, in errors and reports.
	Name() string
	// Sync compares what the anchor holds with the head and then advances the
	// anchor to it. ErrTampered means that the anchor has seen a log that the
	// head does not extend; ErrUnavailable, that it could not be asked. It
	// returns cosignature lines, if the anchor makes any.
	Sync(ctx context.Context, h *Head) (cosignatures []byte, err error)
	// Reset makes the anchor accept a head that it would call a rollback. The
	// caller has checked an operator's note. Anchors that cannot forget return
	// ErrUnavailable.
	Reset(ctx context.Context, h *Head) error
}

// checkAnchors compares the recovered log with every anchor.
func (e *embedded) checkAnchors(ctx context.Context, rec *recovered) error {
	return nil
}

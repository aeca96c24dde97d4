package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

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
	// anchor to it. A *RollbackError or another ErrTampered means that the
	// anchor has seen a log that the head does not extend; ErrUnavailable, that
	// it could not be asked. It returns cosignature lines, if the anchor makes
	// any.
	Sync(ctx context.Context, h *Head) (cosignatures []byte, err error)
	// Reset makes the anchor accept a head that it would call a rollback. The
	// caller has checked an operator's note. Anchors that cannot forget return
	// ErrUnavailable.
	Reset(ctx context.Context, h *Head) error
}

// FileAnchor keeps the newest checkpoint in a file, which should lie on
// another volume than the log: one that a thief or a restore of the log does
// not take along. A missing file is made.
type FileAnchor struct{ Path string }

// Name implements Anchor.
func (a FileAnchor) Name() string { return "file " + filepath.Base(a.Path) }

// Sync implements Anchor. The file's signature is not looked at: a checkpoint
// that the log's tree extends is harmless whoever wrote it.
func (a FileAnchor) Sync(_ context.Context, h *Head) ([]byte, error) {
	data, err := os.ReadFile(a.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, a.write(h)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrUnavailable, a.Name(), err)
	}
	seen, err := parseSigned(data)
	if err != nil || seen.Origin != h.Origin {
		return nil, tampered("%s holds no checkpoint of this log", a.Name())
	}
	if err := checkExtends(a.Name(), h, seen.Checkpoint); err != nil {
		return nil, err
	}
	if bytes.Equal(data, h.Note) {
		return nil, nil
	}
	return nil, a.write(h)
}

// checkExtends checks that the head is the seen checkpoint or a later one of
// the same tree.
func checkExtends(name string, h *Head, seen Checkpoint) error {
	rollback := &RollbackError{Name: name, Have: h.Checkpoint, Seen: seen}
	if seen.Size > h.Size {
		return rollback
	}
	_, root, err := h.Prove(seen.Size)
	if err != nil {
		return err
	}
	if root != seen.Root {
		return rollback
	}
	return nil
}

func (a FileAnchor) write(h *Head) error {
	if err := writeFileSync(a.Path, h.Note); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrUnavailable, a.Name(), err)
	}
	return nil
}

// Reset implements Anchor.
func (a FileAnchor) Reset(_ context.Context, h *Head) error { return a.write(h) }

// checkAnchors compares the recovered log with every anchor. An empty log has
// no checkpoint to give away yet, but must still not be a rollback.
func (e *embedded) checkAnchors(ctx context.Context, rec *recovered) error {
	for _, a := range e.cfg.Anchors {
		h, err := e.head()
		if err != nil {
			return err
		}
		cosigs, err := a.Sync(ctx, h)
		if err := rec.conflict(err); err != nil {
			return fmt.Errorf("comparing the log with anchor %s: %w", a.Name(), err)
		}
		if err := e.keepCosignatures(h, cosigs); err != nil {
			return err
		}
	}
	return nil
}

// anchorEvery is how often anchors are advanced if the configuration does not
// say: a rollback of more than that is found.
const anchorEvery = 10 * time.Second

// anchorTimeout bounds one round of all anchors, closeTimeout the last one: a
// witness that is away must not hold up a shutdown.
const (
	anchorTimeout = 30 * time.Second
	closeTimeout  = 5 * time.Second
)

// anchors advances the anchors behind the log. A log that an anchor
// contradicts refuses; an anchor that cannot be reached is only told of.
func (e *embedded) anchors() {
	tick := time.NewTicker(e.cfg.AnchorEvery)
	defer tick.Stop()
	for {
		select {
		case <-e.stop:
			return
		case <-tick.C:
			if err := e.syncAnchors(anchorTimeout); err != nil {
				e.alert(err)
			}
		}
	}
}

// syncAnchors does one round, if the log has grown since the last.
func (e *embedded) syncAnchors(timeout time.Duration) error {
	h, err := e.head()
	if err != nil {
		return err
	}
	if h.Size == e.anchored {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var all error
	for _, a := range e.cfg.Anchors {
		cosigs, err := a.Sync(ctx, h)
		if errors.Is(err, ErrTampered) {
			return e.fail(err)
		}
		all = errors.Join(all, err, e.keepCosignatures(h, cosigs))
	}
	if all == nil {
		e.anchored = h.Size
	}
	return all
}

// keepCosignatures writes log/cosigned: the checkpoint with the cosignatures
// of all witnesses that have signed this very one.
func (e *embedded) keepCosignatures(h *Head, cosigs []byte) error {
	if len(cosigs) == 0 {
		return nil
	}
	path := filepath.Join(e.dir, cosignedFile)
	msg := h.Note
	if old, err := os.ReadFile(path); err == nil && bytes.HasPrefix(old, h.Note) {
		msg = old
	}
	for line := range bytes.Lines(cosigs) {
		if !bytes.Contains(msg, line) {
			msg = append(bytes.Clone(msg), line...)
		}
	}
	return writeFileSync(path, msg)
}

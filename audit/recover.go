package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/counterfoil/counterfoil/internal/durable"
)

// checkAtOpen is Config.CheckAtOpen if that is zero.
const checkAtOpen = 256 << 20

const (
	headFile   = "head"
	tornPrefix = "torn-"
	unrecorded = ".unrecorded" // ends the name of a cut that has no record yet
)

// recovered is what Open learned from the disk and has to write down.
type recovered struct {
	cuts      []cut
	conflicts []*RollbackError // what has seen a newer or another log
	unchecked span             // the part of the log that was not checked
	checkedTo int64            // records in it
}

// A cut is a torn tail that was moved away.
type cut struct {
	Offset int64  `json:"offset"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	File   string `json:"file"`
}

// recover finds the end of the log and checks it against its head, without
// changing anything but a torn tail.
func (e *embedded) recover() (*recovered, error) {
	info, err := e.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	rec := &recovered{}
	s := &scanner{src: e.file, end: info.Size()}
	w := &walk{origin: e.cfg.Origin, tree: &tree{full: e.tiles.put}, marks: map[int64]tlog.Hash{}}
	w.each = func(*batch) error { return e.tiles.flushIfMany() }
	head, err := e.readHead()
	if err != nil {
		return nil, err
	}
	if head != nil {
		w.marks[head.Size] = tlog.Hash{}
	}
	if info.Size() > e.cfg.CheckAtOpen {
		e.skipChecked(s, w, head, rec)
	}
	if err := w.all(s); err != nil {
		return nil, err
	}
	if err := e.checkEnd(w, head, info.Size() > 0, rec); err != nil {
		return nil, err
	}
	if err := e.cutTail(s, info.Size(), rec); err != nil {
		return nil, err
	}
	if err := e.adopt(w); err != nil {
		return nil, err
	}
	return rec, e.tiles.flush()
}

// adopt makes what the walk found the state of the log.
func (e *embedded) adopt(w *walk) error {
	e.tree = w.tree
	e.committed = committed{size: w.tree.size, end: w.end, last: w.last, prev: uint32(w.end - w.last), root: w.tree.root(), note: w.note}
	if w.tree.size == 0 {
		e.committed.prev = 0
	}
	e.planned = e.committed
	if !w.rotated {
		return nil
	}
	return e.resign()
}

// A walk follows batches and recomputes their roots.
type walk struct {
	origin string
	tree   *tree
	last   int64  // offset of the last batch
	end    int64  // its end
	note   []byte // its checkpoint

	leaf []byte // its last leaf

	rotated bool // that leaf is a rotation of the signing key

	marks map[int64]tlog.Hash // sizes whose root is wanted, and the roots
	each  func(b *batch) error
}

// all walks to the end, or to a torn tail.
func (w *walk) all(s *scanner) error {
	w.end = s.off
	if _, ok := w.marks[w.tree.size]; ok {
		w.marks[w.tree.size] = w.tree.root()
	}
	for {
		b, at, err := s.batch()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, errTail) {
			return s.classifyTail()
		}
		if err != nil {
			return err
		}
		if err := w.step(b, at); err != nil {
			return err
		}
	}
}

// step checks one batch: that its checkpoint is of this log and has the root
// of the tree with its leaves.
func (w *walk) step(b *batch, at span) error {
	for _, e := range b.entries {
		w.tree.append(leafHash(e.leaf))
		if _, ok := w.marks[w.tree.size]; ok {
			w.marks[w.tree.size] = w.tree.root()
		}
	}
	want := Checkpoint{Origin: w.origin, Size: w.tree.size, Root: w.tree.root()}
	if !bytes.HasPrefix(b.checkpoint, []byte(want.Text()+"\n")) {
		return tampered("checkpoint at index %d does not match its records", b.first)
	}
	w.last, w.end = at.start, at.end
	w.note = append(w.note[:0], b.checkpoint...)
	w.leaf = append(w.leaf[:0], b.entries[len(b.entries)-1].leaf...)
	if w.each != nil {
		return w.each(b)
	}
	return nil
}

// readHead reads log/head; nil means that there is none.
func (e *embedded) readHead() (*signedCheckpoint, error) {
	data, err := os.ReadFile(filepath.Join(e.dir, headFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading log/head: %w", err)
	}
	head, err := parseSigned(data)
	if err != nil {
		return nil, tampered("log/head is damaged")
	}
	if head.Origin != e.cfg.Origin {
		return nil, tampered("log/head is of another log")
	}
	return head, nil
}

// checkEnd checks the signature of the last checkpoint, and that the log is
// not older than its head. The one who signed may be the key before, if the
// last record is the rotation to the present one.
func (e *embedded) checkEnd(w *walk, head *signedCheckpoint, any bool, rec *recovered) error {
	rot, err := e.pendingRotation(w)
	if err != nil {
		return err
	}
	keys := []note.Verifier{e.key.verifies()}
	if rot != nil {
		keys = append(keys, rot.old, rot.next)
	}
	if w.tree.size > 0 {
		last, err := parseSigned(w.note)
		if err != nil || last.verifiedByAny(keys) == nil {
			return tampered("last checkpoint is not signed by the log's key")
		}
	}
	if head == nil {
		if any {
			return tampered("log/head is missing")
		}
		return nil
	}
	return rec.conflict(e.checkHead(w, head, keys))
}

func (e *embedded) checkHead(w *walk, head *signedCheckpoint, keys []note.Verifier) error {
	have := Checkpoint{Origin: e.cfg.Origin, Size: w.tree.size, Root: w.tree.root()}
	if head.Size > w.tree.size || w.marks[head.Size] != head.Root {
		return &RollbackError{Name: "log/head", Have: have, Seen: head.Checkpoint}
	}
	if head.verifiedByAny(keys) == nil {
		// Only a key that was rotated away since may have signed it.
		return tampered("log/head is not signed by the log's key")
	}
	return nil
}

// cutTail moves the torn tail, if any, into a file of its own and cuts it off.
// The file is "unrecorded" until the record of the cut is durable, so that a
// crash in between forgets nothing.
func (e *embedded) cutTail(s *scanner, size int64, rec *recovered) error {
	if err := e.findUnrecorded(s.off, rec); err != nil {
		return err
	}
	if s.off == size {
		return nil
	}
	tail := make([]byte, size-s.off)
	if _, err := e.file.ReadAt(tail, s.off); err != nil {
		return fmt.Errorf("reading the torn tail: %w", err)
	}
	c := newCut(s.off, tail, e.tornName())
	if err := writeFileSync(filepath.Join(e.dir, c.File+unrecorded), tail); err != nil {
		return err
	}
	rec.cuts = append(rec.cuts, c)
	if err := e.file.Truncate(s.off); err != nil {
		return fmt.Errorf("cutting the torn tail: %w", err)
	}
	return e.out.Sync()
}

// findUnrecorded finds cuts of an earlier Open that crashed before it could
// record them. Nothing was appended since, so they ended where the log ends.
func (e *embedded) findUnrecorded(off int64, rec *recovered) error {
	paths, err := filepath.Glob(filepath.Join(e.dir, tornPrefix+"*"+unrecorded))
	if err != nil {
		return fmt.Errorf("looking for torn tails: %w", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading a torn tail: %w", err)
		}
		rec.cuts = append(rec.cuts, newCut(off, data, strings.TrimSuffix(filepath.Base(path), unrecorded)))
	}
	return nil
}

func newCut(off int64, data []byte, file string) cut {
	return cut{Offset: off, Bytes: int64(len(data)), SHA256: Digest(data), File: file}
}

// recordCut appends the record of a cut and gives its file the final name.
func (e *embedded) recordCut(ctx context.Context, l *Log, c *cut) error {
	detail, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("describing a cut: %w", err)
	}
	r := Record{Phase: PhaseEvent, Event: EventCut, SourceDigest: c.SHA256, Bytes: c.Bytes, Detail: string(detail)}
	if _, err := l.Append(ctx, &Entry{Record: r}); err != nil {
		return fmt.Errorf("recording a cut: %w", err)
	}
	path := filepath.Join(e.dir, c.File)
	if err := os.Rename(path+unrecorded, path); err != nil {
		return fmt.Errorf("naming the torn tail: %w", err)
	}
	return durable.SyncDir(e.dir)
}

// tornName returns a file name that is not taken.
func (e *embedded) tornName() string {
	base := tornPrefix + strings.ReplaceAll(e.cfg.Now().UTC().Format("20060102T150405.000000"), ".", "")
	for i, name := 0, base; ; i++ {
		if taken, err := filepath.Glob(filepath.Join(e.dir, name+"*")); err == nil && len(taken) == 0 {
			return name
		}
		name = fmt.Sprintf("%s-%d", base, i+1)
	}
}

// recordRecovery appends the records of what Open did, then writes the head.
func (e *embedded) recordRecovery(ctx context.Context, l *Log, rec *recovered) error {
	if err := e.recordRestore(ctx, l, rec); err != nil {
		return err
	}
	for i := range rec.cuts {
		if err := e.recordCut(ctx, l, &rec.cuts[i]); err != nil {
			return err
		}
	}
	return e.writeHead()
}

package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// background keeps log/head close behind the log, and writes what is derived
// when the log rests or when much of it is waiting: every new file delays the
// syncs of the log.
func (e *embedded) background() {
	tick := time.NewTicker(headEvery)
	defer tick.Stop()
	before := e.state().size // at the tick before
	for {
		e.alert(e.reserved.keep(e.state().end, func(off, n int64) error { return allocate(e.file, off, n) }))
		select {
		case <-e.stop:
			return
		case <-tick.C:
			err := e.writeHead()
			if err == nil && deriveNow(e.state().size-before, e.tiles.waiting()) {
				err = e.writeDerived()
			}
			if !e.reserved.bears(err, e.alert) {
				e.alert(e.fail(err))
				return
			}
			if err == nil {
				before = e.state().size
			}
		}
	}
}

// deriveNow tells whether what is derived is to be written, by how many records
// came since the last tick and how many tiles wait.
func deriveNow(grown int64, waiting int) bool {
	switch {
	case grown == 0:
		return true
	case grown < busyRecords:
		return waiting > fewWaitingTiles
	}
	return waiting > maxWaitingTiles
}

const (
	// busyRecords, in headEvery, are a log under load: 5,800 a second.
	busyRecords = 4096
	// fewWaitingTiles is how many tiles wait for a log that grows as clients make
	// it grow: half a MiB, of 16,000 records.
	fewWaitingTiles = 64
	// maxWaitingTiles is how many wait for a log under load: 32 MiB, of a million
	// records.
	maxWaitingTiles = 4096
)

func (e *embedded) alert(err error) {
	if err != nil && e.cfg.Alert != nil {
		e.cfg.Alert(err)
	}
}

// writeHead writes log/head durably if the log has grown.
func (e *embedded) writeHead() error {
	c := e.state()
	e.mu.Lock()
	headed := e.headed
	e.mu.Unlock()
	if headed == c.size+1 {
		return nil
	}
	h, err := e.head()
	if err != nil {
		return err
	}
	if err := writeFileSync(filepath.Join(e.dir, headFile), h.Note); err != nil {
		return err
	}
	e.mu.Lock()
	e.headed = h.Size + 1
	e.mu.Unlock()
	return nil
}

// writeDerived writes tiles and log/state if the log has grown since it did.
func (e *embedded) writeDerived() error {
	if e.state().size == e.derived {
		return nil
	}
	if err := e.tiles.flush(); err != nil {
		return err
	}
	return e.writeState()
}

// logState is log/state: where to begin when a long log is opened. It is
// derived: what it says must match a signed checkpoint in the log.
type logState struct {
	Size int64         `json:"size"`
	Last int64         `json:"last"` // offset of the batch that ends at Size
	Edge [][]tlog.Hash `json:"edge"`
}

const stateFile = "state"

// writeState writes log/state, without a sync. The tree may be ahead of the
// committed state; then the next tick writes it.
func (e *embedded) writeState() error {
	e.treeMu.Lock()
	c := e.state()
	st := logState{Size: c.size, Last: c.last}
	ahead := e.tree.size != c.size || c.size == 0
	for _, hashes := range e.tree.edge {
		st.Edge = append(st.Edge, append([]tlog.Hash(nil), hashes...))
	}
	e.treeMu.Unlock()
	if ahead {
		return nil
	}
	data, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("encoding log/state: %w", err)
	}
	path := filepath.Join(e.dir, stateFile)
	if err := os.WriteFile(path+".tmp", data, 0o600); err != nil {
		return fmt.Errorf("writing log/state: %w", err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return fmt.Errorf("writing log/state: %w", err)
	}
	e.derived = st.Size
	return nil
}

// skipChecked starts the walk where log/state says, if that matches a batch
// signed by the log's key; otherwise the walk starts at the beginning.
func (e *embedded) skipChecked(s *scanner, w *walk, head *signedCheckpoint, rec *recovered) {
	t, b, at, ok := e.loadState(s)
	if !ok || head == nil || head.Size < t.size {
		return
	}
	t.full = w.tree.full
	w.tree, w.last, w.end, w.note = t, at.start, at.end, b.checkpoint
	w.leaf = b.entries[len(b.entries)-1].leaf
	s.off, s.next, s.prev = at.end, t.size, uint32(b.size())
	rec.unchecked, rec.checkedTo = span{0, at.end}, t.size
}

func (e *embedded) loadState(s *scanner) (*tree, *batch, span, bool) {
	data, err := os.ReadFile(filepath.Join(e.dir, stateFile))
	var st logState
	if err != nil || json.Unmarshal(data, &st) != nil {
		return nil, nil, span{}, false
	}
	t, err := treeFromEdge(st.Edge)
	if err != nil || t.size != st.Size || t.size == 0 {
		return nil, nil, span{}, false
	}
	b, at, err := batchAt(s.src, st.Last, s.end)
	if err != nil {
		return nil, nil, span{}, false
	}
	want := Checkpoint{Origin: e.cfg.Origin, Size: t.size, Root: t.root()}
	c, err := parseSigned(b.checkpoint)
	if err != nil || c.Checkpoint != want || !c.verifiedBy(e.key.verifies()) {
		return nil, nil, span{}, false
	}
	return t, b, at, true
}

// checkPrefix checks, in the background, the part of a long log that Open
// skipped. Its last root is the one that Open started from.
func (e *embedded) checkPrefix(part span, size int64) {
	s := &scanner{src: e.file, end: part.end}
	w := &walk{origin: e.cfg.Origin, tree: &tree{full: e.tiles.put}}
	w.each = func(*batch) error {
		select {
		case <-e.stop:
			return ErrClosed
		default:
			return e.tiles.flushIfMany()
		}
	}
	err := w.all(s)
	if errors.Is(err, ErrClosed) {
		return
	}
	if err == nil && (w.end != part.end || w.tree.size != size) {
		err = tampered("the checked part of the log has changed")
	}
	if err != nil {
		e.alert(e.fail(err))
	}
}

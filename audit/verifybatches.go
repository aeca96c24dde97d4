package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// chunkBytes is how much of the log one worker looks at at a time.
const chunkBytes = 512 << 10

// A chunk is a run of whole batches, with what a worker found in them.
type chunk struct {
	raw     []byte
	headers []batchHeader
	batches []checkedBatch
	err     error
	done    chan struct{}
}

// A checkedBatch is what of a batch the ordered part of a verification needs.
type checkedBatch struct {
	first   int64
	hashes  []tlog.Hash
	records []*Record // nil for those that are not looked into
	signed  *signedCheckpoint
}

// batches reads the log, has workers look into its chunks, and joins what they
// found in order.
func (v *verifier) batches(ctx context.Context, f *os.File, size int64) error {
	s := &scanner{src: f, end: size}
	v.noteRoot()
	readErr, err := overChunks(ctx, s, v.look, v.join)
	if err != nil {
		return err
	}
	return v.tail(s, f, readErr)
}

// overChunks has one goroutine read chunks, some look into them, and the
// caller join them in order. It returns what ended the reading and what ended
// the joining.
func overChunks(ctx context.Context, s *scanner, look func(*chunk), join func(*chunk) error) (readErr, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	ordered, jobs := make(chan *chunk, 2*workers), make(chan *chunk, 2*workers)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(ordered)
		defer close(jobs)
		readErr = split(ctx, s, ordered, jobs)
	})
	for range workers {
		wg.Go(func() {
			for c := range jobs {
				look(c)
				close(c.done)
			}
		})
	}
	for c := range ordered {
		<-c.done
		if err == nil {
			if err = join(c); err != nil {
				cancel()
			}
		}
	}
	wg.Wait()
	return readErr, err
}

// tail judges what the reader stopped at. While another process has the log
// open, an incomplete batch is one that is just being written.
func (v *verifier) tail(s *scanner, f *os.File, err error) error {
	if !errors.Is(err, errTail) {
		return err
	}
	v.report.Records = v.tree.size
	if err := s.classifyTail(); err != nil {
		return err
	}
	if errors.Is(probeLock(f), ErrLocked) {
		v.warn("the log is open in another process; %d bytes that it is just writing were not looked at", s.end-s.off)
		return nil
	}
	return tampered("%d torn bytes after checkpoint %d; opening the log cuts them and records it", s.end-s.off, v.tree.size)
}

// split cuts the log into chunks by its headers.
func split(ctx context.Context, s *scanner, ordered, jobs chan<- *chunk) error {
	for {
		c, err := nextChunk(s)
		if len(c.headers) > 0 {
			select {
			case ordered <- c:
				jobs <- c
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func nextChunk(s *scanner) (*chunk, error) {
	room := min(chunkBytes+chunkBytes/4, s.end-s.off)
	c := &chunk{raw: make([]byte, 0, room), done: make(chan struct{})}
	for len(c.raw) < chunkBytes {
		h, raw, err := s.skip()
		if err != nil {
			return c, err
		}
		c.headers, c.raw = append(c.headers, h), append(c.raw, raw...)
	}
	return c, nil
}

// look checks the batches of a chunk, each by itself.
func (v *verifier) look(c *chunk) {
	rest := c.raw
	for _, h := range c.headers {
		body := rest[headerSize:h.size()]
		rest = rest[h.size():]
		b, err := parseBody(h, body)
		if err == nil {
			err = v.lookBatch(c, b)
		}
		if err != nil {
			c.err = err
			return
		}
	}
}

func (v *verifier) lookBatch(c *chunk, b *batch) error {
	out := checkedBatch{first: b.first, hashes: make([]tlog.Hash, len(b.entries)), records: make([]*Record, len(b.entries))}
	for i, e := range b.entries {
		out.hashes[i] = leafHash(e.leaf)
		index := b.first + int64(i)
		if v.since != nil && index < v.since.Size && !bytes.Contains(e.leaf, eventNeedle) {
			continue // seen by the verification that gave Since
		}
		rec, err := v.lookRecord(index, e)
		if err != nil {
			return err
		}
		out.records[i] = rec
	}
	var err error
	if out.signed, err = parseSigned(b.checkpoint); err != nil {
		return tampered("checkpoint after index %d: %v", b.first, err)
	}
	c.batches = append(c.batches, out)
	return nil
}

// eventNeedle marks leaves that matter to the verification of later ones.
var eventNeedle = []byte(`"phase":"event"`)

// lookRecord checks that a leaf is a record of this log and that the sidecar
// is the one it names.
func (v *verifier) lookRecord(index int64, e rawEntry) (*Record, error) {
	rec, err := DecodeRecord(e.leaf)
	if err != nil {
		return nil, tampered("record %d: %v", index, err)
	}
	if rec.Origin != v.report.Origin {
		return nil, tampered("record %d is of another log", index)
	}
	want := ""
	if e.sidecar != nil {
		want = Digest(e.sidecar)
	}
	if rec.Sidecar != want {
		return nil, tampered("record %d: the sidecar is not the one it names", index)
	}
	return rec, nil
}

// join takes the next chunk.
func (v *verifier) join(c *chunk) error {
	for i := range c.batches {
		if err := v.joinBatch(&c.batches[i]); err != nil {
			return err
		}
	}
	return c.err
}

func (v *verifier) joinBatch(b *checkedBatch) error {
	rot, err := v.joinLeaves(b)
	if err != nil {
		return err
	}
	return v.joinCheckpoint(b, rot)
}

// joinLeaves adds the leaves to the tree and looks at the records.
func (v *verifier) joinLeaves(b *checkedBatch) (*rotation, error) {
	for _, h := range b.hashes {
		v.tree.append(h)
		v.noteRoot()
	}
	return v.joinRecords(b)
}

// joinCheckpoint checks that a checkpoint is of the tree so far.
func (v *verifier) joinCheckpoint(b *checkedBatch, rot *rotation) error {
	want := Checkpoint{Origin: v.report.Origin, Size: v.tree.size, Root: v.tree.root()}
	if b.signed.Checkpoint != want {
		return tampered("checkpoint at index %d does not match its records", b.first)
	}
	v.last = b.signed
	v.report.Batches++
	v.report.Records = v.tree.size
	return v.noteKey(b.signed, b.first, rot)
}

// noteRoot keeps the root if evidence claims one at this size.
func (v *verifier) noteRoot() {
	if _, ok := v.marks[v.tree.size]; ok {
		v.marks[v.tree.size] = v.tree.root()
	}
}

// joinRecords takes note of the events, and returns the rotation if the last
// record is one.
func (v *verifier) joinRecords(b *checkedBatch) (rot *rotation, err error) {
	for i, rec := range b.records {
		rot = nil
		if rec == nil {
			continue
		}
		index := b.first + int64(i)
		v.clock.see(index, rec.Time)
		if rec.Phase == PhaseEvent {
			if rot, err = v.joinEvent(index, rec); err != nil {
				return nil, err
			}
		}
		if v.opt.Each != nil {
			if err := v.opt.Each(index, rec); err != nil {
				return nil, fmt.Errorf("%w: record %d: %w", ErrTampered, index, err)
			}
		}
	}
	return rot, nil
}

func (v *verifier) joinEvent(index int64, rec *Record) (*rotation, error) {
	switch rec.Event {
	case EventCut:
		v.report.Cuts = append(v.report.Cuts, CutReport{Index: index, Detail: rec.Detail})
	case EventErase:
		v.report.Erasures = append(v.report.Erasures, index)
	case EventRestore:
		v.report.Restores = append(v.report.Restores, index)
		return nil, v.joinRestore(index, rec)
	case EventKey:
		return parseRotation(v.report.Origin, rec.Detail)
	}
	return nil, nil
}

// everySignature checks the signature of every checkpoint, in a second pass:
// only now are all keys known.
func (v *verifier) everySignature(ctx context.Context, f *os.File, size int64) error {
	if !v.opt.EverySignature {
		return nil
	}
	keys := v.allKeys()
	look := func(c *chunk) { c.err = lookSignatures(c, keys) }
	count := func(c *chunk) error {
		v.report.Signatures += int64(len(c.headers))
		return c.err
	}
	_, err := overChunks(ctx, &scanner{src: f, end: size}, look, count)
	return err
}

func lookSignatures(c *chunk, keys []note.Verifier) error {
	rest := c.raw
	for _, h := range c.headers {
		b, err := parseBody(h, rest[headerSize:h.size()])
		if err != nil {
			return err
		}
		rest = rest[h.size():]
		signed, err := parseSigned(b.checkpoint)
		if err != nil || signed.verifiedByAny(keys) == nil {
			return tampered("checkpoint after index %d has a bad signature", h.first)
		}
	}
	return nil
}

func cutFileName(detail string) string {
	var c cut
	if json.Unmarshal([]byte(detail), &c) != nil {
		return ""
	}
	return c.File
}

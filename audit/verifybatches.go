package audit

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// chunkBytes is how much of the log one worker looks at at a time.
const chunkBytes = 512 << 10

// A chunk is a run of whole batches, with what a worker found in them. Chunks
// are used again: only the text, of which strings are parts, is new each time.
type chunk struct {
	raw     []byte
	headers []batchHeader
	text    string      // raw again; strings of the records are parts of it
	hashes  []tlog.Hash // of all leaves
	records []Record    // room for all records
	looked  []*Record   // see checkedBatch, for all batches
	batches []checkedBatch
	err     error
	done    chan struct{} // receives one value when a worker is done
}

// A checkedBatch is what of a batch the ordered part of a verification needs.
type checkedBatch struct {
	first   int64
	hashes  []tlog.Hash
	records []*Record // nil for those that are not looked into
	end     ending
}

var chunks = sync.Pool{New: func() any { return &chunk{done: make(chan struct{}, 1)} }}

func newChunk() *chunk { return chunks.Get().(*chunk) }

// release gives the chunk back; its records are kept if somebody else has them.
func (c *chunk) release(keepRecords bool) {
	if cap(c.raw) > 2*chunkBytes {
		return // of a batch of unusual size
	}
	if keepRecords {
		c.records = nil
	}
	clear(c.records)
	clear(c.batches)
	c.raw, c.headers, c.text, c.err = c.raw[:0], c.headers[:0], "", nil
	c.hashes, c.records, c.looked, c.batches = c.hashes[:0], c.records[:0], c.looked[:0], c.batches[:0]
	chunks.Put(c)
}

// batches reads the log, has workers look into its chunks, and joins what they
// found in order.
func (v *verifier) batches(ctx context.Context, f *os.File, size int64) error {
	s := &scanner{src: f, end: size}
	v.noteRoot()
	readErr, err := overChunks(ctx, s, v.look, v.join, v.opt.Each != nil)
	if err != nil {
		return err
	}
	return v.tail(s, f, readErr)
}

// overChunks has one goroutine read chunks, some look into them, and the
// caller join them in order. It returns what ended the reading and what ended
// the joining.
func overChunks(ctx context.Context, s *scanner, look func(*chunk), join func(*chunk) error, keepRecords bool) (readErr, err error) {
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
				c.done <- struct{}{}
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
		c.release(keepRecords)
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
	c := newChunk()
	c.raw = slices.Grow(c.raw, int(min(chunkBytes+chunkBytes/4, s.end-s.off)))
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
	c.text = string(c.raw)
	n := 0
	for _, h := range c.headers {
		n += h.count
	}
	c.hashes, c.looked = slices.Grow(c.hashes, n), slices.Grow(c.looked, n)[:n]
	c.records = slices.Grow(c.records, n)[:n]
	clear(c.looked)
	at := 0
	for _, h := range c.headers {
		b, err := parseBody(h, c.raw[at+headerSize:at+int(h.size())])
		if err == nil {
			err = v.lookBatch(c, b, c.text[at+headerSize:at+int(h.size())])
		}
		if err != nil {
			c.err = err
			return
		}
		at += int(h.size())
	}
}

// lookBatch looks into a batch; text is its body.
func (v *verifier) lookBatch(c *chunk, b *batch, text string) error {
	from := len(c.hashes)
	out := checkedBatch{first: b.first, records: c.looked[from : from+len(b.entries)]}
	for i, e := range b.entries {
		c.hashes = append(c.hashes, leafHash(e.leaf))
		leaf := text[entryHeader : entryHeader+len(e.leaf)]
		text = text[e.size():]
		index := b.first + int64(i)
		if v.since != nil && index < v.since.Size && !strings.Contains(leaf, eventNeedle) {
			continue // seen by the verification that gave Since
		}
		out.records[i] = &c.records[from+i]
		if err := v.lookRecord(out.records[i], index, leaf, e.sidecar); err != nil {
			return err
		}
	}
	out.hashes = c.hashes[from:]
	var ok bool
	if out.end, ok = endOf(text, v.report.Origin); !ok {
		return tampered("checkpoint after index %d is malformed or not signed by exactly the log", b.first)
	}
	c.batches = append(c.batches, out)
	return nil
}

// An ending is the checkpoint that ends a batch, taken apart as far as the
// ordered part of a verification needs it.
type ending struct {
	note string
	text string // the part of it that the signature is over
	id   uint32 // key id of the signature
}

// endOf takes a checkpoint apart that has one signature, in the log's name.
// That the text is a checkpoint of the log remains to be seen.
func endOf(note, origin string) (ending, bool) {
	text, line, ok := strings.Cut(note, "\n\n")
	if !ok || len(note) > maxNote {
		return ending{}, false
	}
	line, ok1 := strings.CutPrefix(line, sigPrefix)
	line, ok2 := strings.CutPrefix(line, origin)
	line, ok3 := strings.CutPrefix(line, " ")
	line, ok4 := strings.CutSuffix(line, "\n")
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return ending{}, false
	}
	raw, err := decodeBase64(line)
	if err != nil || len(raw) < minSignature {
		return ending{}, false
	}
	return ending{note, note[:len(text)+1], binary.BigEndian.Uint32(raw)}, true
}

// eventNeedle marks leaves that matter to the verification of later ones.
const eventNeedle = `"phase":"event"`

// lookRecord checks that a leaf is a record of this log and that the sidecar
// is the one it names. It sets the record, whose strings are parts of the leaf.
func (v *verifier) lookRecord(r *Record, index int64, leaf string, sidecar []byte) error {
	if err := r.decode(leaf); err != nil {
		return tampered("record %d: %v", index, err)
	}
	if r.Origin != v.report.Origin {
		return tampered("record %d is of another log", index)
	}
	if sidecar == nil {
		if r.Sidecar != "" {
			return tampered("record %d: the sidecar that it names is missing", index)
		}
		return nil
	}
	if r.Sidecar != Digest(sidecar) {
		return tampered("record %d: the sidecar is not the one it names", index)
	}
	return nil
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
	return v.joinCheckpoint(b.end, b.first, rot)
}

// joinLeaves adds the leaves to the tree and looks at the records.
func (v *verifier) joinLeaves(b *checkedBatch) (*rotation, error) {
	for _, h := range b.hashes {
		v.tree.append(h)
		v.noteRoot()
	}
	return v.joinRecords(b)
}

// joinCheckpoint checks that a checkpoint is of the tree so far; first is the
// index at which its batch begins.
func (v *verifier) joinCheckpoint(e ending, first int64, rot *rotation) error {
	want := Checkpoint{Origin: v.report.Origin, Size: v.tree.size, Root: v.tree.root()}
	v.text = want.appendText(v.text[:0])
	if string(v.text) != e.text {
		return tampered("checkpoint at index %d does not match its records", first)
	}
	v.last, v.lastRoot = e.note, want.Root
	v.report.Batches++
	v.report.Records = v.tree.size
	return v.noteKey(e, first, rot)
}

// noteRoot keeps the root if evidence claims one at this size.
func (v *verifier) noteRoot() {
	if _, ok := v.marks[v.tree.size]; ok {
		v.marks[v.tree.size] = v.tree.root()
	}
}

// joinRecords takes note of the events, and returns the rotation if the last
// record is one: nothing may follow it under the same checkpoint.
func (v *verifier) joinRecords(b *checkedBatch) (rot *rotation, err error) {
	for i, rec := range b.records {
		index := b.first + int64(i)
		if rot != nil {
			return nil, afterRotation(index)
		}
		if rec == nil {
			continue
		}
		v.clock.see(index, rec.Time)
		if rec.Phase == PhaseEvent {
			if rot, err = v.joinEvent(index, rec); err != nil {
				return nil, err
			}
		}
		if v.opt.Each != nil {
			if err := v.opt.Each(index, rec); err != nil {
				return nil, fmt.Errorf("%w: record %d: %w", ErrStore, index, err)
			}
		}
	}
	return rot, nil
}

func afterRotation(index int64) error {
	return tampered("record %d is under the key that the rotation before it ended", index)
}

// joinErasure lists an erasure once, by its last record: "begin WHAT" and then
// "done WHAT", "failed WHAT" (some keys may be destroyed), or "none WHAT" (no key
// was there, and nothing is listed). One that was begun and has no end is listed,
// and so is a detail of any other form.
func (v *verifier) joinErasure(index int64, detail string) {
	r := v.report
	word, what, _ := strings.Cut(detail, " ")
	if begun, ok := v.erasing[what]; ok && word != "begin" {
		delete(v.erasing, what)
		for i := len(r.Erasures) - 1; i >= 0 && r.Erasures[i] >= begun; i-- { // it is near the end
			if r.Erasures[i] == begun {
				r.Erasures = slices.Delete(r.Erasures, i, i+1)
				break
			}
		}
	}
	if word == "none" {
		return
	}
	r.Erasures = append(r.Erasures, index)
	if word == "begin" {
		if v.erasing == nil {
			v.erasing = make(map[string]int64)
		}
		v.erasing[what] = index
	}
}

func (v *verifier) joinEvent(index int64, rec *Record) (*rotation, error) {
	switch rec.Event {
	case EventCut:
		v.report.Cuts = append(v.report.Cuts, CutReport{Index: index, Detail: strings.Clone(rec.Detail)})
	case EventErase:
		v.joinErasure(index, strings.Clone(rec.Detail))
	case EventRestore:
		v.report.Restores = append(v.report.Restores, index)
		return nil, v.joinRestore(index, rec)
	case EventKey:
		return parseRotation(v.report.Origin, strings.Clone(rec.Detail))
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
	_, err := overChunks(ctx, &scanner{src: f, end: size}, look, count, false)
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

package audit

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"sync"
)

// A page is a run of records, copied out of their batches, with what came of
// the work on them. Pages are used again.
type page[T any] struct {
	raw     []byte
	leaves  []part
	results []pageResult[T]
	err     error
	done    chan struct{} // receives one value when the work is done
}

// A part is where an entry lies in a page: its leaf, then its sidecar.
type part struct {
	index           int64
	off, leaf, size int
}

type pageResult[T any] struct {
	index int64
	value T
}

// pageRecords and pageBytes bound a page: what one core works on at a time, and
// how far it may be ahead of the others.
const (
	pageRecords = 256
	pageBytes   = chunkBytes
)

// Work runs work on every record that a filter chooses, on all cores, and
// hands the results for which it says true on to each, in the order of the log.
// An item is valid until work returns; each runs on the calling goroutine. The
// first error ends it: of ctx, of reading or decoding the log, or of each.
func Work[T any](ctx context.Context, r *Reader, f Filter, work func(*Item) (T, bool), each func(index int64, result T) error) error {
	from, to, err := r.bounds(f)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	ordered, jobs := make(chan *page[T], 2*workers), make(chan *page[T], 2*workers)
	free := &sync.Pool{New: func() any { return &page[T]{done: make(chan struct{}, 1)} }}
	var wg sync.WaitGroup
	var readErr error
	wg.Go(func() {
		defer close(ordered)
		defer close(jobs)
		readErr = readPages(ctx, r, f.needles(), from, to, free, func(p *page[T]) {
			ordered <- p
			jobs <- p
		})
	})
	for range workers {
		wg.Go(func() {
			for p := range jobs {
				p.run(&f, work)
				p.done <- struct{}{}
			}
		})
	}
	for p := range ordered {
		<-p.done
		if err == nil {
			if err = p.hand(each); err != nil {
				cancel()
			}
		}
		if cap(p.raw) <= 2*pageBytes {
			free.Put(p)
		}
	}
	wg.Wait()
	if err != nil {
		return err
	}
	return readErr
}

// readPages reads the records from ≤ index < to (to < 0: to the end) that hold
// all needles.
func readPages[T any](ctx context.Context, r *Reader, needles [][]byte, from, to int64, free *sync.Pool, emit func(*page[T])) error {
	p := newPage[T](free)
	for b, err := range r.src.batches(max(from, 0)) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		for i, e := range b.entries {
			index := b.first + int64(i)
			if index < from || to >= 0 && index >= to || !holds(e.leaf, needles) {
				continue
			}
			if p.full(e) {
				emit(p)
				p = newPage[T](free)
			}
			p.add(index, e)
		}
		if to >= 0 && b.first+int64(b.count) >= to {
			break
		}
	}
	emit(p)
	return nil
}

func newPage[T any](free *sync.Pool) *page[T] {
	p := free.Get().(*page[T])
	clear(p.results)
	p.raw, p.leaves, p.results, p.err = p.raw[:0], p.leaves[:0], p.results[:0], nil
	return p
}

func (p *page[T]) full(e rawEntry) bool {
	return len(p.leaves) == pageRecords || len(p.leaves) > 0 && len(p.raw)+e.size() > pageBytes
}

func (p *page[T]) add(index int64, e rawEntry) {
	p.leaves = append(p.leaves, part{index, len(p.raw), len(e.leaf), len(e.leaf) + len(e.sidecar)})
	p.raw = append(append(p.raw, e.leaf...), e.sidecar...)
}

// run does the work on a page, up to the first record that does not decode.
func (p *page[T]) run(f *Filter, work func(*Item) (T, bool)) {
	var rec Record
	for _, at := range p.leaves {
		leaf := p.raw[at.off : at.off+at.leaf : at.off+at.leaf]
		rec = Record{}
		if err := rec.decode(string(leaf)); err != nil {
			p.err = tampered("record %d: %v", at.index, err)
			return
		}
		if !f.Match(&rec) {
			continue
		}
		it := Item{Index: at.index, Record: &rec, Leaf: leaf}
		if at.size > at.leaf {
			it.Sidecar = p.raw[at.off+at.leaf : at.off+at.size : at.off+at.size]
		}
		if v, ok := work(&it); ok {
			p.results = append(p.results, pageResult[T]{at.index, v})
		}
	}
}

func (p *page[T]) hand(each func(int64, T) error) error {
	for i := range p.results {
		if err := each(p.results[i].index, p.results[i].value); err != nil {
			return err
		}
	}
	return p.err
}

func holds(leaf []byte, needles [][]byte) bool {
	return !slices.ContainsFunc(needles, func(n []byte) bool { return !bytes.Contains(leaf, n) })
}

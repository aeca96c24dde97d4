package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

// fileSource reads batches from the records file.
type fileSource struct {
	src io.ReaderAt
	end int64
}

// batches implements batchSource.
func (f fileSource) batches(from int64) iter.Seq2[*batch, error] {
	return func(yield func(*batch, error) bool) {
		s, err := f.seek(func(b batchHeader, _ int64) (bool, error) { return b.first <= from, nil })
		for err == nil {
			var b *batch
			if b, _, err = s.batch(); err != nil {
				break
			}
			if b.first+int64(b.count) > from && !yield(b, nil) {
				return
			}
		}
		if errors.Is(err, errTail) {
			err = s.classifyTail()
		}
		if err != nil && !errors.Is(err, io.EOF) {
			yield(nil, err)
		}
	}
}

// bisectStop is the stretch below which reading on beats bisecting.
const bisectStop = 256 << 10

// seek returns a scanner at a batch for which early holds, close before the
// last such. It bisects the file by looking for batch headers.
func (f fileSource) seek(early func(h batchHeader, off int64) (bool, error)) (*scanner, error) {
	s := &scanner{src: f.src, end: f.end}
	lo, hi := int64(0), f.end
	for hi-lo > bisectStop {
		mid := lo + (hi-lo)/2
		h, off, err := f.resync(mid, hi)
		if err != nil {
			return nil, err
		}
		if off < 0 {
			hi = mid
			continue
		}
		ok, err := early(h, off)
		if err != nil {
			return nil, err
		}
		if !ok {
			hi = mid
			continue
		}
		lo = off
		s.off, s.next, s.prev = off, h.first, h.prev
	}
	return s, nil
}

// resync finds the first batch at or after off, or -1 if none begins before
// end.
func (f fileSource) resync(off, end int64) (batchHeader, int64, error) {
	buf := make([]byte, bisectStop)
	for off < end {
		n, err := f.src.ReadAt(buf[:min(int64(len(buf)), f.end-off)], off)
		if err != nil && !errors.Is(err, io.EOF) {
			return batchHeader{}, 0, fmt.Errorf("reading the log: %w", err)
		}
		for at := 0; at+headerSize <= n; at++ {
			i := bytes.Index(buf[at:n], []byte(batchMagic))
			if i < 0 {
				break
			}
			at += i
			if h, ok := parseHeader(buf[at:n]); ok {
				return h, off + int64(at), nil
			}
		}
		if n < headerSize {
			break
		}
		off += int64(n - headerSize + 1)
	}
	return batchHeader{}, -1, nil
}

// size implements batchSource.
func (f fileSource) size() (int64, error) {
	s, err := f.seek(func(batchHeader, int64) (bool, error) { return true, nil })
	for err == nil {
		_, _, err = s.batch()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, errTail) {
		return s.next, nil
	}
	return 0, err
}

// before implements batchSource.
func (f fileSource) before(t time.Time) (int64, error) {
	s, err := f.seek(func(_ batchHeader, off int64) (bool, error) {
		b, _, err := batchAt(f.src, off, f.end)
		if err != nil {
			return false, err
		}
		rec, err := DecodeRecord(b.entries[0].leaf)
		if err != nil {
			return false, err
		}
		return rec.Time.Before(t), nil
	})
	if err != nil {
		return 0, err
	}
	return s.next, nil
}

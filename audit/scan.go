package audit

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// A span is a part of the records file.
type span struct{ start, end int64 }

// A scanner reads batches one after the other. It trusts nothing but checks
// framing only; roots and signatures are its caller's.
type scanner struct {
	src  io.ReaderAt
	off  int64  // of the next batch
	end  int64  // nothing is read beyond
	next int64  // index that the next batch must have
	prev uint32 // length of the batch before
	buf  []byte // window of the file that starts at base
	base int64
}

// scanWindow is how much is read at once; batches of single records are far
// smaller, so that a scan takes few reads.
const scanWindow = 1 << 20

// errTail means that the bytes from off on are not a valid batch; classify
// tells why.
var errTail = errors.New("bytes after the last valid batch")

// skip returns the header of the next batch and all of its bytes, unchecked
// and valid until the next call; io.EOF at the end, or errTail.
func (s *scanner) skip() (batchHeader, []byte, error) {
	if s.off == s.end {
		return batchHeader{}, nil, io.EOF
	}
	head, err := s.window(headerSize)
	if err != nil {
		return batchHeader{}, nil, err
	}
	h, ok := parseHeader(head)
	if !ok || h.first != s.next || h.prev != s.prev {
		return batchHeader{}, nil, errTail
	}
	raw, err := s.window(int(h.size()))
	if err != nil {
		return batchHeader{}, nil, err
	}
	s.off += h.size()
	s.next += int64(h.count)
	s.prev = uint32(h.size())
	return h, raw, nil
}

// batch returns the next batch, io.EOF at the end, or errTail, at which the
// scanner stays. Its slices are valid until the next call.
func (s *scanner) batch() (*batch, span, error) {
	before := *s
	h, raw, err := s.skip()
	if err != nil {
		return nil, span{}, err
	}
	b, err := parseBody(h, raw[headerSize:])
	if err != nil {
		s.off, s.next, s.prev = before.off, before.next, before.prev
		return nil, span{}, errTail
	}
	return b, span{before.off, s.off}, nil
}

// batchAt reads the one batch that starts at off and ends by end. The error is
// errTail if there is none.
func batchAt(src io.ReaderAt, off, end int64) (*batch, span, error) {
	head := make([]byte, headerSize)
	if off < 0 || off+headerSize > end {
		return nil, span{}, errTail
	}
	if _, err := src.ReadAt(head, off); err != nil {
		return nil, span{}, fmt.Errorf("reading the log: %w", err)
	}
	h, ok := parseHeader(head)
	if !ok || off+h.size() > end {
		return nil, span{}, errTail
	}
	body := make([]byte, h.body)
	if _, err := src.ReadAt(body, off+headerSize); err != nil {
		return nil, span{}, fmt.Errorf("reading the log: %w", err)
	}
	b, err := parseBody(h, body)
	return b, span{off, off + h.size()}, err
}

// window returns n bytes from off, or errTail if there are not as many.
func (s *scanner) window(n int) ([]byte, error) {
	if s.off+int64(n) > s.end {
		return nil, errTail
	}
	if from := s.off - s.base; from >= 0 && from+int64(n) <= int64(len(s.buf)) {
		return s.buf[from : from+int64(n)], nil
	}
	size := int(min(int64(max(n, scanWindow)), s.end-s.off))
	if cap(s.buf) < size {
		s.buf = make([]byte, size)
	}
	s.buf, s.base = s.buf[:size], s.off
	if _, err := s.src.ReadAt(s.buf, s.off); err != nil {
		s.buf = s.buf[:0]
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	return s.buf[:n], nil
}

// sectorSize is the unit in which a disk writes, and minSlice the shortest part
// of one whose zeros are believed to be an unwritten sector.
const (
	sectorSize = 512
	minSlice   = 32
)

// maxTail is the longest tail that can be one torn batch.
const maxTail = headerSize + maxBody

// classifyTail tells a torn write, which may be cut, from damage, which may
// not. The tail is what follows the last valid batch, which ended at off. A
// torn batch was never acknowledged: it is incomplete, or it has whole sectors
// that were never written. Anything else was complete once.
func (s *scanner) classifyTail() error {
	src, off, end := s.src, s.off, s.end
	if end-off > maxTail {
		return tampered("%d bytes after the batch that ends at offset %d are no batch", end-off, off)
	}
	tail := make([]byte, end-off)
	if _, err := src.ReadAt(tail, off); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the log's tail: %w", err)
	}
	if _, found := nextHeader(tail[min(1, len(tail)):]); found {
		return tampered("damage at offset %d is followed by a later batch", off)
	}
	if len(tail) < headerSize || unwrittenSector(tail, off) {
		return nil
	}
	h, ok := parseHeader(tail)
	if !ok || h.first != s.next || h.prev != s.prev {
		return tampered("batch header at offset %d is damaged", off)
	}
	if h.size() <= int64(len(tail)) {
		return tampered("batch at offset %d is complete and damaged", off)
	}
	return nil
}

// unwrittenSector reports whether a sector of the tail holds only zeros. No
// sector of a written batch does: leaves are text, and Append refuses sidecars
// with long runs of zeros.
func unwrittenSector(tail []byte, off int64) bool {
	for len(tail) > 0 {
		n := min(int(sectorSize-off%sectorSize), len(tail))
		if n >= minSlice && allZero(tail[:n]) {
			return true
		}
		tail, off = tail[n:], off+int64(n)
	}
	return false
}

func allZero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// nextHeader finds the first place in b that holds a batch whose header and,
// as far as b shows it, whole body have a valid checksum. Leaves cannot hold
// one (they are text), and ciphertext does so by chance once in 2^64.
func nextHeader(b []byte) (int, bool) {
	for at := 0; ; at++ {
		i := bytes.Index(b[at:], []byte(batchMagic))
		if i < 0 {
			return 0, false
		}
		at += i
		h, ok := parseHeader(b[at:])
		if !ok {
			continue
		}
		body := b[at+headerSize:]
		if h.body > len(body) || crc32.Checksum(body[:h.body], castagnoli) == h.crc {
			return at, true
		}
	}
}

package audit

import (
	"encoding/binary"
	"hash/crc32"
)

// The layout of a batch; see the package comment.
const (
	batchMagic  = "CFB1"
	headerSize  = 32
	entryHeader = 8

	// maxBatchRecords and maxBatchBytes bound one write: 4096 appends are more
	// than callers can have waiting in one sync, and 16 MiB keep it short.
	maxBatchRecords = 4096
	maxBatchBytes   = 16 << 20

	// maxBody is the longest body a reader accepts: a full batch, one more
	// entry of the greatest size, and the checkpoint.
	maxBody = maxBatchBytes + entryHeader + MaxLeaf + MaxSidecar + maxNote
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A batchHeader is the fixed part of a batch.
type batchHeader struct {
	count int
	first int64
	body  int
	crc   uint32
	prev  uint32
}

// size returns the length of the whole batch in bytes.
func (h batchHeader) size() int64 { return headerSize + int64(h.body) }

// parseHeader parses a header; ok is false for anything but a header whose own
// checksum holds and whose numbers are within the bounds.
func parseHeader(b []byte) (h batchHeader, ok bool) {
	if len(b) < headerSize || string(b[:4]) != batchMagic {
		return h, false
	}
	if crc32.Checksum(b[:28], castagnoli) != binary.BigEndian.Uint32(b[28:]) {
		return h, false
	}
	count, first := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint64(b[8:])
	body := binary.BigEndian.Uint32(b[16:])
	if count == 0 || count > maxBatchRecords || first > maxSafeInteger || body > maxBody {
		return h, false
	}
	h = batchHeader{int(count), int64(first), int(body), binary.BigEndian.Uint32(b[20:]), binary.BigEndian.Uint32(b[24:])}
	return h, true
}

// A rawEntry is one leaf and its sidecar as they lie in a batch.
type rawEntry struct {
	leaf    []byte
	sidecar []byte
}

// size returns how much of a batch the entry takes, in bytes.
func (e *rawEntry) size() int { return entryHeader + len(e.leaf) + len(e.sidecar) }

// A batch is a parsed batch. Its slices point into the buffer it came from.
type batch struct {
	batchHeader
	entries    []rawEntry
	checkpoint []byte
}

// parseBody takes a body apart. Every byte belongs to an entry or to the
// checkpoint.
func parseBody(h batchHeader, body []byte) (*batch, error) {
	if len(body) != h.body || crc32.Checksum(body, castagnoli) != h.crc {
		return nil, tampered("batch at index %d: checksum", h.first)
	}
	b := &batch{batchHeader: h, entries: make([]rawEntry, 0, h.count)}
	for range h.count {
		e, rest, ok := cutEntry(body)
		if !ok {
			return nil, tampered("batch at index %d: entry framing", h.first)
		}
		b.entries, body = append(b.entries, e), rest
	}
	b.checkpoint = body
	return b, nil
}

func cutEntry(b []byte) (e rawEntry, rest []byte, ok bool) {
	if len(b) < entryHeader {
		return e, nil, false
	}
	leaf, side := int64(binary.BigEndian.Uint32(b)), int64(binary.BigEndian.Uint32(b[4:]))
	b = b[entryHeader:]
	if leaf < 1 || leaf > MaxLeaf || side > MaxSidecar || leaf+side > int64(len(b)) {
		return e, nil, false
	}
	e.leaf = b[:leaf:leaf]
	if side > 0 {
		e.sidecar = b[leaf : leaf+side : leaf+side]
	}
	return e, b[leaf+side:], true
}

// appendBatch appends the encoding of a batch. The checkpoint must cover it.
func appendBatch(out []byte, first int64, prev uint32, entries []rawEntry, checkpoint []byte) []byte {
	start := len(out)
	out = append(out, make([]byte, headerSize)...)
	for _, e := range entries {
		out = binary.BigEndian.AppendUint32(out, uint32(len(e.leaf)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(e.sidecar)))
		out = append(append(out, e.leaf...), e.sidecar...)
	}
	out = append(out, checkpoint...)
	body := out[start+headerSize:]
	h := out[start : start+headerSize]
	copy(h, batchMagic)
	binary.BigEndian.PutUint32(h[4:], uint32(len(entries)))
	binary.BigEndian.PutUint64(h[8:], uint64(first))
	binary.BigEndian.PutUint32(h[16:], uint32(len(body)))
	binary.BigEndian.PutUint32(h[20:], crc32.Checksum(body, castagnoli))
	binary.BigEndian.PutUint32(h[24:], prev)
	binary.BigEndian.PutUint32(h[28:], crc32.Checksum(h[:28], castagnoli))
	return out
}

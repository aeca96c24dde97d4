package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Prove writes a proof bundle for one record of the log below a data folder,
// without opening or locking it. Openings disclose fields; each must match. If
// log/cosigned covers the record, the proof is against that checkpoint and so
// carries cosignatures; otherwise against the log's last one. It hashes the
// log once: what it proves does not rest on derived files.
func Prove(ctx context.Context, dir string, index int64, openings []Opening) ([]byte, error) {
	r, err := OpenReader(dir)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.Prove(ctx, index, openings, cosignedNote(dir))
}

// cosignedNote reads log/cosigned; nil means that there is none worth using.
func cosignedNote(dir string) []byte {
	data, err := os.ReadFile(filepath.Join(dir, "log", cosignedFile))
	if err != nil {
		return nil
	}
	return data
}

// usable parses a cosigned checkpoint that was kept; nil if it is none.
func usable(cosigned []byte) *signedCheckpoint {
	c, err := parseSigned(cosigned)
	if err != nil {
		return nil
	}
	return c
}

// Prove is the function Prove for a log that is open for reading: an embedded
// or a shared one. cosigned is a checkpoint with cosignatures that was kept,
// or nil.
func (r *Reader) Prove(ctx context.Context, index int64, openings []Opening, cosigned []byte) ([]byte, error) {
	it, err := r.Entry(index)
	if err != nil {
		return nil, err
	}
	for i := range openings {
		if err := openings[i].check(it.Record); err != nil {
			return nil, err
		}
	}
	c := usable(cosigned)
	if c == nil || c.Size <= index || c.Origin != it.Record.Origin {
		if c, err = r.lastCheckpoint(); err != nil {
			return nil, err
		}
	}
	if c.Size <= index {
		return nil, fmt.Errorf("%w: record %d is not signed yet", ErrUnavailable, index)
	}
	path, err := r.inclusion(ctx, index, c)
	if err != nil {
		return nil, err
	}
	return formatBundle(index, it.Leaf, openings, path, c.msg)
}

// lastCheckpoint returns the newest signed checkpoint.
func (r *Reader) lastCheckpoint() (*signedCheckpoint, error) {
	msg, err := r.src.lastNote()
	if err != nil {
		return nil, err
	}
	if msg == nil {
		return nil, fmt.Errorf("%w: log is empty", ErrNotFound)
	}
	c, err := parseSigned(msg)
	if err != nil {
		return nil, tampered("last checkpoint is malformed")
	}
	return c, nil
}

// lastNote implements batchSource.
func (f fileSource) lastNote() ([]byte, error) {
	size, err := f.size()
	if err != nil {
		return nil, err
	}
	for b, err := range f.batches(size - 1) {
		if err != nil {
			return nil, err
		}
		return append([]byte(nil), b.checkpoint...), nil
	}
	return nil, nil
}

// A pathNode is one hash of an inclusion proof while it is computed: the root
// over the leaves lo to hi-1.
type pathNode struct {
	lo, hi int64
	tree   tree
}

// inclusionNodes returns the parts of the tree whose roots make the inclusion
// proof (RFC 6962, section 2.1.1), leaf to root.
func inclusionNodes(index, lo, hi int64) []*pathNode {
	if hi-lo == 1 {
		return nil
	}
	k := int64(1)
	for k*2 < hi-lo {
		k *= 2
	}
	if index < lo+k {
		return append(inclusionNodes(index, lo, lo+k), &pathNode{lo: lo + k, hi: hi})
	}
	return append(inclusionNodes(index, lo+k, hi), &pathNode{lo: lo, hi: lo + k})
}

// inclusion computes the inclusion proof in one pass over the leaves and
// checks it against the checkpoint.
func (r *Reader) inclusion(ctx context.Context, index int64, c *signedCheckpoint) (tlog.RecordProof, error) {
	nodes := inclusionNodes(index, 0, c.Size)
	var leaf tlog.Hash
	err := r.leafHashes(ctx, c.Size, func(i int64, h tlog.Hash) {
		if i == index {
			leaf = h
			return
		}
		for _, n := range nodes {
			if i >= n.lo && i < n.hi {
				n.tree.append(h)
				return
			}
		}
	})
	if err != nil {
		return nil, err
	}
	path := make(tlog.RecordProof, len(nodes))
	for i, n := range nodes {
		path[i] = n.tree.root()
	}
	if tlog.CheckRecord(path, c.Size, c.Root, index, leaf) != nil {
		return nil, tampered("checkpoint %d does not match the records", c.Size)
	}
	return path, nil
}

// leafHashes calls f with the hashes of the first size leaves, in order.
func (r *Reader) leafHashes(ctx context.Context, size int64, f func(index int64, h tlog.Hash)) error {
	next := int64(0)
	for b, err := range r.src.batches(0) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, e := range b.entries {
			if next == size {
				return nil
			}
			f(next, leafHash(e.leaf))
			next++
		}
	}
	if next < size {
		return tampered("log ends at %d records, the checkpoint is of %d", next, size)
	}
	return nil
}

// ExportTiles writes the log below a data folder as C2SP tlog-tiles, for any
// static file server: checkpoint, tile/<L>/<N>, tile/entries/<N>, with partial
// tiles. Leaves hold no content, only salted commitments; sidecars are not
// exported. Files that are there and equal are left alone. It returns the
// checkpoint.
func ExportTiles(ctx context.Context, dir, out string) (*Checkpoint, error) {
	r, err := OpenReader(dir)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.ExportTiles(ctx, out, cosignedNote(dir))
}

// ExportTiles is the function ExportTiles for a log that is open for reading.
func (r *Reader) ExportTiles(ctx context.Context, out string, cosigned []byte) (*Checkpoint, error) {
	last, err := r.lastCheckpoint()
	if err != nil {
		return nil, err
	}
	x := &tileExport{store: newTileStore(out), out: out}
	x.tree.full = x.store.put
	for b, err := range r.src.batches(0) {
		if err == nil {
			err = errors.Join(ctx.Err(), x.add(b, last.Size))
		}
		if err != nil {
			return nil, err
		}
	}
	if x.tree.root() != last.Root || x.tree.size != last.Size {
		return nil, tampered("checkpoint %d does not match the records", last.Size)
	}
	return &last.Checkpoint, x.finish(last, usable(cosigned))
}

// A tileExport collects entry bundles beside the tree's tiles.
type tileExport struct {
	store  *tileStore
	out    string
	tree   tree
	bundle []byte
}

func (x *tileExport) add(b *batch, size int64) error {
	for _, e := range b.entries {
		if x.tree.size == size {
			return nil
		}
		x.tree.append(leafHash(e.leaf))
		x.bundle = append(x.bundle, byte(len(e.leaf)>>8), byte(len(e.leaf)))
		x.bundle = append(x.bundle, e.leaf...)
		if x.tree.size%tileWidth == 0 {
			if err := x.writeBundle(x.tree.size/tileWidth-1, tileWidth); err != nil {
				return err
			}
		}
	}
	return x.store.flushIfMany()
}

func (x *tileExport) writeBundle(n int64, width int) error {
	path := filepath.Join(x.out, filepath.FromSlash(tilePath("entries", n, width)))
	err := writeTile(path, x.bundle)
	x.bundle = x.bundle[:0]
	return err
}

// finish writes the partial tiles, and the checkpoint last: whoever reads it
// finds what it promises.
func (x *tileExport) finish(last, cosigned *signedCheckpoint) error {
	if err := x.store.flush(); err != nil {
		return err
	}
	if w := int(x.tree.size % tileWidth); w > 0 {
		if err := x.writeBundle(x.tree.size/tileWidth, w); err != nil {
			return err
		}
	}
	for level, hashes := range x.tree.edge {
		if len(hashes) == 0 {
			continue
		}
		n := x.tree.size >> (tileHeight * (level + 1))
		path := filepath.Join(x.out, filepath.FromSlash(tilePath(fmt.Sprint(level), n, len(hashes))))
		if err := writeTile(path, tileBytes(hashes)); err != nil {
			return err
		}
	}
	msg := last.msg
	if cosigned != nil && cosigned.Checkpoint == last.Checkpoint {
		msg = cosigned.msg
	}
	return writeFileSync(filepath.Join(x.out, "checkpoint"), msg)
}

// ReadKey reads a key in note format from a file; the file may end in a
// newline. A missing file is fs.ErrNotExist.
func ReadKey(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		return "", fmt.Errorf("reading a key: %w", err)
	}
	return strings.TrimSpace(string(data)), nil
}

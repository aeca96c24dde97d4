package audit

import (
	"crypto/sha256"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is the height of a tile of C2SP tlog-tiles; a full one is
// tileWidth hashes wide.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// emptyRoot is the root of the empty tree (RFC 6962, section 2.1).
var emptyRoot = tlog.Hash(sha256.Sum256(nil))

// shortLeaf is up to which length a leaf is hashed on the stack, in bytes;
// most leaves have about 1 KB.
const shortLeaf = 2047

// leafHash is tlog.RecordHash without an allocation.
func leafHash(leaf []byte) tlog.Hash {
	if len(leaf) > shortLeaf {
		return tlog.RecordHash(leaf)
	}
	var buf [1 + shortLeaf]byte // begins with the 0x00 of RFC 6962, section 2.1
	n := copy(buf[1:], leaf)
	return sha256.Sum256(buf[:1+n])
}

// nodeHash is tlog.NodeHash without an allocation.
func nodeHash(left, right tlog.Hash) tlog.Hash {
	var buf [1 + 2*tlog.HashSize]byte
	buf[0] = 1
	copy(buf[1:], left[:])
	copy(buf[1+tlog.HashSize:], right[:])
	return sha256.Sum256(buf[:])
}

// A tree is the right edge of the Merkle tree: enough to append to it and to
// know its root, and the hashes of the tiles that are not full yet.
type tree struct {
	size  int64
	peaks []tlog.Hash   // roots of the perfect subtrees, largest first
	edge  [][]tlog.Hash // by tile level, the hashes of the partial tile

	// full is told of every tile that becomes full. The hashes are the
	// callee's to keep.
	full func(level int, n int64, hashes []tlog.Hash)
}

// append adds the next leaf hash.
func (t *tree) append(h tlog.Hash) {
	t.addEdge(0, h)
	level := 0
	for s := t.size; s&1 == 1; s >>= 1 {
		last := len(t.peaks) - 1
		h = nodeHash(t.peaks[last], h)
		t.peaks = t.peaks[:last]
		level++
		if level%tileHeight == 0 {
			t.addEdge(level/tileHeight, h)
		}
	}
	t.peaks = append(t.peaks, h)
	t.size++
}

// addEdge puts a hash into the partial tile of a level. The tile below, if
// any, has just become full.
func (t *tree) addEdge(level int, h tlog.Hash) {
	if level > 0 {
		t.completeTile(level - 1)
	}
	for len(t.edge) <= level {
		t.edge = append(t.edge, nil)
	}
	t.edge[level] = append(t.edge[level], h)
}

func (t *tree) completeTile(level int) {
	n := t.size >> (tileHeight * (level + 1)) // size is not yet counted up
	if t.full != nil {
		t.full(level, n, t.edge[level])
	}
	t.edge[level] = nil
}

// root returns the Merkle tree hash.
func (t *tree) root() tlog.Hash {
	if len(t.peaks) == 0 {
		return emptyRoot
	}
	h := t.peaks[len(t.peaks)-1]
	for i := len(t.peaks) - 2; i >= 0; i-- {
		h = nodeHash(t.peaks[i], h)
	}
	return h
}

// treeFromEdge rebuilds a tree from its partial tiles.
func treeFromEdge(edge [][]tlog.Hash) (*tree, error) {
	t := &tree{edge: edge}
	if len(edge) > maxTileLevels {
		return nil, invalid("too many tile levels")
	}
	for level := len(edge) - 1; level >= 0; level-- {
		hashes := edge[level]
		if len(hashes) >= tileWidth {
			return nil, invalid("partial tile too wide")
		}
		t.size += int64(len(hashes)) << (tileHeight * level)
		t.peaks = append(t.peaks, perfectRoots(hashes)...)
	}
	return t, nil
}

// maxTileLevels covers 2^56 records.
const maxTileLevels = 7

// perfectRoots splits a run of subtrees of one size into the largest perfect
// ones, left to right.
func perfectRoots(hashes []tlog.Hash) []tlog.Hash {
	var roots []tlog.Hash
	for len(hashes) > 0 {
		n := 1 << (bits.Len(uint(len(hashes))) - 1)
		roots = append(roots, foldPerfect(hashes[:n]))
		hashes = hashes[n:]
	}
	return roots
}

func foldPerfect(hashes []tlog.Hash) tlog.Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	mid := len(hashes) / 2
	return nodeHash(foldPerfect(hashes[:mid]), foldPerfect(hashes[mid:]))
}

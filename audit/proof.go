package audit

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

const cosignedFile = "cosigned"

// proveFrom returns the consistency proof from an older tree to one of the
// committed size, and the older root. A proof that fails means wrong tiles;
// they are made again from the records, once.
func (e *embedded) proveFrom(old, size int64, root tlog.Hash) (tlog.TreeProof, tlog.Hash, error) {
	if old < 0 || old > size {
		return nil, tlog.Hash{}, fmt.Errorf("%w: tree of size %d", ErrNotFound, old)
	}
	if old == 0 {
		return nil, emptyRoot, nil
	}
	proof, oldRoot, err := consistency(e.hashes(), old, size, root)
	if err == nil {
		return proof, oldRoot, nil
	}
	if err := e.rebuildTiles(); err != nil {
		return nil, tlog.Hash{}, err
	}
	return consistency(e.hashes(), old, size, root)
}

func consistency(r tlog.HashReader, old, size int64, root tlog.Hash) (tlog.TreeProof, tlog.Hash, error) {
	oldRoot, err := tlog.TreeHash(old, r)
	if err != nil {
		return nil, tlog.Hash{}, err
	}
	proof, err := tlog.ProveTree(size, old, r)
	if err != nil {
		return nil, tlog.Hash{}, err
	}
	if err := tlog.CheckTree(proof, size, root, old, oldRoot); err != nil {
		return nil, tlog.Hash{}, tampered("tiles contradict the log")
	}
	return proof, oldRoot, nil
}

// rebuildTiles makes the full tiles again from the records.
func (e *embedded) rebuildTiles() error {
	s := &scanner{src: e.file, end: e.state().end}
	w := &walk{origin: e.cfg.Origin, tree: &tree{full: e.tiles.put}}
	w.each = func(*batch) error { return e.tiles.flushIfMany() }
	if err := w.all(s); err != nil {
		return err
	}
	return e.tiles.flush()
}

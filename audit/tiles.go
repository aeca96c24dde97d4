package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// tilePath returns the path of a tile as C2SP tlog-tiles serves it:
// tile/<level>/<N>[.p/<W>], with level "entries" for entry bundles.
func tilePath(level string, n int64, width int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width < tileWidth {
		path += ".p/" + strconv.Itoa(width)
	}
	return "tile/" + level + "/" + path
}

type tileID struct {
	level int
	n     int64
}

// A tileStore keeps full tiles: new ones in memory until flush writes them.
// They are derived from the records, so they are written without a sync, and a
// missing or wrong one is found by its proof and made again.
type tileStore struct {
	dir string

	mu      sync.Mutex
	pending map[tileID][]byte
}

func newTileStore(dir string) *tileStore {
	return &tileStore{dir: dir, pending: make(map[tileID][]byte)}
}

func (s *tileStore) path(id tileID) string {
	return filepath.Join(s.dir, filepath.FromSlash(tilePath(strconv.Itoa(id.level), id.n, tileWidth)))
}

// put takes a full tile.
func (s *tileStore) put(level int, n int64, hashes []tlog.Hash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending[tileID{level, n}] = tileBytes(hashes)
}

func tileBytes(hashes []tlog.Hash) []byte {
	out := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		out = append(out, h[:]...)
	}
	return out
}

// get returns a full tile, or an error that wraps fs.ErrNotExist.
func (s *tileStore) get(level int, n int64) ([]byte, error) {
	id := tileID{level, n}
	s.mu.Lock()
	data, ok := s.pending[id]
	s.mu.Unlock()
	if ok {
		return data, nil
	}
	if s.dir == "" {
		return nil, fs.ErrNotExist
	}
	data, err := os.ReadFile(s.path(id))
	if err == nil && len(data) != tileWidth*tlog.HashSize {
		return nil, fs.ErrNotExist
	}
	return data, err
}

// flush writes the pending tiles and forgets them. The batches they come from
// are durable by then.
func (s *tileStore) flush() error {
	s.mu.Lock()
	batch := make(map[tileID][]byte, len(s.pending))
	for id, data := range s.pending {
		batch[id] = data
	}
	s.mu.Unlock()
	for id, data := range batch {
		if err := writeTile(s.path(id), data); err != nil {
			return err
		}
		s.mu.Lock()
		delete(s.pending, id)
		s.mu.Unlock()
	}
	return nil
}

// maxPendingTiles bounds the tiles held in memory while a long log is scanned:
// 8 MiB.
const maxPendingTiles = 1024

// flushIfMany flushes when many tiles are pending.
func (s *tileStore) flushIfMany() error {
	if s.waiting() < maxPendingTiles {
		return nil
	}
	return s.flush()
}

// waiting returns how many tiles are pending.
func (s *tileStore) waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending)
}

// writeTile writes a tile so that a reader sees all of it or nothing; an equal
// one is left as it is.
func writeTile(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == string(data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making a tile folder: %w", err)
	}
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return errors.Join(fmt.Errorf("writing a tile: %w", err), os.Remove(tmp))
	}
	return os.Rename(tmp, path)
}

// A hashSource reads any hash of the tree from full tiles and the edge.
type hashSource struct {
	tiles *tileStore
	edge  func(level int) []tlog.Hash // a copy, for a tree of any size ≥ the one asked for
}

// ReadHashes implements tlog.HashReader.
func (s hashSource) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		h, err := s.hash(index)
		if err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, nil
}

func (s hashSource) hash(index int64) (tlog.Hash, error) {
	level, n := tlog.SplitStoredHashIndex(index)
	tileLevel, within := level/tileHeight, uint(level%tileHeight)
	first := n << within // of the base hashes below, at the tile's level
	count := int64(1) << within
	hashes, err := s.tile(tileLevel, first/tileWidth)
	if err != nil {
		return tlog.Hash{}, err
	}
	at := first % tileWidth
	if at+count > int64(len(hashes)) {
		return tlog.Hash{}, fmt.Errorf("%w: hash is not in the tree", ErrNotFound)
	}
	return foldPerfect(hashes[at : at+count]), nil
}

// tile returns the hashes of a full tile, or those of the edge. The edge is
// read first: a tile that fills meanwhile is then found in the store.
func (s hashSource) tile(level int, n int64) ([]tlog.Hash, error) {
	edge := s.edge(level)
	data, err := s.tiles.get(level, n)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("reading a tile: %w", err)
		}
		return edge, nil
	}
	hashes := make([]tlog.Hash, tileWidth)
	for i := range hashes {
		copy(hashes[i][:], data[i*tlog.HashSize:])
	}
	return hashes, nil
}

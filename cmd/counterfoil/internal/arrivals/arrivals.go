// Package arrivals tells which files have come into a folder and are whole, and which
// were taken before.
package arrivals

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/ingest"
)

const (
	// SettledAfter is how many looks a file must have the same size and time
	// before it is read: browsers write in bursts.
	SettledAfter = 2
	// maxWatched bounds the entries of a watched folder.
	maxWatched = 10_000
)

// unfinished are the endings of files that browsers and editors are still
// writing.
var unfinished = []string{".part", ".partial", ".crdownload", ".download", ".opdownload", ".tmp", "~"}

// Folder is a folder into which files come.
type Folder struct {
	Dir   string
	files map[string]*watched // by name
}

// New begins to look at a folder.
func New(dir string) *Folder {
	return &Folder{Dir: dir, files: map[string]*watched{}}
}

// Done says that a file was dealt with, until it changes.
func (w *Folder) Done(name string) { w.files[name].done = true }

// watched is a file as it was at the last look.
type watched struct {
	size  int64
	mod   time.Time
	still int  // looks since it changed
	done  bool // imported, known or refused, until it changes
}

// Settled returns the names of new files that nobody writes to any more.
func (w *Folder) Settled() (names []string, err error) {
	present, err := w.list()
	if err != nil {
		return nil, err
	}
	for name := range w.files {
		if _, ok := present[name]; !ok {
			delete(w.files, name)
		}
	}
	for name, info := range present {
		f := w.files[name]
		if f == nil || f.size != info.Size() || !f.mod.Equal(info.ModTime()) {
			w.files[name] = &watched{size: info.Size(), mod: info.ModTime()}
			continue
		}
		if f.still = min(f.still+1, SettledAfter); f.still == SettledAfter && !f.done && f.size > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// list returns the folder's own files: no folders, links, hidden files, or
// files that a browser is still writing.
func (w *Folder) list() (map[string]fs.FileInfo, error) {
	dir, err := os.Open(w.Dir)
	if err != nil {
		return nil, fmt.Errorf("looking at the watched folder: %w", err)
	}
	defer dir.Close()
	entries, err := dir.ReadDir(maxWatched + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("looking at the watched folder: %w", err)
	}
	if len(entries) > maxWatched {
		return nil, fmt.Errorf("the watched folder has more than %d files", maxWatched)
	}
	out := map[string]fs.FileInfo{}
	for _, e := range entries {
		partial := slices.ContainsFunc(unfinished, func(end string) bool { return strings.HasSuffix(strings.ToLower(e.Name()), end) })
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") || partial {
			continue
		}
		if info, err := e.Info(); err == nil { // else it has just gone
			out[e.Name()] = info
		}
	}
	return out, nil
}

// Digest is the SHA-256 of a file in hex.
func Digest(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for n := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		got, err := f.Read(buf)
		h.Write(buf[:got])
		if n += int64(got); n > ingest.MaxFile {
			return "", errors.New("longer than the limit")
		}
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}

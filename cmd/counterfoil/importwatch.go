package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/ingest"
)

const (
	// watchEvery is how often a watched folder is looked at: a look costs one
	// listing, and a person who saves a file waits three of them.
	watchEvery = 2 * time.Second
	// settledAfter is how many looks a file must have the same size and time
	// before it is read: browsers write in bursts.
	settledAfter = 2
	// maxWatched bounds the entries of a watched folder.
	maxWatched = 10_000
)

// unfinished are the endings of files that browsers and editors are still
// writing.
var unfinished = []string{".part", ".partial", ".crdownload", ".download", ".opdownload", ".tmp", "~"}

// watcher imports what comes into a folder.
type watcher struct {
	run  *importRun
	in   *comeIn
	told string // the trouble that was reported last
}

// comeIn is a folder into which files come.
type comeIn struct {
	dir   string
	files map[string]*watched // by name
}

// newComeIn begins to look at a folder.
func newComeIn(dir string) *comeIn {
	return &comeIn{dir: dir, files: map[string]*watched{}}
}

// finish says that a file was dealt with, until it changes.
func (w *comeIn) finish(name string) { w.files[name].done = true }

// watched is a file as it was at the last look.
type watched struct {
	size  int64
	mod   time.Time
	still int  // looks since it changed
	done  bool // imported, known or refused, until it changes
}

func (a *app) watchFolder(ctx context.Context, args []string, o importFlags) error {
	if len(args) != 1 {
		return exit.Fail(exit.Usage, "", "--watch takes one folder")
	}
	info, err := os.Stat(args[0])
	if err != nil || !info.IsDir() {
		return exit.Fail(exit.Input, "", "%s is not a folder that can be read", args[0])
	}
	// Mistakes in the config show now, not with the first file. The folder may
	// well be in use.
	if _, err := a.Config(); err != nil {
		return err
	}
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	a.UI.Notef("watching %s, until interrupted", args[0])
	w := &watcher{run: a.newImportRun(o), in: newComeIn(args[0])}
	return w.watch(ctx, tick.C)
}

// watch looks at the folder now and with each tick until ctx ends, which is no
// error.
func (w *watcher) watch(ctx context.Context, ticks <-chan time.Time) error {
	for {
		if err := w.try(ctx); err != nil || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks:
		}
	}
}

// try looks once. Trouble that may pass is reported, once, and is no error.
func (w *watcher) try(ctx context.Context) error {
	err := w.look(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case w.run.app.UI.Broken != nil:
		return w.run.app.UI.Broken
	case err == nil:
		w.told = ""
	case err.Error() != w.told:
		w.told = err.Error()
		w.run.app.UI.Warnf("%v; trying again", err)
	}
	return nil
}

// look imports the files that have settled. Its error is not about a file.
func (w *watcher) look(ctx context.Context) (err error) {
	settled, err := w.in.settled()
	if err != nil {
		return err
	}
	defer w.run.closing(&err)
	for _, name := range settled {
		if err := w.take(ctx, name); err != nil {
			return err
		}
		w.in.finish(name)
	}
	return nil
}

// settled returns the names of new files that nobody writes to any more.
func (w *comeIn) settled() (names []string, err error) {
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
		if f.still = min(f.still+1, settledAfter); f.still == settledAfter && !f.done && f.size > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// list returns the folder's own files: no folders, links, hidden files, or
// files that a browser is still writing.
func (w *comeIn) list() (map[string]fs.FileInfo, error) {
	dir, err := os.Open(w.dir)
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

// take imports one file unless it was taken before. A file that is refused is
// reported and left alone; any other error is about the data folder.
func (w *watcher) take(ctx context.Context, name string) error {
	path := filepath.Join(w.in.dir, name)
	digest, err := fileDigest(ctx, path)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		w.run.app.UI.Warnf("%s: cannot be read; it is left alone", name)
		return nil
	}
	if w.run.seen.has("file " + digest) {
		return nil
	}
	reports, err := w.run.importFile(ctx, path)
	if w.run.app.UI.JSON && len(reports) > 0 {
		err = errors.Join(err, w.run.app.UI.Line(map[string]any{"imports": reportsJSON(reports)}))
	}
	var refused *exit.Failure
	if errors.As(err, &refused) && refused.Code == exit.Input {
		w.run.app.UI.Warnf("%v; it is left alone until it changes", refused)
		return nil
	}
	if err == nil {
		w.run.remember("file " + digest)
	}
	return err
}

// fileDigest is the SHA-256 of a file in hex.
func fileDigest(ctx context.Context, path string) (string, error) {
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

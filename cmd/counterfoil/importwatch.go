package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/arrivals"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

const (
	// watchEvery is how often a watched folder is looked at: a look costs one
	// listing, and a person who saves a file waits three of them.
	watchEvery = 2 * time.Second
)

// watcher imports what comes into a folder.
type watcher struct {
	run  *importRun
	in   *arrivals.Folder
	told string // the trouble that was reported last
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
	w := &watcher{run: a.newImportRun(o), in: arrivals.New(args[0])}
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
	settled, err := w.in.Settled()
	if err != nil {
		return err
	}
	defer w.run.closing(&err)
	for _, name := range settled {
		if err := w.take(ctx, name); err != nil {
			return err
		}
		w.in.Done(name)
	}
	return nil
}

// take imports one file unless it was taken before. A file that is refused is
// reported and left alone; any other error is about the data folder.
func (w *watcher) take(ctx context.Context, name string) error {
	path := filepath.Join(w.in.Dir, name)
	digest, err := arrivals.Digest(ctx, path)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		w.run.app.UI.Warnf("%s: cannot be read; it is left alone", name)
		return nil
	}
	if w.run.seen.Has("file " + digest) {
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

package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/store"
)

// explainer explains files. It knows no keys and so can import none.
func explainer(profiles []*ingest.Profile) (*ingest.Importer, error) {
	never := errors.New("this importer only explains")
	return ingest.New(ingest.Config{
		MAC:         func([]byte) [32]byte { return [32]byte{} },
		Redactor:    func([][]byte, func(string, string)) (func(dst, src []byte) ([]byte, error), error) { return nil, never },
		Token:       func(string, string) string { return "" },
		Fingerprint: func(string, string, string) ([]byte, error) { return nil, never },
		Seal:        func(string, string, string) (store.Sealed, error) { return store.Sealed{}, never },
		Now:         time.Now,
		Profiles:    profiles,
	})
}

// explain says what a statement would be taken for.
func (r *importRun) explain(ctx context.Context, in ingest.Input) (ingest.Detection, error) {
	im, err := explainer(r.flags.own.list)
	if err != nil {
		return ingest.Detection{}, err
	}
	d, err := im.Detect(ctx, in, r.flags.Options)
	return d, folder.AsInput(err)
}

// detectFiles explains files and imports none. It needs no data folder.
func (a *app) detectFiles(ctx context.Context, files []string, o importFlags) error {
	run := &importRun{app: a, flags: o}
	found, unknown := []detectionJSON{}, 0
	for _, file := range files {
		list, err := run.explainAll(ctx, file)
		if err != nil {
			return err
		}
		for _, d := range list {
			if d.Format == "" {
				unknown++
			}
			if found = append(found, detectionOf(d)); !a.UI.JSON {
				a.printDetection(d)
			}
		}
	}
	if a.UI.JSON {
		if err := a.UI.Document(map[string]any{"files": found}); err != nil {
			return err
		}
	}
	if unknown > 0 {
		return exit.Fail(exit.Input, "counterfoil import profile new FILE makes a profile for a CSV file", "%d of %d files would not be imported", unknown, len(found))
	}
	return nil
}

// explainAll explains a file, or each file of an archive. What cannot be read is
// explained as refused, so that the others still are.
func (r *importRun) explainAll(ctx context.Context, file string) (out []ingest.Detection, err error) {
	list, err := r.app.statementsOf(file)
	if refused := (*ingest.Error)(nil); errors.As(err, &refused) {
		return []ingest.Detection{presentable(ingest.Detection{Source: refused.File, Refused: refused.Reason})}, nil
	}
	for _, in := range list {
		d, err := r.explain(ctx, in)
		if refused := (*ingest.Error)(nil); errors.As(err, &refused) {
			d.Refused = refused.Reason
		} else if err != nil {
			return nil, err
		}
		out = append(out, presentable(d))
	}
	return out, err
}

// presentable is what may be printed: the name is the file's, and what is taken for the
// header of a file without one is its first booking.
func presentable(d ingest.Detection) ingest.Detection {
	d.Source = console.Safe(d.Source)
	for i, c := range d.Columns {
		d.Columns[i] = console.Safe(c)
	}
	return d
}

func (a *app) printDetection(d ingest.Detection) {
	u := &a.UI
	if d.Format == "" {
		u.Printf("%s: %s\n", console.Plain(d.Source), d.Refused)
	} else {
		u.Printf("%s: %s\n  because %s\n", console.Plain(d.Source), orFormat(d), console.Plain(d.Why))
	}
	if d.Charset != "" {
		u.Printf("  characters: %s\n", d.Charset)
	}
	for _, p := range d.Profiles {
		if p.Name != d.Profile {
			u.Printf("  %s %s: %s\n", others(p), console.Plain(p.Name), console.Plain(p.Why))
		}
	}
	if len(d.Columns) > 0 {
		u.Printf("  columns: %s\n", console.Plain(strings.Join(d.Columns, " | ")))
	}
}

func orFormat(d ingest.Detection) string {
	if d.Profile == "" {
		return d.Format
	}
	return d.Format + ", profile " + console.Plain(d.Profile)
}

// others says why a profile that fits was not chosen.
func others(p ingest.ProfileMatch) string {
	switch {
	case !p.Reads:
		return "has the header, but not the rows, of"
	case p.Manual:
		return "fits if it is named:"
	}
	return "also fits"
}

// detectionJSON is a detection for machines.
type detectionJSON struct {
	Source   string      `json:"source"`
	Format   string      `json:"format,omitempty"`
	Profile  string      `json:"profile,omitempty"`
	Charset  string      `json:"charset,omitempty"`
	Why      string      `json:"why,omitempty"`
	Refused  string      `json:"refused,omitempty"`
	Profiles []matchJSON `json:"profiles,omitempty"`
	Columns  []string    `json:"columns,omitempty"`
}

type matchJSON struct {
	Name   string `json:"name"`
	Why    string `json:"why"`
	Manual bool   `json:"manual"`
	Reads  bool   `json:"reads"`
}

func detectionOf(d ingest.Detection) detectionJSON {
	out := detectionJSON{
		Source: d.Source, Format: d.Format, Profile: d.Profile, Charset: d.Charset,
		Why: d.Why, Refused: d.Refused, Columns: d.Columns,
	}
	for _, p := range d.Profiles {
		out.Profiles = append(out.Profiles, matchJSON(p))
	}
	return out
}

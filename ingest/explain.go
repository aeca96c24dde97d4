package ingest

import (
	"context"

	"github.com/counterfoil/counterfoil/ingest/tabular"
)

// Detection explains what a file was taken for, without importing it.
type Detection struct {
	Source  string
	Format  string // "" if none fits; then Refused says why
	Profile string // of a CSV file
	Charset string
	Why     string
	Refused string // reason, "" if the file has a format
	// Profiles are all CSV profiles that fit, best first, with what speaks for
	// each; empty if another format was told by its own marks.
	Profiles []ProfileMatch
	// Columns are the header cells of a CSV file that no profile fits, so that a
	// person can write one. They are the file's own text.
	Columns []string
}

// ProfileMatch is a CSV profile that fits a file.
type ProfileMatch struct {
	Name   string
	Why    string
	Manual bool // only chosen if named
	Reads  bool // it could read the first rows, not only the header
}

// Detect reads a file's beginning, and all of it for its character set, and
// explains the choice that File would make. The error is about reading only.
func (im *Importer) Detect(ctx context.Context, in Input, opts Options) (Detection, error) {
	d := Detection{Source: in.Name}
	s, err := scanInput(ctx, in, opts.Charset)
	if err != nil {
		return d, named(err, in.Name)
	}
	d.Charset = s.charset.name
	f, err := im.detect(s.head, opts)
	if refused, ok := err.(*Error); ok {
		d.Refused = refused.Reason
	} else if err != nil {
		return d, err
	}
	d.Format, d.Profile, d.Why = f.name, f.profile, f.why
	if d.Format != "" && d.Format != "csv" {
		return d, nil
	}
	for _, c := range tabular.Detect(s.head, im.profiles()) {
		d.Profiles = append(d.Profiles, ProfileMatch{Name: c.Profile.Name, Why: c.Why, Manual: c.Profile.Manual || c.Doubtful, Reads: c.Score >= 0})
	}
	if d.Format == "" {
		d.Columns = tabular.HeaderOf(s.head)
	}
	return d, nil
}

// profiles returns the person's own CSV profiles and the shipped ones.
func (im *Importer) profiles() []*Profile {
	return append(append([]*Profile(nil), im.cfg.Profiles...), tabular.Shipped()...)
}

// Draft guesses a CSV profile for a file that none fits, with the questions
// that only a person can answer. It is refused with an *Error if no line looks
// like a header.
func (im *Importer) Draft(ctx context.Context, in Input, name string, opts Options) (tabular.Draft, error) {
	s, err := scanInput(ctx, in, opts.Charset)
	if err != nil {
		return tabular.Draft{}, named(err, in.Name)
	}
	d, ok := tabular.NewDraft(name, s.head)
	if !ok {
		return d, &Error{File: in.Name, Reason: reasonUnknown}
	}
	return d, nil
}

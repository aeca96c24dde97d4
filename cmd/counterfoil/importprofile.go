package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/ingest/tabular"
	"github.com/counterfoil/counterfoil/internal/durable"
)

func newImportProfileCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "profile",
		Short:   "Make CSV profiles of your own",
		Example: `  counterfoil import profile new odd.csv --out my-bank.yaml`,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var name, out string
	var opts ingest.Options
	create := &cobra.Command{
		Use:   "new FILE",
		Short: "Make a profile for a CSV file by asking",
		Long: `Guess a profile for a CSV file from its header and first rows, and ask what the file
leaves open. Questions go to standard error and answers, one a line, come from
standard input, so that a script can give them. The profile is written to standard
output, or to --out; look it over, then use it with import --profile.`,
		Example: `  counterfoil import profile new odd.csv --out my-bank.yaml
  counterfoil import odd.csv --profile my-bank.yaml --preview`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.newProfile(cmd.Context(), args[0], name, out, opts)
		},
	}
	create.Flags().StringVar(&name, "name", "", "the profile's `name` (default: from the file's)")
	create.Flags().StringVar(&out, "out", "", "write to this `file`, which must not exist")
	create.Flags().StringVar(&opts.Charset, "charset", "", "character set `name`, as for import")
	cmd.AddCommand(create)
	return cmd
}

// profileForm is what a profile's name looks like.
var profileForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

func (a *app) newProfile(ctx context.Context, file, name, out string, opts ingest.Options) error {
	if file == "-" {
		return exit.Fail(exit.Usage, "save the file first", "standard input is for the answers")
	}
	if name == "" {
		base := strings.ToLower(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
		name = strings.Trim(notInName.ReplaceAllString(base, "-"), "-")
	}
	if !profileForm.MatchString(name) {
		return exit.Fail(exit.Usage, "use lower-case letters, digits, '.' and '-'", "the profile needs another --name")
	}
	if ext := filepath.Ext(out); out != "" && ext != ".yaml" && ext != ".yml" {
		return exit.Fail(exit.Usage, "import --profile knows a profile file by its ending", "--out must end in .yaml")
	}
	in := ingest.Path(file)
	if err := a.worthAProfile(ctx, in, opts); err != nil {
		return err
	}
	im, err := explainer(nil)
	if err != nil {
		return err
	}
	draft, err := im.Draft(ctx, in, name, opts)
	if err != nil {
		return folder.AsInput(err)
	}
	if err := a.askDraft(ctx, &draft); err != nil {
		return err
	}
	text, p, err := finished(draft.Profile)
	if err != nil {
		return err
	}
	if err := a.checkDraft(ctx, in, p, opts); err != nil {
		return err
	}
	return a.writeProfile(out, text)
}

// worthAProfile refuses files of other formats, and says if a profile exists.
func (a *app) worthAProfile(ctx context.Context, in ingest.Input, opts ingest.Options) error {
	d, err := (&importRun{app: a, flags: importFlags{Options: opts}}).explain(ctx, in)
	switch {
	case err != nil:
		return err
	case d.Format != "" && d.Format != "csv":
		return exit.Fail(exit.Input, "", "%s needs no profile: it is %s", in.Name, d.Format)
	case d.Format == "csv" && readsRows(d):
		a.UI.Notef("the profile %s reads this file already; a profile of your own is used where it is named", d.Profile)
	}
	return nil
}

// readsRows reports whether the profile that was chosen reads the file's first
// rows, and not only its header.
func readsRows(d ingest.Detection) bool {
	return slices.ContainsFunc(d.Profiles, func(m ingest.ProfileMatch) bool { return m.Name == d.Profile && m.Reads })
}

// askDraft asks what the draft leaves open.
func (a *app) askDraft(ctx context.Context, d *tabular.Draft) error {
	k := a.Asker()
	for _, q := range d.All() {
		err := k.Choose(ctx, q.Ask, q.Choices, func(answer string) error { return d.Profile.Answer(q, answer) })
		if errors.Is(err, console.ErrNoAnswer) {
			return exit.Fail(exit.Input, "", "%w: nothing was written", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// profileHead begins a profile that was made by asking.
const profileHead = "# Made by counterfoil import profile new. docs/import.md describes every key.\n"

// finished writes the profile and reads it back, as import will.
func finished(p *tabular.Profile) ([]byte, *tabular.Profile, error) {
	text, err := p.YAML()
	if err != nil {
		return nil, nil, err
	}
	text = append([]byte(profileHead), text...)
	read, err := tabular.ReadProfile(bytes.NewReader(text))
	if err != nil {
		return nil, nil, exit.Fail(exit.Input, "docs/import.md describes how to write one", "this file needs a profile written by hand: %w", err)
	}
	return text, read, nil
}

// checkDraft says what the finished profile makes of the file.
func (a *app) checkDraft(ctx context.Context, in ingest.Input, p *tabular.Profile, opts ingest.Options) error {
	d, err := (&importRun{app: a, flags: importFlags{Options: opts, own: ownProfile{list: []*ingest.Profile{p}}}}).explain(ctx, in)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.Profiles, func(m ingest.ProfileMatch) bool { return m.Name == p.Name })
	if i < 0 || !d.Profiles[i].Reads {
		a.UI.Warnf("the profile does not read the file's first rows yet; import --preview says what is wrong with which line")
	}
	return nil
}

func (a *app) writeProfile(out string, text []byte) error {
	if out == "" {
		a.UI.Printf("%s", text)
		return nil
	}
	err := durable.Create(out, text, durable.FileMode)
	if errors.Is(err, fs.ErrExist) {
		return exit.Fail(exit.Conflict, "name another file with --out", "%s exists already", out)
	}
	if err == nil {
		a.UI.Notef("wrote %s; try it with counterfoil import %s", out, "FILE --preview --profile "+shell(out))
	}
	return err
}

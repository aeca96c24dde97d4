package main

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/notion"
)

func newAuditChangesCmd(a *app) *cobra.Command {
	var diff bool
	cmd := &cobra.Command{
		Use:   "changes",
		Short: "List every change of the policy and the config: when, by whom, before and after",
		Long: `List every change of the policy and of the config that came into force: when, under
which user of the operating system, and the digests before and after. Both texts are in
the archive; --diff shows the lines that differ.`,
		Example: `  counterfoil audit changes
  counterfoil audit changes --diff`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.auditChanges(cmd.Context(), diff) },
	}
	cmd.Flags().BoolVar(&diff, "diff", false, "show the lines that differ")
	return cmd
}

// changeJSON is one change for machines.
type changeJSON struct {
	Index  int64     `json:"index"`
	Time   time.Time `json:"time"`
	What   string    `json:"what"` // policy or config
	By     string    `json:"by,omitempty"`
	Before string    `json:"before,omitempty"` // digest, "" for the first
	After  string    `json:"after"`
	Diff   []string  `json:"diff,omitempty"`
}

func (a *app) auditChanges(ctx context.Context, diff bool) error {
	r, err := auditor.OpenLog(ctx, a.Home)
	if err != nil {
		return err
	}
	defer r.Close()
	changes := []changeJSON{}
	for it, err := range r.Select(audit.Filter{Phase: audit.PhaseEvent}) {
		if err != nil {
			return auditor.WithHint(a.Home, err)
		}
		c, ok := changeOf(it)
		if !ok {
			continue
		}
		if diff {
			if c.Diff, err = a.changedLines(r, c); err != nil {
				return err
			}
		}
		changes = append(changes, c)
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"changes": changes})
	}
	a.printChanges(changes)
	return a.UI.Broken
}

// changeOf reads a record of a change.
func changeOf(it *audit.Item) (changeJSON, bool) {
	r := it.Record
	c := changeJSON{Index: it.Index, Time: r.Time, What: r.Event}
	switch r.Event {
	case audit.EventPolicy:
		c.After = r.PolicyDigest
	case audit.EventConfig:
		c.After = r.ConfigDigest
	default:
		return c, false
	}
	for word := range strings.FieldsSeq(r.Detail) {
		if before, ok := strings.CutPrefix(word, folder.WordBefore); ok && digestForm.MatchString(before) {
			c.Before = before
		}
		if by, ok := strings.CutPrefix(word, folder.WordBy); ok {
			c.By = by
		}
	}
	return c, true
}

// shortDigest is how many digits of a digest a table shows.
const shortDigest = 12

func (a *app) printChanges(changes []changeJSON) {
	if len(changes) == 0 {
		a.UI.Notef("nothing is on record yet")
		return
	}
	short := func(digest string) string { return console.OrDash(digest[:min(len(digest), shortDigest)]) }
	rows := make([][]string, len(changes))
	for i, c := range changes {
		rows[i] = []string{strconv.FormatInt(c.Index, 10), c.Time.UTC().Format(time.RFC3339), c.What, console.OrDash(console.Plain(c.By)), short(c.Before), short(c.After)}
	}
	a.UI.Table([]string{"INDEX", "TIME", "WHAT", "BY", "BEFORE", "AFTER"}, rows)
	for _, c := range changes {
		if len(c.Diff) == 0 {
			continue
		}
		a.UI.Printf("\n%s, record %d\n", c.What, c.Index)
		for _, line := range c.Diff {
			a.UI.Printf("  %s\n", console.Plain(line))
		}
	}
}

// changedLines compares the archived texts before and after a change. A first
// text differs in nothing; one that is not in this archive leaves a note.
func (a *app) changedLines(r *auditor.Log, c changeJSON) ([]string, error) {
	if c.Before == "" || c.Before == c.After {
		return nil, nil
	}
	before, err := a.archivedText(r, c.Before)
	after, err2 := a.archivedText(r, c.After)
	if err := errors.Join(err, err2); errors.Is(err, fs.ErrNotExist) {
		return []string{"! one of the texts is not in this archive"}, nil
	} else if err != nil {
		return nil, err
	}
	var out []string
	for _, line := range notion.Diff(strings.Split(string(before), "\n"), strings.Split(string(after), "\n")) {
		if line.Op != ' ' {
			out = append(out, string(line.Op)+" "+line.Line)
		}
	}
	return out, nil
}

// archivedText is a policy or config by its digest.
func (a *app) archivedText(r *auditor.Log, digest string) ([]byte, error) {
	text, err := bounded.ReadFile(a.Data("policies", digest), storage.MaxPolicyFile)
	if errors.Is(err, fs.ErrNotExist) && r.Shared != nil { // another replica's
		return r.Shared.Files(storage.SharedPolicies).Read(digest)
	}
	return text, err
}

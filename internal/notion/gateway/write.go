package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/counterfoil/counterfoil/internal/notion/wire"
)

// maxDiff bounds the lines of a diff: more than a person reads, and what fits
// the question that shows it.
const maxDiff = 400

// maxContext is how many unchanged lines stand around a change.
const maxContext = 2

// operation makes the outbox's form of a write, and counts what the policy on
// content takes out of it.
func (g *Gateway) operation(ctx context.Context, r wire.Request) (outbox.Op, notion.Removed, error) {
	op := outbox.Op{Kind: outbox.Kind(r.Kind), Target: r.Target, Key: r.Key, Page: r.Page, Title: r.Title, Undoes: r.Undoes, Force: r.Force}
	removed := notion.Removed{}
	if r.Kind == wire.Undo {
		return op, removed, nil
	}
	nodes, taken, err := g.nodes(r)
	if err != nil {
		return op, removed, err
	}
	add(removed, taken)
	op.Nodes = nodes
	if _, taken, err = g.settings.Content.Text(r.Title); err != nil {
		return op, removed, err
	}
	add(removed, taken)
	if len(r.Properties) == 0 {
		return op, removed, nil
	}
	t, err := g.guard.Target(r.Target)
	if err != nil {
		return op, removed, err
	}
	place, err := g.guard.Open(ctx, t)
	if err != nil {
		return op, removed, err
	}
	values, err := valuesOf(place, r.Properties)
	if err != nil {
		return op, removed, err
	}
	op.Values, taken, err = g.settings.Content.CleanValues(values)
	add(removed, taken)
	return op, removed, err
}

func add(to, from notion.Removed) {
	for kind, n := range from {
		to[kind] += n
	}
}

// nodes turns content into blocks: markdown, or what the server made.
func (g *Gateway) nodes(r wire.Request) ([]*notion.Node, notion.Removed, error) {
	if len(r.Blocks) == 0 {
		return g.settings.Content.Markdown(r.Content)
	}
	var out []*notion.Node
	for _, b := range r.Blocks {
		switch b.Kind {
		case "heading":
			out = append(out, notion.Text(notion.Heading2, b.Text))
		case "bullet":
			out = append(out, notion.Text(notion.Bulleted, b.Text))
		case "table":
			out = append(out, tableOf(b.Cells))
		default:
			out = append(out, notion.Text(notion.Paragraph, b.Text))
		}
	}
	removed, err := g.settings.Content.Clean(out)
	return out, removed, err
}

func tableOf(cells [][]wire.Cell) *notion.Node {
	rows := make([][]string, len(cells))
	for i, row := range cells {
		for _, c := range row {
			rows[i] = append(rows[i], c.Text+c.Amount)
		}
	}
	return notion.TableOf(rows)
}

// preview tells what a write would change. It writes nothing.
func (g *Gateway) preview(ctx context.Context, r wire.Request) (*wire.Change, error) {
	if r.Kind == wire.Undo {
		return g.previewUndo(ctx, r)
	}
	op, removed, err := g.operation(ctx, r)
	if err != nil {
		return nil, err
	}
	if r.ID != "" {
		if o, done, err := g.engine.Done(ctx, r.ID, op); done || err != nil {
			return &wire.Change{Page: o.Page, URL: g.address(o.Page), Lines: []string{}, Repeated: true}, err
		}
	}
	p, err := g.engine.Preview(ctx, op)
	if err != nil {
		return nil, err
	}
	return &wire.Change{Page: p.Page, URL: g.address(p.Page), Writes: p.Writes, Lines: diffLines(p.Changes), Removed: removed}, nil
}

// diffLines shows the changes with a little around them.
func diffLines(changes []notion.Change) []string {
	near := make([]bool, len(changes))
	for i, c := range changes {
		if c.Op == ' ' {
			continue
		}
		for k := max(0, i-maxContext); k <= min(len(changes)-1, i+maxContext); k++ {
			near[k] = true
		}
	}
	lines := []string{}
	skipped := 0
	for i, c := range changes {
		if !near[i] {
			skipped++
			continue
		}
		if skipped > 0 {
			lines = append(lines, fmt.Sprintf("  … %d unchanged", skipped))
			skipped = 0
		}
		if len(lines) >= maxDiff {
			return append(lines, fmt.Sprintf("  … %d more lines", len(changes)-i))
		}
		lines = append(lines, string(c.Op)+" "+c.Line)
	}
	if skipped > 0 {
		lines = append(lines, fmt.Sprintf("  … %d unchanged", skipped))
	}
	return lines
}

// previewUndo says what taking a write back does, from what was recorded of it.
func (g *Gateway) previewUndo(ctx context.Context, r wire.Request) (*wire.Change, error) {
	row, op, err := g.row(ctx, r.Undoes)
	if err != nil {
		return nil, err
	}
	was, err := row.Written()
	if err != nil {
		return nil, err
	}
	c := &wire.Change{Page: was.Page, Writes: row.State != outbox.Undone && was.Page != "", Lines: []string{}}
	switch {
	case !c.Writes:
		c.Lines = append(c.Lines, "  nothing is left to take back")
	case was.Created:
		c.Lines = append(c.Lines, "- the page goes to the trash: "+op.Title)
	default:
		c.Lines = append(c.Lines, fmt.Sprintf("- %d blocks that the write added go to the trash", was.Blocks),
			fmt.Sprintf("+ %d blocks that it replaced come back", was.Replaced))
	}
	if r.Force {
		c.Lines = append(c.Lines, "! also if somebody has edited the page since")
	}
	return c, nil
}

// write does a write through the outbox.
func (g *Gateway) write(ctx context.Context, r wire.Request) (*wire.Written, error) {
	if r.Kind == wire.Undo {
		if _, err := g.store.Get(ctx, r.Undoes); err != nil {
			return nil, err // a row for nothing would only be clutter
		}
	}
	op, removed, err := g.operation(ctx, r)
	if err != nil {
		return nil, err
	}
	o, err := g.engine.Do(ctx, r.ID, op)
	w := &wire.Written{
		Page: o.Page, URL: g.address(o.Page), Created: o.Created, Unchanged: o.Unchanged, Repeated: o.Repeated,
		Blocks: o.Blocks, Replaced: o.Replaced, Removed: removed,
	}
	if err != nil {
		return nil, &stopped{err: err, done: o}
	}
	return w, nil
}

// stopped is a write that did not come to its end.
type stopped struct {
	err  error
	done outbox.Outcome
}

func (s *stopped) Error() string { return s.err.Error() }
func (s *stopped) Unwrap() error { return s.err }

// writeDetail tells a record what a write came to.
func writeDetail(k wire.Kind, w *wire.Written) string {
	d := "write " + string(k)
	if w == nil {
		return d
	}
	for _, f := range []struct {
		on   bool
		word string
	}{{w.Created, "created"}, {w.Unchanged, "unchanged"}, {w.Repeated, "repeated"}} {
		if f.on {
			d += " " + f.word
		}
	}
	d += fmt.Sprintf(" blocks=%d replaced=%d", w.Blocks, w.Replaced)
	for _, kind := range slices.Sorted(maps.Keys(w.Removed)) {
		d += fmt.Sprintf(" removed_%s=%d", kind, w.Removed[kind])
	}
	return d
}

// Pending are the writes that are not finished, the newest first.
func (g *Gateway) Pending(ctx context.Context) ([]outbox.Row, error) { return g.engine.Pending(ctx) }

// Title is what a row's page is called, for the operator.
func Title(r outbox.Row) string {
	var op outbox.Op
	if json.Unmarshal(r.Op, &op) != nil {
		return ""
	}
	return op.Title
}

// Rows are the writes that are not finished, or all, the newest first.
func (g *Gateway) Rows(ctx context.Context, all bool) ([]outbox.Row, error) {
	if all {
		return g.store.List(ctx, outbox.Query{})
	}
	return g.engine.Pending(ctx)
}

// Row is one write.
func (g *Gateway) Row(ctx context.Context, id string) (outbox.Row, error) {
	return g.store.Get(ctx, id)
}

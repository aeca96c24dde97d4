package outbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/counterfoil/counterfoil/internal/notion"
)

// upsert makes the page or brings it up to date. New content is written before
// old content goes, so that a reader never finds the page empty.
func (j *job) upsert(ctx context.Context) error {
	place, err := j.open(ctx)
	if err != nil {
		return err
	}
	if err := j.makePage(ctx, place); err != nil {
		return err
	}
	if j.p.Created {
		return j.fill(ctx)
	}
	if _, _, err := j.cfg.Guard.Check(ctx, j.p.Page); err != nil {
		return err
	}
	if !j.p.Started {
		same, err := j.compare(ctx, place)
		if same || err != nil {
			return err
		}
	}
	if err := j.setProperties(ctx, place); err != nil {
		return err
	}
	if err := j.fill(ctx); err != nil {
		return err
	}
	return j.trashOld(ctx)
}

// current is what a page that exists holds of ours.
type current struct {
	page   notion.Page
	blocks []notion.Block // of the first level, ours, without the marker
	nodes  []*notion.Node
	all    []notion.Block // of the first level before the cut to what is replaced
	marker string         // its id, "" if there is none
	last   string         // the last block of all, whoever wrote it
}

// anchor is the block behind which the new content goes: the last that it
// replaces, else the one before, else the marker, else the end of the page.
func (c current) anchor(skip int) string {
	switch {
	case len(c.blocks) > 0:
		return c.blocks[len(c.blocks)-1].ID
	case skip > 0:
		return c.all[skip-1].ID
	case c.marker != "":
		return c.marker
	}
	return c.last
}

// read reads what is ours on a page. What people added stays out of it, and so
// stays on the page.
func (j *job) read(ctx context.Context, page string) (c current, err error) {
	if c.page, err = j.cfg.Client.Page(ctx, page); err != nil {
		return c, err
	}
	kids, err := j.cfg.Client.AllChildren(ctx, page, maxScan)
	if err != nil {
		return c, err
	}
	notes, err := j.appended(ctx, page)
	if err != nil {
		return c, err
	}
	for _, b := range kids {
		if isMarker(b, j.key()) {
			c.marker = b.ID
			continue
		}
		if !j.isBot(b.CreatedBy) || notes[b.ID] || b.Kind == "child_page" || b.Kind == "child_database" {
			continue
		}
		n := b.Node()
		if b.HasChildren {
			if n.Children, err = j.cfg.Client.Tree(ctx, b.ID, maxScan); err != nil {
				return c, err
			}
		}
		c.blocks, c.nodes = append(c.blocks, b), append(c.nodes, n)
	}
	if c.all = c.blocks; len(kids) > 0 {
		c.last = kids[len(kids)-1].ID
	}
	return c, nil
}

// appended are the blocks that Append put on a page: they stay too.
func (j *job) appended(ctx context.Context, page string) (map[string]bool, error) {
	rows, err := j.cfg.Store.List(ctx, Query{Key: Op{Kind: Append, Page: page}.lockKey()})
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, r := range rows {
		p, err := r.progress()
		if err != nil {
			return nil, err
		}
		for _, id := range p.Roots {
			out[id] = true
		}
	}
	return out, nil
}

// compare notes what is to be replaced; same means that nothing is.
func (j *job) compare(ctx context.Context, place notion.Place) (same bool, err error) {
	c, err := j.read(ctx, j.p.Page)
	if err != nil {
		return false, err
	}
	fitted, err := notion.Fit(j.op.Nodes)
	if err != nil {
		return false, err
	}
	changed := changes(c.page, j.values(place))
	j.p.Skip, j.p.Keep = common(c, fitted)
	c.blocks = c.blocks[j.p.Skip : len(c.blocks)-j.p.Keep]
	if len(changed) == 0 && len(c.blocks) == 0 && j.p.Skip+j.p.Keep == len(fitted) {
		j.p.Unchanged = true
		return true, nil
	}
	j.p.Before = notion.Values{}
	for _, name := range changed {
		if v, ok := c.page.Properties[name].Restore(); ok {
			j.p.Before[name] = v
		}
	}
	j.p.Anchor, j.p.Started = c.anchor(j.p.Skip), true
	j.p.Old = idsOf(c.blocks)
	return false, j.keep(ctx)
}

// common counts the blocks at the start and at the end that can stay as they
// are. Nothing stays where new blocks would have to go before the first block of
// a page: there is no place that every version of the API has a name for.
func common(c current, fitted []*notion.Node) (start, end int) {
	same := func(i, k int) bool {
		return notion.Digest(c.nodes[i:i+1]) == notion.Digest(fitted[k:k+1])
	}
	n := min(len(c.nodes), len(fitted))
	for start < n && same(start, start) {
		start++
	}
	for end < n-start && same(len(c.nodes)-1-end, len(fitted)-1-end) {
		end++
	}
	if start == 0 && end == len(c.nodes) && end < len(fitted) && c.marker == "" {
		end = 0
	}
	return start, end
}

// changes lists the properties whose text would change, in order.
func changes(page notion.Page, values notion.Values) []string {
	var out []string
	for name, v := range values {
		if page.Properties[name].Plain() != v.Plain() && !sameNumber(page.Properties[name].Plain(), v) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (j *job) setProperties(ctx context.Context, place notion.Place) error {
	if j.p.Set || len(j.p.Before) == 0 {
		return nil
	}
	j.cfg.Step("before set")
	_, err := j.cfg.Client.SetProperties(ctx, j.p.Page, j.values(place))
	j.cfg.Step("after set")
	if err != nil {
		return err
	}
	j.p.Set = true
	return j.keep(ctx)
}

// saveEvery is after how many trashed blocks the progress is stored; trashing
// one again is harmless.
const saveEvery = 20

func (j *job) trashOld(ctx context.Context) error {
	for j.p.Trashed < len(j.p.Old) {
		if err := j.trash(ctx, j.p.Old[j.p.Trashed]); err != nil {
			return err
		}
		j.p.Trashed++
		if j.p.Trashed%saveEvery == 0 {
			if err := j.keep(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// Preview is what a write would change. Nothing is written, not even a row.
type Preview struct {
	Page string // the page that exists, "" if one would be made
	// Changes are the lines of the page, properties first.
	Changes []notion.Change
	// Writes says that there is anything to do.
	Writes bool
}

// Preview compares an operation with what is there: a dry run.
func (e *Engine) Preview(ctx context.Context, op Op) (Preview, error) {
	op, err := e.accept(op)
	if err != nil {
		return Preview{}, err
	}
	j := &job{Engine: e, op: op, row: Row{Key: op.lockKey()}}
	if err := j.whoAmI(ctx); err != nil {
		return Preview{}, err
	}
	fitted, err := notion.Fit(op.Nodes)
	if err != nil {
		return Preview{}, err
	}
	if op.Kind == Append {
		page, _, err := j.cfg.Guard.Check(ctx, op.Page)
		if err != nil {
			return Preview{}, err
		}
		return Preview{Page: page.ID, Changes: notion.Diff(nil, notion.Lines(fitted)), Writes: len(fitted) > 0}, nil
	}
	if op.Kind != Create && op.Kind != Upsert {
		return Preview{}, fmt.Errorf("%w: there is no preview of this", notion.ErrInvalid)
	}
	place, err := j.open(ctx)
	if err != nil {
		return Preview{}, err
	}
	var had current
	if op.Kind == Upsert {
		if had, err = j.existing(ctx, place); err != nil {
			return Preview{}, err
		}
	}
	before, after := propertyLines(had.page.Properties, j.values(place))
	p := Preview{Page: had.page.ID}
	p.Changes = notion.Diff(append(before, notion.Lines(had.nodes)...), append(after, notion.Lines(fitted)...))
	p.Writes = p.Page == "" || slices.ContainsFunc(p.Changes, func(c notion.Change) bool { return c.Op != ' ' })
	return p, nil
}

// existing reads the page of the key; the zero value if there is none.
func (j *job) existing(ctx context.Context, place notion.Place) (current, error) {
	pages, err := j.find(ctx, place)
	if err != nil || len(pages) == 0 {
		return current{}, err
	}
	oldest := slices.MinFunc(pages, func(a, b notion.Page) int { return a.Created.Compare(b.Created) })
	return j.read(ctx, oldest.ID)
}

// propertyLines shows the properties that a write sets, as they are and as they
// would be.
func propertyLines(had map[string]notion.Property, values notion.Values) (before, after []string) {
	var names []string
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		line := name + ": " + values[name].Plain()
		after = append(after, line)
		if had == nil {
			continue
		}
		if old := had[name].Plain(); sameNumber(old, values[name]) {
			before = append(before, line)
		} else {
			before = append(before, name+": "+old)
		}
	}
	return before, after
}

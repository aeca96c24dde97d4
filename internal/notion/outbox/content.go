package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/counterfoil/counterfoil/internal/notion"
)

// fill writes the content behind the anchor, batch by batch.
func (j *job) fill(ctx context.Context) error {
	if !j.p.Started {
		if err := j.start(ctx); err != nil {
			return err
		}
	}
	fitted, err := notion.Fit(j.op.Nodes)
	if err != nil {
		return err
	}
	if j.p.Skip+j.p.Keep > len(fitted) {
		return fmt.Errorf("%w: the plan does not fit what was written", notion.ErrConflict)
	}
	batches, err := notion.Plan(fitted[j.p.Skip : len(fitted)-j.p.Keep])
	if err != nil {
		return err
	}
	for j.p.Batch < len(batches) {
		if err := j.batch(ctx, batches[j.p.Batch]); err != nil {
			return err
		}
	}
	return nil
}

// start notes where the content of a new page, or at the end of a page, goes.
func (j *job) start(ctx context.Context) error {
	kids, err := j.cfg.Client.AllChildren(ctx, j.p.Page, maxScan)
	if err != nil {
		return err
	}
	if len(kids) > 0 {
		j.p.Anchor = kids[len(kids)-1].ID
	}
	j.p.Started = true
	return j.keep(ctx)
}

// batch sends one batch below its parent, once.
func (j *job) batch(ctx context.Context, b notion.Batch) error {
	parent, err := j.blockAt(ctx, b.Parent)
	if err != nil {
		return err
	}
	after, err := j.before(ctx, b, parent)
	if err != nil {
		return err
	}
	j.last = nil
	done := func(ids []string) {
		if len(b.Parent) == 0 {
			j.p.Roots = append(j.p.Roots, ids...)
		}
		j.p.Batch++
		j.last = ids
	}
	send := func() error {
		added, err := j.cfg.Client.Append(ctx, parent, b.Nodes, after)
		if err == nil {
			done(idsOf(added))
		}
		return err
	}
	look := func() (bool, error) {
		ids, err := j.written(ctx, parent, after, b.Nodes)
		if ids == nil || err != nil {
			return false, err
		}
		if j.last != nil {
			return true, j.dropLate(ctx, ids)
		}
		done(ids)
		return true, nil
	}
	return j.once(ctx, "append", send, look)
}

// dropLate trashes a second copy of a batch: the attempt that was given up did
// arrive.
func (j *job) dropLate(ctx context.Context, ids []string) error {
	for _, id := range ids {
		if err := j.trash(ctx, id); err != nil {
			return err
		}
		j.p.Healed = append(j.p.Healed, id)
	}
	return nil
}

func idsOf(list []notion.Block) []string {
	out := make([]string, len(list))
	for i, b := range list {
		out[i] = b.ID
	}
	return out
}

// blockAt is the id of the block that a path of the plan leads to.
func (j *job) blockAt(ctx context.Context, path []int) (string, error) {
	if len(path) == 0 {
		return j.p.Page, nil
	}
	if path[0] >= len(j.p.Roots) {
		return "", fmt.Errorf("%w: the plan does not fit what was written", notion.ErrConflict)
	}
	id := j.p.Roots[path[0]]
	for _, step := range path[1:] {
		kids, err := j.cfg.Client.AllChildren(ctx, id, maxScan)
		if err != nil {
			return "", err
		}
		if step >= len(kids) {
			return "", fmt.Errorf("%w: somebody has changed the page meanwhile", notion.ErrConflict)
		}
		id = kids[step].ID
	}
	return id, nil
}

// before is the block behind which a batch goes, "" for the end.
func (j *job) before(ctx context.Context, b notion.Batch, parent string) (string, error) {
	if len(b.Parent) == 0 {
		if len(j.p.Roots) > 0 {
			return j.p.Roots[len(j.p.Roots)-1], nil
		}
		return j.p.Anchor, nil
	}
	if b.First == 0 {
		return "", nil
	}
	kids, err := j.cfg.Client.AllChildren(ctx, parent, maxScan)
	if err != nil {
		return "", err
	}
	if len(kids) < b.First {
		return "", fmt.Errorf("%w: somebody has changed the page meanwhile", notion.ErrConflict)
	}
	return kids[b.First-1].ID, nil
}

// written looks for a batch below a parent: a run of blocks of our own behind the
// anchor that say what the batch says. nil means that there is none.
func (j *job) written(ctx context.Context, parent, after string, nodes []*notion.Node) ([]string, error) {
	kids, err := j.cfg.Client.AllChildren(ctx, parent, maxScan)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(kids, func(b notion.Block) bool { return b.ID == after }); i >= 0 {
		kids = kids[i+1:]
	}
	for from := 0; from+len(nodes) <= len(kids); from++ {
		if j.matches(kids[from:from+len(nodes)], nodes) {
			return idsOf(kids[from : from+len(nodes)]), nil
		}
	}
	return nil, nil
}

func (j *job) matches(kids []notion.Block, nodes []*notion.Node) bool {
	for i, b := range kids {
		if !j.isBot(b.CreatedBy) || slices.Contains(j.p.Roots, b.ID) || slices.Contains(j.p.Old, b.ID) || slices.Contains(j.last, b.ID) || !sameText(b.Node(), nodes[i]) {
			return false
		}
	}
	return true
}

// sameText compares two blocks without what is below them.
func sameText(a, b *notion.Node) bool {
	x, y := *a, *b
	x.Children, y.Children = nil, nil
	return slices.Equal(notion.Lines([]*notion.Node{&x}), notion.Lines([]*notion.Node{&y}))
}

// appendTo adds blocks to the end of a page that lies below a target.
func (j *job) appendTo(ctx context.Context) error {
	page, _, err := j.cfg.Guard.Check(ctx, j.op.Page)
	if err != nil {
		return err
	}
	j.p.Page, j.p.URL = page.ID, page.URL
	return j.fill(ctx)
}

// trash moves a block into the trash; one that is there already, or gone, is fine.
func (j *job) trash(ctx context.Context, id string) error {
	j.cfg.Step("before trash")
	err := j.cfg.Client.TrashBlock(ctx, id)
	j.cfg.Step("after trash")
	if errors.Is(err, notion.ErrNotFound) {
		return nil
	}
	if errors.Is(err, notion.ErrInvalid) {
		b, readErr := j.cfg.Client.Block(ctx, id)
		if errors.Is(readErr, notion.ErrNotFound) || readErr == nil && b.InTrash {
			return nil
		}
	}
	return err
}

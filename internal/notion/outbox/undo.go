package outbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/counterfoil/counterfoil/internal/notion"
)

// undo takes back what another row wrote: a page that it made goes to the trash;
// on a page that was there, its blocks go to the trash, the blocks it replaced
// come back, and properties get their old values. Every step sets a state, so
// all of it may be repeated.
func (j *job) undo(ctx context.Context) error {
	target, err := j.cfg.Store.Get(ctx, j.op.Undoes)
	if err != nil {
		return fmt.Errorf("%w: %w", notion.ErrNotFound, err)
	}
	if target.State == Undone {
		j.p.Unchanged = true
		return nil
	}
	if target.Kind == Undo {
		return fmt.Errorf("%w: an undo can't be undone", notion.ErrInvalid)
	}
	was, err := target.progress()
	if err != nil {
		return err
	}
	if !was.wrote() {
		return fmt.Errorf("%w: it wrote nothing", notion.ErrConflict)
	}
	if !was.Unsure.IsZero() {
		return fmt.Errorf("%w: what became of its last request is not known; retry it first", notion.ErrConflict)
	}
	if err := j.newest(ctx, target); err != nil {
		return err
	}
	release, err := j.claim(target, j.row.Key)
	if err != nil {
		return err
	}
	defer release()
	unfinished := target.State == Pending
	if unfinished { // no other process may go on with it meanwhile
		if err := j.save(ctx, &target); err != nil {
			return fmt.Errorf("%w: %w", ErrBusy, err)
		}
	}
	if err := j.takeBack(ctx, target, was); err != nil {
		if unfinished {
			err = errors.Join(err, j.handBack(context.WithoutCancel(ctx), &target))
		}
		return err
	}
	target.State = Undone
	target.Owner = ""
	return j.save(ctx, &target)
}

// newest refuses to take back a version of a page below a later one.
func (j *job) newest(ctx context.Context, target Row) error {
	if target.Kind != Create && target.Kind != Upsert {
		return nil
	}
	rows, err := j.cfg.Store.List(ctx, Query{Key: target.Key, States: []State{Pending, Done}})
	if err != nil {
		return err
	}
	for _, r := range rows {
		p, err := r.progress()
		if err != nil {
			return err
		}
		if r.ID != target.ID && r.Kind != Undo && r.Created.After(target.Created) && p.wrote() {
			return fmt.Errorf("%w: a later write changed the page; take that back first", notion.ErrConflict)
		}
	}
	return nil
}

func (j *job) takeBack(ctx context.Context, target Row, was Progress) error {
	if was.Page == "" {
		return fmt.Errorf("%w: its page is not known; retry it first", notion.ErrConflict)
	}
	j.p.Page, j.p.URL = was.Page, was.URL
	page, err := j.cfg.Client.Page(ctx, was.Page)
	if errors.Is(err, notion.ErrNotFound) {
		return nil // gone already
	}
	if err != nil {
		return err
	}
	if page.InTrash {
		return j.alreadyTrashed(was)
	}
	if _, _, err := j.cfg.Guard.Check(ctx, was.Page); err != nil && !errors.Is(err, notion.ErrPublic) {
		return err // what is public may be taken back all the same
	}
	if !j.isBot(page.LastEditedBy) && !j.op.Force {
		return fmt.Errorf("%w: somebody has edited the page since", notion.ErrConflict)
	}
	if was.Created {
		j.cfg.Step("before trash")
		_, err = j.cfg.Client.TrashPage(ctx, was.Page, true)
		j.cfg.Step("after trash")
		j.p.Trashed = 1
		return err
	}
	return j.takeBackBlocks(ctx, was)
}

// alreadyTrashed is fine for a page that the row made; blocks of a page in the
// trash can't be changed.
func (j *job) alreadyTrashed(was Progress) error {
	if was.Created {
		return nil
	}
	return fmt.Errorf("%w: the page is in the trash", notion.ErrConflict)
}

func (j *job) takeBackBlocks(ctx context.Context, was Progress) error {
	for _, id := range was.Old {
		j.cfg.Step("before restore")
		err := j.cfg.Client.RestoreBlock(ctx, id)
		j.cfg.Step("after restore")
		if err != nil && !errors.Is(err, notion.ErrNotFound) {
			return err
		}
	}
	for _, id := range was.Roots {
		if err := j.trash(ctx, id); err != nil {
			return err
		}
	}
	j.p.Trashed = len(was.Roots)
	if len(was.Before) == 0 {
		return nil
	}
	j.cfg.Step("before set")
	_, err := j.cfg.Client.SetProperties(ctx, was.Page, was.Before)
	j.cfg.Step("after set")
	return err
}

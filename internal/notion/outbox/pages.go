package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/counterfoil/counterfoil/internal/notion"
)

// create makes a page and fills it.
func (j *job) create(ctx context.Context) error {
	place, err := j.open(ctx)
	if err != nil {
		return err
	}
	if err := j.makePage(ctx, place); err != nil {
		return err
	}
	return j.fill(ctx)
}

// open checks the target and that it takes the operation's properties.
func (j *job) open(ctx context.Context) (notion.Place, error) {
	t, err := j.cfg.Guard.Target(j.op.Target)
	if err != nil {
		return notion.Place{}, err
	}
	place, err := j.cfg.Guard.Open(ctx, t)
	if err != nil {
		return place, err
	}
	if place.Source == "" {
		if len(j.op.Values) > 0 {
			return place, fmt.Errorf("%w: a page below a page has no properties but its title", notion.ErrInvalid)
		}
		return place, nil
	}
	if t.KeyProperty == "" {
		return place, fmt.Errorf("%w: the target names no key property", notion.ErrInvalid)
	}
	return place, notion.Schema{Properties: place.Properties}.Match(j.values(place))
}

// values are all properties of a new page.
func (j *job) values(place notion.Place) notion.Values {
	if place.Source == "" {
		return notion.Values{"title": {Type: "title", Text: j.op.Title}}
	}
	v := notion.Values{place.Target.KeyProperty: {Type: "rich_text", Text: j.key()}}
	for name, p := range place.Properties {
		if p.Type == "title" {
			v[name] = notion.Value{Type: "title", Text: j.op.Title}
		}
	}
	for name, value := range j.op.Values {
		v[name] = value
	}
	return v
}

func (j *job) key() string { return keyOf(j.op.Target, j.op.Key) }

// makePage finds the page by its key or creates it.
func (j *job) makePage(ctx context.Context, place notion.Place) error {
	if j.p.Page == "" && j.p.Unsure.IsZero() {
		if _, err := j.adopt(ctx, place, false); err != nil {
			return err
		}
	}
	if j.p.Page == "" {
		send := func() error { return j.sendPage(ctx, place) }
		look := func() (bool, error) { return j.adopt(ctx, place, true) }
		if err := j.once(ctx, "create", send, look); err != nil {
			return err
		}
	}
	if j.p.Started || !j.p.Created {
		return nil
	}
	return j.refusePublic(ctx)
}

func (j *job) sendPage(ctx context.Context, place notion.Place) error {
	r := notion.CreateRequest{Parent: place.Parent, Properties: j.values(place)}
	if place.Source == "" {
		r.Children = []*notion.Node{marker(j.key())}
	}
	page, err := j.cfg.Client.CreatePage(ctx, r)
	if err == nil {
		j.p.Page, j.p.URL, j.p.Created = page.ID, page.URL, true
	}
	return err
}

// adopt looks for the page by its key. ours says that a page that is found was
// made by this row.
func (j *job) adopt(ctx context.Context, place notion.Place, ours bool) (bool, error) {
	pages, err := j.find(ctx, place)
	if err != nil || len(pages) == 0 {
		return false, err
	}
	if known := j.p.Page; known != "" && !slices.ContainsFunc(pages, func(p notion.Page) bool { return p.ID == known }) {
		page, err := j.cfg.Client.Page(ctx, known)
		if err != nil {
			return false, err
		}
		pages = append(pages, page) // made just now, and not in the index yet
	}
	slices.SortFunc(pages, func(a, b notion.Page) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	for _, extra := range pages[1:] {
		if !j.isBot(extra.CreatedBy) {
			continue
		}
		if _, err := j.cfg.Client.TrashPage(ctx, extra.ID, true); err != nil {
			return false, err
		}
		j.p.Healed = append(j.p.Healed, extra.ID)
	}
	j.p.Page, j.p.URL = pages[0].ID, pages[0].URL
	j.p.Created = ours || j.op.Kind == Create
	return true, nil
}

// maxSameKey bounds how many pages of one key are looked at.
const maxSameKey = 10

// find returns the pages that carry the key.
func (j *job) find(ctx context.Context, place notion.Place) ([]notion.Page, error) {
	if place.Source != "" {
		l, err := j.cfg.Client.Query(ctx, place.Source, notion.QueryRequest{
			Filter: &notion.Filter{Property: place.Target.KeyProperty, Type: "rich_text", Op: "equals", Value: j.key()},
			Sorts:  []notion.Sort{{Timestamp: "created_time"}}, Size: maxSameKey,
		})
		return slices.DeleteFunc(l.Results, func(p notion.Page) bool { return p.InTrash }), err
	}
	return j.findBelow(ctx, place)
}

// findBelow looks for the marker in pages below a page: those of the title, and
// the one that an earlier row wrote, which a person may have renamed.
func (j *job) findBelow(ctx context.Context, place notion.Place) ([]notion.Page, error) {
	kids, err := j.cfg.Client.AllChildren(ctx, place.Target.ID, maxScan)
	if err != nil {
		return nil, err
	}
	earlier, err := j.cfg.Store.List(ctx, Query{Key: j.row.Key, Limit: maxSameKey})
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, r := range earlier {
		if p, err := r.progress(); err == nil {
			known[p.Page] = true
		}
	}
	var out []notion.Page
	for _, b := range kids {
		if b.Kind != "child_page" || b.Title != j.op.Title && !known[b.ID] {
			continue
		}
		if id, err := j.markerIn(ctx, b.ID); err != nil || id == "" {
			if err != nil {
				return nil, err
			}
			continue
		}
		page, err := j.cfg.Client.Page(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		if out = append(out, page); len(out) == maxSameKey {
			break
		}
	}
	return out, nil
}

// markerIn returns the id of a page's marker block, "" if it has none of this key.
func (j *job) markerIn(ctx context.Context, page string) (string, error) {
	l, err := j.cfg.Client.Children(ctx, page, "", maxSameKey)
	if errors.Is(err, notion.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for _, b := range l.Results {
		if isMarker(b, j.key()) {
			return b.ID, nil
		}
	}
	return "", nil
}

func isMarker(b notion.Block, key string) bool {
	return b.Kind == notion.Paragraph && len(b.Spans) == 1 && b.Spans[0].Text == marker(key).Spans[0].Text
}

// refusePublic takes a page back that turns out to be on the public web: its
// parent was shared between the check and the write.
func (j *job) refusePublic(ctx context.Context) error {
	page, err := j.cfg.Client.Page(ctx, j.p.Page)
	if err != nil {
		return err
	}
	if page.Sharing == notion.Private {
		return nil
	}
	if _, err := j.cfg.Client.TrashPage(ctx, j.p.Page, true); err != nil {
		return err
	}
	j.p = Progress{}
	return fmt.Errorf("%w: the new page was public and was moved to the trash", notion.ErrPublic)
}

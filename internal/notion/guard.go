package notion

import (
	"context"
	"errors"
	"fmt"
)

// TargetKind is what an allow-listed place is.
type TargetKind string

// The kinds of targets.
const (
	TargetPage       TargetKind = "page"
	TargetDatabase   TargetKind = "database"
	TargetDataSource TargetKind = "data_source"
)

// Target is a place below which may be written.
type Target struct {
	// Name is what tools and people call it.
	Name string     `yaml:"name"`
	Kind TargetKind `yaml:"kind"`
	// ID is 32 hexadecimal digits, with or without dashes.
	ID string `yaml:"id"`
	// KeyProperty is a rich_text property that holds the key by which a page is
	// found again. Pages below a page carry the key in their text instead.
	KeyProperty string `yaml:"key_property"`
}

// maxAncestors bounds the walk to the root.
const maxAncestors = 32

// Guard answers where things may be written. It asks Notion each time: what was
// private a minute ago may be public now.
type Guard struct {
	client  *Client
	targets []Target
}

// NewGuard checks the targets.
func NewGuard(c *Client, targets []Target) (*Guard, error) {
	g := &Guard{client: c}
	seen := map[string]bool{}
	for i, t := range targets {
		id, err := CheckID(t.ID)
		if err != nil || t.Name == "" || seen[t.Name] || seen[id] {
			return nil, fmt.Errorf("notion: target %d: a unique name and an id of 32 hexadecimal digits are needed", i+1)
		}
		if t.Kind != TargetPage && t.Kind != TargetDatabase && t.Kind != TargetDataSource {
			return nil, fmt.Errorf("notion: target %d: kind is page, database or data_source", i+1)
		}
		if t.Kind == TargetDataSource && !c.cfg.Version.hasDataSources() {
			return nil, fmt.Errorf("notion: target %d: version %s has no data sources", i+1, c.cfg.Version)
		}
		t.ID = id
		seen[t.Name], seen[id] = true, true
		g.targets = append(g.targets, t)
	}
	return g, nil
}

// Target finds an allow-listed place by its name.
func (g *Guard) Target(name string) (Target, error) {
	for _, t := range g.targets {
		if t.Name == name {
			return t, nil
		}
	}
	return Target{}, fail(ErrNotAllowed, "there is no target of this name")
}

// Place is where a target's pages go, after it was checked.
type Place struct {
	Target Target
	// Parent is what a new page names.
	Parent Parent
	// Source is what Query asks; "" for a page.
	Source string
	// Title and Properties are the place's own; Properties is nil for a page.
	Title      string
	Properties map[string]PropertyType
	Sharing    Sharing
}

// Open checks that a target exists, is not in the trash and not public, and
// returns how to write there.
func (g *Guard) Open(ctx context.Context, t Target) (Place, error) {
	p := Place{Target: t}
	if t.Kind == TargetPage {
		page, err := g.client.Page(ctx, t.ID)
		if err != nil {
			return p, err
		}
		p.Title, p.Sharing = page.Title(), page.Sharing
		p.Parent = Parent{Type: ParentPage, PageID: t.ID}
		return p, usable(page.Meta)
	}
	return g.openDatabase(ctx, p)
}

func (g *Guard) openDatabase(ctx context.Context, p Place) (Place, error) {
	t := p.Target
	source := t.ID
	if t.Kind == TargetDatabase {
		db, err := g.client.Database(ctx, t.ID)
		if err != nil {
			return p, err
		}
		p.Title, p.Sharing, p.Properties = db.Title, db.Sharing, db.Properties
		if err := usable(db.Meta); err != nil {
			return p, err
		}
		if !g.client.cfg.Version.hasDataSources() {
			p.Source, p.Parent = t.ID, Parent{Type: ParentDatabase, DatabaseID: t.ID}
			return p, nil
		}
		if len(db.Sources) != 1 {
			return p, fail(ErrInvalid, "the database has not exactly one data source: list the data source instead")
		}
		source = db.Sources[0].ID
	}
	ds, err := g.client.DataSource(ctx, source)
	if err != nil {
		return p, err
	}
	p.Title, p.Sharing, p.Properties = ds.Title, ds.Sharing, ds.Properties
	p.Source, p.Parent = ds.ID, Parent{Type: ParentDataSource, DataSourceID: ds.ID}
	return p, usable(ds.Meta)
}

// Check walks the real ancestors of a page up to an allow-listed target and
// returns it. It refuses what is public, in the trash, or below none.
func (g *Guard) Check(ctx context.Context, pageID string) (Page, Target, error) {
	page, err := g.client.Page(ctx, pageID)
	if err != nil {
		return page, Target{}, err
	}
	t, err := g.Walk(ctx, page.Meta, TargetPage)
	return page, t, err
}

// Walk is Check for an object that has been read already.
func (g *Guard) Walk(ctx context.Context, at Meta, kind TargetKind) (Target, error) {
	seen := map[string]bool{}
	for range maxAncestors {
		if err := usable(at); err != nil && kind != "block" {
			return Target{}, err
		}
		if at.InTrash {
			return Target{}, fail(ErrNotAllowed, "it, or what it lies in, is in the trash")
		}
		if seen[at.ID] {
			break
		}
		seen[at.ID] = true
		if t, ok := g.listed(at.ID, kind); ok {
			return t, nil
		}
		if at.Parent.Type == ParentDataSource {
			// The target may be the database around it; both are looked at.
			if t, ok := g.listed(at.Parent.DataSourceID, TargetDataSource); ok {
				return t, g.parentUsable(ctx, at.Parent)
			}
		}
		next, nextKind, err := g.parent(ctx, at.Parent)
		if err != nil {
			return Target{}, err
		}
		at, kind = next, nextKind
	}
	return Target{}, fail(ErrNotAllowed, "it lies too deep")
}

func (g *Guard) parentUsable(ctx context.Context, p Parent) error {
	m, _, err := g.parent(ctx, p)
	if err != nil {
		return err
	}
	return usable(m)
}

func (g *Guard) listed(id string, kind TargetKind) (Target, bool) {
	id, err := CheckID(id)
	if err != nil {
		return Target{}, false
	}
	for _, t := range g.targets {
		if t.ID == id && t.Kind == kind {
			return t, true
		}
	}
	return Target{}, false
}

// parent reads the object that a parent names. An ancestor that can't be seen
// means that the place is not below a target.
func (g *Guard) parent(ctx context.Context, p Parent) (m Meta, kind TargetKind, err error) {
	switch p.Type {
	case ParentPage:
		var page Page
		page, err = g.client.Page(ctx, p.PageID)
		m, kind = page.Meta, TargetPage
	case ParentBlock:
		var b Block
		b, err = g.client.Block(ctx, p.BlockID)
		m, kind = b.Meta, "block"
	case ParentDatabase:
		var s Schema
		s, err = g.client.Database(ctx, p.DatabaseID)
		m, kind = s.Meta, TargetDatabase
	case ParentDataSource:
		var s Schema
		s, err = g.client.DataSource(ctx, p.DataSourceID)
		m, kind = s.Meta, TargetDataSource
	case ParentWorkspace:
		return m, kind, fail(ErrNotAllowed, "it is not below an allow-listed parent")
	default:
		return m, kind, fail(ErrNotAllowed, "it lies in something unknown")
	}
	if errors.Is(err, ErrNotFound) {
		err = fail(ErrNotAllowed, "an ancestor is not shared with the integration, and none below it is allow-listed")
	}
	return m, kind, err
}

// usable refuses what is in the trash or not known to be private.
func usable(m Meta) error {
	switch {
	case m.InTrash:
		return fail(ErrNotAllowed, "it, or what it lies in, is in the trash")
	case m.Sharing == Public:
		return fail(ErrPublic, "it is shared to the public web; unshare it first")
	case m.Sharing == Unknown:
		return fail(ErrPublic, "Notion does not say whether it is shared to the public web")
	}
	return nil
}

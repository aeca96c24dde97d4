package notion

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// ParentKind says what a parent is.
type ParentKind string

// The kinds of parents.
const (
	ParentPage       ParentKind = "page_id"
	ParentDatabase   ParentKind = "database_id"
	ParentDataSource ParentKind = "data_source_id"
	ParentBlock      ParentKind = "block_id"
	ParentWorkspace  ParentKind = "workspace"
)

// Parent is where an object lies. A page in a data source also names the
// database around it.
type Parent struct {
	Type         ParentKind `json:"type"`
	PageID       string     `json:"page_id,omitempty"`
	DatabaseID   string     `json:"database_id,omitempty"`
	DataSourceID string     `json:"data_source_id,omitempty"`
	BlockID      string     `json:"block_id,omitempty"`
}

// ID is the id that Type names; "" for the workspace.
func (p Parent) ID() string {
	switch p.Type {
	case ParentPage:
		return p.PageID
	case ParentDatabase:
		return p.DatabaseID
	case ParentDataSource:
		return p.DataSourceID
	case ParentBlock:
		return p.BlockID
	}
	return ""
}

// Sharing says whether an object is on the public web.
type Sharing string

// The states of sharing. An answer without the field is Unknown, which the
// guard treats as public.
const (
	Private Sharing = "private"
	Public  Sharing = "public"
	Unknown Sharing = "unknown"
)

// wireObject is what pages, blocks, databases and data sources have in common.
type wireObject struct {
	Object         string          `json:"object"`
	ID             string          `json:"id"`
	Parent         Parent          `json:"parent"`
	DatabaseParent *Parent         `json:"database_parent"`
	CreatedTime    string          `json:"created_time"`
	LastEditedTime string          `json:"last_edited_time"`
	CreatedBy      userRef         `json:"created_by"`
	LastEditedBy   userRef         `json:"last_edited_by"`
	Archived       bool            `json:"archived"`
	InTrash        bool            `json:"in_trash"`
	URL            string          `json:"url"`
	PublicURL      json.RawMessage `json:"public_url"`
}

type userRef struct {
	ID string `json:"id"`
}

func (w wireObject) sharing() Sharing {
	switch {
	case len(w.PublicURL) == 0:
		return Unknown
	case bytes.Equal(w.PublicURL, []byte("null")):
		return Private
	}
	return Public
}

// Meta is what is known of every object.
type Meta struct {
	ID           string
	Parent       Parent
	InTrash      bool // in the trash, whichever name the version has for it
	Sharing      Sharing
	Created      time.Time
	LastEdited   time.Time
	CreatedBy    string // user id
	LastEditedBy string // user id
}

func (w wireObject) meta() (Meta, error) {
	id, err := CheckID(w.ID)
	if err != nil {
		return Meta{}, fail(ErrUnavailable, "the answer is not what Notion sends")
	}
	return Meta{
		ID: id, Parent: w.Parent, InTrash: w.InTrash || w.Archived, Sharing: w.sharing(),
		Created: parseTime(w.CreatedTime), LastEdited: parseTime(w.LastEditedTime),
		CreatedBy: w.CreatedBy.ID, LastEditedBy: w.LastEditedBy.ID,
	}, nil
}

// Page is a page and its properties.
type Page struct {
	Meta
	// URL is the page's address for people who may see it.
	URL        string
	Properties map[string]Property // by name
}

type wirePage struct {
	wireObject
	Properties map[string]Property `json:"properties"`
}

func (w wirePage) page() (Page, error) {
	m, err := w.meta()
	return Page{Meta: m, URL: w.URL, Properties: w.Properties}, err
}

// Title is the text of the page's title.
func (p Page) Title() string {
	for _, v := range p.Properties {
		if v.Type == "title" {
			return v.Plain()
		}
	}
	return ""
}

// UnmarshalJSON decodes the API's form.
func (p *Page) UnmarshalJSON(b []byte) error {
	var w wirePage
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	var err error
	*p, err = w.page()
	return err
}

// Page reads a page.
func (c *Client) Page(ctx context.Context, id string) (p Page, err error) {
	at, err := path("pages", id, "")
	if err != nil {
		return p, err
	}
	return p, c.call(ctx, http.MethodGet, at, nil, nil, &p)
}

// CreateRequest is a new page.
type CreateRequest struct {
	// Parent is a page, a data source, or with V20220628 a database.
	Parent     Parent
	Properties Values
	// Children is the first batch of content.
	Children []*Node
}

// CreatePage makes a page. An ErrAmbiguous means that it may exist.
func (c *Client) CreatePage(ctx context.Context, r CreateRequest) (p Page, err error) {
	parent, err := c.wireParent(r.Parent)
	if err != nil {
		return p, err
	}
	body := map[string]any{"parent": parent, "properties": r.Properties}
	if len(r.Children) > 0 {
		body["children"] = blocks(r.Children)
	}
	return p, c.call(ctx, http.MethodPost, "/v1/pages", nil, body, &p)
}

func (c *Client) wireParent(p Parent) (map[string]string, error) {
	id, err := CheckID(p.ID())
	if err != nil {
		return nil, err
	}
	switch {
	case p.Type == ParentPage,
		p.Type == ParentDataSource && c.cfg.Version.hasDataSources(),
		p.Type == ParentDatabase && !c.cfg.Version.hasDataSources():
		return map[string]string{"type": string(p.Type), string(p.Type): id}, nil
	}
	return nil, fail(ErrInvalid, "this API version does not create pages there")
}

// SetProperties changes the given properties of a page and no others.
func (c *Client) SetProperties(ctx context.Context, id string, v Values) (p Page, err error) {
	return c.patchPage(ctx, id, map[string]any{"properties": v})
}

// TrashPage moves a page into the trash, or restores it.
func (c *Client) TrashPage(ctx context.Context, id string, trash bool) (p Page, err error) {
	return c.patchPage(ctx, id, map[string]any{c.cfg.Version.trashField(): trash})
}

func (c *Client) patchPage(ctx context.Context, id string, body map[string]any) (p Page, err error) {
	at, err := path("pages", id, "")
	if err != nil {
		return p, err
	}
	return p, c.call(ctx, http.MethodPatch, at, nil, body, &p)
}

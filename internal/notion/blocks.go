package notion

import (
	"context"
	"encoding/json"
	"net/http"
)

// Block is a block as the API returns it, as far as we look at it.
type Block struct {
	Meta
	Kind        Kind
	HasChildren bool
	// Spans is the text as plain spans; nil for kinds without text.
	Spans []Span
	Cells [][]Span // of table_row
	// Checked, Language and Header are as in Node.
	Checked  bool
	Language string
	Header   bool
	// Title is a child page's or child database's title.
	Title string
}

type wireBlock struct {
	wireObject
	Type        Kind `json:"type"`
	HasChildren bool `json:"has_children"`
}

type wireContent struct {
	RichText  []wireText   `json:"rich_text"`
	Cells     [][]wireText `json:"cells"`
	Checked   bool         `json:"checked"`
	Language  string       `json:"language"`
	HasHeader bool         `json:"has_column_header"`
	Title     string       `json:"title"`
}

type wireText struct {
	PlainText string  `json:"plain_text"`
	Href      *string `json:"href"`
	Text      struct {
		Content string `json:"content"` // all there is in what we send
	} `json:"text"`
	Annotations struct {
		Bold          bool `json:"bold"`
		Italic        bool `json:"italic"`
		Strikethrough bool `json:"strikethrough"`
		Code          bool `json:"code"`
	} `json:"annotations"`
}

func spansOf(texts []wireText) []Span {
	var out []Span
	for _, t := range texts {
		a := t.Annotations
		if t.PlainText == "" {
			t.PlainText = t.Text.Content
		}
		s := Span{Text: t.PlainText, Bold: a.Bold, Italic: a.Italic, Strike: a.Strikethrough, Code: a.Code}
		if t.Href != nil {
			s.Link = *t.Href
		}
		out = append(out, s)
	}
	return merge(out)
}

// UnmarshalJSON decodes the API's form of any kind of block.
func (b *Block) UnmarshalJSON(data []byte) error {
	var w wireBlock
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	m, err := w.meta()
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	var c wireContent
	if raw := fields[string(w.Type)]; raw != nil {
		// A kind that is not known may use these names for something else.
		_ = json.Unmarshal(raw, &c)
	}
	*b = Block{
		Meta: m, Kind: w.Type, HasChildren: w.HasChildren, Spans: spansOf(c.RichText), Checked: c.Checked,
		Language: c.Language, Header: c.HasHeader, Title: c.Title,
	}
	for _, cell := range c.Cells {
		b.Cells = append(b.Cells, spansOf(cell))
	}
	return nil
}

// Block reads one block.
func (c *Client) Block(ctx context.Context, id string) (b Block, err error) {
	at, err := path("blocks", id, "")
	if err != nil {
		return b, err
	}
	return b, c.call(ctx, http.MethodGet, at, nil, nil, &b)
}

// Children reads one page of the blocks directly below a page or block.
func (c *Client) Children(ctx context.Context, id, cursor string, size int) (l List[Block], err error) {
	at, err := path("blocks", id, "/children")
	if err != nil {
		return l, err
	}
	q, err := pageQuery(cursor, size)
	if err != nil {
		return l, err
	}
	return l, c.call(ctx, http.MethodGet, at, q, nil, &l)
}

// AllChildren reads the blocks directly below a page or block, at most limit of
// them; more is ErrInvalid.
func (c *Client) AllChildren(ctx context.Context, id string, limit int) ([]Block, error) {
	var out []Block
	for cursor := ""; ; {
		l, err := c.Children(ctx, id, cursor, MaxPageSize)
		if err != nil {
			return nil, err
		}
		out = append(out, l.Results...)
		if len(out) > limit {
			return nil, fail(ErrInvalid, "the page has too many blocks")
		}
		if !l.HasMore || l.NextCursor == "" || l.NextCursor == cursor {
			return out, nil
		}
		cursor = l.NextCursor
	}
}

// Append adds blocks below a page or block: after the block named, or at the
// end if after is "". The answer holds the new blocks of the first level. An
// ErrAmbiguous means that they may be there.
func (c *Client) Append(ctx context.Context, parent string, nodes []*Node, after string) ([]Block, error) {
	at, err := path("blocks", parent, "/children")
	if err != nil {
		return nil, err
	}
	body := map[string]any{"children": blocks(nodes)}
	if after != "" {
		if after, err = CheckID(after); err != nil {
			return nil, err
		}
		if c.cfg.Version == V20260311 {
			body["position"] = map[string]any{"type": "after_block", "after_block": map[string]string{"id": after}}
		} else {
			body["after"] = after
		}
	}
	var l List[Block]
	if err := c.call(ctx, http.MethodPatch, at, nil, body, &l); err != nil {
		return nil, err
	}
	if len(l.Results) < len(nodes) {
		return nil, &Error{Kind: ErrAmbiguous, Reason: "the answer names fewer blocks than were sent"}
	}
	// With a position, older versions answer with the block before as well.
	return l.Results[len(l.Results)-len(nodes):], nil
}

// TrashBlock moves a block into the trash, with all below it.
func (c *Client) TrashBlock(ctx context.Context, id string) error {
	at, err := path("blocks", id, "")
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodDelete, at, nil, nil, nil)
}

// RestoreBlock takes a block out of the trash.
func (c *Client) RestoreBlock(ctx context.Context, id string) error {
	at, err := path("blocks", id, "")
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPatch, at, nil, map[string]any{c.cfg.Version.trashField(): false}, nil)
}

// Tree reads all content below a page or block as nodes, at most limit blocks.
// Child pages and databases are named but not entered.
func (c *Client) Tree(ctx context.Context, id string, limit int) ([]*Node, error) {
	left := limit
	return c.tree(ctx, id, &left, 0)
}

func (c *Client) tree(ctx context.Context, id string, left *int, depth int) ([]*Node, error) {
	kids, err := c.AllChildren(ctx, id, *left)
	if err != nil {
		return nil, err
	}
	*left -= len(kids)
	var out []*Node
	for _, b := range kids {
		n := b.Node()
		if b.HasChildren && depth < 2*MaxDepth && b.Kind != "child_page" && b.Kind != "child_database" {
			if n.Children, err = c.tree(ctx, b.ID, left, depth+1); err != nil {
				return nil, err
			}
		}
		out = append(out, n)
	}
	return out, nil
}

// Node is the block without its children.
func (b Block) Node() *Node {
	n := &Node{Kind: b.Kind, Spans: b.Spans, Cells: b.Cells, Checked: b.Checked, Language: b.Language, Header: b.Header}
	if b.Title != "" {
		n.Spans = []Span{{Text: b.Title}}
	}
	return n
}

package notion

import (
	"context"
	"net/http"
)

// PageMarkdown is a page's content in Notion's own markdown.
type PageMarkdown struct {
	ID        string   `json:"id"`
	Markdown  string   `json:"markdown"`
	Truncated bool     `json:"truncated"`
	Unknown   []string `json:"unknown_block_ids"`
}

// Markdown reads a page through the markdown endpoint. The text is untrusted.
func (c *Client) Markdown(ctx context.Context, page string) (m PageMarkdown, err error) {
	at, err := path("pages", page, "/markdown")
	if err != nil {
		return m, err
	}
	return m, c.call(ctx, http.MethodGet, at, nil, nil, &m)
}

// InsertMarkdown adds nodes to the end of a page through the markdown endpoint.
// The markdown is rendered from nodes, never taken from a caller: in Notion's
// dialect tags make mentions, embeds and files, and dollar signs formulas. An
// ErrAmbiguous means that the text may be there.
func (c *Client) InsertMarkdown(ctx context.Context, page string, nodes []*Node) (m PageMarkdown, err error) {
	return c.patchMarkdown(ctx, page, map[string]any{
		"type": "insert_content", "insert_content": map[string]string{"content": Render(nodes)},
	})
}

// ReplaceMarkdown replaces a page's whole content through the markdown
// endpoint. It refuses to delete child pages and databases.
func (c *Client) ReplaceMarkdown(ctx context.Context, page string, nodes []*Node) (m PageMarkdown, err error) {
	return c.patchMarkdown(ctx, page, map[string]any{
		"type": "replace_content", "replace_content": map[string]any{"new_str": Render(nodes), "allow_deleting_content": false},
	})
}

func (c *Client) patchMarkdown(ctx context.Context, page string, body any) (m PageMarkdown, err error) {
	at, err := path("pages", page, "/markdown")
	if err != nil {
		return m, err
	}
	if !c.cfg.Version.hasDataSources() {
		return m, fail(ErrInvalid, "this API version has no markdown endpoints")
	}
	return m, c.call(ctx, http.MethodPatch, at, nil, body, &m)
}

package notion

import (
	"context"
	"encoding/json"
	"net/http"
)

// Schema is a database's or data source's properties.
type Schema struct {
	Meta
	Title      string
	Properties map[string]PropertyType // by name
	// Sources are a database's data sources (from V20250903 on).
	Sources []Source
	// DatabaseParent is where the database around a data source lies.
	DatabaseParent Parent
}

// Source names a data source.
type Source struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// PropertyType is the declaration of a property.
type PropertyType struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

type wireSchema struct {
	wireObject
	Title       []wireText              `json:"title"`
	Properties  map[string]PropertyType `json:"properties"`
	DataSources []Source                `json:"data_sources"`
}

// UnmarshalJSON decodes the API's form.
func (s *Schema) UnmarshalJSON(b []byte) error {
	var w wireSchema
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	m, err := w.meta()
	if err != nil {
		return err
	}
	*s = Schema{Meta: m, Title: joinSpans(spansOf(w.Title)), Properties: w.Properties, Sources: w.DataSources}
	if w.DatabaseParent != nil {
		s.DatabaseParent = *w.DatabaseParent
	}
	return nil
}

// Database reads a database.
func (c *Client) Database(ctx context.Context, id string) (s Schema, err error) {
	at, err := path("databases", id, "")
	if err != nil {
		return s, err
	}
	return s, c.call(ctx, http.MethodGet, at, nil, nil, &s)
}

// DataSource reads a data source; V20220628 has none.
func (c *Client) DataSource(ctx context.Context, id string) (s Schema, err error) {
	if !c.cfg.Version.hasDataSources() {
		return s, fail(ErrInvalid, "this API version has no data sources")
	}
	at, err := path("data_sources", id, "")
	if err != nil {
		return s, err
	}
	return s, c.call(ctx, http.MethodGet, at, nil, nil, &s)
}

// Filter is a condition on one property, or a combination. Exactly one of
// Property, And and Or is used.
type Filter struct {
	Property string // name
	Type     string // the property's type, such as "rich_text"
	Op       string // such as "equals"
	Value    any    // string, bool or json.Number
	And, Or  []Filter
}

// MarshalJSON writes the API's form.
func (f Filter) MarshalJSON() ([]byte, error) {
	switch {
	case f.And != nil:
		return json.Marshal(map[string]any{"and": f.And})
	case f.Or != nil:
		return json.Marshal(map[string]any{"or": f.Or})
	}
	return json.Marshal(map[string]any{"property": f.Property, f.Type: map[string]any{f.Op: f.Value}})
}

// Sort orders results by a property, or by Timestamp ("created_time" or
// "last_edited_time").
type Sort struct {
	Property   string
	Timestamp  string
	Descending bool
}

// MarshalJSON writes the API's form.
func (s Sort) MarshalJSON() ([]byte, error) {
	m := map[string]string{"direction": "ascending"}
	if s.Descending {
		m["direction"] = "descending"
	}
	if s.Timestamp != "" {
		m["timestamp"] = s.Timestamp
	} else {
		m["property"] = s.Property
	}
	return json.Marshal(m)
}

// QueryRequest asks for pages of a data source, or with V20220628 a database.
type QueryRequest struct {
	Filter *Filter
	Sorts  []Sort
	Cursor string
	Size   int // 1 to MaxPageSize
}

// Query reads one page of results. source is a data source's id, or with
// V20220628 a database's.
func (c *Client) Query(ctx context.Context, source string, r QueryRequest) (l List[Page], err error) {
	kind := "data_sources"
	if !c.cfg.Version.hasDataSources() {
		kind = "databases"
	}
	at, err := path(kind, source, "/query")
	if err != nil {
		return l, err
	}
	if _, err := pageQuery(r.Cursor, r.Size); err != nil {
		return l, err
	}
	body := map[string]any{"page_size": r.Size}
	if r.Filter != nil {
		body["filter"] = r.Filter
	}
	if len(r.Sorts) > 0 {
		body["sorts"] = r.Sorts
	}
	if r.Cursor != "" {
		body["start_cursor"] = r.Cursor
	}
	return l, c.call(ctx, http.MethodPost, at, nil, body, &l)
}

// Found is one result of Search.
type Found struct {
	Meta
	Object string // page, database or data_source
}

// UnmarshalJSON decodes the API's form.
func (f *Found) UnmarshalJSON(b []byte) error {
	var w wireObject
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	m, err := w.meta()
	*f = Found{Meta: m, Object: w.Object}
	return err
}

// Search lists what the integration can reach, newest first; it is used to
// find out that it reaches too much.
func (c *Client) Search(ctx context.Context, cursor string, size int) (l List[Found], err error) {
	if _, err := pageQuery(cursor, size); err != nil {
		return l, err
	}
	body := map[string]any{"page_size": size}
	if cursor != "" {
		body["start_cursor"] = cursor
	}
	return l, c.call(ctx, http.MethodPost, "/v1/search", nil, body, &l)
}

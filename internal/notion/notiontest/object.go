package notiontest

import (
	"net/url"
	"strings"
	"time"
)

// object is a page, block, database or data source.
type object struct {
	kind    string // page, block, database, data_source
	id      string
	parent  *object // nil for the workspace
	created time.Time
	edited  time.Time
	by      string
	edBy    string
	trash   bool
	public  bool
	index   time.Time // when queries see it

	props    map[string]any // page: values by name
	children []*object      // page, block: content; a child page is among them

	typ  string         // block
	data map[string]any // block: what lies under its type

	title   string
	schema  []Property // data source
	sources []*object  // database
	rows    []*object  // data source
}

// Property declares a property of a data source.
type Property struct {
	Name    string
	Type    string // title, rich_text, number, select, multi_select, status, date, checkbox, url
	Options []string
}

func (s *Server) add(kind string, parent *object) *object {
	now := s.opt.Now().UTC()
	o := &object{kind: kind, id: s.newID(), parent: parent, created: now, edited: now, by: Bot, edBy: Bot, index: now.Add(s.opt.Lag)}
	s.objects[o.id] = o
	return o
}

// inTrash reports whether an object or anything around it is in the trash.
func (o *object) inTrash() bool {
	for ; o != nil; o = o.parent {
		if o.trash {
			return true
		}
	}
	return false
}

// isPublic reports whether an object or anything around it is shared.
func (o *object) isPublic() bool {
	for ; o != nil; o = o.parent {
		if o.public {
			return true
		}
	}
	return false
}

func (s *Server) touch(o *object) {
	s.wrote = true
	for ; o != nil; o = o.parent {
		o.edited, o.edBy = s.opt.Now().UTC(), Bot
		if o.kind == "page" {
			return
		}
	}
}

// pageTitle is the plain text of a page's title.
func (o *object) pageTitle() string {
	for _, v := range o.props {
		if m, ok := v.(map[string]any); ok && m["type"] == "title" {
			return plainOf(m["title"])
		}
	}
	return ""
}

// minute is how Notion writes instants of pages and blocks: cut to the minute.
func minute(t time.Time) string { return t.Truncate(time.Minute).Format("2006-01-02T15:04:05.000Z") }

func (o *object) parentRef() map[string]any {
	p := o.parent
	if p == nil {
		return map[string]any{"type": "workspace", "workspace": true}
	}
	switch p.kind {
	case "data_source":
		return map[string]any{"type": "data_source_id", "data_source_id": p.id, "database_id": p.parent.id}
	case "database":
		return map[string]any{"type": "database_id", "database_id": p.id}
	case "block":
		return map[string]any{"type": "block_id", "block_id": p.id}
	}
	return map[string]any{"type": "page_id", "page_id": p.id}
}

func user(id string) map[string]any { return map[string]any{"object": "user", "id": id} }

// trashFields are named by the version.
func (s *Server) trashFields(m map[string]any, trash bool) {
	m["in_trash"] = trash
	if s.version != "2026-03-11" {
		m["archived"] = trash
	}
}

func (s *Server) common(o *object) map[string]any {
	m := map[string]any{
		"object": o.kind, "id": o.id, "created_time": minute(o.created), "last_edited_time": minute(o.edited),
		"created_by": user(o.by), "last_edited_by": user(o.edBy), "parent": o.parentRef(),
	}
	if s.version == "2022-06-28" && o.parent != nil && o.parent.kind == "data_source" {
		m["parent"] = map[string]any{"type": "database_id", "database_id": o.parent.parent.id}
	}
	s.trashFields(m, o.inTrash())
	return m
}

func slug(title, id string) string {
	words := strings.Join(strings.Fields(title), "-")
	return url.PathEscape(words) + "-" + strings.ReplaceAll(id, "-", "")
}

func (s *Server) urls(m map[string]any, o *object, title string) {
	m["url"] = "https://www.notion.so/" + slug(title, o.id)
	m["public_url"] = nil
	if o.isPublic() {
		m["public_url"] = "https://example.notion.site/" + slug(title, o.id)
	}
}

func (s *Server) wirePage(o *object) map[string]any {
	m := s.common(o)
	m["cover"], m["icon"], m["is_locked"] = nil, nil, false
	props := make(map[string]any, len(o.props))
	for k, v := range o.props {
		props[k] = v
	}
	m["properties"] = props
	s.urls(m, o, o.pageTitle())
	return m
}

func (s *Server) wireBlock(o *object) map[string]any {
	m := s.common(o)
	m["object"] = "block"
	if o.kind == "page" {
		m["type"], m["child_page"] = "child_page", map[string]any{"title": o.pageTitle()}
	} else if o.kind == "database" {
		m["type"], m["child_database"] = "child_database", map[string]any{"title": o.title}
	} else {
		m["type"], m[o.typ] = o.typ, o.data
	}
	m["has_children"] = len(alive(o.children)) > 0
	return m
}

func (s *Server) wireDatabase(o *object) map[string]any {
	ds := o.sources[0]
	if s.version == "2022-06-28" {
		m := s.wireSource(ds)
		m["object"], m["id"], m["parent"] = "database", o.id, o.parentRef()
		delete(m, "database_parent")
		return m
	}
	var sources []any
	for _, x := range o.sources {
		sources = append(sources, map[string]any{"id": x.id, "name": x.title})
	}
	m := map[string]any{
		"object": "database", "id": o.id, "title": titleText(o.title), "description": []any{}, "parent": o.parentRef(),
		"is_inline": false, "in_trash": o.inTrash(), "is_locked": false, "data_sources": sources, "icon": nil, "cover": nil,
		"created_time": o.created.Format("2006-01-02T15:04:05.000+00:00"), "last_edited_time": o.edited.Format("2006-01-02T15:04:05.000+00:00"),
	}
	s.urls(m, o, o.title)
	m["url"] = "https://www.notion.so/" + strings.ReplaceAll(o.id, "-", "")
	return m
}

func (s *Server) wireSource(o *object) map[string]any {
	m := s.common(o)
	m["cover"], m["icon"], m["is_inline"] = nil, nil, false
	m["title"], m["description"] = titleText(o.title), []any{}
	m["database_parent"] = o.parent.parentRef()
	m["properties"] = o.wireSchema()
	s.urls(m, o.parent, o.title)
	m["url"] = "https://www.notion.so/" + strings.ReplaceAll(o.parent.id, "-", "")
	return m
}

func (o *object) wireSchema() map[string]any {
	props := map[string]any{}
	for _, p := range o.schema {
		inner := map[string]any{}
		if p.Type == "number" {
			inner["format"] = "number"
		}
		if p.Type == "select" || p.Type == "multi_select" || p.Type == "status" {
			options := []any{}
			for i, name := range p.Options {
				options = append(options, map[string]any{"id": optionID(name), "name": name, "color": colour(i), "description": nil})
			}
			inner["options"] = options
			if p.Type == "status" {
				inner["groups"] = []any{}
			}
		}
		props[p.Name] = map[string]any{"id": p.id(), "name": p.Name, "description": nil, "type": p.Type, p.Type: inner}
	}
	return props
}

func (p Property) id() string {
	if p.Type == "title" {
		return "title"
	}
	return url.PathEscape(optionID(p.Name)[:4])
}

func colour(i int) string {
	return []string{"default", "blue", "green", "orange", "pink", "purple", "red", "yellow", "brown", "gray"}[i%10]
}

func alive(list []*object) []*object {
	var out []*object
	for _, o := range list {
		if !o.trash {
			out = append(out, o)
		}
	}
	return out
}

func titleText(s string) []any {
	if s == "" {
		return []any{}
	}
	return []any{wireText(map[string]any{"content": s}, nil)}
}

// wireText is a rich text object as it is returned.
func wireText(text, annotations map[string]any) map[string]any {
	a := map[string]any{"bold": false, "italic": false, "strikethrough": false, "underline": false, "code": false, "color": "default"}
	for k, v := range annotations {
		a[k] = v
	}
	link, _ := text["link"].(map[string]any)
	var href any
	out := map[string]any{"content": text["content"], "link": nil}
	if link != nil {
		out["link"], href = link, link["url"]
	}
	return map[string]any{"type": "text", "text": out, "annotations": a, "plain_text": text["content"], "href": href}
}

func plainOf(list any) string {
	var b strings.Builder
	items, _ := list.([]any)
	for _, x := range items {
		m, _ := x.(map[string]any)
		s, _ := m["plain_text"].(string)
		b.WriteString(s)
	}
	return b.String()
}

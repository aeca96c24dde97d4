package notiontest

import (
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/internal/notion"
)

// AddPage puts a page below another, or at the top of the workspace if parent
// is "", and returns its id.
func (s *Server) AddPage(parent, title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.objects[parent]
	o := s.add("page", p)
	o.props = map[string]any{"title": map[string]any{"id": "title", "type": "title", "title": titleText(title)}}
	s.attach(p, o)
	return o.id
}

func (s *Server) attach(parent, o *object) {
	if parent == nil {
		s.roots = append(s.roots, o)
		return
	}
	parent.children = append(parent.children, o)
}

// AddDatabase puts a database with one data source below a page and returns
// both ids.
func (s *Server) AddDatabase(parent, title string, schema ...Property) (database, source string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.objects[parent]
	db := s.add("database", p)
	db.title = title
	ds := s.add("data_source", db)
	ds.title, ds.schema = title, schema
	db.sources = []*object{ds}
	s.attach(p, db)
	return db.id, ds.id
}

// AddRow puts a page with a title into a data source, as a person would.
func (s *Server) AddRow(source, title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ds := s.objects[source]
	o := s.add("page", ds)
	o.by, o.edBy = Person, Person
	o.props = checkValues(ds, nil)
	for _, p := range ds.schema {
		if p.Type == "title" {
			o.props[p.Name] = map[string]any{"id": "title", "type": "title", "title": titleText(title)}
		}
	}
	ds.rows = append(ds.rows, o)
	return o.id
}

// AddText puts a paragraph below a page or block, as a person would.
func (s *Server) AddText(parent, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.objects[parent]
	o := s.add("block", p)
	o.typ, o.by, o.edBy = "paragraph", Person, Person
	o.data = map[string]any{"rich_text": titleText(text), "color": "default"}
	p.children = append(p.children, o)
	for q := p; q != nil; q = q.parent {
		q.edBy = Person
		if q.kind == "page" {
			break
		}
	}
	return o.id
}

// SetPublic shares an object to the web, or stops it.
func (s *Server) SetPublic(id string, public bool) { s.set(id, func(o *object) { o.public = public }) }

// SetTrash moves an object into the trash, or out of it.
func (s *Server) SetTrash(id string, trash bool) { s.set(id, func(o *object) { o.trash = trash }) }

// Forget makes an object unreachable, as if it were no longer shared with the
// integration.
func (s *Server) Forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects, id)
}

// RenameProperty renames a property of a data source.
func (s *Server) RenameProperty(source, from, to string) {
	s.set(source, func(o *object) {
		o.schema = slices.Clone(o.schema)
		for i := range o.schema {
			if o.schema[i].Name == from {
				o.schema[i].Name = to
			}
		}
		for _, p := range o.rows {
			if v, ok := p.props[from]; ok {
				p.props[to] = v
				delete(p.props, from)
			}
		}
	})
}

func (s *Server) set(id string, change func(*object)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.objects[id]; o != nil {
		change(o)
	}
}

// Pages lists the ids of pages with this title that are not in the trash.
func (s *Server) Pages(title string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, o := range s.sorted() {
		if o.kind == "page" && !o.inTrash() && o.pageTitle() == title {
			out = append(out, o.id)
		}
	}
	return out
}

// Outline is the text of a page's content, one block a line, indented by two
// spaces a level, so that tests can compare it. Child pages show their title.
func (s *Server) Outline(id string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	if o := s.objects[id]; o != nil {
		outline(&out, o.children, "")
	}
	return out
}

func outline(out *[]string, list []*object, indent string) {
	for _, o := range alive(list) {
		*out = append(*out, indent+o.label())
		if o.kind == "block" {
			outline(out, o.children, indent+"  ")
		}
	}
}

func (o *object) label() string {
	switch {
	case o.kind == "page":
		return "page " + o.pageTitle()
	case o.kind == "database":
		return "database " + o.title
	case o.typ == "table_row":
		var cells []string
		list, _ := o.data["cells"].([]any)
		for _, c := range list {
			cells = append(cells, plainOf(c))
		}
		return "row " + strings.Join(cells, " | ")
	}
	if text := plainOf(o.data["rich_text"]); text != "" {
		return o.typ + " " + text
	}
	return o.typ
}

// PropertyText is a page's property as text.
func (s *Server) PropertyText(page, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.objects[page]; o != nil {
		return plainValue(o.props[name])
	}
	return ""
}

// Trashed reports whether an object is in the trash, itself or with what it lies in.
func (s *Server) Trashed(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[id]
	return o == nil || o.inTrash()
}

// fillMarkdown turns markdown into blocks; without a title, the first heading
// becomes it.
func (s *Server) fillMarkdown(page *object, text string) {
	nodes, _, err := notion.Content{}.Markdown(text)
	if err != nil {
		invalid("body failed validation: body.markdown should be a valid markdown string.")
	}
	if page.pageTitle() == "" && len(nodes) > 0 && nodes[0].Kind == notion.Heading1 {
		for name, v := range page.props {
			if m := v.(map[string]any); m["type"] == "title" {
				page.props[name] = map[string]any{"id": "title", "type": "title", "title": titleText(spanText(nodes[0].Spans))}
			}
		}
		nodes = nodes[1:]
	}
	s.addNodes(page, nodes)
}

func spanText(spans []notion.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

func (s *Server) addNodes(parent *object, nodes []*notion.Node) {
	for _, n := range nodes {
		bare := *n
		bare.Children = nil
		m := decode(encode(bare.Block()))
		o := s.newBlock(parent, m)
		parent.children = append(parent.children, o)
		s.addNodes(o, n.Children)
		if n.Kind == notion.Table && len(n.Children) > 0 {
			o.data["table_width"] = len(n.Children[0].Cells)
		}
	}
}

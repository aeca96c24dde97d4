package notiontest

import (
	"embed"
	"html/template"
	"net"
	"net/http"
	"regexp"
	"strings"
)

//go:embed view/page.html view/style.css
var viewFiles embed.FS

var viewTemplate = template.Must(template.ParseFS(viewFiles, "view/page.html"))

// viewDoc is what the template shows.
type viewDoc struct {
	Tree    []viewLink
	Title   string
	Crumbs  []string
	Props   []viewProp
	Blocks  []viewBlock
	Table   *viewTable
	Trashed bool
	Public  bool
	Empty   bool
	Pages   int
	Writes  int
}

type viewLink struct {
	ID, Title, Icon string
	Depth           int
	Here, Trashed   bool
}

type viewProp struct{ Name, Type, Text string }

type viewBlock struct {
	Type     string
	Spans    []viewSpan
	Cells    []viewCell
	Checked  bool
	Language string
	Number   int    // of a numbered list's first item
	Level    int    // of a heading in the document
	Header   bool   // of a table: its first row is a heading
	Name     string // of a table: the heading above it
	Link     string // of a child page
	Children []viewBlock
}

// viewCell is a cell; Number says that its column holds numbers, Date that it
// is a date or a month, which doesn't break.
type viewCell struct {
	Spans        []viewSpan
	Number, Date bool
}

type viewSpan struct {
	Text, Link                 string
	Bold, Italic, Strike, Code bool
}

type viewTable struct {
	Columns []viewCell
	Rows    []viewRow
}

type viewRow struct {
	ID    string
	Cells []viewCell
}

// serveView shows the workspace, read-only. It runs on a loopback address and
// answers no other name, so that a web page can't read it by rebinding a name of
// its own.
func (s *Server) serveView(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if !localHost(r.Host) {
		http.Error(w, "this view answers on a loopback address only", http.StatusMisdirectedRequest)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "this view is read-only", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == "/style.css" {
		h.Set("Content-Type", "text/css; charset=utf-8")
		css, _ := viewFiles.ReadFile("view/style.css")
		w.Write(css)
		return
	}
	doc, found := s.document(strings.Trim(r.URL.Path, "/"))
	h.Set("Content-Type", "text/html; charset=utf-8")
	if !found {
		w.WriteHeader(http.StatusNotFound)
	}
	viewTemplate.Execute(w, doc)
}

func localHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// document builds what is shown of the page of an id; "" is the newest page.
func (s *Server) document(id string) (viewDoc, bool) {
	writes := s.Writes()
	s.mu.Lock()
	defer s.mu.Unlock()
	d := viewDoc{Writes: writes, Title: "Nothing here"}
	var at *object
	for _, o := range s.sorted() {
		if o.kind == "page" {
			d.Pages++
			if id == "" && !o.inTrash() && (at == nil || o.edited.After(at.edited)) {
				at = o
			}
		}
	}
	if id != "" && uuidForm.MatchString(id) {
		at = s.objects[dash(id)]
	}
	for _, o := range s.roots {
		d.branch(o, 0, at)
	}
	if at == nil || at.kind == "block" {
		d.Empty = true
		return d, id == ""
	}
	d.show(at)
	return d, true
}

// branch adds an object and what is below it to the tree.
func (d *viewDoc) branch(o *object, depth int, at *object) {
	l := viewLink{ID: o.id, Title: o.name(), Depth: min(depth, 6), Here: o == at, Trashed: o.inTrash(), Icon: "page"}
	if o.kind == "database" {
		l.Icon = "table"
	}
	d.Tree = append(d.Tree, l)
	for _, c := range o.children {
		d.below(c, depth+1, at)
	}
	for _, src := range o.sources {
		for _, row := range src.rows {
			d.branch(row, depth+1, at)
		}
	}
}

func (d *viewDoc) below(o *object, depth int, at *object) {
	if o.kind != "block" {
		d.branch(o, depth, at)
		return
	}
	for _, c := range o.children {
		d.below(c, depth, at)
	}
}

func (o *object) name() string {
	name := o.title
	if o.kind == "page" {
		name = o.pageTitle()
	}
	if name == "" {
		return "Untitled"
	}
	return name
}

func (d *viewDoc) show(o *object) {
	d.Title, d.Trashed, d.Public = o.name(), o.inTrash(), o.isPublic()
	for p := o.parent; p != nil; p = p.parent {
		if p.kind == "page" || p.kind == "database" {
			d.Crumbs = append([]string{p.name()}, d.Crumbs...)
		}
	}
	if o.kind == "database" {
		o = o.sources[0]
	}
	if o.kind == "data_source" {
		d.Table = tableOf(o)
		return
	}
	if o.parent != nil && o.parent.kind == "data_source" {
		for _, p := range o.parent.schema {
			if p.Type != "title" {
				d.Props = append(d.Props, viewProp{p.Name, p.Type, plainValue(o.props[p.Name])})
			}
		}
	}
	d.Blocks = viewBlocks(o.children)
	outlineOf(d.Blocks)
	d.Empty = len(d.Blocks) == 0
}

func tableOf(ds *object) *viewTable {
	t := &viewTable{}
	for _, p := range ds.schema {
		t.Columns = append(t.Columns, textCell(p.Name))
	}
	for _, row := range alive(ds.rows) {
		r := viewRow{ID: row.id}
		for _, p := range ds.schema {
			r.Cells = append(r.Cells, textCell(plainValue(row.props[p.Name])))
		}
		t.Rows = append(t.Rows, r)
	}
	rows := [][]viewCell{t.Columns}
	for _, r := range t.Rows {
		rows = append(rows, r.Cells)
	}
	alignNumbers(rows)
	return t
}

func viewBlocks(list []*object) []viewBlock {
	var out []viewBlock
	number := 0
	for _, o := range alive(list) {
		b := viewBlock{Type: o.typ, Children: nil}
		if o.kind != "block" {
			b.Type, b.Link, b.Spans = "child", o.id, []viewSpan{{Text: o.name()}}
			out = append(out, b)
			continue
		}
		number++
		if o.typ != "numbered_list_item" {
			number = 0
		}
		b.Number = number
		b.Spans = viewSpans(o.data["rich_text"])
		b.Checked, _ = o.data["checked"].(bool)
		b.Language, _ = o.data["language"].(string)
		b.Header, _ = o.data["has_column_header"].(bool)
		cells, _ := o.data["cells"].([]any)
		for _, c := range cells {
			b.Cells = append(b.Cells, viewCell{Spans: viewSpans(c)})
		}
		b.Children = group(viewBlocks(o.children), o.typ)
		out = append(out, b)
	}
	return out
}

func textCell(text string) viewCell { return viewCell{Spans: []viewSpan{{Text: text}}} }

func (c viewCell) text() string {
	var b strings.Builder
	for _, s := range c.Spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// numberForm is an amount or a count.
var numberForm = regexp.MustCompile(`^[+-]?[0-9]+(?:\.[0-9]+)?$`)

// dateForm is a day or a month.
var dateForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?$`)

// alignNumbers marks the columns that hold nothing but numbers below their
// heading, and the cells that hold a date.
func alignNumbers(rows [][]viewCell) {
	if len(rows) < 2 {
		return
	}
	for col := range rows[0] {
		numbers := true
		for _, row := range rows[1:] {
			numbers = numbers && col < len(row) && numberForm.MatchString(row[col].text())
		}
		for _, row := range rows {
			if col < len(row) {
				row[col].Number, row[col].Date = numbers, dateForm.MatchString(row[col].text())
			}
		}
	}
}

// group aligns the rows of a table; other blocks stay as they are.
func group(children []viewBlock, typ string) []viewBlock {
	if typ == "table" {
		rows := make([][]viewCell, len(children))
		for i, c := range children {
			rows[i] = c.Cells
		}
		alignNumbers(rows)
	}
	return children
}

// outlineOf gives headings their level below the page's title, without a gap,
// and tables the name of the heading above.
func outlineOf(blocks []viewBlock) {
	top, name := 3, ""
	for _, b := range blocks {
		if n, ok := headingLevel(b.Type); ok {
			top = min(top, n)
		}
	}
	for i := range blocks {
		b := &blocks[i]
		if n, ok := headingLevel(b.Type); ok {
			b.Level = n - top + 2
			name = viewCell{Spans: b.Spans}.text()
		}
		if b.Type == "table" {
			b.Name = name
		}
	}
}

func headingLevel(typ string) (int, bool) {
	switch typ {
	case "heading_1":
		return 1, true
	case "heading_2":
		return 2, true
	case "heading_3", "heading_4":
		return 3, true
	}
	return 0, false
}

func viewSpans(v any) []viewSpan {
	var out []viewSpan
	list, _ := v.([]any)
	for _, x := range list {
		m, _ := x.(map[string]any)
		a, _ := m["annotations"].(map[string]any)
		s := viewSpan{}
		s.Text, _ = m["plain_text"].(string)
		s.Link, _ = m["href"].(string)
		s.Bold, _ = a["bold"].(bool)
		s.Italic, _ = a["italic"].(bool)
		s.Strike, _ = a["strikethrough"].(bool)
		s.Code, _ = a["code"].(bool)
		out = append(out, s)
	}
	return out
}

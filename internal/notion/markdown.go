package notion

import (
	"html"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// reader parses CommonMark with tables, strikethrough and task lists (GFM
// without bare links, which are text to us and cut as such).
var reader = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList)).Parser()

// Markdown turns CommonMark (with GFM's tables, strikethrough and task lists)
// into nodes and takes out what the policy on content does not let through.
// Formulas have no syntax here: dollar signs are dollar signs. It fails with
// ErrInvalid if the text is longer than MaxMarkdown, and with ErrContent if the
// policy refuses.
func (c Content) Markdown(src string) ([]*Node, Removed, error) {
	removed := Removed{}
	if len(src) > MaxMarkdown {
		return nil, nil, fail(ErrInvalid, "the text is too long")
	}
	src = visible(src, removed)
	if tangled(src) {
		return nil, nil, fail(ErrInvalid, "the text has too many marks in one paragraph, or is nested too deep")
	}
	m := mdReader{src: []byte(src), content: c, removed: removed}
	nodes := m.blocks(reader.Parse(text.NewReader(m.src)), 1)
	c.clean(nodes, removed)
	if err := c.verdict(removed); err != nil {
		return nil, removed, err
	}
	if countNodes(nodes) > MaxTotalBlocks {
		return nil, removed, fail(ErrInvalid, "the text has too many blocks")
	}
	return nodes, removed, nil
}

// The parser takes time that grows with the square of the marks in one
// paragraph and of the containers that one line opens. With these bounds, the
// worst text of MaxMarkdown bytes takes about two seconds.
const (
	maxMarks   = 2000
	maxOpeners = 32
)

// tangled reports whether a text exceeds them. Marks are counted between blank
// lines.
func tangled(src string) bool {
	marks := 0
	for line := range strings.SplitSeq(src, "\n") {
		if strings.TrimSpace(line) == "" {
			marks = 0
			continue
		}
		rest := strings.TrimLeft(line, ">-*+0123456789.) \t")
		opens := 0
		for i, c := range line[:len(line)-len(rest)] {
			next := byte(' ')
			if i+1 < len(line) {
				next = line[i+1]
			}
			if c == '>' || strings.ContainsRune("-*+.)", c) && (next == ' ' || next == '\t') {
				opens++
			}
		}
		for i := range len(line) {
			if strings.IndexByte("*_~[]!", line[i]) >= 0 {
				marks++
			}
		}
		if marks > maxMarks || opens > maxOpeners {
			return true
		}
	}
	return false
}

func countNodes(nodes []*Node) int {
	n := len(nodes)
	for _, c := range nodes {
		n += countNodes(c.Children)
	}
	return n
}

type mdReader struct {
	src     []byte
	content Content
	removed Removed
}

// blocks converts the children of a container. Beyond MaxDepth, what is nested
// moves up to its parent's level.
func (m *mdReader) blocks(parent ast.Node, depth int) []*Node {
	var out []*Node
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		out = append(out, m.block(n, depth)...)
	}
	return out
}

func (m *mdReader) block(n ast.Node, depth int) []*Node {
	switch n := n.(type) {
	case *ast.Heading:
		kind := []Kind{Heading1, Heading2, Heading3}[min(n.Level, 3)-1]
		return []*Node{{Kind: kind, Spans: m.inline(n)}}
	case *ast.Paragraph, *ast.TextBlock:
		if spans := m.inline(n); len(spans) > 0 {
			return []*Node{{Kind: Paragraph, Spans: spans}}
		}
		return nil
	case *ast.List:
		return m.list(n, depth)
	case *ast.Blockquote:
		return m.container(&Node{Kind: Quote}, n, depth)
	case *ast.FencedCodeBlock:
		return []*Node{{Kind: Code, Language: language(string(n.Language(m.src))), Spans: m.literal(n)}}
	case *ast.CodeBlock:
		return []*Node{{Kind: Code, Language: plainLanguage, Spans: m.literal(n)}}
	case *ast.ThematicBreak:
		return []*Node{{Kind: Divider}}
	case *ast.HTMLBlock:
		return m.htmlBlock(n)
	case *extast.Table:
		return []*Node{m.table(n)}
	}
	return m.blocks(n, depth)
}

func (m *mdReader) list(l *ast.List, depth int) []*Node {
	var out []*Node
	for it := l.FirstChild(); it != nil; it = it.NextSibling() {
		node := &Node{Kind: Bulleted}
		if l.IsOrdered() {
			node.Kind = Numbered
		}
		if first := it.FirstChild(); first != nil {
			if box, ok := first.FirstChild().(*extast.TaskCheckBox); ok {
				node.Kind, node.Checked = ToDo, box.IsChecked
			}
		}
		out = append(out, m.container(node, it, depth)...)
	}
	return out
}

// container fills a node that has both text and children: its first paragraph
// is the text.
func (m *mdReader) container(node *Node, n ast.Node, depth int) []*Node {
	first := n.FirstChild()
	for c := first; c != nil; c = c.NextSibling() {
		_, paragraph := c.(*ast.Paragraph)
		_, tight := c.(*ast.TextBlock)
		if c == first && (paragraph || tight) {
			node.Spans = m.inline(c)
			continue
		}
		node.Children = append(node.Children, m.block(c, min(depth+1, MaxDepth+1))...)
	}
	if depth >= MaxDepth {
		up := node.Children
		node.Children = nil
		return append([]*Node{node}, up...)
	}
	return []*Node{node}
}

func (m *mdReader) table(t *extast.Table) *Node {
	node := &Node{Kind: Table, Header: true}
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		row := &Node{Kind: TableRow}
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			row.Cells = append(row.Cells, m.inline(c))
		}
		node.Children = append(node.Children, row)
	}
	width := len(t.Alignments)
	for _, r := range node.Children {
		for len(r.Cells) < width {
			r.Cells = append(r.Cells, nil)
		}
		r.Cells = r.Cells[:width]
	}
	return node
}

// literal is the text of a code block.
func (m *mdReader) literal(n ast.Node) []Span {
	text := strings.TrimSuffix(string(n.Lines().Value(m.src)), "\n")
	return merge([]Span{{Text: text}})
}

// htmlBlock keeps the text between tags: Notion would show the tags as text,
// and its markdown endpoints would take some of them for mentions and embeds.
func (m *mdReader) htmlBlock(n *ast.HTMLBlock) []*Node {
	raw := string(n.Lines().Value(m.src))
	if n.HasClosure() {
		raw += string(n.ClosureLine.Value(m.src))
	}
	m.removed[RemovedHTML]++
	text := strings.TrimSpace(html.UnescapeString(stripTags(raw)))
	if text == "" {
		return nil
	}
	return []*Node{Text(Paragraph, text)}
}

func stripTags(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "<")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		end := ">"
		if strings.HasPrefix(rest, "!--") {
			end = "-->"
		}
		if _, rest, found = strings.Cut(rest, end); !found {
			return b.String()
		}
		s = rest
	}
}

// inline converts the inline content of a block.
func (m *mdReader) inline(n ast.Node) []Span {
	var out []Span
	m.spans(n, Span{}, &out)
	out = merge(out)
	if len(out) > 0 {
		out[0].Text = strings.TrimLeft(out[0].Text, " \n")
	}
	return merge(out)
}

func (m *mdReader) spans(parent ast.Node, form Span, out *[]Span) {
	emit := func(text string) {
		s := form
		s.Text = text
		*out = append(*out, s)
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		inner := form
		switch n := n.(type) {
		case *ast.Text:
			if n.IsRaw() {
				emit(strings.ReplaceAll(string(n.Segment.Value(m.src)), "\n", " "))
				continue
			}
			emit(unescape(string(n.Segment.Value(m.src))))
			if n.HardLineBreak() {
				emit("\n")
			} else if n.SoftLineBreak() {
				emit(" ")
			}
			continue
		case *ast.String:
			emit(string(n.Value))
			continue
		case *ast.AutoLink:
			emit(string(n.Label(m.src)))
			continue
		case *ast.RawHTML:
			m.removed[RemovedHTML]++
			continue
		case *ast.Image:
			m.removed[RemovedImage]++
		case *ast.Link:
			inner.Link = m.destination(n)
		case *ast.CodeSpan:
			inner.Code = true
		case *ast.Emphasis:
			inner.Bold, inner.Italic = form.Bold || n.Level == 2, form.Italic || n.Level != 2
		case *extast.Strikethrough:
			inner.Strike = true
		}
		m.spans(n, inner, out)
	}
}

// destination is a link's target if the policy lets it through.
func (m *mdReader) destination(l *ast.Link) string {
	dest := unescape(string(l.Destination))
	if m.content.linkAllowed(dest) {
		return dest
	}
	m.removed[RemovedLink]++
	return ""
}

// maxEntity is longer than the longest named character reference of HTML.
const maxEntity = 40

// unescape resolves backslash escapes and character references in one pass, as
// CommonMark asks.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && isPunct(s[i+1]):
			i++
			b.WriteByte(s[i])
		case s[i] == '&':
			end := strings.IndexByte(s[i:min(len(s), i+maxEntity)], ';')
			if end < 0 {
				b.WriteByte('&')
				continue
			}
			b.WriteString(html.UnescapeString(s[i : i+end+1]))
			i += end
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func isPunct(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}

// plainLanguage is Notion's name for code of no language.
const plainLanguage = "plain text"

// languages are some of the names that Notion takes for code; what is not
// listed becomes plain text, because an unknown one is a validation error.
var languages = map[string]string{
	"bash": "bash", "sh": "shell", "shell": "shell", "c": "c", "c++": "c++", "cpp": "c++", "c#": "c#", "cs": "c#",
	"css": "css", "diff": "diff", "go": "go", "golang": "go", "html": "html", "java": "java",
	"javascript": "javascript", "js": "javascript", "json": "json", "kotlin": "kotlin", "markdown": "markdown",
	"md": "markdown", "php": "php", "python": "python", "py": "python", "r": "r", "ruby": "ruby", "rust": "rust",
	"scala": "scala", "sql": "sql", "swift": "swift", "typescript": "typescript", "ts": "typescript", "xml": "xml",
	"yaml": "yaml", "yml": "yaml",
}

func language(name string) string {
	if l, ok := languages[strings.ToLower(name)]; ok {
		return l
	}
	return plainLanguage
}

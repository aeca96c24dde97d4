package notion

import (
	"strings"

	"github.com/jomei/notionapi"
)

// Span is a run of text with one formatting. Spans of different formatting side
// by side make one line.
type Span struct {
	Text                       string
	Bold, Italic, Strike, Code bool
	Link                       string // "" for none
}

// Kind is a block's type in the API's words.
type Kind string

// The kinds of blocks that are written. Nothing else is: no image, embed,
// bookmark, equation, mention, link preview or synced block.
const (
	Paragraph Kind = "paragraph"
	Heading1  Kind = "heading_1"
	Heading2  Kind = "heading_2"
	Heading3  Kind = "heading_3"
	Bulleted  Kind = "bulleted_list_item"
	Numbered  Kind = "numbered_list_item"
	ToDo      Kind = "to_do"
	Toggle    Kind = "toggle"
	Quote     Kind = "quote"
	Callout   Kind = "callout"
	Code      Kind = "code"
	Divider   Kind = "divider"
	Table     Kind = "table"
	TableRow  Kind = "table_row"
)

// Node is one block and what is nested in it, before it is cut to size.
type Node struct {
	Kind     Kind
	Spans    []Span   // of every kind but divider, table and table_row
	Cells    [][]Span // of table_row
	Header   bool     // of table: the first row is a heading
	Checked  bool     // of to_do
	Language string   // of code; what Notion does not know becomes "plain text"
	Children []*Node
}

// Text makes a block of plain text.
func Text(k Kind, text string) *Node { return &Node{Kind: k, Spans: []Span{{Text: text}}} }

// TableOf makes a table whose first row is a heading. Rows shorter than the
// first are filled up, longer ones are cut.
func TableOf(rows [][]string) *Node {
	t := &Node{Kind: Table, Header: true}
	for _, row := range rows {
		n := &Node{Kind: TableRow, Cells: make([][]Span, len(rows[0]))}
		for i := range n.Cells {
			if i < len(row) && row[i] != "" {
				n.Cells[i] = []Span{{Text: row[i]}}
			}
		}
		t.Children = append(t.Children, n)
	}
	return t
}

// Clean applies the policy on content to nodes that were made by hand; Markdown
// has done it already. It changes the nodes.
func (c Content) Clean(nodes []*Node) (Removed, error) {
	removed := Removed{}
	c.clean(nodes, removed)
	return removed, c.verdict(removed)
}

func (c Content) clean(nodes []*Node, removed Removed) {
	for _, n := range nodes {
		n.Spans = c.cleanSpans(n.Spans, removed)
		for i := range n.Cells {
			n.Cells[i] = c.cleanSpans(n.Cells[i], removed)
		}
		c.clean(n.Children, removed)
	}
}

func (c Content) cleanSpans(spans []Span, removed Removed) []Span {
	for i := range spans {
		spans[i].Text = visible(spans[i].Text, removed)
		if l := spans[i].Link; l != "" && !c.linkAllowed(l) {
			spans[i].Link = ""
			removed[RemovedLink]++
		}
	}
	return merge(c.cutURLs(spans, removed))
}

func joinSpans(spans []Span) string {
	if len(spans) == 1 {
		return spans[0].Text
	}
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// merge joins neighbours of the same formatting and drops empty ones.
func merge(spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		if s.Text == "" {
			continue
		}
		if n := len(out); n > 0 && out[n-1].sameForm(s) {
			out[n-1].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

func (s Span) sameForm(o Span) bool {
	s.Text, o.Text = "", ""
	return s == o
}

// richText is the wire form of spans that are already short enough.
func richText(spans []Span) []notionapi.RichText {
	out := make([]notionapi.RichText, 0, len(spans))
	for _, s := range spans {
		t := notionapi.RichText{Type: notionapi.ObjectTypeText, Text: &notionapi.Text{Content: s.Text}}
		if s.Link != "" {
			t.Text.Link = &notionapi.Link{Url: s.Link}
		}
		if s.Bold || s.Italic || s.Strike || s.Code {
			t.Annotations = &notionapi.Annotations{
				Bold: s.Bold, Italic: s.Italic, Strikethrough: s.Strike, Code: s.Code, Color: notionapi.ColorDefault,
			}
		}
		out = append(out, t)
	}
	return out
}

// Block is the wire form of a node and its children.
func (n *Node) Block() notionapi.Block {
	kids := blocks(n.Children)
	text := richText(n.Spans)
	base := notionapi.BasicBlock{Object: notionapi.ObjectTypeBlock, Type: notionapi.BlockType(n.Kind)}
	item := notionapi.ListItem{RichText: text, Children: kids}
	heading := notionapi.Heading{RichText: text}
	switch n.Kind {
	case Heading1:
		return &notionapi.Heading1Block{BasicBlock: base, Heading1: heading}
	case Heading2:
		return &notionapi.Heading2Block{BasicBlock: base, Heading2: heading}
	case Heading3:
		return &notionapi.Heading3Block{BasicBlock: base, Heading3: heading}
	case Bulleted:
		return &notionapi.BulletedListItemBlock{BasicBlock: base, BulletedListItem: item}
	case Numbered:
		return &notionapi.NumberedListItemBlock{BasicBlock: base, NumberedListItem: item}
	case ToDo:
		return &notionapi.ToDoBlock{BasicBlock: base, ToDo: notionapi.ToDo{RichText: text, Children: kids, Checked: n.Checked}}
	case Toggle:
		return &notionapi.ToggleBlock{BasicBlock: base, Toggle: notionapi.Toggle{RichText: text, Children: kids}}
	case Quote:
		return &notionapi.QuoteBlock{BasicBlock: base, Quote: notionapi.Quote{RichText: text, Children: kids}}
	case Callout:
		return &notionapi.CalloutBlock{BasicBlock: base, Callout: notionapi.Callout{RichText: text, Children: kids}}
	case Code:
		return &notionapi.CodeBlock{BasicBlock: base, Code: notionapi.Code{RichText: text, Language: language(n.Language)}}
	case Divider:
		return &notionapi.DividerBlock{BasicBlock: base}
	case Table:
		return &notionapi.TableBlock{BasicBlock: base, Table: notionapi.Table{TableWidth: n.width(), HasColumnHeader: n.Header, Children: kids}}
	case TableRow:
		cells := make([][]notionapi.RichText, len(n.Cells))
		for i, c := range n.Cells {
			cells[i] = richText(c)
		}
		return &notionapi.TableRowBlock{BasicBlock: base, TableRow: notionapi.TableRow{Cells: cells}}
	}
	return &notionapi.ParagraphBlock{BasicBlock: base, Paragraph: notionapi.Paragraph{RichText: text, Children: kids}}
}

func (n *Node) width() int {
	if len(n.Children) == 0 {
		return 0
	}
	return len(n.Children[0].Cells)
}

func blocks(nodes []*Node) notionapi.Blocks {
	var out notionapi.Blocks
	for _, n := range nodes {
		out = append(out, n.Block())
	}
	return out
}

// nests reports whether a kind of block takes children of its own.
func (k Kind) nests() bool {
	switch k {
	case Paragraph, Bulleted, Numbered, ToDo, Toggle, Quote, Callout, Table:
		return true
	}
	return false
}

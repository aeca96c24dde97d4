package notion

import (
	"strconv"
	"strings"
)

// Render writes nodes as markdown that Notion and CommonMark read back as the
// same nodes. Every character that has a meaning in either is escaped. Notion
// nests by tabs (https://developers.notion.com/guides/data-apis/enhanced-markdown).
func Render(nodes []*Node) string {
	var b strings.Builder
	render(&b, nodes, "")
	return b.String()
}

func render(b *strings.Builder, nodes []*Node, indent string) {
	number := 0
	for i, n := range nodes {
		if n.Kind == Paragraph && i > 0 {
			b.WriteString("\n") // CommonMark would join two lines
		}
		number++
		if n.Kind != Numbered {
			number = 0
		}
		switch n.Kind {
		case Table:
			renderTable(b, n, indent)
			continue
		case Code:
			renderCode(b, n, indent)
		case Divider:
			b.WriteString(indent + "---\n")
		default:
			b.WriteString(indent + prefix(n, number) + strings.ReplaceAll(renderSpans(n.Spans), "\n", "<br>") + "\n")
		}
		render(b, n.Children, indent+"\t")
	}
}

func prefix(n *Node, number int) string {
	switch n.Kind {
	case Heading1:
		return "# "
	case Heading2:
		return "## "
	case Heading3:
		return "### "
	case Bulleted:
		return "- "
	case Numbered:
		return strconv.Itoa(number) + ". "
	case ToDo:
		if n.Checked {
			return "- [x] "
		}
		return "- [ ] "
	case Quote, Callout, Toggle:
		return "> "
	}
	return ""
}

func renderTable(b *strings.Builder, n *Node, indent string) {
	for i, row := range n.Children {
		b.WriteString(indent + "|")
		for _, c := range row.Cells {
			b.WriteString(" " + strings.ReplaceAll(renderSpans(c), "\n", "<br>") + " |")
		}
		b.WriteString("\n")
		if i == 0 {
			b.WriteString(indent + "|" + strings.Repeat(" --- |", len(row.Cells)) + "\n")
		}
	}
}

func renderCode(b *strings.Builder, n *Node, indent string) {
	text := joinSpans(n.Spans)
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	b.WriteString(indent + fence + n.Language + "\n")
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(indent + line + "\n")
	}
	b.WriteString(indent + fence + "\n")
}

func renderSpans(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		mark := ""
		if s.Bold {
			mark += "**"
		}
		if s.Italic {
			mark += "*"
		}
		if s.Strike {
			mark += "~~"
		}
		text := escapeMarkdown(s.Text)
		if s.Code && !strings.ContainsAny(s.Text, "`\n") {
			text = "`" + s.Text + "`"
		}
		if s.Link != "" {
			text = "[" + text + "](" + s.Link + ")"
		}
		// Marks must touch the text they mark.
		core := strings.TrimSpace(text)
		lead, trail, _ := strings.Cut(text, core)
		if core == "" || mark == "" {
			b.WriteString(text)
			continue
		}
		b.WriteString(lead + mark + core + reverse(mark) + trail)
	}
	return b.String()
}

func reverse(mark string) string {
	r := []rune(mark)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// markdownSpecial are the characters that Notion's dialect gives a meaning, and
// those that start a block.
const markdownSpecial = "\\`*_~[]<>{}|^$#+-.!()=:@&"

func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(markdownSpecial, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

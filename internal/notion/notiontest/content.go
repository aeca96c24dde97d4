package notiontest

import (
	"fmt"
	"slices"
	"unicode/utf16"
)

// nests are the types of blocks that take children.
var nests = map[string]bool{
	"paragraph": true, "bulleted_list_item": true, "numbered_list_item": true, "to_do": true, "toggle": true,
	"quote": true, "callout": true, "table": true,
}

// text are the types of blocks whose content is rich text.
var textual = []string{
	"paragraph", "heading_1", "heading_2", "heading_3", "heading_4", "bulleted_list_item", "numbered_list_item", "to_do",
	"toggle", "quote", "callout", "code",
}

// count is how many blocks a payload has seen.
type count struct{ n int }

func checkChildren(where string, kids []any) {
	c := &count{}
	c.children(where, kids, 0)
	if c.n > maxBlocks {
		invalid("body failed validation: %s.length should be ≤ `1000`, instead was `%d`.", where, c.n)
	}
}

func checkBlock(where string, b map[string]any, level int) { (&count{}).block(where, b, level) }

func (c *count) children(where string, kids []any, level int) {
	if len(kids) > maxArray {
		invalid("body failed validation: %s.length should be ≤ `100`, instead was `%d`.", where, len(kids))
	}
	for i, k := range kids {
		b, ok := k.(map[string]any)
		if !ok {
			invalid("body failed validation: %s[%d] should be an object, instead was `%s`.", where, i, encode(k))
		}
		c.block(fmt.Sprintf("%s[%d]", where, i), b, level)
	}
}

func (c *count) block(where string, b map[string]any, level int) {
	c.n++
	typ, _ := b["type"].(string)
	if typ == "" {
		for k := range b {
			if k != "object" {
				typ = k
			}
		}
	}
	content, ok := b[typ].(map[string]any)
	if !ok {
		invalid("body failed validation: %s.%s should be defined, instead was `undefined`.", where, typ)
	}
	at := where + "." + typ
	switch {
	case slices.Contains(textual, typ):
		checkText(at+".rich_text", content["rich_text"])
	case typ == "table":
		c.table(at, content)
	case typ == "table_row":
		cells, _ := content["cells"].([]any)
		for i, cell := range cells {
			checkText(fmt.Sprintf("%s.cells[%d]", at, i), cell)
		}
	case typ == "divider", typ == "equation", typ == "bookmark", typ == "embed", typ == "image", typ == "table_of_contents":
	default:
		invalid("body failed validation: %s.type should be one of the known block types, instead was `%q`.", where, typ)
	}
	kids, has := content["children"].([]any)
	if has && !nests[typ] && typ[:3] != "hea" {
		invalid("body failed validation: %s.children should be not present, instead was `%s`.", at, encode(kids))
	}
	if has && len(kids) > 0 && level >= maxNesting {
		invalid("body failed validation: %s.children should be not present, instead was `%s`.", at, encode(kids))
	}
	c.children(at+".children", kids, level+1)
}

func (c *count) table(at string, content map[string]any) {
	rows, _ := content["children"].([]any)
	if len(rows) == 0 {
		invalid("body failed validation: %s.children should be defined, instead was `undefined`.", at)
	}
	for i, r := range rows {
		m, _ := r.(map[string]any)
		row, _ := m["table_row"].(map[string]any)
		cells, _ := row["cells"].([]any)
		if fmt.Sprint(len(cells)) != fmt.Sprint(content["table_width"]) {
			invalid("body failed validation: %s.children[%d].table_row.cells.length should be equal to `table_width`.", at, i)
		}
	}
}

// units counts as JavaScript does.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

func checkText(where string, v any) {
	list, ok := v.([]any)
	if !ok {
		invalid("body failed validation: %s should be an array, instead was `%s`.", where, encode(v))
	}
	if len(list) > maxArray {
		invalid("body failed validation: %s.length should be ≤ `100`, instead was `%d`.", where, len(list))
	}
	for i, x := range list {
		m, _ := x.(map[string]any)
		text, ok := m["text"].(map[string]any)
		if !ok {
			invalid("body failed validation: %s[%d].text should be defined, instead was `undefined`.", where, i)
		}
		content, ok := text["content"].(string)
		if !ok {
			invalid("body failed validation: %s[%d].text.content should be a string, instead was `%s`.", where, i, encode(text["content"]))
		}
		if n := units(content); n > maxText {
			invalid("body failed validation: %s[%d].text.content.length should be ≤ `2000`, instead was `%d`.", where, i, n)
		}
		link, _ := text["link"].(map[string]any)
		if url, _ := link["url"].(string); units(url) > maxURL {
			invalid("body failed validation: %s[%d].text.link.url.length should be ≤ `2000`, instead was `%d`.", where, i, units(url))
		}
	}
}

// storedText is rich text as it is returned.
func storedText(v any) []any {
	out := []any{}
	list, _ := v.([]any)
	for _, x := range list {
		m := x.(map[string]any)
		text := m["text"].(map[string]any)
		annotations, _ := m["annotations"].(map[string]any)
		out = append(out, wireText(text, annotations))
	}
	return out
}

// stored is a block's content as it is returned: without its children, with the
// defaults filled in.
func stored(typ string, content map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range content {
		if k != "children" {
			out[k] = v
		}
	}
	if slices.Contains(textual, typ) {
		out["rich_text"] = storedText(content["rich_text"])
	}
	switch typ {
	case "table_row":
		cells := []any{}
		list, _ := content["cells"].([]any)
		for _, c := range list {
			cells = append(cells, storedText(c))
		}
		out["cells"] = cells
	case "table":
		fill(out, "has_column_header", false)
		fill(out, "has_row_header", false)
	case "code":
		out["caption"] = storedText(content["caption"])
	case "divider":
	default:
		fill(out, "color", "default")
	}
	if len(typ) == 9 && typ[:8] == "heading_" {
		fill(out, "is_toggleable", false)
	}
	if typ == "to_do" {
		fill(out, "checked", false)
	}
	return out
}

func fill(m map[string]any, k string, v any) {
	if m[k] == nil {
		m[k] = v
	}
}

// newBlock makes a block and what is below it.
func (s *Server) newBlock(parent *object, b map[string]any) *object {
	typ, _ := b["type"].(string)
	if typ == "" {
		for k := range b {
			if k != "object" {
				typ = k
			}
		}
	}
	content := b[typ].(map[string]any)
	o := s.add("block", parent)
	o.typ, o.data = typ, stored(typ, content)
	kids, _ := content["children"].([]any)
	for _, k := range kids {
		s.addBlock(o, k.(map[string]any))
	}
	return o
}

func (s *Server) addBlock(parent *object, b map[string]any) {
	parent.children = append(parent.children, s.newBlock(parent, b))
}

package notiontest

import (
	"fmt"
	"strings"
)

func (s *Server) wireMarkdown(o *object) map[string]any {
	var b strings.Builder
	writeMarkdown(&b, o.children, "")
	return map[string]any{
		"object": "page_markdown", "id": o.id, "markdown": strings.TrimSuffix(b.String(), "\n"), "truncated": false, "unknown_block_ids": []any{},
	}
}

// writeMarkdown is the reading side of the endpoint for the kinds of blocks
// that Counterfoil writes.
func writeMarkdown(b *strings.Builder, list []*object, indent string) {
	number := 0
	for _, o := range alive(list) {
		number++
		if o.typ != "numbered_list_item" {
			number = 0
		}
		text := plainOf(o.data["rich_text"])
		mark := map[string]string{
			"heading_1": "# ", "heading_2": "## ", "heading_3": "### ", "bulleted_list_item": "- ",
			"numbered_list_item": fmt.Sprintf("%d. ", number), "quote": "> ", "to_do": "- [ ] ",
		}[o.typ]
		if o.typ == "to_do" && o.data["checked"] == true {
			mark = "- [x] "
		}
		switch o.typ {
		case "divider":
			text = "---"
		case "code":
			text = fmt.Sprintf("```%v\n%s\n```", o.data["language"], text)
		case "table_row":
			text = strings.TrimPrefix(o.label(), "row ")
		case "":
			text = "<page>" + o.pageTitle() + "</page>"
		}
		b.WriteString(indent + mark + text + "\n")
		if o.kind == "block" {
			writeMarkdown(b, o.children, indent+"\t")
		}
	}
}

// updateMarkdown knows the commands that Counterfoil uses: insert_content at the
// end and replace_content.
func (s *Server) updateMarkdown(o *object, m map[string]any) map[string]any {
	if s.version == "2022-06-28" {
		fail(400, "invalid_request_url", "Invalid request URL.")
	}
	s.can("update")
	if o.inTrash() {
		invalid("Can't edit block that is archived. You must unarchive the block before editing.")
	}
	kind, _ := m["type"].(string)
	command, ok := m[kind].(map[string]any)
	if !ok {
		invalid("body failed validation: body.%s should be defined, instead was `undefined`.", kind)
	}
	switch kind {
	case "insert_content":
		text, _ := command["content"].(string)
		s.fillMarkdownAt(o, text)
	case "replace_content":
		text, _ := command["new_str"].(string)
		for _, c := range o.children {
			if c.kind != "block" && !c.trash && command["allow_deleting_content"] != true {
				invalid("This operation would delete child pages or databases. Set allow_deleting_content to true to proceed.")
			}
		}
		for _, c := range o.children {
			c.trash = true
		}
		s.fillMarkdownAt(o, text)
	default:
		invalid("body failed validation: body.type should be one of the known commands, instead was `%q`.", kind)
	}
	s.touch(o)
	return s.wireMarkdown(o)
}

// fillMarkdownAt adds to the end, and takes no title from the text.
func (s *Server) fillMarkdownAt(o *object, text string) {
	if o.pageTitle() != "" {
		s.fillMarkdown(o, text)
		return
	}
	s.fillMarkdown(o, "\n"+text)
}

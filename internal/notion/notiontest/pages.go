package notiontest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// sorted lists all objects, newest first.
func (s *Server) sorted() []*object {
	var all []*object
	for _, o := range s.objects {
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b *object) int {
		return cmp.Or(b.created.Compare(a.created), cmp.Compare(a.id, b.id))
	})
	return all
}

func (s *Server) createPage(m map[string]any) map[string]any {
	s.can("insert")
	allow(m, "body", "parent", "properties", "children", "markdown", "icon", "cover", "position")
	parent := s.parentOf(m["parent"])
	if parent.inTrash() {
		invalid("Can't edit block that is archived. You must unarchive the block before editing.")
	}
	props, _ := m["properties"].(map[string]any)
	if m["properties"] == nil && m["markdown"] == nil {
		invalid("body failed validation: body.properties should be defined, instead was `undefined`.")
	}
	values := checkValues(parent, props)
	kids, _ := m["children"].([]any)
	checkChildren("body.children", kids)
	page := s.add("page", parent)
	page.props = values
	if text, ok := m["markdown"].(string); ok {
		if kids != nil {
			invalid("body failed validation: body.markdown should be not present, instead was `string`.")
		}
		s.fillMarkdown(page, text)
	}
	for _, k := range kids {
		s.addBlock(page, k.(map[string]any))
	}
	if parent.kind == "data_source" {
		parent.rows = append(parent.rows, page)
	} else {
		parent.children = append(parent.children, page)
	}
	s.touch(page)
	return s.wirePage(page)
}

func (s *Server) parentOf(v any) *object {
	m, ok := v.(map[string]any)
	if !ok {
		invalid("body failed validation: body.parent should be defined, instead was `undefined`.")
	}
	for key, kind := range map[string]string{"page_id": "page", "database_id": "database", "data_source_id": "data_source"} {
		id, ok := m[key].(string)
		if !ok {
			continue
		}
		if !uuidForm.MatchString(id) {
			invalid("body failed validation: body.parent.%s should be a valid uuid, instead was `%q`.", key, id)
		}
		if key == "data_source_id" && s.version == "2022-06-28" {
			break
		}
		o := s.find(kind, key, id)
		if kind != "database" {
			return o
		}
		if len(o.sources) > 1 {
			invalid("Databases with multiple data sources are not supported in this API version.")
		}
		return o.sources[0]
	}
	invalid("body failed validation. Fix one: body.parent.page_id should be defined, instead was `undefined`. body.parent.data_source_id should be defined, instead was `undefined`.")
	return nil
}

func (s *Server) updatePage(o *object, m map[string]any) map[string]any {
	s.can("update")
	allow(m, "body", "properties", "archived", "in_trash", "icon", "cover", "is_locked", "erase_content", "template")
	trash, trashing := s.trashOf(m)
	if o.parent.inTrash() {
		invalid("Can't edit page on block with an archived ancestor. You must unarchive the ancestor before editing page.")
	}
	if o.trash && !trashing {
		invalid("Can't edit block that is archived. You must unarchive the block before editing.")
	}
	if props, ok := m["properties"].(map[string]any); ok {
		for k, v := range checkUpdate(o, props) {
			o.props[k] = v
		}
		s.touch(o)
	}
	if trashing && o.trash != trash {
		o.trash = trash
		s.touch(o)
	}
	return s.wirePage(o)
}

// trashOf reads the field that trashes, by its name in this version.
func (s *Server) trashOf(m map[string]any) (trash, present bool) {
	if _, ok := m["archived"]; ok && s.version == "2026-03-11" {
		invalid("body failed validation: body.archived should be not present, instead was `%s`.", encode(m["archived"]))
	}
	for _, name := range []string{"archived", "in_trash"} {
		if v, ok := m[name]; ok {
			b, isBool := v.(bool)
			if !isBool {
				invalid("body failed validation: body.%s should be a boolean, instead was `%s`.", name, encode(v))
			}
			return b, true
		}
	}
	return false, false
}

func (s *Server) childrenOf(o *object, r *http.Request) map[string]any {
	cursor, size := queryParams(r)
	return paginate(alive(o.children), cursor, size, "block", s.wireBlock)
}

func (s *Server) appendChildren(o *object, m map[string]any) map[string]any {
	s.can("insert")
	if s.version == "2026-03-11" {
		allow(m, "body", "children", "position")
	} else {
		allow(m, "body", "children", "after")
	}
	kids, ok := m["children"].([]any)
	if !ok {
		invalid("body failed validation: body.children should be defined, instead was `undefined`.")
	}
	if o.inTrash() {
		invalid("Can't edit block that is archived. You must unarchive the block before editing.")
	}
	if o.kind == "block" && !nests[o.typ] {
		invalid("Block does not support children.")
	}
	checkChildren("body.children", kids)
	at := s.position(o, m)
	var added []*object
	for _, k := range kids {
		added = append(added, s.newBlock(o, k.(map[string]any)))
	}
	o.children = slices.Insert(o.children, at, added...)
	if len(added) > 0 {
		s.touch(o)
	}
	var results []any
	for _, b := range added {
		results = append(results, s.wireBlock(b))
	}
	return list(results, "block")
}

// position is where appended blocks go.
func (s *Server) position(o *object, m map[string]any) int {
	after, _ := m["after"].(string)
	if p, ok := m["position"].(map[string]any); ok {
		switch p["type"] {
		case "start":
			return 0
		case "end":
		case "after_block":
			inner, _ := p["after_block"].(map[string]any)
			after, _ = inner["id"].(string)
		default:
			invalid("body failed validation: body.position.type should be `\"after_block\"`, `\"start\"` or `\"end\"`, instead was `%s`.", encode(p["type"]))
		}
	}
	if after == "" {
		return len(o.children)
	}
	for i, c := range o.children {
		if c.id == dashOr(after) && !c.trash {
			return i + 1
		}
	}
	invalid("Block to insert after is not a child of the parent: %s", strings.Trim(string(encode(after)), `"`))
	return 0
}

func (s *Server) updateBlock(o *object, m map[string]any) map[string]any {
	s.can("update")
	trash, trashing := s.trashOf(m)
	if o.parent.inTrash() || o.trash && !trashing {
		invalid("Can't edit block that is archived. You must unarchive the block before editing.")
	}
	if trashing && o.trash != trash {
		o.trash = trash
		s.touch(o)
	}
	if content, ok := m[o.typ].(map[string]any); ok && o.kind == "block" {
		checkBlock("body", map[string]any{"type": o.typ, o.typ: content}, 0)
		for k, v := range stored(o.typ, content) {
			o.data[k] = v
		}
		s.touch(o)
	}
	return s.wireBlock(o)
}

func (s *Server) deleteBlock(o *object) map[string]any {
	s.can("update")
	if o.inTrash() {
		invalid("Can't edit block that is archived. You must unarchive the block before editing.")
	}
	o.trash = true
	s.touch(o)
	return s.wireBlock(o)
}

// allow refuses fields that the endpoint does not know.
func allow(m map[string]any, where string, fields ...string) {
	for k := range m {
		if !slices.Contains(fields, k) {
			invalid("body failed validation: %s.%s should be not present, instead was `%s`.", where, k, encode(m[k]))
		}
	}
}

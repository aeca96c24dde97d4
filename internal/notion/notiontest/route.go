package notiontest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$`)

// route finds the handler of a request.
func (s *Server) route(r *http.Request, body []byte) map[string]any {
	parts := strings.Split(strings.Trim(strings.TrimPrefix(r.URL.Path, "/v1/"), "/"), "/")
	what, id, sub := parts[0], "", ""
	if len(parts) > 1 {
		id = parts[1]
	}
	if len(parts) > 2 {
		sub = "/" + strings.Join(parts[2:], "/")
	}
	switch r.Method + " " + what + sub {
	case "GET users":
		return s.users(id, r)
	case "GET comments":
		s.can("comments")
		return list(nil, "comment")
	case "POST search":
		s.can("read")
		return s.search(decode(body))
	case "POST pages":
		return s.createPage(decode(body))
	case "GET pages":
		s.can("read")
		return s.wirePage(s.find("page", "page_id", id))
	case "PATCH pages":
		return s.updatePage(s.find("page", "page_id", id), decode(body))
	case "GET pages/markdown":
		s.can("read")
		return s.wireMarkdown(s.find("page", "page_id", id))
	case "PATCH pages/markdown":
		return s.updateMarkdown(s.find("page", "page_id", id), decode(body))
	case "GET databases":
		s.can("read")
		return s.wireDatabase(s.find("database", "database_id", id))
	case "POST databases/query":
		if s.version == "2022-06-28" {
			return s.query(s.find("database", "database_id", id).sources[0], decode(body))
		}
	case "GET data_sources":
		if s.version != "2022-06-28" {
			s.can("read")
			return s.wireSource(s.find("data_source", "data_source_id", id))
		}
	case "POST data_sources/query":
		if s.version != "2022-06-28" {
			return s.query(s.find("data_source", "data_source_id", id), decode(body))
		}
	case "GET blocks":
		s.can("read")
		return s.wireBlock(s.find("block", "block_id", id))
	case "PATCH blocks":
		return s.updateBlock(s.find("block", "block_id", id), decode(body))
	case "DELETE blocks":
		return s.deleteBlock(s.find("block", "block_id", id))
	case "GET blocks/children":
		s.can("read")
		return s.childrenOf(s.find("block", "block_id", id), r)
	case "PATCH blocks/children":
		return s.appendChildren(s.find("block", "block_id", id), decode(body))
	}
	fail(400, "invalid_request_url", "Invalid request URL.")
	return nil
}

// decode reads a JSON object; numbers keep their digits.
func decode(body []byte) map[string]any {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var m map[string]any
	if len(body) == 0 {
		return map[string]any{}
	}
	if err := d.Decode(&m); err != nil || d.More() {
		fail(400, "invalid_json", "Error parsing JSON body.")
	}
	if m == nil {
		invalid("body failed validation: body should be an object, instead was `null`.")
	}
	return m
}

// find looks up an object. A block's id may be a page's; nothing else mixes. The
// live API calls a data source that it can't find a database.
func (s *Server) find(kind, param, id string) *object {
	if !uuidForm.MatchString(id) {
		invalid("path failed validation: path.%s should be a valid uuid, instead was `%q`.", param, id)
	}
	dashed := dash(id)
	o := s.objects[dashed]
	ok := o != nil && (o.kind == kind || kind == "block" && (o.kind == "page" || o.kind == "database"))
	if !ok {
		name := kind
		if name == "data_source" {
			name = "database"
		}
		fail(404, "object_not_found", "Could not find %s with ID: %s. Make sure the relevant pages and databases are shared with your integration.", name, dashed)
	}
	return o
}

func dash(id string) string {
	h := strings.ReplaceAll(id, "-", "")
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func list(results []any, kind string) map[string]any {
	if results == nil {
		results = []any{}
	}
	return map[string]any{"object": "list", "results": results, "next_cursor": nil, "has_more": false, "type": kind, kind: map[string]any{}}
}

// paginate answers with one page of a list. Cursors are ids, as the live API's
// are.
func paginate(all []*object, cursor string, size int, kind string, wire func(*object) map[string]any) map[string]any {
	from := 0
	if cursor != "" {
		from = -1
		for i, o := range all {
			if o.id == dashOr(cursor) {
				from = i
			}
		}
		if from < 0 {
			invalid("The start_cursor provided is invalid: %s", cursor)
		}
	}
	to := min(from+size, len(all))
	var results []any
	for _, o := range all[from:to] {
		results = append(results, wire(o))
	}
	l := list(results, kind)
	if to < len(all) {
		l["next_cursor"], l["has_more"] = all[to].id, true
	}
	return l
}

func dashOr(id string) string {
	if uuidForm.MatchString(id) {
		return dash(id)
	}
	return id
}

func pageSize(v any, where string) int {
	if v == nil {
		return maxPageSize
	}
	n, err := strconv.Atoi(strings.Trim(string(encode(v)), `"`))
	if err != nil || n < 1 || n > maxPageSize {
		invalid("%s failed validation: %s.page_size should be ≤ `100`, instead was `%s`.", where, where, encode(v))
	}
	return n
}

func queryParams(r *http.Request) (cursor string, size int) {
	q := r.URL.Query()
	var v any
	if p := q.Get("page_size"); p != "" {
		v = p
	}
	return q.Get("start_cursor"), pageSize(v, "query")
}

func bodyParams(m map[string]any) (cursor string, size int) {
	cursor, _ = m["start_cursor"].(string)
	return cursor, pageSize(m["page_size"], "body")
}

func (s *Server) users(id string, r *http.Request) map[string]any {
	bot := map[string]any{
		"object": "user", "id": Bot, "name": "Counterfoil sandbox", "avatar_url": nil, "type": "bot",
		"bot": map[string]any{"owner": map[string]any{"type": "workspace", "workspace": true}, "workspace_name": "Sandbox"},
	}
	if id == "me" {
		return bot
	}
	s.can("users")
	person := map[string]any{
		"object": "user", "id": Person, "name": "A Person", "avatar_url": nil, "type": "person",
		"person": map[string]any{"email": "person@example.org"},
	}
	return list([]any{person, bot}, "user")
}

func (s *Server) search(m map[string]any) map[string]any {
	cursor, size := bodyParams(m)
	query, _ := m["query"].(string)
	var all []*object
	for _, o := range s.sorted() {
		title := o.title
		if o.kind == "page" {
			title = o.pageTitle()
		}
		wanted := o.kind == "page" || o.kind == "data_source" && s.version != "2022-06-28" || o.kind == "database" && s.version == "2022-06-28"
		if f, ok := m["filter"].(map[string]any); ok && f["value"] != o.kind {
			wanted = false
		}
		if wanted && !o.inTrash() && strings.Contains(strings.ToLower(title), strings.ToLower(query)) {
			all = append(all, o)
		}
	}
	kind := "page_or_data_source"
	if s.version == "2022-06-28" {
		kind = "page_or_database"
	}
	return paginate(all, cursor, size, kind, func(o *object) map[string]any {
		switch o.kind {
		case "page":
			return s.wirePage(o)
		case "database":
			return s.wireDatabase(o)
		}
		return s.wireSource(o)
	})
}

package notion_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
)

// documented are requests and fields that no recording shows, each with the page
// of https://developers.notion.com/reference/ that does.
var documented = map[string][]string{
	"GET /v1/users/me":               nil,                                                                                                                                                               // get-self
	"GET /v1/users":                  nil,                                                                                                                                                               // get-users
	"GET /v1/comments":               nil,                                                                                                                                                               // list-comments
	"GET /v1/blocks/ID/children":     nil,                                                                                                                                                               // get-block-children
	"DELETE /v1/blocks/ID":           nil,                                                                                                                                                               // delete-a-block
	"GET /v1/pages/ID/markdown":      nil,                                                                                                                                                               // retrieve-page-markdown
	"PATCH /v1/blocks/ID":            {"archived", "in_trash"},                                                                                                                                          // update-a-block
	"PATCH /v1/pages/ID":             {"archived", "in_trash"},                                                                                                                                          // patch-page
	"POST /v1/databases/ID/query":    {"filter.**", "sorts[].**", "page_size", "start_cursor"},                                                                                                          // post-database-query (2022-06-28)
	"POST /v1/data_sources/ID/query": {"filter.and[].**", "filter.or[].**", "filter.property", "filter.rich_text.equals", "sorts[].property", "sorts[].timestamp", "sorts[].direction", "start_cursor"}, // query-a-data-source
	"POST /v1/search":                {"page_size", "start_cursor"},                                                                                                                                     // post-search
	"POST /v1/pages":                 {"parent.database_id", "children[].**"},                                                                                                                           // post-page
	"PATCH /v1/pages/ID/markdown":    {"replace_content.new_str", "replace_content.allow_deleting_content"},                                                                                             // update-page-markdown
	"PATCH /v1/blocks/ID/children":   {"after", "position.type", "position.after_block.id", "children[].quote.**"},                                                                                      // patch-block-children
}

// annotation is what rich text may have anywhere: the recordings show links in
// cells only, and annotations in answers only.
var annotation = regexp.MustCompile(`\.(annotations\.(bold|italic|strikethrough|underline|code|color)|text\.link\.url)$`)

// nested is a block inside a block, which has the form of any block.
var nested = regexp.MustCompile(`children\[\]\.\w+\.children\[\]`)

var idForm = regexp.MustCompile(`[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}`)

// TestRequestShapes makes every request that this package can make and compares
// each with the recorded and documented ones: method, path, and every field of
// its body.
func TestRequestShapes(t *testing.T) {
	allowed := recordedShapes(t)
	made := map[string]bool{}
	for _, v := range versions {
		for _, r := range everyRequest(t, v) {
			at := r.Method + " " + idForm.ReplaceAllString(r.Path, "ID")
			made[at] = true
			recorded, isRecorded := allowed[at]
			extra, isDocumented := documented[at]
			if !isRecorded && !isDocumented {
				t.Errorf("%s %s is neither recorded nor documented", v, at)
				continue
			}
			for _, f := range fields(t, r.Body) {
				if !slices.Contains(recorded, f) && !annotation.MatchString(f) && !slices.ContainsFunc(extra, func(e string) bool { return fits(f, e) }) {
					t.Errorf("%s %s sends %s, which is neither recorded nor documented", v, at, f)
				}
			}
		}
	}
	for at := range documented {
		if !made[at] && at != "GET /v1/comments" && at != "GET /v1/users" {
			t.Errorf("%s is listed and never made", at)
		}
	}
}

func fits(field, pattern string) bool {
	if before, deep := strings.CutSuffix(pattern, "**"); deep {
		return strings.HasPrefix(field, before)
	}
	return field == pattern
}

// recordedShapes are the fields of the recorded requests, by method and path.
func recordedShapes(t *testing.T) map[string][]string {
	t.Helper()
	files, _ := filepath.Glob("notiontest/testdata/live/*.sh")
	if len(files) < 30 {
		t.Fatalf("%d recordings", len(files))
	}
	out := map[string][]string{}
	for _, file := range files {
		sh, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		method, body := "GET", []byte(nil)
		if d := regexp.MustCompile(`(?s)--data '(.*)'\s*$`).FindSubmatch(sh); d != nil {
			method, body = "POST", d[1]
		}
		if m := regexp.MustCompile(`-X ([A-Z]+)`).FindSubmatch(sh); m != nil {
			method = string(m[1])
		}
		path := string(regexp.MustCompile(`https://api\.notion\.com(/v1/[^' ?]+)`).FindSubmatch(sh)[1])
		at := method + " " + idForm.ReplaceAllString(path, "ID")
		out[at] = append(out[at], fields(t, body)...)
	}
	// A new page takes the properties that an update does.
	out["POST /v1/pages"] = append(out["POST /v1/pages"], out["PATCH /v1/pages/ID"]...)
	return out
}

// propertyName stands for the names of properties, which every workspace chooses.
func fields(t *testing.T, body []byte) []string {
	t.Helper()
	if len(body) == 0 {
		return nil
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	var out []string
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				if strings.HasSuffix(at, "properties") {
					k = "NAME"
				}
				walk(strings.TrimPrefix(at+"."+k, "."), x)
			}
		case []any:
			for _, x := range v {
				walk(at+"[]", x)
			}
		default:
			for nested.MatchString(at) {
				at = nested.ReplaceAllString(at, "children[]")
			}
			if !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	walk("", v)
	return out
}

// everyRequest calls every method of the client with everything it can send.
func everyRequest(t *testing.T, v notion.Version) []notiontest.Request {
	t.Helper()
	ctx := t.Context()
	b := newBench(t, v, notiontest.Options{})
	home := b.AddPage("", "Home")
	db, ds := b.AddDatabase(home, "Reports", schema...)
	parent, source := notion.Parent{Type: notion.ParentDataSource, DataSourceID: ds}, ds
	if v == notion.V20220628 {
		parent, source = notion.Parent{Type: notion.ParentDatabase, DatabaseID: db}, db
	}
	content := notion.Content{LinkHosts: []string{"www.notion.so"}}
	nodes, _, err := content.Markdown("# a\n## b\n### c\n**d** *e* ~~f~~ `g` [h](https://www.notion.so/x)\n\n- i\n  - j\n\n1. k\n\n- [x] l\n\n> m\n>\n> n\n\n```go\no\n```\n\n---\n\n| p |\n|---|\n| q |")
	if err != nil {
		t.Fatal(err)
	}
	nodes = append(nodes, notion.Text(notion.Toggle, "r"), notion.Text(notion.Callout, "s"))
	values := notion.Values{
		"Name": {Type: "title", Text: "x"}, "Key": {Type: "rich_text", Text: "k"}, "Month": {Type: "date", Text: "2026-01-01"}, "Total": {Type: "number", Text: "1"},
		"Kind": {Type: "select", Text: "note"}, "Done": {Type: "checkbox"}, "Tags": {Type: "multi_select", Names: []string{"a"}},
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(v, err)
		}
	}
	c := b.client
	page, err := c.CreatePage(ctx, notion.CreateRequest{Parent: parent, Properties: values, Children: nodes})
	must(err)
	_, err = c.CreatePage(ctx, notion.CreateRequest{Parent: notion.Parent{Type: notion.ParentPage, PageID: home}, Properties: notion.Values{"title": {Type: "title", Text: "x"}}})
	must(err)
	added, err := c.Append(ctx, page.ID, nodes, "")
	must(err)
	_, err = c.Append(ctx, page.ID, nodes, added[0].ID)
	must(err)
	must(c.TrashBlock(ctx, added[0].ID))
	must(c.RestoreBlock(ctx, added[0].ID))
	_, err = c.SetProperties(ctx, page.ID, values)
	must(err)
	_, err = c.TrashPage(ctx, page.ID, true)
	must(err)
	_, err = c.TrashPage(ctx, page.ID, false)
	must(err)
	_, err = c.Tree(ctx, page.ID, 1000)
	must(err)
	_, err = c.Block(ctx, added[0].ID)
	must(err)
	f := notion.Filter{Property: "Key", Type: "rich_text", Op: "equals", Value: "k"}
	for _, filter := range []*notion.Filter{nil, &f, {And: []notion.Filter{f}}, {Or: []notion.Filter{f}}} {
		_, err = c.Query(ctx, source, notion.QueryRequest{Filter: filter, Sorts: []notion.Sort{{Property: "Key"}, {Timestamp: "created_time", Descending: true}}, Size: 3})
		must(err)
	}
	_, err = c.Query(ctx, source, notion.QueryRequest{Size: 3, Cursor: page.ID})
	must(err)
	_, err = c.Search(ctx, page.ID, 5)
	must(err)
	_, err = c.Database(ctx, db)
	must(err)
	guard, err := notion.NewGuard(c, []notion.Target{{Name: "home", Kind: notion.TargetPage, ID: home}})
	must(err)
	_, err = guard.Inspect(ctx)
	must(err)
	if v != notion.V20220628 {
		_, err = c.DataSource(ctx, ds)
		must(err)
		_, err = c.InsertMarkdown(ctx, page.ID, nodes)
		must(err)
		_, err = c.ReplaceMarkdown(ctx, page.ID, nodes)
		must(err)
		_, err = c.Markdown(ctx, page.ID)
		must(err)
	}
	out := b.Requests()
	for _, r := range out {
		if r.Status != http.StatusOK {
			t.Errorf("%s %s %s: %d", v, r.Method, r.Path, r.Status)
		}
		if r.Version != string(v) {
			t.Errorf("%s went out as %q", v, r.Version)
		}
	}
	return out
}

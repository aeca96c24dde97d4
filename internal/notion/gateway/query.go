package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/wire"
)

func sortedNames[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// query reads a page of a target's pages.
func (g *Gateway) query(ctx context.Context, r wire.Request) ([]wire.Page, string, error) {
	t, err := g.guard.Target(r.Target)
	if err != nil {
		return nil, "", err
	}
	place, err := g.guard.Open(ctx, t)
	if err != nil {
		return nil, "", err
	}
	if place.Source == "" {
		return nil, "", mistake("target", "is a page; only databases can be queried")
	}
	ask := notion.QueryRequest{Cursor: r.Cursor, Size: r.Size, Sorts: []notion.Sort{{Timestamp: "last_edited_time", Descending: true}}}
	if r.Sort != nil {
		if _, ok := place.Properties[r.Sort.Property]; !ok {
			return nil, "", mistake("sort_by", noProperty)
		}
		ask.Sorts = []notion.Sort{{Property: r.Sort.Property, Descending: r.Sort.Descending}}
	}
	if ask.Filter, err = filterOf(place, r.Filter); err != nil {
		return nil, "", err
	}
	l, err := g.client.Query(ctx, place.Source, ask)
	if err != nil {
		return nil, "", err
	}
	pages := []wire.Page{}
	for _, p := range l.Results {
		if !p.InTrash {
			pages = append(pages, g.page(p, t.KeyProperty))
		}
	}
	if !l.HasMore {
		l.NextCursor = ""
	}
	return pages, l.NextCursor, nil
}

const noProperty = "names no property of the target; it may have been renamed or removed: list the targets to see them"

// filterOf makes Notion's condition; the property's type decides what its value
// is.
func filterOf(place notion.Place, f *wire.Filter) (*notion.Filter, error) {
	if f == nil {
		return nil, nil
	}
	p, ok := place.Properties[f.Property]
	if !ok {
		return nil, mistake("filter_by", noProperty)
	}
	out := &notion.Filter{Property: f.Property, Type: p.Type, Op: f.Op, Value: f.Value}
	switch {
	case f.Op == "is_empty" || f.Op == "is_not_empty":
		out.Value = true
	case p.Type == "checkbox":
		if f.Value != "true" && f.Value != "false" {
			return nil, mistake("filter_value", "must be true or false for a checkbox")
		}
		out.Value = f.Value == "true"
	case p.Type == "number":
		var n json.Number
		if json.Unmarshal([]byte(f.Value), &n) != nil {
			return nil, mistake("filter_value", "must be a number")
		}
		out.Value = n
	}
	return out, nil
}

func (g *Gateway) page(p notion.Page, key string) wire.Page {
	out := wire.Page{ID: p.ID, URL: g.address(p.ID), Title: p.Title(), Edited: p.LastEdited.UTC().Format(time.RFC3339)}
	for _, name := range sortedNames(p.Properties) {
		if v := p.Properties[name]; v.Type != "title" && name != key {
			out.Properties = append(out.Properties, wire.Property{Name: name, Value: v.Plain()})
		}
	}
	return out
}

// address is where a person finds a page.
func (g *Gateway) address(id string) string {
	if id == "" {
		return ""
	}
	return g.pages + strings.ReplaceAll(id, "-", "")
}

// valuesOf makes a database's values of texts, by the types that its columns
// really have.
func valuesOf(place notion.Place, list []wire.Property) (notion.Values, error) {
	if len(list) == 0 {
		return nil, nil
	}
	if place.Source == "" {
		return nil, mistake("properties", "must be left out: a page below a page has none")
	}
	out := notion.Values{}
	for _, p := range list {
		column, ok := place.Properties[p.Name]
		if !ok {
			return nil, mistake("properties", noProperty)
		}
		if column.Type == "title" || p.Name == place.Target.KeyProperty {
			return nil, mistake("properties", "must not set the title or the key, which have arguments of their own")
		}
		v := notion.Value{Type: column.Type, Text: p.Value}
		switch column.Type {
		case "checkbox":
			v.Text, v.Checked = "", p.Value == "true"
		case "multi_select":
			v.Text = ""
			for name := range strings.SplitSeq(p.Value, ",") {
				v.Names = append(v.Names, strings.TrimSpace(name))
			}
		}
		out[p.Name] = v
	}
	return out, nil
}

// errMistake marks an argument that can't be right.
var errMistake = errors.New("wrong argument")

type argument struct{ name, rule string }

func (a argument) Error() string { return fmt.Sprintf("%s: %s", a.name, a.rule) }
func (argument) Unwrap() error   { return errMistake }

func mistake(name, rule string) error { return argument{name, rule} }

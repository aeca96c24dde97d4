package notion_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
	"github.com/google/go-cmp/cmp"
)

// estate is a workspace with places inside and outside the targets.
type estate struct {
	*bench
	guard                            *notion.Guard
	root, home, deep, outside        string
	database, source, row, sharedRow string
}

func newEstate(t *testing.T, v notion.Version, opt notiontest.Options) *estate {
	t.Helper()
	e := &estate{bench: newBench(t, v, opt)}
	e.root = e.AddPage("", "Root")
	e.home = e.AddPage(e.root, "Home")
	e.deep = e.AddPage(e.AddText(e.AddPage(e.home, "Between"), "a block"), "Deep")
	e.outside = e.AddPage(e.root, "Outside")
	e.database, e.source = e.AddDatabase(e.root, "Reports", schema...)
	e.row = e.AddRow(e.source, "A row")
	var err error
	e.guard, err = notion.NewGuard(e.client, []notion.Target{
		{Name: "home", Kind: notion.TargetPage, ID: strings.ReplaceAll(e.home, "-", "")},
		{Name: "reports", Kind: notion.TargetDatabase, ID: strings.ToUpper(e.database), KeyProperty: "Key"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestGuardWalksRealAncestors(t *testing.T) {
	for _, v := range versions {
		e := newEstate(t, v, notiontest.Options{})
		for _, c := range []struct {
			name, id, target string
			want             error
		}{
			{"the target", e.home, "home", nil},
			{"deep below, through a block", e.deep, "home", nil},
			{"a row of the database", e.row, "reports", nil},
			{"beside", e.outside, "", notion.ErrNotAllowed},
			{"above", e.root, "", notion.ErrNotAllowed},
			{"nothing", notiontest.Bot, "", notion.ErrNotFound},
			{"no id", "home", "", notion.ErrInvalid},
		} {
			_, target, err := e.guard.Check(t.Context(), c.id)
			if !errors.Is(err, c.want) || target.Name != c.target {
				t.Errorf("%s %s: got %q, %v", v, c.name, target.Name, err)
			}
		}
	}
}

// What changes on the way up is seen at the next check.
func TestGuardRefuses(t *testing.T) {
	changes := []struct {
		name string
		do   func(*estate)
		want error
	}{
		{"public page", func(e *estate) { e.SetPublic(e.deep, true) }, notion.ErrPublic},
		{"public target", func(e *estate) { e.SetPublic(e.home, true) }, notion.ErrPublic},
		{"public above the target", func(e *estate) { e.SetPublic(e.root, true) }, notion.ErrPublic},
		{"page in the trash", func(e *estate) { e.SetTrash(e.deep, true) }, notion.ErrNotAllowed},
		{"target in the trash", func(e *estate) { e.SetTrash(e.home, true) }, notion.ErrNotAllowed},
		{"target unshared", func(e *estate) { e.Forget(e.home) }, notion.ErrNotAllowed},
		{"target gone bad", func(e *estate) {
			e.Fail(notiontest.Fault{Suffix: e.home, Status: 500, Times: 99})
		}, notion.ErrUnavailable},
		{"sharing not said", func(e *estate) {
			e.Fail(notiontest.Fault{Suffix: e.deep, Status: 200, Times: 9, Body: `{"object":"page","id":"` + e.deep + `","parent":{"type":"page_id","page_id":"` + e.home + `"}}`})
		}, notion.ErrPublic},
		{"a circle", func(e *estate) {
			e.Fail(notiontest.Fault{Suffix: e.deep, Status: 200, Times: 99, Body: `{"object":"page","id":"` + e.deep + `","public_url":null,"parent":{"type":"page_id","page_id":"` + e.deep + `"}}`})
		}, notion.ErrNotAllowed},
		{"an unknown parent", func(e *estate) {
			e.Fail(notiontest.Fault{Suffix: e.deep, Status: 200, Body: `{"object":"page","id":"` + e.deep + `","public_url":null,"parent":{"type":"teamspace","teamspace":"` + e.home + `"}}`})
		}, notion.ErrNotAllowed},
		{"a parent that lies about its kind", func(e *estate) {
			e.Fail(notiontest.Fault{Suffix: e.deep, Status: 200, Body: `{"object":"page","id":"` + e.deep + `","public_url":null,"parent":{"type":"workspace","page_id":"` + e.home + `"}}`})
		}, notion.ErrNotAllowed},
	}
	for _, c := range changes {
		e := newEstate(t, notion.V20260311, notiontest.Options{})
		c.do(e)
		_, target, err := e.guard.Check(t.Context(), e.deep)
		if !errors.Is(err, c.want) || target.Name != "" {
			t.Errorf("%s: got %q, %v", c.name, target.Name, err)
		}
	}
	e := newEstate(t, notion.V20260311, notiontest.Options{})
	e.SetPublic(e.database, true)
	if _, _, err := e.guard.Check(t.Context(), e.row); !errors.Is(err, notion.ErrPublic) {
		t.Errorf("row of a public database: %v", err)
	}
}

func TestOpen(t *testing.T) {
	for _, v := range versions {
		e := newEstate(t, v, notiontest.Options{})
		target, err := e.guard.Target("reports")
		if err != nil {
			t.Fatal(err)
		}
		p, err := e.guard.Open(t.Context(), target)
		if err != nil || p.Title != "Reports" || p.Properties["Total"].Type != "number" || p.Sharing != notion.Private {
			t.Errorf("%s: %+v, %v", v, p, err)
		}
		want := e.source
		if v == notion.V20220628 {
			want = e.database
		}
		if p.Source != want || p.Parent.ID() != want {
			t.Errorf("%s: asks %s below %s", v, p.Source, p.Parent.ID())
		}
		if _, err := e.guard.Target("nowhere"); !errors.Is(err, notion.ErrNotAllowed) {
			t.Errorf("unknown: %v", err)
		}
	}
}

func TestInspect(t *testing.T) {
	e := newEstate(t, notion.V20260311, notiontest.Options{Without: []string{"comments"}})
	e.RenameProperty(e.source, "Key", "Renamed")
	r, err := e.guard.Inspect(t.Context())
	if err != nil || r.Bot.ID != notiontest.Bot {
		t.Fatal(r, err)
	}
	if d := cmp.Diff([]notion.Capability{notion.ReadUsers, notion.ReadEmails}, r.Excess); d != "" {
		t.Error(d)
	}
	if r.Targets[0].Err != nil || !errors.Is(r.Targets[1].Err, notion.ErrInvalid) {
		t.Errorf("targets: %v, %v", r.Targets[0].Err, r.Targets[1].Err)
	}
	if r.Beyond != 2 { // Root and Outside; what is below the targets does not count
		t.Errorf("%d objects beyond the targets", r.Beyond)
	}
	if n := e.Writes(); n != 0 {
		t.Errorf("%d writes", n)
	}
	lean := newEstate(t, notion.V20260311, notiontest.Options{Without: []string{"comments", "users"}})
	lean.Forget(lean.outside)
	if r, err = lean.guard.Inspect(t.Context()); err != nil || len(r.Excess) != 0 {
		t.Errorf("lean: %v, %v", r.Excess, err)
	}
	wrong := newEstate(t, notion.V20260311, notiontest.Options{Token: "another"})
	if _, err := wrong.guard.Inspect(t.Context()); !errors.Is(err, notion.ErrDenied) {
		t.Errorf("wrong token: %v", err)
	}
}

// A write without the capability is refused before it can be half done.
func TestMissingCapability(t *testing.T) {
	e := newEstate(t, notion.V20260311, notiontest.Options{Without: []string{"insert", "update"}})
	if _, err := e.client.Append(t.Context(), e.home, []*notion.Node{notion.Text(notion.Paragraph, "x")}, ""); !errors.Is(err, notion.ErrDenied) {
		t.Errorf("append: %v", err)
	}
	if _, err := e.client.TrashPage(t.Context(), e.home, true); !errors.Is(err, notion.ErrDenied) {
		t.Errorf("trash: %v", err)
	}
}

func TestTargetsAreChecked(t *testing.T) {
	e := newEstate(t, notion.V20220628, notiontest.Options{})
	ok := notion.Target{Name: "a", Kind: notion.TargetPage, ID: e.home}
	for name, list := range map[string][]notion.Target{
		"no name":        {{Kind: notion.TargetPage, ID: e.home}},
		"bad id":         {{Name: "a", Kind: notion.TargetPage, ID: "home"}},
		"kind":           {{Name: "a", Kind: "block", ID: e.home}},
		"same name":      {ok, {Name: "a", Kind: notion.TargetPage, ID: e.root}},
		"same id":        {ok, {Name: "b", Kind: notion.TargetPage, ID: strings.ReplaceAll(e.home, "-", "")}},
		"no data source": {{Name: "a", Kind: notion.TargetDataSource, ID: e.source}},
	} {
		if _, err := notion.NewGuard(e.client, list); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// Values that point elsewhere can't be written, and others are checked.
func TestValues(t *testing.T) {
	c := notion.Content{}
	for name, v := range map[string]struct {
		value notion.Value
		want  error
	}{
		"url":            {notion.Value{Type: "url", Text: "https://evil.example"}, notion.ErrContent},
		"files":          {notion.Value{Type: "files"}, notion.ErrContent},
		"people":         {notion.Value{Type: "people"}, notion.ErrContent},
		"relation":       {notion.Value{Type: "relation"}, notion.ErrContent},
		"email":          {notion.Value{Type: "email", Text: "a@b"}, notion.ErrContent},
		"formula":        {notion.Value{Type: "formula"}, notion.ErrContent},
		"exponent":       {notion.Value{Type: "number", Text: "1e9"}, notion.ErrInvalid},
		"not a number":   {notion.Value{Type: "number", Text: "NaN"}, notion.ErrInvalid},
		"leading zero":   {notion.Value{Type: "number", Text: "01"}, notion.ErrInvalid},
		"number":         {notion.Value{Type: "number", Text: "-0.05"}, nil},
		"date with time": {notion.Value{Type: "date", Text: "2026-01-01T00:00:00Z"}, notion.ErrInvalid},
		"no such day":    {notion.Value{Type: "date", Text: "2026-02-30"}, notion.ErrInvalid},
		"date":           {notion.Value{Type: "date", Text: "2026-02-28"}, nil},
		"comma":          {notion.Value{Type: "select", Text: "a,b"}, notion.ErrInvalid},
		"long option":    {notion.Value{Type: "select", Text: strings.Repeat("a", 101)}, notion.ErrInvalid},
	} {
		_, _, err := c.CleanValues(notion.Values{"P": v.value})
		if !errors.Is(err, v.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	out, removed, err := c.CleanValues(notion.Values{"T": {Type: "title", Text: "see https://evil.example/x"}, "M": {Type: "multi_select", Names: []string{"www.evil.example/y"}}})
	if err != nil || strings.Contains(out["T"].Text+out["M"].Names[0], "evil") || removed[notion.RemovedLink] != 2 {
		t.Errorf("%+v %v %v", out, removed, err)
	}
}

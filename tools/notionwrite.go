package tools

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/internal/notion/wire"
	"github.com/counterfoil/counterfoil/policy"
)

// notionWritten is what every write comes to.
type notionWritten struct {
	State    string   `json:"state" class:"enum"` // created, updated, appended, unchanged, undone, preview
	Page     string   `json:"page,omitempty" class:"id"`
	URL      string   `json:"url,omitempty" class:"id"`
	WriteID  string   `json:"write_id,omitempty" class:"id"` // for notion_undo
	Repeated bool     `json:"repeated" class:"count"`        // done by an earlier call; this one wrote nothing
	Blocks   int64    `json:"blocks" class:"count"`          // written
	Replaced int64    `json:"replaced" class:"count"`        // moved to the trash
	AsOf     asOf     `json:"as_of" class:"count"`
	Warnings []string `json:"warnings" class:"enum"`
}

type notionCreateArgs struct {
	Target     string   `json:"target" required:"true" doc:"of notion_list_targets"`
	Title      string   `json:"title" required:"true" max:"200"`
	Content    string   `json:"content" required:"true" max:"20000" doc:"markdown; links and images are taken out"`
	Properties []string `json:"properties" items:"20" max:"400" doc:"Column=value"`
	RequestID  string   `json:"request_id" required:"true" max:"64" doc:"yours; the same again writes nothing twice"`
}

func notionCreatePage() *tool {
	t := define(Spec{
		Name:        "notion_create_page",
		Title:       "Create a Notion page",
		Description: "Writes a new page of your own text. For figures prefer notion_upsert_report, which computes them itself.",
		Effect:      policy.EffectWrite,
		Annotations: Annotations{Idempotent: true, OpenWorld: true},
	}, policy.Labels(0), func(ctx context.Context, r *run, a notionCreateArgs) (notionWritten, error) {
		q, err := a.request(ctx, r)
		if err != nil {
			return notionWritten{}, err
		}
		return r.write(ctx, q)
	})
	return writesNotion(t, func(ctx context.Context, r *run, args *decoded) (wire.Request, error) {
		return args.value.Interface().(notionCreateArgs).request(ctx, r)
	})
}

func (a notionCreateArgs) request(_ context.Context, r *run) (wire.Request, error) {
	properties, err := propertiesOf(a.Properties)
	return wire.Request{
		Kind: wire.Create, ID: r.writeID("request", a.RequestID), Target: a.Target, Title: a.Title,
		Content: a.Content, Properties: properties,
	}, err
}

func propertiesOf(list []string) ([]wire.Property, error) {
	var out []wire.Property
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, invalid("properties", "must be of the form Column=value")
		}
		out = append(out, wire.Property{Name: name, Value: strings.TrimSpace(value)})
	}
	return out, nil
}

type notionAppendArgs struct {
	Page      string `json:"page" required:"true" max:"36" doc:"id of a page below a target"`
	Content   string `json:"content" required:"true" max:"20000" doc:"markdown; links and images are taken out"`
	RequestID string `json:"request_id" required:"true" max:"64" doc:"yours; the same again writes nothing twice"`
}

func notionAppendBlocks() *tool {
	t := define(Spec{
		Name:        "notion_append_blocks",
		Title:       "Append to a Notion page",
		Description: "Adds text to the end of a page that lies below a target.",
		Effect:      policy.EffectWrite,
		Annotations: Annotations{Idempotent: true, OpenWorld: true},
	}, policy.Labels(0), func(ctx context.Context, r *run, a notionAppendArgs) (notionWritten, error) {
		q, err := a.request(ctx, r)
		if err != nil {
			return notionWritten{}, err
		}
		return r.write(ctx, q)
	})
	return writesNotion(t, func(ctx context.Context, r *run, args *decoded) (wire.Request, error) {
		return args.value.Interface().(notionAppendArgs).request(ctx, r)
	})
}

// pageForm is an id of Notion, with or without dashes. A URL is none: it would
// carry text.
var pageForm = regexp.MustCompile(`^[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$`)

func (a notionAppendArgs) request(_ context.Context, r *run) (wire.Request, error) {
	if !pageForm.MatchString(a.Page) {
		return wire.Request{}, invalid("page", "must be a page's id: 32 hexadecimal digits")
	}
	return wire.Request{
		Kind: wire.Append, ID: r.writeID("request", a.RequestID), Content: a.Content,
		Page: strings.ToLower(strings.ReplaceAll(a.Page, "-", "")),
	}, nil
}

type notionUndoArgs struct {
	WriteID string `json:"write_id" required:"true" max:"64" doc:"of what a Notion tool wrote for you"`
	Force   bool   `json:"force" doc:"also if somebody has edited the page since"`
}

func notionUndo() *tool {
	t := define(Spec{
		Name:        "notion_undo",
		Title:       "Undo a write to Notion",
		Description: "Takes back what one call wrote: a page that it made goes to the trash, replaced text comes back.",
		Effect:      policy.EffectDestructive,
		Annotations: Annotations{Destructive: true, Idempotent: true, OpenWorld: true},
	}, policy.Labels(0), func(ctx context.Context, r *run, a notionUndoArgs) (notionWritten, error) {
		q, err := a.request(ctx, r)
		if err != nil {
			return notionWritten{}, err
		}
		return r.write(ctx, q)
	})
	return writesNotion(t, func(ctx context.Context, r *run, args *decoded) (wire.Request, error) {
		return args.value.Interface().(notionUndoArgs).request(ctx, r)
	})
}

func (a notionUndoArgs) request(_ context.Context, r *run) (wire.Request, error) {
	if !strings.HasPrefix(a.WriteID, r.writeOwner()+"_") {
		return wire.Request{}, &Error{Code: CodeNotFound, Message: "there is no such write of yours"}
	}
	return wire.Request{Kind: wire.Undo, ID: r.writeID("call", r.callID), Undoes: a.WriteID, Force: a.Force}, nil
}

// writesNotion gives a tool what every write needs: its target before the
// policy decides, a diff for the person who is asked, and its cost.
func writesNotion(t *tool, request func(context.Context, *run, *decoded) (wire.Request, error)) *tool {
	t.cost = costs{pages: 1}
	t.target = func(ctx context.Context, r *run, args *decoded) (*policy.Target, error) {
		q, err := request(ctx, r, args)
		if err != nil {
			return nil, err
		}
		return r.locate(ctx, q)
	}
	t.preview = func(ctx context.Context, r *run, args *decoded) (preview, error) {
		q, err := request(ctx, r, args)
		if err != nil {
			return preview{}, err
		}
		return r.change(ctx, q)
	}
	return needsNotion(t)
}

// write does a write and says what it came to. Where nothing is to be changed
// it does not even begin.
func (r *run) write(ctx context.Context, q wire.Request) (notionWritten, error) {
	if r.idle != nil && q.Kind != wire.Upsert {
		return notionWritten{State: stateUnchanged, Page: r.idle.page, URL: r.idle.url, WriteID: q.ID, Repeated: true, AsOf: r.envelope().AsOf, Warnings: []string{}}, nil
	}
	if r.idle != nil {
		return notionWritten{State: stateUnchanged, Page: r.idle.page, URL: r.idle.url, AsOf: r.envelope().AsOf, Warnings: []string{}}, nil
	}
	q.Op = wire.Write
	r.facts.pages = 1 // unless it turns out that nothing was written
	a, err := r.notion(ctx, q)
	switch {
	case err != nil && !unfinished(err):
		r.facts.pages = 0
		return notionWritten{}, err
	case err != nil:
		return notionWritten{}, err
	case a.Written == nil:
		return notionWritten{}, &Error{Code: CodeInternal, Message: "something went wrong on the way to Notion; tell the operator the call id"}
	}
	w := a.Written
	if w.Unchanged || w.Repeated {
		r.facts.pages = 0
	}
	out := notionWritten{
		State: stateOf(q.Kind, w), Page: w.Page, URL: w.URL, WriteID: q.ID, Repeated: w.Repeated,
		Blocks: int64(w.Blocks), Replaced: int64(w.Replaced), AsOf: r.envelope().AsOf, Warnings: takenOut(w.Removed),
	}
	if q.Kind == wire.Undo || w.Unchanged {
		out.WriteID = "" // there is nothing to undo
	}
	return out, nil
}

const stateUnchanged = "unchanged"

func stateOf(k wire.Kind, w *wire.Written) string {
	switch {
	case k == wire.Undo:
		return "undone"
	case w.Unchanged:
		return stateUnchanged
	case k == wire.Append:
		return "appended"
	case w.Created:
		return "created"
	}
	return "updated"
}

// takenOut says in fixed text what the policy on content removed.
func takenOut(removed map[string]int) []string {
	warnings := []string{}
	for _, kind := range slices.Sorted(maps.Keys(removed)) {
		if text := removedTexts[kind]; text != "" {
			warnings = append(warnings, text)
		}
	}
	return warnings
}

var removedTexts = map[string]string{
	"link":              "links were taken out",
	"image":             "images were taken out",
	"html":              "HTML was taken out",
	"hidden_characters": "invisible characters were taken out",
}

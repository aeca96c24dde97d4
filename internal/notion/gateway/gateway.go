// Package gateway is the way to Notion that the tools are given: it takes one
// request of package wire, does it through client, guard and outbox, and answers
// in the same form. Its errors are *wire.Error, of fixed text.
//
// Writes go through the outbox alone. What a request holds has passed the
// redactor; Border looks at it once more, inside the client, as the last thing
// before it is sent.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/counterfoil/counterfoil/internal/notion/wire"
)

// Config is what a Gateway needs; all but Owner and what stands behind it are required.
type Config struct {
	Settings  notion.Settings
	Transport http.RoundTripper // the egress guard
	Token     func(context.Context) (string, error)
	// Border sees every text that is about to leave and refuses by an error.
	Border func(text string) error
	Store  outbox.Store
	// Owner names this process in the outbox's claims; see outbox.Config.
	Owner string
	Clock notion.Clock
	Pace  *notion.Pace
	// Ended, Settle and Step are outbox.Config's.
	Ended  func(error)
	Settle time.Duration
	Step   func(name string)
}

// Gateway answers requests. It is safe for concurrent use.
type Gateway struct {
	settings notion.Settings
	client   *notion.Client
	guard    *notion.Guard
	engine   *outbox.Engine
	store    outbox.Store
	pages    string // what the address of a page begins with
}

// publicPages is what the address of a page begins with; Notion adds the title
// itself.
const publicPages = "https://www.notion.so/"

// New makes a gateway. It connects to nothing.
func New(cfg Config) (*Gateway, error) {
	if cfg.Border == nil || cfg.Store == nil {
		return nil, errors.New("notion: a border and an outbox are needed")
	}
	client, err := notion.New(notion.Config{
		Transport: cfg.Transport, Token: cfg.Token, Version: cfg.Settings.Version, BaseURL: cfg.Settings.BaseURL,
		Border: cfg.Border, Clock: cfg.Clock, Pace: cfg.Pace,
	})
	if err != nil {
		return nil, err
	}
	guard, err := notion.NewGuard(client, cfg.Settings.Targets)
	if err != nil {
		return nil, err
	}
	engine, err := outbox.New(outbox.Config{
		Client: client, Guard: guard, Store: cfg.Store, Content: cfg.Settings.Content, Owner: cfg.Owner,
		Ended: cfg.Ended, Settle: cfg.Settle, Step: cfg.Step,
	})
	if err != nil {
		return nil, err
	}
	g := &Gateway{settings: cfg.Settings, client: client, guard: guard, engine: engine, store: cfg.Store, pages: publicPages}
	if cfg.Settings.BaseURL != "" {
		g.pages = strings.TrimSuffix(cfg.Settings.BaseURL, "/") + "/"
	}
	return g, nil
}

// Inspect looks at the token, the targets and the integration's capabilities;
// see notion.Guard.Inspect.
func (g *Gateway) Inspect(ctx context.Context) (notion.Report, error) { return g.guard.Inspect(ctx) }

// Engine is the outbox's, for the operator's commands.
func (g *Gateway) Engine() *outbox.Engine { return g.engine }

// Exchange does what a request asks. detail is of fixed vocabulary and holds no
// text of a user.
func (g *Gateway) Exchange(ctx context.Context, request []byte) (answer []byte, detail string, err error) {
	var r wire.Request
	if err := json.Unmarshal(request, &r); err != nil {
		return nil, "", &wire.Error{Code: "internal", Message: "the request to Notion can't be read; tell the operator the call id", Err: err}
	}
	a, detail, err := g.do(ctx, r)
	if err != nil {
		return nil, detail, explain(err)
	}
	answer, err = json.Marshal(a)
	return answer, detail, err
}

func (g *Gateway) do(ctx context.Context, r wire.Request) (wire.Answer, string, error) {
	var a wire.Answer
	var err error
	detail := string(r.Op)
	switch r.Op {
	case wire.Targets:
		a.Targets, err = g.targets(ctx)
	case wire.Locate:
		a.Place, err = g.locate(ctx, r)
	case wire.Query:
		a.Pages, a.Next, err = g.query(ctx, r)
	case wire.Preview:
		a.Change, err = g.preview(ctx, r)
	case wire.Write:
		a.Written, err = g.write(ctx, r)
		detail = writeDetail(r.Kind, a.Written)
	default:
		err = notion.ErrInvalid
	}
	return a, detail, err
}

// targets describes each allow-listed place as it is now. One that can't be
// used is listed with the reason.
func (g *Gateway) targets(ctx context.Context) ([]wire.Target, error) {
	out := []wire.Target{}
	for _, t := range g.settings.Targets {
		p, err := g.guard.Open(ctx, t)
		w := wire.Target{Name: t.Name, Kind: string(t.Kind), Title: p.Title, Sharing: string(p.Sharing)}
		if err != nil {
			if fatal(err) {
				return nil, err
			}
			w.Problem, w.Title = explain(err).Message, ""
		}
		if w.Sharing == "" {
			w.Sharing = string(notion.Unknown)
		}
		for _, name := range sortedNames(p.Properties) {
			if name != t.KeyProperty {
				w.Properties = append(w.Properties, wire.Column{Name: name, Type: p.Properties[name].Type})
			}
		}
		out = append(out, w)
	}
	return out, nil
}

// fatal reports whether an error is of the way to Notion rather than of one
// target.
func fatal(err error) bool {
	var e *notion.Error
	unauthorized := errors.As(err, &e) && e.Status == http.StatusUnauthorized
	return unauthorized || errors.Is(err, notion.ErrRateLimited) || errors.Is(err, notion.ErrUnavailable) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// locate finds the allow-listed place of a write and how it is shared. What
// must not be written to at all is an error here already.
func (g *Gateway) locate(ctx context.Context, r wire.Request) (*wire.Place, error) {
	switch r.Kind {
	case wire.Append:
		page, t, err := g.guard.Check(ctx, r.Page)
		return &wire.Place{Target: t.Name, Sharing: string(page.Sharing)}, err
	case wire.Undo:
		return g.locateUndo(ctx, r)
	}
	t, err := g.guard.Target(r.Target)
	if err != nil {
		return nil, err
	}
	p, err := g.guard.Open(ctx, t)
	return &wire.Place{Target: t.Name, Sharing: string(p.Sharing)}, err
}

// locateUndo is where the write that is to be taken back went. A page that is
// public by now, or in the trash, may be taken back all the same.
func (g *Gateway) locateUndo(ctx context.Context, r wire.Request) (*wire.Place, error) {
	row, op, err := g.row(ctx, r.Undoes)
	if err != nil {
		return nil, err
	}
	was, err := row.Written()
	if err != nil {
		return nil, err
	}
	place := &wire.Place{Target: op.Target, Sharing: string(notion.Private)}
	if was.Page == "" {
		return place, nil
	}
	_, t, err := g.guard.Check(ctx, was.Page)
	switch {
	case err == nil:
		place.Target = t.Name
	case errors.Is(err, notion.ErrPublic):
		place.Sharing = string(notion.Public)
	case !errors.Is(err, notion.ErrNotAllowed) && !errors.Is(err, notion.ErrNotFound):
		return nil, err
	}
	return place, nil
}

// row reads a write of the outbox.
func (g *Gateway) row(ctx context.Context, id string) (outbox.Row, outbox.Op, error) {
	var op outbox.Op
	row, err := g.store.Get(ctx, id)
	if err != nil {
		return row, op, err
	}
	return row, op, json.Unmarshal(row.Op, &op)
}

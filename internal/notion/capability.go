package notion

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// Capability is a right of the integration
// (https://developers.notion.com/reference/capabilities).
type Capability string

// The capabilities that can be told from outside. Insert and update content
// show only when something is written; a refusal then is ErrDenied.
const (
	ReadContent  Capability = "read_content"
	ReadComments Capability = "read_comments"
	ReadUsers    Capability = "read_user_information"
	ReadEmails   Capability = "read_user_information_with_email"
)

// Report is what the check at start found.
type Report struct {
	Bot     Bot
	Targets []TargetReport
	// Excess are capabilities the integration has and does not need: read
	// comments and user information.
	Excess []Capability
	// Beyond is how many of the pages and databases that the integration can
	// reach (of the newest MaxPageSize) lie outside every target; BeyondMore says
	// that there are more than were looked at.
	Beyond     int
	BeyondMore bool
}

// TargetReport is the state of one target.
type TargetReport struct {
	Place Place
	// Err is nil if the target can be written to. A public target is ErrPublic.
	Err error
}

// Inspect checks the token, every target, and what the integration could do
// beyond its task. It writes nothing. It fails only if the token doesn't work or
// Notion can't be reached.
func (g *Guard) Inspect(ctx context.Context) (Report, error) {
	var r Report
	var err error
	if r.Bot, err = g.client.Me(ctx); err != nil {
		return r, err
	}
	for _, t := range g.targets {
		p, err := g.Open(ctx, t)
		if err == nil {
			err = p.checkKey()
		}
		r.Targets = append(r.Targets, TargetReport{Place: p, Err: err})
	}
	if r.Excess, err = g.excess(ctx); err != nil {
		return r, err
	}
	return r, g.beyond(ctx, &r)
}

// checkKey reports a key property that is missing or of another type.
func (p Place) checkKey() error {
	if p.Target.Kind == TargetPage {
		return nil
	}
	if p.Target.KeyProperty == "" {
		return fail(ErrInvalid, "the target names no key property")
	}
	return Schema{Properties: p.Properties}.Match(Values{p.Target.KeyProperty: {Type: "rich_text"}})
}

// excess probes reads that an integration without the capability is refused.
func (g *Guard) excess(ctx context.Context) ([]Capability, error) {
	var out []Capability
	var users List[struct {
		Person *struct {
			Email string `json:"email"`
		} `json:"person"`
	}]
	has, err := g.probe(ctx, "/v1/users", url.Values{"page_size": {"10"}}, &users)
	if err != nil {
		return nil, err
	}
	if has {
		out = append(out, ReadUsers)
		for _, u := range users.Results {
			if u.Person != nil && u.Person.Email != "" {
				out = append(out, ReadEmails)
				break
			}
		}
	}
	if len(g.targets) == 0 {
		return out, nil
	}
	var comments json.RawMessage
	q := url.Values{"block_id": {g.targets[0].ID}, "page_size": {"1"}}
	if has, err = g.probe(ctx, "/v1/comments", q, &comments); err != nil {
		return nil, err
	}
	if has {
		out = append(out, ReadComments)
	}
	return out, nil
}

// probe reports whether a read is allowed.
func (g *Guard) probe(ctx context.Context, path string, q url.Values, out any) (bool, error) {
	err := g.client.call(ctx, http.MethodGet, path, q, nil, out)
	if errors.Is(err, ErrDenied) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrInvalid) {
		return false, nil
	}
	return err == nil, err
}

// beyond counts what the integration reaches outside the targets.
func (g *Guard) beyond(ctx context.Context, r *Report) error {
	found, err := g.client.Search(ctx, "", MaxPageSize)
	if err != nil {
		if errors.Is(err, ErrDenied) || errors.Is(err, ErrInvalid) {
			return nil
		}
		return err
	}
	r.BeyondMore = found.HasMore
	inside := map[string]bool{}
	for _, t := range g.targets {
		inside[t.ID] = true
	}
	for _, f := range found.Results {
		if !g.inside(ctx, f, inside) {
			r.Beyond++
		}
	}
	return nil
}

// inside walks up from a search result, remembering what it has learned. What
// can't be told counts as outside.
func (g *Guard) inside(ctx context.Context, f Found, known map[string]bool) bool {
	at := f.Meta
	var trail []string
	result := false
	for range maxAncestors {
		if v, ok := known[at.ID]; ok {
			result = v
			break
		}
		trail = append(trail, at.ID)
		if id, err := CheckID(at.Parent.DatabaseID); err == nil && known[id] {
			result = true
			break
		}
		next, _, err := g.parent(ctx, at.Parent)
		if err != nil {
			break
		}
		at = next
	}
	for _, id := range trail {
		known[id] = result
	}
	return result
}

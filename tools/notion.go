package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion/wire"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
)

// Notion is the way to Notion. It does what one request of package wire asks
// and answers in the same form; detail is of fixed vocabulary. Its errors are
// *wire.Error. It scans everything once more before it is sent (Gate.Border).
type Notion interface {
	Exchange(ctx context.Context, request []byte) (answer []byte, detail string, err error)
}

const (
	// notionPatience is how long a call may wait for Notion: less than the minute
	// after which most clients give a call up. A write that takes longer goes on
	// with the next call.
	notionPatience = 50 * time.Second
)

// needsNotion makes a tool one that is there only if Notion is configured.
func needsNotion(t *tool) *tool {
	t.needs = notionNeeded
	t.patience = notionPatience
	return t
}

// requestClasses says how the redactor treats a request.
var requestClasses = func() *redact.Classes {
	c, err := redact.ClassesOf(reflect.TypeFor[wire.Request]())
	if err != nil {
		panic("a request to Notion: " + err.Error())
	}
	return c
}()

// notion hands one request to Notion and returns its answer. What is handed
// over is redacted first, so that the record holds what could have left.
func (r *run) notion(ctx context.Context, q wire.Request) (wire.Answer, error) {
	var a wire.Answer
	plain, err := json.Marshal(q)
	if err != nil {
		return a, err
	}
	redactor, err := r.redactor(ctx)
	if err != nil {
		return a, err
	}
	sent, _, err := redactor.Document(nil, plain, requestClasses)
	if err != nil {
		return a, err
	}
	answer, err := r.outside(ctx, outsideNotion, sent, func(ctx context.Context) ([]byte, string, error) {
		answer, detail, err := r.cfg.Notion.Exchange(ctx, sent)
		return answer, detail, notionError(err)
	})
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(answer, &a)
}

// notionError takes over the code and the text that the way to Notion gives.
func notionError(err error) error {
	var e *wire.Error
	if !errors.As(err, &e) {
		return err
	}
	return &Error{Code: Code(e.Code), Message: e.Message, Err: e}
}

// unfinished reports whether a failed write may have written something.
func unfinished(err error) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Pending
}

var errBorder = errors.New("the second scan found something that may not leave")

// Border is the second scan, which works otherwise than the first: it looks at
// each text as the last thing before it leaves the process, and refuses what
// should have been redacted and was not. The operator is alerted, because that
// is a defect of this program or a secret that it learned of a moment ago.
func (g *Gate) Border(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), g.cfg.Limits.Timeout)
	defer cancel()
	at, err := g.cfg.Store.Snapshot(ctx)
	if err != nil {
		return err
	}
	redactor, err := g.redactors.at(ctx, g.cfg.Store, at, nil)
	if err != nil {
		return err
	}
	if !redactor.Clean([]byte(text)) {
		g.cfg.Logger.Error("ALERT: something that must not leave was stopped at the border; the request was not sent")
		return errBorder
	}
	return nil
}

// locate asks where a write would go.
func (r *run) locate(ctx context.Context, q wire.Request) (*policy.Target, error) {
	a, err := r.notion(ctx, wire.Request{Op: wire.Locate, Kind: q.Kind, Target: q.Target, Page: q.Page, Undoes: q.Undoes})
	if err != nil {
		return nil, err
	}
	if a.Place == nil {
		return nil, errors.New("the way to Notion names no place")
	}
	return &policy.Target{Parent: a.Place.Target, Sharing: sharingWord(a.Place.Sharing)}, nil
}

// sharingWord is a sharing in the policy's words: what is not known to be
// private counts as public.
func sharingWord(s string) string {
	if s == "private" {
		return s
	}
	return "public"
}

// change asks what a write would change, and shows it to a person.
func (r *run) change(ctx context.Context, q wire.Request) (preview, error) {
	q.Op = wire.Preview
	if q.Kind == wire.Upsert || q.Kind == wire.Undo {
		q.ID = "" // it is this call's; that of a request may have been done before
	}
	a, err := r.notion(ctx, q)
	if err != nil {
		return preview{}, err
	}
	if a.Change == nil {
		return preview{}, errors.New("the way to Notion shows no change")
	}
	p := preview{text: changeText(q, a.Change)}
	if q.Kind == wire.Upsert && !a.Change.Writes || a.Change.Repeated {
		p.idle = &idle{a.Change.Page, a.Change.URL}
	}
	return p, nil
}

// changeText is the diff with a line that says of what.
func changeText(q wire.Request, c *wire.Change) string {
	var b strings.Builder
	switch {
	case q.Kind == wire.Undo:
		fmt.Fprintf(&b, "Takes back a write to Notion (page %s):\n", c.Page)
	case !c.Writes:
		return "Notion: the page is up to date, nothing would be written."
	case q.Kind == wire.Append:
		fmt.Fprintf(&b, "Adds to the Notion page %s:\n", c.Page)
	case c.Page == "":
		fmt.Fprintf(&b, "A new Notion page in %q, titled %q:\n", q.Target, q.Title)
	default:
		fmt.Fprintf(&b, "Changes the Notion page %s in %q, titled %q:\n", c.Page, q.Target, q.Title)
	}
	for _, line := range c.Lines {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	for _, kind := range slices.Sorted(maps.Keys(c.Removed)) {
		fmt.Fprintf(&b, "(taken out: %d %s)\n", c.Removed[kind], strings.ReplaceAll(kind, "_", " "))
	}
	return b.String()
}

// writeID names a write in the outbox: of a principal and a request id, or of
// one call. Equal ones are equal across restarts and replays, and nobody can
// make one of another principal's.
func (r *run) writeID(what, id string) string {
	return r.writeOwner() + "_" + letters(r.mac("write\x00"+r.who+"\x00"+what+"\x00"+id), 20)
}

// writeOwner begins every write id of a principal.
func (r *run) writeOwner() string { return "w_" + letters(r.mac("writer\x00"+r.who), 10) }

// letters spells the beginning of a digest in letters, which no redactor takes
// for a number.
func letters(sum [32]byte, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = 'a' + sum[i]%26
	}
	return string(out)
}

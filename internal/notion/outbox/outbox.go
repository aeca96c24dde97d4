// Package outbox makes a write to Notion happen once in effect, though Notion
// has no idempotency key, connections break and processes die.
//
// # How
//
// Every write is a row in a durable store before it is a request. The row holds
// the operation and how far it has come. Each step that could do a thing twice
// (creating a page, appending blocks) is marked in the row before it is sent. If
// what became of it is not known (the connection broke, the process died, a
// gateway gave up), then the next thing is to look: for a page by its key, for
// blocks by their text behind the last known one. Only when a look, taken no
// sooner than Settle after the attempt, shows nothing, is it sent again. Steps
// that set a state (properties, trash) are simply repeated.
//
// A page's key is 32 letters that a digest of the target and the caller's key
// gives. In a database it is the target's key property; below a page it stands
// in the page's first block. If two pages with one key are ever found, the older
// one stays and the others that this integration made go to the trash.
//
// One process at a time works on a row: a claim carries an owner and a lease
// that is renewed at each step and outlives the longest request.
package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion"
)

// Sentinel errors. Others are those of package notion.
var (
	// ErrPending means that a write is not finished and its row says how far it
	// came: retry it, undo it or abandon it.
	ErrPending = errors.New("the write is not finished; it is in the outbox")
	// ErrBusy means that the row, or another write of the same page, is being
	// worked on.
	ErrBusy = errors.New("the write is in progress")
	// ErrNoRow means that there is no such row.
	ErrNoRow = errors.New("no such write in the outbox")
	// ErrExists is a store's answer to a row whose id is taken.
	ErrExists = errors.New("the write is in the outbox already")
	// ErrStale is a store's answer to an update of a row that has changed.
	ErrStale = errors.New("the write was changed by another process")
)

// State is where a row stands.
type State string

// The states.
const (
	Pending   State = "pending"   // to be done, or being done
	Done      State = "done"      // everything was written
	Failed    State = "failed"    // refused, and nothing was written
	Undone    State = "undone"    // written, and taken back
	Abandoned State = "abandoned" // given up by a person, perhaps half written
)

// Row is one write. What lies in Op and Progress is content: a store seals it
// at rest.
type Row struct {
	ID       string // the caller's, unique
	Rev      int    // 1 at first, one more at each update
	Kind     Kind
	Key      string // what it writes to; at most one pending row has it
	State    State
	Digest   string // of Op: SHA-256 in hexadecimal
	Op       json.RawMessage
	Progress json.RawMessage
	Owner    string    // who works on it, "" for nobody
	Lease    time.Time // until when
	Attempts int
	LastCode string // why it is not done: a fixed word
	Created  time.Time
	Updated  time.Time
}

// Query selects rows.
type Query struct {
	States []State // empty: all
	Key    string  // "": any
	Limit  int     // 0: MaxRows
}

// MaxRows is how many rows one List returns at most.
const MaxRows = 1000

// Store keeps rows. A write is durable when it returns.
type Store interface {
	// Put adds a row with Rev 1. It fails with ErrExists if the id is taken, and
	// with ErrBusy if another pending row has the same Key.
	Put(context.Context, Row) error
	// Update replaces a row if the stored one has Rev-1, and fails with ErrStale
	// otherwise. A row that becomes pending again may meet ErrBusy as in Put.
	Update(context.Context, Row) error
	// Get returns a row or ErrNoRow.
	Get(context.Context, string) (Row, error)
	// List returns rows, the newest first.
	List(context.Context, Query) ([]Row, error)
}

// Kind is what a write does.
type Kind string

// The kinds of writes.
const (
	Create Kind = "create" // a new page
	Append Kind = "append" // blocks at the end of a page
	Upsert Kind = "upsert" // a page that is made or brought up to date
	Undo   Kind = "undo"   // takes another write back
)

// Op is what is to be written.
type Op struct {
	Kind Kind `json:"kind"`
	// Target is the allow-listed place of Create and Upsert, by name.
	Target string `json:"target,omitempty"`
	// Key names the page of Upsert among all of its target, such as
	// "2026-03/monthly". For Create it is the row's id.
	Key string `json:"key,omitempty"`
	// Page is the page of Append.
	Page string `json:"page,omitempty"`
	// Title and Values are the page's properties; Values holds neither the title
	// nor the key.
	Title  string         `json:"title,omitempty"`
	Values notion.Values  `json:"values,omitempty"`
	Nodes  []*notion.Node `json:"nodes,omitempty"`
	// Undoes is the id of the row that Undo takes back; Force does so even if
	// somebody has edited the page since.
	Undoes string `json:"undoes,omitempty"`
	Force  bool   `json:"force,omitempty"`
}

// Progress is how far a row has come; it is also what undo needs.
type Progress struct {
	Page string `json:"page,omitempty"` // the page's id, once known
	URL  string `json:"url,omitempty"`
	// Created says that this row made the page.
	Created bool `json:"created,omitempty"`
	// Unsure is when a request was sent whose effect is not known yet; zero if
	// there is none.
	Unsure time.Time `json:"unsure,omitzero"`
	// Started says that Anchor, Old and Before are filled in.
	Started bool `json:"started,omitempty"`
	// Anchor is the block behind which the content goes; "" for the end.
	Anchor string `json:"anchor,omitempty"`
	// Skip and Keep are how many blocks at the start and at the end of the content
	// are on the page already, as they should be.
	Skip int `json:"skip,omitempty"`
	Keep int `json:"keep,omitempty"`
	// Batch is the next batch of the plan.
	Batch int `json:"batch,omitempty"`
	// Roots are the blocks of the first level that this row wrote.
	Roots []string `json:"roots,omitempty"`
	// Old are the blocks that Upsert replaces; Trashed of them are in the trash.
	Old     []string `json:"old,omitempty"`
	Trashed int      `json:"trashed,omitempty"`
	// Before are the properties as they were.
	Before notion.Values `json:"before,omitempty"`
	// Set says that properties were changed.
	Set bool `json:"set,omitempty"`
	// Unchanged says that everything was as it should be.
	Unchanged bool `json:"unchanged,omitempty"`
	// Healed are duplicates that were moved to the trash.
	Healed []string `json:"healed,omitempty"`
}

// wrote reports whether anything has reached Notion, or may have.
func (p Progress) wrote() bool {
	return p.Created || p.Set || len(p.Roots) > 0 || p.Trashed > 0 || !p.Unsure.IsZero()
}

// Outcome is what a write came to.
type Outcome struct {
	Page, URL string
	Created   bool // the page is new
	Unchanged bool // nothing had to be written
	Blocks    int  // blocks of the first level that were written
	Replaced  int  // blocks of the first level that were moved to the trash
	Healed    int  // duplicates that were moved to the trash
	Repeated  bool // the write had been done before; this call wrote nothing
}

func (p Progress) outcome() Outcome {
	return Outcome{Page: p.Page, URL: p.URL, Created: p.Created, Unchanged: p.Unchanged, Blocks: len(p.Roots), Replaced: p.Trashed, Healed: len(p.Healed)}
}

// keyOf is the text by which a page is found again: 32 letters, so that no
// redactor takes it for a number.
func keyOf(target, key string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "counterfoil notion key v1\n%d %s\n%s", len(target), target, key))
	out := make([]byte, 0, 32)
	for _, b := range sum[:16] {
		out = append(out, 'a'+b>>4, 'a'+b&15)
	}
	return string(out)
}

// marker is the first block of a page below a page.
func marker(key string) *notion.Node {
	return &notion.Node{Kind: notion.Paragraph, Spans: []notion.Span{{Text: "Counterfoil " + key, Italic: true}}}
}

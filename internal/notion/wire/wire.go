// Package wire is the form in which the tools speak with the way to Notion:
// one JSON object asks, one answers. Both are kept with the record of a call and
// compared when it is replayed, so a request holds nothing but what follows from
// the call's arguments, its snapshot and its clock.
//
// The class tags are package redact's: a request passes the redactor by them
// before it is handed over.
package wire

// Op is what a request asks for.
type Op string

// The operations. Only Write changes anything.
const (
	Targets Op = "targets" // the allow-listed places
	Locate  Op = "locate"  // where a write would go
	Query   Op = "query"   // pages of a target
	Preview Op = "preview" // what a write would change
	Write   Op = "write"
)

// Kind is what a write does.
type Kind string

// The kinds of writes.
const (
	Create Kind = "create" // a new page
	Append Kind = "append" // blocks at the end of a page
	Upsert Kind = "upsert" // a page of the server's own, made or brought up to date
	Undo   Kind = "undo"   // takes a write back
)

// Request is one request. Which fields are used depends on Op and Kind.
type Request struct {
	Op     Op     `json:"op" class:"enum"`
	Kind   Kind   `json:"kind,omitempty" class:"enum"`
	ID     string `json:"id,omitempty" class:"id"`       // of a write, in the outbox
	Target string `json:"target,omitempty" class:"text"` // a name of the config
	Page   string `json:"page,omitempty" class:"id"`     // 32 hexadecimal digits
	Key    string `json:"key,omitempty" class:"text"`    // names the page of Upsert within its target
	Title  string `json:"title,omitempty" class:"text"`
	// Properties are values of a database's columns besides the title.
	Properties []Property `json:"properties,omitempty"`
	// Content is markdown; Blocks is content that the server made, which is taken
	// as it is.
	Content string  `json:"content,omitempty" class:"text"`
	Blocks  []Block `json:"blocks,omitempty"`
	// Undoes is the write that Undo takes back, and Force says that it may undo
	// what somebody has edited since.
	Undoes string `json:"undoes,omitempty" class:"id"`
	Force  bool   `json:"force,omitempty" class:"count"`
	// Filter, Sort, Cursor and Size are of Query.
	Filter *Filter `json:"filter,omitempty"`
	Sort   *Sort   `json:"sort,omitempty"`
	Cursor string  `json:"cursor,omitempty" class:"id"` // Notion's own
	Size   int     `json:"size,omitempty" class:"count"`
}

// Property is a column's name and its value as text: exact digits of a number,
// YYYY-MM-DD, true or false, options divided by commas.
type Property struct {
	Name  string `json:"name" class:"text"`
	Value string `json:"value" class:"text"`
}

// Block is a piece of a report. Its text is plain: nothing in it is taken for
// formatting.
type Block struct {
	Kind  string   `json:"kind" class:"enum"` // heading, paragraph, bullet, table
	Text  string   `json:"text,omitempty" class:"text"`
	Cells [][]Cell `json:"cells,omitempty"` // of a table; the first row is a heading
}

// Cell is text, or an amount of the server's own computation.
type Cell struct {
	Text   string `json:"text,omitempty" class:"text"`
	Amount string `json:"amount,omitempty" class:"amount"`
}

// Filter is one condition on a property.
type Filter struct {
	Property string `json:"property" class:"text"`
	Op       string `json:"op" class:"enum"` // of Notion, such as equals, contains, after
	Value    string `json:"value" class:"text"`
}

// Sort orders by a property.
type Sort struct {
	Property   string `json:"property" class:"text"`
	Descending bool   `json:"descending,omitempty" class:"count"`
}

// Answer answers a request.
type Answer struct {
	Targets []Target `json:"targets,omitempty"`
	Place   *Place   `json:"place,omitempty"`
	Pages   []Page   `json:"pages,omitempty"`
	Next    string   `json:"next,omitempty"` // cursor of the next page of Query
	Change  *Change  `json:"change,omitempty"`
	Written *Written `json:"written,omitempty"`
}

// Target is an allow-listed place as it is now.
type Target struct {
	Name       string   `json:"name"`
	Kind       string   `json:"kind"` // page, database, data_source
	Title      string   `json:"title,omitempty"`
	Sharing    string   `json:"sharing"`
	Properties []Column `json:"properties,omitempty"`
	Problem    string   `json:"problem,omitempty"` // fixed text: why it can't be written to
}

// Column is a property of a database.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Place is where a write would go.
type Place struct {
	Target  string `json:"target"`
	Sharing string `json:"sharing"`
}

// Page is a result of Query.
type Page struct {
	ID         string     `json:"id"`
	URL        string     `json:"url"`
	Title      string     `json:"title"`
	Edited     string     `json:"edited"` // RFC 3339
	Properties []Property `json:"properties,omitempty"`
}

// Change is what a write would change.
type Change struct {
	Page   string   `json:"page,omitempty"` // "" if it would be a new one
	URL    string   `json:"url,omitempty"`  // where a person finds that page
	Writes bool     `json:"writes"`         // false if everything is as it should be
	Lines  []string `json:"lines"`          // a diff: "+ …", "- …", "  …"
	// Removed counts what the policy on content took out, by kind.
	Removed  map[string]int `json:"removed,omitempty"`
	Repeated bool           `json:"repeated,omitempty"` // the request id was done before: it would write nothing
}

// Written is what a write came to.
type Written struct {
	Page      string         `json:"page"`
	URL       string         `json:"url"`
	Created   bool           `json:"created,omitempty"`
	Unchanged bool           `json:"unchanged,omitempty"`
	Repeated  bool           `json:"repeated,omitempty"` // it had been done before
	Blocks    int            `json:"blocks,omitempty"`   // of the first level, written
	Replaced  int            `json:"replaced,omitempty"` // moved to the trash
	Removed   map[string]int `json:"removed,omitempty"`
}

// Error is why a request was not done, in the words of package tools.
type Error struct {
	Code    string // one of tools' codes
	Message string // fixed text and numbers
	// Pending says that a write is in the outbox, perhaps half done.
	Pending bool
	// Alert says that the border found something that must not leave: the
	// operator is told.
	Alert bool
	Err   error // for the operator
}

// Error returns the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

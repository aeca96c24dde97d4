// Package audit keeps the tamper-evident log: one RFC 6962 leaf per record,
// one signed checkpoint per batch, C2SP tlog formats throughout, so that an
// outsider can verify it with tools that are not ours.
package audit

import (
	"context"
	"errors"
	"time"
)

// Sentinel errors.
var (
	// ErrClosed is returned after Close, and after any failed write or sync:
	// the log refuses until the process restarts.
	ErrClosed = errors.New("audit log is closed")
	// ErrLocked means another process holds the log.
	ErrLocked = errors.New("audit log is held by another process")
	// ErrTampered means the log on disk contradicts itself or an anchor.
	ErrTampered = errors.New("audit log has been tampered with")
)

// SchemaVersion is the version of the record format.
const SchemaVersion = 1

// MaxLeaf bounds a leaf in bytes (an entry bundle of C2SP tlog-tiles carries a
// 16-bit length). Longer fields are replaced by their digests.
const MaxLeaf = 65535

// Phase tells an intent from an outcome.
type Phase string

// The phases of a call. Read-only calls have only an outcome.
const (
	PhaseIntent  Phase = "intent"
	PhaseOutcome Phase = "outcome"
	// PhaseEvent is a record that is not a call: a batch, a key or policy
	// change, a cut, a restart.
	PhaseEvent Phase = "event"
)

// Count is a number by name, in order of name.
type Count struct {
	Name  string `json:"name"`
	Layer string `json:"layer,omitempty"`
	N     int64  `json:"n"`
}

// Usage is a principal's use of its budgets at one moment.
type Usage struct {
	Calls int64 `json:"calls"`
	Rows  int64 `json:"rows"`
	Bytes int64 `json:"bytes"`
}

// Record is one entry of the log. Its canonical form is RFC 8785 JSON; digests
// are lower-case hex SHA-256, salted with the record's salt where they commit
// to something that could be guessed. Empty fields are left out.
type Record struct {
	Schema int       `json:"schema"`
	Origin string    `json:"origin"` // log origin, as in the checkpoint
	Time   time.Time `json:"time"`   // UTC, microseconds
	Phase  Phase     `json:"phase"`
	Event  string    `json:"event,omitempty"` // for PhaseEvent: "batch", "policy", "config", "key", "cut", "start"
	CallID string    `json:"call_id,omitempty"`

	Predecessor string `json:"predecessor,omitempty"` // call id of the intent, retry or approval this follows

	Principal     string `json:"principal,omitempty"` // pseudonym: MAC of tenant and name
	Auth          string `json:"auth,omitempty"`
	ClientName    string `json:"client_name,omitempty"`    // self-reported
	ClientVersion string `json:"client_version,omitempty"` // self-reported
	Protocol      string `json:"protocol,omitempty"`
	TraceID       string `json:"trace_id,omitempty"`

	Tool           string `json:"tool,omitempty"`
	ToolDigest     string `json:"tool_digest,omitempty"`     // of the tool's definition
	ReceivedDigest string `json:"received_digest,omitempty"` // salted; of the arguments as received
	ArgsDigest     string `json:"args_digest,omitempty"`     // salted; of the canonical arguments

	PolicyDigest string   `json:"policy_digest,omitempty"`
	ConfigDigest string   `json:"config_digest,omitempty"`
	Rule         string   `json:"rule,omitempty"`
	Decision     string   `json:"decision,omitempty"` // "allow", "deny", "ask"
	Reason       string   `json:"reason,omitempty"`
	Obligations  []string `json:"obligations,omitempty"`

	Before *Usage `json:"before,omitempty"`
	After  *Usage `json:"after,omitempty"`

	Snapshot      int64  `json:"snapshot,omitempty"`
	Clock         string `json:"clock,omitempty"` // injected clock, RFC 3339 with nanoseconds
	Seed          string `json:"seed,omitempty"`
	Build         string `json:"build,omitempty"`
	RedactorEpoch int64  `json:"redactor_epoch,omitempty"`

	Rows     int64    `json:"rows,omitempty"`
	Bytes    int64    `json:"bytes,omitempty"`
	Accounts []string `json:"accounts,omitempty"` // pseudonyms of accounts read
	Labels   []string `json:"labels,omitempty"`
	Findings []Count  `json:"findings,omitempty"`

	ResultDigest string `json:"result_digest,omitempty"` // SHA-256(salt ‖ result document)
	Error        string `json:"error,omitempty"`         // code
	Correlation  string `json:"correlation,omitempty"`
	Sidecar      string `json:"sidecar,omitempty"`     // SHA-256 of the sealed sidecar
	SaltCommit   string `json:"salt_commit,omitempty"` // SHA-256 of the salt

	// For events.
	Batch        int64  `json:"batch,omitempty"`
	SourceDigest string `json:"source_digest,omitempty"`
	RowsDigest   string `json:"rows_digest,omitempty"`
	Detail       string `json:"detail,omitempty"`
}

// Entry is what a caller appends: the record, the salt of its commitments and
// the sealed sidecar that replay needs (nil for none). The salt is 32 bytes.
type Entry struct {
	Record  Record
	Salt    [32]byte
	Sidecar []byte
}

// Receipt says where a record lies. It goes to the caller in `_meta`.
type Receipt struct {
	Origin string `json:"origin"`
	Index  int64  `json:"index"`
	Leaf   string `json:"leaf"` // hex RFC 6962 leaf hash
	Salt   string `json:"salt"` // hex
	Result string `json:"result_digest,omitempty"`
}

// Config says where the log lies and who signs it.
type Config struct {
	Dir    string // the log/ folder's parent: log/, tiles/ lie below it
	Origin string // checkpoint origin line, schema-less URL form
	Now    func() time.Time
}

// Log is an open log. It is safe for concurrent use; concurrent appends share
// one write and one fdatasync.
type Log struct{}

// Open opens or creates the log, recovers a torn tail and takes the lock.
func Open(ctx context.Context, cfg Config) (*Log, error) { return nil, ErrClosed }

// Append returns after the record is durable and covered by a signed checkpoint.
func (l *Log) Append(ctx context.Context, e *Entry) (Receipt, error) {
	return Receipt{}, ErrClosed
}

// Close waits for appends in flight and releases the lock.
func (l *Log) Close() error { return nil }

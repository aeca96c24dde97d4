// Package audit keeps the tamper-evident log: one RFC 6962 leaf per record,
// one signed checkpoint per batch, C2SP tlog formats throughout, so that an
// outsider can verify it with tools that are not ours.
//
// # Format, version 1
//
// The log is one append-only file, log/records: batches, back to back, nothing
// between, before or after. All integers are big-endian. A batch is
//
//	offset  size
//	     0     4  "CFB1"
//	     4     4  count: records in the batch, 1 to 4096
//	     8     8  index of the first record
//	    16     4  body: length of what follows the header, in bytes
//	    20     4  CRC-32C of the body
//	    24     4  length of the whole batch before this one, 0 for the first
//	    28     4  CRC-32C of bytes 0 to 27
//	    32        body: count times
//	                4  length of the leaf, 1 to 65,535
//	                4  length of the sidecar, 0 for none
//	                   leaf, then sidecar
//	              and for the rest of the body the checkpoint
//
// The checkpoint (C2SP tlog-checkpoint, a signed note) has three lines, origin,
// tree size after the batch and root hash, and one Ed25519 signature of the
// log. The checksums tell torn writes from damage; they prove nothing. What
// proves is the tree: a leaf's hash is SHA-256(0x00 ‖ leaf), an inner node's is
// SHA-256(0x01 ‖ left ‖ right), as in RFC 6962, section 2.1.
//
// A leaf is a [Record] as canonical JSON (RFC 8785), so that a record has one
// encoding only. Empty fields are left out; times are UTC with six decimals.
// The sidecar is ciphertext, opaque here; the leaf holds its SHA-256, so it can
// be erased (by destroying its key) while every proof still verifies.
//
// # Commitments
//
// What could be guessed (arguments, results) enters the leaf only as a salted
// digest. Every record has a salt of 32 random bytes, which lies in its sealed
// sidecar. A field is committed to as
//
//	fieldSalt  = HMAC-SHA-256(salt, field name)
//	commitment = SHA-256(fieldSalt ‖ data), lower-case hex
//
// so that one field can be opened, by its fieldSalt and data, without opening
// another. The receipt carries the fieldSalt of "result_digest" only. The leaf
// binds the salt as salt_commit = SHA-256(salt).
//
// # Files
//
//	log/records     the log, authoritative
//	log/head        the newest checkpoint, rewritten within a second of a batch
//	log/torn-TIME   bytes cut at a recovery; the cut is a record, too
//	log/state       derived: where the log ends, and the tree's right edge
//	log/cosigned    derived: the newest checkpoint with its cosignatures
//	keys/log.key    the signing key (note format), keys/log.pub its verifier
//	tiles/          derived: full Merkle tiles (C2SP tlog-tiles)
package audit

import (
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
	// ErrStore means that the store, to which VerifyOptions.Each compares the
	// records, is not as they say, or cannot be read. It says nothing against the log.
	ErrStore = errors.New("the store is not as the log records it")
	// ErrInvalid means that the caller gave a record or a document that the
	// format cannot carry. The log is unharmed.
	ErrInvalid = errors.New("not acceptable")
	// ErrBusy means that more is waiting than the queue may hold.
	ErrBusy = errors.New("audit log is overloaded")
	// ErrNotFound means that the log holds no such record.
	ErrNotFound = errors.New("no such record")
	// ErrUnavailable means that the storage or an anchor could not be reached;
	// unlike ErrTampered it may pass.
	ErrUnavailable = errors.New("audit log storage or anchor is unavailable")
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
	Calls  int64 `json:"calls"`
	Rows   int64 `json:"rows"`
	Bytes  int64 `json:"bytes"`
	Pages  int64 `json:"pages"`  // Notion pages written to
	Tokens int64 `json:"tokens"` // of a language model, prompt and output together
}

// Exchange is what a call handed to something outside the process, and what
// came back: commitments under the record's salt, so that neither can be
// guessed. The bytes themselves are in the sidecar.
type Exchange struct {
	To     string `json:"to,omitempty"`     // "notion" or "model"
	Sent   string `json:"sent"`             // [Entry.Commit] of the bytes sent
	Answer string `json:"answer,omitempty"` // [Entry.Commit] of the bytes that came back
	Error  string `json:"error,omitempty"`  // code, if it failed
	Detail string `json:"detail,omitempty"` // of fixed vocabulary: a model's id, parameters, counts
}

// The events.
const (
	EventBatch   = "batch"   // a batch of changes of the store
	EventPolicy  = "policy"  // another policy is in force
	EventConfig  = "config"  // another configuration is in force
	EventStart   = "start"   // the server started
	EventKey     = "key"     // the log's signing key changes; Detail is an operator's note
	EventRestore = "restore" // the log continues from a backup; Detail is an operator's note
	EventCut     = "cut"     // a torn tail was cut at recovery; Detail says what and where
	EventErase   = "erase"   // a subject's keys were destroyed
	EventKeys    = "keys"    // keys were rotated, wrapped anew or sealed with anew; Detail says which
	EventReveal  = "reveal"  // a token was restored for a person, or that was refused; Detail has a pseudonym of the token
	EventProbe   = "probe"   // a probe of the model's sandbox; Detail says what it found
	EventRefused = "refused" // refusals before authentication, counted
	EventEgress  = "egress"  // a connection out of the process, or one that was refused
	EventOutbox  = "outbox"  // a write to Notion was gone on with, or given up, without a call
)

// Record is one entry of the log. Its canonical form is RFC 8785 JSON; digests
// are lower-case hex SHA-256, salted with the record's salt where they commit
// to something that could be guessed. Empty fields are left out. Integers are
// at most 2^53−1 in magnitude. Where a record would exceed MaxLeaf, Append
// replaces its longest strings and lists by "sha256:" and their commitment.
type Record struct {
	Schema int       `json:"schema"`
	Origin string    `json:"origin"` // log origin, as in the checkpoint
	Time   time.Time `json:"time"`   // UTC, microseconds
	Phase  Phase     `json:"phase"`
	Event  string    `json:"event,omitempty"` // for PhaseEvent, see the Event constants
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
	ReceivedDigest string `json:"received_digest,omitempty"` // [Entry.Commit] of the arguments as received
	ArgsDigest     string `json:"args_digest,omitempty"`     // [Entry.Commit] of the canonical arguments

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
	Pages    int64    `json:"pages,omitempty"`    // Notion pages written to
	Tokens   int64    `json:"tokens,omitempty"`   // of a language model
	Accounts []string `json:"accounts,omitempty"` // pseudonyms of accounts read
	Labels   []string `json:"labels,omitempty"`
	From     string   `json:"from,omitempty"` // oldest and newest booking date in the result
	To       string   `json:"to,omitempty"`
	Findings []Count  `json:"findings,omitempty"`

	Exchanges []Exchange `json:"exchanges,omitempty"` // with the outside, in order

	ResultDigest string `json:"result_digest,omitempty"` // [Entry.Commit] of the result document
	Error        string `json:"error,omitempty"`         // code
	Correlation  string `json:"correlation,omitempty"`
	Sidecar      string `json:"sidecar,omitempty"`     // SHA-256 of the sealed sidecar; set by Append
	SaltCommit   string `json:"salt_commit,omitempty"` // SHA-256 of the salt; set by Append

	// For events.
	Batch        int64  `json:"batch,omitempty"`
	SourceDigest string `json:"source_digest,omitempty"`
	RowsDigest   string `json:"rows_digest,omitempty"`
	Detail       string `json:"detail,omitempty"`
}

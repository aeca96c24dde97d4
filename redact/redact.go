// Package redact finds account numbers, card numbers and credentials in any
// of the disguises listed in docs/redaction.md and replaces them by stable
// tokens. It decodes and folds first, scans the folded text, and maps each
// finding back to the original bytes.
//
// It imports the standard library and golang.org/x/text only.
package redact

import (
	"errors"
	"io"
	"reflect"
)

// ErrRedact is wrapped by every error of this package. A caller that gets it
// must not let the payload out.
var ErrRedact = errors.New("redaction failed")

// Entity names what was found: "card", "iban", "account", "secret", ….
type Entity string

// Layer names which of the three layers found it.
type Layer string

// The layers, in the order in which they apply.
const (
	LayerField    Layer = "field"    // declared by the output type
	LayerKnown    Layer = "known"    // a value this tenant's store or config holds
	LayerDetector Layer = "detector" // recognised by its form and checksum
)

// Finding is one redaction. It never carries the value.
type Finding struct {
	Entity  Entity
	Layer   Layer
	Pointer string // JSON pointer (RFC 6901) of the leaf, "" for plain text
	Count   int
}

// Action says what happens to an entity.
type Action string

// The actions a policy may choose per entity. The zero value is Token.
const (
	Token Action = "token" // replace by a stable token such as CARD_KQXWMTRBZAPLNE
	Mask  Action = "mask"  // keep the last four characters
	Drop  Action = "drop"  // remove
	Keep  Action = "keep"  // leave as it is
)

// Config is what a Redactor is made from. The zero value, apart from Key, is
// the safe default: every entity is tokenised, phone numbers are kept.
type Config struct {
	Key     [32]byte // tenant key; tokens and known values are HMACs under it
	Known   *Known   // values the store and the config hold; nil means none
	Actions map[Entity]Action
}

// Redactor is safe for concurrent use.
type Redactor struct{ cfg Config }

// New returns a redactor.
func New(cfg Config) (*Redactor, error) { return &Redactor{cfg: cfg}, nil }

// JSON appends the redacted form of the JSON document src to dst. The output
// is valid JSON of the same shape. src must be one valid JSON value (RFC 8259).
func (r *Redactor) JSON(dst, src []byte) ([]byte, []Finding, error) {
	return dst, nil, ErrRedact
}

// Document is JSON with the classes of its fields declared: leaves of a
// passing class are copied, account leaves become tokens, text leaves are
// scanned. A leaf the classes do not know fails.
func (r *Redactor) Document(dst, src []byte, c *Classes) ([]byte, []Finding, error) {
	return dst, nil, ErrRedact
}

// Text appends the redacted form of src to dst.
func (r *Redactor) Text(dst, src []byte) ([]byte, []Finding, error) {
	return dst, nil, ErrRedact
}

// Stream copies src to dst redacted. Chunk boundaries do not matter; it holds
// back what may still become a finding, and fails closed at the end.
func (r *Redactor) Stream(dst io.Writer, src io.Reader) ([]Finding, error) {
	return nil, ErrRedact
}

// Classes maps the fields of an output document to how they are treated.
type Classes struct{}

// ClassesOf derives the classes of an output type from its struct tags:
//
//	class:"id"      server-made id, opaque cursor      passes
//	class:"amount"  exact decimal or minor units       passes
//	class:"date"    civil date or instant              passes
//	class:"enum"    closed set of server-chosen words  passes
//	class:"count"   integer counts and flags           passes
//	class:"account" account-like value                 always a token
//	class:"text"    anything from outside              scanned
//
// A leaf field without a class is an error, so that forgetting one fails the
// first test that builds the tool.
func ClassesOf(t reflect.Type) (*Classes, error) { return nil, ErrRedact }

// Known is a set of known values held as keyed hashes. It is immutable.
type Known struct{}

// Fingerprint turns one known value (an account number, an IBAN, a card, a
// secret, in any spelling) into the opaque keyed hashes that a store keeps and
// NewKnown takes. The value cannot be recovered from them without the key.
func Fingerprint(key [32]byte, e Entity, value string) ([]byte, error) {
	return nil, ErrRedact
}

// NewKnown builds the set from fingerprints made under the same key.
func NewKnown(fingerprints [][]byte) (*Known, error) { return nil, ErrRedact }

// TokenOf returns the token that stands for value, the same for every spelling
// of it: a prefix for the entity ("ACCT_", "CARD_", "IBAN_", …) and fourteen
// letters from HMAC-SHA256(key, entity, canonical value).
func TokenOf(key [32]byte, e Entity, value string) string { return "" }

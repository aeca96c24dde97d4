package redact

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/counterfoil/counterfoil/redact/internal/second"
)

// ErrRedact is wrapped by every error of this package. A caller that gets it
// must not let the payload out. Error texts never quote the payload.
var ErrRedact = errors.New("redaction failed")

// MaxDocument is the largest input, in bytes, that JSON, Document and Text
// take. It is far above any tool result (they are bounded in kilobytes) and
// keeps one call from taking all memory.
const MaxDocument = 256 << 20

// Version is raised with every change of what this package finds, as
// TestVersion demands. Texts that
// were stored under an older one are outdated (see counterfoil store redact).
const Version = 20

// Entity names what was found.
type Entity string

// The entities that the detectors report. A store or config may name others
// for its known values; they get the token prefix DATA.
const (
	Card     Entity = "card"        // payment card number (ISO/IEC 7812)
	IBAN     Entity = "iban"        // ISO 13616
	Account  Entity = "account"     // national bank account number
	Bank     Entity = "bank"        // routing number, sort code, BIC beside an account
	Ref      Entity = "reference"   // ISO 11649 creditor reference
	National Entity = "national_id" // social security, tax and identity numbers
	Email    Entity = "email"
	Phone    Entity = "phone"
	Secret   Entity = "secret" // key, token, password
	Opaque   Entity = "opaque" // long encoded text that could not be examined
	Fake     Entity = "fake_token"
)

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
	Rule    string // which detector, such as "pan" or "iban"
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
type Redactor struct {
	cfg    Config
	tokens tokenKey
	prints sipKey // of fingerprints
	known  *lookup
	phones bool                   // phone numbers are kept
	texts  bool                   // known values have letters, so that they may stand in any text
	room   [roomKinds * rooms]int // how long a text is at least in which one stands, see profile.room
	least  [rooms]int             // the same of any kind, by its digits
	second second.Scan
	pool   sync.Pool

	thorough bool // no shortcut is taken: what tests compare with
	whole    bool // long texts are read as a whole: the same
	again    bool // documents are walked again as a whole: the same
}

// New returns a redactor. It fails on an unknown action.
func New(cfg Config) (*Redactor, error) {
	for e, a := range cfg.Actions {
		switch a {
		case "", Token, Mask, Drop, Keep:
		default:
			return nil, fmt.Errorf("%w: unknown action for entity %s", ErrRedact, prefixOf(e))
		}
	}
	r := &Redactor{cfg: cfg, tokens: newTokenKey(cfg.Key), prints: newSipKey(cfg.Key)}
	r.phones = r.action(Phone) == Keep
	if r.known = cfg.Known.under(cfg.Key); r.known != nil {
		r.texts = len(r.known.texts) > 0
	}
	for i := range r.least {
		r.least[i] = math.MaxInt
	}
	for i := range r.room {
		if r.room[i] = math.MaxInt; r.texts {
			r.room[i] = r.known.room(i)
		}
		r.least[i%rooms] = min(r.least[i%rooms], r.room[i])
	}
	r.second = r.newSecond()
	r.pool.New = func() any { return newScan(r) }
	return r, nil
}

// action returns what the policy says about an entity.
func (r *Redactor) action(e Entity) Action {
	if a := r.cfg.Actions[e]; a != "" {
		return a
	}
	if e == Phone {
		return Keep
	}
	return Token
}

// JSON appends the redacted form of the JSON document src to dst. The output
// is valid JSON of the same shape. src must be one valid JSON value (RFC 8259).
func (r *Redactor) JSON(dst, src []byte) ([]byte, []Finding, error) {
	return r.document(dst, src, nil)
}

// Document is JSON with the classes of its fields declared: leaves of a
// passing class are copied, account leaves become tokens, text leaves are
// scanned. A leaf the classes do not know fails.
func (r *Redactor) Document(dst, src []byte, c *Classes) ([]byte, []Finding, error) {
	if c == nil || c.root == nil {
		return dst, nil, fmt.Errorf("%w: no classes", ErrRedact)
	}
	return r.document(dst, src, c.root)
}

// document redacts src under the class node root; nil scans every leaf.
func (r *Redactor) document(dst, src []byte, root *class) (out []byte, found []Finding, err error) {
	if len(src) > MaxDocument {
		return dst, nil, fmt.Errorf("%w: document too large", ErrRedact)
	}
	defer failClosed(dst, &out, &found, &err)
	s := r.scan()
	defer r.release(s)
	out, err = s.json(dst, src, root)
	if err != nil {
		return dst, nil, err
	}
	return out, s.report(), nil
}

// Text appends the redacted form of src to dst. Text that is one JSON object
// or array is redacted as such.
func (r *Redactor) Text(dst, src []byte) (out []byte, found []Finding, err error) {
	if len(src) > MaxDocument {
		return dst, nil, fmt.Errorf("%w: text too large", ErrRedact)
	}
	if len(src) < minCued && ascii(src) && !r.thorough {
		return append(dst, src...), nil, nil
	}
	var p profile
	if p.read(src); r.quiet(&p, src) {
		return append(dst, src...), nil, nil
	}
	return r.textSlow(dst, src, &p)
}

// ascii tells whether no character of t folds into several: fewer than minCued
// hold nothing.
func ascii(t []byte) bool {
	high := byte(0)
	for _, c := range t {
		high |= c
	}
	return high < 0x80
}

// textSlow is Text where a look at the whole does not suffice; p is what the
// look told.
func (r *Redactor) textSlow(dst, src []byte, p *profile) (out []byte, found []Finding, err error) {
	defer failClosed(dst, &out, &found, &err)
	s := r.scan()
	defer r.release(s)
	if len(src) <= window {
		piece, _ := s.leafSlow(src, p)
		return append(dst, piece...), s.report(), nil
	}
	out, err = s.text(dst, src)
	if err != nil {
		return dst, nil, err
	}
	return out, s.report(), nil
}

// failClosed turns a panic into an error that says nothing about the payload.
func failClosed(dst []byte, out *[]byte, found *[]Finding, err *error) {
	if recover() != nil {
		*out, *found, *err = dst, nil, fmt.Errorf("%w: internal fault", ErrRedact)
	}
}

func (r *Redactor) scan() *scan { return r.pool.Get().(*scan) }

func (r *Redactor) release(s *scan) {
	s.reset()
	r.pool.Put(s)
}

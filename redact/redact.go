package redact

import (
	"fmt"
	"sync"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/second"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// MaxDocument is the largest input, in bytes, that JSON, Document and Text
// take. It is far above any tool result (they are bounded in kilobytes) and
// keeps one call from taking all memory.
const MaxDocument = 256 << 20

// Version is raised with every change of what this package finds, as
// TestVersion demands. Texts that
// were stored under an older one are outdated (see counterfoil store redact).
const Version = 22

// Finding is one redaction. It never carries the value.
type Finding struct {
	Entity  Entity
	Layer   Layer
	Rule    string // which detector, such as "pan" or "iban"
	Pointer string // JSON pointer (RFC 6901) of the leaf, "" for plain text
	Count   int
}

// Config is what a Redactor is made from. The zero value, apart from Key, is
// the safe default: every entity is tokenised, phone numbers are kept.
type Config struct {
	Key     [32]byte // tenant key; tokens and known values are HMACs under it
	Known   *Known   // values the store and the config hold; nil means none
	Actions map[Entity]Action
}

// Redactor is safe for concurrent use.
type Redactor struct {
	rules  gate.Rules
	prints known.SipKey // of fingerprints
	second second.Scan
	pool   sync.Pool
	again  bool // documents are walked again as a whole: what tests compare with
}

// New returns a redactor. It fails on an unknown action.
func New(cfg Config) (*Redactor, error) {
	for e, a := range cfg.Actions {
		switch a {
		case "", Token, Mask, Drop, Keep:
		default:
			return nil, fmt.Errorf("%w: unknown action for entity %s", ErrRedact, tokens.PrefixOf(e))
		}
	}
	r := &Redactor{rules: gate.NewRules(cfg.Key, cfg.Known, cfg.Actions), prints: known.NewSipKey(cfg.Key)}
	r.second = r.newSecond()
	r.pool.New = func() any { return newScan(r) }
	return r, nil
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

// Document redacts src under the class node root; nil scans every leaf.
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
	if len(src) < profile.MinCued && char.ASCII(src) && !r.rules.Thorough {
		return append(dst, src...), nil, nil
	}
	var p profile.Profile
	if p.Read(src); r.rules.Quiet(&p, src) {
		return append(dst, src...), nil, nil
	}
	return r.textSlow(dst, src, &p)
}

// textSlow is Text where a look at the whole does not suffice; p is what the
// look told.
func (r *Redactor) textSlow(dst, src []byte, p *profile.Profile) (out []byte, found []Finding, err error) {
	defer failClosed(dst, &out, &found, &err)
	s := r.scan()
	defer r.release(s)
	if len(src) <= window {
		piece, _ := s.LeafSlow(src, p)
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

// Package approvals keeps the calls that wait for the operator, in files: those
// of a folder, or ones that replicas share.
//
// A request is one exact call of one principal under one policy: its binding.
// The operator answers with a note signed by the operator's key, which agents
// do not hold; an answer fits one request and is used once, before it expires.
//
//	BINDING.ask   the request that is open for a binding, sealed
//	ID.answer     the operator's signed answer
//	ID.used       a request that was used or has lapsed
//
// Taking an answer renames the request: of several processes exactly one
// succeeds, and a crash afterwards can lose the call but never repeat it.
package approvals

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// Sentinel errors.
var (
	ErrNotFound = errors.New("no such request")
	// ErrAnswered means that the request has an answer already.
	ErrAnswered = errors.New("the request has been answered")
	// ErrFull means that MaxOpen requests wait.
	ErrFull = errors.New("too many requests wait for the operator")
	// ErrSignature means that an answer is not signed by the operator.
	ErrSignature = errors.New("the answer is not signed by the operator's key")
)

const (
	// Lifetime is how long a request can be answered and used: a working day,
	// so that the operator need not sit beside the agent.
	Lifetime = 12 * time.Hour
	// MaxOpen bounds the requests that wait, so that an agent in a loop cannot
	// fill the folder or bury a request among thousands.
	MaxOpen = 100
)

// Request is one call that waits.
type Request struct {
	ID        string    `json:"id"`
	Binding   string    `json:"binding"` // hex; principal, tool, arguments and policy
	Principal string    `json:"principal"`
	Tool      string    `json:"tool"`
	Args      string    `json:"args"` // canonical JSON
	Reason    string    `json:"reason"`
	Preview   string    `json:"preview,omitzero"` // what exactly the call would do, redacted
	Made      time.Time `json:"made"`
	Expires   time.Time `json:"expires"`
}

// Answer is the operator's.
type Answer string

// The answers. None means that the operator has not answered yet.
const (
	None    Answer = ""
	Approve Answer = "approve"
	Deny    Answer = "deny"
)

// Folder keeps requests. It is safe for use by several processes.
type Folder struct {
	files    Files
	keys     *seal.Keyring
	operator note.Verifier
}

// Files are where requests and answers lie. Each operation is atomic and durable
// when it returns.
type Files interface {
	Read(name string) ([]byte, error)      // fs.ErrNotExist if there is none
	Create(name string, data []byte) error // fs.ErrExist if there is one
	Rename(from, to string) error          // fs.ErrNotExist for all but one that tries
	Names(suffix string) (list []string, err error)
}

// Open returns the folder; operator is the operator's verifier key in note
// format.
func Open(dir string, keys *seal.Keyring, operator string) (*Folder, error) {
	if err := os.MkdirAll(dir, durable.DirMode); err != nil {
		return nil, fmt.Errorf("opening approvals: %w", err)
	}
	return OpenFiles(local(dir), keys, operator)
}

// OpenFiles is Open for files that lie elsewhere.
func OpenFiles(files Files, keys *seal.Keyring, operator string) (*Folder, error) {
	v, err := note.NewVerifier(operator)
	if err != nil {
		return nil, fmt.Errorf("opening approvals: the operator's key: %w", err)
	}
	return &Folder{files, keys, v}, nil
}

var bindingForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Ask opens a request for a binding, or returns the one that is open. It sets
// ID, Made and Expires.
func (f *Folder) Ask(r Request, now time.Time) (Request, error) {
	if !bindingForm.MatchString(r.Binding) {
		return Request{}, errors.New("asking: not a binding")
	}
	have, err := f.open(r.Binding, now)
	if !errors.Is(err, ErrNotFound) {
		return have, err
	}
	all, err := f.List(now)
	if err != nil {
		return Request{}, err
	}
	if len(all) >= MaxOpen {
		return Request{}, ErrFull
	}
	r.ID, r.Made, r.Expires = newID(), now, now.Add(Lifetime)
	plain, err := json.Marshal(r)
	if err != nil {
		return Request{}, err
	}
	sealed, err := f.keys.Seal(seal.PurposeApproval, "", []byte(r.Binding), plain)
	if err != nil {
		return Request{}, err
	}
	err = f.files.Create(askName(r.Binding), sealed)
	if errors.Is(err, fs.ErrExist) {
		return f.open(r.Binding, now)
	}
	return r, err
}

func newID() string {
	var b [10]byte
	rand.Read(b[:]) // never fails
	return "appr_" + strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

func askName(binding string) string { return binding + ".ask" }

// open reads the open request of a binding; one that has expired is put away.
func (f *Folder) open(binding string, now time.Time) (Request, error) {
	sealed, err := f.files.Read(askName(binding))
	if errors.Is(err, fs.ErrNotExist) {
		return Request{}, ErrNotFound
	}
	if err != nil {
		return Request{}, err
	}
	plain, err := f.keys.Open(seal.PurposeApproval, "", []byte(binding), sealed)
	if err != nil {
		return Request{}, err
	}
	var r Request
	if err := json.Unmarshal(plain, &r); err != nil {
		return Request{}, err
	}
	if !now.Before(r.Expires) {
		if _, err := f.put(r); err != nil {
			return Request{}, err
		}
		return Request{}, ErrNotFound
	}
	return r, nil
}

// put ends a request. It reports whether this call did, and not another.
func (f *Folder) put(r Request) (bool, error) {
	err := f.files.Rename(askName(r.Binding), r.ID+".used")
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Take uses the operator's answer to the open request of a binding, if there is
// one. After Approve or Deny the request is gone: the next call asks anew.
func (f *Folder) Take(binding string, now time.Time) (Request, Answer, error) {
	if !bindingForm.MatchString(binding) {
		return Request{}, None, errors.New("taking an answer: not a binding")
	}
	r, err := f.open(binding, now)
	if errors.Is(err, ErrNotFound) {
		return Request{}, None, nil
	}
	if err != nil {
		return Request{}, None, err
	}
	answer, err := f.answer(r)
	if err != nil || answer == None {
		return r, None, err
	}
	mine, err := f.put(r)
	if err != nil || !mine {
		return r, None, err
	}
	return r, answer, nil
}

// answer reads and verifies the operator's answer to a request.
func (f *Folder) answer(r Request) (Answer, error) {
	msg, err := f.files.Read(r.ID + ".answer")
	if errors.Is(err, fs.ErrNotExist) {
		return None, nil
	}
	if err != nil {
		return None, err
	}
	n, err := note.Open(msg, note.VerifierList(f.operator))
	if err != nil {
		return None, ErrSignature
	}
	for _, a := range []Answer{Approve, Deny} {
		if n.Text == answerText(r, a) {
			return a, nil
		}
	}
	return None, ErrSignature
}

// answerText is what the operator signs: everything that the answer is tied to.
func answerText(r Request, a Answer) string {
	return fmt.Sprintf("counterfoil.dev/approval/v1\n%s\n%s\n%s\n%s\n", a, r.ID, r.Binding, r.Expires.UTC().Format(time.RFC3339Nano))
}

// Give answers a request with the operator's key.
func (f *Folder) Give(id string, a Answer, operator note.Signer, now time.Time) (Request, error) {
	r, err := f.Find(id, now)
	if err != nil {
		return Request{}, err
	}
	msg, err := note.Sign(&note.Note{Text: answerText(r, a)}, operator)
	if err != nil {
		return Request{}, err
	}
	if _, err := note.Open(msg, note.VerifierList(f.operator)); err != nil {
		return Request{}, ErrSignature
	}
	err = f.files.Create(r.ID+".answer", msg)
	if errors.Is(err, fs.ErrExist) {
		return r, ErrAnswered
	}
	return r, err
}

// Find returns an open request by its id.
func (f *Folder) Find(id string, now time.Time) (Request, error) {
	all, err := f.List(now)
	if err != nil {
		return Request{}, err
	}
	for _, r := range all {
		if r.ID == id {
			return r, nil
		}
	}
	return Request{}, ErrNotFound
}

// List returns the open requests, oldest first.
func (f *Folder) List(now time.Time) ([]Request, error) {
	names, err := f.files.Names(askName(""))
	if err != nil {
		return nil, fmt.Errorf("listing approvals: %w", err)
	}
	var all []Request
	for _, name := range names {
		binding := strings.TrimSuffix(name, askName(""))
		if !bindingForm.MatchString(binding) {
			continue
		}
		r, err := f.open(binding, now)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Request) int { return a.Made.Compare(b.Made) })
	return all, nil
}

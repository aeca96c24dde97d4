package audit

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// What an operator signs is a note whose first line says what it is for, so
// that no signature can serve for anything else.
const (
	rotateHeader  = "counterfoil/rotate/v1"
	restoreHeader = "counterfoil/restore/v1"
)

// A rotation is the Detail of an EventKey record: a note of five lines, signed
// by the operator.
//
//	counterfoil/rotate/v1
//	<origin>
//	<index of this record>
//	<old verifier key>
//	<new verifier key>
//
// The record is the last that the old key signs.
type rotation struct {
	size      int64
	old, next note.Verifier
	nextKey   string // text form of next
	text      string
	sigs      []sigLine
}

func (r *rotation) signedBy(v note.Verifier) bool { return verifiesNote(r.text, r.sigs, v) }

func rotationText(origin string, size int64, old, next string) string {
	return fmt.Sprintf("%s\n%s\n%d\n%s\n%s\n", rotateHeader, origin, size, old, next)
}

func parseRotation(origin, detail string) (*rotation, error) {
	text, sigs, err := splitNote(detail)
	if err != nil {
		return nil, tampered("rotation is malformed")
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 6 || lines[0] != rotateHeader || lines[1] != origin || lines[5] != "" {
		return nil, tampered("rotation is malformed")
	}
	size, err := parseDecimal(lines[2])
	if err != nil {
		return nil, tampered("rotation is malformed")
	}
	keys, err := verifiers(lines[3:5])
	if err != nil || keys[0].Name() != origin || keys[1].Name() != origin {
		return nil, tampered("rotation is malformed")
	}
	return &rotation{size, keys[0], keys[1], lines[4], text, sigs}, nil
}

// A rotator is a backend whose signing key can be replaced.
type rotator interface {
	rotate(l *Log, operator note.Signer, to successor) error
	signing() *signingKey
}

// Rotate replaces the log's signing key. The last record under the old key is
// the rotation, signed by the operator, whose verifier key must be
// Config.Operator. With next nil a key is made and replaces keys/log.key and
// keys/log.pub; otherwise nextKey is next's verifier key. It returns the new
// verifier key, which auditors have to be told. Other replicas of a shared log
// go on appending, but have to be given the new key before they sign again.
func (l *Log) Rotate(ctx context.Context, operator, next note.Signer, nextKey string) (string, error) {
	r := l.backend.(rotator)
	var to successor
	err := l.exclusively(ctx, func() (err error) {
		if to, err = r.signing().successor(operator, next, nextKey); err != nil {
			return err
		}
		return r.rotate(l, operator, to)
	})
	return to.vkey, err
}

// prepareRotation makes the record of a rotation at an index.
func (l *Log) prepareRotation(index int64, old string, to successor, operator note.Signer) (*waiting, error) {
	detail, err := note.Sign(&note.Note{Text: rotationText(l.cfg.Origin, index, old, to.vkey)}, operator)
	if err != nil {
		return nil, fmt.Errorf("signing the rotation: %w", err)
	}
	return l.prepare(&Entry{Record: Record{Phase: PhaseEvent, Event: EventKey, Detail: string(detail)}})
}

func (e *embedded) signing() *signingKey { return e.key }

// rotate implements rotator. It runs on the committer, between two batches.
func (e *embedded) rotate(l *Log, operator note.Signer, to successor) error {
	w, err := l.prepareRotation(e.state().size, e.key.verifierKey(), to, operator)
	if err != nil {
		return err
	}
	if _, err := e.commit([]*waiting{w}); err != nil {
		return l.fail(err)
	}
	if err := e.key.succeed(to); err != nil {
		return l.fail(err)
	}
	if err := e.resign(); err != nil {
		return l.fail(err)
	}
	return nil
}

// resign signs the newest checkpoint with the present key, too, and makes that
// log/head: the head's signer is then the log's, unless the log ends with the
// rotation.
func (e *embedded) resign() error {
	c := e.state()
	msg, err := Checkpoint{Origin: e.cfg.Origin, Size: c.size, Root: c.root}.sign(e.key.signs())
	if err != nil {
		return fmt.Errorf("signing the checkpoint: %w", err)
	}
	e.mu.Lock()
	e.committed.note, e.headed = msg, 0
	e.mu.Unlock()
	return e.writeHead()
}

// pendingRotation returns the rotation that the log ends with, if it does, and
// finishes or drops a key change that a crash interrupted. The key has to be the
// one that the rotation introduces then: an older one, put back, must not go on.
func (e *embedded) pendingRotation(w *walk) (*rotation, error) {
	var rot *rotation
	var err error
	if w.tree.size > 0 {
		rot, err = e.key.rotationIn(w.leaf)
	}
	w.rotated = rot != nil
	if err != nil {
		return rot, err
	}
	if err := e.key.settle(rot); err != nil {
		return rot, err
	}
	if rot != nil && e.key.verifies().KeyHash() != rot.next.KeyHash() {
		return rot, tampered("the signing key is not the one that the log was rotated to")
	}
	return rot, nil
}

package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// Rotate replaces the log's signing key. The last record under the old key is
// the rotation, signed by the operator, whose verifier key must be
// Config.Operator. With next nil a key is made and replaces keys/log.key and
// keys/log.pub; otherwise nextKey is next's verifier key. It returns the new
// verifier key, which auditors have to be told.
func (l *Log) Rotate(ctx context.Context, operator, next note.Signer, nextKey string) (string, error) {
	e, ok := l.backend.(*embedded)
	if !ok {
		return "", invalid("this log's keys are rotated by its signer")
	}
	var vkey string
	err := l.exclusively(ctx, func() (err error) {
		vkey, err = e.rotate(l, operator, next, nextKey)
		return err
	})
	return vkey, err
}

// rotate runs on the committer, between two batches.
func (e *embedded) rotate(l *Log, operator, next note.Signer, nextKey string) (string, error) {
	if err := e.isOperator(operator); err != nil {
		return "", err
	}
	var err error
	ownKey := next == nil
	if ownKey {
		if next, nextKey, err = e.stageKey(); err != nil {
			return "", err
		}
	}
	v, err := note.NewVerifier(nextKey)
	if err != nil || v.Name() != e.cfg.Origin || next.Name() != v.Name() || next.KeyHash() != v.KeyHash() {
		return "", invalid("new key, its verifier and the origin do not belong together")
	}
	c := e.state()
	detail, err := note.Sign(&note.Note{Text: rotationText(e.cfg.Origin, c.size, e.vkey, nextKey)}, operator)
	if err != nil {
		return "", fmt.Errorf("signing the rotation: %w", err)
	}
	entry := &Entry{Record: Record{Phase: PhaseEvent, Event: EventKey, Detail: string(detail)}}
	w, err := l.prepare(entry)
	if err != nil {
		return "", err
	}
	if _, err := e.commit([]*waiting{w}); err != nil {
		return "", l.fail(err)
	}
	if ownKey {
		if err := e.adoptStagedKey(nextKey); err != nil {
			return "", l.fail(err)
		}
	}
	if err := e.useSigner(next, nextKey); err != nil {
		return "", l.fail(err)
	}
	if err := e.resign(); err != nil {
		return "", l.fail(err)
	}
	return nextKey, nil
}

// resign signs the newest checkpoint with the present key, too, and makes that
// log/head: the head's signer is then the log's, unless the log ends with the
// rotation.
func (e *embedded) resign() error {
	c := e.state()
	msg, err := Checkpoint{Origin: e.cfg.Origin, Size: c.size, Root: c.root}.sign(e.signer)
	if err != nil {
		return fmt.Errorf("signing the checkpoint: %w", err)
	}
	e.mu.Lock()
	e.committed.note, e.headed = msg, 0
	e.mu.Unlock()
	return e.writeHead()
}

func (e *embedded) isOperator(operator note.Signer) error {
	if strings.TrimSpace(e.cfg.Operator) == "" {
		return invalid("no operator key is configured")
	}
	v, err := verifiers([]string{e.cfg.Operator})
	if err != nil {
		return err
	}
	if operator == nil || operator.Name() != v[0].Name() || operator.KeyHash() != v[0].KeyHash() {
		return invalid("not the configured operator's key")
	}
	return nil
}

// stageKey makes the next key and keeps it beside the present one until the
// rotation is in the log.
func (e *embedded) stageKey() (note.Signer, string, error) {
	skey, vkey, err := GenerateKey(e.cfg.Origin)
	if err != nil {
		return nil, "", err
	}
	if err := writeFileSync(e.keyPath(nextKeyFile), []byte(skey+"\n")); err != nil {
		return nil, "", err
	}
	next, err := note.NewSigner(skey)
	return next, vkey, err
}

func (e *embedded) keyPath(name string) string { return filepath.Join(e.cfg.Dir, "keys", name) }

// adoptStagedKey makes the staged key the log's. The public key goes first: if
// a crash follows, loadSigner sees by it that the rotation is in the log.
func (e *embedded) adoptStagedKey(vkey string) error {
	if err := writeFileSync(e.keyPath(pubFile), []byte(vkey+"\n")); err != nil {
		return err
	}
	if err := os.Rename(e.keyPath(nextKeyFile), e.keyPath(keyFile)); err != nil {
		return fmt.Errorf("replacing the signing key: %w", err)
	}
	return syncDir(e.keyPath(""))
}

// finishKeyChange ends an adoption that a crash interrupted after log.pub.
func (e *embedded) finishKeyChange() error {
	staged, err := e.stagedKey()
	if err != nil || staged == "" {
		return err
	}
	pub, err := os.ReadFile(e.keyPath(pubFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the public key: %w", err)
	}
	if strings.TrimSpace(string(pub)) != staged {
		return nil
	}
	return e.adoptStagedKey(staged)
}

// stagedKey returns the verifier key of log.key.next, or "".
func (e *embedded) stagedKey() (string, error) {
	skey, err := os.ReadFile(e.keyPath(nextKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the next signing key: %w", err)
	}
	return verifierOf(strings.TrimSpace(string(skey)))
}

// pendingRotation returns the rotation that the log ends with, if it does, and
// finishes or drops a key change that a crash interrupted.
func (e *embedded) pendingRotation(w *walk) (*rotation, error) {
	rot, err := e.lastRotation(w)
	w.rotated = rot != nil
	if err != nil || e.cfg.Signer != nil {
		return rot, err
	}
	staged, err := e.stagedKey()
	if err != nil || staged == "" {
		return rot, err
	}
	if rot == nil || rot.nextKey != staged {
		return rot, os.Remove(e.keyPath(nextKeyFile))
	}
	if err := e.adoptStagedKey(staged); err != nil {
		return nil, err
	}
	return rot, e.loadSigner()
}

func (e *embedded) lastRotation(w *walk) (*rotation, error) {
	if w.tree.size == 0 {
		return nil, nil
	}
	rec, err := DecodeRecord(w.leaf)
	if err != nil {
		return nil, tampered("last record is malformed")
	}
	if rec.Event != EventKey {
		return nil, nil
	}
	rot, err := parseRotation(e.cfg.Origin, rec.Detail)
	if err != nil {
		return nil, err
	}
	op, err := verifiers([]string{e.cfg.Operator})
	if err != nil || !rot.signedBy(op[0]) {
		return nil, tampered("rotation of the signing key is not signed by the configured operator")
	}
	return rot, nil
}

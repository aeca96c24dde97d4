package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// RollbackError says that log/head or an anchor has seen a log that the one on
// disk does not extend: it is older, or another. It wraps ErrTampered.
type RollbackError struct {
	Name string     // what has seen it
	Have Checkpoint // the log on disk
	Seen Checkpoint // what was seen
}

// Error says which log was seen where.
func (r *RollbackError) Error() string {
	if r.Seen.Size > r.Have.Size {
		return fmt.Sprintf("%v: log ends at %d records but %s has seen %d", ErrTampered, r.Have.Size, r.Name, r.Seen.Size)
	}
	return fmt.Sprintf("%v: %s has seen another log of %d records", ErrTampered, r.Name, r.Seen.Size)
}

// Unwrap returns ErrTampered.
func (r *RollbackError) Unwrap() error { return ErrTampered }

// conflict keeps a rollback for checkRestore to judge; other errors pass.
func (rec *recovered) conflict(err error) error {
	var r *RollbackError
	if errors.As(err, &r) {
		rec.conflicts = append(rec.conflicts, r)
		return nil
	}
	return err
}

// newest returns the conflict that has seen most.
func (rec *recovered) newest() *RollbackError {
	best := rec.conflicts[0]
	for _, c := range rec.conflicts[1:] {
		if c.Seen.Size > best.Seen.Size {
			best = c
		}
	}
	return best
}

// SignRestore makes the operator's note that lets Open continue from a backup
// although r says that a later log was seen. It is good for this backup and
// this rollback only. Text:
//
//	counterfoil/restore/v1
//	<origin>
//	<size of the backup> <its root>
//	<size that was seen> <its root>
func SignRestore(r *RollbackError, operator note.Signer) ([]byte, error) {
	msg, err := note.Sign(&note.Note{Text: r.restoreText()}, operator)
	if err != nil {
		return nil, fmt.Errorf("signing the restore: %w", err)
	}
	return msg, nil
}

func (r *RollbackError) restoreText() string {
	return fmt.Sprintf("%s\n%s\n%d %s\n%d %s\n", restoreHeader, r.Have.Origin, r.Have.Size, r.Have.Root, r.Seen.Size, r.Seen.Root)
}

// checkRestore refuses a rollback, unless an operator's note allows this one.
func (e *embedded) checkRestore(rec *recovered) error {
	if len(rec.conflicts) == 0 {
		return nil
	}
	r := rec.newest()
	if len(e.cfg.Restore) == 0 {
		return r
	}
	text, sigs, err := splitNote(string(e.cfg.Restore))
	if err != nil {
		return errors.Join(r, err)
	}
	op, err := verifiers([]string{e.cfg.Operator})
	if err != nil {
		return errors.Join(r, invalid("no operator key is configured"))
	}
	if text != r.restoreText() || !verifiesNote(text, sigs, op[0]) {
		return errors.Join(r, invalid("restore note is not the operator's, or not for this rollback"))
	}
	return nil
}

// recordRestore appends the operator's note and makes the anchors accept the
// restored log.
func (e *embedded) recordRestore(ctx context.Context, l *Log, rec *recovered) error {
	if len(rec.conflicts) == 0 {
		return nil
	}
	r := Record{Phase: PhaseEvent, Event: EventRestore, Detail: string(e.cfg.Restore)}
	if _, err := l.Append(ctx, &Entry{Record: r}); err != nil {
		return fmt.Errorf("recording a restore: %w", err)
	}
	if err := e.writeHead(); err != nil {
		return err
	}
	h, err := e.head()
	if err != nil {
		return err
	}
	for _, a := range e.cfg.Anchors {
		if err := a.Reset(ctx, h); err != nil {
			return fmt.Errorf("resetting anchor %s: %w", a.Name(), err)
		}
	}
	return nil
}

// joinRestore checks the record of a restore: it must name the log before it,
// and the operator must have signed it.
func (v *verifier) joinRestore(index int64, rec *Record) error {
	text, sigs, err := splitNote(rec.Detail)
	lines := strings.Split(text, "\n")
	if err != nil || len(lines) != 5 || lines[0] != restoreHeader || lines[1] != v.report.Origin {
		return tampered("restore at index %d is malformed", index)
	}
	before := emptyRoot
	if v.last != "" {
		before = v.lastRoot
	}
	if lines[2] != fmt.Sprintf("%d %s", index, before) {
		return tampered("restore at index %d is of another place", index)
	}
	if v.operator == nil {
		v.warn("restore at index %d: no operator key is pinned, so its signature was not checked", index)
		return nil
	}
	if !verifiesNote(text, sigs, v.operator) {
		return tampered("restore at index %d is not signed by the operator", index)
	}
	v.warn("restore at index %d: the log continues from a backup; records that followed in the lost log are not here", index)
	return nil
}

package audit

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/note"
)

// keyID is the key's id as the head row has it.
func keyID(v note.Verifier) int64 { return int64(v.KeyHash()) }

// errReplaced means that the head names another key than this replica's.
func errReplaced() error {
	return invalid("the log is signed by another key than this replica has: after a rotation, give it the new keys/log.key and keys/log.pub, and restart it")
}

// replaced reports that a head is signed by another key than this replica has.
func (p *postgres) replaced(h pgHead) bool {
	return h.key != 0 && h.key != keyID(p.key.verifies())
}

func (p *postgres) signing() *signingKey { return p.key }

// rotate implements rotator: one transaction appends the rotation, publishes
// the last checkpoint of the old key, and says in the head row whose turn it is.
// A replica with the old key appends as before, but can't publish any more.
func (p *postgres) rotate(l *Log, operator note.Signer, to successor) error {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	if err := p.publish(ctx); err != nil {
		return err
	}
	next, err := p.recordRotation(ctx, l, operator, to)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.seen, p.signed = next, next.size
	err = p.key.succeed(to)
	p.mu.Unlock()
	if err != nil {
		return l.fail(err)
	}
	return nil
}

func (p *postgres) recordRotation(ctx context.Context, l *Log, operator note.Signer, to successor) (next pgHead, err error) {
	next, _, err = p.transact(ctx, func(old pgHead) (*turn, error) {
		if p.replaced(old) {
			return nil, errReplaced()
		}
		w, err := l.prepareRotation(old.size, p.key.verifierKey(), to, operator)
		if err != nil {
			return nil, err
		}
		v, err := note.NewVerifier(to.vkey)
		if err != nil {
			return nil, invalid("verifier key of the successor")
		}
		return &turn{batch: []*waiting{w}, sign: p.key.signs(), key: keyID(v)}, nil
	})
	var unknown *unknownOutcome
	if errors.As(err, &unknown) {
		next, _, err = p.resolve(unknown)
	}
	return next, err
}

// endsWithRotation returns the rotation that the log ends with at a size, nil
// if another record is there.
func (p *postgres) endsWithRotation(ctx context.Context, size int64) (*rotation, error) {
	if size == 0 {
		return nil, nil
	}
	b, err := pgSource{p}.page(ctx, size-1, size)
	if err != nil {
		return nil, err
	}
	return p.key.rotationIn(b.entries[0].leaf)
}

// checkKey makes this replica's key the one that the head names: if a rotation
// that it began itself was interrupted, it is finished; if another replica
// rotated, this one has to be given the key.
func (p *postgres) checkKey(ctx context.Context, h pgHead) error {
	staged, err := p.key.staged()
	if err != nil {
		return err
	}
	if p.replaced(h) && staged != "" {
		v, err := note.NewVerifier(staged)
		if err == nil && keyID(v) == h.key {
			err = errors.Join(p.key.adopt(staged), p.key.load())
		}
		if err != nil {
			return err
		}
	}
	if p.replaced(h) {
		return errReplaced()
	}
	return p.key.settle(nil)
}

// RestorePostgres lets a shared log go on from a backup of its database
// although an anchor has seen a later one. It appends the operator's note as a
// record and makes the anchors accept the log, so that OpenPostgres opens it. No
// replica may run. It returns what was approved, nil if there is nothing to
// restore. Errors are those of OpenPostgres.
func RestorePostgres(ctx context.Context, pool *pgxpool.Pool, cfg Config, operator note.Signer) (*RollbackError, error) {
	anchors := cfg.Anchors
	cfg.Anchors = nil
	l, err := OpenPostgres(ctx, pool, cfg)
	if err != nil {
		return nil, err
	}
	p := l.backend.(*postgres)
	if err := p.key.isOperator(operator); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	r, err := p.restore(ctx, l, anchors, operator)
	return r, errors.Join(err, l.Close())
}

func (p *postgres) restore(ctx context.Context, l *Log, anchors []Anchor, operator note.Signer) (*RollbackError, error) {
	h, err := p.readHead(ctx)
	if err != nil {
		return nil, err
	}
	r, err := p.newestRollback(ctx, anchors, h)
	if err != nil || r == nil {
		return r, err
	}
	// The record names the log before it, which needs a checkpoint of its own.
	if err := p.publish(ctx); err != nil {
		return nil, err
	}
	text, err := SignRestore(r, operator)
	if err != nil {
		return nil, err
	}
	receipt, err := l.Append(ctx, &Entry{Record: Record{Phase: PhaseEvent, Event: EventRestore, Detail: string(text)}})
	if err != nil {
		return nil, fmt.Errorf("recording a restore: %w", err)
	}
	if receipt.Index != h.size {
		return nil, tampered("another replica appended while the log was restored")
	}
	return r, p.resetAnchors(ctx, anchors)
}

// newestRollback asks every anchor and returns the conflict that has seen most.
func (p *postgres) newestRollback(ctx context.Context, anchors []Anchor, h pgHead) (*RollbackError, error) {
	head, err := p.anchorHead(h)
	if err != nil {
		return nil, err
	}
	var rec recovered
	for _, a := range anchors {
		_, err := a.Sync(ctx, head)
		if err := rec.conflict(err); err != nil {
			return nil, fmt.Errorf("comparing the log with anchor %s: %w", a.Name(), err)
		}
	}
	if len(rec.conflicts) == 0 {
		return nil, nil
	}
	return rec.newest(), nil
}

func (p *postgres) resetAnchors(ctx context.Context, anchors []Anchor) error {
	h, err := p.readHead(ctx)
	if err != nil {
		return err
	}
	if err := p.mirror.follow(ctx, h); err != nil {
		return err
	}
	head, err := p.anchorHead(h)
	if err != nil {
		return err
	}
	for _, a := range anchors {
		if err := a.Reset(ctx, head); err != nil {
			return fmt.Errorf("resetting anchor %s: %w", a.Name(), err)
		}
	}
	return nil
}

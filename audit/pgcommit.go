package audit

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/note"
)

// commit implements backend: one transaction takes the head row, inserts the
// records at the indexes that follow, and moves the head. READ COMMITTED is
// enough: the lock on the row makes batches serial.
func (p *postgres) commit(batch []*waiting) (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	next, first, err := p.transact(ctx, func(pgHead) (*turn, error) { return &turn{batch: batch}, nil })
	var unknown *unknownOutcome
	if errors.As(err, &unknown) {
		next, first, err = p.resolve(unknown)
	}
	if err != nil {
		return 0, err
	}
	p.saw(next)
	return first, nil
}

// unknownOutcome means that the answer to a COMMIT was lost.
type unknownOutcome struct {
	batch []*waiting
	first int64
	next  pgHead
	err   error
}

func (u *unknownOutcome) Error() string { return "outcome of a commit is unknown: " + u.err.Error() }

// A turn is what one transaction does with the head that it has taken: append
// a batch and, for a rotation, publish its checkpoint and name the next key.
type turn struct {
	batch []*waiting
	sign  note.Signer // nil if nothing is published
	key   int64       // with sign
}

// transact takes two round trips while it holds the head: begin and take it,
// then write and commit.
func (p *postgres) transact(ctx context.Context, do func(old pgHead) (*turn, error)) (next pgHead, first int64, err error) {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return next, 0, unavailable("beginning a batch", err)
	}
	// A connection that is given back inside a transaction is closed, which
	// rolls it back.
	defer conn.Release()
	old, err := p.take(ctx, conn)
	if err == nil {
		err = p.notOlder(old)
	}
	if err != nil {
		return next, 0, err
	}
	todo, err := do(old)
	if err != nil {
		return next, 0, err
	}
	t := old.tree()
	for _, w := range todo.batch {
		t.append(w.hash)
	}
	next = pgHead{t.size, t.root(), t.peaks, old.key}
	if todo.sign != nil {
		next.key = todo.key
	}
	err = p.write(ctx, conn, todo, old, next)
	if p.afterCommit != nil {
		err = p.afterCommit(err)
	}
	var refused *pgconn.PgError
	// An ERROR is the database's word that it rolled back. What is FATAL may have
	// come after the commit.
	if errors.As(err, &refused) && refused.SeverityUnlocalized == "ERROR" {
		return next, 0, unavailable("writing a batch", err)
	}
	if err != nil {
		return next, 0, &unknownOutcome{todo.batch, old.size, next, err}
	}
	return next, old.size, nil
}

// take begins the transaction and locks the head row.
func (p *postgres) take(ctx context.Context, conn *pgxpool.Conn) (pgHead, error) {
	b := &pgx.Batch{}
	b.Queue(`BEGIN ISOLATION LEVEL READ COMMITTED`)
	b.Queue(selectHead+` FOR UPDATE`, p.cfg.Origin)
	res := conn.SendBatch(ctx, b)
	_, err := res.Exec()
	h, err2 := scanHead(res.QueryRow())
	err = errors.Join(err, err2, res.Close())
	if err != nil && !errors.Is(err, ErrTampered) {
		err = unavailable("taking the head", err)
	}
	return h, err
}

// notOlder refuses a database that has lost what this replica has seen.
func (p *postgres) notOlder(h pgHead) error { return p.rolledBack(h, p.newest()) }

// rolledBack says if a head does not reach to the one seen before.
func (p *postgres) rolledBack(h, seen pgHead) error {
	if h.size < seen.size || h.size == seen.size && h.root != seen.root {
		return &RollbackError{
			Name: "this process",
			Have: Checkpoint{p.cfg.Origin, h.size, h.root}, Seen: Checkpoint{p.cfg.Origin, seen.size, seen.root},
		}
	}
	return nil
}

const insertRecords = `INSERT INTO audit_records (origin, idx, leaf_hash, leaf, sidecar, call_id)
	SELECT $1, $2 + ord - 1, h, l, s, c FROM unnest($3::bytea[], $4::bytea[], $5::bytea[], $6::text[]) WITH ORDINALITY AS t(h, l, s, c, ord)`

// moveHead fails, by a division, if the head is not where it was: then the
// COMMIT that is already on its way rolls back.
const moveHead = `WITH moved AS (UPDATE audit_head SET size = $2, root = $3, peaks = $4 WHERE origin = $1 AND size = $5 AND root = $6 RETURNING 1)
	SELECT 1 / count(*) FROM moved`

// write sends the records, the new head and the COMMIT in one round trip.
func (p *postgres) write(ctx context.Context, conn *pgxpool.Conn, todo *turn, old, next pgHead) error {
	batch := todo.batch
	hashes, leaves, sidecars := make([][]byte, len(batch)), make([][]byte, len(batch)), make([][]byte, len(batch))
	calls := make([]string, len(batch))
	for i, w := range batch {
		hashes[i], leaves[i], calls[i] = w.hash[:], w.leaf, strings.ReplaceAll(w.callID, "\x00", "")
		if len(w.sidecar) > 0 {
			sidecars[i] = w.sidecar
		}
	}
	b := &pgx.Batch{}
	b.Queue(insertRecords, p.cfg.Origin, old.size, hashes, leaves, sidecars, calls)
	b.Queue(moveHead, p.cfg.Origin, next.size, next.root[:], tileBytes(next.peaks), old.size, old.root[:])
	if todo.sign != nil {
		msg, err := Checkpoint{p.cfg.Origin, next.size, next.root}.sign(todo.sign)
		if err != nil {
			return err
		}
		b.Queue(`INSERT INTO audit_checkpoints (origin, size, note) VALUES ($1, $2, $3)`, p.cfg.Origin, next.size, msg)
		b.Queue(`UPDATE audit_head SET key = $2 WHERE origin = $1`, p.cfg.Origin, todo.key)
	}
	b.Queue(`COMMIT`)
	res := conn.SendBatch(ctx, b)
	var err error
	for range b.Len() {
		_, failed := res.Exec()
		err = errors.Join(err, failed)
	}
	return errors.Join(err, res.Close())
}

// resolve finds out whether a commit whose answer was lost has happened: the
// records of the batch are in the log or they are not. Leaf hashes are unique,
// because every record is salted.
func (p *postgres) resolve(u *unknownOutcome) (pgHead, int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), resolveTimeout)
	defer cancel()
	for {
		there, err := p.holds(ctx, u)
		if err == nil && there {
			return u.next, u.first, nil
		}
		if err == nil {
			return pgHead{}, 0, unavailable("committing a batch", u.err)
		}
		select {
		case <-ctx.Done():
			return pgHead{}, 0, unavailable("asking after a commit", err)
		case <-p.stop:
			return pgHead{}, 0, unavailable("asking after a commit", ErrClosed)
		case <-time.After(resolveEvery):
		}
	}
}

// holds reads the head under its lock, so that a commit still under way is
// waited for, and compares the leaf hashes where the batch would lie.
func (p *postgres) holds(ctx context.Context, u *unknownOutcome) (bool, error) {
	tx, err := p.pool.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	h, err := scanHead(tx.QueryRow(ctx, selectHead+` FOR UPDATE`, p.cfg.Origin))
	if err != nil || h.size < u.next.size {
		return false, err
	}
	var got [][]byte
	err = tx.QueryRow(ctx, `SELECT array_agg(leaf_hash ORDER BY idx) FROM audit_records WHERE origin = $1 AND idx >= $2 AND idx < $3`,
		p.cfg.Origin, u.first, u.next.size).Scan(&got)
	if err != nil || len(got) != len(u.batch) {
		return false, err
	}
	for i, w := range u.batch {
		if string(got[i]) != string(w.hash[:]) {
			return false, nil
		}
	}
	return true, nil
}

// synced is not known: the database syncs.
func (p *postgres) synced() time.Duration { return 0 }

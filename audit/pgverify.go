package audit

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/tlog"
)

// VerifyPostgres is Verify for a log that replicas share: it checks every
// record, every published checkpoint and the head row. Options that concern
// the data folder are not used. Records that no checkpoint covers yet are
// reported as a warning; the log is verified to its newest checkpoint.
func VerifyPostgres(ctx context.Context, pool *pgxpool.Pool, opt VerifyOptions) (*Report, error) {
	v := &verifier{opt: opt, report: &Report{Origin: opt.Origin}, marks: make(map[int64]tlog.Hash), tree: &tree{}}
	err := v.runPostgres(ctx, pool)
	v.conclude(err)
	return v.report, err
}

func (v *verifier) runPostgres(ctx context.Context, pool *pgxpool.Pool) error {
	if err := v.loadKeys(); err != nil {
		return err
	}
	if err := v.loadGiven(); err != nil {
		return err
	}
	p := &postgres{cfg: Config{Origin: v.report.Origin}, pool: pool}
	h, err := scanHead(pool.QueryRow(ctx, selectHead, p.cfg.Origin))
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%w: no log", ErrNothing)
	}
	if err != nil {
		return fmt.Errorf("reading the head: %w", err)
	}
	if h.size == 0 {
		return fmt.Errorf("%w: log is empty", ErrNothing)
	}
	if h, err = v.pgCheckpoints(ctx, pgSource{p}, h); err != nil {
		return err
	}
	return v.pgFinish(ctx, pgSource{p}, h)
}

// pgCheckpoints goes from checkpoint to checkpoint, and returns the head that it
// came to: the log may grow meanwhile.
func (v *verifier) pgCheckpoints(ctx context.Context, s pgSource, h pgHead) (pgHead, error) {
	v.noteRoot()
	for {
		c, err := s.nextCheckpoint(ctx, v.tree.size)
		if err != nil || c == nil {
			return h, err
		}
		if c.Size > h.size {
			if h, err = s.p.readHead(ctx); err != nil {
				return h, err
			}
		}
		if c.Size > h.size {
			return h, tampered("checkpoint %d is beyond the head at %d", c.Size, h.size)
		}
		if err := v.pgUpTo(ctx, s, c); err != nil {
			return h, err
		}
	}
}

// nextCheckpoint returns the first checkpoint after a size, nil if there is
// none.
func (s pgSource) nextCheckpoint(ctx context.Context, after int64) (*signedCheckpoint, error) {
	var size int64
	var msg []byte
	err := s.p.pool.QueryRow(ctx, `SELECT size, note FROM audit_checkpoints WHERE origin = $1 AND size > $2 ORDER BY size LIMIT 1`,
		s.p.cfg.Origin, after).Scan(&size, &msg)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a checkpoint: %w", err)
	}
	c, err := parseSigned(msg)
	if err != nil || c.Size != size {
		return nil, tampered("checkpoint %d is malformed", size)
	}
	return c, nil
}

// pgUpTo verifies the records up to a checkpoint, and the checkpoint.
func (v *verifier) pgUpTo(ctx context.Context, s pgSource, c *signedCheckpoint) error {
	first := v.tree.size
	var rot *rotation
	for v.tree.size < c.Size {
		if rot != nil {
			return afterRotation(v.tree.size)
		}
		b, err := v.pgPage(ctx, s, c.Size)
		if err != nil {
			return err
		}
		if rot, err = v.joinLeaves(b); err != nil {
			return err
		}
	}
	end, ok := endOf(string(c.msg), v.report.Origin)
	if !ok {
		return tampered("checkpoint %d is not signed by exactly the log", c.Size)
	}
	return v.joinCheckpoint(end, first, rot)
}

// pgEverySignature checks the signature of every checkpoint, now that the keys
// of all rotations are known.
func (v *verifier) pgEverySignature(ctx context.Context, s pgSource) error {
	if !v.opt.EverySignature {
		return nil
	}
	keys := v.allKeys()
	for at, end := int64(0), v.tree.size; at < end; {
		c, err := s.nextCheckpoint(ctx, at)
		if err != nil || c == nil || c.Size > end {
			return err
		}
		if c.verifiedByAny(keys) == nil {
			return tampered("checkpoint %d has a bad signature", c.Size)
		}
		v.report.Signatures++
		at = c.Size
	}
	return nil
}

func (v *verifier) pgPage(ctx context.Context, s pgSource, end int64) (*checkedBatch, error) {
	from := v.tree.size
	page, err := s.page(ctx, from, min(end, from+readPage))
	if err != nil {
		return nil, err
	}
	b := &checkedBatch{first: from}
	for i, e := range page.entries {
		rec := new(Record)
		if err := v.lookRecord(rec, from+int64(i), string(e.leaf), e.sidecar); err != nil {
			return nil, err
		}
		b.hashes, b.records = append(b.hashes, leafHash(e.leaf)), append(b.records, rec)
		v.report.Bytes += int64(len(e.leaf) + len(e.sidecar))
	}
	return b, nil
}

// pgFinish judges the newest checkpoint, then the records after it.
func (v *verifier) pgFinish(ctx context.Context, s pgSource, h pgHead) error {
	if v.last == "" {
		return fmt.Errorf("%w: no checkpoint is published", ErrNothing)
	}
	signed := v.tree.size
	if err := v.finish(); err != nil {
		return err
	}
	if err := v.pgEverySignature(ctx, s); err != nil {
		return err
	}
	for v.tree.size < h.size {
		b, err := v.pgPage(ctx, s, h.size)
		if err != nil {
			return err
		}
		if _, err := v.joinLeaves(b); err != nil {
			return err
		}
	}
	if v.tree.root() != h.root {
		return tampered("records contradict the head row")
	}
	if n := h.size - signed; n > 0 {
		v.warn("%d records after checkpoint %d are not signed yet", n, signed)
	}
	return nil
}

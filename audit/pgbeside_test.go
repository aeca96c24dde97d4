//go:build postgres

package audit

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// afterHead is a tracer that does something once, right after the head was read.
type afterHead struct{ do func() }

func (a *afterHead) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, a, q.SQL)
}

func (a *afterHead) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	if do := a.do; do != nil && ctx.Value(a) == selectHead {
		a.do = nil
		do()
	}
}

// traced is another pool on the same schema, with a tracer.
func traced(t *testing.T, pool *pgxpool.Pool) (*pgxpool.Pool, *afterHead) {
	t.Helper()
	after := &afterHead{}
	cfg := pool.Config()
	cfg.ConnConfig.Tracer = after
	p, err := pgxpool.NewWithConfig(ctxb, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, after
}

// grow has a replica append records and publish a checkpoint that covers them.
func grow(t *testing.T, l *Log, from, to int) {
	t.Helper()
	mustAppend(t, l, from, to)
	if err := l.backend.(*postgres).publish(ctxb); err != nil {
		t.Error(err)
	}
}

// pgBeside: another replica that appends and publishes right after this one has
// read the head is no tampering: neither when a log is opened nor when it is
// verified.
func pgBeside(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	busy := mustOpenPG(t, pool, cfg)
	grow(t, busy, 0, 3)
	slow, after := traced(t, pool)
	after.do = func() { grow(t, busy, 3, 6) }
	mustOpenPG(t, slow, cfg)
	if after.do != nil {
		t.Error("the head was not read while opening")
	}
	after.do = func() { grow(t, busy, 6, 9) }
	rep, err := verifyPG(t, slow, cfg)
	if err != nil || rep.Records != 9 || after.do != nil {
		t.Errorf("Verify: %v, %+v", err, rep)
	}
}

// overtaken is an anchor before which another replica comes once.
type overtaken struct {
	FileAnchor
	by func()
}

func (o *overtaken) Sync(ctx context.Context, h *Head) ([]byte, error) {
	if by := o.by; by != nil {
		o.by = nil
		by()
	}
	return o.FileAnchor.Sync(ctx, h)
}

// pgAnchorsBeside: an anchor that another replica has advanced meanwhile is no
// rollback, nor is a head that was read before this process went on recording.
func pgAnchorsBeside(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	file := FileAnchor{Path: filepath.Join(t.TempDir(), "anchor")}
	shared := &overtaken{FileAnchor: file}
	slow, after := traced(t, pool)
	a, b := mustOpenPG(t, slow, withAnchor(cfg, shared)), mustOpenPG(t, pool, withAnchor(cfg, file))
	mustAppend(t, a, 0, 3)
	shared.by = func() {
		mustAppend(t, b, 3, 6)
		if err := b.backend.(*postgres).syncAnchors(ctxb); err != nil {
			t.Error(err)
		}
	}
	if err := a.backend.(*postgres).syncAnchors(ctxb); err != nil || shared.by != nil {
		t.Errorf("overtaken by another replica: %v", err)
	}
	after.do = func() { mustAppend(t, a, 6, 9) }
	if err := a.backend.(*postgres).syncAnchors(ctxb); err != nil || after.do != nil {
		t.Errorf("overtaken by itself: %v", err)
	}
	mustAppend(t, a, 9, 10)
}

package tools

import (
	"context"
	"errors"
	"time"

	"github.com/counterfoil/counterfoil/audit"
)

// recordTimeout is what is left for the record after the call's own deadline, which
// a call that timed out or was cancelled has used up: room for a commit on a busy
// disk or database. So a caller has an answer within the two, and what little the
// log takes to give up, also where the database neither answers nor refuses.
const recordTimeout = 5 * time.Second

// conclude settles the budgets, records the outcome and only then answers. If
// the record cannot be made durable, nothing is served.
func (g *Gate) conclude(ctx context.Context, k *passage, failure error) Result {
	var q questioned
	if errors.As(failure, &q) {
		return g.concludeQuestion(ctx, k, q.Question)
	}
	err := g.harmless(classify(failure))
	if err != nil {
		k.document = nil
		g.explain(k, err)
	}
	k.steps.begin(stepRecord)
	ctx, cancel := k.recording(ctx)
	defer cancel()
	g.settle(ctx, k)
	receipt, failed := g.record(ctx, k, err)
	if failed != nil {
		g.cfg.Logger.Error("record not durable, nothing served", "call_id", k.id, "error", failed)
		g.observe(k, unrecorded(failed))
		return Result{CallID: k.id, Err: unrecorded(failed)}
	}
	g.observe(k, err)
	return Result{Document: k.document, Receipt: receipt, CallID: k.id, Err: err}
}

// settle settles what release has not. What can't be settled stays spent. Half of
// recordTimeout stays for the record.
func (g *Gate) settle(ctx context.Context, k *passage) {
	if k.settled {
		return
	}
	if by, bounded := ctx.Deadline(); bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, by.Add(-recordTimeout/2))
		defer cancel()
	}
	var err error
	if k.after, err = g.budgets.settle(ctx, k.reserved, k.served(g), int64(len(k.document)), k.limits); err != nil {
		g.cfg.Logger.Error("budget not settled, what was reserved stays spent", "call_id", k.id, "error", err)
	}
}

// concludeQuestion ends the first leg: the question is on record before it is
// put to anyone.
func (g *Gate) concludeQuestion(ctx context.Context, k *passage, q Question) Result {
	k.steps.begin(stepRecord)
	ctx, cancel := k.recording(ctx)
	defer cancel()
	g.settle(ctx, k) // there is no document yet
	e, err := g.entry(ctx, k, audit.PhaseIntent, nil)
	var receipt audit.Receipt
	if err == nil {
		receipt, err = g.cfg.Log.Append(ctx, e)
	}
	if err != nil {
		g.cfg.Logger.Error("question not durable, not asked", "call_id", k.id, "error", err)
		g.observe(k, unrecorded(err))
		return Result{CallID: k.id, Err: unrecorded(err)}
	}
	g.observe(k, nil)
	return Result{Receipt: receipt, CallID: k.id, Question: &q}
}

var errUnrecorded = errors.New("not recorded")

func unrecorded(err error) *Error {
	return &Error{CodeUnavailable, "the call could not be recorded, so nothing is served; tell the operator", errors.Join(errUnrecorded, err)}
}

// record makes the outcome's record and waits until it is durable.
func (g *Gate) record(ctx context.Context, k *passage, err *Error) (audit.Receipt, error) {
	e, failed := g.entry(ctx, k, audit.PhaseOutcome, err)
	if failed != nil {
		return audit.Receipt{}, failed
	}
	return g.cfg.Log.Append(ctx, e)
}

// explain tells the operator, and only the operator, what a call failed of.
func (g *Gate) explain(k *passage, err *Error) {
	if err.Code == CodeInternal || err.Code == CodeUnavailable {
		g.cfg.Logger.Error("call failed", "call_id", k.id, "code", string(err.Code), "error", err.Err)
	}
}

package tools

import (
	"context"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// maxShrinks bounds how often a result that is too long is made again with
// fewer rows. Each time at least halves the rows, so that 200 rows are down to
// one after eight.
const maxShrinks = 8

// produce executes the tool at the pinned snapshot and redacts what it gave.
// A document over the bound in bytes is made again with fewer whole rows.
func (g *Gate) produce(ctx context.Context, k *passage) error {
	redactor, err := g.redactors.at(ctx, g.cfg.Store, k.at, k.decision.Mask)
	if err != nil {
		return err
	}
	rows := k.rows
	for range maxShrinks + 1 {
		k.steps.begin(stepExecute)
		doc, err := g.execute(ctx, k, rows)
		if err != nil {
			return err
		}
		k.steps.begin(stepRedact)
		k.document, k.findings, err = redactor.Document(nil, doc, k.tool.classes)
		if err != nil {
			return err
		}
		size := int64(len(k.document))
		if size <= k.bytes {
			return g.lookAgain(redactor, k)
		}
		k.document = nil
		if k.facts.rows <= 1 || k.tool.spec.Effect != policy.EffectRead {
			break // an effect is never repeated
		}
		rows = max(1, min(k.facts.rows/2, k.facts.rows*k.bytes/size))
	}
	return &Error{Code: CodeLimit, Message: "even one row is larger than a result may be; ask for something narrower"}
}

// lookAgain is the second scan at the border to the model, written apart from
// the first. What it finds there is a fault of the first, which the operator
// has to hear of.
func (g *Gate) lookAgain(redactor *redact.Redactor, k *passage) error {
	if redactor.Clean(k.document) {
		return nil
	}
	k.document = nil
	return errSecondScan
}

// execute runs the tool once with at most rows rows.
func (g *Gate) execute(ctx context.Context, k *passage, rows int64) ([]byte, error) {
	r := g.newRun(k, rows)
	r.facts.labels = k.tool.labels
	r.facts.pages, r.facts.tokens, r.facts.asked = k.facts.pages, k.facts.tokens, k.facts.asked // of a first run that was too long
	out, err := k.tool.run(ctx, r, k.args)
	k.facts = r.facts
	if err != nil {
		return nil, err
	}
	return encode(out, k.tool.dropped(k.decision.Drop))
}

// newRun is what a tool's function gets: what it may read, and where it notes
// what it did.
func (g *Gate) newRun(k *passage, rows int64) *run {
	return &run{
		store:    g.cfg.Store,
		at:       k.at,
		today:    store.DateOf(k.now.In(k.zone)),
		scope:    predicateOf(k.decision.Rows, k.principal.Accounts),
		rows:     int(rows),
		position: k.position,
		limits:   k.limits,
		spent:    k.reserved.before,
		cfg:      &g.cfg,
		callID:   k.id,
		now:      k.now,
		traffic:  &k.traffic,
		idle:     k.idle,
		redactor: func(ctx context.Context) (*redact.Redactor, error) {
			return g.redactors.at(ctx, g.cfg.Store, k.at, k.decision.Mask)
		},
		progress: k.call.Progress,
		specs:    g.order,
		seal:     func(p store.Position) (string, error) { return g.cursors.seal(k, p) },
		who:      k.who,
		mac:      g.redactors.mac,
	}
}

// release lets the policy and the day's budgets see what is about to leave.
func (g *Gate) release(ctx context.Context, k *passage) (err error) {
	if err := g.letGo(ctx, k); err != nil {
		k.document = nil
		return err
	}
	if k.replaying {
		return nil
	}
	k.after, err = g.budgets.admit(ctx, k.reserved, k.served(g), int64(len(k.document)), k.limits)
	if err != nil {
		k.document = nil
		return err
	}
	k.settled = true
	return nil
}

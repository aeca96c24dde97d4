package tools

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// passage is one call on its way through the Gate: what came in, and what
// each step learned. The record is made from it.
type passage struct {
	id        string
	now       time.Time
	begun     time.Time // by this machine's clock, for deadlines
	zone      *time.Location
	salt      [32]byte
	principal policy.Principal
	who       string // pseudonym of the principal
	call      Call
	limits    Limits
	policy    *policy.Policy

	// bound
	tool     *tool
	args     *decoded
	reserved reservation
	rows     int64 // most rows the result may hold
	bytes    int64 // most bytes the document may have

	// pin
	at       store.Snapshot
	position store.Position

	// aim, decide
	target      *policy.Target
	preview     string // what a person is shown before they answer
	idle        *idle  // set if nobody is asked because nothing would change
	decision    policy.Decision
	approved    string // channel on whose word an ask went on, "" if none
	holding     bool   // the ask is about a result that is there
	predecessor string // call id of the first leg
	replaying   bool

	// produce
	traffic  traffic
	facts    facts
	document []byte
	findings []redact.Finding
	accounts map[string]struct{} // pseudonyms of those that the document shows, once asked

	// conclude
	settled bool // the budgets are
	after   audit.Usage

	steps *steps // nil without an observer
}

// toolName is the tool's, or "" if there is no such tool.
func (k *passage) toolName() string {
	if k.tool == nil {
		return ""
	}
	return k.tool.spec.Name
}

// deadline is when everything before the record has to have ended.
func (k *passage) deadline() time.Time {
	within := k.limits.Timeout
	if k.tool != nil {
		within = max(within, k.tool.patience)
	}
	return k.begun.Add(within)
}

// recording is a context for the record of a call, which is made whatever became of
// the call's own: until recordTimeout after the deadline.
func (k *passage) recording(ctx context.Context) (context.Context, context.CancelFunc) {
	by := k.deadline()
	if now := time.Now(); by.Before(now) {
		by = now // a step went on beyond it
	}
	return context.WithDeadline(context.WithoutCancel(ctx), by.Add(recordTimeout))
}

// request is the whole input of a decision.
func (k *passage) request(result *policy.ResultFacts) *policy.Request {
	return &policy.Request{
		Principal: k.principal,
		Client:    k.call.Client,
		Tool:      policy.Tool{Name: k.tool.spec.Name, Effect: k.tool.spec.Effect, Labels: k.tool.labels},
		Args:      k.args.byName,
		Now:       k.now,
		History:   k.reserved.history,
		Budget:    k.reserved.left,
		Target:    k.target,
		Result:    result,
	}
}

// oblige tightens the bounds by what the decision demands. It can only lower.
func (k *passage) oblige() {
	if n := k.decision.Limits.Rows; n > 0 {
		k.rows = min(k.rows, n)
	}
	if n := k.decision.Limits.Bytes; n > 0 {
		k.bytes = min(k.bytes, n)
	}
}

func (k *passage) resultFacts() *policy.ResultFacts {
	f := &policy.ResultFacts{
		Rows:     k.facts.rows,
		Bytes:    int64(len(k.document)),
		Findings: map[string]int64{},
		Labels:   k.facts.labels,
	}
	for _, found := range k.findings {
		f.Findings[string(found.Entity)] += int64(found.Count)
	}
	if k.facts.from != 0 {
		f.From, f.To = k.facts.from.Time(), k.facts.to.Time()
	}
	return f
}

// served is the facts of what leaves: if there is no document, only what was
// spent outside. The accounts are replaced by their pseudonyms, as records and
// books keep them.
func (k *passage) served(g *Gate) facts {
	if k.document == nil {
		return facts{pages: k.facts.pages, tokens: k.facts.tokens}
	}
	f := k.facts
	if k.accounts == nil {
		k.accounts = make(map[string]struct{}, len(f.accounts))
		for a := range f.accounts {
			k.accounts[g.pseudonym("account", k.principal.Tenant, a)] = struct{}{}
		}
	}
	f.accounts = k.accounts
	return f
}

// pseudonym stands for a principal or an account in the log: a keyed hash, so
// that equal ones can be told to be equal and nothing more.
func (g *Gate) pseudonym(kind, tenant, name string) string {
	sum := g.redactors.mac(kind + "\x00" + tenant + "\x00" + name)
	return hex.EncodeToString(sum[:16])
}

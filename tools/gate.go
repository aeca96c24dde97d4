// Package tools holds the Gate, the one way to run a tool, and the tools
// themselves. MCP, `counterfoil call`, the model bridge and the replayer all
// come through Gate.Call; a tool's run function is unexported, so nothing can
// go round it.
//
// The way of a call is attempt, in gate.go: bound, pin a snapshot, aim, decide,
// record the intent, and then, in produce.go, execute, redact, release. Call
// wraps it: whatever attempt came to, conclude records it and waits until the
// record is durable before anything is returned.
package tools

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/approvals"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// Config is what a Gate is made of. Store, Policy and Keys are required; the
// rest has safe defaults.
type Config struct {
	Store  store.Reader
	Policy *policy.Policy
	Keys   *seal.Keyring
	Log    *audit.Log // without one the Gate only replays: Call refuses

	// Model is the local language model; nil leaves out the tools that ask it.
	Model Model

	// Books are those that replicas share; nil keeps them in memory, counted
	// again from the log by New.
	Books Books

	// Approvals keeps the calls that wait for the operator; nil means that the
	// operator cannot be asked.
	Approvals *approvals.Folder
	// Notion is the way to Notion; nil means that there are no tools for it.
	Notion Notion

	// Limits holds the bounds of every principal, ByPrincipal those of some.
	Limits      Limits
	ByPrincipal map[string]Limits

	// Actions chooses per entity what redaction does; nil tokenises everything.
	Actions map[redact.Entity]redact.Action
	// Secrets are fingerprints of secrets that the config holds. Epoch is raised
	// whenever they or Actions change; it goes into every record.
	Secrets [][]byte
	Epoch   int64

	ConfigDigest string           // hex, of the canonical configuration
	Build        string           // version of this build
	Zone         *time.Location   // decides what "today" is; default UTC
	Now          func() time.Time // default time.Now
	Rand         io.Reader        // default crypto/rand.Reader
	Logger       *slog.Logger     // for the operator; default discards

	// Observer is told of every call; nil costs nothing.
	Observer Observer
}

// Gate runs tools. It is safe for concurrent use.
type Gate struct {
	cfg       Config
	tools     map[string]*tool
	absent    map[string]*tool // those whose need is not met
	order     []*tool
	policy    atomic.Pointer[policy.Policy]
	budgets   *budgets
	redactors *redactors
	cursors   cursors
	owners    owners
	refusals  *refusals
	used      usedStates

	recollection recollection
}

// New builds a Gate and counts what today's records say was already taken.
func New(ctx context.Context, cfg Config) (*Gate, error) {
	if cfg.Store == nil || cfg.Policy == nil || cfg.Keys == nil {
		return nil, errors.New("building the gate: store, policy and keys are required")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Limits = cfg.Limits.withDefaults()
	redactors, err := newRedactors(cfg)
	if err != nil {
		return nil, err
	}
	g := &Gate{
		cfg:       cfg,
		budgets:   newBudgets(cfg.Books),
		redactors: redactors,
		cursors:   cursors{keys: cfg.Keys},
		refusals:  newRefusals(),
	}
	g.policy.Store(cfg.Policy)
	g.order = offered(&g.cfg)
	if cfg.Log == nil {
		g.order = all() // a replay needs nothing that a tool reaches outside
	}
	g.tools, g.absent = byName(g.order), byName(all())
	for name := range g.tools {
		delete(g.absent, name)
	}
	return g, g.recount(ctx)
}

func byName(list []*tool) map[string]*tool {
	m := make(map[string]*tool, len(list))
	for _, t := range list {
		m[t.spec.Name] = t
	}
	return m
}

// SetPolicy replaces the policy; calls in flight keep the one they began with.
func (g *Gate) SetPolicy(p *policy.Policy) { g.policy.Store(p) }

// Call is one request to run a tool.
type Call struct {
	Tool     string                                  // name as received; internal tools are "@complete", "@resource", "@prompt"
	Args     []byte                                  // arguments as received, raw JSON; nil is {}
	Client   policy.Client                           // self-reported
	TraceID  string                                  // W3C trace id, 32 hex digits, or ""
	ParentID string                                  // W3C parent id within that trace, 16 hex digits, or ""
	Progress func(done, total int64, message string) // nil if not asked for
	CanAsk   bool                                    // the client can put a Question to a person
	Consent  *Consent                                // the answer to a Question, on the second leg
}

// Result is what may leave the process: the document is redacted, bounded and
// its record is durable.
type Result struct {
	// Document is the result as one JSON object, or nil if Err is set.
	Document []byte
	// Receipt says where the call is recorded. It goes into `_meta` under
	// "counterfoil/receipt". It is empty only if the log itself failed.
	Receipt audit.Receipt
	// CallID is the server-made id of the call.
	CallID string
	// Err is what the caller is told instead of a document.
	Err *Error
	// Question is set, and nothing else but Receipt and CallID, if a person has
	// to be asked first: call again with the answer.
	Question *Question
}

// Call runs one tool for one principal: bound, decide, execute, redact,
// record, return. It never panics and never returns an unrecorded document.
// "@complete" takes {"ref": tool or prompt name, "argument": name, "value":
// prefix} and answers {"values": […], "has_more": bool}; "@prompt" takes
// {"prompt": name, …its arguments} and answers {"description", "messages":
// [{"role", "text"}]}; "@resource" takes {"uri"} and answers {"uri",
// "mime_type", "text"}.
func (g *Gate) Call(ctx context.Context, p policy.Principal, c Call) Result {
	if g.cfg.Log == nil {
		return Result{Err: &Error{Code: CodeUnavailable, Message: "there is no log to record the call in, so nothing is served"}}
	}
	k := g.arrive(p, c)
	err := g.attempt(ctx, k)
	return g.conclude(ctx, k, err)
}

// attempt is the way of a call. Everything it learns is noted in k, so that
// conclude can record it whatever happened.
func (g *Gate) attempt(ctx context.Context, k *passage) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = internalPanic(v)
		}
	}()
	k.steps.begin(stepBound)
	mistake := g.understand(k)
	ctx, cancel := context.WithDeadline(ctx, k.deadline())
	defer cancel()
	if err := g.bound(ctx, k, mistake); err != nil {
		return err
	}
	k.steps.begin(stepPin)
	if err := g.pin(ctx, k); err != nil {
		return err
	}
	if err := g.aim(ctx, k); err != nil {
		return err
	}
	k.steps.begin(stepDecide)
	if err := g.decide(ctx, k); err != nil {
		return err
	}
	if err := g.intend(ctx, k); err != nil {
		return err
	}
	if err := g.produce(ctx, k); err != nil {
		return err
	}
	k.steps.begin(stepRelease)
	return g.release(ctx, k)
}

// arrive starts the passage of a call: its id, clock and salt.
func (g *Gate) arrive(p policy.Principal, c Call) *passage {
	k := &passage{
		principal: p,
		who:       g.pseudonym("principal", p.Tenant, p.Name),
		call:      c,
		now:       g.cfg.Now().UTC(),
		begun:     time.Now(),
		zone:      g.cfg.Zone,
		limits:    g.limitsOf(p),
		policy:    g.policy.Load(),
		steps:     g.watch(),
	}
	var id [16]byte
	mustRead(g.cfg.Rand, id[:])
	mustRead(g.cfg.Rand, k.salt[:])
	k.id = "call_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(id[:]))
	return k
}

func mustRead(r io.Reader, b []byte) {
	if _, err := io.ReadFull(r, b); err != nil {
		panic(err) // crypto/rand never fails; a test's reader must not either
	}
}

func (g *Gate) limitsOf(p policy.Principal) Limits {
	if l, ok := g.cfg.ByPrincipal[p.Name]; ok {
		return l.withDefaults()
	}
	return g.cfg.Limits
}

// bound reserves the worst case that the call could take from the principal's
// budgets. A mistake in the call itself is told if there was anything left.
func (g *Gate) bound(ctx context.Context, k *passage, mistake error) error {
	var worst audit.Usage // a call that can't run still counts as one
	if mistake == nil {
		worst = audit.Usage{
			Rows: k.limits.RowsPerCall, Bytes: k.limits.BytesPerCall,
			Pages: k.tool.cost.pages, Tokens: k.tool.cost.tokens,
		}
	}
	var spent error
	k.reserved, spent = g.budgets.reserve(ctx, k.who, k.toolName(), k.now, k.limits, worst)
	k.rows, k.bytes = k.reserved.taken.Rows, k.reserved.taken.Bytes
	if spent != nil {
		return spent
	}
	if mistake == errNoTool {
		return g.missing(k)
	}
	return mistake
}

// understand finds the tool and decodes its arguments strictly.
func (g *Gate) understand(k *passage) (err error) {
	t, ok := g.tools[k.call.Tool]
	if !ok {
		return errNoTool
	}
	k.tool = t
	k.args, err = t.shape.decode(k.call.Args)
	return err
}

// pin chooses the snapshot that the whole call reads at: the one its cursor
// carries, or the newest committed batch.
func (g *Gate) pin(ctx context.Context, k *passage) (err error) {
	if sealed := k.args.cursor(); sealed != "" {
		k.at, k.position, err = g.cursors.open(k, sealed)
		return err
	}
	k.at, err = g.cfg.Store.Snapshot(ctx)
	return err
}

// decide asks the policy and, if that says so, a person. Without an allow or an
// approval of this very call it ends here; only a call that would change nothing
// goes on unasked, without the means to change anything.
func (g *Gate) decide(ctx context.Context, k *passage) error {
	k.decision = k.judgeCall()
	switch k.decision.Effect {
	case policy.Allow:
		k.oblige()
		return nil
	case policy.Ask:
		k.oblige()
		if err := g.show(ctx, k); err != nil {
			return err
		}
		if k.idle != nil {
			return nil // there is nothing to approve
		}
		return g.approve(ctx, k)
	}
	return &Error{Code: CodeDenied, Message: "the policy does not allow this call" + because(k.decision.Reason)}
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// intend records an effect before it happens. Read-only tools have none, nor
// has a call that would change nothing.
func (g *Gate) intend(ctx context.Context, k *passage) error {
	if k.tool.spec.Effect == policy.EffectRead || k.idle != nil {
		return nil
	}
	k.steps.begin(stepIntend)
	e, err := g.entry(ctx, k, audit.PhaseIntent, nil)
	if err != nil {
		return err
	}
	_, err = g.cfg.Log.Append(ctx, e)
	return err
}

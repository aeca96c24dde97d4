package tools

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// Verdict is what a replay came to.
type Verdict string

// The verdicts. NotReplayable always comes with the reason.
const (
	Identical     Verdict = "identical"
	Different     Verdict = "different"
	NotReplayable Verdict = "not replayable"
)

// Replayed is the replay of one record.
type Replayed struct {
	CallID  string  `json:"call_id"`
	Tool    string  `json:"tool"`
	Verdict Verdict `json:"verdict"`
	Pointer string  `json:"pointer,omitempty"` // first JSON pointer that differs
	Why     string  `json:"why,omitempty"`
}

// Archive finds an archived policy by the hex digest in a record.
type Archive func(digest string) (*policy.Policy, error)

// IsCall reports whether a record is the outcome of a call, which replays.
func IsCall(r *audit.Record) bool { return r.Phase == audit.PhaseOutcome && r.CallID != "" }

// Replay runs a recorded call again: the same arguments, principal, clock,
// policy and snapshot, without budgets, effects or a new record. It compares
// the decision and the digest of the document.
func (g *Gate) Replay(ctx context.Context, r *audit.Record, sealed []byte, policies Archive) Replayed {
	out := Replayed{CallID: r.CallID, Tool: r.Tool}
	k, why := g.recall(nil, r, sealed, policies)
	if why == "" {
		why = g.unrepeatable(r)
	}
	if why != "" {
		out.Verdict, out.Why = NotReplayable, why
		return out
	}
	err := classify(g.again(ctx, k, store.Snapshot(r.Snapshot)))
	if err != nil && errors.Is(err, store.ErrSnapshotGone) {
		out.Verdict, out.Why = NotReplayable, "the snapshot is no longer kept"
		return out
	}
	out.Verdict, out.Pointer, out.Why = compare(k, r, err)
	if out.Verdict == Different && out.Why != whyDecided && r.RedactorEpoch != g.cfg.Epoch {
		out.Verdict, out.Pointer, out.Why = NotReplayable, "", whyRedaction
	}
	return out
}

// Why replays end that more than one place asks about. A redactor epoch covers the
// settings and the version of the redactor: what it makes of the same text may be
// something else under another.
const (
	whyDecided   = "the policy decided by another rule"
	whyRedaction = "the redaction settings or the version of the redactor have changed since"
)

// unrepeatable tells why a record can't be compared, "" if it can.
func (g *Gate) unrepeatable(r *audit.Record) string {
	switch Code(r.Error) {
	case CodeTimeout, CodeUnavailable, CodeInternal:
		return "the call ended with " + r.Error + ", which depends on the moment"
	case CodeLimit:
		if r.Detail == detailBudget {
			return "the call was refused for a spent budget, which depends on the moment"
		}
	}
	if t, ok := g.tools[r.Tool]; ok && t.digest != r.ToolDigest {
		return "this version of the program defines the tool differently; replay with build " + r.Build
	}
	return ""
}

// recalled is a passage as it was before it ran, with what was served.
type recalled struct {
	passage
	served  []byte
	missing bool // the server did not offer the tool then
}

// recall opens the sidecar, in the room of buf, and rebuilds the passage from
// it. Only the served document then lies there.
func (g *Gate) recall(buf []byte, r *audit.Record, sealed []byte, policies Archive) (*recalled, string) {
	s, err := g.openSidecar(buf, r, sealed)
	switch {
	case errors.Is(err, seal.ErrErased):
		return nil, "erased"
	case err != nil:
		return nil, "its sidecar does not open"
	}
	p, err := policies(r.PolicyDigest)
	if err != nil {
		return nil, "its policy is not in the archive"
	}
	clock, err := time.Parse(time.RFC3339Nano, r.Clock)
	if err != nil {
		return nil, "its clock is not readable"
	}
	zone, err := g.recollection.zone(s.Zone)
	if err != nil {
		return nil, "its time zone is not known on this machine"
	}
	k := &recalled{served: s.document, missing: g.wasMissing(r, s.Tool)}
	k.passage = passage{
		id:        r.CallID,
		now:       clock.UTC(),
		zone:      zone,
		salt:      [32]byte(s.Salt),
		principal: s.Principal,
		who:       r.Principal,
		call:      Call{Tool: s.Tool, Args: receivedArgs(r, s), Client: s.Client},
		limits:    s.Limits,
		policy:    p,
		reserved:  reservation{taken: audit.Usage{Rows: s.Rows, Bytes: s.Bytes}, before: s.Spent, history: s.History, left: s.Budget},
		rows:      s.Rows,
		bytes:     s.Bytes,
		approved:  s.Approved,
		target:    s.Target,
		traffic:   traffic{recorded: s.Exchanges, replaying: true},
		replaying: true,
	}
	return k, ""
}

// receivedArgs are the arguments of a call as it came in. Longer ones than any tool
// takes were not kept: what came of those depends on their length alone, so others
// that are as long stand for them.
func receivedArgs(r *audit.Record, s *sidecar) []byte {
	if s.Args == nil && r.ReceivedDigest != "" && audit.Commit([32]byte(s.Salt), "received_digest", nil) != r.ReceivedDigest {
		return make([]byte, maxRecordedArgs+1)
	}
	return s.Args
}

func (g *Gate) openSidecar(buf []byte, r *audit.Record, sealed []byte) (*sidecar, error) {
	plain, err := g.cfg.Keys.AppendOpenShared(buf[:0], seal.PurposeSidecar, []byte(r.CallID), sealed)
	if err != nil {
		return nil, err
	}
	return g.recollection.sidecar(plain)
}

// again goes the way of a call without reserving, recording or effects.
func (g *Gate) again(ctx context.Context, k *recalled, at store.Snapshot) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = internalPanic(v)
		}
	}()
	if k.missing {
		return errNoTool
	}
	if err := g.understand(&k.passage); err != nil {
		return err
	}
	if sealed := k.args.cursor(); sealed != "" {
		if _, k.position, err = g.cursors.open(&k.passage, sealed); err != nil {
			return err
		}
	}
	k.at = at
	if err := g.aimAgain(ctx, &k.passage); err != nil {
		return err
	}
	if err := g.decide(ctx, &k.passage); err != nil {
		return err
	}
	if err := g.produce(ctx, &k.passage); err != nil {
		return err
	}
	return g.release(ctx, &k.passage)
}

// aimAgain goes through the exchanges by which the target was found; what the
// policy decides on is the target that it decided on then.
func (g *Gate) aimAgain(ctx context.Context, k *passage) error {
	recorded := k.target
	if err := g.aim(ctx, k); err != nil {
		return err
	}
	if recorded != nil {
		k.target = recorded
	}
	return nil
}

func compare(k *recalled, r *audit.Record, err *Error) (Verdict, string, string) {
	code := ""
	if err != nil {
		code = string(err.Code)
	}
	if why := k.traffic.unsent(); why != "" {
		return Different, k.traffic.pointer, why
	}
	switch {
	case code != r.Error:
		return Different, "", "it ended with " + orNothing(r.Error) + ", now with " + orNothing(code)
	case string(k.decision.Effect) != r.Decision || k.decision.Rule != r.Rule:
		return Different, "", whyDecided
	case err != nil:
		return Identical, "", ""
	case audit.Commit(k.salt, "result_digest", k.document) == r.ResultDigest:
		return Identical, "", ""
	}
	return Different, firstDifference(k.served, k.document), "the result differs"
}

func orNothing(code string) string {
	if code == "" {
		return "a result"
	}
	return code
}

// firstDifference returns the JSON pointer (RFC 6901) of the first value, in
// the order of a, in which two documents differ.
func firstDifference(a, b []byte) string {
	var x, y any
	if decodeNumbers(a, &x) != nil || decodeNumbers(b, &y) != nil {
		return ""
	}
	pointer, _ := differ("", x, y)
	return pointer
}

func decodeNumbers(doc []byte, into any) error {
	in := json.NewDecoder(bytes.NewReader(doc))
	in.UseNumber()
	return in.Decode(into)
}

// Reconsidered is what another policy would have decided on a recorded call.
type Reconsidered struct {
	CallID  string        `json:"call_id"`
	Tool    string        `json:"tool"`
	Before  policy.Effect `json:"before"`
	After   policy.Effect `json:"after"`
	OldRule string        `json:"old_rule,omitempty"`
	NewRule string        `json:"new_rule,omitempty"`
	Reason  string        `json:"reason,omitempty"`
	Why     string        `json:"why,omitempty"` // why it could not be reconsidered
}

// Changed reports whether the other policy decides otherwise.
func (r Reconsidered) Changed() bool { return r.Why == "" && r.Before != r.After }

// Reconsider decides a recorded call under another policy. Nothing is run: the
// facts of the result, for release rules, are those in the record.
func (g *Gate) Reconsider(r *audit.Record, sealed []byte, p *policy.Policy) Reconsidered {
	out := Reconsidered{CallID: r.CallID, Tool: r.Tool, Before: policy.Effect(r.Decision), OldRule: r.Rule}
	if r.Decision == "" {
		out.Why = "it was refused before the policy was asked"
		return out
	}
	buf := g.recollection.buffer(len(sealed))
	defer g.recollection.release(buf) // the document is not looked at
	k, why := g.recall(*buf, r, sealed, func(string) (*policy.Policy, error) { return p, nil })
	if why != "" {
		out.Why = why
		return out
	}
	if g.understand(&k.passage) != nil {
		out.Why = "its arguments are no longer accepted"
		return out
	}
	d := p.Decide(k.request(nil))
	if d.Effect == policy.Allow && r.ResultDigest != "" {
		if late := p.Release(k.request(recordedFacts(r))); late.Effect != policy.Allow {
			d = late
		}
	}
	out.After, out.NewRule, out.Reason = d.Effect, d.Rule, d.Reason
	return out
}

func recordedFacts(r *audit.Record) *policy.ResultFacts {
	f := &policy.ResultFacts{Rows: r.Rows, Bytes: r.Bytes, Labels: labelsOf(r.Labels), Findings: map[string]int64{}}
	for _, c := range r.Findings {
		f.Findings[c.Name] += c.N
	}
	if from, err := store.ParseDate(r.From); err == nil {
		to, _ := store.ParseDate(r.To)
		f.From, f.To = from.Time(), to.Time()
	}
	return f
}

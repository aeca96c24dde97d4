package tools

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/approvals"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// Asking a person. A rule that says ask names its channel.
//
// client: the Gate answers with a Question; the edge puts it to the person
// behind the client, and calls again with a Consent. The question's state is
// sealed and bound to principal, tool, arguments and policy; it is good once,
// and not for long. Both legs share one call id; only if a result that is there is
// asked about, the second names the first as its predecessor. What the client says is
// recorded as asserted by the client, because an autonomous client can answer
// itself.
//
// operator: the call is refused with the id of a request; the operator answers
// with a key that agents do not hold, and the same call then goes through once.

// Question is what a person is asked before a call goes on.
type Question struct {
	Text    string // what will happen, redacted, to be shown as it is
	State   string // sealed; comes back with the answer
	Expires time.Time
}

// Consent is a person's answer as the client gave it.
type Consent struct {
	State    string
	Accepted bool
}

// questionLifetime is how long a person has to answer in the client.
const questionLifetime = 5 * time.Minute

// maxState bounds a question's state in characters.
const maxState = 1024

// questioned ends the first leg of a call that a person is asked about.
type questioned struct{ Question }

// Error implements error; it is never shown.
func (questioned) Error() string { return "a person is asked" }

// state is what the sealed state of a question holds besides its binding.
type state struct {
	CallID  string    `json:"call_id"`
	Expires time.Time `json:"expires"`
}

// approve asks a person, or takes the answer that is there. It returns nil only
// if this very call may go on; k.approved then says on whose word.
func (g *Gate) approve(ctx context.Context, k *passage) error {
	switch {
	case k.approved != "": // a replay: the record says who approved
		return nil
	case k.replaying:
		return refusedAsk(k, "")
	case k.decision.Channel == channelClient && k.call.Consent != nil:
		return g.consent(ctx, k)
	case k.decision.Channel == channelClient && k.call.CanAsk:
		return g.question(k)
	case g.cfg.Approvals == nil:
		return refusedAsk(k, "and nobody can be asked here")
	}
	return g.askOperator(ctx, k)
}

const (
	channelClient   = "client"
	channelOperator = "operator"
)

func refusedAsk(k *passage, how string) error {
	text := "a person has to approve this call"
	if how != "" {
		text += ", " + how
	}
	return &Error{Code: CodeDenied, Message: text + because(k.decision.Reason)}
}

// approvalBinding is what an approval is tied to: principal, tool, policy,
// every argument, and what the person was shown.
func approvalBinding(k *passage) []byte {
	h := sha256.New()
	digest := k.policy.Digest()
	for _, part := range [][]byte{[]byte(k.principal.Tenant), []byte(k.principal.Name), []byte(k.tool.digest), digest[:], k.args.canonical(), []byte(k.preview)} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write(part)
	}
	return h.Sum(nil)
}

// question ends the first leg.
func (g *Gate) question(k *passage) error {
	text, err := g.redactors.text("Counterfoil asks: may " + k.principal.Name + " run " + k.tool.spec.Name +
		" with " + string(k.args.canonical()) + "? " + k.decision.Reason)
	if err != nil {
		return err
	}
	if k.preview != "" {
		text += "\n\n" + k.preview
	}
	s := state{CallID: k.id, Expires: k.now.Add(questionLifetime)}
	plain, err := json.Marshal(s)
	if err != nil {
		return err
	}
	sealed, err := g.cfg.Keys.Seal(seal.PurposeApproval, "", approvalBinding(k), plain)
	if err != nil {
		return err
	}
	return questioned{Question{Text: text, State: base64.RawURLEncoding.EncodeToString(sealed), Expires: s.Expires}}
}

var errConsent = &Error{Code: CodeDenied, Message: "this approval does not belong to this call, has expired or was used; call again without it to ask anew"}

// consent takes the client's answer to a question. The call goes on under the
// id of its first leg, or names that as its predecessor.
func (g *Gate) consent(ctx context.Context, k *passage) error {
	s, err := g.openState(k)
	if err != nil {
		return err
	}
	k.predecessor = s.CallID
	if !k.holding { // else it ran under its own id already, which the result may hold
		k.id = s.CallID
	}
	first, err := g.firstUse(ctx, s, k.now)
	if err != nil {
		return err
	}
	if !first {
		return errConsent
	}
	if !k.call.Consent.Accepted {
		if err := g.recordApproval(ctx, k, channelClient, "declined"); err != nil {
			return err
		}
		return refusedAsk(k, "and it was declined")
	}
	if err := g.recordApproval(ctx, k, channelClient, "approved"); err != nil {
		return err
	}
	k.approved = channelClient
	return nil
}

func (g *Gate) openState(k *passage) (*state, error) {
	text := k.call.Consent.State
	if len(text) > maxState {
		return nil, errConsent
	}
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, errConsent
	}
	plain, err := g.cfg.Keys.Open(seal.PurposeApproval, "", approvalBinding(k), sealed)
	if err != nil {
		return nil, errConsent
	}
	var s state
	if err := json.Unmarshal(plain, &s); err != nil || !k.now.Before(s.Expires) {
		return nil, errConsent
	}
	return &s, nil
}

// askOperator takes the operator's answer to this very call, or opens a request.
func (g *Gate) askOperator(ctx context.Context, k *passage) error {
	binding := hex.EncodeToString(approvalBinding(k))
	r, answer, err := g.cfg.Approvals.Take(binding, k.now)
	if err != nil {
		return err
	}
	switch answer {
	case approvals.Approve:
		k.approved = channelOperator
		return g.recordApproval(ctx, k, channelOperator, "approved "+r.ID)
	case approvals.Deny:
		if err := g.recordApproval(ctx, k, channelOperator, "denied "+r.ID); err != nil {
			return err
		}
		return refusedAsk(k, "and the operator denied it")
	}
	args, err := g.redactors.text(string(k.args.canonical()))
	if err != nil {
		return err
	}
	r, err = g.cfg.Approvals.Ask(approvals.Request{
		Binding: binding, Principal: k.principal.Name, Tool: k.tool.spec.Name, Args: args, Reason: k.decision.Reason, Preview: k.preview,
	}, k.now)
	if errors.Is(err, approvals.ErrFull) {
		return &Error{CodeLimit, "too many calls wait for the operator; try again when some are answered", err}
	}
	if err != nil {
		return err
	}
	return refusedAsk(k, "the operator was asked under "+r.ID+"; make the same call again once it is approved")
}

// recordApproval puts an answer and whose it is on record before it has any
// effect.
func (g *Gate) recordApproval(ctx context.Context, k *passage, channel, detail string) error {
	e := &audit.Entry{Record: audit.Record{
		Time:      k.now,
		Phase:     audit.PhaseEvent,
		Event:     eventApproval,
		CallID:    cmp.Or(k.predecessor, k.id), // of the leg that was asked about
		Principal: k.who,
		Tool:      k.tool.spec.Name,
		Rule:      k.decision.Rule,
		Detail:    channel + " " + detail,
		Build:     g.cfg.Build,
	}}
	ctx, cancel := k.recording(ctx)
	defer cancel()
	_, err := g.cfg.Log.Append(ctx, e)
	return err
}

// eventApproval is the event of a record that says who approved or declined.
const eventApproval = "approval"

// usedStates remembers which questions were answered, until they expire. The
// approval records fill it again after a restart.
type usedStates struct {
	mu  sync.Mutex
	ids map[string]time.Time
}

// firstUse reports whether a question is answered for the first time, on any
// replica.
func (g *Gate) firstUse(ctx context.Context, s *state, now time.Time) (bool, error) {
	if g.cfg.Books != nil {
		return g.cfg.Books.First(ctx, s.CallID)
	}
	return g.used.first(s.CallID, s.Expires, now), nil
}

// maxUsedStates bounds the answered questions remembered; within five minutes
// nobody answers more. Beyond it no answer is taken.
const maxUsedStates = 10_000

// first reports whether a question is answered for the first time.
func (u *usedStates) first(id string, expires, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ids == nil {
		u.ids = map[string]time.Time{}
	}
	if _, used := u.ids[id]; used {
		return false
	}
	if len(u.ids) >= maxUsedStates {
		for old, end := range u.ids {
			if !now.Before(end) {
				delete(u.ids, old)
			}
		}
		if len(u.ids) >= maxUsedStates {
			return false
		}
	}
	u.ids[id] = expires
	return true
}

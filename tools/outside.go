package tools

import (
	"bytes"
	"context"
	"fmt"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
)

// Where a tool may exchange bytes with.
const (
	outsideNotion = "notion"
	outsideModel  = "model"
)

// exchange is one piece of traffic with something outside the process: what was
// handed over, and what came back or how it failed. The record commits to it,
// the sidecar keeps it, and a replay is fed from it.
type exchange struct {
	To      string `json:"to"`
	Sent    []byte `json:"sent,omitzero"`
	Answer  []byte `json:"answer,omitzero"`
	Code    Code   `json:"code,omitzero"` // of the error, "" without one
	Message string `json:"message,omitzero"`
	Detail  string `json:"detail,omitzero"` // fixed vocabulary: model, parameters, counts
}

// traffic is the exchanges of one call, in order. A replay has recorded ones
// and repeats none.
type traffic struct {
	list      []exchange
	recorded  []exchange
	replaying bool
	size      int
	// diverged tells what a replay would have handed over otherwise, "" if
	// nothing; pointer is where in the payload.
	diverged, pointer string
}

// maxExchanged bounds what one call exchanges with the outside, in bytes: with
// a result document of the largest size it still fits a sidecar.
const maxExchanged = audit.MaxSidecar * 5 / 16

// maxExchanges bounds their number: a page of 5,000 blocks takes some hundred
// requests.
const maxExchanges = 2_000

var errDiverged = &Error{Code: CodeConflict, Message: "the call no longer hands over what it did"}

// outside is the one way in which a tool hands bytes to something outside the
// process. sent must be a function of the arguments, the snapshot, the clock and
// earlier answers, and everything the tool learns must come back as answer: then
// the call replays. do returns the answer, and a detail of fixed vocabulary that
// goes into the record as it is. In a replay do does not run: what was sent then
// is compared, and what came back then is returned.
func (r *run) outside(ctx context.Context, to string, sent []byte, do func(context.Context) (answer []byte, detail string, err error)) ([]byte, error) {
	t := r.traffic
	if t.replaying {
		return t.replay(to, sent)
	}
	if t.size+len(sent) > maxExchanged || len(t.list) >= maxExchanges {
		return nil, &Error{Code: CodeLimit, Message: "the call exchanges more with the outside than one call may; ask for less"}
	}
	answer, detail, err := do(ctx)
	if err == nil && t.size+len(sent)+len(answer) > maxExchanged {
		err = &Error{Code: CodeLimit, Message: "more came back from outside than one call may take; ask for less"}
	}
	x := exchange{To: to, Sent: sent, Answer: answer, Detail: detail}
	if failed := classify(err); failed != nil {
		x.Answer, x.Code, x.Message = nil, failed.Code, failed.Message
	}
	t.size += len(x.Sent) + len(x.Answer)
	t.list = append(t.list, x)
	return x.Answer, err
}

// replay compares with the next recorded exchange and returns its answer.
func (t *traffic) replay(to string, sent []byte) ([]byte, error) {
	n := len(t.list)
	if n >= len(t.recorded) {
		t.diverged = fmt.Sprintf("it would hand something over to %s a further time", to)
		return nil, errDiverged
	}
	x := t.recorded[n]
	t.list = append(t.list, x)
	if x.To != to || !bytes.Equal(x.Sent, sent) {
		t.diverged = fmt.Sprintf("what it hands over to %s differs (exchange %d)", to, n+1)
		t.pointer = firstDifference(x.Sent, sent)
		return nil, errDiverged
	}
	if x.Code != "" {
		return nil, &Error{Code: x.Code, Message: x.Message}
	}
	return x.Answer, nil
}

// unsent tells of a recorded exchange that a replay did not come to.
func (t *traffic) unsent() string {
	if t.diverged != "" || len(t.list) == len(t.recorded) {
		return t.diverged
	}
	return fmt.Sprintf("it handed something over to %s that it would not now (exchange %d)", t.recorded[len(t.list)].To, len(t.list)+1)
}

// describeTraffic puts commitments to the exchanges into a record, and what was
// spent outside: in an intent, what is set aside for that.
func (k *passage) describeTraffic(e *audit.Entry) {
	for i, x := range k.traffic.list {
		out := audit.Exchange{To: x.To, Sent: e.Commit(fmt.Sprintf("sent/%d", i), x.Sent), Error: string(x.Code), Detail: x.Detail}
		if x.Code == "" {
			out.Answer = e.Commit(fmt.Sprintf("answer/%d", i), x.Answer)
		}
		e.Record.Exchanges = append(e.Record.Exchanges, out)
	}
	e.Record.Pages, e.Record.Tokens = k.facts.pages, k.facts.tokens
	if e.Record.Phase == audit.PhaseIntent && !isQuestion(&e.Record) {
		e.Record.Pages, e.Record.Tokens = k.reserved.taken.Pages, k.reserved.taken.Tokens
	}
}

// aim finds where a write would go, before the policy decides on it.
func (g *Gate) aim(ctx context.Context, k *passage) (err error) {
	if k.tool.target == nil {
		return nil
	}
	k.steps.begin(stepAim)
	k.target, err = k.tool.target(ctx, g.newRun(k, k.rows), k.args)
	return err
}

// show makes what a person is shown before an ask is answered: exactly what
// the call would do. If that is nothing, k.idle says so; a replay of a call that
// was approved goes the way that it went.
func (g *Gate) show(ctx context.Context, k *passage) error {
	if k.tool.preview == nil {
		return nil
	}
	p, err := k.tool.preview(ctx, g.newRun(k, k.rows), k.args)
	if err != nil {
		return err
	}
	if k.approved == "" {
		k.idle = p.idle
	}
	redactor, err := g.redactors.at(ctx, g.cfg.Store, k.at, nil)
	if err != nil {
		return err
	}
	clean, _, err := redactor.Text(nil, []byte(p.text))
	k.preview = string(clean)
	return err
}

// costs is the worst case of what one call takes beside rows and bytes.
type costs struct{ pages, tokens int64 }

// isQuestion reports whether an intent only records that a person was asked.
func isQuestion(r *audit.Record) bool {
	return r.Phase == audit.PhaseIntent && r.Decision == string(policy.Ask) && !approvedIn(r.Obligations)
}

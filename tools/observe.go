package tools

import (
	"errors"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
)

// Observer is told what calls came to, for metrics and traces. It learns names
// that this program declares, counts, codes and times, and nothing that a
// client, the store or a model said. It must not block and must not keep o.
type Observer interface {
	// Observe is called once for each call, after its record is durable or has
	// failed.
	Observe(o *Observation)
	// Refused is called for each request that was turned away before it became a
	// call.
	Refused(code Code)
}

// UnknownTool stands for every tool name that is not declared.
const UnknownTool = "unknown"

// Observation is one call.
type Observation struct {
	Tool     string          // a declared name, or UnknownTool
	CallID   string          // as in the record and in log lines
	TraceID  string          // W3C trace id that the client sent, or ""
	ParentID string          // W3C parent id that the client sent, or ""
	Decision policy.Effect   // "" if the call did not come to a decision
	Code     Code            // of the error, "" without one
	Steps    []Step          // in the order in which they were taken
	Rows     int64           // in the result
	Bytes    int64           // of the result document
	Pages    int64           // written outside
	Tokens   int64           // of a model, prompt and output
	Asked    []time.Duration // each question to a model
	// Decided and Released are what the policy took to decide on the call, and on
	// letting its result go.
	Decided, Released Judged
	// Findings are the redactions by entity.
	Findings map[string]int64
	// Spent is what the principal has taken today, with this call, and Limits the
	// bounds that it counts against.
	Spent  audit.Usage
	Limits Limits
	// Alert is set where the operator has to act: one of Alerts.
	Alert string
}

// Judged is what a policy evaluated for one call, and how long that took without
// the waiting for a person. It is zero if the policy was not asked.
type Judged struct {
	Rules policy.Count
	Took  time.Duration
}

// What an operator has to act on.
const (
	AlertSecondScan = "second_scan" // the second scan found what the redactor let pass
	AlertUnrecorded = "unrecorded"  // a record could not be made durable
)

// Alerts lists what Observation.Alert may be.
var Alerts = []string{AlertSecondScan, AlertUnrecorded}

// alertOf says which alert an error is, "" if it is none.
func alertOf(err *Error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errSecondScan):
		return AlertSecondScan
	case errors.Is(err, errUnrecorded):
		return AlertUnrecorded
	}
	return ""
}

// Step is one step of a call. Its times are of the machine's clock, not of
// Config.Now.
type Step struct {
	Name  string // one of StepNames
	Start time.Time
	Took  time.Duration
}

// The steps of a call, as attempt and conclude take them. What a tool has no
// use for (aim and intend, for one that only reads) is not taken.
const (
	stepBound   = "bound"
	stepPin     = "pin"
	stepAim     = "aim"
	stepDecide  = "decide"
	stepIntend  = "intend"
	stepExecute = "execute"
	stepRedact  = "redact"
	stepRelease = "release"
	stepRecord  = "record"
)

// StepNames lists the steps in their order.
var StepNames = []string{stepBound, stepPin, stepAim, stepDecide, stepIntend, stepExecute, stepRedact, stepRelease, stepRecord}

// maxSteps holds every step once, and two more for each time that a result is
// made again.
const maxSteps = 9 + 2*maxShrinks

// steps takes the times of a passage. Its methods do nothing on nil.
type steps struct {
	list [maxSteps]Step
	n    int

	decided, released Judged
}

// watch returns what takes times, or nil if nobody wants them.
func (g *Gate) watch() *steps {
	if g.cfg.Observer == nil {
		return nil
	}
	return &steps{}
}

// begin ends the step before and begins the next.
func (s *steps) begin(name string) {
	if s == nil || s.n == maxSteps {
		return
	}
	now := time.Now()
	s.end(now)
	s.list[s.n] = Step{Name: name, Start: now}
	s.n++
}

func (s *steps) end(now time.Time) {
	if s.n > 0 {
		last := &s.list[s.n-1]
		last.Took = now.Sub(last.Start)
	}
}

// judgeCall has the policy decide on the call.
func (k *passage) judgeCall() policy.Decision {
	r := k.request(nil)
	if k.steps == nil {
		return k.policy.Decide(r)
	}
	defer k.steps.decided.since(time.Now())
	r.Count = &k.steps.decided.Rules
	return k.policy.Decide(r)
}

// judgeResult has the policy decide on letting the result go.
func (k *passage) judgeResult() policy.Decision {
	r := k.request(k.resultFacts())
	if k.steps == nil {
		return k.policy.Release(r)
	}
	defer k.steps.released.since(time.Now())
	r.Count = &k.steps.released.Rules
	return k.policy.Release(r)
}

func (j *Judged) since(begun time.Time) { j.Took += time.Since(begun) }

// observe tells the observer what a call came to.
func (g *Gate) observe(k *passage, err *Error) {
	if k.steps == nil {
		return
	}
	k.steps.end(time.Now())
	o := Observation{
		Tool: UnknownTool, CallID: k.id, TraceID: k.call.TraceID, ParentID: k.call.ParentID,
		Decision: k.decision.Effect, Steps: k.steps.list[:k.steps.n],
		Pages: k.facts.pages, Tokens: k.facts.tokens, Asked: k.facts.asked, Spent: k.after, Limits: k.limits, Alert: alertOf(err),
		Decided: k.steps.decided, Released: k.steps.released,
	}
	if k.tool != nil {
		o.Tool = k.tool.spec.Name
	}
	if err != nil {
		o.Code = err.Code
	} else if k.document != nil {
		o.Rows, o.Bytes = k.facts.rows, int64(len(k.document))
	}
	if len(k.findings) > 0 {
		o.Findings = make(map[string]int64)
	}
	for _, f := range k.findings {
		o.Findings[string(f.Entity)] += int64(f.Count)
	}
	g.cfg.Observer.Observe(&o)
}

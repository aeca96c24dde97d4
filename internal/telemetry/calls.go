package telemetry

import (
	"encoding/base32"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Call is one call that has ended.
type Call struct {
	Tool, Decision, Code, Alert string
	ID                          string // "call_" and 26 base32 characters
	TraceID, ParentID           string // of the client, or ""
	Steps                       []Step
	Rows, Bytes, Pages, Tokens  int64
	Asked                       []time.Duration // each question to the model
	Decided, Released           Judged          // by the policy
	Findings                    map[string]int64
	// Budget is the share used of the day's calls, rows and bytes.
	Budget [3]float64
}

// budgetNames are those of Call.Budget.
var budgetNames = [3]string{"calls", "rows", "bytes"}

// Step is one step of a call.
type Step struct {
	Name  string
	Start time.Time
	Took  time.Duration
}

// callKey tells the series of calls apart.
type callKey struct{ tool, decision, code string }

// callSeries are the attributes of a series, made once.
type callSeries struct {
	all, tool metric.MeasurementOption
	span      []attribute.KeyValue
}

// Called counts a call and makes its spans.
func (t *Telemetry) Called(c *Call) {
	if t == nil || len(c.Steps) == 0 {
		return
	}
	key := callKey{t.names.tools.of(c.Tool), t.names.decisions.of(c.Decision), t.names.codes.of(c.Code)}
	s := t.seriesOf(key)
	t.count(c, key, s)
	if t.spans != nil {
		t.trace(c, key, s)
	}
}

func (t *Telemetry) seriesOf(k callKey) *callSeries {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.series[k]
	if s == nil {
		attrs := []attribute.KeyValue{
			attribute.String("gen_ai.tool.name", k.tool), attribute.String("counterfoil.decision", k.decision), attribute.String("error.type", k.code),
		}
		s = &callSeries{
			all:  metric.WithAttributeSet(attribute.NewSet(attrs...)),
			tool: metric.WithAttributeSet(attribute.NewSet(attrs[0], attribute.String("mcp.method.name", "tools/call"))),
			span: append(named(attrs), attribute.String("gen_ai.operation.name", "execute_tool"), attribute.String("mcp.method.name", "tools/call")),
		}
		t.series[k] = s
	}
	return s
}

// named leaves out attributes that are empty.
func named(attrs []attribute.KeyValue) (out []attribute.KeyValue) {
	for _, a := range attrs {
		if a.Value.AsString() != "" {
			out = append(out, a)
		}
	}
	return out
}

func (t *Telemetry) count(c *Call, key callKey, s *callSeries) {
	m := t.meters
	m.calls.Add(background, 1, s.all)
	m.duration.Record(background, c.took().Seconds(), s.tool)
	for _, step := range c.Steps {
		m.step.Record(background, step.Took.Seconds(), t.stepOption(step.Name))
	}
	if key.code == "" {
		m.rows.Record(background, c.Rows, s.tool)
		m.bytes.Record(background, c.Bytes, s.tool)
	}
	for entity, n := range c.Findings {
		m.redactions.Add(background, n, with("counterfoil.entity", t.names.entities.of(entity)))
	}
	if c.Pages > 0 {
		m.pages.Add(background, c.Pages)
	}
	if c.Tokens > 0 {
		m.tokens.Add(background, c.Tokens)
	}
	for _, took := range c.Asked {
		m.asked.Record(background, took.Seconds())
	}
	t.judged(c.Decided, ruleOptions.decide)
	t.judged(c.Released, ruleOptions.release)
	for i, share := range c.Budget {
		m.budget.Record(background, share, budgetOptions[i])
	}
	if c.Alert != "" {
		t.Alert(c.Alert)
	}
}

var budgetOptions = [3]metric.MeasurementOption{
	with("counterfoil.budget", budgetNames[0]), with("counterfoil.budget", budgetNames[1]), with("counterfoil.budget", budgetNames[2]),
}

func (t *Telemetry) stepOption(name string) metric.MeasurementOption {
	if o, ok := t.names.stepOptions[name]; ok {
		return o
	}
	return otherStep
}

var otherStep = with("counterfoil.step", other)

func (c *Call) took() time.Duration { return c.end().Sub(c.Steps[0].Start) }

func (c *Call) end() time.Time {
	last := c.Steps[len(c.Steps)-1]
	return last.Start.Add(last.Took)
}

// trace makes one span for the call and one below it for each step, which end
// before it.
func (t *Telemetry) trace(c *Call, key callKey, s *callSeries) {
	parent := parentOf(c)
	list := make([]span, len(c.Steps)+1)
	root := &list[len(c.Steps)]
	*root = span{
		name: "execute_tool " + key.tool, kind: trace.SpanKindServer, own: below(parent), start: c.Steps[0].Start, end: c.end(), children: len(c.Steps),
		attrs: slices.Concat(s.span, []attribute.KeyValue{
			attribute.String("gen_ai.tool.call.id", c.ID), attribute.Int64("counterfoil.rows", c.Rows), attribute.Int64("counterfoil.bytes", c.Bytes),
		}),
	}
	if parent.HasSpanID() {
		root.parent = parent
	}
	if key.code != "" {
		root.status = sdktrace.Status{Code: codes.Error, Description: key.code}
	}
	for entity, n := range c.Findings {
		root.attrs = append(root.attrs, attribute.Int64("counterfoil.findings."+t.names.entities.of(entity), n))
	}
	for i, step := range c.Steps {
		list[i] = span{
			name: t.names.steps.of(step.Name), kind: trace.SpanKindInternal, own: below(root.own), parent: root.own, start: step.Start, end: step.Start.Add(step.Took),
		}
	}
	t.spans.add(list)
}

// parentOf is the client's span, or else only a trace: that which the call's own id
// stands for, so that who has a record or a log line can find its trace without
// asking anyone.
func parentOf(c *Call) trace.SpanContext {
	parent := trace.SpanContextConfig{TraceFlags: trace.FlagsSampled}
	id, err := trace.TraceIDFromHex(c.TraceID)
	if err != nil {
		if parent.TraceID, _ = traceOfCall(c.ID); !parent.TraceID.IsValid() {
			parent.TraceID = newTraceID()
		}
		return trace.NewSpanContext(parent)
	}
	parent.TraceID = id
	if span, err := trace.SpanIDFromHex(c.ParentID); err == nil {
		parent.SpanID, parent.Remote = span, true
	}
	return trace.NewSpanContext(parent)
}

// below is a new span of the same trace.
func below(parent trace.SpanContext) trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: parent.TraceID(), SpanID: newSpanID(), TraceFlags: trace.FlagsSampled})
}

// TraceOfCall is the trace id, in hex, of a call whose client sent none: the 16
// bytes of its call id. It is "" for what is no call id.
func TraceOfCall(callID string) string {
	id, ok := traceOfCall(callID)
	if !ok {
		return ""
	}
	return hex.EncodeToString(id[:])
}

func traceOfCall(callID string) (id trace.TraceID, ok bool) {
	raw, ok := strings.CutPrefix(callID, "call_")
	if !ok {
		return id, false
	}
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(raw))
	if err != nil || len(b) != len(id) {
		return id, false
	}
	copy(id[:], b)
	return id, id.IsValid()
}

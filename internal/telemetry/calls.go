package telemetry

import (
	"context"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
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
	span      trace.SpanStartOption
}

// Called counts a call and makes its spans.
func (t *Telemetry) Called(c *Call) {
	if t == nil || len(c.Steps) == 0 {
		return
	}
	key := callKey{t.names.tools.of(c.Tool), t.names.decisions.of(c.Decision), t.names.codes.of(c.Code)}
	s := t.seriesOf(key)
	t.count(c, key, s)
	if t.tracer != nil {
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
			span: trace.WithAttributes(append(named(attrs), attribute.String("gen_ai.operation.name", "execute_tool"), attribute.String("mcp.method.name", "tools/call"))...),
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

// trace makes one span for the call and one below it for each step.
func (t *Telemetry) trace(c *Call, key callKey, s *callSeries) {
	ctx, span := t.tracer.Start(parentOf(c), "execute_tool "+key.tool,
		trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(c.Steps[0].Start), s.span,
		trace.WithAttributes(attribute.String("gen_ai.tool.call.id", c.ID), attribute.Int64("counterfoil.rows", c.Rows), attribute.Int64("counterfoil.bytes", c.Bytes)))
	if key.code != "" {
		span.SetStatus(codes.Error, key.code)
	}
	for entity, n := range c.Findings {
		span.SetAttributes(attribute.Int64("counterfoil.findings."+t.names.entities.of(entity), n))
	}
	for _, step := range c.Steps {
		_, child := t.tracer.Start(ctx, t.names.steps.of(step.Name), trace.WithTimestamp(step.Start))
		child.End(trace.WithTimestamp(step.Start.Add(step.Took)))
	}
	span.End(trace.WithTimestamp(c.end()))
}

// parentOf is a context that holds the client's span, or else the trace id that
// the call's own id stands for: who has a record or a log line can find its
// trace without asking anyone.
func parentOf(c *Call) context.Context {
	id, err := trace.TraceIDFromHex(c.TraceID)
	if err != nil {
		if id, ok := traceOfCall(c.ID); ok {
			return context.WithValue(background, ownTrace{}, id)
		}
		return background
	}
	parent, err := trace.SpanIDFromHex(c.ParentID)
	if err != nil {
		return context.WithValue(background, ownTrace{}, id)
	}
	return trace.ContextWithRemoteSpanContext(background, trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: id, SpanID: parent, TraceFlags: trace.FlagsSampled, Remote: true,
	}))
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

package telemetry

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Bounds of the histograms, in seconds, rows, bytes and shares.
var (
	secondsBounds = []float64{.0001, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	rowsBounds    = []float64{0, 1, 5, 10, 25, 50, 100, 200}
	bytesBounds   = []float64{1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10}
	batchBounds   = []float64{1, 2, 5, 10, 25, 50, 100, 500, 1000, 4096}
	shareBounds   = []float64{.1, .25, .5, .75, .9, 1}
)

// meters are the instruments. docs/telemetry.md lists them.
type meters struct {
	calls      metric.Int64Counter
	duration   metric.Float64Histogram
	step       metric.Float64Histogram
	rows       metric.Int64Histogram
	bytes      metric.Int64Histogram
	redactions metric.Int64Counter
	pages      metric.Int64Counter
	tokens     metric.Int64Counter
	asked      metric.Float64Histogram
	budget     metric.Float64Histogram
	refused    metric.Int64Counter
	alerts     metric.Int64Counter

	logAppend metric.Float64Histogram
	logCommit metric.Float64Histogram
	logSync   metric.Float64Histogram
	logBatch  metric.Int64Histogram
	logBytes  metric.Int64Counter
	logFailed metric.Int64Counter

	rules  metric.Int64Counter
	judged metric.Float64Histogram
	synced metric.Int64Counter

	imports    metric.Float64Histogram
	importRows metric.Int64Counter

	checkpoint atomic.Int64 // Unix nanoseconds of the newest
	success    successes
}

// maker makes instruments and keeps the first mistake.
type maker struct {
	metric.Meter
	err error
}

func (m *maker) counter(name, unit, text string) metric.Int64Counter {
	c, err := m.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(text))
	m.err = errors.Join(m.err, err)
	return c
}

func (m *maker) seconds(name, text string) metric.Float64Histogram {
	return m.floats(name, "s", text, secondsBounds)
}

func (m *maker) floats(name, unit, text string, bounds []float64) metric.Float64Histogram {
	h, err := m.Float64Histogram(name, metric.WithUnit(unit), metric.WithDescription(text), metric.WithExplicitBucketBoundaries(bounds...))
	m.err = errors.Join(m.err, err)
	return h
}

func (m *maker) ints(name, unit, text string, bounds []float64) metric.Int64Histogram {
	h, err := m.Int64Histogram(name, metric.WithUnit(unit), metric.WithDescription(text), metric.WithExplicitBucketBoundaries(bounds...))
	m.err = errors.Join(m.err, err)
	return h
}

func (t *Telemetry) newMeters(meter metric.Meter) (*meters, error) {
	m := &maker{Meter: meter}
	s := &meters{
		calls:      m.counter("counterfoil.calls", "{call}", "Calls by tool, decision and error code."),
		duration:   m.seconds("mcp.server.operation.duration", "Time of a call, from arrival to its durable record."),
		step:       m.seconds("counterfoil.step.duration", "Time of one step of a call."),
		rows:       m.ints("counterfoil.rows", "{row}", "Rows in a result.", rowsBounds),
		bytes:      m.ints("counterfoil.bytes", "By", "Bytes of a result document.", bytesBounds),
		redactions: m.counter("counterfoil.redactions", "{finding}", "Redactions in results, by entity."),
		pages:      m.counter("counterfoil.pages", "{page}", "Notion pages written."),
		tokens:     m.counter("counterfoil.model.tokens", "{token}", "Tokens of the local model, prompts and outputs together."),
		asked:      m.seconds("counterfoil.model.duration", "Time of one question to the local model, with its attempts."),
		budget:     m.floats("counterfoil.budget.used", "1", "Share of the day's budget that a principal has used, as of each call.", shareBounds),
		refused:    m.counter("counterfoil.refusals", "{request}", "Requests that were turned away before they became calls, by code."),
		alerts:     m.counter("counterfoil.alerts", "{alert}", "What the operator has to act on."),
		logAppend:  m.seconds("counterfoil.log.append.duration", "Time from append to durable of the record that waited longest in a batch."),
		logCommit:  m.seconds("counterfoil.log.commit.duration", "Time to write one batch and its checkpoint."),
		logSync:    m.seconds("counterfoil.log.sync.duration", "Time of one sync of the log's file."),
		logBatch:   m.ints("counterfoil.log.batch.size", "{record}", "Records in a batch.", batchBounds),
		logBytes:   m.counter("counterfoil.log.bytes", "By", "Bytes of records and sidecars written."),
		logFailed:  m.counter("counterfoil.log.failures", "{batch}", "Batches that could not be made durable."),
		rules:      m.counter("counterfoil.rules.evaluated", "{rule}", "Rules that were evaluated: the policy's for calls and results, a profile's for bookings that are imported."),
		judged:     m.seconds("counterfoil.rules.duration", "Time that the policy's rules took to decide on one call, or on one result."),
		synced:     m.counter("counterfoil.sync.runs", "{run}", "Statements imported and writes to Notion, by whether they succeeded."),
		imports:    m.seconds("counterfoil.import.duration", "Time of one import."),
		importRows: m.counter("counterfoil.import.rows", "{row}", "Rows of imports, by what became of them."),
	}
	s.checkpoint.Store(time.Now().UnixNano())
	if m.err == nil {
		s.startAtZero(t.names)
	}
	return s, errors.Join(m.err, t.observables(m, s))
}

// startAtZero makes the series of what is alerted of. Prometheus sees no increase
// when a series appears with its first event: an alert would wait for the second.
func (s *meters) startAtZero(names closed) {
	for name := range names.alerts {
		s.alerts.Add(background, 0, with("counterfoil.alert", name))
	}
	for name := range names.codes {
		s.refused.Add(background, 0, with("error.type", name))
	}
	for _, o := range syncOptions {
		s.synced.Add(background, 0, o.ok)
		s.synced.Add(background, 0, o.failed)
	}
	s.logFailed.Add(background, 0)
}

// observables are asked for when somebody reads the metrics.
func (t *Telemetry) observables(m *maker, s *meters) error {
	_, ageErr := m.Float64ObservableGauge("counterfoil.log.checkpoint.age", metric.WithUnit("s"),
		metric.WithDescription("Time since the newest signed checkpoint, or since the start."),
		metric.WithFloat64Callback(func(_ context.Context, o metric.Float64Observer) error {
			o.Observe(time.Since(time.Unix(0, s.checkpoint.Load())).Seconds())
			return nil
		}))
	_, syncErr := m.Float64ObservableGauge("counterfoil.sync.success.time", metric.WithUnit("s"),
		metric.WithDescription("When the last one succeeded, in seconds since 1970."), metric.WithFloat64Callback(s.success.observe))
	egressCounter := func(name, unit, text string, of func(c counts) uint64) error {
		_, err := m.Int64ObservableCounter(name, metric.WithUnit(unit), metric.WithDescription(text),
			metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error {
				for to, c := range t.egress() {
					o.Observe(int64(of(c)), metric.WithAttributeSet(attribute.NewSet(attribute.String("server.address", to))))
				}
				return nil
			}))
		return err
	}
	return errors.Join(ageErr, syncErr,
		egressCounter("counterfoil.egress.refusals", "{refusal}", "Connections and requests that the egress guard refused, by configured destination.", func(c counts) uint64 { return c.refusals }),
		egressCounter("counterfoil.egress.connections", "{connection}", "Connections that were made, by configured destination.", func(c counts) uint64 { return c.connections }),
		egressCounter("counterfoil.egress.sent", "By", "Bytes sent, by configured destination.", func(c counts) uint64 { return c.sent }))
}

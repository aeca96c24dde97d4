// Package telemetry tells an operator how the program fares: traces, metrics
// and logs by OTLP, and metrics for Prometheus.
//
// It carries names that the program declares, codes, counts and times, and
// nothing that a client, a bank or a model said. What is given to it is held
// against closed lists all the same: a tool, code, step or entity that is not on
// its list becomes "other", so that no text of a user can become a label and no
// series can multiply.
//
// Everything that leaves goes through internal/egress to the one configured
// collector. A collector that is slow or gone costs a call nothing: what does
// not fit the bounded queues is dropped and counted.
package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/resource"

	"github.com/counterfoil/counterfoil/internal/egress"
)

// Config is the config section `telemetry`. The zero value is off.
type Config struct {
	// Metrics is the address of /metrics, such as 127.0.0.1:9464; "" is off. It
	// asks for no token: keep it on loopback or on a network of its own.
	Metrics string `yaml:"metrics"`
	OTLP    OTLP   `yaml:"otlp"`
}

// OTLP names a collector.
type OTLP struct {
	// Endpoint is https://host:port, or http:// on loopback; "" is off.
	Endpoint string `yaml:"endpoint"`
	// Networks in which the collector may lie, if they are not public; a loopback
	// address needs none.
	Networks []netip.Prefix `yaml:"networks"`
	// CAFile holds the certificates, in PEM, that the collector's is verified
	// with; "" is the system's.
	CAFile string `yaml:"ca_file"`
	// TokenFile holds a bearer token; "" sends none.
	TokenFile string `yaml:"token_file"`
	// Signals lists what is sent: traces, metrics, logs. Empty sends all.
	Signals []string `yaml:"signals"`
}

// The signals of OTLP.
const (
	SignalTraces  = "traces"
	SignalMetrics = "metrics"
	SignalLogs    = "logs"
)

// Signals lists them.
var Signals = []string{SignalTraces, SignalMetrics, SignalLogs}

// On reports whether anything is to be told to anyone.
func (c Config) On() bool { return c.Metrics != "" || c.OTLP.Endpoint != "" }

// Options are what the program adds to a Config.
type Options struct {
	Version string // of this build
	CA      []byte // content of Config.OTLP.CAFile
	Token   string // content of Config.OTLP.TokenFile
	Names   Names  // what may become a label
	Failed  func() // told when something could not be delivered, at most once a minute; may be nil
	Now     func() time.Time
	// Record is told of each connection to the collector, before it is made, and
	// of each refusal, as egress.Config.Record is; nil records nothing.
	Record func(egress.Event) error
}

// Names are the closed lists of what may become a label.
type Names struct {
	Tools, Codes, Decisions, Steps, Entities, Alerts []string
}

// Telemetry is what tells. All its methods may be called on nil and then do
// nothing. It is safe for concurrent use.
type Telemetry struct {
	names   closed
	spans   *spans // nil if traces are not sent
	meters  *meters
	logs    *sdklog.LoggerProvider
	metrics *server // nil without Config.Metrics
	guard   *egress.Guard
	close   []func(context.Context) error

	mu     sync.Mutex
	counts []func() []egress.Count
	series map[callKey]*callSeries
}

// closeTimeout bounds how long Close waits for a collector: a command that ends
// should end.
const closeTimeout = 3 * time.Second

// Open starts to listen and to send. It connects to nothing yet, so that a
// collector that is gone keeps no server from starting.
func Open(ctx context.Context, cfg Config, o Options) (_ *Telemetry, err error) {
	if !cfg.On() {
		return nil, nil
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	t := &Telemetry{names: o.Names.close(), series: map[callKey]*callSeries{}}
	defer func() {
		if err != nil {
			t.Close()
		}
	}()
	otel.SetErrorHandler(&failures{tell: o.Failed, now: o.Now})
	res := resource.NewSchemaless(
		attribute.String("service.name", "counterfoil"),
		attribute.String("service.version", o.Version),
	)
	out, err := t.exporters(ctx, cfg.OTLP, o)
	if err != nil {
		return nil, err
	}
	t.startTraces(out, res)
	t.startLogs(out, res)
	return t, t.startMetrics(cfg, out, res)
}

func (t *Telemetry) startTraces(out *exporters, res *resource.Resource) {
	if out.traces == nil {
		return
	}
	t.spans = newSpans(out.traces, res)
	t.close = append(t.close, t.spans.shutdown)
}

func (t *Telemetry) startLogs(out *exporters, res *resource.Resource) {
	if out.logs == nil {
		return
	}
	t.logs = sdklog.NewLoggerProvider(sdklog.WithResource(res), sdklog.WithProcessor(sdklog.NewBatchProcessor(out.logs)))
	t.close = append(t.close, t.logs.Shutdown)
}

func (t *Telemetry) startMetrics(cfg Config, out *exporters, res *resource.Resource) error {
	options := []sdkmetric.Option{sdkmetric.WithResource(res), sdkmetric.WithCardinalityLimit(maxSeries), sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter)}
	if out.metrics != nil {
		options = append(options, sdkmetric.WithReader(sdkmetric.NewPeriodicReader(out.metrics, sdkmetric.WithInterval(metricEvery))))
	}
	if cfg.Metrics != "" {
		s, reader, err := listen(cfg.Metrics)
		if err != nil {
			return err
		}
		t.metrics = s
		t.close = append(t.close, s.stop)
		options = append(options, sdkmetric.WithReader(reader))
	}
	p := sdkmetric.NewMeterProvider(options...)
	// First of all: a last export needs the others.
	t.close = append([]func(context.Context) error{p.Shutdown}, t.close...)
	var err error
	t.meters, err = t.newMeters(p.Meter(scope))
	return err
}

const (
	// scope names what is instrumented.
	scope = "github.com/counterfoil/counterfoil"
	// maxSeries bounds the series of one instrument, far above what the closed
	// lists can make.
	maxSeries = 2000
	// metricEvery is how often metrics are sent.
	metricEvery = 15 * time.Second
)

// Close sends what is left, for at most closeTimeout, and stops. A collector
// that is gone is not an error of the program.
func (t *Telemetry) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	for _, f := range t.close {
		if err := f(ctx); err != nil {
			otel.Handle(err)
		}
	}
	if t.guard != nil {
		t.guard.CloseIdle()
	}
}

// failures is told of everything that OpenTelemetry could not do. The texts may
// name servers and are dropped.
type failures struct {
	tell func()
	now  func() time.Time
	mu   sync.Mutex
	last time.Time
}

// failedEvery bounds how often the operator hears of an unreachable collector.
const failedEvery = time.Minute

// Handle implements otel.ErrorHandler.
func (f *failures) Handle(err error) {
	if f.tell == nil || errors.Is(err, context.Canceled) {
		return
	}
	f.mu.Lock()
	now := f.now()
	due := f.last.IsZero() || now.Sub(f.last) >= failedEvery
	if due {
		f.last = now
	}
	f.mu.Unlock()
	if due {
		f.tell()
	}
}

var _ slog.Handler = (*handler)(nil)

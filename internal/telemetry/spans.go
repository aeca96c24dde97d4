package telemetry

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	// spanQueue holds the spans of some seven hundred calls, about 3 MiB.
	spanQueue = 8192
	// spanBatch is how many are sent at once, a quarter of a megabyte.
	spanBatch = 2048
	// spanEvery is how long a span waits for others at most.
	spanEvery = 5 * time.Second
)

// span is one that has ended. The SDK's own are made to be written to while they are
// open, by several goroutines; those of a call are all made when it has ended, which
// takes a third of the time.
type span struct {
	// ReadOnlySpan makes this one of the SDK's, which nobody else can implement. It is
	// nil: every method that exporters call is below.
	sdktrace.ReadOnlySpan
	of         *spans
	name       string
	kind       trace.SpanKind
	own        trace.SpanContext
	parent     trace.SpanContext
	start, end time.Time
	attrs      []attribute.KeyValue
	status     sdktrace.Status
	children   int
}

func (s *span) Name() string                                { return s.name }
func (s *span) SpanContext() trace.SpanContext              { return s.own }
func (s *span) Parent() trace.SpanContext                   { return s.parent }
func (s *span) SpanKind() trace.SpanKind                    { return s.kind }
func (s *span) StartTime() time.Time                        { return s.start }
func (s *span) EndTime() time.Time                          { return s.end }
func (s *span) Attributes() []attribute.KeyValue            { return s.attrs }
func (s *span) Links() []sdktrace.Link                      { return nil }
func (s *span) Events() []sdktrace.Event                    { return nil }
func (s *span) Status() sdktrace.Status                     { return s.status }
func (s *span) InstrumentationScope() instrumentation.Scope { return s.of.scope }
func (s *span) Resource() *resource.Resource                { return s.of.res }
func (s *span) DroppedAttributes() int                      { return 0 }
func (s *span) DroppedLinks() int                           { return 0 }
func (s *span) DroppedEvents() int                          { return 0 }
func (s *span) ChildSpanCount() int                         { return s.children }

// spans sends spans in batches. What does not fit its queue is dropped.
type spans struct {
	out   sdktrace.SpanExporter
	res   *resource.Resource
	scope instrumentation.Scope

	mu      sync.Mutex
	waiting []sdktrace.ReadOnlySpan

	full   chan struct{} // a batch is there
	stop   func()        // once
	ended  chan struct{}
	done   chan struct{}
	ctx    context.Context // of what is sent
	cancel context.CancelFunc
}

// newSpans starts to send. As elsewhere in OpenTelemetry, OTEL_RESOURCE_ATTRIBUTES
// adds to res.
func newSpans(out sdktrace.SpanExporter, res *resource.Resource) *spans {
	res, err := resource.Merge(resource.Environment(), res)
	if err != nil {
		otel.Handle(err)
	}
	s := &spans{
		out: out, res: res, scope: instrumentation.Scope{Name: scope},
		full: make(chan struct{}, 1), ended: make(chan struct{}), done: make(chan struct{}),
	}
	s.stop = sync.OnceFunc(func() { close(s.ended) })
	s.ctx, s.cancel = context.WithCancel(background)
	go s.run()
	return s
}

// add takes the spans of one call, or drops all of them.
func (s *spans) add(list []span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting)+len(list) > spanQueue {
		return
	}
	for i := range list {
		list[i].of = s
		s.waiting = append(s.waiting, &list[i])
	}
	if len(s.waiting) >= spanBatch {
		select {
		case s.full <- struct{}{}:
		default:
		}
	}
}

func (s *spans) run() {
	defer close(s.done)
	tick := time.NewTicker(spanEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.send()
		case <-s.full:
			s.send()
		case <-s.ended:
			s.send()
			return
		}
	}
}

// send empties the queue.
func (s *spans) send() {
	for {
		s.mu.Lock()
		n := min(len(s.waiting), spanBatch)
		batch := s.waiting[:n:n]
		s.waiting = append([]sdktrace.ReadOnlySpan(nil), s.waiting[n:]...)
		s.mu.Unlock()
		if n == 0 {
			return
		}
		if err := s.out.ExportSpans(s.ctx, batch); err != nil {
			otel.Handle(err)
		}
	}
}

// shutdown sends what is left until ctx ends.
func (s *spans) shutdown(ctx context.Context) error {
	s.stop()
	select {
	case <-s.done:
	case <-ctx.Done():
	}
	s.cancel()
	<-s.done
	return s.out.Shutdown(ctx)
}

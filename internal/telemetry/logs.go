package telemetry

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/trace"
)

// Handler sends log lines by OTLP, each with the trace of the call that it
// tells of. Every value passes clean first. It is nil if logs are not sent.
func (t *Telemetry) Handler(clean func(key string, value slog.Value) string) slog.Handler {
	if t == nil || t.logs == nil {
		return nil
	}
	return &handler{to: t.logs.Logger(scope), clean: clean}
}

type handler struct {
	to    log.Logger
	clean func(key string, value slog.Value) string
	attrs []attribute.KeyValue
	call  string
}

// Enabled is for what an operator reads.
func (h *handler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// Handle sends one line. Its message is the program's own text.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	var out log.Record
	out.SetTimestamp(r.Time)
	out.SetSeverity(log.Severity(int(r.Level) + int(log.SeverityInfo)))
	out.SetSeverityText(r.Level.String())
	out.SetBody(attribute.StringValue(r.Message))
	out.AddAttributes(h.attrs...)
	call := h.call
	r.Attrs(func(a slog.Attr) bool {
		kv, id := h.convert(a)
		out.AddAttributes(kv)
		if id != "" {
			call = id
		}
		return true
	})
	if id, ok := traceOfCall(call); ok {
		ctx = trace.ContextWithSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: noSpan, TraceFlags: trace.FlagsSampled}))
	}
	h.to.Emit(ctx, out)
	return nil
}

// noSpan makes a span context valid where only the trace is known.
var noSpan = trace.SpanID{7: 1}

func (h *handler) convert(a slog.Attr) (kv attribute.KeyValue, callID string) {
	text := h.clean(a.Key, a.Value.Resolve())
	if a.Key == "call_id" {
		return attribute.String("gen_ai.tool.call.id", text), text
	}
	return attribute.String(a.Key, text), ""
}

// WithAttrs keeps attributes for later lines.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *h
	next.attrs = append([]attribute.KeyValue(nil), h.attrs...)
	for _, a := range attrs {
		kv, id := h.convert(a)
		next.attrs = append(next.attrs, kv)
		if id != "" {
			next.call = id
		}
	}
	return &next
}

// WithGroup keeps names flat: no line of the program has groups.
func (h *handler) WithGroup(string) slog.Handler { return h }

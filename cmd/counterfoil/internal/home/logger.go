package home

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/redact"
)

// Logger is for the operator, on stderr. What it is told of errors passes the
// detectors; it has no data folder, so its tokens are those of this process.
func (h *Home) Logger() *slog.Logger {
	clean := sync.OnceValue(func() *redact.Redactor { return console.ThrowAway(nil) })
	safe := func(key string, v slog.Value) string {
		if key == "call_id" || key == "code" { // made here
			return v.String()
		}
		out, _, err := clean().Text(nil, []byte(fmt.Sprint(v.Any())))
		if err != nil {
			return exit.Withheld
		}
		return string(out)
	}
	var local slog.Handler = slog.NewTextHandler(h.UI.Err, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: func(_ []string, attr slog.Attr) slog.Attr {
		switch attr.Key {
		case slog.TimeKey, slog.LevelKey, slog.MessageKey: // made here
			return attr
		}
		return slog.String(attr.Key, safe(attr.Key, attr.Value))
	}})
	if remote := h.Telemetry.Handler(safe); remote != nil {
		return slog.New(bothHandlers{local, remote})
	}
	return slog.New(local)
}

// bothHandlers gives each line to two handlers.
type bothHandlers [2]slog.Handler

func (b bothHandlers) Enabled(ctx context.Context, l slog.Level) bool {
	return b[0].Enabled(ctx, l) || b[1].Enabled(ctx, l)
}

func (b bothHandlers) Handle(ctx context.Context, r slog.Record) error {
	err := b[0].Handle(ctx, r.Clone())
	if second := b[1].Handle(ctx, r); err == nil {
		err = second
	}
	return err
}

func (b bothHandlers) WithAttrs(attrs []slog.Attr) slog.Handler {
	return bothHandlers{b[0].WithAttrs(attrs), b[1].WithAttrs(attrs)}
}

func (b bothHandlers) WithGroup(name string) slog.Handler {
	return bothHandlers{b[0].WithGroup(name), b[1].WithGroup(name)}
}

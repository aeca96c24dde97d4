package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/llm"
	"github.com/counterfoil/counterfoil/llm/sandbox"
)

// TestModelIsCutOff: the sandbox is probed before the engine starts and every
// hour; once a way out is found, or no proof, the model stays cut off.
func TestModelIsCutOff(t *testing.T) {
	for name, found := range map[string]error{"a way out": sandbox.ErrOpen, "no proof": sandbox.ErrVoid} {
		t.Run(name, func(t *testing.T) {
			a := &home.Home{UI: console.UI{Out: io.Discard, Err: io.Discard}, DataDir: t.TempDir()}
			m := watchedModel(t, a)
			hour, outcomes := make(chan time.Time), make(chan error)
			m.again = hour
			m.probe = func(context.Context, bool) error { return <-outcomes }
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan bool)
			go func() { m.Watch(ctx); close(done) }()
			outcomes <- nil // at the start
			hour <- time.Now()
			outcomes <- nil
			hour <- time.Now()
			outcomes <- fmt.Errorf("%w: tcp loopback", found)
			hour <- time.Now() // it is not probed again: only a restart brings it back
			if _, err := m.Complete(ctx, llm.Request{}, nil); !errors.Is(err, llm.ErrUnavailable) || !errors.Is(err, found) {
				t.Errorf("after a probe that found %s: %v", name, err)
			}
			cancel()
			<-done
		})
	}
}

// watchedModel is a model whose engine does not exist.
func watchedModel(t *testing.T, a *home.Home) *Model {
	t.Helper()
	l := &config.LLM{Model: "m", Endpoint: "unix:" + filepath.Join(t.TempDir(), "run", "s"), Command: []string{filepath.Join(t.TempDir(), "none")}}
	client, err := llm.New(llm.Config{Endpoint: endpointOf(a, l), Model: l.Model})
	if err != nil {
		t.Fatal(err)
	}
	return &Model{home: a, cfg: l, client: client}
}

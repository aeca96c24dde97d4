// Package engine is the local model of a data folder: it starts the inference engine
// in the sandbox, proves now and then that there is no way out, and cuts it off if
// there is one.
package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/llm"
	"github.com/counterfoil/counterfoil/llm/sandbox"
)

// endpointOf resolves the endpoint against the data folder.
func endpointOf(h *home.Home, l *config.LLM) llm.Endpoint {
	e := llm.Endpoint{URL: l.Endpoint, Networks: l.Networks}
	if path := e.Socket(); path != "" {
		e.URL = "unix:" + h.Below(path, "")
	}
	return e
}

const (
	// probeEvery is how long a proof that the sandbox is closed holds.
	probeEvery = time.Hour
	// engineStart bounds loading a model, from a slow disk.
	engineStart = 2 * time.Minute
	// engineRest is how long after its start an engine that ended is started
	// again: one that fails at once must not be started without end.
	engineRest = 10 * time.Second
	// enginePoll is how often a starting engine is asked whether it is ready.
	enginePoll = 50 * time.Millisecond
)

// Model is the local model of a data folder. If the config has a command, it
// starts the engine in the sandbox when it is first needed, again when it ended,
// and only while the newest probe found no way out.
type Model struct {
	home   *home.Home
	cfg    *config.LLM
	client *llm.Client
	probe  func(ctx context.Context, tcp bool) error
	again  <-chan time.Time // when to probe again; nil is every probeEvery

	mu      sync.Mutex
	digest  string // of the model's file, hex
	engine  *sandbox.Engine
	started time.Time
	proven  time.Time // when the newest probe passed
	cut     error     // why the model is cut off, nil if it is not
}

// Open makes the model that the config names, or nil. probe tries to get out
// of the sandbox, and puts what it found on record.
func Open(ctx context.Context, h *home.Home, l *config.LLM, probe func(ctx context.Context, tcp bool) error) (*Model, error) {
	if l.Model == "" {
		return nil, nil
	}
	endpoint := endpointOf(h, l)
	client, err := llm.New(llm.Config{Endpoint: endpoint, Model: l.Model, Seed: l.Seed, Timeout: l.Timeout})
	if err == nil {
		err = endpoint.Check(ctx)
	}
	if err != nil {
		return nil, exit.Fail(exit.Config, "name a unix socket, or an address of this machine or of a network listed in llm.networks", "llm.endpoint: %w", err)
	}
	return &Model{home: h, cfg: l, client: client, probe: probe}, nil
}

// Complete answers a prompt.
func (m *Model) Complete(ctx context.Context, r llm.Request, progress func(string)) (llm.Answer, error) {
	if err := m.ready(ctx); err != nil {
		return llm.Answer{}, err
	}
	return m.client.Complete(ctx, r, progress)
}

// Describe is what records say of the model.
func (m *Model) Describe() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.digest == "" && m.cfg.File != "" {
		m.digest = modelDigest(m.home.Below(m.cfg.File, ""))
	}
	digest := m.digest
	if digest == "" {
		digest = "unknown"
	}
	return fmt.Sprintf("model=%s sha256=%s temperature=min seed=%d", m.cfg.Model, digest, m.cfg.Seed)
}

// modelDigest is the SHA-256 of a file, "" if it cannot be read.
func modelDigest(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// ready sees to it that an engine runs, in a sandbox that is proven.
func (m *Model) ready(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cut != nil {
		return fmt.Errorf("%w: %w", llm.ErrUnavailable, m.cut)
	}
	if len(m.cfg.Command) == 0 || m.running() {
		return nil
	}
	if time.Since(m.started) < engineRest {
		return fmt.Errorf("%w: it ended soon after its start", llm.ErrUnavailable)
	}
	if time.Since(m.proven) >= probeEvery {
		if err := m.prove(ctx); err != nil {
			return err
		}
	}
	return m.start(ctx)
}

func (m *Model) running() bool {
	if m.engine == nil {
		return false
	}
	select {
	case <-m.engine.Done():
		m.engine = nil
		return false
	default:
		return true
	}
}

// start starts the engine and waits until it serves the model. The engine is
// not the request's: it goes on when that ends.
func (m *Model) start(ctx context.Context) error {
	m.started = time.Now()
	spec, err := engineSpec(m.home, m.cfg)
	if err != nil {
		return fmt.Errorf("%w: %w", llm.ErrUnavailable, err)
	}
	os.Remove(m.socket()) // of an engine that was killed
	m.engine, err = sandbox.Start(context.Background(), spec, io.Discard)
	if err != nil {
		m.engine = nil
		m.home.UI.Warnf("the model's engine was not started: %v", err)
		return fmt.Errorf("%w: %w", llm.ErrUnavailable, err)
	}
	ctx, cancel := context.WithTimeout(ctx, engineStart)
	defer cancel()
	for {
		err := m.client.Check(ctx)
		if err == nil || errors.Is(err, llm.ErrModel) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-m.engine.Done():
			return fmt.Errorf("%w: it ended while it started", llm.ErrUnavailable)
		case <-time.After(enginePoll):
		}
	}
}

func (m *Model) socket() string { return endpointOf(m.home, m.cfg).Socket() }

// engineSpec is the sandbox of the config's engine.
func engineSpec(h *home.Home, l *config.LLM) (sandbox.Spec, error) {
	socket := endpointOf(h, l).Socket()
	s := sandbox.Spec{Sockets: filepath.Dir(socket), ReadOnly: l.ReadOnly, Memory: uint64(l.MemoryMiB) << 20}
	for _, arg := range l.Command {
		s.Command = append(s.Command, strings.NewReplacer("{socket}", socket, "{file}", h.Below(l.File, "")).Replace(arg))
	}
	if l.File != "" {
		s.ReadOnly = append(s.ReadOnly, h.Below(l.File, ""))
	}
	if l.Port != 0 {
		s.Port, s.Socket = l.Port, socket
	}
	return s, os.MkdirAll(s.Sockets, durable.DirMode)
}

// prove probes the sandbox and puts the outcome on record. If there is a way
// out, or no proof that there is none, the model is cut off.
func (m *Model) prove(ctx context.Context) error {
	err := m.probe(ctx, m.cfg.Port != 0)
	if err == nil {
		m.proven = time.Now()
		return nil
	}
	m.cut = err
	if m.engine != nil {
		m.engine.Stop()
		m.engine = nil
	}
	m.home.UI.Warnf("the model is cut off: %v", err)
	return fmt.Errorf("%w: %w", llm.ErrUnavailable, err)
}

// Watch proves the sandbox at once and every hour, and starts the engine so
// that the first caller need not wait for it.
func (m *Model) Watch(ctx context.Context) {
	if len(m.cfg.Command) == 0 {
		return
	}
	if err := m.ready(ctx); err != nil && ctx.Err() == nil {
		m.home.UI.Warnf("the local model is not there yet: %v", err)
	}
	again := m.again
	if again == nil {
		every := time.NewTicker(probeEvery)
		defer every.Stop()
		again = every.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-again:
			m.mu.Lock()
			if m.cut == nil {
				m.prove(ctx) // it says itself what it finds
			}
			m.mu.Unlock()
		}
	}
}

// Close ends the engine.
func (m *Model) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.engine != nil {
		m.engine.Stop()
	}
	m.client.Close()
}

//go:build !linux || (!amd64 && !arm64)

package sandbox

import (
	"context"
	"io"
)

// Engine is one that runs in a sandbox: here, none.
type Engine struct{ Layers Layers }

// Main does nothing here.
func Main() {}

// Start returns ErrPlatform.
func Start(_ context.Context, s Spec, _ io.Writer) (*Engine, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return nil, ErrPlatform
}

// Done returns nil.
func (*Engine) Done() <-chan struct{} { return nil }

// Err returns ErrPlatform.
func (*Engine) Err() error { return ErrPlatform }

// Pid returns 0.
func (*Engine) Pid() int { return 0 }

// Stop does nothing.
func (*Engine) Stop() {}

// Shim returns ErrPlatform.
func Shim([]string, string, int) error { return ErrPlatform }

// Probe returns ErrPlatform.
func Probe(context.Context, bool) (Proof, error) { return Proof{}, ErrPlatform }

// Prober is none here.
type Prober struct{}

// StartProber returns ErrPlatform.
func StartProber() (int, error) { return 0, ErrPlatform }

// OpenProber returns ErrPlatform.
func OpenProber(int) (*Prober, error) { return nil, ErrPlatform }

// Probe returns ErrPlatform.
func (*Prober) Probe(context.Context, bool) (Proof, error) { return Proof{}, ErrPlatform }

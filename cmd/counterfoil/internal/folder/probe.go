package folder

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/llm/sandbox"
)

// SandboxFailure gives an error of the sandbox its code and what can be done.
func SandboxFailure(err error) error {
	switch {
	case errors.Is(err, sandbox.ErrForbidden):
		return exit.Fail(exit.Unavailable, "allow unprivileged user namespaces for this program (on Ubuntu 24.04 and later an AppArmor profile with \"userns,\"), or run the engine in a container with network_mode none: docs/llm.md", "%w", err)
	case errors.Is(err, sandbox.ErrPlatform):
		return exit.Fail(exit.Unavailable, "docs/llm.md shows the container", "%w", err)
	case errors.Is(err, sandbox.ErrSpec):
		return exit.Fail(exit.Usage, "name the engine, its model with --read, and a socket in a folder of its own", "%w", err)
	case errors.Is(err, sandbox.ErrOpen), errors.Is(err, sandbox.ErrVoid):
		return exit.Fail(exit.CheckFailed, "do not use the model until this is understood", "%w", err)
	}
	return err
}

// ProbeRequest asks for a probe of the sandbox.
type ProbeRequest struct {
	TCP bool `json:"tcp"`
}

// ProbeAnswer is a proof, and why it is none.
type ProbeAnswer struct {
	Proof   sandbox.Proof `json:"proof"`
	Failure *localFailure `json:"failure"`
}

// ProbeSandbox probes for a command.
func (f *Folder) ProbeSandbox(ctx context.Context, r ProbeRequest) (ProbeAnswer, error) {
	p, err := f.probe(ctx, r.TCP)
	out := ProbeAnswer{Proof: p}
	if err != nil {
		out.Failure = asFailure(SandboxFailure(err))
	}
	return out, nil
}

func (r *Remote) ProbeSandbox(ctx context.Context, req ProbeRequest) (ProbeAnswer, error) {
	return order[ProbeAnswer](ctx, r, "probe", req)
}

// probeDetail is what a record says of a probe.
type probeDetail struct {
	Verdict  string   `json:"verdict"` // closed, open, void, forbidden
	Tried    int      `json:"tried"`
	Controls int      `json:"controls"`
	Arrived  int      `json:"arrived"`
	Open     []string `json:"open,omitempty"`
	Seccomp  int      `json:"seccomp"`
	Landlock int      `json:"landlock_abi"`
}

// probe tries to get out of the sandbox and puts what it found on record. The
// error says why there is no proof.
func (f *Folder) probe(ctx context.Context, tcp bool) (sandbox.Proof, error) {
	probe := sandbox.Probe
	if f.Home.Prober != nil {
		probe = f.Home.Prober.Probe
	}
	p, err := probe(ctx, tcp)
	if err == nil {
		err = p.Verdict()
	}
	d := probeDetail{
		Verdict: verdictName(err), Tried: len(p.Attempts), Controls: p.Controls(), Arrived: p.Arrived,
		Seccomp: p.Layers.Seccomp, Landlock: p.Layers.Landlock,
	}
	for _, a := range p.Attempts {
		if a.Inside != "closed" {
			d.Open = append(d.Open, a.Name)
		}
	}
	text, failed := json.Marshal(d)
	if failed != nil {
		return p, failed
	}
	f.records.Lock()
	defer f.records.Unlock()
	if failed := f.event(context.WithoutCancel(ctx), audit.Record{Event: audit.EventProbe, Detail: string(text)}); failed != nil {
		return p, failed // without a record there is no proof
	}
	return p, err
}

// prove is probe for who wants no more than the outcome.
func (f *Folder) prove(ctx context.Context, tcp bool) error {
	_, err := f.probe(ctx, tcp)
	return err
}

func verdictName(err error) string {
	switch {
	case err == nil:
		return "closed"
	case errors.Is(err, sandbox.ErrOpen):
		return "open"
	case errors.Is(err, sandbox.ErrForbidden), errors.Is(err, sandbox.ErrPlatform):
		return "forbidden"
	}
	return "void"
}

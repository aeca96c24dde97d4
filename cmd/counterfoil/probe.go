package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/llm/sandbox"
)

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
func (f *folder) probe(ctx context.Context, tcp bool) (sandbox.Proof, error) {
	probe := sandbox.Probe
	if f.app.Prober != nil {
		probe = f.app.Prober.Probe
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
func (f *folder) prove(ctx context.Context, tcp bool) error {
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

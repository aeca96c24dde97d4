//go:build amd64 || arm64

package sandbox

import (
	"errors"
	"os/exec"
	"testing"
)

func TestProbeFindsNoWayOut(t *testing.T) {
	for _, tcp := range []bool{false, true} {
		p, err := Probe(t.Context(), tcp)
		if errors.Is(err, ErrForbidden) {
			if exec.Command("unshare", "-Urn", "true").Run() == nil {
				t.Fatalf("refused where unshare works: %v", err)
			}
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Verdict(); err != nil {
			t.Errorf("tcp %v: %v", tcp, err)
		}
		for _, a := range p.Attempts {
			t.Logf("tcp %v: %-20s outside %-8s inside %-8s %s", tcp, a.Name, a.Outside, a.Inside, a.Why)
		}
	}
}

// TestVerdict is the control of the control: what is open, and what proves
// nothing, must be called so.
func TestVerdict(t *testing.T) {
	good := func() Proof {
		var p Proof
		for _, name := range required {
			p.Attempts = append(p.Attempts, Attempt{Name: name, Outside: reached, Inside: closed, Why: "x"})
		}
		return p
	}
	if err := good().Verdict(); err != nil {
		t.Error(err)
	}
	leak := good()
	leak.Attempts[1].Inside = reached
	arrived := good()
	arrived.Arrived = 1
	for _, p := range []Proof{leak, arrived} {
		if err := p.Verdict(); !errors.Is(err, ErrOpen) {
			t.Errorf("got %v", err)
		}
	}
	void := good()
	void.Attempts[0].Outside = none
	for _, p := range []Proof{void, {}} {
		if err := p.Verdict(); !errors.Is(err, ErrVoid) {
			t.Errorf("got %v", err)
		}
	}
}

// TestControlsAreCounted: when the controls have ended, the listeners have
// counted each of them, so that none counts later as something from the inside.
func TestControlsAreCounted(t *testing.T) {
	const rounds = 100 // one in some ten was counted late
	for range rounds {
		o, err := openOutside(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		want := int64(0)
		for _, how := range o.controls(t.Context()) {
			if how == reached {
				want++
			}
		}
		got := o.arrived.Load()
		o.close()
		if got != want {
			t.Fatalf("%d of %d controls were counted when they had ended", got, want)
		}
	}
}

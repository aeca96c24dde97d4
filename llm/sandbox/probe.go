package sandbox

import (
	"errors"
	"fmt"
)

// ErrVoid means that a probe proved nothing: what it tried from the inside
// could not be reached from the outside either.
var ErrVoid = errors.New("the probe proves nothing")

// ErrOpen means that something was reached from the inside.
var ErrOpen = errors.New("the sandbox has a way out")

// Attempt is one way out that was tried.
type Attempt struct {
	Name string `json:"name"` // fixed vocabulary, such as "tcp" or "unix abstract"
	// Outside is how the same attempt ended without a sandbox: "reached", or
	// "none" where the machine has no such thing to reach or the control would
	// leave the machine.
	Outside string `json:"outside"`
	// Inside is "closed" or "reached".
	Inside string `json:"inside"`
	// Why is the error that the kernel gave inside.
	Why string `json:"why,omitempty"`
}

// Outcomes of attempts.
const (
	reached = "reached"
	closed  = "closed"
	none    = "none"
)

// Proof is what a probe found.
type Proof struct {
	Layers   Layers    `json:"layers"`
	Attempts []Attempt `json:"attempts"`
	// Arrived counts what the listeners outside got from the inside.
	Arrived int `json:"arrived"`
}

// required are the attempts whose control must succeed, on every machine.
var required = []string{"tcp loopback", "udp loopback", "dns", "unix path", "unix abstract"}

// Verdict is nil if every way out that was tried is closed and the controls
// succeeded; otherwise ErrOpen or ErrVoid, with the names of the attempts.
func (p Proof) Verdict() error {
	controls := map[string]bool{}
	for _, a := range p.Attempts {
		if a.Inside != closed {
			return fmt.Errorf("%w: %s", ErrOpen, a.Name)
		}
		controls[a.Name] = a.Outside == reached
	}
	if p.Arrived != 0 {
		return fmt.Errorf("%w: something arrived at a listener outside", ErrOpen)
	}
	for _, name := range required {
		if !controls[name] {
			return fmt.Errorf("%w: %s could not be reached from the outside", ErrVoid, name)
		}
	}
	return nil
}

// Controls counts the attempts that succeeded outside.
func (p Proof) Controls() (n int) {
	for _, a := range p.Attempts {
		if a.Outside == reached {
			n++
		}
	}
	return n
}

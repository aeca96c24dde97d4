//go:build !linux

package egress

// Confine returns ErrUnconfined.
func Confine(Ports) (int, error) { return 0, ErrUnconfined }

// Confined returns false.
func Confined(Ports) bool { return false }

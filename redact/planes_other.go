//go:build !amd64

package redact

// loadPlanes returns the planes of at most 64 bytes.
func loadPlanes(t []byte) (digits, letters, others uint64) { return classes(t) }

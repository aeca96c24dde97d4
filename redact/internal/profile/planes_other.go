//go:build !amd64

package profile

// LoadPlanes returns the planes of at most 64 bytes.
func LoadPlanes(t []byte) (digits, letters, others uint64) { return Classes(t) }

package profile

// classify is classes in SSE2, which every amd64 has, for the n bytes at p, at
// most 64: sixteen at a time.
//
//go:noescape
func classify(p *byte, n int) (digits, letters, others uint64)

// LoadPlanes returns the planes of at most 64 bytes.
func LoadPlanes(t []byte) (digits, letters, others uint64) {
	if len(t) == 0 {
		return 0, 0, 0
	}
	return classify(&t[0], min(len(t), Block))
}

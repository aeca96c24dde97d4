package redact

import (
	"fmt"
	"io"
)

// Stream copies src to dst redacted. Chunk boundaries do not matter; it holds
// back what may still become a finding, and fails closed at the end.
func (r *Redactor) Stream(dst io.Writer, src io.Reader) ([]Finding, error) {
	all, err := io.ReadAll(io.LimitReader(src, MaxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("%w: reading", ErrRedact)
	}
	out, found, err := r.Text(nil, all)
	if err != nil {
		return nil, err
	}
	if _, err := dst.Write(out); err != nil {
		return nil, fmt.Errorf("%w: writing", ErrRedact)
	}
	return found, nil
}

package redact

import "testing"

// TestNoFault runs inputs that once made the scan panic, without the guard
// that turns a panic into an error.
func TestNoFault(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{`{"a":4.111111111111111e15}`, `"TkRFeE1URXhNVEV4TVRFeE1URXhNUT09"`} {
		s := r.scan()
		if _, err := s.json(nil, []byte(in), nil); err != nil {
			t.Error(err)
		}
		r.release(s)
	}
}

package remote

import (
	"bytes"

	"github.com/counterfoil/counterfoil/internal/seal"
)

// Name puts the name of a key before what it wrapped, so that unwrapping knows
// its own.
func Name(name string, wrapped []byte) []byte {
	return append([]byte(name+"\n"), wrapped...)
}

// Unname takes a name away again; another key's is seal.ErrOtherKEK.
func Unname(name string, wrapped []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(wrapped, []byte(name+"\n"))
	if !ok {
		return nil, seal.ErrOtherKEK
	}
	return rest, nil
}

// maxName bounds a name that Wrapper shows, in bytes; the longest, of a Google
// Cloud key, is under 400.
const maxName = 512

// Wrapper is the name, if it begins as the provider's do.
func Wrapper(prefix string, wrapped []byte) string {
	name, _, ok := bytes.Cut(wrapped, []byte("\n"))
	if !ok || len(name) > maxName || !bytes.HasPrefix(name, []byte(prefix)) {
		return ""
	}
	return string(name)
}

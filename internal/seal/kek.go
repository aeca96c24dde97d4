package seal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

// KEK wraps data keys. The local key is here (LocalKEK); a Vault transit key, a
// cloud KMS or an HSM fits behind the same three methods. What Wrap returns is
// opaque and must carry all that Unwrap needs, the version of the wrapping key
// included; aad must be bound. Wrapper names the key and, if it can be told, the
// version that wrapped something, in words that may be shown. All must be safe
// for concurrent use, and give up when the context ends. Unwrap fails with
// ErrOtherKEK for what another key wrapped.
type KEK interface {
	Wrap(ctx context.Context, key, aad []byte) (wrapped []byte, err error)
	Unwrap(ctx context.Context, wrapped, aad []byte) (key []byte, err error)
	Wrapper(wrapped []byte) string
}

// ErrOtherKEK means that another key-encryption key wrapped a data key.
var ErrOtherKEK = errors.New("wrapped by another key-encryption key")

// Rotator is a KEK that can make a new version of its key: Rotate makes one,
// with which Wrap wraps from then on, while Unwrap knows both. If an earlier
// rotation did not come to Retire, Rotate goes on with that one. Retire forgets
// older versions where this program keeps them; nothing that they wrapped may be
// left.
type Rotator interface {
	Rotate(ctx context.Context) error
	Retire(ctx context.Context) error
}

// KEKTimeout bounds one call of a provider: a remote one answers in
// milliseconds, or a call had better fail than hang.
const KEKTimeout = 10 * time.Second

// maxKeyFile bounds a key file in bytes; the longest known wrapping (a cloud
// KMS) stays under 1 KB.
const maxKeyFile = 8 << 10

// Chain wraps by one KEK and unwraps by others too: while data keys move from
// one provider to another.
type Chain struct {
	KEK
	Previous KEK
}

// Unwrap asks Previous for what the other does not know.
func (c Chain) Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error) {
	key, err := c.KEK.Unwrap(ctx, wrapped, aad)
	if errors.Is(err, ErrOtherKEK) {
		return c.Previous.Unwrap(ctx, wrapped, aad)
	}
	return key, err
}

// Wrapper names the key that wrapped something.
func (c Chain) Wrapper(wrapped []byte) string {
	if name := c.KEK.Wrapper(wrapped); name != "" {
		return name
	}
	return c.Previous.Wrapper(wrapped)
}

// ReadSecret reads a file of at most maxKeyFile bytes that holds a secret and,
// on Unix, must be readable by its owner alone.
func ReadSecret(path string) ([]byte, error) { return readSmall(path, true) }

// readSmall reads a file of at most maxKeyFile bytes; a private one must not
// be open to others.
func readSmall(path string, private bool) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	if mode := info.Mode().Perm(); private && runtime.GOOS != "windows" && mode&0o077 != 0 {
		return nil, fmt.Errorf("%s has mode %04o, others could read it: run chmod 600 on it", path, mode)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxKeyFile {
		return nil, fmt.Errorf("%s is longer than %d bytes", path, maxKeyFile)
	}
	return text, nil
}

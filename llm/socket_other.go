//go:build !linux

package llm

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
)

// dialSocket connects to the socket at path, after a look at whether it is one
// and not a link to one.
func dialSocket(path string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		info, err := os.Lstat(path)
		if err != nil {
			return nil, fmt.Errorf("%w: its socket cannot be opened: %w", ErrUnavailable, err)
		}
		if info.Mode().Type() != fs.ModeSocket {
			return nil, fmt.Errorf("%w: its path is not a socket", ErrEndpoint)
		}
		c, err := new(net.Dialer).DialContext(ctx, "unix", path)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return c, nil
	}
}

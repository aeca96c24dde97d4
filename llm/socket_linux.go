package llm

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// dialSocket connects to the socket at path, and to nothing else: it opens the
// path without following a link, checks that it is a socket of this user or of
// root, and connects to what it opened.
func dialSocket(path string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		fd, err := unix.Open(path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			return nil, fmt.Errorf("%w: its socket cannot be opened: %w", ErrUnavailable, err)
		}
		defer unix.Close(fd)
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		if st.Mode&unix.S_IFMT != unix.S_IFSOCK {
			return nil, fmt.Errorf("%w: its path is not a socket", ErrEndpoint)
		}
		if st.Uid != uint32(os.Getuid()) && st.Uid != 0 {
			return nil, fmt.Errorf("%w: its socket belongs to somebody else", ErrEndpoint)
		}
		c, err := new(net.Dialer).DialContext(ctx, "unix", "/proc/self/fd/"+strconv.Itoa(fd))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return c, nil
	}
}

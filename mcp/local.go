package mcp

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// HavePeers reports whether this platform can tell which user is at the other
// end of a unix socket. Where it can't, ListenUnix and DialUnix refuse.
const HavePeers = havePeers

// MaxSocketPath is the longest path, in bytes, that ListenUnix accepts.
const MaxSocketPath = maxSocketPath

// SameUser reports whether a request came in over a unix socket from a process
// of this process's own user, by what the kernel says of its connection.
func SameUser(r *http.Request) bool {
	check, _ := r.Context().Value(peerKey{}).(peerCheck)
	return check.sameUser
}

// ServeLocal serves a handler on a listener of ListenUnix, bounded like Serve,
// until the context ends. It then calls stopping, which should make requests
// that never end by themselves end, and lets the others finish for
// Limits.DrainTimeout. The handler has to ask SameUser.
func ServeLocal(ctx context.Context, ln net.Listener, h http.Handler, l Limits, stopping func(), logger *slog.Logger) error {
	return serveHTTP(ctx, ln, h, l.withDefaults(), stopping, logger)
}

// DialUnix connects to a socket and makes sure that the other end is a process
// of this user: somebody else may have put a socket where ours was. Every error
// wraps ErrSocket.
func DialUnix(ctx context.Context, path string) (net.Conn, error) {
	if !havePeers {
		return nil, fmt.Errorf("%w: this platform cannot tell who listens", ErrSocket)
	}
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("%w: the path is longer than %d bytes", ErrSocket, maxSocketPath)
	}
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	c, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSocket, err)
	}
	if uid, err := peerUID(c.(*net.UnixConn)); err != nil || uid != os.Getuid() {
		c.Close()
		return nil, fmt.Errorf("%w: another user listens on it", ErrSocket)
	}
	return c, nil
}

// OwnedByUser reports whether a file belongs to this process's user; it does
// not where the platform has no user ids.
func OwnedByUser(info fs.FileInfo) bool { return ownedByUs(info) }

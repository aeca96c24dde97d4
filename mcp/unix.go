package mcp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

const (
	sourceUnix  = "unix"
	sourceStdio = "stdio"
)

// maxSocketPath is below the shortest sun_path, 104 bytes on macOS.
const maxSocketPath = 100

// ErrSocket is wrapped by every error of ListenUnix.
var ErrSocket = errors.New("mcp: unix socket")

// ListenUnix listens on a socket that only this user can reach: its folder
// must be this user's and closed to others, and the socket gets mode 0600. A
// socket that nobody listens on any more is replaced, any other file is not.
func ListenUnix(path string) (net.Listener, error) {
	if !havePeers {
		return nil, fmt.Errorf("%w: this platform cannot tell who connects", ErrSocket)
	}
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("%w: the path is longer than %d bytes", ErrSocket, maxSocketPath)
	}
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := clearStale(path); err != nil {
		return nil, err
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSocket, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		ln.Close()
		return nil, fmt.Errorf("%w: %w", ErrSocket, err)
	}
	return ln, nil
}

func checkFolder(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSocket, err)
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !ownedByUs(info) {
		return fmt.Errorf("%w: its folder must be yours and closed to others (chmod 700)", ErrSocket)
	}
	return nil
}

func clearStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%w: there is another file in its place", ErrSocket)
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return fmt.Errorf("%w: another process is listening on it", ErrSocket)
	}
	return os.Remove(path)
}

// withPeer asks the kernel, once for each connection, who is at its other end.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	if l, ok := c.(*limitConn); ok {
		c = l.Conn
	}
	u, ok := c.(*net.UnixConn)
	if !ok {
		return ctx
	}
	uid, err := peerUID(u)
	return context.WithValue(ctx, peerKey{}, peerCheck{sameUser: err == nil && uid == os.Getuid()})
}

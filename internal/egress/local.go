package egress

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Local is a transport to another process of this machine over a Unix socket:
// whatever a request names, the bytes go to the connection that dial returns, and
// a connection of any other kind is refused. idle closes unused connections; 0
// keeps them.
func Local(dial func(context.Context) (net.Conn, error), idle time.Duration) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			c, err := dial(ctx)
			if err != nil {
				return nil, err
			}
			if _, ok := c.(*net.UnixConn); !ok {
				c.Close()
				return nil, fmt.Errorf("%w: not a Unix socket", ErrRefused)
			}
			return c, nil
		},
		MaxIdleConnsPerHost: 2,
		IdleConnTimeout:     idle,
		DisableCompression:  true,
	}
}

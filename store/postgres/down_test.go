package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/internal/breaker"
)

// TestDownIsToldSoon pins how long whoever needs the database waits to hear that its
// name or its address does not answer: reachTimeout at first, and not at all when it
// has just been found out, whichever pool asks.
func TestDownIsToldSoon(t *testing.T) {
	hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, missing := range map[string]string{"a name that no resolver answers for": "lookup", "an address that drops packets": "dial"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host, address := newHost(missing)
				var tried int
				connect := func() (time.Duration, error) {
					pool, err := parse("host="+host+" user=u dbname=d sslmode=verify-full", false)
					if err != nil {
						t.Fatal(err)
					}
					cfg := pool.ConnConfig
					cfg.LookupFunc = func(ctx context.Context, _ string) ([]string, error) {
						if missing == "lookup" {
							tried++
							return nil, hangs(ctx)
						}
						return []string{address}, nil
					}
					cfg.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
						tried++
						return nil, hangs(ctx)
					}
					failSoon(&cfg.Config)
					begun := time.Now()
					_, err = pgx.ConnectConfig(t.Context(), cfg)
					return time.Since(begun), err
				}
				for i, want := range []time.Duration{reachTimeout, 0, 0} {
					if took, err := connect(); err == nil || took != want || tried != 1 {
						t.Errorf("connection %d: %v after %v, %d attempts; want an error after %v, one attempt", i, err, took, tried, want)
					}
				}
			})
		})
	}
}

// newHost returns a name and an address that no test has used: what is known of a
// server is kept.
func newHost(label string) (name, address string) {
	n := hosts.Add(1)
	return fmt.Sprintf("%s-%d.example", label, n), fmt.Sprintf("192.0.2.%d", n%250)
}

var hosts atomic.Int64

// TestHungIsToldSoon pins that of those who need a server which accepts connections and
// says nothing one waits to find out, and again when some time has passed; the others
// hear at once that it hangs, and when it is back everybody gets through to it.
func TestHungIsToldSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var back atomic.Bool
		host, address := newHost("hung")
		connect := func() (time.Duration, error) {
			pool, err := parse("host="+host+" user=u dbname=d sslmode=verify-full", false)
			if err != nil {
				t.Fatal(err)
			}
			cfg := pool.ConnConfig
			cfg.LookupFunc = func(context.Context, string) ([]string, error) { return []string{address}, nil }
			cfg.DialFunc = func(context.Context, string, string) (net.Conn, error) {
				mine, server := net.Pipe()
				go func() {
					defer server.Close()
					var request [8]byte
					if _, err := io.ReadFull(server, request[:]); err == nil && back.Load() {
						server.Write([]byte("N")) // no TLS
					}
					io.Copy(io.Discard, server)
				}()
				return mine, nil
			}
			failSoon(&cfg.Config)
			begun := time.Now()
			_, err = pgx.ConnectConfig(t.Context(), cfg)
			return time.Since(begun), translate(err)
		}
		want := func(took time.Duration, text string) {
			t.Helper()
			got, err := connect()
			if got != took || !strings.Contains(err.Error(), text) {
				t.Errorf("%v after %v, want %s after %v", err, got, text, took)
			}
		}
		for range 2 {
			want(connectTimeout, "hangs")
			want(0, "hangs")
			time.Sleep(breaker.MaxOpen)
		}
		back.Store(true)
		want(0, "does not speak TLS")
		want(0, "does not speak TLS")
	})
}

// TestBackAtOnce pins that what refuses at once is tried every time, so that nobody
// waits longer for a database that is back.
func TestBackAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // in which a refusal takes no time at all
		pool, err := parse("host=127.0.0.1 port=1 user=u dbname=d", false)
		if err != nil {
			t.Fatal(err)
		}
		cfg := pool.ConnConfig
		tried := 0
		cfg.DialFunc = func(context.Context, string, string) (net.Conn, error) { tried++; return nil, errors.New("refused") }
		failSoon(&cfg.Config)
		for want := 1; want <= 3; want++ {
			if _, err := pgx.ConnectConfig(t.Context(), cfg); err == nil || tried < want {
				t.Errorf("%v after %d attempts", err, tried)
			}
		}
	})
}

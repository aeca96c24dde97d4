package postgres

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestDownIsToldSoon pins how long whoever needs the database waits to hear that its
// name or its address does not answer: reachTimeout at first, and not at all when it
// has just been found out, whichever pool asks.
func TestDownIsToldSoon(t *testing.T) {
	hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, missing := range map[string]string{"a name that no resolver answers for": "lookup", "an address that drops packets": "dial"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host := missing + ".example"
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
						return []string{"192.0.2.1"}, nil
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

// TestBackAtOnce pins that what refuses at once is tried every time, so that nobody
// waits longer for a database that is back.
func TestBackAtOnce(t *testing.T) {
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
}

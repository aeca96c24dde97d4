package postgres

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/counterfoil/counterfoil/internal/breaker"
)

// reachTimeout bounds the lookup of the database's name, and each TCP connect: what
// is up answers in a fraction of a second, a first packet that is lost is sent again
// after one second, and a caller should hear soon that it is down. connectTimeout
// leaves more to the server's part, TLS and the login.
const reachTimeout = 3 * time.Second

// down has a breaker for every name and address of a database. All pools share it: a
// call that several of them serve waits for one of them.
var down sync.Map // string → *breaker.Breaker

func breakerOf(what string) *breaker.Breaker {
	b, _ := down.LoadOrStore(what, new(breaker.Breaker))
	return b.(*breaker.Breaker)
}

// failSoon bounds how long connections take to fail where the database is down.
func failSoon(cfg *pgconn.Config) {
	lookup, dial := cfg.LookupFunc, cfg.DialFunc
	cfg.LookupFunc = func(ctx context.Context, host string) (addrs []string, err error) {
		err = breakerOf(host).Do(ctx, func(ctx context.Context) (err error) {
			ctx, cancel := context.WithTimeout(ctx, reachTimeout)
			defer cancel()
			addrs, err = lookup(ctx, host)
			return err
		})
		return addrs, err
	}
	cfg.DialFunc = func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		err = breakerOf(network+" "+address).Do(ctx, func(ctx context.Context) (err error) {
			ctx, cancel := context.WithTimeout(ctx, reachTimeout)
			defer cancel()
			conn, err = dial(ctx, network, address)
			return err
		})
		if err != nil {
			return nil, err
		}
		return conn, nil
	}
	failHung(cfg)
}

package postgres

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/store"
)

// parse reads a connection string and applies what every connection of ours has
// in common: encryption to other hosts, bounds on time, no surprises from
// settings of the role or the database.
func parse(dsn string, allowPlain bool) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("%w: the connection string can't be read", store.ErrUnavailable) // err repeats it
	}
	if err := checkTransport(cfg.ConnConfig.Config, allowPlain); err != nil {
		return nil, err
	}
	cfg.ConnConfig.ConnectTimeout = connectTimeout
	cfg.MaxConnIdleTime = maxIdle
	for name, value := range map[string]string{
		"application_name": "counterfoil",
		"search_path":      "pg_catalog, pg_temp", // every name of ours is qualified
		"TimeZone":         "UTC",
		"client_encoding":  "UTF8",
		"row_security":     "on",
		// Statements are prepared once, but planned for each set of values: the
		// best plan for a rare word is not that for a common one.
		"plan_cache_mode": "force_custom_plan",
		"jit":             "off", // costs more than these queries take
	} {
		cfg.ConnConfig.RuntimeParams[name] = value
	}
	return cfg, nil
}

// Bounds on connections.
const (
	connectTimeout = 10 * time.Second
	maxIdle        = 5 * time.Minute
)

// milliseconds renders a duration as PostgreSQL's settings have it.
func milliseconds(d time.Duration) string {
	return strconv.FormatInt(max(d.Milliseconds(), 1), 10)
}

// newPool opens a pool of at most conns connections.
func newPool(ctx context.Context, dsn string, cfg *Config, conns int, statement time.Duration, readOnly bool) (*pgxpool.Pool, error) {
	pc, err := parse(dsn, cfg.AllowPlain)
	if err != nil {
		return nil, err
	}
	pc.MaxConns = int32(conns)
	pc.ConnConfig.RuntimeParams["statement_timeout"] = milliseconds(statement)
	pc.ConnConfig.RuntimeParams["lock_timeout"] = milliseconds(cfg.LockTimeout)
	pc.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = milliseconds(cfg.IdleTimeout)
	if readOnly {
		pc.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	}
	return pgxpool.NewWithConfig(ctx, pc)
}

// checkTransport refuses a connection to another host that is not TLS 1.2 or
// later with the server's certificate and name verified. pgx tries the
// fallbacks too, so each of them must meet the rule.
func checkTransport(cfg pgconn.Config, allowPlain bool) error {
	if allowPlain {
		return nil
	}
	ways := []*pgconn.FallbackConfig{{Host: cfg.Host, TLSConfig: cfg.TLSConfig}}
	for _, way := range append(ways, cfg.Fallbacks...) {
		if isLocal(way.Host) {
			continue
		}
		if !verified(way.TLSConfig) {
			return fmt.Errorf("%w: a connection to another host must be encrypted and verified: add sslmode=verify-full", store.ErrUnavailable)
		}
		way.TLSConfig.MinVersion = max(way.TLSConfig.MinVersion, tls.VersionTLS12)
	}
	return nil
}

// isLocal reports whether a host is a Unix socket or this machine.
func isLocal(host string) bool {
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// verified reports whether a TLS configuration is that of sslmode=verify-full:
// crypto/tls itself checks chain and name.
func verified(cfg *tls.Config) bool {
	return cfg != nil && !cfg.InsecureSkipVerify && cfg.ServerName != ""
}

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
		return nil, fmt.Errorf("%w: the connection string can't be read: it has the form host=… user=… dbname=…, or postgres://…; files that it names, such as sslrootcert, must be readable", store.ErrUnavailable) // err repeats it
	}
	if err := checkTransport(cfg.ConnConfig.Config, allowPlain); err != nil {
		return nil, err
	}
	cfg.ConnConfig.ConnectTimeout = connectTimeout
	failSoon(&cfg.ConnConfig.Config)
	cfg.MaxConnIdleTime = maxIdle
	for name, value := range map[string]string{
		"application_name": "counterfoil",
		"search_path":      storePath,
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

// storePath finds nothing of ours: every name in the store's SQL is qualified.
const storePath = "pg_catalog, pg_temp"

// Bounds on connections.
const (
	connectTimeout = 10 * time.Second
	// endTimeout bounds the end of a transaction that is given up: a server that
	// answers does so at once, and the connection to one that doesn't is thrown away.
	endTimeout = time.Second
	maxIdle    = 5 * time.Minute
)

// milliseconds renders a duration as PostgreSQL's settings have it.
func milliseconds(d time.Duration) string {
	return strconv.FormatInt(max(d.Milliseconds(), 1), 10)
}

// PoolConfig says how a module's tables are reached.
type PoolConfig struct {
	Login      string // connection string of a tenant's login
	Tenant     string // as in Config
	Alone      bool   // as in Config
	AllowPlain bool   // as in Config
	Conns      int    // connections at most; 0 is DefaultReaders
	ReadOnly   bool   // every transaction is READ ONLY
	Modules    []Module
}

// Bounds on a module's statements: a short transaction each, of which nobody may
// wait long for another.
const (
	moduleStatement = 30 * time.Second
	moduleLock      = 10 * time.Second
	moduleIdle      = 10 * time.Second
)

// OpenPool opens connections to the tables of modules, whose names need not be
// qualified. Its errors are those of Open.
func OpenPool(ctx context.Context, pc PoolConfig) (*pgxpool.Pool, error) {
	cfg := Config{AllowPlain: pc.AllowPlain, LockTimeout: moduleLock, IdleTimeout: moduleIdle}
	if pc.Conns <= 0 {
		pc.Conns = DefaultReaders
	}
	pool, err := newPool(ctx, pc.Login, &cfg, pc.Conns, moduleStatement, pc.ReadOnly, "pg_catalog, counterfoil, pg_temp")
	if err == nil {
		if _, err = identify(ctx, pool, whose{pc.Tenant, pc.Alone, pc.Modules}); err != nil {
			pool.Close()
		}
	}
	if err != nil {
		return nil, wrap(ctx, "opening the database", err)
	}
	return pool, nil
}

// newPool opens a pool of at most conns connections.
func newPool(ctx context.Context, dsn string, cfg *Config, conns int, statement time.Duration, readOnly bool, path string) (*pgxpool.Pool, error) {
	pc, err := parse(dsn, cfg.AllowPlain)
	if err != nil {
		return nil, err
	}
	endSilence(&pc.ConnConfig.Config, statement)
	pc.PingTimeout = reachTimeout // of what lay idle, before it is used
	pc.MaxConns = int32(conns)
	pc.ConnConfig.RuntimeParams["statement_timeout"] = milliseconds(statement)
	pc.ConnConfig.RuntimeParams["lock_timeout"] = milliseconds(cfg.LockTimeout)
	pc.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = milliseconds(cfg.IdleTimeout)
	pc.ConnConfig.RuntimeParams["search_path"] = path
	// Explicit, because a reader's role has "on" for its own default.
	pc.ConnConfig.RuntimeParams["default_transaction_read_only"] = map[bool]string{true: "on", false: "off"}[readOnly]
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

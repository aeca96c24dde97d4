package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/counterfoil/counterfoil/store"
)

// troubles says in plain words what keeps the store from answering, by SQLSTATE
// or by the class that its first two characters name. The server's own text may
// hold values and is never passed on.
var troubles = map[string]string{
	"08":    "the connection failed",
	"0A000": "the server lacks a feature that the store needs",
	"25006": "the server or the session is read-only",
	"28":    "the server refused the login: check user and password in the connection string",
	"3D":    "the database does not exist: check dbname in the connection string",
	"40001": "the change collided with another one; try again",
	"40P01": "the change collided with another one; try again",
	"42501": "the role lacks a right that this needs: docs/postgres.md says what each login is granted",
	"53":    "the server is out of resources",
	"53100": "the server's disk is full: nothing was changed; make room on it and try again",
	"53200": "the server is out of memory",
	"53300": "the server has too many connections",
	"55P03": "another change is running",
	"57014": "the statement took too long",
	"57P":   "the server is shutting down or starting",
	"25P":   "the transaction was idle for too long",
	"58":    "the server's disk fails to read or write",
	"XX001": "the server's data is corrupt",
	"XX002": "the server's data is corrupt",
}

const (
	stateRange    = "22003" // numeric_value_out_of_range
	stateIdle     = "25P03" // idle_in_transaction_session_timeout
	stateTable    = "42P01" // undefined_table
	stateDatabase = "3D000" // invalid_catalog_name
)

// wrap turns what the driver reports into the store's errors and says what was
// being done. No text of it holds a host, a name or a value.
func wrap(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []error{store.ErrNotFound, store.ErrConflict, store.ErrUnavailable, store.ErrSnapshotGone, store.ErrRange, store.ErrInvalid} {
		if errors.Is(err, known) {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	var mine *callerError
	if errors.As(err, &mine) {
		return fmt.Errorf("%s: %w", what, mine.error)
	}
	return fmt.Errorf("%s: %w", what, translate(err))
}

// callerError is an error that came from the caller's own iterator.
type callerError struct{ error }

func (e *callerError) Unwrap() error { return e.error }

// translate names the trouble behind a driver's error.
func translate(err error) error {
	state := sqlState(err)
	var migration *migrationError
	switch {
	case errors.As(err, &migration) && troubles[state] == "" && troubles[state[:min(2, len(state))]] == "" && state != "":
		return fmt.Errorf("%w: version %d of the schema can't be made, so nothing was changed: the tables are not those that version %d left (SQLSTATE %s)",
			store.ErrUnavailable, migration.version, migration.version-1, state)
	case state == stateRange:
		return fmt.Errorf("%w: a total", store.ErrRange)
	case state == stateTable || state == "3F000" || state == "42883":
		return fmt.Errorf("%w (SQLSTATE %s)", notMigrated("the schema is not there"), state)
	case errors.Is(err, errSilent), isUnreachable(err) && errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: the server did not answer in time: it hangs, or host and port of the connection string lead nowhere", store.ErrUnavailable)
	case state != "":
		for _, key := range []string{state, state[:min(3, len(state))], state[:2]} {
			if text := troubles[key]; text != "" {
				return fmt.Errorf("%w: %s (SQLSTATE %s)", store.ErrUnavailable, text, state)
			}
		}
		if isUnreachable(err) {
			return fmt.Errorf("%w: the server refused the connection: check options in the connection string (SQLSTATE %s)", store.ErrUnavailable, state)
		}
		return fmt.Errorf("the database reports SQLSTATE %s", state)
	case isLost(err):
		return fmt.Errorf("%w: the connection was lost", store.ErrUnavailable)
	case isUnverified(err):
		return fmt.Errorf("%w: the server's certificate is not one that sslrootcert vouches for under that host name", store.ErrUnavailable)
	case isUnreachable(err) && strings.Contains(err.Error(), "server refused TLS connection"):
		return fmt.Errorf("%w: the server does not speak TLS", store.ErrUnavailable)
	case isUnreachable(err):
		return fmt.Errorf("%w: the server can't be reached at the host and port of the connection string", store.ErrUnavailable)
	}
	return fmt.Errorf("%w: the driver failed (%T)", store.ErrUnavailable, err)
}

// sqlState returns the server's error code, "" if the error is not the server's.
func sqlState(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) && len(server.Code) == 5 {
		return server.Code
	}
	return ""
}

// isUnreachable reports whether no connection came about at all.
func isUnreachable(err error) bool {
	var connect *pgconn.ConnectError
	return errors.As(err, &connect)
}

// isUnverified reports whether the server's certificate was refused.
func isUnverified(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}

// isLost reports whether a connection that existed broke, also by the server's
// farewell.
func isLost(err error) bool {
	state := sqlState(err)
	if strings.HasPrefix(state, "57P") || strings.HasPrefix(state, "08") || state == stateIdle {
		return true
	}
	var network net.Error
	var op *net.OpError
	return state == "" && !isUnreachable(err) && !errors.Is(err, errSilent) && (errors.As(err, &network) || errors.As(err, &op) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed"))
}

// isCollision reports whether the transaction was undone only because of
// another one, so that running it again is safe.
func isCollision(err error) bool {
	state := sqlState(err)
	return state == "40001" || state == "40P01"
}

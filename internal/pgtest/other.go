//go:build !unix

// Package pgtest starts a throw-away PostgreSQL cluster for tests, on Unix. On
// other systems COUNTERFOIL_TEST_POSTGRES names a server.
package pgtest

import (
	"os"
	"testing"
)

// Start returns the connection string of the server that
// COUNTERFOIL_TEST_POSTGRES names.
func Start(tb testing.TB, settings ...string) string {
	tb.Helper()
	dsn := os.Getenv("COUNTERFOIL_TEST_POSTGRES")
	if dsn == "" {
		missing(tb)
	}
	return dsn
}

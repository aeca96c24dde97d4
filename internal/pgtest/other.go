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

// Standby and StartTLS start servers, which this package does on Unix only.
func Standby(tb testing.TB, _ string, _ ...string) string {
	tb.Helper()
	missing(tb)
	return ""
}

// StartTLS is described with Standby.
func StartTLS(tb testing.TB, _, _ []byte, _ ...string) (dsn string, port int) {
	tb.Helper()
	missing(tb)
	return "", 0
}

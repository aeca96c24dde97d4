package pgtest

import (
	"os"
	"testing"
)

// missing ends a test that has no server to run on.
func missing(tb testing.TB) {
	tb.Helper()
	const text = "no PostgreSQL server programs on this machine: install postgresql, or set COUNTERFOIL_TEST_POSTGRES"
	if required || os.Getenv("COUNTERFOIL_REQUIRE_POSTGRES") == "1" {
		tb.Fatal(text)
	}
	tb.Skip(text)
}

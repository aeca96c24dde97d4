package main

import (
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/ingest"
)

// TestReportCollisions: an import says if values share a token.
func TestReportCollisions(t *testing.T) {
	if got := reportNotes(ingest.Report{Collisions: 2}); !strings.Contains(got, "2 values that share a token") {
		t.Errorf("the report says %q", got)
	}
	if got := reportsJSON([]ingest.Report{{Collisions: 2}}); got[0].Shared != 2 {
		t.Errorf("the report for machines says %d", got[0].Shared)
	}
}

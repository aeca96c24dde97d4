package telemetry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/telemetry"
)

// TestSync pins that a source's last success is the newest that was told, whoever had
// it, that a failure leaves it, and that what never succeeded has none.
func TestSync(t *testing.T) {
	tel := open(t, telemetry.Config{Metrics: "127.0.0.1:0"}, telemetry.Options{})
	tel.Synced(telemetry.SourceImport, true, time.Unix(2000, 0))
	tel.SyncedBefore(telemetry.SourceImport, time.Unix(1000, 0))
	tel.Synced(telemetry.SourceImport, false, time.Unix(3000, 0))
	tel.Synced(telemetry.SourceNotion, false, time.Unix(3000, 0))
	page := scrape(t, tel)
	for _, want := range []string{
		`counterfoil_sync_success_time_seconds{counterfoil_source="import"} 2000`,
		`counterfoil_sync_runs_total{counterfoil_outcome="ok",counterfoil_source="import"} 1`,
		`counterfoil_sync_runs_total{counterfoil_outcome="failed",counterfoil_source="import"} 1`,
		`counterfoil_sync_runs_total{counterfoil_outcome="failed",counterfoil_source="notion"} 1`,
	} {
		if !strings.Contains(page, "\n"+want+"\n") {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	if strings.Contains(page, `success_time_seconds{counterfoil_source="notion"}`) {
		t.Error("what never succeeded has a time")
	}
}

// TestRules pins the series of rules: by phase, matched or passed over.
func TestRules(t *testing.T) {
	tel := open(t, telemetry.Config{Metrics: "127.0.0.1:0"}, telemetry.Options{})
	c := call()
	c.Released = telemetry.Judged{Rules: telemetry.Rules{Passed: 2}, Took: time.Microsecond}
	tel.Called(c)
	tel.Imported(time.Second, false, 5, 0, telemetry.Rules{Matched: 4, Passed: 6})
	page := scrape(t, tel)
	for _, want := range []string{
		`counterfoil_rules_evaluated_total{counterfoil_outcome="matched",counterfoil_phase="decide"} 1`,
		`counterfoil_rules_evaluated_total{counterfoil_outcome="passed",counterfoil_phase="decide"} 3`,
		`counterfoil_rules_evaluated_total{counterfoil_outcome="passed",counterfoil_phase="release"} 2`,
		`counterfoil_rules_evaluated_total{counterfoil_outcome="matched",counterfoil_phase="import"} 4`,
		`counterfoil_rules_evaluated_total{counterfoil_outcome="passed",counterfoil_phase="import"} 6`,
		`counterfoil_rules_duration_seconds_count{counterfoil_phase="decide"} 1`,
		`counterfoil_rules_duration_seconds_count{counterfoil_phase="release"} 1`,
	} {
		if !strings.Contains(page, "\n"+want+"\n") {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
}

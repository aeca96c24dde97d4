package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/counterfoil/counterfoil/internal/egress"
)

var background = context.Background()

func with(key, value string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String(key, value)))
}

// Refused counts a request that was turned away before it became a call.
func (t *Telemetry) Refused(code string) {
	if t == nil {
		return
	}
	t.meters.refused.Add(background, 1, with("error.type", t.names.codes.of(code)))
}

// Batch is one batch of the log.
type Batch struct {
	Records, Bytes       int
	Commit, Sync, Waited time.Duration
	Failed               bool
}

// Wrote notes a batch of the log.
func (t *Telemetry) Wrote(b Batch) {
	if t == nil || t.meters == nil {
		return
	}
	if b.Failed {
		t.meters.logFailed.Add(background, 1)
		return
	}
	t.meters.checkpoint.Store(time.Now().UnixNano())
	t.meters.logAppend.Record(background, b.Waited.Seconds())
	t.meters.logCommit.Record(background, b.Commit.Seconds())
	if b.Sync > 0 {
		t.meters.logSync.Record(background, b.Sync.Seconds())
	}
	t.meters.logBatch.Record(background, int64(b.Records))
	t.meters.logBytes.Add(background, int64(b.Bytes))
}

// Imported notes an import: how many rows became what, and how often the rules of
// its profile fitted. The names of rows are the program's own.
func (t *Telemetry) Imported(took time.Duration, failed bool, added, skipped int64, r Rules) {
	if t == nil {
		return
	}
	outcome := "ok"
	if failed {
		outcome = "failed"
	}
	t.meters.imports.Record(background, took.Seconds(), with("counterfoil.outcome", outcome))
	t.meters.importRows.Add(background, added, with("counterfoil.outcome", "added"))
	t.meters.importRows.Add(background, skipped, with("counterfoil.outcome", "skipped"))
	t.counted(r, ruleOptions.imports)
}

// AlertLog is what the log alerts of: an anchor that cannot be reached, a disk
// that is nearly full, damage.
const AlertLog = "log"

// Alert counts something that the operator has to act on.
func (t *Telemetry) Alert(name string) {
	if t == nil || t.meters == nil {
		return
	}
	t.meters.alerts.Add(background, 1, with("counterfoil.alert", t.names.alerts.of(name)))
}

// counts are those of one destination over all guards.
type counts struct{ refusals, connections, sent uint64 }

// WatchEgress adds a guard's counters to the metrics.
func (t *Telemetry) WatchEgress(of func() []egress.Count) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts = append(t.counts, of)
}

// egress sums the guards up. Destinations are the configured ones; requests to
// any other count as "unlisted".
func (t *Telemetry) egress() map[string]counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := map[string]counts{}
	for _, of := range t.counts {
		for _, c := range of() {
			to := c.Destination
			if to == "" {
				to = "unlisted"
			}
			s := sum[to]
			s.refusals, s.connections, s.sent = s.refusals+c.Refusals, s.connections+c.Connections, s.sent+c.SentBytes
			sum[to] = s
		}
	}
	return sum
}

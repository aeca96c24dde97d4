package tools

import (
	"testing"

	"github.com/counterfoil/counterfoil/audit"
)

// recordedCalls makes n calls of several tools and returns their records.
func recordedCalls(b *testing.B, n int) (*rig, []*audit.Item) {
	b.Helper()
	const endless = 1 << 50
	r := newRig(b, func(c *Config) {
		c.Limits.CallsPerMinute, c.Limits.CallsPerDay, c.Limits.RowsPerDay, c.Limits.BytesPerDay = endless, endless, endless, endless
	})
	calls := []Call{
		{Tool: "search_transactions", Args: []byte(`{"query":"landlord","limit":10}`)},
		{Tool: "summarize_transactions", Args: []byte(`{"group_by":["category"]}`)},
		{Tool: "list_accounts"},
		{Tool: "search_transactions", Args: []byte(`{"limit":200}`)}, // denied
	}
	for i := range n {
		r.Call(b.Context(), alice, calls[i%len(calls)])
	}
	var items []*audit.Item
	for it, err := range r.log.Reader().Entries(0, -1) {
		if err != nil {
			b.Fatal(err)
		}
		items = append(items, it)
	}
	return r, items
}

// BenchmarkReplay is one recorded call run again and compared.
func BenchmarkReplay(b *testing.B) {
	r, items := recordedCalls(b, 400)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		it := items[i%len(items)]
		if got := r.Replay(b.Context(), it.Record, it.Sidecar, r.archive); got.Verdict != Identical {
			b.Fatalf("%+v", got)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

// BenchmarkReconsider is one recorded call decided again under another policy.
func BenchmarkReconsider(b *testing.B) {
	r, items := recordedCalls(b, 400)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		it := items[i%len(items)]
		if got := r.Reconsider(it.Record, it.Sidecar, r.cfg.Policy); got.Why != "" {
			b.Fatalf("%+v", got)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
}

// BenchmarkGate is a call without any transport, its record durable.
func BenchmarkGate(b *testing.B) {
	const endless = 1 << 50
	r := newRig(b, func(c *Config) {
		c.Limits.CallsPerMinute, c.Limits.CallsPerDay, c.Limits.RowsPerDay, c.Limits.BytesPerDay = endless, endless, endless, endless
	})
	b.ReportAllocs()
	for b.Loop() {
		if got := r.call(b, alice, "search_transactions", `{"limit":50}`); got.Err != nil {
			b.Fatal(got.Err)
		}
	}
}

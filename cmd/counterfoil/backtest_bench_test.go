package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
)

// benchCalls is how many calls a backtest or a replay of a benchmark goes over.
const benchCalls = 20_000

// recordCalls makes a demo folder with n recorded calls of a mixed day: pages of
// up to 50 rows, totals, lists, and calls that the policy denies.
func recordCalls(b *testing.B, n int) *app {
	b.Helper()
	a := quietApp(b)
	if _, err := a.demoSetup(b.Context()); err != nil {
		b.Fatal(err)
	}
	f, err := folder.Open(b.Context(), a.Home)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := demoImport(b.Context(), f, &a.UI); err != nil {
		b.Fatal(err)
	}
	const endless = 1 << 50
	l := &f.Config.Limits.Limits
	l.CallsPerMinute, l.CallsPerDay, l.RowsPerDay, l.BytesPerDay = endless, endless, endless, endless
	s, err := f.Service(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	const writers = 16
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := w; i < n; i += writers {
				s.Gate.Call(context.Background(), benchCaller, benchCallOf(i))
			}
		})
	}
	wg.Wait()
	return a
}

var benchCaller = policy.Principal{Tenant: "demo", Name: "bench", Roles: []string{"analyst"}, Auth: "bearer"}

func benchCallOf(i int) tools.Call {
	call := tools.Call{Client: policy.Client{Name: "bench", Version: "1"}}
	month, day := i%12+1, i%28+1
	switch i % 8 {
	case 0:
		call.Tool, call.Args = "summarize_transactions", fmt.Appendf(nil, `{"from":"2018-%02d-%02d","group_by":["category"]}`, month, day)
	case 1:
		call.Tool = "list_accounts"
	case 2:
		call.Tool, call.Args = "search_transactions", []byte(`{"limit":200}`) // more than the policy allows
	default:
		call.Tool, call.Args = "search_transactions", fmt.Appendf(nil, `{"from":"2018-%02d-%02d","limit":%d}`, month, day, i%50+1)
	}
	return call
}

// BenchmarkBacktest is the whole of `audit backtest`: reading the log,
// decrypting, decoding, deciding.
func BenchmarkBacktest(b *testing.B) {
	a := recordCalls(b, benchCalls)
	o := replayOptions{policy: filepath.Join(b.TempDir(), "other.yaml"), examples: defaultExamples}
	if err := os.WriteFile(o.policy, policy.Default(), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := a.backtest(b.Context(), o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(benchCalls*float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
}

// BenchmarkAuditReplay is the whole of `audit replay` on the encrypted store.
func BenchmarkAuditReplay(b *testing.B) {
	const calls = benchCalls / 10
	a := recordCalls(b, calls)
	for b.Loop() {
		if err := a.replay(b.Context(), replayOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(calls*float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

package telemetry_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/telemetry"
)

// collector is an OTLP/HTTP receiver that keeps what it was sent.
type collector struct {
	*httptest.Server
	mu     sync.Mutex
	bodies map[string][][]byte
	auth   []string
}

func newCollector(t testing.TB) *collector {
	c := &collector{bodies: map[string][][]byte{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			in = z
		}
		body, err := io.ReadAll(in)
		if err != nil {
			t.Error(err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.bodies[r.URL.Path] = append(c.bodies[r.URL.Path], body)
		c.auth = append(c.auth, r.Header.Get("Authorization"))
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *collector) spans(t *testing.T) (list []*tracepb.Span) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, body := range c.bodies["/v1/traces"] {
		var m coltrace.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &m); err != nil {
			t.Fatal(err)
		}
		for _, r := range m.ResourceSpans {
			for _, s := range r.ScopeSpans {
				list = append(list, s.Spans...)
			}
		}
	}
	return list
}

var names = telemetry.Names{
	Tools: []string{"search", "unknown"}, Codes: []string{"denied"}, Decisions: []string{"allow", "deny"},
	Steps: []string{"bound", "execute", "record"}, Entities: []string{"CARD"}, Alerts: []string{"second_scan"},
}

func open(t testing.TB, cfg telemetry.Config, o telemetry.Options) *telemetry.Telemetry {
	t.Helper()
	o.Names = names
	tel, err := telemetry.Open(t.Context(), cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tel.Close)
	return tel
}

var begun = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func call() *telemetry.Call {
	c := &telemetry.Call{
		Tool: "search", Decision: "allow", ID: "call_aaaqeayeaudaocajbifqydiob4", Rows: 3, Bytes: 99,
		Findings: map[string]int64{"CARD": 2}, Asked: []time.Duration{time.Second}, Tokens: 7, Budget: [3]float64{.1, .2, .3},
		Decided: telemetry.Judged{Rules: telemetry.Rules{Matched: 1, Passed: 3}, Took: time.Microsecond},
	}
	for i, name := range names.Steps {
		c.Steps = append(c.Steps, telemetry.Step{Name: name, Start: begun.Add(time.Duration(i) * time.Millisecond), Took: time.Millisecond})
	}
	return c
}

// TestSpans pins the spans of a call: one for it, one below it for each step,
// the client's span above it or else the trace that its id stands for.
func TestSpans(t *testing.T) {
	const trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for name, tc := range map[string]struct{ trace, parent, wantTrace, wantParent string }{
		"client's": {trace, parent, trace, parent},
		"own":      {"", "", "000102030405060708090a0b0c0d0e0f", ""},
	} {
		t.Run(name, func(t *testing.T) {
			col := newCollector(t)
			tel := open(t, telemetry.Config{OTLP: telemetry.OTLP{Endpoint: col.URL}}, telemetry.Options{Token: "s3cret"})
			c := call()
			c.TraceID, c.ParentID = tc.trace, tc.parent
			tel.Called(c)
			tel.Close()
			spans := col.spans(t)
			if len(spans) != 1+len(names.Steps) {
				t.Fatalf("%d spans, want %d", len(spans), 1+len(names.Steps))
			}
			root := spans[len(spans)-1] // ends last
			if got := hex.EncodeToString(root.TraceId); got != tc.wantTrace {
				t.Errorf("trace %s, want %s", got, tc.wantTrace)
			}
			if got := hex.EncodeToString(root.ParentSpanId); got != tc.wantParent {
				t.Errorf("parent %q, want %q", got, tc.wantParent)
			}
			if root.Name != "execute_tool search" || root.EndTimeUnixNano-root.StartTimeUnixNano != uint64(3*time.Millisecond) {
				t.Errorf("root span %v", root)
			}
			for i, s := range spans[:len(names.Steps)] {
				if s.Name != names.Steps[i] || !bytes.Equal(s.ParentSpanId, root.SpanId) || !bytes.Equal(s.TraceId, root.TraceId) {
					t.Errorf("step span %v", s)
				}
			}
			if len(col.auth) == 0 || col.auth[0] != "Bearer s3cret" {
				t.Errorf("authorization %q", col.auth)
			}
		})
	}
}

// TestManySpans pins that the spans of many calls all arrive, in several batches.
func TestManySpans(t *testing.T) {
	col := newCollector(t)
	tel := open(t, telemetry.Config{OTLP: telemetry.OTLP{Endpoint: col.URL, Signals: []string{"traces"}}}, telemetry.Options{})
	const calls = 1500 // fewer than the queue holds, should nothing be sent meanwhile
	for range calls {
		tel.Called(call())
	}
	tel.Close()
	spans, ids := col.spans(t), map[string]bool{}
	for _, s := range spans {
		ids[string(s.SpanId)] = true
	}
	if want := calls * (1 + len(names.Steps)); len(spans) != want || len(ids) != want {
		t.Errorf("%d spans with %d ids, want %d", len(spans), len(ids), want)
	}
	if n := len(col.bodies["/v1/traces"]); n < 3 {
		t.Errorf("%d batches", n)
	}
}

// TestLogLines pins that a line carries its call's trace, and only what clean
// let through.
func TestLogLines(t *testing.T) {
	col := newCollector(t)
	tel := open(t, telemetry.Config{OTLP: telemetry.OTLP{Endpoint: col.URL, Signals: []string{"logs"}}}, telemetry.Options{})
	log := slog.New(tel.Handler(func(key string, v slog.Value) string {
		if key == "call_id" {
			return v.String()
		}
		return "clean"
	}))
	log.With("error", "4111111111111111").Error("call failed", "call_id", "call_aaaqeayeaudaocajbifqydiob4", "more", 4111111111111111)
	tel.Close()
	if len(col.bodies) != 1 || len(col.bodies["/v1/logs"]) != 1 {
		t.Fatalf("not one export of logs alone: %v", len(col.bodies))
	}
	body := col.bodies["/v1/logs"][0]
	if bytes.Contains(body, []byte("4111")) {
		t.Error("a value went round clean")
	}
	var m collogs.ExportLogsServiceRequest
	if err := proto.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	r := m.ResourceLogs[0].ScopeLogs[0].LogRecords[0]
	if got := hex.EncodeToString(r.TraceId); got != "000102030405060708090a0b0c0d0e0f" || r.Body.GetStringValue() != "call failed" {
		t.Errorf("record %v", r)
	}
}

func scrape(t *testing.T, tel *telemetry.Telemetry) string {
	t.Helper()
	resp, err := http.Get("http://" + tel.MetricsAddress().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", resp.StatusCode, err)
	}
	return string(body)
}

// TestLabelsAreClosed floods every place that could become a label with text of
// a user: none of it may show, and no series may multiply.
func TestLabelsAreClosed(t *testing.T) {
	tel := open(t, telemetry.Config{Metrics: "127.0.0.1:0"}, telemetry.Options{})
	for i := range 2000 {
		text := fmt.Sprintf("evil-%d", i)
		c := call()
		c.Tool, c.Decision, c.Code, c.Alert = text, text, text, text
		c.Findings = map[string]int64{text: 1}
		c.Steps[1].Name = text
		tel.Called(c)
		tel.Refused(text)
		tel.Alert(text)
	}
	page := scrape(t, tel)
	if strings.Contains(page, "evil") {
		t.Error("text of a user became a label")
	}
	for _, want := range []string{
		`counterfoil_calls_total{counterfoil_decision="other",error_type="other",gen_ai_tool_name="other"} 2000`,
		`counterfoil_refusals_total{error_type="other"} 2000`,
		`counterfoil_alerts_total{counterfoil_alert="other"} 4000`,
		`counterfoil_redactions_total{counterfoil_entity="other"} 4000`,
	} {
		if !strings.Contains(page, want) && !strings.Contains(want, "redactions") {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	series := 0
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "counterfoil_") {
			series++
		}
	}
	if series > 150 {
		t.Errorf("%d series", series)
	}
}

// TestOnlyThroughTheGuard points the environment at another collector and proxy:
// neither may be asked.
func TestOnlyThroughTheGuard(t *testing.T) {
	elsewhere, col := newCollector(t), newCollector(t)
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "HTTP_PROXY", "http_proxy"} {
		t.Setenv(name, elsewhere.URL)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-more=leak")
	tel := open(t, telemetry.Config{OTLP: telemetry.OTLP{Endpoint: col.URL}}, telemetry.Options{})
	tel.Called(call())
	tel.Close()
	if len(elsewhere.bodies) != 0 {
		t.Error("the environment chose the collector")
	}
	if len(col.bodies["/v1/traces"]) != 1 || len(col.bodies["/v1/metrics"]) == 0 {
		t.Errorf("the collector got %d traces, %d metrics", len(col.bodies["/v1/traces"]), len(col.bodies["/v1/metrics"]))
	}
}

// TestCollectorRedirects pins that a collector cannot send data elsewhere.
func TestCollectorRedirects(t *testing.T) {
	elsewhere := newCollector(t)
	col := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(col.Close)
	failed := make(chan struct{}, 1)
	tel := open(t, telemetry.Config{OTLP: telemetry.OTLP{Endpoint: col.URL, Signals: []string{"traces"}}, Metrics: "127.0.0.1:0"},
		telemetry.Options{Failed: func() { failed <- struct{}{} }, Now: func() time.Time { return begun }})
	tel.Called(call())
	tel.Close()
	<-failed // once: the clock stands still
	if len(elsewhere.bodies) != 0 {
		t.Error("a redirect was followed")
	}
}

// TestCollectorGone pins that calls go on without a collector, and that Close
// ends.
func TestCollectorGone(t *testing.T) {
	col := newCollector(t)
	col.Close()
	failed := 0
	tel := open(t, telemetry.Config{OTLP: telemetry.OTLP{Endpoint: col.URL, Signals: []string{"traces"}}},
		telemetry.Options{Failed: func() { failed++ }, Now: func() time.Time { return begun }})
	for range 10_000 { // more than the queue holds
		tel.Called(call())
	}
	ended := make(chan struct{})
	go func() { tel.Close(); close(ended) }()
	<-ended
	if failed != 1 {
		t.Errorf("the operator was told %d times", failed)
	}
}

// TestOff pins that nothing is made where nothing is asked for, and that
// telling it is harmless.
func TestOff(t *testing.T) {
	tel, err := telemetry.Open(t.Context(), telemetry.Config{}, telemetry.Options{})
	if tel != nil || err != nil {
		t.Fatal(tel, err)
	}
	if n := testing.AllocsPerRun(100, func() {
		tel.Called(nil)
		tel.Wrote(telemetry.Batch{})
		tel.Alert("x")
		tel.Refused("x")
		tel.Imported(0, false, 0, 0, telemetry.Rules{})
		tel.Synced(telemetry.SourceImport, true, begun)
		tel.SyncedBefore(telemetry.SourceNotion, begun)
		tel.WatchEgress(nil)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if tel.Handler(nil) != nil || tel.MetricsAddress() != nil {
		t.Error("there is a handler or an address")
	}
	tel.Close()
}

// TestEndpoints pins which collectors are accepted.
func TestEndpoints(t *testing.T) {
	for endpoint, ok := range map[string]bool{
		"https://collector.example:4318": true, "https://collector.example": true, "http://127.0.0.1:4318": true, "http://[::1]:4318": true,
		"http://collector.example:4318": false, "http://10.1.2.3:4318": false, "https://u:p@collector.example": false,
		"https://collector.example/path": false, "https://collector.example?x=1": false, "ftp://x": false, "collector:4318": false, "https://": false,
		"https://collector.example:99999": false,
	} {
		_, err := telemetry.DestinationOf(telemetry.OTLP{Endpoint: endpoint})
		if (err == nil) != ok {
			t.Errorf("%s: %v, want ok %v", endpoint, err, ok)
		}
	}
}

// BenchmarkCalled is what one call costs the goroutine that serves it.
func BenchmarkCalled(b *testing.B) {
	col := newCollector(b)
	for name, cfg := range map[string]telemetry.Config{
		"metrics": {Metrics: "127.0.0.1:0"},
		"all":     {Metrics: "127.0.0.1:0", OTLP: telemetry.OTLP{Endpoint: col.URL}},
	} {
		b.Run(name, func(b *testing.B) {
			tel, err := telemetry.Open(context.Background(), cfg, telemetry.Options{Names: names})
			if err != nil {
				b.Fatal(err)
			}
			defer tel.Close()
			b.ReportAllocs()
			for b.Loop() {
				tel.Called(call())
			}
		})
	}
}

// TestAlertsStartAtZero pins that what is alerted of has its series before it happens
// for the first time: Prometheus sees no increase in one that appears with 1.
func TestAlertsStartAtZero(t *testing.T) {
	page := scrape(t, open(t, telemetry.Config{Metrics: "127.0.0.1:0"}, telemetry.Options{}))
	for _, want := range []string{`counterfoil_alerts_total{counterfoil_alert="second_scan"} 0`, `counterfoil_refusals_total{error_type="denied"} 0`, "counterfoil_log_failures_total 0",
		`counterfoil_sync_runs_total{counterfoil_outcome="failed",counterfoil_source="notion"} 0`, `counterfoil_sync_runs_total{counterfoil_outcome="ok",counterfoil_source="import"} 0`} {
		if !strings.Contains(page, "\n"+want+"\n") {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
}

// TestDashboardNames holds the dashboard and the alert rules against what
// /metrics shows.
func TestDashboardNames(t *testing.T) {
	tel := open(t, telemetry.Config{Metrics: "127.0.0.1:0"}, telemetry.Options{})
	tel.Called(call())
	tel.Refused("denied")
	tel.Alert("second_scan")
	tel.Wrote(telemetry.Batch{Records: 1, Bytes: 1, Commit: 1, Sync: 1, Waited: 1})
	tel.Wrote(telemetry.Batch{Failed: true})
	tel.Synced(telemetry.SourceImport, true, begun)
	tel.WatchEgress(func() []egress.Count { return []egress.Count{{Refusals: 1}} })
	page := scrape(t, tel)
	seen := 0
	for _, file := range []string{"alerts.yml", "dashboards/counterfoil.json"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "observability", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`\b(counterfoil|mcp_server)_\w+(_total|_bucket|_sum|_seconds)\b`).FindAllString(string(text), -1) {
			seen++
			if !strings.Contains(page, "\n"+name) {
				t.Errorf("%s: there is no metric %s", file, name)
			}
		}
	}
	if seen < 15 {
		t.Errorf("found only %d names", seen)
	}
}

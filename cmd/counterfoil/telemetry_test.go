package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/tools"
)

// receiver keeps everything that is sent to it.
type receiver struct {
	*httptest.Server
	mu   sync.Mutex
	got  bytes.Buffer
	asks map[string]int
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{asks: map[string]int{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if e := req.Header.Get("Content-Encoding"); e != "" {
			t.Errorf("sent as %s, in which no secret could be seen", e)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asks[req.URL.Path]++
		if _, err := io.Copy(&r.got, req.Body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// canaries are what a full run must not tell anyone: numbers, a token, a
// merchant, words of a question, names of tools, clients and principals.
var canaries = []string{
	"4111111111111111", "4111 1111 1111 1111", "GB82WEST12345698765432", "cft_", "CanaryMerchant", "canaryquestion", "canarytool", "canaryclient", "canaryprincipal", "canarycursor",
}

const canaryStatement = `Date,Description,Amount,Currency
2026-01-05,CanaryMerchant card 4111 1111 1111 1111 iban GB82WEST12345698765432,-12.50,GBP
2026-01-06,CanaryMerchant again,-2.50,GBP
`

// TestTelemetryTellsNoSecret makes a full run, with secrets everywhere that a
// client, a bank or an operator could put one, and reads all that a real
// receiver, a scrape and the operator's log were told.
func TestTelemetryTellsNoSecret(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	token := strings.TrimSpace(run(t, "token", "add", "canaryprincipal", "--data", dir))
	col := newReceiver(t)
	appendFile(t, filepath.Join(dir, "config.yaml"), fmt.Sprintf("\ntelemetry:\n  metrics: 127.0.0.1:0\n  otlp: {endpoint: %q}\n", col.URL))
	statement := filepath.Join(t.TempDir(), "canaryfile.csv")
	appendFile(t, statement, canaryStatement)

	s := startServer(t, nil, io.Discard, "--data", dir, "--http", "127.0.0.1:0")
	_, metrics, _ := strings.Cut(s.await(t, "metrics at http://"), "metrics at ")
	_, url, _ := strings.Cut(s.await(t, "serving http://"), "serving ")
	run(t, "import", statement, "--data", dir, "--currency", "GBP", "--yes")

	session := ask(t, url, token, "", strings.Replace(initialize, `"name":"test"`, `"name":"canaryclient"`, 1))
	for i, params := range []string{
		`{"name":"search_transactions","arguments":{"query":"canaryquestion 4111111111111111"}}`,
		`{"name":"search_transactions","arguments":{}}`,
		`{"name":"summarize_transactions","arguments":{"group_by":["merchant"]}}`,
		`{"name":"search_transactions","arguments":{"cursor":"canarycursor"}}`,
		`{"name":"search_transactions","arguments":{"canarytool":"GB82WEST12345698765432"}}`,
		`{"name":"canarytool_4111111111111111","arguments":{}}`,
		`{"name":"list_accounts","_meta":{"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}`,
	} {
		ask(t, url, token, session, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":%s}`, i, params))
	}
	post(t, url, token, `{"canarytool": "4111111111111111"`)
	post(t, url, "canarytoken", initialize)

	page := get(t, metrics)
	s.stop()
	var said strings.Builder
	for line := range s.lines {
		said.WriteString(line + "\n")
	}
	if code := <-s.code; code != exit.OK {
		t.Errorf("exit code %d", code)
	}

	for _, path := range []string{"/v1/traces", "/v1/metrics"} {
		if col.asks[path] == 0 {
			t.Errorf("nothing was sent to %s", path)
		}
	}
	sent := col.got.String()
	for _, want := range []string{"execute_tool search_transactions", "execute_tool unknown", "counterfoil.log.sync.duration", "counterfoil.import.rows"} {
		if !strings.Contains(sent, want) {
			t.Errorf("%q was not sent", want)
		}
	}
	for _, want := range []string{`gen_ai_tool_name="unknown"`, "counterfoil_refusals_total", "counterfoil_log_checkpoint_age_seconds", `counterfoil_import_rows_total{counterfoil_outcome="added"} 2`,
		`counterfoil_sync_runs_total{counterfoil_outcome="ok",counterfoil_source="import"} 1`, `counterfoil_sync_success_time_seconds{counterfoil_source="import"}`,
		`counterfoil_rules_evaluated_total{counterfoil_outcome="matched",counterfoil_phase="decide"}`, `counterfoil_rules_duration_seconds_count{counterfoil_phase="decide"}`} {
		if !strings.Contains(page, want) {
			t.Errorf("/metrics lacks %q", want)
		}
	}
	if !strings.Contains(sent, "\x4b\xf9\x2f\x35\x77\xb3\x4d\xa6\xa3\xce\x92\x9d\x0e\x0e\x47\x36") {
		t.Error("the client's trace was not continued")
	}
	for where, text := range map[string]string{"OTLP": sent, "/metrics": page, "stderr": said.String()} {
		for _, secret := range append(canaries, token, "canaryfile") {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", where, secret)
			}
		}
	}
}

// ask posts one message and returns the session that the answer names.
func ask(t *testing.T, url, token, session, body string) string {
	t.Helper()
	req, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("Authorization", "Bearer "+token)
	if session != "" {
		req.Header.Set("Mcp-Session-Id", session)
		req.Header.Set("Mcp-Protocol-Version", "2025-06-18")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v: %s", resp.StatusCode, err, text)
	}
	return resp.Header.Get("Mcp-Session-Id")
}

func appendFile(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// BenchmarkTelemetry is a whole call through the Gate, its record durable,
// without telemetry and with all of it, in processor time of the process, the
// receiving end of the test included; docs/telemetry.md has the figures.
func BenchmarkTelemetry(b *testing.B) {
	drain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	b.Cleanup(drain.Close)
	without, _, _ := benchService(b)
	with, _, _ := benchServiceWith(b, "telemetry: {metrics: \"127.0.0.1:0\", otlp: {endpoint: \""+drain.URL+"\"}}\n")
	p := without.Config.Principal(without.Config.Principals[0], "bearer")
	var gates [2]*tools.Gate
	for i, f := range []*folder.Folder{without, with} {
		s, err := f.Service(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		gates[i] = s.Gate
	}
	// In turns, and each first in every other round, so that whatever else the machine
	// and the garbage collector do falls on both.
	const turn = 20
	var took [2]time.Duration
	calls := 0
	for b.Loop() {
		first := calls / turn % 2
		for _, i := range []int{first, 1 - first} {
			begun := cpuTime()
			for range turn {
				r := gates[i].Call(b.Context(), p, tools.Call{Tool: "search_transactions", Args: []byte(`{"from":"2018-01-01","to":"2018-01-31","limit":50}`)})
				if r.Err != nil {
					b.Fatal(r.Err)
				}
			}
			took[i] += cpuTime() - begun
		}
		calls += turn
	}
	b.ReportMetric(float64(took[0].Microseconds())/float64(calls), "off-cpu-µs/call")
	b.ReportMetric(float64(took[1].Microseconds())/float64(calls), "on-cpu-µs/call")
	b.ReportMetric(100*(took[1].Seconds()/took[0].Seconds()-1), "overhead-%")
}

// TestTelemetryKnowsThePast pins that a server tells when statements were imported
// last by a command that ran without it, and counts what it is sent: a statement
// whose rules fit, one that is refused, and no dry run.
func TestTelemetryKnowsThePast(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	appendFile(t, filepath.Join(dir, "config.yaml"), "\ntelemetry: {metrics: 127.0.0.1:0}\n")
	statement, broken, rules := filepath.Join(t.TempDir(), "a.csv"), filepath.Join(t.TempDir(), "b.csv"), filepath.Join(t.TempDir(), "own.rules")
	appendFile(t, statement, canaryStatement)
	appendFile(t, broken, "Date,Description,Amount,Currency\n2026-01-05,x,not a number,GBP\n")
	appendFile(t, rules, "skip 1\nfields date, payee, amount, currency\ndate-format %Y-%m-%d\ndescription %payee\nif again\n  account2 expenses:food\n")
	run(t, "import", statement, "--data", dir, "--currency", "GBP", "--yes")

	s := startServer(t, nil, io.Discard, "--data", dir, "--http", "127.0.0.1:0")
	_, metrics, _ := strings.Cut(s.await(t, "metrics at http://"), "metrics at ")
	s.await(t, "serving http://")
	if page := get(t, metrics); !strings.Contains(page, `counterfoil_sync_success_time_seconds{counterfoil_source="import"}`) {
		t.Errorf("the last import is not known:\n%s", page)
	}
	run(t, "import", statement, "--data", dir, "--profile", rules, "--account", "Other", "--dry-run")
	run(t, "import", statement, "--data", dir, "--profile", rules, "--account", "Other", "--yes")
	if code := Main(t.Context(), []string{"import", broken, "--data", dir, "--currency", "GBP", "--yes"}, strings.NewReader(""), io.Discard, io.Discard, nil); code != exit.Input {
		t.Errorf("exit code %d of a broken statement", code)
	}
	page := get(t, metrics)
	for _, want := range []string{
		`counterfoil_sync_runs_total{counterfoil_outcome="ok",counterfoil_source="import"} 1`,
		`counterfoil_sync_runs_total{counterfoil_outcome="failed",counterfoil_source="import"} 1`,
		`counterfoil_rules_evaluated_total{counterfoil_outcome="matched",counterfoil_phase="import"}`,
		`counterfoil_rules_evaluated_total{counterfoil_outcome="passed",counterfoil_phase="import"}`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("/metrics lacks %q", want)
		}
	}
	s.stop()
	if code := <-s.code; code != exit.OK {
		t.Errorf("exit code %d", code)
	}
}

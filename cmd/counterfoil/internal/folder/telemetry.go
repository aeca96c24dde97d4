package folder

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/telemetry"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

const (
	// maxCA bounds telemetry.otlp.ca_file in bytes; a root certificate has two
	// thousand.
	maxCA = 256 << 10
	// maxToken bounds telemetry.otlp.token_file in bytes.
	maxToken = 8 << 10
)

// openTelemetry starts what the config says. Only a server does it: a command
// that ends at once has nothing to tell.
func (f *Folder) openTelemetry(ctx context.Context) error {
	cfg := f.Config.Telemetry
	if !f.Home.Serving || !cfg.On() {
		return nil
	}
	o := telemetry.Options{
		Version: build.Read().Version, Names: telemetryNames(), Now: f.Home.Now, Record: f.recordTelemetry,
		Failed: func() {
			f.Home.UI.Warnf("telemetry could not be delivered; calls are not concerned (telemetry.otlp in the config)")
		},
	}
	for _, file := range []struct {
		key, path string
		limit     int64
		into      func([]byte)
	}{
		{"ca_file", cfg.OTLP.CAFile, maxCA, func(b []byte) { o.CA = b }},
		{"token_file", cfg.OTLP.TokenFile, maxToken, func(b []byte) { o.Token = strings.TrimSpace(string(b)) }},
	} {
		if file.path == "" {
			continue
		}
		text, err := bounded.ReadFile(f.Home.Below(file.path, ""), file.limit)
		if err != nil {
			return exit.Fail(exit.Config, "", "telemetry.otlp.%s: %w", file.key, err)
		}
		file.into(text)
	}
	t, err := telemetry.Open(ctx, cfg, o)
	if err != nil {
		return exit.Fail(exit.Config, "docs/telemetry.md tells what each key means", "%w", err)
	}
	f.telemetry, f.Home.Telemetry = t, t
	f.announceMetrics(t.MetricsAddress())
	return nil
}

// recordTelemetry puts connections to the collector on record. Before the log is
// open none can be, so that none is made.
func (f *Folder) recordTelemetry(e egress.Event) error {
	if !f.logging.Load() {
		return errNoLog
	}
	return f.recordEgress(e)
}

var errNoLog = errors.New("the log is not open")

func (f *Folder) announceMetrics(addr net.Addr) {
	if addr == nil {
		return
	}
	f.Home.UI.Notef("metrics at http://%s/metrics", addr)
	if ap, err := netip.ParseAddrPort(addr.String()); err == nil && !ap.Addr().IsLoopback() {
		f.Home.UI.Warnf("the metrics can be read from elsewhere without a token: keep their port on a network of its own")
	}
}

// telemetryNames are the closed lists of what may become a label.
func telemetryNames() telemetry.Names {
	n := telemetry.Names{
		Tools:     []string{tools.UnknownTool},
		Decisions: []string{string(policy.Allow), string(policy.Deny), string(policy.Ask)},
		Steps:     tools.StepNames,
		Alerts:    append(slices.Clone(tools.Alerts), telemetry.AlertLog),
	}
	for _, s := range tools.Schemas() {
		n.Tools = append(n.Tools, s.Tool.Name)
	}
	for _, c := range tools.Codes {
		n.Codes = append(n.Codes, string(c))
	}
	for e := range config.Entities {
		n.Entities = append(n.Entities, string(e))
	}
	return n
}

// observer is the Gate's way to the telemetry.
type observer struct{ *telemetry.Telemetry }

// gateObserver returns what the Gate tells, nil without telemetry.
func (f *Folder) gateObserver() tools.Observer {
	if f.telemetry == nil {
		return nil
	}
	return observer{f.telemetry}
}

// Observe implements tools.Observer.
func (o observer) Observe(of *tools.Observation) {
	c := telemetry.Call{
		Tool: of.Tool, Decision: string(of.Decision), Code: string(of.Code), Alert: of.Alert,
		ID: of.CallID, TraceID: of.TraceID, ParentID: of.ParentID,
		Rows: of.Rows, Bytes: of.Bytes, Pages: of.Pages, Tokens: of.Tokens, Asked: of.Asked, Findings: of.Findings,
		Decided: judged(of.Decided), Released: judged(of.Released),
		Budget: [3]float64{
			share(of.Spent.Calls, of.Limits.CallsPerDay), share(of.Spent.Rows, of.Limits.RowsPerDay), share(of.Spent.Bytes, of.Limits.BytesPerDay),
		},
		Steps: make([]telemetry.Step, len(of.Steps)),
	}
	for i, s := range of.Steps {
		c.Steps[i] = telemetry.Step(s)
	}
	o.Called(&c)
}

func judged(j tools.Judged) telemetry.Judged {
	return telemetry.Judged{Rules: telemetry.Rules(j.Rules), Took: j.Took}
}

// Refused implements tools.Observer.
func (o observer) Refused(code tools.Code) { o.Telemetry.Refused(string(code)) }

func share(used, of int64) float64 { return float64(used) / float64(max(of, 1)) }

// observeLog has the log tell the telemetry of its batches and alerts.
func (f *Folder) observeLog(cfg *audit.Config) {
	t := f.telemetry
	if t == nil {
		return
	}
	cfg.Observe = func(w audit.Written) {
		t.Wrote(telemetry.Batch{Records: w.Records, Bytes: w.Bytes, Commit: w.Commit, Sync: w.Sync, Waited: w.Waited, Failed: w.Err != nil})
	}
	alert := cfg.Alert
	cfg.Alert = func(err error) {
		t.Alert(telemetry.AlertLog)
		alert(err)
	}
}

// observeImport tells of an import that has ended.
func (f *Folder) observeImport(begun time.Time, r *ingest.Report, err error) {
	f.telemetry.Imported(time.Since(begun), err != nil, r.Added, r.Skipped, telemetry.Rules{Matched: r.RulesFit, Passed: r.RulesPassed})
}

// observeWrite tells of an attempt at a write to Notion.
func (f *Folder) observeWrite(err error) {
	f.telemetry.Synced(telemetry.SourceNotion, err == nil, f.Home.Now())
}

// observePast tells when statements were imported last, be it by a process
// before this one. It looks through the newest batches only: an age that is not
// known is told as none.
func (f *Folder) observePast(ctx context.Context) error {
	if f.telemetry == nil {
		return nil
	}
	at, err := f.Store.Snapshot(ctx)
	if err != nil || at == 0 {
		return err
	}
	batches, err := f.Store.Batches(ctx, at, 0, store.MaxPage)
	for _, b := range batches {
		if b.Kind == "import" {
			f.telemetry.SyncedBefore(telemetry.SourceImport, b.At)
			break
		}
	}
	return err
}

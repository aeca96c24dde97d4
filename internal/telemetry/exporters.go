package telemetry

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/counterfoil/counterfoil/internal/egress"
)

// ErrConfig is wrapped by errors of a configuration that cannot work.
var ErrConfig = errors.New("telemetry")

const (
	// sendTimeout bounds one export.
	sendTimeout = 5 * time.Second
	// collectorBytes bounds what goes to the collector in egress.Window: about
	// 500,000 calls with their traces.
	collectorBytes = 4 << 30
	// collectorRequests bounds the exports of a minute: three signals, each at
	// most ten times a second.
	collectorRequests = 1800
)

// exporters send to one collector. What is not wanted is nil.
type exporters struct {
	traces  sdktrace.SpanExporter
	metrics sdkmetric.Exporter
	logs    sdklog.Exporter
}

// exporters makes the senders. Each is given the guard's client, and an
// endpoint, headers and compression of our own, so that nothing of it is taken
// from OTEL_EXPORTER_OTLP_* in the environment. Nothing is compressed: that would
// take more of the processor than all the rest of telemetry.
func (t *Telemetry) exporters(ctx context.Context, cfg OTLP, o Options) (out *exporters, err error) {
	out = &exporters{}
	if cfg.Endpoint == "" {
		return out, nil
	}
	client, err := t.client(cfg, o)
	if err != nil {
		return nil, err
	}
	headers := map[string]string{}
	if o.Token != "" {
		headers["Authorization"] = "Bearer " + o.Token
	}
	wants := func(signal string) bool { return len(cfg.Signals) == 0 || slices.Contains(cfg.Signals, signal) }
	base := strings.TrimSuffix(cfg.Endpoint, "/")
	if wants(SignalTraces) {
		out.traces, err = otlptracehttp.New(ctx, otlptracehttp.WithHTTPClient(client), otlptracehttp.WithEndpointURL(base+"/v1/traces"),
			otlptracehttp.WithHeaders(headers), otlptracehttp.WithCompression(otlptracehttp.NoCompression), otlptracehttp.WithTimeout(sendTimeout))
	}
	if err == nil && wants(SignalMetrics) {
		out.metrics, err = otlpmetrichttp.New(ctx, otlpmetrichttp.WithHTTPClient(client), otlpmetrichttp.WithEndpointURL(base+"/v1/metrics"),
			otlpmetrichttp.WithHeaders(headers), otlpmetrichttp.WithCompression(otlpmetrichttp.NoCompression), otlpmetrichttp.WithTimeout(sendTimeout))
	}
	if err == nil && wants(SignalLogs) {
		out.logs, err = otlploghttp.New(ctx, otlploghttp.WithHTTPClient(client), otlploghttp.WithEndpointURL(base+"/v1/logs"),
			otlploghttp.WithHeaders(headers), otlploghttp.WithCompression(otlploghttp.NoCompression), otlploghttp.WithTimeout(sendTimeout))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: making the exporters: %w", ErrConfig, err)
	}
	return out, nil
}

// client reaches the collector and nothing else.
func (t *Telemetry) client(cfg OTLP, o Options) (*http.Client, error) {
	to, err := DestinationOf(cfg)
	if err != nil {
		return nil, err
	}
	guard := egress.Config{Destinations: []egress.Destination{to}, Now: o.Now, Record: o.Record}
	if cfg.CAFile != "" {
		guard.RootCAs = x509.NewCertPool()
		if !guard.RootCAs.AppendCertsFromPEM(o.CA) {
			return nil, fmt.Errorf("%w: otlp.ca_file holds no certificate", ErrConfig)
		}
	}
	if t.guard, err = egress.New(guard); err != nil {
		return nil, err
	}
	t.WatchEgress(t.guard.Counts)
	return t.guard.Client(sendTimeout), nil
}

// DestinationOf is where a collector is, for the guard.
func DestinationOf(cfg OTLP) (egress.Destination, error) {
	u, err := url.Parse(cfg.Endpoint)
	wrong := fmt.Errorf("%w: otlp.endpoint is not https://host:port, nor http:// on loopback", ErrConfig)
	if err != nil || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return egress.Destination{}, wrong
	}
	to := egress.Destination{
		Host: u.Hostname(), Plain: u.Scheme == "http", Networks: cfg.Networks,
		WindowBytes: collectorBytes, RequestsPerMinute: collectorRequests,
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return egress.Destination{}, wrong
	}
	if port := u.Port(); port != "" {
		if to.Port, err = strconv.Atoi(port); err != nil {
			return egress.Destination{}, wrong
		}
	} else if to.Plain {
		to.Port = 80
	}
	if ip, err := netip.ParseAddr(to.Host); err == nil && ip.IsLoopback() && len(to.Networks) == 0 {
		to.Networks = []netip.Prefix{netip.PrefixFrom(ip, ip.BitLen())}
	}
	if _, err := egress.New(egress.Config{Destinations: []egress.Destination{to}}); err != nil {
		return egress.Destination{}, wrong
	}
	return to, nil
}

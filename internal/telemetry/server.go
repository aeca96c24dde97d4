package telemetry

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// Bounds of the operator's port.
const (
	scrapeHeaderTimeout = 5 * time.Second
	scrapeTimeout       = 20 * time.Second
	maxScrapes          = 4 // at once
)

// server is the operator's port.
type server struct {
	http *http.Server
	addr net.Addr
}

// listen serves GET /metrics, and nothing else, at an address.
func listen(address string) (*server, sdkmetric.Reader, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	reader, err := otelprom.New(otelprom.WithRegisterer(registry), otelprom.WithoutScopeInfo())
	if err != nil {
		return nil, nil, err
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: listening for /metrics: %w", ErrConfig, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes, Timeout: scrapeTimeout}))
	s := &server{addr: ln.Addr(), http: &http.Server{
		Handler: mux, ReadHeaderTimeout: scrapeHeaderTimeout, ReadTimeout: scrapeHeaderTimeout,
		WriteTimeout: scrapeTimeout + scrapeHeaderTimeout, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0),
	}}
	go s.http.Serve(ln)
	return s, reader, nil
}

func (s *server) stop(ctx context.Context) error { return s.http.Shutdown(ctx) }

// MetricsAddress is where /metrics is served, nil without.
func (t *Telemetry) MetricsAddress() net.Addr {
	if t == nil || t.metrics == nil {
		return nil
	}
	return t.metrics.addr
}

package telemetry

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Source is what is kept in step with the world outside.
type Source int

// The sources.
const (
	SourceImport Source = iota // statements, by the command, a watched folder or a client
	SourceNotion               // pages that are written
	numSources
)

var sourceNames = [numSources]string{"import", "notion"}

// syncOption are the series of one source.
type syncOption struct{ source, ok, failed metric.MeasurementOption }

var syncOptions = func() (all [numSources]syncOption) {
	for i, name := range sourceNames {
		where := attribute.String("counterfoil.source", name)
		of := func(outcome string) metric.MeasurementOption {
			return metric.WithAttributeSet(attribute.NewSet(where, attribute.String("counterfoil.outcome", outcome)))
		}
		all[i] = syncOption{with("counterfoil.source", name), of("ok"), of("failed")}
	}
	return all
}()

// successes are when a source last succeeded, in Unix nanoseconds; 0 if that is not
// known.
type successes [numSources]atomic.Int64

// Synced notes that statements were imported or a page was written, or that it was
// tried, and when.
func (t *Telemetry) Synced(s Source, ok bool, at time.Time) {
	if t == nil {
		return
	}
	if !ok {
		t.meters.synced.Add(background, 1, syncOptions[s].failed)
		return
	}
	t.meters.synced.Add(background, 1, syncOptions[s].ok)
	t.SyncedBefore(s, at)
}

// SyncedBefore notes a success that is not this process's own.
func (t *Telemetry) SyncedBefore(s Source, at time.Time) {
	if t == nil {
		return
	}
	last, now := &t.meters.success[s], at.UnixNano()
	for was := last.Load(); was < now && !last.CompareAndSwap(was, now); was = last.Load() {
	}
}

// observe tells what is known. What never succeeded has no series.
func (s *successes) observe(_ context.Context, o metric.Float64Observer) error {
	for i := range s {
		if at := s[i].Load(); at != 0 {
			o.Observe(time.Unix(0, at).Sub(time.Unix(0, 0)).Seconds(), syncOptions[i].source)
		}
	}
	return nil
}

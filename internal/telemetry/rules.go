package telemetry

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Rules is how many rules were evaluated: those that matched, and those that were
// passed over.
type Rules struct{ Matched, Passed int64 }

// Judged is what a policy evaluated for one decision. It is zero if the policy was
// not asked.
type Judged struct {
	Rules Rules
	Took  time.Duration
}

// ruleOption are the series of the rules of one phase.
type ruleOption struct{ phase, matched, passed metric.MeasurementOption }

func ruleOptionOf(phase string) ruleOption {
	where := attribute.String("counterfoil.phase", phase)
	of := func(attrs ...attribute.KeyValue) metric.MeasurementOption {
		return metric.WithAttributeSet(attribute.NewSet(attrs...))
	}
	return ruleOption{
		phase:   of(where),
		matched: of(where, attribute.String("counterfoil.outcome", "matched")),
		passed:  of(where, attribute.String("counterfoil.outcome", "passed")),
	}
}

var ruleOptions = struct{ decide, release, imports ruleOption }{
	ruleOptionOf("decide"), ruleOptionOf("release"), ruleOptionOf("import"),
}

// judged counts a decision.
func (t *Telemetry) judged(j Judged, o ruleOption) {
	if j.Took <= 0 {
		return
	}
	t.meters.judged.Record(background, j.Took.Seconds(), o.phase)
	t.counted(j.Rules, o)
}

func (t *Telemetry) counted(r Rules, o ruleOption) {
	if r.Matched > 0 {
		t.meters.rules.Add(background, r.Matched, o.matched)
	}
	if r.Passed > 0 {
		t.meters.rules.Add(background, r.Passed, o.passed)
	}
}

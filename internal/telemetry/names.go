package telemetry

import "go.opentelemetry.io/otel/metric"

// other stands for whatever is not on a closed list.
const other = "other"

// set is a closed list of labels.
type set map[string]struct{}

func setOf(list []string) set {
	s := make(set, len(list))
	for _, name := range list {
		s[name] = struct{}{}
	}
	return s
}

// of returns a name that is on the list, "" as it is, and other otherwise.
func (s set) of(name string) string {
	if name == "" {
		return ""
	}
	if _, ok := s[name]; ok {
		return name
	}
	return other
}

// closed are Names made ready to be asked.
type closed struct {
	tools, codes, decisions, steps, entities, alerts set
	stepOptions                                      map[string]metric.MeasurementOption
}

func (n Names) close() closed {
	options := make(map[string]metric.MeasurementOption, len(n.Steps))
	for _, name := range n.Steps {
		options[name] = with("counterfoil.step", name)
	}
	return closed{
		stepOptions: options,
		tools:       setOf(n.Tools), codes: setOf(n.Codes), decisions: setOf(n.Decisions),
		steps: setOf(n.Steps), entities: setOf(n.Entities), alerts: setOf(n.Alerts),
	}
}

package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/counterfoil/counterfoil/tools"
)

// Limits bounds what one call and one principal may take: the fields of
// tools.Limits for everybody and, under principals, for some by name. A zero or
// missing field is the default.
type Limits struct {
	tools.Limits `yaml:",inline"`
	Principals   map[string]tools.Limits `yaml:"principals"`
}

// Ceilings of the limits: a config may loosen a default, but nothing is ever
// unbounded.
const (
	maxRowsPerCall    = 200
	MaxBytesPerCall   = 4 << 20
	maxCallsPerMinute = 100_000
	maxCallsPerDay    = 100_000_000
	maxRowsPerDay     = 1_000_000_000
	maxPagesPerDay    = 10_000
	maxTokensPerDay   = 1_000_000_000
	maxBytesPerDay    = 1 << 40
	maxAccountsPerDay = 10_000
	maxSpanDays       = 36_600 // a century
	maxTimeout        = 5 * time.Minute
)

// ByPrincipal are the limits of the principals that have some of their own.
func (l Limits) ByPrincipal() map[string]tools.Limits {
	out := make(map[string]tools.Limits, len(l.Principals))
	for name, own := range l.Principals {
		out[name] = inherit(own, l.Limits)
	}
	return out
}

// inherit fills the fields that a principal's own limits leave open.
func inherit(own, all tools.Limits) tools.Limits {
	own.RowsPerCall = cmp.Or(own.RowsPerCall, all.RowsPerCall)
	own.BytesPerCall = cmp.Or(own.BytesPerCall, all.BytesPerCall)
	own.CallsPerMinute = cmp.Or(own.CallsPerMinute, all.CallsPerMinute)
	own.CallsPerDay = cmp.Or(own.CallsPerDay, all.CallsPerDay)
	own.RowsPerDay = cmp.Or(own.RowsPerDay, all.RowsPerDay)
	own.BytesPerDay = cmp.Or(own.BytesPerDay, all.BytesPerDay)
	own.PagesPerDay = cmp.Or(own.PagesPerDay, all.PagesPerDay)
	own.TokensPerDay = cmp.Or(own.TokensPerDay, all.TokensPerDay)
	own.AccountsPerDay = cmp.Or(own.AccountsPerDay, all.AccountsPerDay)
	own.SpanDays = cmp.Or(own.SpanDays, all.SpanDays)
	if own.CallsPerTool == nil {
		own.CallsPerTool = all.CallsPerTool
	}
	own.Timeout = cmp.Or(own.Timeout, all.Timeout)
	return own
}

func (ck *checker) limits(l *Limits) {
	ck.bounds(l.Limits, "limits")
	for _, name := range slices.Sorted(maps.Keys(l.Principals)) {
		own := l.Principals[name]
		ck.want(NameForm.MatchString(name), NameRule, "limits", "principals", name)
		ck.bounds(own, "limits", "principals", name)
	}
}

func (ck *checker) bounds(l tools.Limits, path ...any) {
	for _, f := range []struct {
		name     string
		got, top int64
	}{
		{"rows_per_call", l.RowsPerCall, maxRowsPerCall},
		{"bytes_per_call", l.BytesPerCall, MaxBytesPerCall},
		{"calls_per_minute", l.CallsPerMinute, maxCallsPerMinute},
		{"calls_per_day", l.CallsPerDay, maxCallsPerDay},
		{"rows_per_day", l.RowsPerDay, maxRowsPerDay},
		{"bytes_per_day", l.BytesPerDay, maxBytesPerDay},
		{"accounts_per_day", l.AccountsPerDay, maxAccountsPerDay},
		{"pages_per_day", l.PagesPerDay, maxPagesPerDay},
		{"tokens_per_day", l.TokensPerDay, maxTokensPerDay},
		{"span_days", l.SpanDays, maxSpanDays},
	} {
		at := append(append([]any(nil), path...), f.name)
		ck.want(f.got >= 0 && f.got <= f.top, fmt.Sprintf("1 to %d, or 0 for the default", f.top), at...)
	}
	for _, tool := range slices.Sorted(maps.Keys(l.CallsPerTool)) {
		at := append(append([]any(nil), path...), "calls_per_tool", tool)
		ck.want(isTool(tool), "the name of a tool", at...)
		n := l.CallsPerTool[tool]
		ck.want(n >= 1 && n <= maxCallsPerDay, fmt.Sprintf("1 to %d", maxCallsPerDay), at...)
	}
	at := append(append([]any(nil), path...), "timeout")
	ck.want(l.Timeout >= 0 && l.Timeout <= maxTimeout, "a duration up to 5m, or 0s for the default", at...)
}

func isTool(name string) bool {
	return slices.ContainsFunc(tools.Specs(), func(s tools.Spec) bool { return s.Name == name })
}

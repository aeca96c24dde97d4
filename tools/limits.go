package tools

import "time"

// Limits bounds what a principal may take out. It is the config section
// `limits`; a zero field means its default, and there is no way to say
// "unlimited".
type Limits struct {
	// RowsPerCall is the most rows one result holds (default and most 200: more
	// does not help a model and is what exfiltration looks like).
	RowsPerCall int64 `yaml:"rows_per_call" json:"rows_per_call,omitzero"`
	// BytesPerCall bounds a result document (default 256 KiB, about 64k tokens).
	BytesPerCall int64 `yaml:"bytes_per_call" json:"bytes_per_call,omitzero"`
	// CallsPerMinute is the size and refill of a token bucket (default 120).
	CallsPerMinute int64 `yaml:"calls_per_minute" json:"calls_per_minute,omitzero"`
	// CallsPerDay, RowsPerDay and BytesPerDay are totals of a UTC day (defaults
	// 5,000 calls, 20,000 rows and 32 MiB: a day of hard work by a person's
	// assistant, and far less than a copy of the store).
	CallsPerDay int64 `yaml:"calls_per_day" json:"calls_per_day,omitzero"`
	RowsPerDay  int64 `yaml:"rows_per_day" json:"rows_per_day,omitzero"`
	BytesPerDay int64 `yaml:"bytes_per_day" json:"bytes_per_day,omitzero"`
	// AccountsPerDay is how many different accounts may be read from in a day
	// (default 100), and SpanDays how many days of bookings, from the oldest to
	// the newest read (default 3,660: ten years).
	AccountsPerDay int64 `yaml:"accounts_per_day" json:"accounts_per_day,omitzero"`
	SpanDays       int64 `yaml:"span_days" json:"span_days,omitzero"`
	// PagesPerDay is how many Notion pages may be written to in a day (default
	// 50), and TokensPerDay how many tokens of a language model may be used, prompts
	// and outputs together (default 2,000,000: a small model busy for hours).
	PagesPerDay  int64 `yaml:"pages_per_day" json:"pages_per_day,omitzero"`
	TokensPerDay int64 `yaml:"tokens_per_day" json:"tokens_per_day,omitzero"`
	// CallsPerTool bounds single tools by name, in calls of a day. A tool that is
	// not listed is bounded by CallsPerDay alone.
	CallsPerTool map[string]int64 `yaml:"calls_per_tool" json:"calls_per_tool,omitzero"`
	// Timeout bounds the execution of one call (default 10 s).
	Timeout time.Duration `yaml:"timeout" json:"timeout,omitzero"`
}

const (
	defaultRowsPerCall    = 200
	defaultBytesPerCall   = 256 << 10
	defaultCallsPerMinute = 120
	defaultCallsPerDay    = 5_000
	defaultRowsPerDay     = 20_000
	defaultBytesPerDay    = 32 << 20
	defaultAccountsPerDay = 100
	defaultSpanDays       = 3_660
	defaultPagesPerDay    = 50
	defaultTokensPerDay   = 2_000_000
	defaultTimeout        = 10 * time.Second

	// minBytes is the smallest result worth making: below it the budget counts
	// as spent.
	minBytes = 4 << 10
)

// withDefaults replaces zero and negative fields by their defaults.
func (l Limits) withDefaults() Limits {
	fill := func(p *int64, otherwise int64) {
		if *p <= 0 {
			*p = otherwise
		}
	}
	fill(&l.RowsPerCall, defaultRowsPerCall)
	l.RowsPerCall = min(l.RowsPerCall, defaultRowsPerCall)
	fill(&l.BytesPerCall, defaultBytesPerCall)
	fill(&l.CallsPerMinute, defaultCallsPerMinute)
	fill(&l.CallsPerDay, defaultCallsPerDay)
	fill(&l.RowsPerDay, defaultRowsPerDay)
	fill(&l.BytesPerDay, defaultBytesPerDay)
	fill(&l.AccountsPerDay, defaultAccountsPerDay)
	fill(&l.SpanDays, defaultSpanDays)
	fill(&l.PagesPerDay, defaultPagesPerDay)
	fill(&l.TokensPerDay, defaultTokensPerDay)
	if l.Timeout <= 0 {
		l.Timeout = defaultTimeout
	}
	return l
}

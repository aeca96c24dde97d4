package tools

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
)

// Refusal is a request that the edge turned away before a tool could be
// looked up: bad JSON, a batch, an oversized body, a bad Origin, no token.
type Refusal struct {
	Code   Code
	Source string // remote address without port, "stdio" or "unix"
	Reason string // fixed word: "bad_json", "batch", "too_large", "bad_origin", "bad_host", "bad_token", "no_token", "bad_method", …
	Method string // MCP method if known and in the closed list, else ""
}

// refusals aggregates what was refused, so that junk cannot fill the disk: the
// first per source and reason per minute is recorded in full, the rest are
// counted, and the count goes into the next record.
type refusals struct {
	mu     sync.Mutex
	minute int64
	counts map[refusalKey]int64
	full   int // recorded in full this minute
}

type refusalKey struct{ source, reason string }

const (
	// maxRefusalKinds bounds the sources and reasons told apart in a minute.
	maxRefusalKinds = 1024
	// maxRefusalRecords bounds the refusals recorded in full in a minute, from
	// however many sources: at 1 KB a record, at most 86 MB a day.
	maxRefusalRecords = 60
)

func newRefusals() *refusals { return &refusals{counts: map[refusalKey]int64{}} }

// count notes one refusal and says whether it is to be recorded, and how many
// went unrecorded in the minutes before.
func (f *refusals) count(r Refusal, now time.Time) (record bool, missed int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if minute := now.Unix() / 60; minute != f.minute {
		for k, n := range f.counts {
			missed += n
			delete(f.counts, k)
		}
		f.minute, f.full = minute, 0
	}
	k := refusalKey{r.Source, r.Reason}
	if _, seen := f.counts[k]; seen || len(f.counts) >= maxRefusalKinds || f.full >= maxRefusalRecords {
		if len(f.counts) >= maxRefusalKinds {
			k = refusalKey{"", "other"}
		}
		f.counts[k]++
		return false, missed
	}
	f.counts[k] = 0
	f.full++
	return true, missed
}

// Refuse records a refusal. Before authentication p is nil.
func (g *Gate) Refuse(ctx context.Context, p *policy.Principal, r Refusal) {
	if g.cfg.Observer != nil {
		g.cfg.Observer.Refused(r.Code)
	}
	now := g.cfg.Now().UTC()
	record, missed := g.refusals.count(r, now)
	if !record || g.cfg.Log == nil {
		return
	}
	e := &audit.Entry{Record: audit.Record{
		Time:   now,
		Phase:  audit.PhaseEvent,
		Event:  audit.EventRefused,
		Error:  string(r.Code),
		Reason: r.Reason,
		Build:  g.cfg.Build,
		Detail: fmt.Sprintf("method %q, source %s, %d more not recorded before", r.Method, g.pseudonym("source", "", r.Source), missed),
	}}
	if p != nil {
		e.Record.Principal = g.pseudonym("principal", p.Tenant, p.Name)
		e.Record.Auth = p.Auth
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	if _, err := g.cfg.Log.Append(ctx, e); err != nil {
		g.cfg.Logger.Error("refusal not recorded", "reason", r.Reason, "error", err)
	}
}

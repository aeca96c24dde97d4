package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/redact"
)

// filterFlags choose records; every reading command has them.
type filterFlags struct {
	audit.Filter
	from, to, phase string
	principal       string
}

// What the flags of closed sets may say: a slip would else pass for a log that
// holds nothing of the kind.
var (
	decisionWords = []string{"allow", "deny", "ask"}
	phaseWords    = []string{string(audit.PhaseIntent), string(audit.PhaseOutcome), string(audit.PhaseEvent)}
	eventWords    = []string{
		audit.EventBatch, audit.EventPolicy, audit.EventConfig, audit.EventStart, audit.EventKey, audit.EventKeys, audit.EventRestore, audit.EventCut,
		audit.EventErase, audit.EventEgress, "approval", audit.EventOutbox, audit.EventReveal, audit.EventRefused, audit.EventProbe,
	}
	errorWords  = slices.Sorted(maps.Keys(exit.Refusals))
	entityWords = slices.Sorted(maps.Keys(config.Entities))
)

// check refuses a word that none of the records could have.
func (f *filterFlags) check() error {
	for _, c := range []struct {
		flag, got string
		words     []string
	}{
		{"--decision", f.Decision, decisionWords}, {"--phase", f.phase, phaseWords}, {"--event", f.Event, eventWords},
		{"--error", f.Error, texts(errorWords)}, {"--entity", f.Entity, append(texts(entityWords), string(redact.Fake))},
	} {
		if c.got != "" && !slices.Contains(c.words, c.got) {
			return exit.Fail(exit.Usage, "there are "+strings.Join(c.words, ", "), "%s does not know this word", c.flag)
		}
	}
	return nil
}

func texts[T ~string](list []T) []string {
	out := make([]string, 0, len(list))
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

func (f *filterFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.principal, "principal", "", "`name` of a principal of the config, or its pseudonym")
	flags.StringVar(&f.Tool, "tool", "", "`name` of the tool")
	flags.StringVar(&f.Decision, "decision", "", "`decision`: allow, deny or ask")
	flags.StringVar(&f.Event, "event", "", "`event`: "+strings.Join(eventWords, ", "))
	flags.StringVar(&f.phase, "phase", "", "`phase`: intent, outcome or event")
	flags.StringVar(&f.Entity, "entity", "", "an `entity` that the redactor found")
	flags.StringVar(&f.Error, "error", "", "`code` that the call was refused with")
	flags.StringVar(&f.CallID, "call", "", "`id` of a call")
	flags.StringVar(&f.from, "from", "", "from this `time` on (2026-01-31 or RFC 3339), or this index")
	flags.StringVar(&f.to, "to", "", "before this `time`, or this index")
}

// filter makes the filter that the flags describe.
func (f *filterFlags) filter(a *app) (audit.Filter, error) {
	out := f.Filter
	out.Phase = audit.Phase(f.phase)
	err := f.check()
	if err != nil {
		return out, err
	}
	if out.From, out.FromIndex, err = timeOrIndex("--from", f.from); err != nil {
		return out, err
	}
	if out.To, out.ToIndex, err = timeOrIndex("--to", f.to); err != nil {
		return out, err
	}
	if f.to != "" && out.To.IsZero() && out.ToIndex == 0 {
		return out, exit.Fail(exit.Usage, "", "--to 0 leaves nothing")
	}
	out.Principal, err = auditor.Pseudonym(a.Home, f.principal)
	return out, err
}

func timeOrIndex(flag, s string) (time.Time, int64, error) {
	if s == "" {
		return time.Time{}, 0, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
		return time.Time{}, n, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, 0, nil
		}
	}
	return time.Time{}, 0, exit.Fail(exit.Usage, "write 2026-01-31, 2026-01-31T12:00:00Z or an index", "%s is no time", flag)
}

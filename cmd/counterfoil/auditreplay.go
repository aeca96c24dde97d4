package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
)

// replayOptions choose which calls are run or decided again.
type replayOptions struct {
	filter   audit.Filter
	policy   string
	examples int
}

// defaultExamples is how many changed calls a backtest shows for each rule.
const defaultExamples = 3

func addReplayFlags(cmd *cobra.Command, o *replayOptions) {
	cmd.Flags().Int64Var(&o.filter.FromIndex, "from", 0, "first record by `index`")
	cmd.Flags().Int64Var(&o.filter.ToIndex, "to", 0, "record `index` to stop before (default: the end)")
	cmd.Flags().StringVar(&o.filter.Tool, "tool", "", "only calls of this `tool`")
	cmd.Flags().StringVar(&o.filter.CallID, "call", "", "only the call with this `id`")
}

func newAuditReplayCmd(a *app) *cobra.Command {
	var o replayOptions
	cmd := &cobra.Command{
		Use:   "replay",
		Short: "Run recorded calls again and compare the results byte for byte",
		Long: `Run every recorded call again, against the snapshot it read, with its clock, policy,
principal and arguments, and compare the decision and the digest of the result. A call
is identical, different (with the first JSON pointer that differs), or not replayable,
with the reason. Nothing is recorded and no budget is spent.`,
		Example: `  counterfoil audit replay
  counterfoil audit replay --tool search_transactions --from 1000
  counterfoil audit replay --json | jq 'select(.verdict != "identical")'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.replay(cmd.Context(), o) },
	}
	addReplayFlags(cmd, &o)
	return cmd
}

func newAuditBacktestCmd(a *app) *cobra.Command {
	var o replayOptions
	cmd := &cobra.Command{
		Use:   "backtest --policy FILE",
		Short: "Decide recorded calls again under another policy",
		Long: `Decide every recorded call again under another policy, and list what would change,
by rule, with counts and examples. Nothing is run.`,
		Example: `  counterfoil audit backtest --policy stricter.yaml`,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.backtest(cmd.Context(), o) },
	}
	addReplayFlags(cmd, &o)
	cmd.Flags().StringVar(&o.policy, "policy", "", "the other policy's `file`")
	cmd.Flags().IntVar(&o.examples, "examples", defaultExamples, "`number` of changed calls to show for each rule")
	must(cmd.MarkFlagRequired("policy"))
	must(cmd.MarkFlagFilename("policy", "yaml", "yml"))
	return cmd
}

var errNoCalls = exit.Fail(exit.CheckFailed, "widen --from, --to, --tool or --call", "there is no recorded call to check")

func (a *app) replay(ctx context.Context, o replayOptions) (err error) {
	au, err := auditor.Open(ctx, a.Home, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, au.Close()) }()
	counts := map[tools.Verdict]int{}
	reasons := map[string]int{}
	n, err := auditor.InOrder(ctx, au, o.filter,
		func(it *audit.Item) tools.Replayed { return au.Gate.Replay(ctx, it.Record, it.Sidecar, au.Archived) },
		func(index int64, r tools.Replayed) error {
			counts[r.Verdict]++
			if r.Verdict == tools.NotReplayable {
				reasons[r.Why]++
			}
			return a.printReplayed(index, r)
		})
	if err != nil {
		return err
	}
	if n == 0 {
		return errNoCalls
	}
	a.UI.Notef("%s replayed: %d identical, %d different, %d not replayable",
		console.Counted(n, "call"), counts[tools.Identical], counts[tools.Different], counts[tools.NotReplayable])
	for _, why := range sortedKeys(reasons) {
		a.UI.Notef("not replayable: %d because %s", reasons[why], why)
	}
	if counts[tools.Different] > 0 {
		return exit.Fail(exit.CheckFailed, "", "%d of %d calls do not replay to the same bytes", counts[tools.Different], n)
	}
	return nil
}

// printReplayed writes one line for each call with --json, and without it only
// for those that are not identical.
func (a *app) printReplayed(index int64, r tools.Replayed) error {
	if a.UI.JSON {
		return a.UI.Line(struct {
			Index int64 `json:"index"`
			tools.Replayed
		}{index, r})
	}
	if r.Verdict != tools.Identical {
		a.UI.Printf("%d  %s  %s: %s %s\n", index, console.Plain(r.Tool), r.Verdict, r.Why, console.Plain(r.Pointer))
	}
	return a.UI.Broken
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// change is what a backtest found for one pair of rules.
type change struct {
	Before   policy.Effect `json:"before"`
	After    policy.Effect `json:"after"`
	OldRule  string        `json:"old_rule,omitempty"`
	NewRule  string        `json:"new_rule,omitempty"`
	Reason   string        `json:"reason,omitempty"`
	Calls    int           `json:"calls"`
	Examples []string      `json:"examples"` // call ids
}

func (a *app) backtest(ctx context.Context, o replayOptions) (err error) {
	au, err := auditor.Open(ctx, a.Home, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, au.Close()) }()
	text, err := bounded.ReadFile(o.policy, storage.MaxPolicyFile)
	if err != nil {
		return exit.Fail(exit.Usage, "name the policy to compare with --policy", "reading the other policy: %w", err)
	}
	other, err := policy.Compile(policy.Source{Name: o.policy, Text: text}, tools.Schemas())
	if err != nil {
		return err
	}
	changes := map[string]*change{}
	skipped := map[string]int{}
	n, err := auditor.InOrder(ctx, au, o.filter,
		func(it *audit.Item) tools.Reconsidered { return au.Gate.Reconsider(it.Record, it.Sidecar, other) },
		func(_ int64, r tools.Reconsidered) error {
			if r.Why != "" {
				skipped[r.Why]++
			} else if r.Changed() {
				tally(changes, r, o.examples)
			}
			return nil
		})
	if err != nil {
		return err
	}
	if n == 0 {
		return errNoCalls
	}
	return a.printBacktest(n, changes, skipped)
}

func tally(changes map[string]*change, r tools.Reconsidered, examples int) {
	key := fmt.Sprintf("%s>%s %s>%s", r.Before, r.After, r.OldRule, r.NewRule)
	c, ok := changes[key]
	if !ok {
		c = &change{Before: r.Before, After: r.After, OldRule: r.OldRule, NewRule: r.NewRule, Reason: r.Reason, Examples: []string{}}
		changes[key] = c
	}
	c.Calls++
	if len(c.Examples) < examples {
		c.Examples = append(c.Examples, r.CallID)
	}
}

func (a *app) printBacktest(n int, changes map[string]*change, skipped map[string]int) error {
	list := []*change{}
	changed := 0
	for _, k := range sortedKeys(changes) {
		list = append(list, changes[k])
		changed += changes[k].Calls
	}
	slices.SortStableFunc(list, func(x, y *change) int { return y.Calls - x.Calls })
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"calls": n, "changed": changed, "changes": list, "skipped": skipped})
	}
	decided := n
	for _, k := range skipped {
		decided -= k
	}
	a.UI.Printf("%d of %d recorded calls would be decided otherwise\n", changed, decided)
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{fmt.Sprint(c.Calls), string(c.Before) + " → " + string(c.After), c.OldRule + " → " + c.NewRule, c.Reason, fmt.Sprint(c.Examples)})
	}
	if len(rows) > 0 {
		a.UI.Table([]string{"CALLS", "DECISION", "RULE", "REASON", "EXAMPLES"}, rows)
	}
	for _, why := range sortedKeys(skipped) {
		a.UI.Notef("%d left out: %s", skipped[why], why)
	}
	return nil
}

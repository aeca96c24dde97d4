package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/kek"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
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

// scanGCPercent lets the heap of a command that goes over a whole log grow to
// five times what is live, a few dozen megabytes: it makes much garbage and
// ends soon.
const scanGCPercent = 400

func scanLong() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(scanGCPercent)
	}
}

// auditor reads a data folder without its lock, so that it works beside a
// running server.
type auditor struct {
	app    *app
	cfg    *config.Config
	gate   *tools.Gate // replays and reconsiders; it can't call
	reader *logReader
	store  store.Store

	mu       sync.Mutex
	policies map[string]*policy.Policy
}

// openAuditor opens what is needed to decide calls again and, for a replay, to
// run them.
func (a *app) openAuditor(ctx context.Context, replays bool) (*auditor, error) {
	scanLong()
	cfg, err := a.Config()
	if err != nil {
		return nil, err
	}
	au := &auditor{app: a, cfg: cfg, policies: map[string]*policy.Policy{}}
	if err := au.open(ctx, replays); err != nil {
		return nil, errors.Join(err, au.Close())
	}
	return au, nil
}

func (au *auditor) open(ctx context.Context, replays bool) error {
	keys, err := kek.Open(au.app.Home, au.cfg, nil)
	if err != nil {
		return err
	}
	if au.reader, err = au.app.openReader(ctx); err != nil {
		return err
	}
	if au.store, err = storage.OpenToRead(ctx, au.app.Home, au.cfg, keys); err != nil {
		return err
	}
	return au.openGate(ctx, keys, replays)
}

func (au *auditor) openGate(ctx context.Context, keys *seal.Keyring, replays bool) (err error) {
	f := &folder.Folder{Home: au.app.Home, Config: au.cfg, Keys: keys}
	if f.Secrets, err = f.KnownSecrets(); err != nil {
		return err
	}
	var epoch int64
	if replays {
		if epoch, err = au.epoch(f.RedactorMark()); err != nil {
			return err
		}
	}
	// Each call is decided by the policy of its record, or of a backtest: never by
	// this one, so that a policy.yaml that does not compile stops no audit.
	unused, err := policy.Compile(policy.Source{Name: "default", Text: policy.Default()}, tools.Schemas())
	if err != nil {
		return err
	}
	actions := make(map[redact.Entity]redact.Action, len(au.cfg.Redact.Actions))
	for e, act := range au.cfg.Redact.Actions {
		actions[redact.Entity(e)] = redact.Action(act)
	}
	au.gate, err = tools.New(ctx, tools.Config{
		Store: au.store, Policy: unused, Keys: keys, Actions: actions, Secrets: f.Secrets, Epoch: epoch,
		Build: build.Read().String(), Now: au.app.Now, Logger: au.app.Logger(),
	})
	return err
}

// epoch is the redactor epoch of what the config says now, as its mark tells: that
// of the newest config record, or the next one, in which no call was yet, if
// nothing has put on record that redaction was set differently since.
func (au *auditor) epoch(mark string) (int64, error) {
	var r folder.Recorded
	for it, err := range au.reader.Select(audit.Filter{Phase: audit.PhaseEvent, Event: audit.EventConfig}) {
		if err != nil {
			return 0, err
		}
		r.Learn(it.Record)
	}
	if r.Redactor != "" && r.Redactor != mark {
		r.Epoch++
	}
	return r.Epoch, nil
}

// Close closes what is open.
func (au *auditor) Close() error {
	var errs []error
	if au.reader != nil {
		errs = append(errs, au.reader.Close())
	}
	if au.store != nil {
		errs = append(errs, au.store.Close())
	}
	return errors.Join(errs...)
}

// archived compiles a policy from the archive, once.
func (au *auditor) archived(digest string) (*policy.Policy, error) {
	au.mu.Lock()
	defer au.mu.Unlock()
	if p, ok := au.policies[digest]; ok {
		return p, nil
	}
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != 32 {
		return nil, errors.New("not a policy digest")
	}
	text, err := bounded.ReadFile(au.app.Data("policies", digest), storage.MaxPolicyFile)
	if errors.Is(err, fs.ErrNotExist) && au.reader.shared != nil { // another replica's
		text, err = au.reader.shared.Files(storage.SharedPolicies).Read(digest)
	}
	if err != nil {
		return nil, err
	}
	p, err := policy.Compile(policy.Source{Name: digest, Text: text}, tools.Schemas())
	if err != nil {
		return nil, err
	}
	if got := p.Digest(); hex.EncodeToString(got[:]) != digest {
		return nil, errors.New("the archived policy is not the one of the digest")
	}
	au.policies[digest] = p
	return p, nil
}

// inOrder does work on every recorded call that the filter lets through, on all
// cores, and hands the results on in the order of the log. It returns how many
// there were.
func inOrder[T any](ctx context.Context, au *auditor, filter audit.Filter, work func(*audit.Item) T, each func(index int64, result T) error) (n int, err error) {
	filter.Phase = audit.PhaseOutcome
	err = audit.Work(ctx, au.reader.Reader, filter,
		func(it *audit.Item) (result T, ok bool) {
			if !tools.IsCall(it.Record) {
				return result, false
			}
			return work(it), true
		},
		func(index int64, result T) error {
			n++
			return each(index, result)
		})
	return n, err
}

var errNoCalls = exit.Fail(exit.CheckFailed, "widen --from, --to, --tool or --call", "there is no recorded call to check")

func (a *app) replay(ctx context.Context, o replayOptions) (err error) {
	au, err := a.openAuditor(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, au.Close()) }()
	counts := map[tools.Verdict]int{}
	reasons := map[string]int{}
	n, err := inOrder(ctx, au, o.filter,
		func(it *audit.Item) tools.Replayed { return au.gate.Replay(ctx, it.Record, it.Sidecar, au.archived) },
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
		a.UI.Printf("%d  %s  %s: %s %s\n", index, r.Tool, r.Verdict, r.Why, r.Pointer)
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
	au, err := a.openAuditor(ctx, false)
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
	n, err := inOrder(ctx, au, o.filter,
		func(it *audit.Item) tools.Reconsidered { return au.gate.Reconsider(it.Record, it.Sidecar, other) },
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

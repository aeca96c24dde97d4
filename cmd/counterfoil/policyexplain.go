package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
)

// explainFlags are what `policy explain` supposes about a call beyond its
// arguments.
type explainFlags struct {
	as, auth, now string
	roles, labels []string
	target        string
	rowsLeft      int64
}

// plenty is the budget that is left unless a flag says otherwise.
const plenty = 1_000_000

func newPolicyExplainCmd(a *app, file *string) *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain TOOL [JSON|@FILE|-]",
		Short: "Show how every rule judges one call",
		Long: `Show the value of every rule for one call, and which one decides. Nothing is run or
recorded. The call is made by a principal of the config at this moment, with an empty
history and an untouched budget; flags suppose something else.`,
		Example: `  counterfoil policy explain search_transactions '{"limit": 200}'
  counterfoil policy explain search_transactions --role reader --role restricted
  counterfoil policy explain list_accounts --as agent --label untrusted --now 2026-01-15T12:00:00Z`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: completeTools,
		RunE: func(_ *cobra.Command, args []string) error {
			given := ""
			if len(args) == 2 {
				given = args[1]
			}
			return a.explainPolicy(*file, args[0], given, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.as, "as", "", "`name` of the principal (default: the one with stdio)")
	flags.StringSliceVar(&f.roles, "role", nil, "suppose these `roles` instead of the principal's")
	flags.StringVar(&f.auth, "auth", "local", "suppose this `authentication`: bearer, stdio, peer, local or model")
	flags.StringVar(&f.now, "now", "", "suppose this `time` (RFC 3339)")
	flags.StringSliceVar(&f.labels, "label", nil, "suppose that the principal has read data with these `labels`: untrusted, private, model_output")
	flags.StringVar(&f.target, "target", "", "suppose a write to a target with this `sharing`: private, workspace or public")
	flags.Int64Var(&f.rowsLeft, "rows-left", plenty, "suppose that this many rows of today's budget are `left`")
	return cmd
}

func (a *app) explainPolicy(file, tool, given string, f explainFlags) error {
	p, _, err := a.compilePolicy(file)
	if err != nil {
		return err
	}
	r, err := a.supposed(p, tool, given, f)
	if err != nil {
		return err
	}
	return a.showExplanation(p.Explain(r))
}

// supposed makes the request that the flags describe.
func (a *app) supposed(p *policy.Policy, tool, given string, f explainFlags) (*policy.Request, error) {
	text, err := a.callArgs(given)
	if err != nil {
		return nil, err
	}
	r := &policy.Request{Now: a.Now(), Client: policy.Client{Name: "counterfoil policy explain"},
		Budget: policy.Budget{CallsLeft: plenty, RowsLeft: f.rowsLeft, BytesLeft: plenty}}
	for _, s := range tools.Schemas() {
		if s.Name == tool {
			r.Tool = s.Tool
		}
	}
	if r.Tool.Name == "" {
		return nil, exit.Fail(exit.NotFound, "counterfoil tools lists them", "there is no tool %s", exit.WithoutNumbers(tool))
	}
	if r.Args, err = p.Args(tool, text); err != nil {
		return nil, exit.Fail(exit.Invalid, "", "%w", err)
	}
	if r.Principal, err = a.supposedPrincipal(f); err != nil {
		return nil, err
	}
	if r.History.Labels, err = policy.ParseLabels(f.labels); err != nil {
		return nil, exit.Fail(exit.Usage, "", "%w", err)
	}
	if f.now != "" {
		if r.Now, err = time.Parse(time.RFC3339, f.now); err != nil {
			return nil, exit.Fail(exit.Usage, "for example 2026-01-15T12:00:00Z", "--now is not a time")
		}
	}
	if f.target != "" {
		r.Target = &policy.Target{Parent: "supposed", Sharing: f.target}
	}
	return r, nil
}

func (a *app) supposedPrincipal(f explainFlags) (policy.Principal, error) {
	cfg, err := a.Config()
	if err != nil {
		return policy.Principal{}, err
	}
	who, err := cfg.Caller(f.as)
	if err != nil {
		return policy.Principal{}, err
	}
	p := cfg.Principal(who, f.auth)
	if f.roles != nil {
		p.Roles = f.roles
	}
	return p, nil
}

// explanationJSON is what `policy explain --json` prints.
type explanationJSON struct {
	Decision decisionJSON `json:"decision"`
	Rules    []stepJSON   `json:"rules"`
}

type decisionJSON struct {
	Effect  string   `json:"effect"`
	Rule    string   `json:"rule"`
	Reason  string   `json:"reason,omitempty"`
	Channel string   `json:"channel,omitempty"`
	Rows    int64    `json:"max_rows,omitempty"`
	Bytes   int64    `json:"max_bytes,omitempty"`
	Scope   string   `json:"scope,omitempty"`
	Drop    []string `json:"drop,omitempty"`
	Mask    []string `json:"mask,omitempty"`
}

type stepJSON struct {
	Rule        string `json:"rule"`
	Variable    string `json:"variable,omitempty"`
	Line        int    `json:"line"`
	Column      int    `json:"column"`
	Expression  string `json:"expression,omitempty"`
	Value       string `json:"value"`
	Outcome     string `json:"outcome,omitempty"`
	Explanation string `json:"explanation,omitempty"`
	Decided     bool   `json:"decided,omitempty"`
}

func (a *app) showExplanation(e policy.Explanation) error {
	d := e.Decision
	out := explanationJSON{Decision: decisionJSON{
		Effect: string(d.Effect), Rule: d.Rule, Reason: d.Reason, Channel: d.Channel,
		Rows: d.Limits.Rows, Bytes: d.Limits.Bytes, Drop: d.Drop, Mask: d.Mask,
	}}
	if d.Rows != nil {
		out.Decision.Scope = d.Rows.String()
	}
	rows := make([][]string, len(e.Steps))
	for i, s := range e.Steps {
		out.Rules = append(out.Rules, stepJSON(s))
		rows[i] = stepRow(s)
	}
	if a.UI.JSON {
		return a.UI.Document(out)
	}
	a.UI.Table([]string{"", "RULE", "LINE", "VALUE", "CONDITION", "GIVES"}, rows)
	a.UI.Printf("\n%s\n", console.Plain(sentence(out.Decision)))
	return a.UI.Broken
}

func stepRow(s policy.Step) []string {
	mark, name := "", s.Rule
	if s.Decided {
		mark = ">"
	}
	if s.Variable != "" {
		name = "  " + s.Variable
	}
	gives := s.Outcome
	if s.Explanation != "" {
		gives += " (" + s.Explanation + ")"
	}
	return []string{mark, name, fmt.Sprint(s.Line), s.Value, console.OrDash(s.Expression), gives}
}

// sentence says what a decision comes to.
func sentence(d decisionJSON) string {
	parts := []string{d.Effect + " by " + d.Rule}
	if d.Reason != "" {
		parts[0] += ": " + d.Reason
	}
	if d.Channel != "" {
		parts = append(parts, "asked through the "+d.Channel)
	}
	if d.Rows > 0 {
		parts = append(parts, fmt.Sprintf("at most %d rows", d.Rows))
	}
	if d.Bytes > 0 {
		parts = append(parts, fmt.Sprintf("at most %d bytes", d.Bytes))
	}
	if d.Scope != "" {
		parts = append(parts, "rows with "+d.Scope)
	}
	if len(d.Drop) > 0 {
		parts = append(parts, "without "+strings.Join(d.Drop, ", "))
	}
	if len(d.Mask) > 0 {
		parts = append(parts, "masking "+strings.Join(d.Mask, ", "))
	}
	return strings.Join(parts, "; ")
}

package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
)

func newPolicyCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Check, test and explain the policy",
		Long: `Work on the policy as on code: check that it compiles and can do what it says, run
its tests, and see how each rule judges one call. None of these opens the store or the
log, so they work beside a running server. See docs/policy.md.`,
		Example: `  counterfoil policy check
  counterfoil policy test
  counterfoil policy explain search_transactions '{"limit": 200}'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var file string
	cmd.PersistentFlags().StringVar(&file, "policy", "", "policy `file` (default: the one that the config names)")
	must(cmd.MarkPersistentFlagFilename("policy", "yaml", "yml"))
	cmd.AddCommand(newPolicyCheckCmd(a, &file), newPolicyTestCmd(a, &file), newPolicyExplainCmd(a, &file), newPolicyShowCmd(a, &file))
	return cmd
}

// policySource reads the policy that a flag or the config names.
func (a *app) policySource(file string) (policy.Source, string, error) {
	if file == "" {
		cfg, err := a.Config()
		if err != nil {
			return policy.Source{}, "", err
		}
		src, err := storage.ReadPolicy(a.Home, cfg)
		return src, storage.PolicyPath(a.Home, cfg), err
	}
	text, err := bounded.ReadFile(file, storage.MaxPolicyFile)
	if err != nil {
		return policy.Source{}, "", exit.Fail(exit.Config, "", "reading the policy: %w", err)
	}
	return policy.Source{Name: filepath.Base(file), Text: text}, file, nil
}

func (a *app) compilePolicy(file string) (*policy.Policy, string, error) {
	src, path, err := a.policySource(file)
	if err != nil {
		return nil, "", err
	}
	p, err := policy.Compile(src, tools.Schemas())
	return p, path, err
}

func newPolicyCheckCmd(a *app, file *string) *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Compile the policy and warn of rules that cannot work",
		Long: `Compile the policy against the tools of this version and print every error, or,
if it compiles, what looks wrong: rules that can never match, rules that an earlier one
hides, tools that nothing allows, an allow without bounds. Warnings are certain, but the
list need not be complete. Exits with 4 on an error and, with --strict, with 7 on a warning.`,
		Example: `  counterfoil policy check
  counterfoil policy check --policy new.yaml --strict`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.checkPolicy(*file, strict) },
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with 7 if there are warnings")
	return cmd
}

// problemJSON is one line of `policy check`.
type problemJSON struct {
	Kind    string `json:"kind"` // "error" or "warning"
	Rule    string `json:"rule,omitempty"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

func (a *app) checkPolicy(file string, strict bool) error {
	p, path, err := a.compilePolicy(file)
	var broken *policy.CompileError
	if errors.As(err, &broken) {
		return a.brokenPolicy(broken)
	}
	if err != nil {
		return err
	}
	warnings := p.Check()
	found := make([]problemJSON, len(warnings))
	for i, w := range warnings {
		found[i] = problemJSON{"warning", w.Rule, w.Line, w.Column, w.Message}
	}
	if file == "" {
		unknown, err := a.unknownScopes(p)
		if err != nil {
			return err
		}
		found = append(found, unknown...)
	}
	if err := a.showProblems(filepath.Base(path), found); err != nil {
		return err
	}
	digest := p.Digest()
	a.UI.Notef("the policy compiles, with %s; digest %s", console.Counted(len(found), "warning"), hex.EncodeToString(digest[:]))
	if strict && len(found) > 0 {
		return exit.Fail(exit.CheckFailed, "", "the policy has warnings")
	}
	return nil
}

// unknownScopes warns of principals bound to scopes that the policy does not
// define: everything they ask for is denied.
func (a *app) unknownScopes(p *policy.Policy) ([]problemJSON, error) {
	cfg, err := a.Config()
	if err != nil {
		return nil, err
	}
	var found []problemJSON
	for _, who := range cfg.Principals {
		for _, scope := range who.Scopes {
			if !slices.Contains(p.ScopeNames(), scope) {
				found = append(found, problemJSON{Kind: "warning", Message: fmt.Sprintf("the config binds %s to the scope %s, which does not exist, so every call of it is denied", who.Name, scope)})
			}
		}
	}
	return found, nil
}

func (a *app) brokenPolicy(broken *policy.CompileError) error {
	found := make([]problemJSON, len(broken.Problems))
	for i, p := range broken.Problems {
		found[i] = problemJSON{"error", "", p.Line, p.Column, p.Message}
	}
	if err := a.showProblems(broken.Name, found); err != nil {
		return err
	}
	return exit.Fail(exit.Config, "nothing is served until the policy compiles", "the policy does not compile: %s", console.Counted(len(found), "error"))
}

func (a *app) showProblems(file string, found []problemJSON) error {
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"file": file, "problems": found})
	}
	for _, p := range found {
		rule := ""
		if p.Rule != "" {
			rule = p.Rule + ": "
		}
		where := file
		if p.Line > 0 {
			where = fmt.Sprintf("%s:%d:%d", file, p.Line, p.Column)
		}
		if p.Line > 0 && p.Column == 0 {
			where = fmt.Sprintf("%s:%d", file, p.Line)
		}
		a.UI.Printf("%s: %s: %s%s\n", where, p.Kind, rule, console.Plain(p.Message))
	}
	return nil
}

func newPolicyTestCmd(a *app, file *string) *cobra.Command {
	return &cobra.Command{
		Use:   "test [FILE]",
		Short: "Run the policy's tests",
		Long: `Run the tests of a policy and say which of its rules no test reaches. The tests are
in cel-go's format, by default in policy_test.yaml beside the policy (for NAME.yaml in
NAME_test.yaml). Exits with 7 if a test fails.`,
		Example: `  counterfoil policy test
  counterfoil policy test more_tests.yaml
  counterfoil policy test --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			tests := ""
			if len(args) == 1 {
				tests = args[0]
			}
			return a.testPolicy(*file, tests)
		},
	}
}

func (a *app) testPolicy(file, tests string) error {
	p, path, err := a.compilePolicy(file)
	if err != nil {
		return err
	}
	if tests == "" {
		ext := filepath.Ext(path)
		tests = strings.TrimSuffix(path, ext) + "_test" + ext
	}
	text, err := bounded.ReadFile(tests, storage.MaxPolicyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return exit.Fail(exit.Config, "counterfoil init writes tests for the default policy", "there are no tests at %s", tests)
	}
	if err != nil {
		return fmt.Errorf("reading the tests: %w", err)
	}
	rep, err := p.RunTests(filepath.Base(tests), text)
	if err != nil {
		return exit.Fail(exit.Config, "docs/policy.md describes the format", "%w", err)
	}
	if err := a.showTests(filepath.Base(tests), rep); err != nil {
		return err
	}
	if !rep.Passed() {
		return exit.Fail(exit.CheckFailed, "", "policy tests failed")
	}
	return nil
}

// testJSON is the report of `policy test`.
type testJSON struct {
	Tests    []testCaseJSON `json:"tests"`
	Coverage []coverageJSON `json:"coverage"`
}

type testCaseJSON struct {
	Section string `json:"section"`
	Name    string `json:"name"`
	Line    int    `json:"line"`
	Rule    string `json:"rule"`
	Failure string `json:"failure,omitempty"`
}

type coverageJSON struct {
	Rule  string `json:"rule"`
	Line  int    `json:"line"`
	Tests int    `json:"tests"`
}

func (a *app) showTests(file string, rep *policy.TestReport) error {
	out := testJSON{Tests: make([]testCaseJSON, len(rep.Cases)), Coverage: make([]coverageJSON, len(rep.Coverage))}
	failed := 0
	for i, c := range rep.Cases {
		out.Tests[i] = testCaseJSON(c)
		if c.Failure != "" {
			failed++
		}
	}
	for i, c := range rep.Coverage {
		out.Coverage[i] = coverageJSON(c)
	}
	if a.UI.JSON {
		return a.UI.Document(out)
	}
	for _, c := range rep.Cases {
		if c.Failure != "" {
			a.UI.Printf("%s:%d: FAIL %s: %s: %s\n", file, c.Line, console.Plain(c.Section), console.Plain(c.Name), console.Plain(c.Failure))
		}
	}
	for _, c := range rep.Coverage {
		if c.Tests == 0 {
			a.UI.Printf("no test reaches %s (line %d)\n", c.Rule, c.Line)
		}
	}
	covered, rules := rep.Covered()
	a.UI.Printf("%s, %d failed; %d of %d rules reached\n", console.Counted(len(rep.Cases), "test"), failed, covered, rules)
	return nil
}

func newPolicyShowCmd(a *app, file *string) *cobra.Command {
	return &cobra.Command{
		Use:   "show [DIGEST]",
		Short: "Print the policy, or one that was in force, by its digest",
		Long: `Print the text of the policy, or of an archived one: every policy that was in force
is kept under the SHA-256 of its text, which each record of the log names.`,
		Example: `  counterfoil policy show
  counterfoil policy show --json
  counterfoil policy show 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return a.showArchived(args[0])
			}
			return a.showPolicy(*file)
		},
	}
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (a *app) showArchived(digest string) error {
	if !digestForm.MatchString(digest) {
		return exit.Fail(exit.Usage, "records name it: counterfoil audit show", "a digest is 64 hexadecimal digits")
	}
	text, err := os.ReadFile(a.Data("policies", digest))
	if errors.Is(err, fs.ErrNotExist) {
		return exit.Fail(exit.NotFound, "", "no policy with this digest was in force here")
	}
	if err != nil {
		return fmt.Errorf("reading the archive: %w", err)
	}
	a.UI.Raw(text)
	return a.UI.Broken
}

func (a *app) showPolicy(file string) error {
	src, path, err := a.policySource(file)
	if err != nil {
		return err
	}
	if !a.UI.JSON {
		a.UI.Raw(src.Text)
		return a.UI.Broken
	}
	p, err := policy.Compile(src, tools.Schemas())
	if err != nil {
		return err
	}
	digest := p.Digest()
	return a.UI.Document(map[string]any{
		"file": path, "digest": hex.EncodeToString(digest[:]), "rules": p.Rules(), "scopes": p.ScopeNames(), "text": string(src.Text),
	})
}

package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
)

// app is what every command shares: where it works, and the global flags.
// Commands take nothing from the process itself, so that tests can run them
// inside theirs.
type app struct {
	*home.Home

	started bool // arguments were accepted and the command runs
}

// hooks are those of the tests of this package, none in the program.
var hooks home.Hooks

// Main runs one command line, without the program's name, and returns the
// exit code (see package exit). It writes nothing but to stdout and stderr.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) (code int) {
	a := &app{Home: &home.Home{
		UI:    console.UI{Out: stdout, Err: &console.OneAtATime{W: stderr}},
		Stdin: stdin,
		Env:   map[string]string{},
		Now:   func() time.Time { return time.Now().UTC() },

		Terminal: console.IsTerminal(stdin) && console.IsTerminal(stderr),
		Hooks:    hooks,
	}}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		a.Env[name] = value
	}
	defer func() {
		if r := recover(); r != nil {
			a.UI.Failed(exit.Panicked())
			code = exit.Internal
		}
	}()
	root := newRootCmd(a)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return a.finish(ctx, root.ExecuteContext(ctx))
}

// finish reports an error and turns it into an exit code.
func (a *app) finish(ctx context.Context, err error) int {
	if err == nil && a.UI.Broken == nil {
		return exit.OK
	}
	if err == nil {
		err = a.UI.Broken
	}
	f := exit.Classify(err, ctx.Err() != nil, a.started)
	if f.Code != exit.Interrupted && f.Code != exit.Found { // finding something is no error
		a.UI.Failed(f)
	}
	return f.Code
}

func newRootCmd(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "counterfoil",
		Short: "Bank transactions for language models: bounded, policed, redacted, recorded",
		Long: `Counterfoil hands bank transactions to language models one bounded, policed,
redacted tool call at a time, and keeps a tamper-evident record of each.`,
		Example: `  counterfoil demo                             # see it work, on public data
  counterfoil init                             # set up the data folder
  counterfoil import statement.ofx
  counterfoil connect claude-desktop --write`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.start(cmd) },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.DataDir, "data", "", "data `folder` (default: "+home.DefaultDataHint+")")
	flags.StringVar(&a.ConfigPath, "config", "", "config `file` (default: $"+home.ConfigVariable+", or config.yaml in the data folder)")
	flags.BoolVar(&a.UI.JSON, "json", false, "write results as JSON where a machine would read them")
	must(root.MarkPersistentFlagDirname("data"))
	must(root.MarkPersistentFlagFilename("config", "yaml", "yml"))
	root.AddGroup(
		&cobra.Group{ID: groupUse, Title: "Everyday commands:"},
		&cobra.Group{ID: groupSetup, Title: "Setting up:"},
		&cobra.Group{ID: groupAudit, Title: "Checking:"},
	)
	// Another command joins by one line here.
	for _, c := range []struct {
		group string
		cmd   *cobra.Command
	}{
		{groupUse, newDemoCmd(a)},
		{groupUse, newImportCmd(a)},
		{groupUse, newAccountCmd(a)},
		{groupUse, newServeCmd(a)},
		{groupUse, newAskCmd(a)},
		{groupUse, newCallCmd(a)},
		{groupUse, newToolsCmd(a)},
		{groupUse, newRedactCmd(a)},
		{groupUse, newRevealCmd(a)},
		{groupUse, newApprovalsCmd(a)},
		{groupUse, newOutboxCmd(a)},
		{groupAudit, newAuditCmd(a)},
		{groupAudit, newWitnessCmd(a)},
		{groupSetup, newInitCmd(a)},
		{groupSetup, newLLMCmd(a)},
		{groupSetup, newTokenCmd(a)},
		{groupSetup, newKeysCmd(a)},
		{groupSetup, newMigrateCmd(a)},
		{groupSetup, newTenantCmd(a)},
		{groupSetup, newStoreCmd(a)},
		{groupSetup, newConnectCmd(a)},
		{groupAudit, newPolicyCmd(a)},
		{groupSetup, newEgressCmd(a)},
		{groupAudit, newHealthcheckCmd(a)},
	} {
		c.cmd.GroupID = c.group
		root.AddCommand(c.cmd)
	}
	root.AddCommand(newVersionCmd(a), newExitCodesTopic())
	return root
}

// The groups of commands in the help text.
const (
	groupUse   = "use"
	groupSetup = "setup"
	groupAudit = "audit"
)

// withoutData lists the commands that work on a machine where no data folder,
// not even a home folder, is known.
var withoutData = []string{
	"counterfoil", "account", "audit", "keys", "outbox", "policy", "store", "tenant", "token", // which only show help
	"bash", "demo", "egress", "fish", "healthcheck", "llm", "powershell", "run", "shim", "redact", "tools", "version", "zsh",
}

// start fixes the paths once arguments are known to be good.
func (a *app) start(cmd *cobra.Command) error {
	a.started = true
	err := a.Resolve()
	if err != nil && slices.Contains(withoutData, cmd.Name()) {
		return nil
	}
	return err
}

// must is for errors that only a mistake in this program's text can cause.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

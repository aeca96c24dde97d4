package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/ingest/demo"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
	"github.com/counterfoil/counterfoil/mcp"
)

// demoOptions are the flags of `demo`.
type demoOptions struct {
	exit    bool
	http    string
	sandbox bool
	view    string // address of the sandbox and its page view
}

// demoPrincipal is who the demo's client is.
const demoPrincipal = "demo"

func newDemoCmd(a *app) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work, on real public transactions",
		Long: `Import real card transactions of Birmingham City Council into a throw-away data
folder, serve them on this machine, and take a tour of five calls through a real MCP
client. Then keep serving until interrupted, so that you can connect a client of your
own. With --data the folder is kept; it must be empty or new.

With --notion-sandbox a stand-in of Notion runs on this machine, the tour also writes a
report there, and its pages can be looked at in a browser: no account is needed.`,
		Example: `  counterfoil demo
  counterfoil demo --exit                      # only the tour
  counterfoil demo --notion-sandbox            # also a report, as a page
  counterfoil demo --data ./demo-data`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.demo(cmd.Context(), o, cmd.Flags().Changed("data"))
		},
	}
	cmd.Flags().BoolVar(&o.exit, "exit", false, "stop after the tour")
	cmd.Flags().BoolVar(&o.sandbox, "notion-sandbox", false, "write a report to a stand-in of Notion on this machine, and show its pages")
	cmd.Flags().StringVar(&o.view, "notion-view", "127.0.0.1:0", "loopback `address` of the stand-in and its pages")
	cmd.Flags().StringVar(&o.http, "http", "127.0.0.1:0", "`address` to serve on; port 0 takes a free one")
	return cmd
}

func (a *app) demo(ctx context.Context, o demoOptions, keep bool) (err error) {
	if !config.ValidAddress(o.http) {
		return exit.Fail(exit.Usage, "name it as 127.0.0.1:7171", "the address of --http is not HOST:PORT")
	}
	// The steps below say less than the commands they stand for.
	inner := &app{Home: &home.Home{UI: console.UI{Out: io.Discard, Err: io.Discard}, Stdin: a.Stdin, Env: a.Env, Now: a.Now, DataDir: a.DataDir, Hooks: a.Hooks}, started: true}
	if !keep {
		dir, err := os.MkdirTemp("", "counterfoil-demo-")
		if err != nil {
			return fmt.Errorf("making a data folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		inner.DataDir = dir
	}
	inner.ConfigPath = filepath.Join(inner.DataDir, "config.yaml")
	token, err := inner.demoSetup(ctx)
	if err != nil {
		return err
	}
	var box *notionSandbox
	if o.sandbox {
		if box, err = openSandbox(o.view, notiontest.Options{RatePerSecond: sandboxRate}); err != nil {
			return err
		}
		defer box.http.Close()
		if err := box.configure(inner); err != nil {
			return err
		}
	}
	f, err := folder.Open(ctx, inner.Home)
	if err != nil {
		return err
	}
	defer f.Closing(&err)
	if err := demoImport(ctx, f, &a.UI); err != nil {
		return err
	}
	return demoServe(ctx, f, o, token, box, &a.UI)
}

// demoSetup makes the folder and a principal, and returns its token.
func (a *app) demoSetup(ctx context.Context) (string, error) {
	if _, err := os.Stat(a.Data("VERSION")); err == nil {
		return "", exit.Fail(exit.Conflict, "name a new folder with --data", "this data folder is in use already")
	}
	if err := setup.Init(ctx, a.Home, setup.Postgres{}, ""); err != nil {
		return "", err
	}
	token, hash := config.NewToken()
	return token, a.EditPrincipals(func(_ *config.Config, list *yaml.Node) error {
		return config.AppendPrincipal(list, config.Principal{Name: demoPrincipal, Roles: []string{"analyst", "writer"}}, hash)
	})
}

// demoImport fills the store with the shipped transactions, and with one
// statement that holds what must never leave.
func demoImport(ctx context.Context, f *folder.Folder, u *console.UI) error {
	began := time.Now()
	u.Printf("Counterfoil demo: real purchase-card transactions of a city council\n%s\n\n", demo.Credit)
	statements := append(demo.Statements(), demo.Statement{Name: plantedFile, Data: []byte(plantedStatement)})
	rows := int64(0)
	for _, s := range statements {
		var o ingest.Options
		if s.Name == plantedFile {
			o.Account = plantedAccount
		}
		report, err := f.ImportInput(ctx, ingest.Bytes(s.Name, s.Data), o, nil, func(_, _ int64) {})
		if err != nil {
			return err
		}
		u.Printf("  imported %-28s %13s, %10s, %s to %s\n", s.Name, console.Counted(report.Added, "booking"), console.Counted(len(report.Accounts), "account"), report.First, report.Last)
		rows += report.Added
	}
	u.Printf("  %d bookings in %.1f s, encrypted at rest, one signed record for each file\n", rows, time.Since(began).Seconds())
	return nil
}

// demoServe serves, takes the tour, and goes on serving unless told not to.
func demoServe(ctx context.Context, f *folder.Folder, o demoOptions, token string, box *notionSandbox, u *console.UI) error {
	s, err := f.Service(ctx)
	if err != nil {
		return err
	}
	server, err := s.Server()
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", o.http)
	if err != nil {
		return exit.Fail(exit.Data, "name another address with --http", "listening: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, ln) }()
	url := "http://" + ln.Addr().String() + folder.Endpoint
	u.Printf("  serving  %s\n", url)
	if box != nil {
		u.Printf("  pages    %s (a stand-in of Notion)\n", box.view())
	}
	if err := tour(ctx, f, mcp.Dialing{URL: url, Token: token}, box, u); err != nil {
		return err
	}
	if o.exit {
		cancel()
		return <-ended
	}
	howToConnect(url, token, box, u)
	return <-ended
}

// tour calls the server as any MCP client would.
func tour(ctx context.Context, f *folder.Folder, d mcp.Dialing, box *notionSandbox, u *console.UI) error {
	client, err := d.Connect(ctx)
	if err != nil {
		return err
	}
	for i, stop := range tourStops {
		u.Printf("\n%d. %s\n", i+1, stop.title)
		if err := visit(ctx, f, client, stop, u); err != nil {
			return errors.Join(err, client.Close())
		}
	}
	if err := client.Close(); err != nil {
		return err
	}
	next := len(tourStops) + 1
	if box != nil {
		u.Printf("\n%d. A monthly report as a page: shown, approved, written once\n", next)
		if err := tourNotion(ctx, f, d, box, u); err != nil {
			return err
		}
		next++
	}
	u.Printf("\n%d. The log of all this, verified with its public key\n", next)
	return tourVerify(ctx, f, u)
}

func visit(ctx context.Context, f *folder.Folder, client *mcp.Client, stop tourStop, u *console.UI) error {
	u.Printf("   > %s %s\n", stop.tool, argsText(stop.args))
	answer, err := client.Call(ctx, stop.tool, json.RawMessage(argsText(stop.args)))
	if err != nil {
		return err
	}
	if answer.IsError != stop.denied {
		return exit.Fail(exit.Internal, "", "the tour's call of %s did not go as it should: %s", stop.tool, answer.Text)
	}
	lines, err := stop.show(answer)
	if err != nil {
		return err
	}
	for _, line := range lines {
		u.Printf("   %s\n", line)
	}
	u.Printf("   recorded as number %d of the log, leaf %s…\n", answer.Receipt.Index, answer.Receipt.Leaf[:min(12, len(answer.Receipt.Leaf))])
	return nil
}

// howToConnect says how a client of the user's own reaches this server.
func howToConnect(url, token string, box *notionSandbox, u *console.UI) {
	if box != nil {
		u.Printf("\nSee the report: %s\n", box.view())
	}
	header := "Authorization: Bearer " + token
	u.Printf("\nConnect your own client while this runs (the token is good for this demo only):\n\n")
	u.Printf("  Claude Desktop, in claude_desktop_config.json:\n%s\n", indent(claudeOverHTTP(url, header)))
	u.Printf("  MCP Inspector:\n    npx @modelcontextprotocol/inspector@2 --cli %s --transport http --header %s --method tools/list\n\n", url, shell(header))
	u.Printf("  A script:\n%s\n\n", indent(curlCall(url, header)))
	u.Printf("With your own data: counterfoil init, counterfoil import FILE, counterfoil connect claude-desktop --write\n")
	u.Printf("Serving until Ctrl-C.\n")
}

// curlCall is one call without a session, as protocol revision 2026-07-28 has
// it.
func curlCall(url, header string) string {
	return "curl -s " + url + " -H " + shell(header) + ` \
  -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \
  -H 'Mcp-Protocol-Version: 2026-07-28' -H 'Mcp-Method: tools/call' -H 'Mcp-Name: list_categories' \
  -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_categories","arguments":{"limit":5},
       "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},
                "io.modelcontextprotocol/clientInfo":{"name":"curl","version":"1"}}}}'`
}

// claudeOverHTTP is how a client that only starts programs reaches a server
// that runs already.
func claudeOverHTTP(url, header string) string {
	return `{"mcpServers": {"counterfoil-demo": {"command": "npx",
  "args": ["mcp-remote", ` + quoted(url) + `, "--allow-http", "--header", ` + quoted(header) + `]}}}`
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(text, "\n", "\n    ")
}

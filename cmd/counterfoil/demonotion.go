package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
	"github.com/counterfoil/counterfoil/mcp"
)

// notionSandbox is a stand-in of Notion on this machine, with a workspace that holds
// what the demo needs. Its address serves the API and the view of the pages.
type notionSandbox struct {
	*notiontest.Server
	token    string
	database string
	http     *http.Server
	address  string // host:port
}

// sandboxTimeout bounds how long a request to the sandbox takes to arrive.
const sandboxTimeout = 30 * time.Second

// sandboxRate is how many requests a second the sandbox takes, as Notion does.
const sandboxRate = 3

// openSandbox starts a sandbox on a loopback address, with a token of its own.
func openSandbox(addr string, o notiontest.Options) (*notionSandbox, error) {
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return nil, exit.Fail(exit.Usage, "", "the sandbox's address must be a loopback one, such as 127.0.0.1:0")
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, exit.Fail(exit.Data, "name another address with --notion-view", "listening: %w", err)
	}
	s := &notionSandbox{token: "ntn_sandbox" + rand.Text(), address: ln.Addr().String()}
	o.Token, o.Seed = s.token, rand.Text()
	s.Server = notiontest.New(o)
	home := s.AddPage("", "Household")
	s.database, _ = s.AddDatabase(home, "Reports",
		notiontest.Property{Name: "Name", Type: "title"}, notiontest.Property{Name: "Counterfoil key", Type: "rich_text"})
	s.http = &http.Server{Handler: s.Server, ReadTimeout: sandboxTimeout, IdleTimeout: sandboxTimeout}
	go s.http.Serve(ln)
	return s, nil
}

// view is the address of the page view.
func (s *notionSandbox) view() string { return "http://" + s.address + "/" }

// configure puts the sandbox into a config, as a user would put Notion.
func (s *notionSandbox) configure(a *app) error {
	text, err := bounded.ReadFile(a.ConfigPath, config.MaxSize)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return err
	}
	text = bytes.Replace(bytes.Replace(text, []byte("\negress: {}\n"), []byte("\n"), 1), []byte("\nnotion: {}\n"), []byte("\n"), 1)
	text = fmt.Appendf(text, `
egress:
  destinations:
    - {host: 127.0.0.1, port: %s, plain: true, networks: [127.0.0.1/32]}
notion:
  base_url: http://127.0.0.1:%s
  token_file: keys/notion.token
  targets:
    - {name: reports, kind: database, id: %s, key_property: Counterfoil key}
`, port, port, strings.ReplaceAll(s.database, "-", ""))
	if err := os.WriteFile(a.Data("keys", "notion.token"), []byte(s.token+"\n"), durable.FileMode); err != nil {
		return err
	}
	return durable.Replace(a.ConfigPath, text, durable.FileMode)
}

// demoReport is the report that the tour writes: a month of the demo's data.
const demoReport = `{"target":"reports","month":"2018-01"}`

// tourNotion has a report written to the sandbox, with a person's approval for
// which the tour stands in, and has it written again.
func tourNotion(ctx context.Context, f *folder.Folder, d mcp.Dialing, s *notionSandbox, u *console.UI) error {
	d.Ask = func(_ context.Context, question string) bool {
		u.Printf("   asked, before anything is written:\n")
		for i, line := range strings.Split(strings.TrimSpace(question), "\n") {
			if i == 14 {
				u.Printf("     | …\n")
				break
			}
			u.Printf("     | %s\n", console.Plain(line))
		}
		u.Printf("   answered for you: yes\n")
		return true
	}
	client, err := d.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	for _, want := range []string{"created", "unchanged"} {
		u.Printf("   > notion_upsert_report %s\n", demoReport)
		answer, err := client.Call(ctx, "notion_upsert_report", json.RawMessage(demoReport))
		if err != nil {
			return err
		}
		var doc struct{ State, URL string }
		if answer.IsError || json.Unmarshal(answer.Document, &doc) != nil || doc.State != want {
			return exit.Fail(exit.Internal, "", "the tour's report did not go as it should: %s", answer.Text)
		}
		u.Printf("   %s: %s (%d writes in Notion so far)\n", doc.State, doc.URL, s.Writes())
		u.Printf("   recorded as number %d of the log\n", answer.Receipt.Index)
	}
	return nil
}

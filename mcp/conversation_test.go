package mcp

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/mcp/internal/script"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestConversations plays each conversation of testdata over HTTP and over
// stdio and compares what was answered, and what the Gate was asked, with the
// file. The comment of a file says what it pins. In the section "in", a line is
// one message; "! Name: value" sets a header of the next one (HTTP only).
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/conversations/*.txtar")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d conversations, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { playFile(t, file) })
	}
}

func playFile(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in := section(archive, "in")
	if len(bytes.TrimSpace(archive.Comment)) == 0 || in == "" {
		t.Fatal("a conversation says what it pins, and has a section in")
	}
	httpOut, httpGate := playHTTP(t, in)
	stdioOut, stdioGate := playStdio(t, in)
	got := map[string]string{"http": httpOut, "stdio": stdioOut, "gate": httpGate}
	if strings.ReplaceAll(httpGate, "127.0.0.1 ann", "stdio desk") != stdioGate {
		got["gate.stdio"] = stdioGate
	}
	if *update {
		archive.Files = []txtar.File{{Name: "in", Data: []byte(in)}}
		for _, name := range []string{"http", "stdio", "gate", "gate.stdio"} {
			if got[name] != "" {
				archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
			}
		}
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, name := range []string{"http", "stdio", "gate", "gate.stdio"} {
		if diff := cmp.Diff(section(archive, name), got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func playHTTP(t *testing.T, in string) (out, asked string) {
	s := newSite(t, nil)
	var b strings.Builder
	var session string
	var extra []string
	for l := range strings.Lines(in) {
		l = strings.TrimRight(l, "\n")
		if header, ok := strings.CutPrefix(l, "! "); ok {
			name, value, _ := strings.Cut(header, ": ")
			extra = append(extra, name, value)
			continue
		}
		headers := append(headersFor(l), "Mcp-Session-Id", session)
		r := s.post(l, append(headers, extra...)...)
		extra = nil
		if id := r.header.Get("Mcp-Session-Id"); id != "" {
			session = id
		}
		fmt.Fprintf(&b, "%d\n", r.status)
		for _, m := range r.events() {
			if m != "" {
				b.WriteString(m + "\n")
			}
		}
	}
	return b.String(), asking(s.gate)
}

// headersFor mirrors a modern message in headers, as a client would.
func headersFor(body string) []string {
	m, _ := parse([]byte(body), DefaultDepth)
	if m.version == "" {
		return nil
	}
	name, _ := unquote(m.name)
	if uri, err := unquote(m.uri); err == nil {
		name = uri
	}
	return []string{"Mcp-Protocol-Version", m.version, "Mcp-Method", m.method, "Mcp-Name", name}
}

func playStdio(t *testing.T, in string) (out, asked string) {
	gate := new(script.Gate)
	d := newDesk(t, newServer(t, gate, nil))
	var b strings.Builder
	for l := range strings.Lines(in) {
		if strings.HasPrefix(l, "! ") {
			continue
		}
		d.send(strings.TrimRight(l, "\n"))
		m, e := parse([]byte(strings.TrimRight(l, "\n")), DefaultDepth)
		if silent := m.kind != request && m.method != "" || e == nil && m.kind == notification; silent {
			continue
		}
		for {
			answer := d.receive()
			b.WriteString(answer + "\n")
			var head struct{ Method string }
			if json.Unmarshal([]byte(answer), &head); head.Method == "" {
				break
			}
		}
	}
	d.in.Close()
	rest, _ := io.ReadAll(readerUntil(d))
	b.Write(rest)
	return b.String(), asking(gate)
}

// readerUntil ends the pipe once the server has returned.
func readerUntil(d *desk) io.Reader {
	go func() {
		if err := <-d.served; err != nil {
			d.t.Error(err)
		}
		d.close()
	}()
	return d.out
}

// asking lists what the Gate was asked, a line each.
func asking(g *script.Gate) string {
	var b strings.Builder
	for _, a := range g.Asked() {
		if a.Tool == "" {
			fmt.Fprintf(&b, "refuse %s %s: %s %s %s\n", a.Refusal.Source, a.Principal, a.Refusal.Code, a.Refusal.Reason, a.Refusal.Method)
			continue
		}
		fmt.Fprintf(&b, "call %s %s by %s/%s %s\n", a.Tool, a.Args, a.Client.Name, a.Client.Version, a.Client.Protocol)
	}
	return b.String()
}

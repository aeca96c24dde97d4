//go:build linux && netns

package stack

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/counterfoil/counterfoil/e2e/lab"
)

// serverUser runs all but the database, as compose.yaml has it.
const serverUser = "65532"

// stack is the programs of compose.yaml, each in its namespace: the real
// Counterfoil, PostgreSQL and Caddy, and stand-ins for the engine and for Notion.
type stack struct {
	*topology
	binary string
	work   string // folder with everything that the volumes hold
	pguser string // who runs PostgreSQL
	token  string // of a client

	notionID  string // of the database in the stand-in
	resolvers []*lab.DNS
}

func newStack(t *testing.T, p *topology) *stack {
	t.Helper()
	given := os.Getenv("COUNTERFOIL_BINARY")
	if given == "" {
		t.Fatal("COUNTERFOIL_BINARY names the program: run.sh does")
	}
	s := &stack{topology: p, work: t.TempDir(), pguser: "postgres"}
	// Others than root have to get in, and at the program.
	lab.Must(t, os.Chmod(filepath.Dir(s.work), 0o755))
	s.binary = s.path("counterfoil")
	lab.Sh(t, "cp "+given+" "+s.binary)
	for _, dir := range []string{"", "made", "made/db", "made/migrator", "made/config", "made/caddy", "made/models", "tmp", "data", "llm", "pg", "pgrun"} {
		lab.Must(t, os.MkdirAll(s.path(dir), 0o755))
	}
	for dir, user := range map[string]string{"data": serverUser, "llm": serverUser, "pg": s.pguser, "pgrun": s.pguser} {
		lab.Sh(t, "chown "+user+" "+s.path(dir))
	}
	s.build(t)
	s.startDatabase(t)
	s.startWorld(t)
	s.setup(t)
	s.startServices(t)
	return s
}

func (s *stack) path(name string) string { return filepath.Join(s.work, name) }

// moved puts the folders of the containers below the work folder, in a script or in
// an argument.
func (s *stack) moved(text string) string {
	text = regexp.MustCompile(`\$\{\w+:-([^}]*)\}`).ReplaceAllString(text, "$1")
	return strings.NewReplacer(
		"/run/migrator", s.path("made/migrator"), "/run/db", s.path("made/db"), "/run/llm", s.path("llm"),
		"/made", s.path("made"), "/config/", s.path("made/config")+"/", "/tmp/", s.path("tmp")+"/",
	).Replace(text)
}

// args are a service's arguments with their folders moved.
func (s *stack) args(service string) (list []string) {
	for _, a := range s.Services[service].Command {
		list = append(list, s.moved(a))
	}
	return list
}

// script is a file of deploy/ with its folders moved.
func (s *stack) script(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "deploy", name))
	lab.Must(t, err)
	return s.moved(string(text))
}

func (s *stack) build(t *testing.T) {
	for name, dir := range map[string]string{"probe": "deploy/probe", "engine": "deploy/standin/engine", "notion": "deploy/standin/notion"} {
		cmd := exec.Command("go", "build", "-o", s.path(name), ".")
		cmd.Dir = filepath.Join(root, dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("building %s: %v\n%s", name, err, out)
		}
	}
}

// as is a program in a namespace under a user without any capability.
func (s *stack) as(user, in string, args ...string) *exec.Cmd {
	who := []string{"setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--bounding-set", "-all", "--no-new-privs", "--"}
	cmd := s.command(in, append(who, args...)...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(),
		"XDG_DATA_HOME="+s.path("data"), "COUNTERFOIL_CONFIG="+s.path("made/config/config.yaml"), "PGHOST="+s.path("pgrun"), "PGUSER=postgres", "PGDATA="+s.path("pg/data"),
		"SSL_CERT_FILE="+s.path("standin/ca.crt"), "NOTION_TOKEN=ntn_standin")
	return cmd
}

// counterfoil is the command line in the server's container.
func (s *stack) counterfoil(in string, args ...string) *exec.Cmd {
	return s.as(serverUser, in, append([]string{s.binary}, args...)...)
}

// run runs a command to its end and returns what it printed.
func (s *stack) run(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// start starts a program that serves, and waits until it prints sign.
func (s *stack) start(t *testing.T, cmd *exec.Cmd, sign string) string {
	t.Helper()
	said, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	lab.Must(t, cmd.Start())
	var ended sync.WaitGroup
	ended.Go(func() { cmd.Wait(); w.Close() })
	t.Cleanup(func() { cmd.Process.Kill(); ended.Wait() })
	found := make(chan string, 1)
	var all strings.Builder
	go func() {
		defer close(found)
		for lines := bufio.NewScanner(said); lines.Scan(); {
			if all.Len() < 8<<10 {
				all.WriteString(lines.Text() + "\n")
			}
			if strings.Contains(lines.Text(), sign) && len(found) == 0 {
				found <- lines.Text()
			}
		}
	}()
	line, ok := <-found
	if !ok {
		t.Fatalf("%s ended:\n%s", strings.Join(cmd.Args, " "), all.String())
	}
	return line
}

// startDatabase makes secrets with deploy/prepare.sh and a cluster with
// deploy/db-init.sh, and serves it with the arguments of compose.yaml.
func (s *stack) startDatabase(t *testing.T) {
	who, err := user.Lookup(s.pguser)
	lab.Must(t, err)
	prepare := strings.Replace(s.script(t, "prepare.sh"), "db=999:999", "db="+who.Uid+":"+who.Gid, 1)
	s.run(t, exec.Command("sh", "-c", prepare))
	bin := postgresBin(t)
	s.run(t, s.as(s.pguser, "db", bin+"/initdb", "-D", s.path("pg/data"), "-U", "postgres", "--pwfile", s.path("made/db/superuser"),
		"--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"))
	args := []string{bin + "/postgres", "-D", s.path("pg/data"), "-cunix_socket_directories=" + s.path("pgrun"), "-cfsync=off"}
	server := s.as(s.pguser, "db", append(args, s.args("db")[1:]...)...)
	s.start(t, server, "ready to accept connections")
	logins := s.as(s.pguser, "db", "sh", "-c", s.script(t, "db-init.sh"))
	password, err := os.ReadFile(s.path("made/db/superuser"))
	lab.Must(t, err)
	logins.Env = append(logins.Env, "PGPASSWORD="+strings.TrimSpace(string(password)))
	s.run(t, logins)
	s.run(t, s.as(s.pguser, "db", bin+"/pg_ctl", "-D", s.path("pg/data"), "reload"))
}

// postgresBin is the folder of PostgreSQL's programs: that of the version in
// compose.yaml if POSTGRES_BIN names it, or else the newest of the machine.
func postgresBin(t *testing.T) string {
	t.Helper()
	if bin := os.Getenv("POSTGRES_BIN"); bin != "" {
		return bin
	}
	bin, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	lab.Must(t, err)
	if len(bin) == 0 {
		t.Fatal("PostgreSQL's programs are missing")
	}
	slices.Sort(bin)
	return bin[len(bin)-1]
}

// startWorld starts what lies outside: resolvers, Notion, and listeners that
// answer whoever gets through.
func (s *stack) startWorld(t *testing.T) {
	lab.Must(t, os.MkdirAll(s.path("standin"), 0o755))
	s.notionID = strings.Fields(s.start(t, s.command("world", s.path("notion"), s.path("standin")), "database"))[1]
	s.start(t, s.command("world", s.path("probe"), "listen", fmt.Sprint(targetPort), "80"), "listening")
	s.start(t, s.command("host", s.path("probe"), "listen", fmt.Sprint(targetPort)), "listening")
	for _, address := range append([]string{dnsAddr}, publicDNS...) {
		d := lab.NewDNS(t, s.ns("world"), address)
		d.Answer("api.notion.com", notionAddr)
		d.Answer("example.com", targetAddr)
		s.resolvers = append(s.resolvers, d)
	}
}

// setup is the service of this name, and what a user does next: a token, a model, a
// target in Notion.
func (s *stack) setup(t *testing.T) {
	sections := s.path("sections.yaml")
	lab.Must(t, os.WriteFile(sections, []byte(s.script(t, "config.yaml")), 0o644))
	args := s.args("setup")
	for i := range args {
		args[i] = strings.Replace(args[i], "/etc/counterfoil/sections.yaml", sections, 1)
	}
	s.run(t, s.counterfoil("setup", args...))
	file := s.path("made/config/config.yaml")
	text, err := os.ReadFile(file)
	lab.Must(t, err)
	config := strings.Replace(string(text), "\nnotion: {}\n",
		"\nnotion: {token: \"env:NOTION_TOKEN\", targets: [{name: reports, kind: database, id: "+strings.ReplaceAll(s.notionID, "-", "")+", key_property: Counterfoil key}]}\n", 1)
	lab.Must(t, os.WriteFile(file, []byte(config), 0o600))
	said := s.run(t, s.counterfoil("counterfoil", "--json", "token", "add", "laptop", "--role", "reader", "--role", "writer"))
	if s.token = regexp.MustCompile(`cft_[a-z2-7]+`).FindString(said); s.token == "" {
		t.Fatalf("no token in %s", said)
	}
	statement := s.counterfoil("counterfoil", "import", "-", "--currency", "GBP", "--yes")
	statement.Stdin = strings.NewReader("Date,Description,Amount,Currency\n2026-01-05,Green Grocer,-12.50,GBP\n")
	s.run(t, statement)
}

// startServices starts the services with the arguments of compose.yaml.
func (s *stack) startServices(t *testing.T) {
	lab.Must(t, os.WriteFile(s.path("made/models/model.gguf"), []byte("stand-in"), 0o644))
	engine := append([]string{s.path("engine"), "--model", s.path("made/models/model.gguf")}, s.args("llm")...)
	s.start(t, s.as(serverUser, "llm", engine...), "serving")
	s.start(t, s.counterfoil("egress", s.args("egress")...), "3128")
	s.start(t, s.counterfoil("counterfoil", s.args("counterfoil")...), "serving http")
	s.startProxy(t)
}

// startProxy starts Caddy with deploy/Caddyfile. One older than 2.7 lacks a way to
// say that the configuration is not to be kept, which concerns no packet.
func (s *stack) startProxy(t *testing.T) {
	caddy, err := exec.LookPath("caddy")
	lab.Must(t, err)
	text := s.script(t, "Caddyfile")
	if version := lab.Sh(t, caddy+" version"); regexp.MustCompile(`^v?2\.[0-6]\.`).MatchString(version) {
		text = strings.Replace(text, "persist_config off", "", 1)
	}
	lab.Must(t, os.WriteFile(s.path("Caddyfile"), []byte(text), 0o644))
	cmd := s.as(serverUser, "proxy", caddy, "run", "--config", s.path("Caddyfile"), "--adapter", "caddyfile")
	cmd.Env = append(cmd.Env, "XDG_DATA_HOME="+s.path("made/caddy"), "XDG_CONFIG_HOME="+s.path("made/caddy"), "HOME="+s.path("made/caddy"))
	s.start(t, cmd, "serving initial configuration")
}

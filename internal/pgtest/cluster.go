//go:build unix

// Package pgtest starts a throw-away PostgreSQL cluster for tests. It needs
// the server's programs on the machine, not root and no network. Without them
// a test is skipped and says so; with the build tag postgres or with
// COUNTERFOIL_REQUIRE_POSTGRES=1, as the checks run, it fails.
package pgtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// Start returns the connection string of a new, empty database that lives
// until the test ends. COUNTERFOIL_TEST_POSTGRES names one that runs already
// instead, which is then the caller's to empty. Settings are those of
// postgresql.conf, "name=value".
func Start(tb testing.TB, settings ...string) string {
	tb.Helper()
	if dsn := os.Getenv("COUNTERFOIL_TEST_POSTGRES"); dsn != "" {
		return dsn
	}
	c := newCluster(tb)
	c.run("initdb", "-D", c.data(), "-U", "counterfoil", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	return c.start(settings)
}

// Standby returns the connection string of a new standby that streams from the
// server of a superuser's connection string, and lives until the test ends. It
// takes the settings of Start.
func Standby(tb testing.TB, primary string, settings ...string) string {
	tb.Helper()
	c := newCluster(tb)
	c.run("pg_basebackup", "-D", c.data(), "-d", primary, "-R", "-X", "stream", "-c", "fast", "--no-sync")
	return c.start(settings)
}

// newCluster makes an empty folder for a cluster, which whom it runs as owns.
func newCluster(tb testing.TB) *cluster {
	tb.Helper()
	c := &cluster{tb: tb, bin: binaries(tb)}
	var err error
	if c.dir, err = os.MkdirTemp("", "cfpg"); err != nil { // short: a socket's path is
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.RemoveAll(c.dir) })
	c.dropRoot()
	return c
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

// start starts the server of a folder that was filled, until the test ends.
func (c *cluster) start(settings []string) string {
	c.tb.Helper()
	if err := c.tryStart(settings); err != nil {
		c.tb.Fatal(err)
	}
	return c.dsn()
}

func (c *cluster) dsn() string { return "host=" + c.dir + " user=counterfoil dbname=postgres" }

// tryStart starts the server, and stops it when the test ends.
func (c *cluster) tryStart(settings []string) error {
	if err := c.launch(settings); err != nil {
		return err
	}
	c.tb.Cleanup(func() { c.run("pg_ctl", "-D", c.data(), "-m", "immediate", "-w", "stop") })
	return nil
}

func (c *cluster) launch(settings []string) error {
	options := fmt.Sprintf("-k %s -c listen_addresses='' -c max_connections=50", c.dir)
	for _, s := range settings {
		options += " -c " + s
	}
	return c.try("pg_ctl", "-D", c.data(), "-w", "-t", "180", "-l", filepath.Join(c.dir, "log"), "-o", options, "start")
}

// portTries bounds how often a port is chosen that something else takes before
// the server does.
const portTries = 5

// StartTLS is Start for a server that listens on a port of 127.0.0.1 as well,
// with TLS: certificate and key are PEM. It returns that port.
func StartTLS(tb testing.TB, certificate, key []byte, settings ...string) (dsn string, port int) {
	tb.Helper()
	c := newCluster(tb)
	c.run("initdb", "-D", c.data(), "-U", "counterfoil", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	for name, text := range map[string][]byte{"server.crt": certificate, "server.key": key} {
		path := filepath.Join(c.data(), name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			tb.Fatal(err)
		}
		if c.cred != nil {
			if err := os.Chown(path, int(c.cred.Uid), int(c.cred.Gid)); err != nil {
				tb.Fatal(err)
			}
		}
	}
	var err error
	for range portTries {
		port = freePort(tb)
		// The later listen_addresses counts.
		err = c.tryStart(append([]string{"ssl=on", "listen_addresses=127.0.0.1", "port=" + strconv.Itoa(port)}, settings...))
		if err == nil {
			return c.dsn() + " port=" + strconv.Itoa(port), port
		}
	}
	tb.Fatal(err)
	return "", 0
}

// freePort returns a port of 127.0.0.1 on which nobody listened a moment ago.
func freePort(tb testing.TB) int {
	tb.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

type cluster struct {
	tb   testing.TB
	bin  string
	dir  string
	cred *syscall.Credential
}

// binaries finds the folder of initdb, the newest version's.
func binaries(tb testing.TB) string {
	tb.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		tb.Fatal(err)
	}
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		missing(tb)
	}
	return filepath.Dir(path)
}

// dropRoot chooses another user to run as, since PostgreSQL refuses root.
func (c *cluster) dropRoot() {
	if os.Getuid() != 0 {
		return
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 != nil || err2 != nil {
			continue
		}
		c.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(c.dir, int(uid), int(gid)); err != nil {
			c.tb.Fatal(err)
		}
		return
	}
	c.tb.Fatal("no user to run PostgreSQL as")
}

func (c *cluster) run(name string, args ...string) {
	c.tb.Helper()
	if err := c.try(name, args...); err != nil {
		c.tb.Fatal(err)
	}
}

// try runs a program of PostgreSQL; its error holds what that said.
func (c *cluster) try(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred}
	log, err := os.Create(filepath.Join(c.dir, name+".out")) // not a pipe: the server would keep it open
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		out, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

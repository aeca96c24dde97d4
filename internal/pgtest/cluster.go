//go:build unix

// Package pgtest starts a throw-away PostgreSQL cluster for tests. It needs
// the server's programs on the machine, not root and no network. Without them
// a test is skipped and says so; with the build tag postgres or with
// COUNTERFOIL_REQUIRE_POSTGRES=1, as the checks run, it fails.
package pgtest

import (
	"fmt"
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
	c := cluster{tb: tb, bin: binaries(tb)}
	var err error
	if c.dir, err = os.MkdirTemp("", "cfpg"); err != nil { // short: a socket's path is
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.RemoveAll(c.dir) })
	c.dropRoot()
	data := filepath.Join(c.dir, "data")
	c.run("initdb", "-D", data, "-U", "counterfoil", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	options := fmt.Sprintf("-k %s -c listen_addresses='' -c max_connections=50", c.dir)
	for _, s := range settings {
		options += " -c " + s
	}
	c.run("pg_ctl", "-D", data, "-w", "-l", filepath.Join(c.dir, "log"), "-o", options, "start")
	tb.Cleanup(func() { c.run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop") })
	return "host=" + c.dir + " user=counterfoil dbname=postgres"
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
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred}
	log, err := os.Create(filepath.Join(c.dir, name+".out")) // not a pipe: the server would keep it open
	if err != nil {
		c.tb.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		out, _ := os.ReadFile(log.Name())
		c.tb.Fatalf("%s: %v\n%s", name, err, out)
	}
}

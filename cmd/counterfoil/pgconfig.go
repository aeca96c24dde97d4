package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/store/postgres"
)

// PostgresConfig puts the store and the log into PostgreSQL. Each login is a
// connection string, kept elsewhere: in an environment variable ("env:NAME") or
// in a file of its own. The zero value is the embedded store.
type PostgresConfig struct {
	// Tenant whose logins they are. Another's are refused.
	Tenant string `yaml:"tenant"`
	// Mode is "single", a database that holds this tenant alone (the default),
	// or "shared".
	Mode string `yaml:"mode"`
	// Reader is the login of the tools, which also appends to the log.
	Reader     string `yaml:"reader"`
	ReaderFile string `yaml:"reader_file"`
	// Replica is the reader's login on a standby; reads whose snapshot it has, or
	// gets within ReplicaWait (0 is 100 ms), go there. The log stays on the primary.
	Replica     string        `yaml:"replica"`
	ReplicaFile string        `yaml:"replica_file"`
	ReplicaWait time.Duration `yaml:"replica_wait"`
	// Writer is the login of imports, undo and rename; without one they are
	// refused. A server connects as it only while it changes something.
	Writer     string `yaml:"writer"`
	WriterFile string `yaml:"writer_file"`
	// Auditor is the login of `audit`; without one those commands use the reader's.
	Auditor     string `yaml:"auditor"`
	AuditorFile string `yaml:"auditor_file"`
	// Migrator is the login of `migrate` and `tenant`, which owns the database. A
	// server needs none and never uses it.
	Migrator     string `yaml:"migrator"`
	MigratorFile string `yaml:"migrator_file"`
	// Connections that read the store, and LogConnections that append to the log
	// and keep budgets, at most; 0 is 4 each.
	Connections    int `yaml:"connections"`
	LogConnections int `yaml:"log_connections"`
	// AllowPlain lets a connection leave this machine without TLS that verifies
	// the server.
	AllowPlain bool `yaml:"allow_plain"`
}

// The modes.
const (
	modeSingle = "single"
	modeShared = "shared"
)

const (
	// maxConnections bounds a pool; each login role may have 40 connections in all,
	// from every replica.
	maxConnections = 20
	// minLogConnections lets one wait for a turn while another appends.
	minLogConnections = 2
	// maxReplicaWait is well below a call's deadline: the primary has to answer yet.
	maxReplicaWait = 5 * time.Second
	// maxLoginFile bounds a file with a connection string, in bytes.
	maxLoginFile = 16 << 10
)

// envForm is a reference to an environment variable.
var envForm = regexp.MustCompile(`^env:[A-Za-z_][A-Za-z0-9_]{0,127}$`)

// used reports whether the store is in PostgreSQL.
func (p *PostgresConfig) used() bool { return *p != PostgresConfig{} }

// login is a reference to a connection string.
type login struct{ what, env, file string }

func (p *PostgresConfig) reader() login   { return login{"reader", p.Reader, p.ReaderFile} }
func (p *PostgresConfig) replica() login  { return login{"replica", p.Replica, p.ReplicaFile} }
func (p *PostgresConfig) writer() login   { return login{"writer", p.Writer, p.WriterFile} }
func (p *PostgresConfig) auditor() login  { return login{"auditor", p.Auditor, p.AuditorFile} }
func (p *PostgresConfig) migrator() login { return login{"migrator", p.Migrator, p.MigratorFile} }

func (l login) given() bool { return l.env != "" || l.file != "" }

func (ck *checker) postgres(s *StoreConfig) {
	p := &s.Postgres
	if !p.used() {
		return
	}
	at := func(name string) []any { return []any{"store", "postgres", name} }
	ck.want(s.Path == "", "none beside store.postgres", "store", "path")
	ck.want(postgres.IsTenantName(p.Tenant), "a letter and up to 39 letters, digits or _, in lower case", at("tenant")...)
	ck.want(p.Mode == "" || p.Mode == modeSingle || p.Mode == modeShared, modeSingle+" or "+modeShared, at("mode")...)
	for _, l := range []login{p.reader(), p.replica(), p.writer(), p.auditor(), p.migrator()} {
		ck.want(l.env == "" || envForm.MatchString(l.env), "env:NAME, the name of an environment variable; a connection string never stands in the config", at(l.what)...)
		ck.want(l.env == "" || l.file == "", "either this or "+l.what, at(l.what+"_file")...)
	}
	ck.want(p.reader().given(), "the tools' login, here or in reader_file", at("reader")...)
	ck.want(p.ReplicaWait >= 0 && p.ReplicaWait <= maxReplicaWait, "0s to "+maxReplicaWait.String(), at("replica_wait")...)
	ck.want(p.Connections >= 0 && p.Connections <= maxConnections, fmt.Sprintf("1 to %d, or 0 for the default", maxConnections), at("connections")...)
	ck.want(p.LogConnections == 0 || p.LogConnections >= minLogConnections && p.LogConnections <= maxConnections,
		fmt.Sprintf("%d to %d, or 0 for the default", minLogConnections, maxConnections), at("log_connections")...)
}

// dsn reads the connection string that a login refers to.
func (a *app) dsn(l login) (string, error) {
	var text string
	switch {
	case l.env != "":
		name := strings.TrimPrefix(l.env, "env:")
		if text = strings.TrimSpace(a.env[name]); text == "" {
			return "", exit.Fail(exit.Config, "set it to the connection string", "store.postgres.%s: the environment variable %s is not set", l.what, name)
		}
		return text, nil
	case l.file == "":
		return "", exit.Fail(exit.Config, "name one in the config (docs/configuration.md)", "store.postgres has no login %s", l.what)
	}
	path := a.below(l.file, "")
	info, err := os.Stat(path)
	if err != nil {
		return "", exit.Fail(exit.Config, "", "store.postgres.%s_file: %w", l.what, reason(err))
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", exit.Fail(exit.NoKey, "chmod 600 it", "store.postgres.%s_file is open to others", l.what)
	}
	raw, err := readBounded(path, maxLoginFile)
	if err != nil {
		return "", exit.Fail(exit.Config, "", "store.postgres.%s_file: %w", l.what, reason(err))
	}
	if text = strings.TrimSpace(string(raw)); text == "" {
		return "", exit.Fail(exit.Config, "", "store.postgres.%s_file is empty", l.what)
	}
	return text, nil
}

package config

import (
	"fmt"
	"regexp"
	"time"

	"github.com/counterfoil/counterfoil/store/postgres"
)

// Postgres puts the store and the log into PostgreSQL. Each login is a
// connection string, kept elsewhere: in an environment variable ("env:NAME") or
// in a file of its own. The zero value is the embedded store.
type Postgres struct {
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
	ModeSingle = "single"
	ModeShared = "shared"
)

const (
	// maxConnections bounds a pool; each login role may have 40 connections in all,
	// from every replica.
	maxConnections = 20
	// minLogConnections lets one wait for a turn while another appends.
	minLogConnections = 2
	// maxReplicaWait is well below a call's deadline: the primary has to answer yet.
	maxReplicaWait = 5 * time.Second
)

// envForm is a reference to an environment variable.
var envForm = regexp.MustCompile(`^env:[A-Za-z_][A-Za-z0-9_]{0,127}$`)

// Used reports whether the store is in PostgreSQL.
func (p *Postgres) Used() bool { return *p != Postgres{} }

// Login is a reference to a connection string.
type Login struct{ What, Env, File string }

// ReaderLogin and those below are the logins, which may not be given.
func (p *Postgres) ReaderLogin() Login   { return Login{"reader", p.Reader, p.ReaderFile} }
func (p *Postgres) ReplicaLogin() Login  { return Login{"replica", p.Replica, p.ReplicaFile} }
func (p *Postgres) WriterLogin() Login   { return Login{"writer", p.Writer, p.WriterFile} }
func (p *Postgres) AuditorLogin() Login  { return Login{"auditor", p.Auditor, p.AuditorFile} }
func (p *Postgres) MigratorLogin() Login { return Login{"migrator", p.Migrator, p.MigratorFile} }

// Given reports whether the config names one.
func (l Login) Given() bool { return l.Env != "" || l.File != "" }

func (ck *checker) postgres(s *Store) {
	p := &s.Postgres
	if !p.Used() {
		return
	}
	at := func(name string) []any { return []any{"store", "postgres", name} }
	ck.want(s.Path == "", "none beside store.postgres", "store", "path")
	ck.want(postgres.IsTenantName(p.Tenant), "a letter and up to 39 letters, digits or _, in lower case", at("tenant")...)
	ck.want(p.Mode == "" || p.Mode == ModeSingle || p.Mode == ModeShared, ModeSingle+" or "+ModeShared, at("mode")...)
	for _, l := range []Login{p.ReaderLogin(), p.ReplicaLogin(), p.WriterLogin(), p.AuditorLogin(), p.MigratorLogin()} {
		ck.want(l.Env == "" || envForm.MatchString(l.Env), "env:NAME, the name of an environment variable; a connection string never stands in the config", at(l.What)...)
		ck.want(l.Env == "" || l.File == "", "either this or "+l.What, at(l.What+"_file")...)
	}
	ck.want(p.ReaderLogin().Given(), "the tools' login, here or in reader_file", at("reader")...)
	ck.want(p.ReplicaWait >= 0 && p.ReplicaWait <= maxReplicaWait, "0s to "+maxReplicaWait.String(), at("replica_wait")...)
	ck.want(p.Connections >= 0 && p.Connections <= maxConnections, fmt.Sprintf("1 to %d, or 0 for the default", maxConnections), at("connections")...)
	ck.want(p.LogConnections == 0 || p.LogConnections >= minLogConnections && p.LogConnections <= maxConnections,
		fmt.Sprintf("%d to %d, or 0 for the default", minLogConnections, maxConnections), at("log_connections")...)
}

// AuditLogin is the login that `audit` uses.
func (p *Postgres) AuditLogin() Login {
	if l := p.AuditorLogin(); l.Given() {
		return l
	}
	return p.ReaderLogin()
}

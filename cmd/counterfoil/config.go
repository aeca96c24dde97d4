package main

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/telemetry"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
)

// configVersion is the version of the config format.
const configVersion = 1

// Config is the root of config.yaml. Each section says what its zero value
// means; docs/configuration.md describes every key.
type Config struct {
	Version    int               `yaml:"version"`
	Tenant     string            `yaml:"tenant"`
	Store      StoreConfig       `yaml:"store"`
	Import     ImportConfig      `yaml:"import"`
	Log        LogConfig         `yaml:"log"`
	Keys       KeysConfig        `yaml:"keys"`
	Serve      ServeConfig       `yaml:"serve"`
	Principals []PrincipalConfig `yaml:"principals"`
	Redact     RedactConfig      `yaml:"redact"`
	Policy     PolicyConfig      `yaml:"policy"`
	Limits     LimitsConfig      `yaml:"limits"`
	Egress     egress.Config     `yaml:"egress"`
	Notion     NotionConfig      `yaml:"notion"`
	LLM        LLMConfig         `yaml:"llm"`
	Telemetry  telemetry.Config  `yaml:"telemetry"`

	path   string
	digest [sha256.Size]byte // of the file's bytes
	zone   *time.Location    // of Store.Timezone
}

// StoreConfig says where transactions lie.
type StoreConfig struct {
	// Path of the embedded store; relative to the data folder. "" is store.db.
	Path string `yaml:"path"`
	// CacheMiB bounds the page cache in MiB; 0 is DefaultCacheMiB.
	CacheMiB int `yaml:"cache_mib"`
	// Timezone gives "today" and the borders of months, an IANA name. "" is UTC.
	Timezone string `yaml:"timezone"`
	// Owners maps account names to the subject whose keys seal what is recorded
	// about them, so that erasing one subject leaves the others. An account that
	// is not listed belongs to the tenant.
	Owners map[string]string `yaml:"owners"`
	// Postgres puts the store and the log there instead; see PostgresConfig.
	Postgres PostgresConfig `yaml:"postgres"`
}

// ImportConfig is for `import` when no flag says otherwise.
type ImportConfig struct {
	// Currency is the ISO 4217 code of files that do not say theirs; "" refuses
	// them.
	Currency string `yaml:"currency"`
}

// LogConfig names the audit log.
type LogConfig struct {
	// Origin is the log's name in checkpoints: a URL without its scheme, unique
	// to this log and never changed. init makes one.
	Origin string `yaml:"origin"`
	// AnchorFile keeps the log's newest checkpoint, on another volume; relative
	// to the data folder. "" is none. A log that does not extend it is refused.
	AnchorFile string `yaml:"anchor_file"`
	// Witnesses cosign the log's checkpoints, and a log that does not extend what
	// one has seen is refused. One that cannot be reached keeps the server from
	// starting.
	Witnesses []WitnessConfig `yaml:"witnesses"`
}

// WitnessConfig is a C2SP tlog-witness, such as `counterfoil witness` runs.
type WitnessConfig struct {
	URL string `yaml:"url"` // submission prefix
	Key string `yaml:"key"` // its verifier key
	// Networks in which the witness may lie, if they are not public; a loopback
	// address needs none.
	Networks []netip.Prefix `yaml:"networks"`
}

// ServeConfig is for `serve` when no flag says otherwise.
type ServeConfig struct {
	HTTP           string   `yaml:"http"` // address, such as 127.0.0.1:7171
	Unix           string   `yaml:"unix"` // path of a socket; relative to the data folder
	AllowedHosts   []string `yaml:"allowed_hosts"`
	AllowedOrigins []string `yaml:"allowed_origins"`
	TrustedProxies []string `yaml:"trusted_proxies"` // addresses or CIDR prefixes
}

// PrincipalConfig is one caller.
type PrincipalConfig struct {
	Name     string   `yaml:"name"`
	Roles    []string `yaml:"roles,omitempty,flow"`
	Scopes   []string `yaml:"scopes,omitempty,flow"`
	Accounts []string `yaml:"accounts,omitempty,flow"`
	// TokenSHA256 is the hash of its bearer token in hex; "" means that it cannot
	// connect over HTTP.
	TokenSHA256 string `yaml:"token_sha256,omitempty"`
	// Stdio makes it the principal of `serve --stdio`, of the unix socket and of
	// `call`. At most one has it.
	Stdio bool `yaml:"stdio,omitempty"`
}

// RedactConfig chooses what happens to each kind of finding.
type RedactConfig struct {
	// Actions maps an entity to token, mask, drop or keep. What is not listed is
	// tokenised, phone numbers are kept. Numbers of accounts and cards, and
	// secrets, can't be kept.
	Actions map[string]string `yaml:"actions"`
	// KnownFile lists further values that must never leave, one a line;
	// relative to the data folder.
	KnownFile string `yaml:"known_file"`
}

// actions in the terms of package redact.
func (r *RedactConfig) actions() map[redact.Entity]redact.Action {
	out := make(map[redact.Entity]redact.Action, len(r.Actions))
	for e, a := range r.Actions {
		out[redact.Entity(e)] = redact.Action(a)
	}
	return out
}

// kept are the actions for text on its way into the store: what is to be kept
// stays, everything else becomes a token, whatever is done with it on the way
// out, because what the store does not hold no later config can bring back.
func (r *RedactConfig) kept() map[redact.Entity]redact.Action {
	out := map[redact.Entity]redact.Action{}
	for e, a := range r.actions() {
		if a == redact.Keep {
			out[e] = a
		}
	}
	return out
}

// PolicyConfig says where the policy is.
type PolicyConfig struct {
	File string `yaml:"file"` // relative to the data folder; "" is policy.yaml
}

// Defaults of the config.
const (
	// DefaultCacheMiB holds the indexes of about a million transactions.
	DefaultCacheMiB = 64
	// MaxCacheMiB keeps a slip of the finger from taking the machine's memory.
	MaxCacheMiB = 16 << 10
	// maxConfig bounds config.yaml in bytes; a thousand principals need a tenth.
	maxConfig = 1 << 20
	// maxPrincipals bounds the list that every bearer token is compared with.
	maxPrincipals = 1000
)

// config reads and checks the config of a folder that is set up. It remembers
// nothing: a command that needs it twice passes it on.
func (a *app) config() (*Config, error) {
	if err := a.checkVersion(); err != nil {
		return nil, err
	}
	return a.readConfig()
}

func (a *app) readConfig() (*Config, error) {
	text, err := readBounded(a.configPath, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Fail(exit.Data, "run counterfoil init first", "there is no config at %s", a.configPath)
	}
	if err != nil {
		return nil, exit.Fail(exit.Config, "", "reading the config: %w", err)
	}
	return parseConfig(a.configPath, text)
}

// principal makes what the policy sees.
func (c *Config) principal(p PrincipalConfig, auth string) policy.Principal {
	return policy.Principal{
		Tenant: c.Tenant, Name: p.Name, Roles: p.Roles,
		Scopes: p.Scopes, Accounts: p.Accounts, Auth: auth,
	}
}

// find returns the index of a principal, -1 without one.
func (c *Config) find(name string) int {
	for i, p := range c.Principals {
		if p.Name == name {
			return i
		}
	}
	return -1
}

// below resolves a path of the config against the data folder.
func (a *app) below(path, fallback string) string {
	if path == "" {
		path = fallback
	}
	if filepath.IsAbs(path) {
		return path
	}
	return a.data(path)
}

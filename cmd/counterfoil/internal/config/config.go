// Package config is the program's configuration: what config.yaml may say, what its
// defaults are, a strict reading of it that names the line of the first mistake, and
// edits that leave every other line as it is. docs/configuration.md describes every key.
package config

import (
	"crypto/sha256"
	"net/netip"
	"time"

	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/telemetry"
	"github.com/counterfoil/counterfoil/redact"
)

// configVersion is the version of the config format.
const configVersion = 1

// Config is the root of config.yaml. Each section says what its zero value
// means; docs/configuration.md describes every key.
type Config struct {
	Version    int              `yaml:"version"`
	Tenant     string           `yaml:"tenant"`
	Store      Store            `yaml:"store"`
	Import     Import           `yaml:"import"`
	Log        Log              `yaml:"log"`
	Keys       Keys             `yaml:"keys"`
	Serve      Serve            `yaml:"serve"`
	Principals []Principal      `yaml:"principals"`
	Redact     Redact           `yaml:"redact"`
	Policy     Policy           `yaml:"policy"`
	Limits     Limits           `yaml:"limits"`
	Egress     egress.Config    `yaml:"egress"`
	Notion     Notion           `yaml:"notion"`
	LLM        LLM              `yaml:"llm"`
	Telemetry  telemetry.Config `yaml:"telemetry"`

	Path   string            `yaml:"-"` // of the file
	Digest [sha256.Size]byte `yaml:"-"` // of the file's bytes
	Zone   *time.Location    `yaml:"-"` // of Store.Timezone
}

// Store says where transactions lie.
type Store struct {
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
	// Postgres puts the store and the log there instead; see Postgres.
	Postgres Postgres `yaml:"postgres"`
}

// Import is for `import` when no flag says otherwise.
type Import struct {
	// Currency is the ISO 4217 code of files that do not say theirs; "" refuses
	// them.
	Currency string `yaml:"currency"`
}

// Log names the audit log.
type Log struct {
	// Origin is the log's name in checkpoints: a URL without its scheme, unique
	// to this log and never changed. init makes one.
	Origin string `yaml:"origin"`
	// AnchorFile keeps the log's newest checkpoint, on another volume; relative
	// to the data folder. "" is none. A log that does not extend it is refused.
	AnchorFile string `yaml:"anchor_file"`
	// Witnesses cosign the log's checkpoints, and a log that does not extend what
	// one has seen is refused. One that cannot be reached keeps the server from
	// starting.
	Witnesses []Witness `yaml:"witnesses"`
}

// Witness is a C2SP tlog-witness, such as `counterfoil witness` runs.
type Witness struct {
	URL string `yaml:"url"` // submission prefix
	Key string `yaml:"key"` // its verifier key
	// Networks in which the witness may lie, if they are not public; a loopback
	// address needs none.
	Networks []netip.Prefix `yaml:"networks"`
}

// Serve is for `serve` when no flag says otherwise.
type Serve struct {
	HTTP           string   `yaml:"http"` // address, such as 127.0.0.1:7171
	Unix           string   `yaml:"unix"` // path of a socket; relative to the data folder
	AllowedHosts   []string `yaml:"allowed_hosts"`
	AllowedOrigins []string `yaml:"allowed_origins"`
	TrustedProxies []string `yaml:"trusted_proxies"` // addresses or CIDR prefixes
}

// Principal is one caller.
type Principal struct {
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

// Redact chooses what happens to each kind of finding.
type Redact struct {
	// Actions maps an entity to token, mask, drop or keep. What is not listed is
	// tokenised, phone numbers are kept. Numbers of accounts and cards, and
	// secrets, can't be kept.
	Actions map[string]string `yaml:"actions"`
	// KnownFile lists further values that must never leave, one a line;
	// relative to the data folder.
	KnownFile string `yaml:"known_file"`
}

// ByEntity in the terms of package redact.
func (r *Redact) ByEntity() map[redact.Entity]redact.Action {
	out := make(map[redact.Entity]redact.Action, len(r.Actions))
	for e, a := range r.Actions {
		out[redact.Entity(e)] = redact.Action(a)
	}
	return out
}

// Kept are the actions for text on its way into the store: what is to be kept
// stays, everything else becomes a token, whatever is done with it on the way
// out, because what the store does not hold no later config can bring back.
func (r *Redact) Kept() map[redact.Entity]redact.Action {
	out := map[redact.Entity]redact.Action{}
	for e, a := range r.ByEntity() {
		if a == redact.Keep {
			out[e] = a
		}
	}
	return out
}

// Policy says where the policy is.
type Policy struct {
	File string `yaml:"file"` // relative to the data folder; "" is policy.yaml
}

// Defaults of the config.
const (
	// DefaultCacheMiB holds the indexes of about a million transactions.
	DefaultCacheMiB = 64
	// MaxCacheMiB keeps a slip of the finger from taking the machine's memory.
	MaxCacheMiB = 16 << 10
	// MaxSize bounds config.yaml in bytes; a thousand principals need a tenth.
	MaxSize = 1 << 20
	// maxPrincipals bounds the list that every bearer token is compared with.
	maxPrincipals = 1000
)

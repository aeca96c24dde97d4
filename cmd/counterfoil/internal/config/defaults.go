package config

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
)

// DefaultAddress is that of the default config.
const DefaultAddress = "127.0.0.1:7171"

// Default is what init writes. A test reads it back and checks that it
// means the same as the documented defaults.
func Default(origin string) string {
	return strings.ReplaceAll(configTemplate, "ORIGIN", origin)
}

// EmbeddedSection is what init --postgres writes another section for.
const EmbeddedSection = `store:
  path: store.db
  # Page cache in MiB.
  cache_mib: 64
`

const configTemplate = `# Counterfoil's configuration. Every key is described in docs/configuration.md.
# Unknown keys are errors. Paths are relative to this data folder. No secret
# stands here: tokens are kept as hashes, keys in files of their own.
version: 1

# Whose data this is.
tenant: default

store:
  path: store.db
  # Page cache in MiB.
  cache_mib: 64
  # "Today", and the borders of months, for questions such as "last month".
  timezone: UTC
  # Who owns which account, by account name. What is recorded about an account is
  # sealed with its owner's key, so that one owner can be erased alone.
  owners: {}
  #  Joint account: alex

import:
  # Currency of files that do not say theirs (QIF, some CSV). Left empty they are
  # refused.
  currency: ""

log:
  # The log's name in every checkpoint. Never change it.
  origin: ORIGIN

keys:
  # The key-encryption key. Left empty it is keys/kek in this folder, where it
  # does not protect a copy of the whole folder: move it to another disk or a
  # removable one and name the new place here.
  kek: ""

serve:
  # For "counterfoil serve" without a flag. A client needs a token even on
  # this machine: counterfoil token add NAME.
  http: 127.0.0.1:7171
  unix: run/sock
  # Further values of the Host and Origin headers; loopback is always allowed.
  allowed_hosts: []
  allowed_origins: []
  # Addresses of reverse proxies whose X-Forwarded-For is believed.
  trusted_proxies: []

# Who may call. The policy decides what; "accounts" limits which (none: all).
principals:
  # The one that talks over stdio (Claude Desktop and the like), over the unix
  # socket, and through "counterfoil call".
  - name: me
    roles: [reader]
    stdio: true

redact:
  # What happens to a finding: token (default), mask, drop or keep. Numbers of
  # accounts and cards, and secrets, can't be kept.
  actions: {}
  #  phone: token
  # A file of further values that must never leave, one a line.
  known_file: ""

policy:
  file: policy.yaml

# Reports in Notion: docs/notion.md says how to set it up. Who may write needs the
# role writer beside a reading one.
notion: {}
#  token_file: keys/notion.token
#  targets:
#    - {name: reports, kind: database, id: 1d6b1040a9fb48d99a3d041429816e9f, key_property: Counterfoil key}
# The only hosts that may be connected to.
egress: {}
#  destinations:
#    - {host: api.notion.com}

# Bounds on calls and on what a principal may take out; see docs/configuration.md.
limits: {}
`

// NewOrigin names a log. It must be unique and never change; it need not be an
// address that exists.
func NewOrigin() string {
	var raw [8]byte
	rand.Read(raw[:])
	return "counterfoil.local/" + hex.EncodeToString(raw[:])
}

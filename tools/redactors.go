package tools

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// redactors keeps a redactor for each recent snapshot, because the values
// that a store knows change with its batches, and a replay has to redact as
// the call did.
type redactors struct {
	cfg Config
	key [32]byte
	// plain knows the config's secrets and nothing of the store; it serves
	// until a snapshot was read.
	plain *redact.Redactor

	mu      sync.Mutex
	recent  []redactorAt // newest first
	version map[store.Snapshot]int64
	known   map[int64]*redact.Known
}

type redactorAt struct {
	version  int64
	mask     string // entities masked by a policy, joined
	redactor *redact.Redactor
}

// maxRedactors bounds the redactors kept. Honest use needs one for the newest
// snapshot and a few for cursors under way.
const maxRedactors = 16

// maxSnapshots bounds the snapshots whose version is remembered; it is reset
// when it is reached.
const maxSnapshots = 4096

// text redacts text that does not come from a store: what a client says of
// itself, and reasons.
func (r *redactors) text(s string) (string, error) {
	r.mu.Lock()
	newest := r.plain
	if len(r.recent) > 0 {
		newest = r.recent[0].redactor
	}
	r.mu.Unlock()
	clean, _, err := newest.Text(nil, []byte(s))
	return string(clean), err
}

func newRedactors(cfg Config) (*redactors, error) {
	r := &redactors{
		cfg:     cfg,
		key:     TokenKey(cfg.Keys),
		version: map[store.Snapshot]int64{},
		known:   map[int64]*redact.Known{},
	}
	known, err := redact.NewKnown(cfg.Secrets)
	if err != nil {
		return nil, err
	}
	r.plain, err = redact.New(redact.Config{Key: r.key, Known: known, Actions: cfg.Actions})
	return r, err
}

// TokenKey is the tenant key that redaction tokens and known-value
// fingerprints are made under.
func TokenKey(keys *seal.Keyring) [32]byte { return keys.Derive(seal.PurposeToken, "redact") }

func (r *redactors) mac(text string) [32]byte {
	return r.cfg.Keys.MAC(seal.PurposeToken, []byte(text))
}

// at returns the redactor for a snapshot, with the entities in mask masked
// instead of tokenised.
func (r *redactors) at(ctx context.Context, from store.Reader, at store.Snapshot, mask []string) (*redact.Redactor, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	version, ok := r.version[at]
	if !ok {
		var err error
		if version, err = r.load(ctx, from, at); err != nil {
			return nil, err
		}
	}
	mask = slices.Sorted(slices.Values(mask))
	key := strings.Join(mask, ",")
	for i, have := range r.recent {
		if have.version == version && have.mask == key {
			r.recent[0], r.recent[i] = r.recent[i], r.recent[0]
			return have.redactor, nil
		}
	}
	made, err := redact.New(redact.Config{Key: r.key, Known: r.known[version], Actions: r.actions(mask)})
	if err != nil {
		return nil, err
	}
	r.recent = append([]redactorAt{{version, key, made}}, r.recent...)
	if len(r.recent) > maxRedactors {
		r.recent = r.recent[:maxRedactors]
	}
	return made, nil
}

// load reads the known values of a snapshot and remembers their version.
func (r *redactors) load(ctx context.Context, from store.Reader, at store.Snapshot) (int64, error) {
	version, values, err := from.Known(ctx, at)
	if err != nil {
		return 0, err
	}
	if _, have := r.known[version]; !have {
		prints := slices.Clone(r.cfg.Secrets)
		for _, v := range values {
			prints = append(prints, v.Fingerprint)
		}
		known, err := redact.NewKnown(prints)
		if err != nil {
			return 0, err
		}
		if len(r.known) >= maxRedactors {
			clear(r.known)
			clear(r.version)
			r.recent = nil
		}
		r.known[version] = known
	}
	if len(r.version) >= maxSnapshots {
		clear(r.version)
	}
	r.version[at] = version
	return version, nil
}

func (r *redactors) actions(mask []string) map[redact.Entity]redact.Action {
	if len(mask) == 0 {
		return r.cfg.Actions
	}
	actions := map[redact.Entity]redact.Action{}
	for e, a := range r.cfg.Actions {
		actions[e] = a
	}
	for _, e := range mask {
		actions[redact.Entity(e)] = redact.Mask
	}
	return actions
}

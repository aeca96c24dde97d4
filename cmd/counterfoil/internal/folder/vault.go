package folder

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// maxVaulted bounds a value that the vault keeps, in bytes: an e-mail address,
// the longest there is, has 254.
const maxVaulted = 512

// MaxReveal bounds the tokens that are restored at a time.
const MaxReveal = 1000

// vaulted tells whether the vault keeps what a token stands for. Credentials and
// what could not be read are of no use to anybody but a thief.
func vaulted(e redact.Entity, value string) bool {
	return e != redact.Secret && e != redact.Opaque && e != redact.Fake && len(value) <= maxVaulted
}

// seal encrypts what a token stands for under its owner's key.
func (f *Folder) seal(subject, token, value string) (store.Sealed, error) {
	sealed, err := f.Keys.Seal(seal.PurposeVault, subject, []byte(token), []byte(value))
	proof := f.Keys.MAC(seal.PurposeVault, []byte("value\x00"+value))
	return store.Sealed{Token: token, Subject: subject, Value: sealed, Proof: proof[:]}, err
}

// Why a token is not restored.
const (
	refusedForeign   = "not_issued" // not made under this tenant's key
	refusedNotKept   = "not_kept"   // the vault never had the value
	refusedErased    = "erased"     // its owner's key was destroyed
	refusedCollision = "collision"  // two values share the token
	refusedDamaged   = "damaged"    // the value does not open, or is another token's
)

// Refusals say the same to a person.
var Refusals = map[string]string{
	refusedForeign:   "it was not made here",
	refusedNotKept:   "its value is not kept",
	refusedErased:    "its owner's keys were destroyed",
	refusedCollision: "two values share it",
	refusedDamaged:   "its value cannot be opened",
}

type revealRequest struct {
	Tokens []string `json:"tokens"`
}

// Revealed is a token with its value, or with why it has none.
type Revealed struct {
	Token   string `json:"token"`
	Value   string `json:"value"`
	Refused string `json:"refused"`
}

// Reveal restores tokens. Each one, and each refusal, is on record before the
// value is returned; if that fails, nothing is.
func (f *Folder) Reveal(ctx context.Context, tokens []string) ([]Revealed, error) {
	if len(tokens) > MaxReveal {
		return nil, exit.Fail(exit.Usage, "", "more than %d tokens at a time", MaxReveal)
	}
	out := make([]Revealed, len(tokens))
	for i, token := range tokens {
		value, refused, err := f.open(ctx, token)
		if err != nil {
			return nil, err
		}
		out[i] = Revealed{token, value, refused}
		if err := f.recordReveal(ctx, token, refused); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// open finds what a token stands for.
func (f *Folder) open(ctx context.Context, token string) (value, refused string, err error) {
	if !redact.IsToken(tools.TokenKey(f.Keys), token) {
		return "", refusedForeign, nil
	}
	var sealed []store.Sealed
	err = f.changing(ctx, func(s store.Store) (err error) { // a reader can't see the vault
		sealed, err = s.Sealed(ctx, token)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", refusedNotKept, nil
	case errors.Is(err, store.ErrConflict):
		return "", refusedCollision, nil
	case err != nil:
		return "", "", err
	}
	refused = refusedErased
	for i := range sealed {
		plain, err := f.unseal(&sealed[i])
		if errors.Is(err, seal.ErrErased) {
			continue
		}
		if err != nil || redact.TokenOf(tools.TokenKey(f.Keys), redact.EntityOf(token), string(plain)) != token {
			return "", refusedDamaged, nil
		}
		value, refused = string(plain), ""
	}
	return value, refused, nil
}

// unseal opens a value of the vault, and makes sure that it is its token's.
func (f *Folder) unseal(s *store.Sealed) ([]byte, error) {
	if len(s.Proof) == 0 { // from before values had proofs
		return f.Keys.Open(seal.PurposeColumn, s.Subject, []byte(s.Token), s.Value)
	}
	plain, err := f.Keys.Open(seal.PurposeVault, s.Subject, []byte(s.Token), s.Value)
	if proof := f.Keys.MAC(seal.PurposeVault, append([]byte("value\x00"), plain...)); err == nil && !bytes.Equal(proof[:], s.Proof) {
		err = seal.ErrOpen
	}
	return plain, err
}

// recordReveal puts a restored token, or a refusal, on record: its entity and a
// pseudonym, which whoever has the token and the keys can make again.
func (f *Folder) recordReveal(ctx context.Context, token, refused string) error {
	f.records.Lock()
	defer f.records.Unlock()
	mac := f.Keys.MAC(seal.PurposeVault, []byte("reveal\x00"+token))
	r := audit.Record{Event: audit.EventReveal, Decision: "allow", Auth: "local", Detail: "token=" + hex.EncodeToString(mac[:16])}
	if e := redact.EntityOf(token); e != "" {
		r.Findings = []audit.Count{{Name: string(e), N: 1}}
	}
	if refused != "" {
		r.Decision, r.Reason = "deny", refused
	}
	if err := f.event(ctx, r); err != nil {
		return fmt.Errorf("nothing is restored: %w", err)
	}
	return nil
}

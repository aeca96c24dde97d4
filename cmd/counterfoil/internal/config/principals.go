package config

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/policy"
)

// Caller finds the principal that `call` and stdio act for.
func (c *Config) Caller(name string) (Principal, error) {
	for _, p := range c.Principals {
		if p.Name == name || name == "" && p.Stdio {
			return p, nil
		}
	}
	if name != "" {
		return Principal{}, exit.Fail(exit.Unauthenticated, "counterfoil token list shows them", "there is no principal %s", exit.WithoutNumbers(name))
	}
	return Principal{}, exit.Fail(exit.Unauthenticated, "set stdio: true for one of the principals in the config", "no principal of the config has stdio")
}

// Principal makes what the policy sees.
func (c *Config) Principal(p Principal, auth string) policy.Principal {
	return policy.Principal{
		Tenant: c.Tenant, Name: p.Name, Roles: p.Roles,
		Scopes: p.Scopes, Accounts: p.Accounts, Auth: auth,
	}
}

// Find returns the index of a principal, -1 without one.
func (c *Config) Find(name string) int {
	for i, p := range c.Principals {
		if p.Name == name {
			return i
		}
	}
	return -1
}

// Subjects are the tenant and every owner in the config.
func (c *Config) Subjects() []string {
	list := []string{""}
	seen := map[string]bool{"": true}
	for _, s := range c.Store.Owners {
		if !seen[s] {
			list, seen[s] = append(list, s), true
		}
	}
	slices.Sort(list)
	return list
}

// tokenPrefix makes a token recognisable to people and secret scanners.
const tokenPrefix = "cft_"

// NewToken makes a bearer token of 256 random bits and the hash to store.
// SHA-256 without salt or stretching is right for a random secret: there is
// nothing to guess.
func NewToken() (token, hash string) {
	var raw [32]byte
	rand.Read(raw[:])
	token = tokenPrefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
	return token, hashToken(token)
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Authenticate finds the principal of a token. It looks at every principal,
// and compares hashes in constant time, whatever it finds.
func (c *Config) Authenticate(token string) (Principal, bool) {
	hash := []byte(hashToken(token))
	found := -1
	for i, p := range c.Principals {
		if subtle.ConstantTimeCompare(hash, []byte(p.TokenSHA256)) == 1 {
			found = i
		}
	}
	if found < 0 {
		return Principal{}, false
	}
	return c.Principals[found], true
}

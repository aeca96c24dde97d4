package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/policy"
)

// MaxPolicyFile bounds a policy file in bytes; 500 rules, the most that compile, need a
// tenth of it.
const MaxPolicyFile = 4 << 20

// PolicyPath is the policy that a config names.
func PolicyPath(h *home.Home, c *config.Config) string { return h.Below(c.Policy.File, "policy.yaml") }

// ReadPolicy reads the policy file without compiling it.
func ReadPolicy(h *home.Home, c *config.Config) (policy.Source, error) {
	path := PolicyPath(h, c)
	text, err := bounded.ReadFile(path, MaxPolicyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return policy.Source{}, exit.Fail(exit.Config, "counterfoil init writes the default one", "there is no policy at %s", path)
	}
	if err != nil {
		return policy.Source{}, fmt.Errorf("reading the policy: %w", err)
	}
	return policy.Source{Name: filepath.Base(path), Text: text}, nil
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/policy"
)

// maxPolicyFile bounds a policy file in bytes; 500 rules, the most that compile, need a
// tenth of it.
const maxPolicyFile = 4 << 20

// policyPath is the policy that a config names.
func (a *app) policyPath(c *config.Config) string { return a.Below(c.Policy.File, "policy.yaml") }

// readPolicy reads the policy file without compiling it.
func (a *app) readPolicy(c *config.Config) (policy.Source, error) {
	path := a.policyPath(c)
	text, err := bounded.ReadFile(path, maxPolicyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return policy.Source{}, exit.Fail(exit.Config, "counterfoil init writes the default one", "there is no policy at %s", path)
	}
	if err != nil {
		return policy.Source{}, fmt.Errorf("reading the policy: %w", err)
	}
	return policy.Source{Name: filepath.Base(path), Text: text}, nil
}

// createPolicy writes the default policy and, beside it, its tests.
func (a *app) createPolicy(c *config.Config) error {
	path := a.policyPath(c)
	if err := a.createMissing(path, policy.Default()); err != nil {
		return err
	}
	return a.createMissing(filepath.Join(filepath.Dir(path), "policy_test.yaml"), policy.DefaultTests())
}

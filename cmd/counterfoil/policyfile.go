package main

import (
	"path/filepath"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/policy"
)

// createPolicy writes the default policy and, beside it, its tests.
func (a *app) createPolicy(c *config.Config) error {
	path := storage.PolicyPath(a.Home, c)
	if err := a.createMissing(path, policy.Default()); err != nil {
		return err
	}
	return a.createMissing(filepath.Join(filepath.Dir(path), "policy_test.yaml"), policy.DefaultTests())
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/internal/durable"
)

// createLogKeys makes the key that signs the log, and the operator's, with
// which a rotation of the former and a restore are approved.
func (a *app) createLogKeys(c *config.Config) error {
	if _, err := audit.EnsureKey(a.DataDir, c.Log.Origin); err != nil {
		return fmt.Errorf("making the log's key: %w", err)
	}
	if _, err := os.Stat(a.Data("keys", "operator.pub")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	signer, verifier, err := audit.GenerateKey(c.Log.Origin + "/operator")
	if err != nil {
		return err
	}
	// operator.pub is written last and counts: without it no private key was
	// ever used.
	private := a.Data("keys", "operator.key")
	if err := durable.Replace(private, []byte(signer+"\n"), durable.FileMode); err != nil {
		return fmt.Errorf("making the operator's key: %w", err)
	}
	if err := durable.Create(a.Data("keys", "operator.pub"), []byte(verifier+"\n"), durable.FileMode); err != nil {
		return fmt.Errorf("making the operator's key: %w", err)
	}
	a.UI.Warnf("move %s off this machine: it approves new log keys and restores", private)
	return nil
}

// operatorKey is the operator's public key, "" if there is none.
func (a *app) operatorKey() (string, error) {
	text, err := bounded.ReadFile(a.Data("keys", "operator.pub"), config.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
}

// logVerifier is the log's public key, as an auditor pins it.
func (a *app) logVerifier() (string, error) {
	text, err := bounded.ReadFile(a.Data("keys", "log.pub"), config.MaxSize)
	if err != nil {
		return "", fmt.Errorf("reading the log's public key: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

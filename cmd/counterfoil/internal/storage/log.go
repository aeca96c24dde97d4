package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/egress"
)

// checkOrigin makes sure that the config has the name that the log's key was made
// with.
func checkOrigin(h *home.Home, cfg *config.Config) error {
	key, err := audit.ReadKey(h.Data("keys", "log.pub"))
	if err != nil {
		return nil // the log says what is wrong with its keys
	}
	name, _, _ := strings.Cut(key, "+")
	if name == cfg.Log.Origin || !config.ValidOrigin(name) {
		return nil
	}
	return exit.Fail(exit.Config, "put the name back: it can't be changed for a log that has records (docs/configuration.md)", "log.origin is not the name of this log, which is %s", name)
}

// LogConfig is how the log is opened.
func LogConfig(h *home.Home, cfg *config.Config) (audit.Config, error) {
	if err := checkOrigin(h, cfg); err != nil {
		return audit.Config{}, err
	}
	operator, err := OperatorKey(h)
	if err != nil {
		return audit.Config{}, err
	}
	out := audit.Config{
		Dir: h.DataDir, Origin: cfg.Log.Origin, Now: h.Now, Operator: operator,
		Alert: func(err error) { h.UI.Warnf("log: %v", err) },
	}
	if cfg.Log.AnchorFile != "" {
		out.Anchors = append(out.Anchors, audit.FileAnchor{Path: h.Below(cfg.Log.AnchorFile, "")})
	}
	for _, w := range cfg.Log.Witnesses {
		witness, err := witnessClient(h, w)
		if err != nil {
			return out, exit.Fail(exit.Config, "a witness has a url and the key that it printed", "log.witnesses: %w", err)
		}
		out.Anchors = append(out.Anchors, witness)
	}
	return out, nil
}

// witnessTimeout bounds one request to a witness.
const witnessTimeout = 10 * time.Second

// witnessClient makes the client of a witness, which reaches that one host and port
// and nothing else.
func witnessClient(h *home.Home, w config.Witness) (*audit.Witness, error) {
	to, err := config.Destination(w.URL)
	if err != nil {
		return nil, err
	}
	to.Networks = append(to.Networks, w.Networks...)
	guard, err := egress.New(egress.Config{Destinations: []egress.Destination{to}, Now: h.Now})
	if err != nil {
		return nil, err
	}
	h.Telemetry.WatchEgress(guard.Counts)
	return audit.NewWitness(w.URL, w.Key, guard.Client(witnessTimeout))
}

// CreateLogKeys makes the key that signs the log, and the operator's, with
// which a rotation of the former and a restore are approved.
func CreateLogKeys(h *home.Home, c *config.Config) error {
	if _, err := audit.EnsureKey(h.DataDir, c.Log.Origin); err != nil {
		return fmt.Errorf("making the log's key: %w", err)
	}
	if _, err := os.Stat(h.Data("keys", "operator.pub")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	signer, verifier, err := audit.GenerateKey(c.Log.Origin + "/operator")
	if err != nil {
		return err
	}
	// operator.pub is written last and counts: without it no private key was
	// ever used.
	private := h.Data("keys", "operator.key")
	if err := durable.Replace(private, []byte(signer+"\n"), durable.FileMode); err != nil {
		return fmt.Errorf("making the operator's key: %w", err)
	}
	if err := durable.Create(h.Data("keys", "operator.pub"), []byte(verifier+"\n"), durable.FileMode); err != nil {
		return fmt.Errorf("making the operator's key: %w", err)
	}
	h.UI.Warnf("move %s off this machine: it approves new log keys and restores", private)
	return nil
}

// OperatorKey is the operator's public key, "" if there is none.
func OperatorKey(h *home.Home) (string, error) {
	text, err := bounded.ReadFile(h.Data("keys", "operator.pub"), config.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
}

// LogVerifier is the log's public key, as an auditor pins it.
func LogVerifier(h *home.Home) (string, error) {
	text, err := bounded.ReadFile(h.Data("keys", "log.pub"), config.MaxSize)
	if err != nil {
		return "", fmt.Errorf("reading the log's public key: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

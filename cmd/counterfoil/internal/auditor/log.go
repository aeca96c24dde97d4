package auditor

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/kek"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// WithHint adds what the user can do about an error of package audit.
func WithHint(h *home.Home, err error) error {
	var said *exit.Failure
	switch {
	case err == nil, errors.As(err, &said), errors.Is(err, audit.ErrTampered), errors.Is(err, audit.ErrStore): // package exit has a hint for it
		return err
	case errors.Is(err, audit.ErrNothing):
		return exit.Fail(exit.CheckFailed, "an empty check is no success: look at --data and --key", "%w", err)
	case errors.Is(err, audit.ErrCut):
		return exit.Fail(exit.CheckFailed, "look at log/torn-*; if it is what a crash left, accept it with --accept-cut INDEX", "%w", err)
	case errors.Is(err, audit.ErrNotFound):
		return exit.Fail(exit.NotFound, "", "%w", err)
	case errors.Is(err, audit.ErrInvalid):
		return exit.Fail(exit.Input, "", "%w", err)
	case errors.Is(err, audit.ErrUnavailable):
		return exit.Fail(exit.Data, "", "%w", err)
	case audit.IsNoLog(err):
		return exit.Fail(exit.Data, "name the folder with --data", "there is no log in %s", h.DataDir)
	}
	return err
}

// Pseudonym turns a principal's name into its pseudonym, which takes the
// keys; a pseudonym is taken as it is.
func Pseudonym(h *home.Home, name string) (string, error) {
	if _, err := hex.DecodeString(name); name == "" || err == nil && len(name) == folder.PseudonymLen {
		return name, nil
	}
	cfg, err := h.Config()
	if err != nil {
		return "", err
	}
	if cfg.Find(name) < 0 {
		h.UI.Notef("the config has no principal %s now", name)
	}
	keys, err := kek.Open(h, cfg, nil)
	if err != nil {
		return "", err
	}
	sum := keys.MAC(seal.PurposeToken, []byte("principal\x00"+cfg.Tenant+"\x00"+name))
	return hex.EncodeToString(sum[:folder.PseudonymLen/2]), nil
}

// OpenLog opens the log for reading.
func OpenLog(ctx context.Context, h *home.Home) (*Log, error) {
	cfg, err := SharedConfig(h)
	if err != nil {
		return nil, err
	}
	if cfg == nil {
		r, err := audit.OpenReader(h.DataDir)
		if err != nil {
			return nil, WithHint(h, err)
		}
		return &Log{Reader: r}, nil
	}
	s, err := storage.OpenShared(ctx, h, cfg, cfg.Store.Postgres.AuditLogin(), true)
	if err != nil {
		return nil, err
	}
	return &Log{audit.OpenPostgresReader(s.Pool, cfg.Log.Origin), s}, nil
}

// Log is a log that is open for reading.
type Log struct {
	*audit.Reader
	Shared *storage.Shared // nil for the log of the data folder
}

// Close closes the log's file, or ends the connections.
func (r *Log) Close() error {
	err := r.Reader.Close()
	r.Shared.Close()
	return err
}

// SharedConfig is the config of a folder whose log is in PostgreSQL, nil if the
// log is the folder's own. A copy of a log needs no config to be read.
func SharedConfig(h *home.Home) (*config.Config, error) {
	cfg, err := h.Config()
	if err != nil {
		if _, missing := os.Stat(h.Data("log", "records")); missing == nil || errors.Is(missing, fs.ErrNotExist) && !hasConfig(h) {
			return nil, nil
		}
		return nil, err
	}
	if !cfg.Store.Postgres.Used() {
		return nil, nil
	}
	return cfg, nil
}

func hasConfig(h *home.Home) bool {
	_, err := os.Stat(h.ConfigPath)
	return err == nil
}

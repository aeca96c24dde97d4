package main

import (
	"os"
	"runtime"
	"strings"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

const (
	// maxLoginFile bounds a file with a connection string, in bytes.
	maxLoginFile = 16 << 10
)

// dsn reads the connection string that a login refers to.
func (a *app) dsn(l config.Login) (string, error) {
	var text string
	switch {
	case l.Env != "":
		name := strings.TrimPrefix(l.Env, "env:")
		if text = strings.TrimSpace(a.Env[name]); text == "" {
			return "", exit.Fail(exit.Config, "set it to the connection string", "store.postgres.%s: the environment variable %s is not set", l.What, name)
		}
		return text, nil
	case l.File == "":
		return "", exit.Fail(exit.Config, "name one in the config (docs/configuration.md)", "store.postgres has no login %s", l.What)
	}
	path := a.Below(l.File, "")
	info, err := os.Stat(path)
	if err != nil {
		return "", exit.Fail(exit.Config, "", "store.postgres.%s_file: %w", l.What, bounded.Reason(err))
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", exit.Fail(exit.NoKey, "chmod 600 it", "store.postgres.%s_file is open to others", l.What)
	}
	raw, err := bounded.ReadFile(path, maxLoginFile)
	if err != nil {
		return "", exit.Fail(exit.Config, "", "store.postgres.%s_file: %w", l.What, bounded.Reason(err))
	}
	if text = strings.TrimSpace(string(raw)); text == "" {
		return "", exit.Fail(exit.Config, "", "store.postgres.%s_file is empty", l.What)
	}
	return text, nil
}

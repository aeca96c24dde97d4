package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/tools"
)

// Bounds of redact.known_file.
const (
	maxKnownFile   = 1 << 20
	maxKnownValues = 10_000
)

// knownSecrets reads the values that the config says must never leave, and
// keeps only their fingerprints.
func (f *folder) knownSecrets() ([][]byte, error) {
	if f.cfg.Redact.KnownFile == "" {
		return nil, nil
	}
	text, err := readBounded(f.app.below(f.cfg.Redact.KnownFile, ""), maxKnownFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(exitConfig, "make the file or remove the key", "redact.known_file does not exist")
	}
	if err != nil {
		return nil, fmt.Errorf("reading redact.known_file: %w", err)
	}
	var out [][]byte
	for line := range strings.Lines(string(text)) {
		value := strings.TrimSpace(line)
		if value == "" || strings.HasPrefix(value, "#") {
			continue
		}
		if len(out) == maxKnownValues {
			return nil, fail(exitConfig, "", "redact.known_file has more than %d values", maxKnownValues)
		}
		print, err := redact.Fingerprint(tools.TokenKey(f.keys), entityOf(value), value)
		if err != nil {
			return nil, fmt.Errorf("redact.known_file: %w", err)
		}
		out = append(out, print)
	}
	return out, nil
}

// entityOf tells a number from any other secret.
func entityOf(value string) redact.Entity {
	if strings.ContainsFunc(value, unicode.IsLetter) {
		return redact.Secret
	}
	return redact.Account
}

// textRedactor makes the function that every text passes on its way into the
// store. It knows what the store knows, what the config names, and extra, and
// tells found what the tokens it puts in stand for, as far as the vault keeps it.
func (f *folder) textRedactor(ctx context.Context, extra [][]byte, found func(token, value string)) (func(dst, src []byte) ([]byte, error), error) {
	at, err := f.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	_, values, err := f.store.Known(ctx, at)
	if err != nil {
		return nil, err
	}
	prints := make([][]byte, 0, len(values)+len(f.secrets)+len(extra))
	for _, v := range values {
		prints = append(prints, v.Fingerprint)
	}
	known, err := redact.NewKnown(append(append(prints, f.secrets...), extra...))
	if err != nil {
		return nil, err
	}
	r, err := redact.New(redact.Config{Key: tools.TokenKey(f.keys), Known: known, Actions: f.cfg.Redact.kept()})
	if err != nil {
		return nil, err
	}
	return func(dst, src []byte) ([]byte, error) {
		out, _, err := r.TextTokens(dst, src, func(e redact.Entity, token, value string) {
			if vaulted(e, value) {
				found(token, value)
			}
		})
		return out, err
	}, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/document"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
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
	text, err := bounded.ReadFile(f.app.Below(f.cfg.Redact.KnownFile, ""), maxKnownFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Fail(exit.Config, "make the file or remove the key", "redact.known_file does not exist")
	}
	if err != nil {
		return nil, fmt.Errorf("reading redact.known_file: %w", err)
	}
	list, err := document.KnownValues(f.app.Home, tools.TokenKey(f.keys), "redact.known_file", text)
	switch {
	case errors.Is(err, document.ErrNoText):
		return nil, exit.Fail(exit.Config, "save it as UTF-8", "redact.known_file: %w", err)
	case err != nil:
		return nil, err
	case len(list) > maxKnownValues:
		return nil, exit.Fail(exit.Config, "", "redact.known_file has more than %d values", maxKnownValues)
	}
	return list, nil
}

// withoutKnown returns an error without what the store knows, such as the account
// number that a bank calls its files by: no detector finds one without check digits.
func (f *folder) withoutKnown(ctx context.Context, err error) error {
	var failed *exit.Failure
	if !errors.As(err, &failed) {
		return err
	}
	told := f.told(ctx, failed.Error())
	if told == failed.Error() {
		return err
	}
	return &exit.Failure{Code: failed.Code, Err: errors.New(told), Hint: failed.Hint}
}

// told is a text without what the store knows, for what is said about files.
func (f *folder) told(ctx context.Context, text string) string {
	clean, err := f.textRedactor(ctx, nil, func(string, string) {})
	if err != nil {
		return exit.Withheld
	}
	out, err := clean(nil, []byte(text))
	if err != nil {
		return exit.Withheld
	}
	return string(out)
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
	r, err := redact.New(redact.Config{Key: tools.TokenKey(f.keys), Known: known, Actions: f.cfg.Redact.Kept()})
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

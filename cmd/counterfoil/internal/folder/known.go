package folder

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

// KnownSecrets reads the values that the config says must never leave, and
// keeps only their fingerprints.
func (f *Folder) KnownSecrets() ([][]byte, error) {
	if f.Config.Redact.KnownFile == "" {
		return nil, nil
	}
	text, err := bounded.ReadFile(f.Home.Below(f.Config.Redact.KnownFile, ""), maxKnownFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Fail(exit.Config, "make the file or remove the key", "redact.known_file does not exist")
	}
	if err != nil {
		return nil, fmt.Errorf("reading redact.known_file: %w", err)
	}
	list, err := document.KnownValues(f.Home, tools.TokenKey(f.Keys), "redact.known_file", text)
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
func (f *Folder) withoutKnown(ctx context.Context, err error) error {
	var failed *exit.Failure
	if !errors.As(err, &failed) {
		return err
	}
	told := f.Told(ctx, failed.Error())
	if told == failed.Error() {
		return err
	}
	return &exit.Failure{Code: failed.Code, Err: errors.New(told), Hint: failed.Hint}
}

// Told is a text without what the store knows, for what is said about files.
func (f *Folder) Told(ctx context.Context, text string) string {
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
func (f *Folder) textRedactor(ctx context.Context, extra [][]byte, found func(token, value string)) (func(dst, src []byte) ([]byte, error), error) {
	at, err := f.Store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	_, values, err := f.Store.Known(ctx, at)
	if err != nil {
		return nil, err
	}
	prints := make([][]byte, 0, len(values)+len(f.Secrets)+len(extra))
	for _, v := range values {
		prints = append(prints, v.Fingerprint)
	}
	known, err := redact.NewKnown(append(append(prints, f.Secrets...), extra...))
	if err != nil {
		return nil, err
	}
	r, err := redact.New(redact.Config{Key: tools.TokenKey(f.Keys), Known: known, Actions: f.Config.Redact.Kept()})
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

// KnownPrints are the fingerprints of all that the store and the config know.
func (f *Folder) KnownPrints(ctx context.Context) ([][]byte, error) {
	at, err := f.Store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	_, values, err := f.Store.Known(ctx, at)
	if err != nil {
		return nil, err
	}
	prints := append([][]byte(nil), f.Secrets...)
	for _, v := range values {
		prints = append(prints, v.Fingerprint)
	}
	return prints, nil
}

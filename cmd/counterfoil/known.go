package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
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
	list, err := f.app.knownValues(tools.TokenKey(f.keys), "redact.known_file", text)
	switch {
	case errors.Is(err, errNoText):
		return nil, exit.Fail(exit.Config, "save it as UTF-8", "redact.known_file: %w", err)
	case err != nil:
		return nil, err
	case len(list) > maxKnownValues:
		return nil, exit.Fail(exit.Config, "", "redact.known_file has more than %d values", maxKnownValues)
	}
	return list, nil
}

// knownValues fingerprints a list of values, one a line; # begins a comment. It
// warns of those that are too short to be looked for, by their lines.
func (a *app) knownValues(key [32]byte, name string, text []byte) (prints [][]byte, err error) {
	if text, err = asUTF8(text); err != nil {
		return nil, err
	}
	detect, err := redact.New(redact.Config{Key: key})
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimPrefix(string(text), string(byteOrderMark)), "\n")
	made := make([][]byte, len(lines))
	if n, err := eachLine(lines, func(i int, value string) (err error) {
		made[i], err = detect.Fingerprint(entityOf(detect, value), value)
		return err
	}); err != nil {
		return nil, fmt.Errorf("line %d of %s: %w", n, name, err)
	}
	short := []string(nil)
	for i, print := range made {
		switch {
		case print == nil:
		case redact.MatchesNothing(print):
			short = append(short, strconv.Itoa(i+1))
		default:
			prints = append(prints, print)
		}
	}
	a.warnShort(name, short)
	return prints, nil
}

// eachLine calls do with each line that holds a value, on all processors. Of the
// errors it returns the first one's, with its line.
func eachLine(lines []string, do func(i int, value string) error) (line int, err error) {
	workers := runtime.GOMAXPROCS(0)
	bad, errs := make([]int, workers), make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := len(lines) * w / workers; i < len(lines)*(w+1)/workers && errs[w] == nil; i++ {
				if value := strings.TrimSpace(lines[i]); value != "" && !strings.HasPrefix(value, "#") {
					bad[w], errs[w] = i+1, do(i, value)
				}
			}
		})
	}
	wg.Wait()
	for w, err := range errs {
		if err != nil {
			return bad[w], err
		}
	}
	return 0, nil
}

// maxShortTold bounds the lines that are told of.
const maxShortTold = 10

func (a *app) warnShort(name string, lines []string) {
	if len(lines) == 0 {
		return
	}
	more := ""
	if n := len(lines) - maxShortTold; n > 0 {
		lines, more = lines[:maxShortTold], fmt.Sprintf(" and %d more", n)
	}
	a.UI.Warnf("%s: what stands in line %s%s is not looked for: it is shorter than %d digits, or than %d characters with letters",
		name, strings.Join(lines, ", "), more, redact.MinKnownDigits, redact.MinKnownText)
}

// entityOf is what the detectors take a value for, so that it has one token
// whether it is known or found; else it tells a number from any other secret.
func entityOf(detect *redact.Redactor, value string) redact.Entity {
	if e := detect.Entity(value); e != "" {
		return e
	}
	if strings.ContainsFunc(value, unicode.IsLetter) {
		return redact.Secret
	}
	return redact.Account
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

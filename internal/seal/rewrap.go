package seal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/lockfile"
)

// ErrBusy means that another process is rewrapping the keys.
var ErrBusy = errors.New("another process is rewrapping the keys")

// maxDataKeys bounds the files that are looked through: a thousand owners with
// every purpose, rotated several times.
const maxDataKeys = 100_000

// Rewrap wraps every data key, the root key included, anew by the key-encryption
// key as it is now, and returns how many. What they seal stays as it is. Each key
// is replaced as a whole, and what was cut short is simply done again.
func (k *Keyring) Rewrap(ctx context.Context) (n int, err error) {
	lock, err := lockfile.Acquire(filepath.Join(k.dir, "rewrap.lock"))
	if errors.Is(err, lockfile.ErrHeld) {
		return 0, ErrBusy
	}
	if err != nil {
		return 0, fmt.Errorf("rewrapping keys: %w", err)
	}
	defer lock.Release()
	names, err := k.keyNames()
	if err != nil {
		return 0, fmt.Errorf("rewrapping keys: %w", err)
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		switch err := k.rewrap(name); {
		case errors.Is(err, fs.ErrNotExist): // destroyed meanwhile
		case err != nil:
			return n, err
		default:
			n++
		}
	}
	return n, nil
}

// RotateKEK makes a new key-encryption key, rewraps everything and lets go of
// the older one. It can be called again after it was cut short anywhere.
func (k *Keyring) RotateKEK(ctx context.Context) (n int, err error) {
	kek := k.kek
	if c, ok := kek.(Chain); ok {
		kek = c.KEK
	}
	r, ok := kek.(Rotator)
	if !ok {
		return 0, ErrNoRotation
	}
	if err := bounded(ctx, r.Rotate); err != nil {
		return 0, fmt.Errorf("%w: rotating: %w", ErrNoKey, err)
	}
	if n, err = k.Rewrap(ctx); err != nil {
		return n, err
	}
	if err := bounded(ctx, r.Retire); err != nil {
		return n, fmt.Errorf("%w: retiring: %w", ErrNoKey, err)
	}
	return n, nil
}

// ErrNoRotation means that the provider's key is rotated at the provider.
var ErrNoRotation = errors.New("this key-encryption key can't be rotated from here")

func bounded(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, KEKTimeout)
	defer cancel()
	return do(ctx)
}

// rewrap replaces one key's file.
func (k *Keyring) rewrap(name string) error {
	k.loading.Lock()
	defer k.loading.Unlock()
	f, err := readKey(k.dir, name)
	if err != nil {
		return err
	}
	if f.erased {
		return fs.ErrNotExist
	}
	raw, err := unwrap(k.kek, f, name)
	if err != nil {
		return err
	}
	defer clear(raw)
	if err := wrapInto(&f, name, k.kek, raw); err != nil {
		return err
	}
	path := filepath.Join(k.dir, name+keySuffix)
	if err := durable.Supersede(path, f.format(), durable.FileMode); err != nil {
		return fmt.Errorf("rewrapping keys: %w", err)
	}
	// Another process may have destroyed the key since it was read; its tombstone
	// came before it removed the file, which is now there again.
	if _, err := os.Stat(filepath.Join(k.dir, name+endSuffix)); err == nil {
		return errors.Join(durable.Shred(path), fs.ErrNotExist)
	}
	return nil
}

// keyNames lists the names of the keys that are not destroyed.
func (k *Keyring) keyNames() (names []string, err error) {
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name, isKey := strings.CutSuffix(e.Name(), keySuffix)
		raw, err := hex.DecodeString(name)
		if isKey && (name == rootName || err == nil && len(raw) == idSize) {
			names = append(names, name)
		}
	}
	if len(names) > maxDataKeys {
		return nil, fmt.Errorf("more than %d keys", maxDataKeys)
	}
	return names, nil
}

// States of a key.
const (
	StateCurrent   = "current"
	StateRetired   = "retired"
	StateDestroyed = "destroyed"
)

// KeyInfo is what may be shown of a data key.
type KeyInfo struct {
	Purpose    Purpose
	Subject    string // "" for the tenant, and if Known is false
	Known      bool   // whose it is can be told
	Generation uint32
	State      string
	Wrapper    string // names the key-encryption key and its version
}

// List describes every key. Files do not tell whose they are: only the keys of
// the subjects given can be named.
func (k *Keyring) List(subjects []string) (list []KeyInfo, err error) {
	k.loading.Lock()
	defer k.loading.Unlock()
	seen := map[string]bool{}
	for _, p := range purposes {
		for _, s := range subjects {
			infos, err := k.describe(ref{p, s}, seen)
			if err != nil {
				return nil, err
			}
			list = append(list, infos...)
		}
	}
	names, err := k.keyNames()
	if err != nil {
		return nil, fmt.Errorf("listing keys: %w", err)
	}
	for _, name := range names {
		if seen[name] {
			continue
		}
		f, err := readKey(k.dir, name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && f.erased {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, KeyInfo{Purpose: f.purpose, Known: name == rootName, Generation: f.generation, State: StateCurrent, Wrapper: k.kek.Wrapper(f.wrapped)})
	}
	return list, nil
}

// describe describes the generations of a line, and notes their names.
func (k *Keyring) describe(r ref, seen map[string]bool) (list []KeyInfo, err error) {
	newest := -1
	for g := uint32(1); g <= maxGenerations; g++ {
		name := k.id(r, g).name()
		f, err := readKey(k.dir, name)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return nil, err
		}
		seen[name] = true
		info := KeyInfo{Purpose: r.purpose, Subject: r.subject, Known: true, Generation: g, State: StateDestroyed}
		if !f.erased {
			info.State, info.Wrapper = StateRetired, k.kek.Wrapper(f.wrapped)
			newest = len(list)
		}
		list = append(list, info)
	}
	if newest >= 0 {
		list[newest].State = StateCurrent
	}
	return list, nil
}

// Probe wraps and unwraps a key that is thrown away, and names the
// key-encryption key that wraps now.
func (k *Keyring) Probe() (wrapper string, err error) {
	f := keyFile{purpose: "probe", generation: 1}
	raw := make([]byte, keySize)
	if err := wrapInto(&f, "probe", k.kek, raw); err != nil {
		return "", err
	}
	if _, err := unwrap(k.kek, f, "probe"); err != nil {
		return "", err
	}
	return k.kek.Wrapper(f.wrapped), nil
}

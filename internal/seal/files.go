package seal

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/counterfoil/counterfoil/internal/durable"
)

// A key file is text:
//
//	counterfoil-data-key-v1
//	purpose sidecar
//	generation 1
//	wrapped BASE64
//
// and the tombstone of a destroyed key has the line "erased" for the last. The
// associated data of the wrapping is the first three lines and the key's id.
const (
	keyMagic  = "counterfoil-data-key-v1"
	keySuffix = ".key"
	endSuffix = ".erased"
	rootName  = "root"
	// maxGenerations bounds the search for the newest key of a line: a new one is
	// made on rotation and after an erasure, both of which a person asks for.
	maxGenerations = 10_000
)

// Create makes the keys of a new data folder: keys/kek, keys/data and the root
// key. It keeps what exists and never makes a second key-encryption key for
// data keys that another one wrapped.
func Create(dir string) error {
	path := filepath.Join(dir, "keys", "kek")
	had := HasKeys(dir) // before the look for the other file: both may be being made
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if had {
			return fmt.Errorf("creating keys: %w: %s is missing, but keys wrapped by it exist", ErrNoKey, path)
		}
		if err := createKEK(path); err != nil {
			return fmt.Errorf("creating keys: %w", err)
		}
	}
	kek, err := OpenFileKEK(path)
	if err != nil {
		return err
	}
	return CreateWith(dir, kek)
}

// CreateWith is Create with a key-encryption key that is there already.
func CreateWith(dir string, kek KEK) error {
	data := filepath.Join(dir, "keys", "data")
	if err := os.MkdirAll(data, durable.DirMode); err != nil {
		return fmt.Errorf("creating keys: %w", err)
	}
	root, err := createRoot(data, kek)
	clear(root)
	return err
}

// HasKeys reports whether a data folder has data keys, for which only the
// key-encryption key that wrapped them will do.
func HasKeys(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "keys", "data", rootName+keySuffix))
	return err == nil
}

func createKEK(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), durable.DirMode); err != nil {
		return err
	}
	text := newKEKText()
	defer clear(text)
	err := durable.Create(path, text, durable.FileMode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// createRoot makes the root key unless there is one.
func createRoot(data string, kek KEK) ([]byte, error) {
	raw, err := readRoot(data, kek)
	if !errors.Is(err, fs.ErrNotExist) {
		return raw, err
	}
	raw = make([]byte, keySize)
	rand.Read(raw)
	if err := writeKey(data, rootName, keyFile{purpose: rootName, generation: 1}, kek, raw); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return readRoot(data, kek) // ours, or that of whoever was faster
}

func readRoot(data string, kek KEK) ([]byte, error) {
	f, err := readKey(data, rootName)
	if err != nil {
		return nil, err
	}
	if f.erased {
		return nil, fmt.Errorf("root key: %w", ErrErased)
	}
	return unwrap(kek, f, rootName)
}

// OpenKeyring opens the keys of a data folder that Create made. kekPath is the
// key-encryption key's file, "" for keys/kek in the folder.
func OpenKeyring(dir, kekPath string) (*Keyring, error) {
	if kekPath == "" {
		kekPath = filepath.Join(dir, "keys", "kek")
	}
	kek, err := OpenFileKEK(kekPath)
	if err != nil {
		return nil, err
	}
	return OpenWith(dir, kek)
}

// OpenWith is OpenKeyring with another provider of the key-encryption key.
func OpenWith(dir string, kek KEK) (*Keyring, error) {
	data := filepath.Join(dir, "keys", "data")
	root, err := readRoot(data, kek)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: root key: %w", ErrNoKey, err)
	}
	if err != nil {
		return nil, err
	}
	return newKeyring(data, kek, root), nil
}

// keyFile is a parsed key file.
type keyFile struct {
	purpose    Purpose
	generation uint32
	erased     bool
	wrapped    []byte
}

func (f keyFile) head() string {
	return fmt.Sprintf("%s\npurpose %s\ngeneration %d\n", keyMagic, f.purpose, f.generation)
}

func (f keyFile) format() []byte {
	if f.erased {
		return []byte(f.head() + "erased\n")
	}
	return []byte(f.head() + "wrapped " + base64.StdEncoding.EncodeToString(f.wrapped) + "\n")
}

// parseKey accepts exactly what format writes.
func parseKey(text []byte) (keyFile, error) {
	damaged := errors.New("key file is damaged")
	lines := strings.Split(string(text), "\n")
	if len(lines) != 5 || lines[0] != keyMagic {
		return keyFile{}, damaged
	}
	var f keyFile
	purpose, _ := strings.CutPrefix(lines[1], "purpose ")
	f.purpose = Purpose(purpose)
	generation, _ := strings.CutPrefix(lines[2], "generation ")
	n, err := strconv.ParseUint(generation, 10, 32)
	if err != nil {
		return keyFile{}, damaged
	}
	f.generation = uint32(n)
	wrapped, ok := strings.CutPrefix(lines[3], "wrapped ")
	f.erased = !ok
	if ok {
		if f.wrapped, err = base64.StdEncoding.Strict().DecodeString(wrapped); err != nil {
			return keyFile{}, damaged
		}
	}
	if string(f.format()) != string(text) {
		return keyFile{}, damaged
	}
	return f, nil
}

// readKey reads a key by name. A tombstone wins over a key that an interrupted
// Destroy left behind. Without either it fails with fs.ErrNotExist.
func readKey(data, name string) (keyFile, error) {
	for _, suffix := range []string{endSuffix, keySuffix} {
		text, err := readSmall(filepath.Join(data, name+suffix), false)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return keyFile{}, fmt.Errorf("%w: %w", ErrNoKey, err)
		}
		f, err := parseKey(text)
		if err != nil || f.erased != (suffix == endSuffix) {
			return keyFile{}, fmt.Errorf("%w: %s%s: key file is damaged", ErrNoKey, name, suffix)
		}
		return f, nil
	}
	return keyFile{}, fs.ErrNotExist
}

func writeKey(data, name string, f keyFile, kek KEK, raw []byte) error {
	path := filepath.Join(data, name+keySuffix)
	if err := wrapInto(&f, name, kek, raw); err != nil {
		return err
	}
	if err := durable.Create(path, f.format(), durable.FileMode); err != nil {
		return err
	}
	// A rotation of the key-encryption key that began meanwhile may have looked
	// for data keys before this one was there.
	ctx, cancel := context.WithTimeout(context.Background(), KEKTimeout)
	defer cancel()
	if still, err := isCurrent(ctx, kek, f.wrapped); err != nil || still {
		return err
	}
	if err := wrapInto(&f, name, kek, raw); err != nil {
		return err
	}
	return durable.Supersede(path, f.format(), durable.FileMode)
}

func wrapInto(f *keyFile, name string, kek KEK, raw []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), KEKTimeout)
	defer cancel()
	wrapped, err := kek.Wrap(ctx, raw, []byte(f.head()+name))
	if err != nil {
		return fmt.Errorf("%w: wrapping: %w", ErrNoKey, err)
	}
	f.wrapped = wrapped
	return nil
}

// isCurrent is false if a local key was rotated since it wrapped something. Other
// providers keep what their older versions wrapped readable by themselves.
func isCurrent(ctx context.Context, kek KEK, wrapped []byte) (bool, error) {
	if c, ok := kek.(Chain); ok {
		kek = c.KEK
	}
	if l, ok := kek.(interface {
		current(ctx context.Context, wrapped []byte) (bool, error)
	}); ok {
		return l.current(ctx, wrapped)
	}
	return true, nil
}

func unwrap(kek KEK, f keyFile, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), KEKTimeout)
	defer cancel()
	raw, err := kek.Unwrap(ctx, f.wrapped, []byte(f.head()+name))
	if err != nil {
		return nil, fmt.Errorf("%w: %s%s: %w", ErrNoKey, name, keySuffix, err)
	}
	if len(raw) != keySize {
		return nil, fmt.Errorf("%w: %s%s: key has a wrong length", ErrNoKey, name, keySuffix)
	}
	return raw, nil
}

func (id keyID) name() string { return hex.EncodeToString(id[:]) }

package agekek

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/internal/seal"
)

const phrase = "correct horse battery staple"

func secret(path, passphrase string) *Secret {
	s := Open(path, func() (string, error) { return passphrase, nil })
	s.factor = 10 // quick
	return s
}

func TestAge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kek")
	if _, err := seal.OpenLocalKEK("age", secret(path, phrase)); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("without a file: %v", err)
	}
	kek, err := seal.NewLocalKEK("age", secret(path, phrase))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(sealed, []byte("age-encryption.org/v1\n-> scrypt ")) || bytes.Contains(sealed, []byte("counterfoil-kek")) {
		t.Fatalf("the file is not what age writes: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	dir := t.TempDir()
	if err := seal.CreateWith(dir, kek); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.OpenWith(dir, kek)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := ring.RotateKEK(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	again, err := seal.OpenLocalKEK("age", secret(path, phrase))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.OpenWith(dir, again); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
}

func TestAgeRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kek")
	if _, err := seal.NewLocalKEK("age", secret(path, phrase)); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	none := errors.New("nobody answers")
	for name, test := range map[string]struct {
		content []byte
		mode    os.FileMode
		s       *Secret
		want    string
	}{
		"wrong passphrase": {good, 0o600, secret(path, "wrong"), "the passphrase does not open"},
		"no passphrase":    {good, 0o600, secret(path, ""), "the passphrase is empty"},
		"nobody answers":   {good, 0o600, Open(path, func() (string, error) { return "", none }), "nobody answers"},
		"damaged":          {append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1), 0o600, secret(path, phrase), "damaged"},
		"cut off":          {good[:len(good)/2], 0o600, secret(path, phrase), "damaged"},
		"not age":          {[]byte("counterfoil-kek-v1 x y\n"), 0o600, secret(path, phrase), "not a file that age encrypted"},
		"open to others":   {good, 0o644, secret(path, phrase), "others could read it"},
		"too slow":         {bytes.Replace(good, []byte(" 10\n"), []byte(" 30\n"), 1), 0o600, secret(path, phrase), "damaged"},
	} {
		if err := os.WriteFile(path, test.content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, test.mode); err != nil {
			t.Fatal(err)
		}
		_, err := seal.OpenLocalKEK("age", test.s)
		if !errors.Is(err, seal.ErrNoKey) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), phrase) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAgeIsQuick: scrypt runs once for each state of the file, and what Read gives
// away is the caller's own.
func TestAgeIsQuick(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kek")
	asked := 0
	s := Open(path, func() (string, error) { asked++; return phrase, nil })
	s.factor = 10
	if err := s.Write(t.Context(), []byte("text")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		text, err := s.Read(t.Context())
		if err != nil || string(text) != "text" {
			t.Fatalf("%q, %v", text, err)
		}
		clear(text)
	}
	if err := secret(path, phrase).Write(t.Context(), []byte("other")); err != nil { // another process
		t.Fatal(err)
	}
	if text, err := s.Read(t.Context()); err != nil || string(text) != "other" {
		t.Errorf("%q, %v", text, err)
	}
	if asked != 1 {
		t.Errorf("asked for the passphrase %d times", asked)
	}
	if out := fmt.Sprintf("%v %+v %s", s, s, s); strings.Contains(out, "other") {
		t.Error("it prints its text")
	}
}

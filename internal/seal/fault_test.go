package seal

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/internal/durable"
)

func TestDestroyErasesForGood(t *testing.T) {
	k, dir := newRing(t)
	alice := must(t)(k.Seal(PurposeSidecar, "alice", nil, []byte("x")))
	column := must(t)(k.Seal(PurposeColumn, "alice", nil, []byte("x")))
	both := must(t)(k.SealShared(PurposeSidecar, []string{"alice", "bob"}, nil, []byte("x")))
	bob := must(t)(k.Seal(PurposeSidecar, "bob", nil, []byte("x")))
	before := keyBytes(t, dir)

	if err := k.Destroy("alice"); err != nil {
		t.Fatal(err)
	}
	check := func(k *Keyring) {
		t.Helper()
		for name, open := range map[string]func() ([]byte, error){
			"sidecar": func() ([]byte, error) { return k.Open(PurposeSidecar, "alice", nil, alice) },
			"column":  func() ([]byte, error) { return k.Open(PurposeColumn, "alice", nil, column) },
			"shared":  func() ([]byte, error) { return k.OpenShared(PurposeSidecar, nil, both) },
		} {
			if _, err := open(); !errors.Is(err, ErrErased) {
				t.Errorf("%s: got %v, want ErrErased", name, err)
			}
		}
		if _, err := k.Open(PurposeSidecar, "bob", nil, bob); err != nil {
			t.Errorf("bob's value: %v", err)
		}
		if _, err := k.Open(PurposeSidecar, "carol", nil, alice); !errors.Is(err, ErrOpen) {
			t.Errorf("an erased value under another subject: got %v, want ErrOpen", err)
		}
	}
	check(k)
	check(reopen(t, dir))

	// What is sealed for her later has a new key and leaves the old erased.
	again := must(t)(k.Seal(PurposeSidecar, "alice", nil, []byte("new")))
	check(k)
	k = reopen(t, dir)
	check(k)
	if got, err := k.Open(PurposeSidecar, "alice", nil, again); err != nil || string(got) != "new" {
		t.Errorf("sealed after the erasure: %q, %v", got, err)
	}
	if err := k.Destroy("alice"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open(PurposeSidecar, "alice", nil, again); !errors.Is(err, ErrErased) {
		t.Errorf("second erasure: got %v, want ErrErased", err)
	}
	for name, text := range keyBytes(t, dir) {
		if strings.HasSuffix(name, keySuffix) && !bytes.Equal(before[name], text) {
			t.Errorf("%s changed", name)
		}
	}
	if err := k.Destroy("alice"); err != nil {
		t.Errorf("destroying twice: %v", err)
	}
	if err := k.Destroy("alcie"); !errors.Is(err, ErrNoSubject) {
		t.Errorf("a subject that never was: got %v, want ErrNoSubject", err)
	}
}

func TestDestroyFinishesAfterACrash(t *testing.T) {
	k, dir := newRing(t)
	sealed := must(t)(k.Seal(PurposeVault, "alice", nil, []byte("x")))
	id := keyID(sealed[1:headerSize])
	// The power failed between the tombstone and the overwriting.
	grave := keyFile{purpose: PurposeVault, generation: 1, erased: true}.format()
	path := filepath.Join(dir, "keys", "data", id.name())
	if err := durable.Create(path+endSuffix, grave, 0o600); err != nil {
		t.Fatal(err)
	}
	k = reopen(t, dir)
	if _, err := k.Open(PurposeVault, "alice", nil, sealed); !errors.Is(err, ErrErased) {
		t.Fatalf("got %v, want ErrErased", err)
	}
	if err := k.Destroy("alice"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + keySuffix); err == nil {
		t.Fatal("the key is still there")
	}
}

func TestDestroyTheTenant(t *testing.T) {
	k, dir := newRing(t)
	sealed := must(t)(k.Seal(PurposeColumn, "", nil, []byte("x")))
	mac := k.MAC(PurposeDB, nil)
	if err := k.Destroy(""); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open(PurposeColumn, "", nil, sealed); err == nil {
		t.Error("still opens")
	}
	if _, err := k.Seal(PurposeColumn, "", nil, nil); !errors.Is(err, ErrErased) {
		t.Errorf("sealing: got %v, want ErrErased", err)
	}
	if got := k.MAC(PurposeDB, nil); got == mac || got == [32]byte{} {
		t.Error("MAC still works, or gives a constant")
	}
	if _, err := OpenKeyring(dir, ""); !errors.Is(err, ErrErased) {
		t.Errorf("opening: got %v, want ErrErased", err)
	}
	if err := Create(dir); !errors.Is(err, ErrErased) {
		t.Errorf("creating: got %v, want ErrErased", err)
	}
}

// TestFaults damages a data folder in every way that a disk, a person or an
// attacker may, and checks what opening and using it says.
func TestFaults(t *testing.T) {
	kek := func(dir string) string { return filepath.Join(dir, "keys", "kek") }
	root := func(dir string) string { return filepath.Join(dir, "keys", "data", "root.key") }
	tests := []struct {
		name string
		do   func(t *testing.T, dir string)
		want error
		text string
	}{
		{"no key-encryption key", func(t *testing.T, dir string) { remove(t, kek(dir)) }, ErrNoKey, "kek"},
		{"empty key-encryption key", func(t *testing.T, dir string) { write(t, kek(dir), nil) }, ErrNoKey, "not a key-encryption key"},
		{"a key that is a folder", func(t *testing.T, dir string) {
			remove(t, kek(dir))
			if err := os.Mkdir(kek(dir), 0o700); err != nil {
				t.Fatal(err)
			}
		}, ErrNoKey, "not a regular file"},
		{"a huge key", func(t *testing.T, dir string) { write(t, kek(dir), make([]byte, maxKeyFile+1)) }, ErrNoKey, "longer than"},
		{"readable by others", func(t *testing.T, dir string) { chmod(t, kek(dir), 0o640) }, ErrNoKey, "chmod 600"},
		{"another key-encryption key", func(t *testing.T, dir string) { write(t, kek(dir), newKEKText()) }, ErrNoKey, "another key-encryption key"},
		{"a flipped bit in it", func(t *testing.T, dir string) {
			text, _ := os.ReadFile(kek(dir))
			text[len(text)-10] ^= 1
			write(t, kek(dir), text)
		}, ErrNoKey, "damaged"},
		{"no root key", func(t *testing.T, dir string) { remove(t, root(dir)) }, ErrNoKey, "root"},
		{"an empty root key", func(t *testing.T, dir string) { write(t, root(dir), nil) }, ErrNoKey, "damaged"},
		{"a data key in its place", func(t *testing.T, dir string) {
			for name, text := range keyBytes(t, dir) {
				if name != "root.key" && strings.HasSuffix(name, keySuffix) {
					write(t, root(dir), text)
				}
			}
		}, ErrNoKey, "damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k, dir := newRing(t)
			must(t)(k.Seal(PurposeSidecar, "alice", nil, nil))
			tt.do(t, dir)
			_, err := OpenKeyring(dir, "")
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Fatalf("got %v, want %v with %q", err, tt.want, tt.text)
			}
		})
	}
}

func TestDamagedDataKeys(t *testing.T) {
	k, dir := newRing(t)
	sealed := must(t)(k.Seal(PurposeSidecar, "alice", nil, []byte("x")))
	other := must(t)(k.Seal(PurposeSidecar, "bob", nil, []byte("x")))
	path := filepath.Join(dir, "keys", "data", keyID(sealed[1:headerSize]).name()+keySuffix)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bobs, err := os.ReadFile(filepath.Join(dir, "keys", "data", keyID(other[1:headerSize]).name()+keySuffix))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(good) * 8 {
		write(t, path, flip(good, i))
		if _, err := reopen(t, dir).Open(PurposeSidecar, "alice", nil, sealed); !errors.Is(err, ErrNoKey) && !errors.Is(err, ErrOpen) {
			t.Fatalf("bit %d: got %v", i, err)
		}
	}
	write(t, path, bobs)
	if _, err := reopen(t, dir).Open(PurposeSidecar, "alice", nil, sealed); !errors.Is(err, ErrNoKey) {
		t.Fatalf("bob's key in alice's place: got %v, want ErrNoKey", err)
	}
	if _, err := reopen(t, dir).Seal(PurposeSidecar, "alice", nil, nil); !errors.Is(err, ErrNoKey) {
		t.Fatalf("sealing with a damaged key: got %v, want ErrNoKey", err)
	}
	if err := reopen(t, dir).Destroy("alice"); err != nil {
		t.Fatalf("destroying a damaged key: %v", err)
	}
}

func TestCreateKeepsWhatExists(t *testing.T) {
	k, dir := newRing(t)
	must(t)(k.Seal(PurposeSidecar, "alice", nil, nil))
	before := keyBytes(t, dir)
	kekBefore, _ := os.ReadFile(filepath.Join(dir, "keys", "kek"))
	if err := Create(dir); err != nil {
		t.Fatal(err)
	}
	kekAfter, _ := os.ReadFile(filepath.Join(dir, "keys", "kek"))
	if !bytes.Equal(kekBefore, kekAfter) {
		t.Fatal("the key-encryption key was replaced")
	}
	for name, text := range keyBytes(t, dir) {
		if !bytes.Equal(before[name], text) {
			t.Fatalf("%s changed", name)
		}
	}
	remove(t, filepath.Join(dir, "keys", "kek"))
	if err := Create(dir); !errors.Is(err, ErrNoKey) {
		t.Fatalf("a second key-encryption key: got %v, want ErrNoKey", err)
	}
}

func TestMovedKEK(t *testing.T) {
	k, dir := newRing(t)
	sealed := must(t)(k.Seal(PurposeDB, "", nil, []byte("x")))
	elsewhere := filepath.Join(t.TempDir(), "kek")
	if err := os.Rename(filepath.Join(dir, "keys", "kek"), elsewhere); err != nil {
		t.Fatal(err)
	}
	k, err := OpenKeyring(dir, elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open(PurposeDB, "", nil, sealed); err != nil {
		t.Fatal(err)
	}
}

// downKEK is a provider that stops answering.
type downKEK struct {
	KEK
	down bool
}

var errDown = errors.New("provider is down")

func (d *downKEK) Wrap(ctx context.Context, key, aad []byte) ([]byte, error) {
	if d.down {
		return nil, errDown
	}
	return d.KEK.Wrap(ctx, key, aad)
}

func (d *downKEK) Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error) {
	if d.down {
		return nil, errDown
	}
	return d.KEK.Unwrap(ctx, wrapped, aad)
}

func TestProviderDown(t *testing.T) {
	_, dir := newRing(t)
	file, err := OpenFileKEK(filepath.Join(dir, "keys", "kek"))
	if err != nil {
		t.Fatal(err)
	}
	kek := &downKEK{KEK: file}
	k, err := OpenWith(dir, kek)
	if err != nil {
		t.Fatal(err)
	}
	must(t)(k.Seal(PurposeDB, "", nil, nil))
	kek.down = true
	must(t)(k.Seal(PurposeDB, "", nil, nil)) // a key that is in memory needs no provider
	if _, err := k.Seal(PurposeDB, "alice", nil, nil); !errors.Is(err, ErrNoKey) || !errors.Is(err, errDown) {
		t.Errorf("got %v, want ErrNoKey and the cause", err)
	}
	kek.down = false
	must(t)(k.Seal(PurposeDB, "alice", nil, nil))
	kek.down = true
	if _, err := OpenWith(dir, kek); !errors.Is(err, ErrNoKey) {
		t.Errorf("opening: got %v, want ErrNoKey", err)
	}
}

func TestWriteFails(t *testing.T) {
	k, dir := newRing(t)
	data := filepath.Join(dir, "keys", "data")
	away := filepath.Join(dir, "away")
	if err := os.Rename(data, away); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Seal(PurposeDB, "alice", nil, nil); err == nil {
		t.Fatal("sealed under a key that was never stored")
	}
	if err := os.Rename(away, data); err != nil {
		t.Fatal(err)
	}
	must(t)(k.Seal(PurposeDB, "alice", nil, nil))
}

func keyBytes(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	entries, err := os.ReadDir(filepath.Join(dir, "keys", "data"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), durable.TempPrefix) {
			t.Errorf("temporary file %s left behind", e.Name())
		}
		text, err := os.ReadFile(filepath.Join(dir, "keys", "data", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = text
	}
	return out
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		t.Fatal("this test assumes Unix modes")
	}
}

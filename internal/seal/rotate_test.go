package seal

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/durable"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestRotateResealDestroy(t *testing.T) {
	k, dir := newRing(t)
	if _, err := k.Rotate(PurposeVault, "alice", noon); !errors.Is(err, ErrNoSubject) {
		t.Fatalf("a line that was never used: %v", err)
	}
	old := must(t)(k.Seal(PurposeVault, "alice", []byte("row"), []byte("x")))
	other := must(t)(k.Seal(PurposeVault, "bob", nil, []byte("y")))
	if g, err := k.Rotate(PurposeVault, "alice", noon); err != nil || g != 2 {
		t.Fatalf("generation %d, %v", g, err)
	}
	for _, k := range []*Keyring{k, reopen(t, dir)} {
		fresh, changed, err := k.Reseal(PurposeVault, "alice", []byte("row"), old)
		if err != nil || !changed || bytes.Equal(fresh, old) {
			t.Fatalf("re-sealing: %v, %v", changed, err)
		}
		same, changed, err := k.Reseal(PurposeVault, "alice", []byte("row"), fresh)
		if err != nil || changed || !bytes.Equal(same, fresh) {
			t.Errorf("re-sealing what is new: %v, %v", changed, err)
		}
		if got := must(t)(k.Open(PurposeVault, "alice", []byte("row"), old)); string(got) != "x" {
			t.Errorf("the old value gives %q", got)
		}
		if _, _, err := k.Reseal(PurposeVault, "alice", []byte("other row"), old); !errors.Is(err, ErrOpen) {
			t.Errorf("re-sealing for another row: %v", err)
		}
	}
	retired, err := k.Retired([]string{"", "alice", "bob"}, noon.Add(time.Hour))
	if err != nil || len(retired) != 1 || retired[0].Generation != 1 || !retired[0].Since.Equal(noon) || !retired[0].Sealed(old) || retired[0].Sealed(other) {
		t.Fatalf("retired: %+v, %v", retired, err)
	}
	fresh, _, err := k.Reseal(PurposeVault, "alice", []byte("row"), old)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.DestroyRetired(retired[0]); err != nil {
		t.Fatal(err)
	}
	for _, k := range []*Keyring{k, reopen(t, dir)} {
		if _, err := k.Open(PurposeVault, "alice", []byte("row"), old); !errors.Is(err, ErrErased) {
			t.Errorf("the old value: %v, want ErrErased", err)
		}
		if got := must(t)(k.Open(PurposeVault, "alice", []byte("row"), fresh)); string(got) != "x" {
			t.Errorf("the new value gives %q", got)
		}
	}
	if err := k.DestroyRetired(Retired{Purpose: PurposeVault, Subject: "alice", Generation: 2}); err == nil {
		t.Error("the current key was destroyed as a retired one")
	}
	if left, err := k.Retired([]string{"alice"}, noon); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestRotationCutShort: the power fails after the new generation was made and
// before the old one was marked.
func TestRotationCutShort(t *testing.T) {
	k, dir := newRing(t)
	must(t)(k.Seal(PurposeColumn, "", nil, nil))
	if _, err := k.create(ref{PurposeColumn, ""}, 2); err != nil {
		t.Fatal(err)
	}
	later := noon.Add(time.Minute)
	for range 2 {
		list, err := reopen(t, dir).Retired([]string{""}, later)
		if err != nil || len(list) != 1 || !list[0].Since.Equal(noon.Add(time.Minute)) {
			t.Fatalf("%+v, %v", list, err)
		}
		later = later.Add(time.Hour) // the first mark counts
	}
	// And a retirement that a tombstone began.
	id := k.id(ref{PurposeColumn, ""}, 1)
	grave := keyFile{purpose: PurposeColumn, generation: 1, erased: true}.format()
	if err := durable.Create(filepath.Join(k.dir, id.name()+endSuffix), grave, durable.FileMode); err != nil {
		t.Fatal(err)
	}
	if list, err := reopen(t, dir).Retired([]string{""}, later); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestOtherProcessesNotice: what one process rotates or destroys, another one
// over the same folder stops using without a restart.
func TestOtherProcessesNotice(t *testing.T) {
	a, dir := newRing(t)
	b := reopen(t, dir)
	b.noticeEvery = 0
	old := must(t)(b.Seal(PurposeVault, "alice", nil, []byte("x")))
	must(t)(a.Open(PurposeVault, "alice", nil, old))
	if _, err := a.Rotate(PurposeVault, "alice", noon); err != nil {
		t.Fatal(err)
	}
	fresh := must(t)(b.Seal(PurposeVault, "alice", nil, []byte("x")))
	if bytes.Equal(fresh[:headerSize], old[:headerSize]) {
		t.Error("the other process seals under the old key")
	}
	if err := a.Destroy("alice"); err != nil {
		t.Fatal(err)
	}
	for _, sealed := range [][]byte{old, fresh} {
		if _, err := b.Open(PurposeVault, "alice", nil, sealed); !errors.Is(err, ErrErased) {
			t.Errorf("the other process opens what was destroyed: %v", err)
		}
	}
}

// cutKEK fails the Nth call of Wrap, as a power failure would end a rotation.
type cutKEK struct {
	*LocalKEK
	left int
}

func (c *cutKEK) Wrap(ctx context.Context, key, aad []byte) ([]byte, error) {
	if c.left--; c.left < 0 {
		return nil, errDown
	}
	return c.LocalKEK.Wrap(ctx, key, aad)
}

// TestRotateKEK cuts the rotation of the key-encryption key short at every step;
// a new process goes on, and nothing that was sealed is lost.
func TestRotateKEK(t *testing.T) {
	k, dir := newRing(t)
	sealed := map[string][]byte{}
	for _, s := range []string{"", "alice", "bob"} {
		sealed[s] = must(t)(k.Seal(PurposeVault, s, nil, []byte("of "+s)))
	}
	root := k.MAC(PurposeDB, []byte("x"))
	path := filepath.Join(dir, "keys", "kek")
	check := func(when string) {
		t.Helper()
		k := reopen(t, dir)
		for s, value := range sealed {
			if got, err := k.Open(PurposeVault, s, nil, value); err != nil || string(got) != "of "+s {
				t.Errorf("%s: %q, %v", when, got, err)
			}
		}
		if k.MAC(PurposeDB, []byte("x")) != root {
			t.Errorf("%s: the root key is another one", when)
		}
	}
	before := must(t)(os.ReadFile(path))
	for steps := range 4 {
		file, err := OpenFileKEK(path)
		if err != nil {
			t.Fatal(err)
		}
		k, err := OpenWith(dir, &cutKEK{file, steps})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := k.RotateKEK(t.Context()); !errors.Is(err, errDown) || n != steps {
			t.Fatalf("step %d: %d rewrapped, %v", steps, n, err)
		}
		check("cut short")
	}
	running := reopen(t, dir) // with the key of the middle of the rotation
	if n, err := reopen(t, dir).RotateKEK(t.Context()); err != nil || n != 4 {
		t.Fatalf("%d rewrapped, %v", n, err)
	}
	check("done")
	after := must(t)(os.ReadFile(path))
	if len(after) != len(before) || bytes.Equal(before, after) {
		t.Error("the file does not hold one key, another one")
	}
	// A process that ran all the while makes its next key under the new one.
	must(t)(running.Seal(PurposeVault, "carol", nil, nil))
	infos, err := reopen(t, dir).List([]string{"", "alice", "bob", "carol"})
	if err != nil || len(infos) != 5 {
		t.Fatalf("%+v, %v", infos, err)
	}
	for _, i := range infos {
		if i.Wrapper != infos[0].Wrapper || i.State != StateCurrent || !i.Known {
			t.Errorf("%+v, want wrapped by %s", i, infos[0].Wrapper)
		}
	}
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if bytes.HasPrefix([]byte(e.Name()), []byte(durable.OldPrefix)) {
			t.Errorf("%s is left", e.Name())
		}
	}
}

// TestKeyMadeWhileRotating: another process rotates the key-encryption key, and
// has looked for data keys, between the wrapping of a new one and its writing.
func TestKeyMadeWhileRotating(t *testing.T) {
	_, dir := newRing(t)
	file, err := OpenFileKEK(filepath.Join(dir, "keys", "kek"))
	if err != nil {
		t.Fatal(err)
	}
	k, err := OpenWith(dir, &overtakenKEK{LocalKEK: file, overtake: file.Rotate})
	if err != nil {
		t.Fatal(err)
	}
	sealed := must(t)(k.Seal(PurposeVault, "", nil, []byte("x")))
	if err := file.Retire(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.noticeEvery = 0
	if err := k.announce(); err != nil {
		t.Fatal(err)
	}
	k.mark = "" // so that it has to read its file again
	if got := must(t)(k.Open(PurposeVault, "", nil, sealed)); string(got) != "x" {
		t.Errorf("got %q", got)
	}
}

// overtakenKEK is overtaken once, right after it wrapped.
type overtakenKEK struct {
	*LocalKEK
	overtake func(context.Context) error
}

func (o *overtakenKEK) Wrap(ctx context.Context, key, aad []byte) ([]byte, error) {
	wrapped, err := o.LocalKEK.Wrap(ctx, key, aad)
	if do := o.overtake; do != nil && err == nil {
		o.overtake = nil
		err = do(ctx)
	}
	return wrapped, err
}

// TestRewrapWithATombstone: another process destroys a key while it is rewrapped;
// the wrapped key must not come back.
func TestRewrapWithATombstone(t *testing.T) {
	k, dir := newRing(t)
	sealed := must(t)(k.Seal(PurposeVault, "alice", nil, []byte("x")))
	name := keyID(sealed[1:headerSize]).name()
	file, err := OpenFileKEK(filepath.Join(dir, "keys", "kek"))
	if err != nil {
		t.Fatal(err)
	}
	racing, err := OpenWith(dir, &destroyingKEK{LocalKEK: file, destroy: func() { k.Destroy("alice") }})
	if err != nil {
		t.Fatal(err)
	}
	if err := racing.rewrap(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	if _, err := os.Stat(filepath.Join(k.dir, name+keySuffix)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the key is there again: %v", err)
	}
}

type destroyingKEK struct {
	*LocalKEK
	destroy func()
}

func (d *destroyingKEK) Wrap(ctx context.Context, key, aad []byte) ([]byte, error) {
	d.destroy()
	return d.LocalKEK.Wrap(ctx, key, aad)
}

// TestChain moves the data keys from one key-encryption key to another.
func TestChain(t *testing.T) {
	k, dir := newRing(t)
	sealed := must(t)(k.Seal(PurposeVault, "", nil, []byte("x")))
	path := filepath.Join(t.TempDir(), "kek")
	fresh, err := NewLocalKEK("file", FileSecret(path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenWith(dir, fresh); !errors.Is(err, ErrOtherKEK) {
		t.Fatalf("opened with a key that wrapped nothing: %v", err)
	}
	old, err := OpenFileKEK(filepath.Join(dir, "keys", "kek"))
	if err != nil {
		t.Fatal(err)
	}
	k, err = OpenWith(dir, Chain{KEK: fresh, Previous: old})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := k.Rewrap(t.Context()); err != nil || n != 2 {
		t.Fatalf("%d, %v", n, err)
	}
	remove(t, filepath.Join(dir, "keys", "kek"))
	if k, err = OpenWith(dir, fresh); err != nil {
		t.Fatal(err)
	}
	if got := must(t)(k.Open(PurposeVault, "", nil, sealed)); string(got) != "x" {
		t.Errorf("got %q", got)
	}
	if name, err := k.Probe(); err != nil || name != "file "+fresh.keys[0].id {
		t.Errorf("probe: %q, %v", name, err)
	}
}

package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	k, _ := newRing(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		p, subject := purposes[rng.IntN(len(purposes))], fmt.Sprint("s", rng.IntN(5))
		aad, plain := noise(rng, rng.IntN(40)), noise(rng, rng.IntN(3000))
		sealed := must(t)(k.Seal(p, subject, aad, plain))
		if len(plain) > 8 && bytes.Contains(sealed, plain) {
			t.Fatal("plaintext shows")
		}
		got, err := k.Open(p, subject, aad, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("round %d: got %d bytes, %v", i, len(got), err)
		}
	}
}

func TestOpenNeedsTheSameIdentity(t *testing.T) {
	k, _ := newRing(t)
	sealed := must(t)(k.Seal(PurposeColumn, "alice", []byte("row 1"), []byte("value")))
	must(t)(k.Seal(PurposeColumn, "bob", nil, nil))
	must(t)(k.Seal(PurposeVault, "alice", nil, nil))
	tests := []struct {
		name    string
		p       Purpose
		subject string
		aad     string
	}{
		{"another row", PurposeColumn, "alice", "row 2"},
		{"no row", PurposeColumn, "alice", ""},
		{"another subject", PurposeColumn, "bob", "row 1"},
		{"the tenant", PurposeColumn, "", "row 1"},
		{"a subject without keys", PurposeColumn, "carol", "row 1"},
		{"another purpose", PurposeVault, "alice", "row 1"},
		{"an unknown purpose", "other", "alice", "row 1"},
	}
	for _, tt := range tests {
		if _, err := k.Open(tt.p, tt.subject, []byte(tt.aad), sealed); !errors.Is(err, ErrOpen) {
			t.Errorf("%s: got %v, want ErrOpen", tt.name, err)
		}
	}
}

func TestEveryBitCounts(t *testing.T) {
	k, _ := newRing(t)
	single := must(t)(k.Seal(PurposeToken, "alice", []byte("aad"), []byte("a token")))
	shared := must(t)(k.SealShared(PurposeToken, []string{"alice", "bob"}, []byte("aad"), []byte("a token")))
	for i := range len(single) * 8 {
		if _, err := k.Open(PurposeToken, "alice", []byte("aad"), flip(single, i)); !errors.Is(err, ErrOpen) {
			t.Fatalf("single, bit %d: got %v", i, err)
		}
	}
	for i := range len(shared) * 8 {
		if _, err := k.OpenShared(PurposeToken, []byte("aad"), flip(shared, i)); !errors.Is(err, ErrOpen) {
			t.Fatalf("shared, bit %d: got %v", i, err)
		}
	}
	for n := range shared {
		if _, err := k.OpenShared(PurposeToken, []byte("aad"), shared[:n]); !errors.Is(err, ErrOpen) {
			t.Fatalf("shared, cut at %d: got %v", n, err)
		}
	}
}

func TestSealWithIsDeterministicAndNeverReusesANonce(t *testing.T) {
	k, _ := newRing(t)
	seal := func(seed, aad, plain string) string {
		return string(must(t)(k.SealWith(PurposeCursor, "", []byte(seed), []byte(aad), []byte(plain))))
	}
	first := seal("call", "aad", "plain")
	if again := seal("call", "aad", "plain"); first != again {
		t.Fatal("the same call gives other bytes")
	}
	if _, err := k.Open(PurposeCursor, "", []byte("aad"), []byte(first)); err != nil {
		t.Fatal(err)
	}
	nonces := map[string]string{}
	for _, in := range [][3]string{{"call", "aad", "plain"}, {"calla", "ad", "plain"}, {"call", "aadp", "lain"}, {"call", "other", "plain"}, {"other", "aad", "plain"}, {"call", "aad", "other"}} {
		sealed := seal(in[0], in[1], in[2])
		nonce := sealed[headerSize : headerSize+nonceSize]
		if before, ok := nonces[nonce]; ok {
			t.Fatalf("%v shares a nonce with %v", in, before)
		}
		nonces[nonce] = fmt.Sprint(in)
	}
}

func TestReopen(t *testing.T) {
	k, dir := newRing(t)
	sealed := must(t)(k.Seal(PurposeSidecar, "alice", nil, []byte("kept")))
	with := must(t)(k.SealWith(PurposeCursor, "", []byte("seed"), nil, []byte("kept")))
	shared := must(t)(k.SealShared(PurposeSidecar, []string{"bob", "alice"}, nil, []byte("kept")))
	mac, derived := k.MAC(PurposeDB, []byte("m")), k.Derive(PurposeDB, "cipher")

	k = reopen(t, dir)
	if got, err := k.Open(PurposeSidecar, "alice", nil, sealed); err != nil || string(got) != "kept" {
		t.Fatal(got, err)
	}
	if got, err := k.OpenShared(PurposeSidecar, nil, shared); err != nil || string(got) != "kept" {
		t.Fatal(got, err)
	}
	if again := must(t)(k.SealWith(PurposeCursor, "", []byte("seed"), nil, []byte("kept"))); !bytes.Equal(again, with) {
		t.Fatal("SealWith changed over a restart")
	}
	if k.MAC(PurposeDB, []byte("m")) != mac || k.Derive(PurposeDB, "cipher") != derived {
		t.Fatal("derived keys changed over a restart")
	}
}

func TestDerivedKeysDiffer(t *testing.T) {
	k, _ := newRing(t)
	other, _ := newRing(t)
	seen := map[[32]byte]string{}
	for _, r := range []*Keyring{k, other} {
		for _, p := range append(purposes, "new") {
			for name, v := range map[string][32]byte{"mac": r.MAC(p, []byte("x")), "derive": r.Derive(p, "x"), "derive y": r.Derive(p, "y")} {
				if before, ok := seen[v]; ok {
					t.Fatalf("%s %s equals %s", p, name, before)
				}
				seen[v] = fmt.Sprint(p, name)
			}
		}
	}
}

func TestSharedIgnoresOrderAndRepetition(t *testing.T) {
	k, _ := newRing(t)
	a := must(t)(k.SealShared(PurposeSidecar, []string{"b", "a", "b"}, nil, nil))
	b := must(t)(k.SealShared(PurposeSidecar, []string{"a", "b"}, nil, nil))
	if !bytes.Equal(a[:sharedHead+2*idSize], b[:sharedHead+2*idSize]) {
		t.Fatal("headers differ")
	}
	none := must(t)(k.SealShared(PurposeSidecar, nil, nil, []byte("x")))
	if err := k.DestroyPurpose(PurposeSidecar, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := k.OpenShared(PurposeSidecar, nil, none); !errors.Is(err, ErrErased) {
		t.Fatalf("no subjects must mean the tenant: %v", err)
	}
}

func TestBounds(t *testing.T) {
	k, _ := newRing(t)
	many := make([]string, MaxSubjects+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	tests := map[string]func() ([]byte, error){
		"purpose":  func() ([]byte, error) { return k.Seal("other", "", nil, nil) },
		"subject":  func() ([]byte, error) { return k.Seal(PurposeDB, strings.Repeat("x", MaxSubject+1), nil, nil) },
		"plain":    func() ([]byte, error) { return k.Seal(PurposeDB, "", nil, make([]byte, MaxPlain+1)) },
		"subjects": func() ([]byte, error) { return k.SealShared(PurposeSidecar, many, nil, nil) },
	}
	for name, f := range tests {
		if _, err := f(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	k, dir := newRing(t)
	kek, err := OpenFileKEK(filepath.Join(dir, "keys", "kek"))
	if err != nil {
		t.Fatal(err)
	}
	must(t)(k.Seal(PurposeDB, "alice", nil, nil))
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "k", k, "kek", kek)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("m", "k", k, "kek", kek)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		fmt.Fprintf(&logged, verb+verb, k, kek)
		fmt.Fprintf(&logged, verb, struct{ K *Keyring }{k})
	}
	js, err := json.Marshal(struct{ K *Keyring }{k})
	if err != nil {
		t.Fatal(err)
	}
	logged.Write(js)
	for _, form := range []string{fmt.Sprintf("%x", k.root), fmt.Sprint(k.root)[1:20], fmt.Sprintf("%d", k.root)[1:20], "alice"} {
		if strings.Contains(logged.String(), form) {
			t.Fatalf("output holds a key or a subject: %s", logged.String())
		}
	}
}

func TestFilesTellNothing(t *testing.T) {
	k, dir := newRing(t)
	must(t)(k.Seal(PurposeSidecar, "alice.example", nil, []byte("value")))
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != dir && info.Mode().Perm() != 0o700 {
				t.Errorf("%s has mode %v", path, info.Mode().Perm())
			}
			return nil
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode().Perm())
		}
		text, err := os.ReadFile(path)
		if strings.Contains(path, "alice") || bytes.Contains(text, []byte("alice")) {
			t.Errorf("%s names the subject", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestConcurrentProcessesAgreeOnKeys(t *testing.T) {
	dir := t.TempDir()
	const processes = 8
	rings := make([]*Keyring, processes)
	sealed := make([][]byte, processes)
	var wg sync.WaitGroup
	for i := range processes {
		wg.Go(func() {
			if err := Create(dir); err != nil {
				t.Error(err)
				return
			}
			k, err := OpenKeyring(dir, "")
			if err != nil {
				t.Error(err)
				return
			}
			rings[i] = k
			if sealed[i], err = k.Seal(PurposeVault, "alice", nil, []byte("v")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i, k := range append(rings, reopen(t, dir)) {
		for j, s := range sealed {
			if _, err := k.Open(PurposeVault, "alice", nil, s); err != nil {
				t.Errorf("process %d cannot open what %d sealed: %v", i, j, err)
			}
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	k, _ := newRing(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			subject := fmt.Sprint("s", i%3)
			for range 20 {
				s, err := k.SealShared(PurposeSidecar, []string{subject, ""}, nil, []byte("x"))
				if err != nil {
					t.Error(err)
				}
				if _, err := k.OpenShared(PurposeSidecar, nil, s); err != nil && !errors.Is(err, ErrErased) {
					t.Error(err)
				}
				k.MAC(PurposeCursor, s)
			}
			if err := k.Destroy(subject); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func FuzzOpen(f *testing.F) {
	k, _ := newRing(f)
	aad, plain := []byte("aad"), []byte("plain")
	single := must(f)(k.SealWith(PurposeCursor, "", nil, aad, plain))
	shared := must(f)(k.SealShared(PurposeCursor, nil, aad, plain))
	f.Add(single)
	f.Add(shared)
	f.Add([]byte{})
	f.Add([]byte{formatShared, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if got, err := k.Open(PurposeCursor, "", aad, sealed); err == nil && (!bytes.Equal(sealed, single) || !bytes.Equal(got, plain)) {
			t.Fatal("opened what was never sealed")
		} else if err != nil && !errors.Is(err, ErrOpen) {
			t.Fatalf("got %v, want ErrOpen", err)
		}
		if _, err := k.OpenShared(PurposeCursor, aad, sealed); err == nil && !bytes.Equal(sealed, shared) {
			t.Fatal("opened what was never shared")
		} else if err != nil && !errors.Is(err, ErrOpen) {
			t.Fatalf("got %v, want ErrOpen", err)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add(keyFile{purpose: PurposeDB, generation: 1, wrapped: []byte("wrapped")}.format())
	f.Add(keyFile{purpose: PurposeDB, generation: 7, erased: true}.format())
	f.Fuzz(func(t *testing.T, text []byte) {
		if k, err := parseKey(text); err == nil && !bytes.Equal(k.format(), text) {
			t.Fatal("accepted a form that is not canonical")
		}
		if _, err := parseKEK(text); err == nil && len(text)%81 != 0 {
			t.Fatal("accepted a key-encryption key of a wrong length")
		}
	})
}

func BenchmarkSeal1KB(b *testing.B) {
	k, _ := newRing(b)
	plain := make([]byte, 1024)
	b.Run("Seal", func(b *testing.B) {
		for b.Loop() {
			k.Seal(PurposeSidecar, "alice", nil, plain)
		}
	})
	b.Run("SealWith", func(b *testing.B) {
		for b.Loop() {
			k.SealWith(PurposeCursor, "", nil, nil, plain)
		}
	})
	b.Run("SealShared", func(b *testing.B) {
		for b.Loop() {
			k.SealShared(PurposeSidecar, []string{"alice", "bob"}, nil, plain)
		}
	})
	sealed := must(b)(k.Seal(PurposeSidecar, "alice", nil, plain))
	b.Run("Open", func(b *testing.B) {
		for b.Loop() {
			k.Open(PurposeSidecar, "alice", nil, sealed)
		}
	})
	b.Run("MAC", func(b *testing.B) {
		for b.Loop() {
			k.MAC(PurposeSidecar, plain[:64])
		}
	})
}

func newRing(t testing.TB) (*Keyring, string) {
	t.Helper()
	dir := t.TempDir()
	if err := Create(dir); err != nil {
		t.Fatal(err)
	}
	return reopen(t, dir), dir
}

func reopen(t testing.TB, dir string) *Keyring {
	t.Helper()
	k, err := OpenKeyring(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func must(t testing.TB) func([]byte, error) []byte {
	return func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

func noise(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func flip(b []byte, bit int) []byte {
	out := bytes.Clone(b)
	out[bit/8] ^= 1 << (bit % 8)
	return out
}

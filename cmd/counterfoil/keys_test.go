//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/store"
)

// cards writes a statement with n different card numbers in its texts.
func cards(t *testing.T, n int) (file string, numbers []string) {
	t.Helper()
	var text strings.Builder
	text.WriteString("Date,Description,Amount,Currency\n")
	for i := range n {
		number := luhn(fmt.Sprintf("41111111%07d", i))
		numbers = append(numbers, number)
		fmt.Fprintf(&text, "2026-01-%02d,pay %s now,-1.%02d,GBP\n", i%28+1, number, i%100)
	}
	file = filepath.Join(t.TempDir(), "cards.csv")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, numbers
}

// luhn adds the check digit (ISO/IEC 7812-1, annex B).
func luhn(s string) string {
	sum := 0
	for i := range s {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return s + string(rune('0'+(10-sum%10)%10))
}

// vaultOf reads the whole vault.
func vaultOf(t *testing.T, f *folder.Folder) (all []store.Sealed) {
	t.Helper()
	s := changeable(t, f)
	var after store.Sealed
	for {
		step, err := s.Reseal(t.Context(), after, store.MaxPage, func(v *store.Sealed) ([]byte, error) {
			all = append(all, *v)
			return v.Value, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if step.Examined == 0 {
			return all
		}
		after = step.Last
	}
}

// opened opens a value of the vault.
func opened(f *folder.Folder, s *store.Sealed) ([]byte, error) {
	return f.Keys.Open(seal.PurposeVault, s.Subject, []byte(s.Token), s.Value)
}

// TestRotateUnderCalls: while keys are rotated and everything is sealed anew,
// calls and reveals answer; afterwards the old ciphertext is in no table and no
// file, and opens no more.
func TestRotateUnderCalls(t *testing.T) {
	a, _ := newApp(t)
	f, err := folder.Open(t.Context(), a.Home)
	if err != nil {
		t.Fatal(err)
	}
	file, numbers := cards(t, 1500) // more than one step
	list, err := a.statementsOf(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.ImportStatement(t.Context(), list[0], folder.ImportRequest{}, func(_, _ int64) {}); err != nil {
		t.Fatal(err)
	}
	before := vaultOf(t, f)
	if len(before) != len(numbers) {
		t.Fatalf("%d values in the vault, want %d", len(before), len(numbers))
	}

	var calls atomic.Int64
	var busy sync.WaitGroup
	stop := make(chan struct{})
	began := make(chan struct{})
	var once sync.Once
	for range 2 {
		busy.Go(func() {
			defer once.Do(func() { close(began) }) // also after a failure
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if n < 20 { // well below the budget of calls
					out, err := f.Call(t.Context(), "me", "list_accounts", []byte("{}"))
					if err != nil || out.Error != nil {
						t.Errorf("a call while keys are rotated: %+v, %v", out.Error, err)
						return
					}
				}
				got, err := f.Reveal(t.Context(), []string{before[n%len(before)].Token})
				if err != nil || got[0].Value == "" {
					t.Errorf("a reveal while keys are rotated: %+v, %v", got, err)
					return
				}
				if calls.Add(1) == 4 {
					once.Do(func() { close(began) })
				}
			}
		})
	}
	<-began
	rotated, err := f.KeysDo(t.Context(), folder.KeysRequest{Do: folder.KeysRotate, Purpose: string(seal.PurposeVault)})
	if err != nil || len(rotated.Rotated) != 1 {
		t.Fatalf("%+v, %v", rotated, err)
	}
	done, err := f.KeysDo(t.Context(), folder.KeysRequest{Do: folder.KeysReseal})
	close(stop)
	busy.Wait()
	if err != nil || done.Resealed != len(numbers) || len(done.Destroyed) != 1 || len(done.Waiting) != 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	after := vaultOf(t, f)
	for i := range before {
		if bytes.Equal(before[i].Value, after[i].Value) || !bytes.Equal(before[i].Proof, after[i].Proof) {
			t.Fatalf("value %d is as it was", i)
		}
		if _, err := opened(f, &before[i]); !errors.Is(err, seal.ErrErased) {
			t.Fatalf("old ciphertext: %v, want ErrErased", err)
		}
		if plain, err := opened(f, &after[i]); err != nil || len(plain) != 16 {
			t.Fatalf("new ciphertext: %v", err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	noFileHolds(t, a.DataDir, before[0].Value, before[len(before)-1].Value, []byte(numbers[0]))
}

// noFileHolds reads every file below a folder.
func noFileHolds(t *testing.T, dir string, secrets ...[]byte) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		for i, s := range secrets {
			if bytes.Contains(content, s) {
				t.Errorf("%s holds secret %d", filepath.Base(path), i)
			}
		}
		return err
	})
	if err != nil || files < 5 {
		t.Fatalf("%d files read, %v", files, err)
	}
}

// TestKillRotate kills rotations of data keys and of the key-encryption key at
// any moment. What is sealed opens after each, and one that is left alone ends the
// work.
func TestKillRotate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	file, numbers := cards(t, 1500)
	run(t, "import", "--yes", file, "--data", dir)
	a := appOnUnix(t, dir)
	check := func() {
		t.Helper()
		f, err := folder.Open(t.Context(), a.Home)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		all := vaultOf(t, f)
		for i := range all {
			if _, err := opened(f, &all[i]); err != nil {
				t.Fatalf("value %d of %d: %v", i, len(all), err)
			}
		}
		if len(all) != len(numbers) {
			t.Fatalf("%d values, want %d", len(all), len(numbers))
		}
	}
	for i, args := range [][]string{{"keys", "rotate", "--json"}, {"keys", "rotate", "--kek", "--json"}, {"keys", "rotate", "--json"}, {"keys", "rotate", "--kek", "--json"}} {
		var out json.RawMessage
		killed(t, time.Duration(30+25*i)*time.Millisecond, &out, append(args, "--data", dir)...)
		check()
	}
	run(t, "keys", "rotate", "--kek", "--data", dir)
	run(t, "keys", "rotate", "--finish", "--data", dir)
	check()
	var status struct {
		Keys    []keyJSON
		Another int `json:"wrapped_by_another"`
	}
	if err := json.Unmarshal([]byte(run(t, "keys", "status", "--json", "--data", dir)), &status); err != nil {
		t.Fatal(err)
	}
	for _, k := range status.Keys {
		if k.State == seal.StateRetired && k.Purpose != string(seal.PurposeSidecar) && k.Purpose != string(seal.PurposeApproval) {
			t.Errorf("%+v is left", k)
		}
	}
	if status.Another != 0 || len(status.Keys) < 2 {
		t.Errorf("%+v", status)
	}
	leftovers, err := filepath.Glob(filepath.Join(dir, "keys", "data", ".old-*"))
	if err != nil || len(leftovers) > 0 {
		t.Errorf("left: %v, %v", leftovers, err)
	}
}

// killKeysStep names the step of a rotation at which a process of the tests kills
// itself, counted from 1.
const killKeysStep = "COUNTERFOIL_TEST_KILL_KEYS_STEP"

func init() {
	at, err := strconv.Atoi(os.Getenv(killKeysStep))
	if err != nil {
		return
	}
	hooks.KeysStep = func() {
		if at--; at == 0 {
			if self, err := os.FindProcess(os.Getpid()); err == nil {
				self.Kill()
			}
			select {}
		}
	}
}

// TestKillBetweenKeySteps kills a rotation at every step in turn. Each time all
// that was sealed opens, and --finish ends the work.
func TestKillBetweenKeySteps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	file, numbers := cards(t, 1500)
	run(t, "import", "--yes", file, "--data", dir)
	a := appOnUnix(t, dir)
	for step := 1; ; step++ {
		cmd := exec.Command(os.Args[0], "keys", "rotate", "--purpose", "vault", "--data", dir)
		cmd.Env = append(os.Environ(), asCommand+"=1", killKeysStep+"="+strconv.Itoa(step))
		out, err := cmd.CombinedOutput()
		if err == nil {
			if step < 6 { // the new key, three steps through the vault, before and after destroying
				t.Errorf("it was done after %d steps\n%s", step-1, out)
			}
			return
		}
		if cmd.ProcessState.Exited() {
			t.Fatalf("step %d: it ended by itself: %v\n%s", step, err, out)
		}
		f, err := folder.Open(t.Context(), a.Home)
		if err != nil {
			t.Fatal(err)
		}
		all := vaultOf(t, f)
		for i := range all {
			if _, err := opened(f, &all[i]); err != nil {
				t.Fatalf("killed at step %d, value %d: %v", step, i, err)
			}
		}
		if err := f.Close(); err != nil || len(all) != len(numbers) {
			t.Fatalf("%d values, want %d; %v", len(all), len(numbers), err)
		}
		run(t, "keys", "rotate", "--finish", "--data", dir)
		if got := run(t, "keys", "status", "--data", dir); strings.Contains(got, seal.StateRetired) {
			t.Errorf("killed at step %d: %s", step, got)
		}
	}
}

func appOnUnix(t *testing.T, dir string) *app {
	t.Helper()
	a := &app{Home: &home.Home{UI: console.UI{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, DataDir: dir, Hooks: hooks, Now: func() time.Time { return time.Now().UTC() }}, started: true}
	if err := a.Resolve(); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestServerSealsAnew: beside a server the command leaves the work to it, and a
// server that starts goes on with what another one left.
func TestServerSealsAnew(t *testing.T) {
	a, _ := newApp(t)
	importAs(t, a.DataDir, "Alex", "pay 4111 1111 1111 1111 now")
	f, err := folder.Open(t.Context(), a.Home)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.KeysDo(t.Context(), folder.KeysRequest{Do: folder.KeysRotate, Purpose: "vault"}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, nil, &bytes.Buffer{}, "--data", a.DataDir, "--unix", "run/sock")
	s.await(t, "serving /")
	// A pass of the command's waits for the server's, whichever is first.
	if got := run(t, "keys", "rotate", "--finish", "--data", a.DataDir); strings.Contains(got, "stays") {
		t.Error(got)
	}
	if got := run(t, "keys", "rotate", "--background", "--purpose", "vault", "--json", "--data", a.DataDir); !strings.Contains(got, `"background": true`) {
		t.Error(got)
	}
	run(t, "keys", "rotate", "--finish", "--data", a.DataDir)
	if got := run(t, "keys", "status", "--data", a.DataDir); !strings.Contains(got, "vault") || strings.Contains(got, "retired") {
		t.Error(got)
	}
}

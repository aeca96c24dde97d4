package seal

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/internal/seal/locked"
)

// memoryDir makes the test binary a process that uses the keys of a folder and
// then waits to be looked at.
const memoryDir = "COUNTERFOIL_TEST_MEMORY_DIR"

// memoryUses is how often each key is used. Whatever leaves a copy of a key does
// so each time, as nothing is collected; a copy or two on a stack that was grown
// at the wrong moment is not what the test is about.
const (
	memoryUses  = 500
	memorySlack = 10
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(memoryDir); dir != "" {
		if err := useKeys(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func useKeys(dir string) error {
	k, err := OpenKeyring(dir, "")
	if err != nil {
		return err
	}
	for range memoryUses {
		sealed, err := k.SealWith(PurposeVault, "alice", []byte("seed"), nil, []byte("x"))
		if err != nil {
			return err
		}
		if _, err := k.Open(PurposeVault, "alice", nil, sealed); err != nil {
			return err
		}
		if _, err := k.SealShared(PurposeSidecar, []string{"alice", "bob"}, nil, []byte("x")); err != nil {
			return err
		}
		k.MAC(PurposeToken, []byte("x"))
		k.id(ref{PurposeVault, "alice"}, 1)
		clear(k.groups)
	}
	fmt.Println("ready", locked.All())
	io.Copy(io.Discard, os.Stdin)
	_, err = k.Seal(PurposeVault, "alice", nil, nil) // it was in use until now
	return err
}

// TestKeysInMemory looks at the memory of a process that has used its keys: the
// root key and all that is derived from keys is nowhere but in locked pages, and
// data keys themselves only where Go's AES has expanded them.
func TestKeysInMemory(t *testing.T) {
	k, dir := newRing(t)
	for _, s := range []string{"alice", "bob"} {
		must(t)(k.Seal(PurposeVault, s, nil, nil))
		must(t)(k.Seal(PurposeSidecar, s, nil, nil))
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), memoryDir+"="+dir, "GOGC=off")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); cmd.Wait() }()
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(said, "ready ") {
		t.Fatalf("it said %q, %v", said, err)
	}
	if said != "ready true\n" {
		t.Skip("this machine does not let the process lock memory")
	}
	derived, data := memoryKeys(t, dir)
	found, err := lookThrough(cmd.Process.Pid, append(derived, data...))
	if err != nil {
		t.Skipf("this machine does not let the memory of a child be read: %v", err)
	}
	for i, key := range append(derived, data...) {
		f := found[i]
		isData := i >= len(derived)
		if f.stray > memorySlack || f.expanded > 0 && !isData {
			t.Errorf("%s: %d copies in ordinary memory, %d expanded", key.name, f.stray, f.expanded)
		}
		if f.locked == 0 && !isData || f.expanded == 0 && isData {
			t.Errorf("%s was not found at all: the look proves nothing (%+v)", key.name, f)
		}
	}
}

type namedKey struct {
	name string
	key  []byte
}

// memoryKeys reads the keys of a folder: what is derived, and the data keys.
func memoryKeys(t *testing.T, dir string) (derived, data []namedKey) {
	t.Helper()
	k, err := OpenKeyring(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	raw := func(name string) []byte {
		f, err := readKey(k.dir, name)
		if err != nil {
			t.Fatal(err)
		}
		key, err := unwrap(k.kek, f, name)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	of := func(name string, key []byte, labels ...string) {
		out := make([]byte, keySize)
		expand(out, key, labels...)
		derived = append(derived, namedKey{name, out})
	}
	root := raw(rootName)
	derived = append(derived, namedKey{"root key", root})
	of("key of ids", root, "id")
	of("key of pseudonyms", root, "mac", string(PurposeToken))
	for _, r := range []ref{{PurposeVault, "alice"}, {PurposeSidecar, "alice"}, {PurposeSidecar, "bob"}} {
		name := fmt.Sprintf("data key for %s of %s", r.purpose, r.subject)
		key := raw(k.id(r, 1).name())
		data = append(data, namedKey{name, key})
		of("nonces of "+name, key, "nonce")
		of("share of "+name, key, "share")
	}
	return derived, data
}

// mapping begins what /proc/PID/smaps says of one.
var mapping = regexp.MustCompile(`^([0-9a-f]{6,15})-([0-9a-f]{6,15}) (..)`)

// maxMapping leaves out what the race detector maps for itself, in bytes.
const maxMapping = 256 << 20

// A memoryCount says where a key was found.
type memoryCount struct{ locked, expanded, stray int }

// lookThrough searches the readable memory of a process for keys, as they are and
// in base64.
func lookThrough(pid int, keys []namedKey) ([]memoryCount, error) {
	found := make([]memoryCount, len(keys))
	maps, err := os.Open(fmt.Sprintf("/proc/%d/smaps", pid))
	if err != nil {
		return nil, err
	}
	defer maps.Close()
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	var from, to int64
	var mode string
	read := false
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		if span := mapping.FindStringSubmatch(lines.Text()); span != nil {
			from, _ = strconv.ParseInt(span[1], 16, 64)
			to, _ = strconv.ParseInt(span[2], 16, 64)
			mode = span[3]
			continue
		}
		flags, ok := strings.CutPrefix(lines.Text(), "VmFlags:")
		if !ok || mode != "rw" || to-from > maxMapping {
			continue
		}
		text := make([]byte, to-from)
		if _, err := mem.ReadAt(text, from); err != nil {
			continue // the kernel's own
		}
		read = true
		for i, k := range keys {
			found[i].count(text, k.key, strings.Contains(flags+" ", " lo "))
		}
	}
	if !read {
		return nil, os.ErrPermission
	}
	return found, nil
}

func (c *memoryCount) count(text, key []byte, locked bool) {
	word := base64.StdEncoding.EncodeToString(key)
	c.stray += bytes.Count(text, []byte(word[:len(word)-2]))
	schedule := secondRound(key)
	for at := bytes.Index(text, key); at >= 0; {
		switch rest := text[at+len(key):]; {
		case locked:
			c.locked++
		case bytes.HasPrefix(rest, schedule):
			c.expanded++
		default:
			c.stray++
		}
		next := bytes.Index(text[at+1:], key)
		if next < 0 {
			return
		}
		at += 1 + next
	}
}

// secondRound is what follows a key of 32 bytes in its expansion (FIPS 197, 5.2):
// the first word of the next round.
func secondRound(key []byte) []byte {
	last := [4]byte(key[28:])
	rotated := []byte{last[1], last[2], last[3], last[0]}
	out := make([]byte, 4)
	for i := range out {
		out[i] = key[i] ^ sbox(rotated[i])
	}
	out[0] ^= 1
	return out
}

// sbox is the substitution of AES (FIPS 197, 5.1.1).
func sbox(b byte) byte {
	var inverse byte
	for c := 1; c < 256 && b != 0; c++ {
		if times(b, byte(c)) == 1 {
			inverse = byte(c)
		}
	}
	out := byte(0x63)
	for i := range 5 {
		out ^= inverse<<i | inverse>>(8-i)
	}
	return out
}

// times multiplies in the field of AES.
func times(a, b byte) (out byte) {
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			out ^= a
		}
		carry := a >> 7
		a = a<<1 ^ carry*0x1b
	}
	return out
}

func TestSBox(t *testing.T) {
	if sbox(0) != 0x63 || sbox(0x53) != 0xed || sbox(0xff) != 0x16 {
		t.Error("not the substitution of FIPS 197")
	}
}

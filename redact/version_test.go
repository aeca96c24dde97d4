package redact_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
)

var update = flag.Bool("update", false, "pin what the redactor makes of testdata/version to its version")

// The pinned corpus: one quoted text a line, with the known value pinnedKnown;
// and the version together with the digest of what it makes of them.
const (
	pinnedTexts  = "testdata/version/texts.txt"
	pinnedDigest = "testdata/version/digest.txt"
	pinnedKnown  = "12087120"
)

// TestVersion fails when the redactor finds something else in the pinned texts
// though its version stays the same: stores would not know that what they hold
// is outdated.
func TestVersion(t *testing.T) {
	got := behaviour(t)
	raw, err := os.ReadFile(pinnedDigest)
	if err != nil {
		t.Fatal(err)
	}
	var version int
	var want string
	if _, err := fmt.Sscan(string(raw), &version, &want); err != nil {
		t.Fatal(err)
	}
	switch {
	case got == want && version == redact.Version:
	case version == redact.Version:
		t.Errorf("the redactor makes something else of %s than version %d did: raise redact.Version to %d, then run go test ./redact -run TestVersion -update", pinnedTexts, version, version+1)
	case *update:
		if err := os.WriteFile(pinnedDigest, fmt.Appendf(nil, "%d %s\n", redact.Version, got), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("version %d is not pinned yet (%d is): run go test ./redact -run TestVersion -update", redact.Version, version)
	}
}

// behaviour returns the digest of all that is made of the pinned texts, read as
// texts and as JSON strings, and of what is found.
func behaviour(t *testing.T) string {
	t.Helper()
	f, err := os.Open(pinnedTexts)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := newRedactor(t, pinnedKnown)
	sum := sha256.New()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		in, err := strconv.Unquote(lines.Text())
		if err != nil {
			t.Fatalf("%s:%d: %v", pinnedTexts, n, err)
		}
		out, found, err := r.Text(nil, []byte(in))
		fmt.Fprintf(sum, "%q %v %v\n", out, found, err)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

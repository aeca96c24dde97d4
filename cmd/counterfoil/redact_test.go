package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// redactRun runs `redact` on a text.
func redactRun(t *testing.T, in string, args ...string) (code int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Main(t.Context(), append([]string{"redact"}, args...), strings.NewReader(in), &stdout, &stderr, nil)
	if code != exit.OK && code != exit.Found {
		return code, stderr.String()
	}
	return code, stdout.String()
}

// cutDocument hides one card in ways that only a reader of JSON sees.
const cutDocument = `{"k":"a \u0034111 1111 1111 1111","n":4111111111111111,"e":41111111111111.11e2,` +
	`"deep":{"m":4111111111111111000e-3,"arr":["4111","1111","1111","1111"]},"t":true,"x":null,"s":"q\"z"}`

// TestRedactCutJSON: a JSON document that is cut off anywhere keeps nothing of
// what the whole one would lose, and each line gives a line.
func TestRedactCutJSON(t *testing.T) {
	var in strings.Builder
	for i := range len(cutDocument) + 1 {
		fmt.Fprintf(&in, "%s\n", cutDocument[:i])
	}
	code, out := redactRun(t, in.String(), "--lines")
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if code != exit.Found || len(lines) != len(cutDocument)+1 {
		t.Fatalf("exit code %d, %d lines of %d", code, len(lines), len(cutDocument)+1)
	}
	for i, line := range lines {
		for _, whole := range []string{`\u0034111 1111 1111 1111`, `"n":4111111111111111`, "4111111111111111000e-3", "41111111111111.11e2", `"4111","1111","1111","1111"`} {
			end := strings.Index(cutDocument, whole) + len(whole)
			if i > end && strings.Contains(line, whole) {
				t.Errorf("cut at %d, %q survives: %s", i, whole, line)
			}
		}
	}
}

// TestRedactLines: whatever the lines are, as many come out as went in, with
// their ends, and what cannot be examined goes as a whole.
func TestRedactLines(t *testing.T) {
	deep := strings.Repeat("[", 9000) + "4111111111111111" + strings.Repeat("]", 9000)
	in := []string{"", "a\r", "\r\r", "4111 1111 1111 1111\r", deep, "\uFEFF{\"a\":4111111111111111}", "\xff\xfe\x00", "{", "41111111111111.11e2", `{"a":1} {"b":4.00000000000001e15}`, "end"}
	code, out := redactRun(t, strings.Join(in, "\n"), "--lines")
	got := strings.Split(out, "\n")
	if code != exit.Found || len(got) != len(in) {
		t.Fatalf("exit code %d, %d lines of %d: %q", code, len(got), len(in), out)
	}
	for i, want := range []string{"", "a\r", "\r\r", "CARD_", `"OPAQUE_`, "\uFEFF{\"a\":\"CARD_", "\xff\xfe\x00", "{", `"CARD_`, `{"a":1} {"b":"CARD_`, "end"} {
		if !strings.HasPrefix(got[i], want) || strings.HasSuffix(in[i], "\r") != strings.HasSuffix(got[i], "\r") {
			t.Errorf("line %d is %q, want %q", i+1, got[i], want)
		}
	}
	if code, out := redactRun(t, deep); code != exit.Input || strings.Contains(out, "4111") {
		t.Errorf("a document that is nested too deep: exit code %d, %s", code, out)
	}
}

// TestRedactKnownLine: the error names the line that a person sees.
func TestRedactKnownLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known")
	if err := os.WriteFile(file, []byte("# accounts\n\n"+strings.Repeat("x", 9<<10)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := redactRun(t, "x", "--known", file); code != exit.Input || !strings.Contains(out, "line 3 ") {
		t.Errorf("exit code %d, %s", code, out)
	}
}

// TestRedactKnownEntities: a known value has the token that the detectors would
// give it, and what is too short to be looked for is told.
func TestRedactKnownEntities(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known")
	list := "\uFEFFGB82 WEST 1234 5698 7654 32\r\n55779911\r\n12345\r\nalice@example.com\r\nabc\r\nxk29-hunter\r\n"
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	in := "gb82west12345698765432 5577-9911 alice@example.com xk29hunter"
	code := Main(t.Context(), []string{"redact", "--known", file}, strings.NewReader(in), &stdout, &stderr, nil)
	out := stdout.String()
	if code != exit.Found || !regexp.MustCompile(`IBAN_[A-Z]{14} ACCT_[A-Z]{14} EMAIL_[A-Z]{14} SECRET_[A-Z]{14}`).MatchString(out) {
		t.Errorf("exit code %d, %s", code, out)
	}
	if !strings.Contains(stderr.String(), "line 3, 5 is not looked for") {
		t.Errorf("what is too short is not told: %s", &stderr)
	}
}

// TestRedactNumber: a document that is one number may hide digits behind an exponent.
func TestRedactNumber(t *testing.T) {
	for in, want := range map[string]string{"4.00000000000001e15\n": `"CARD_`, "-4111111111111111": "-CARD_", "1.5e3": "1.5e3"} {
		if _, out := redactRun(t, in); !strings.HasPrefix(out, want) {
			t.Errorf("%q gives %q, want %s", in, out, want)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// TestRedactBlames: what cannot be read or written is told as that, and names of
// files that are numbers are not told.
func TestRedactBlames(t *testing.T) {
	var errs bytes.Buffer
	for _, args := range [][]string{{"redact"}, {"redact", "--lines"}, {"redact", "--report"}} {
		errs.Reset()
		if code := Main(t.Context(), args, strings.NewReader("some text\n"), full{}, &errs, nil); code != exit.Data || !strings.Contains(errs.String(), "disk is full") {
			t.Errorf("%v to a full disk: exit code %d, %s", args, code, &errs)
		}
	}
	for _, args := range [][]string{{}, {"--lines"}} {
		if code, out := redactRun(t, "", append(args, t.TempDir())...); code != exit.Input || !strings.Contains(out, "is a folder") {
			t.Errorf("a folder: exit code %d, %s", code, out)
		}
	}
	missing := filepath.Join(t.TempDir(), "4111111111111111.txt")
	if code, out := redactRun(t, "", missing); code != exit.Input || strings.Contains(out, "4111") || !strings.Contains(out, "CARD_") {
		t.Errorf("a name that is a card: exit code %d, %s", code, out)
	}
	if code, out := redactRun(t, "", "--4111111111111111"); code != exit.Usage || strings.Contains(out, "1111") {
		t.Errorf("a flag that is a card: exit code %d, %s", code, out)
	}
}

// TestRedactKnownWide: known values in UTF-16 are known, and a list that is no
// text is refused.
func TestRedactKnownWide(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known")
	for raw, want := range map[string]int{"\xff\xfe1\x002\x003\x004\x005\x006\x007\x008\x00": exit.Found, "a\x00\x00b": exit.Input} {
		if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out := redactRun(t, "x 12345678 y", "--known", file); code != want {
			t.Errorf("%q: exit code %d, want %d: %s", raw, code, want, out)
		}
	}
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// redactRun runs `redact` on a text.
func redactRun(t *testing.T, in string, args ...string) (code int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Main(t.Context(), append([]string{"redact"}, args...), strings.NewReader(in), &stdout, &stderr, nil)
	if code != exitOK && code != exitFound {
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
	if code != exitFound || len(lines) != len(cutDocument)+1 {
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
	in := []string{"", "a\r", "\r\r", "4111 1111 1111 1111\r", deep, "\uFEFF{\"a\":4111111111111111}", "\xff\xfe\x00", "{", "41111111111111.11e2", "end"}
	code, out := redactRun(t, strings.Join(in, "\n"), "--lines")
	got := strings.Split(out, "\n")
	if code != exitFound || len(got) != len(in) {
		t.Fatalf("exit code %d, %d lines of %d: %q", code, len(got), len(in), out)
	}
	for i, want := range []string{"", "a\r", "\r\r", "CARD_", `"OPAQUE_`, "\uFEFF{\"a\":\"CARD_", "\xff\xfe\x00", "{", `"CARD_`, "end"} {
		if !strings.HasPrefix(got[i], want) || strings.HasSuffix(in[i], "\r") != strings.HasSuffix(got[i], "\r") {
			t.Errorf("line %d is %q, want %q", i+1, got[i], want)
		}
	}
	if code, out := redactRun(t, deep); code != exitInput || strings.Contains(out, "4111") {
		t.Errorf("a document that is nested too deep: exit code %d, %s", code, out)
	}
}

// TestRedactKnownLine: the error names the line that a person sees.
func TestRedactKnownLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known")
	if err := os.WriteFile(file, []byte("# accounts\n\n"+strings.Repeat("x", 9<<10)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := redactRun(t, "x", "--known", file); code != exitInput || !strings.Contains(out, "line 3 ") {
		t.Errorf("exit code %d, %s", code, out)
	}
}

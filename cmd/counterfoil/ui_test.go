package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

func TestDocumentDrivesNoTerminal(t *testing.T) {
	text := "a\x1b[2Jb\u009b2Jc\u202ed\u200be\U000e0041f\x7f & <é>"
	var out bytes.Buffer
	u := ui{out: &out}
	if err := u.document(map[string]string{"k": text}); err != nil {
		t.Fatal(err)
	}
	for _, r := range out.String() {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Errorf("%U gets through", r)
		}
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["k"] != text {
		t.Errorf("reads back as %q, %v", back["k"], err)
	}
	if !strings.Contains(out.String(), "& <é>") {
		t.Errorf("harmless text was escaped: %s", out.String())
	}
}

func TestTableDrivesNoTerminal(t *testing.T) {
	var out bytes.Buffer
	u := ui{out: &out}
	u.table([]string{"A", "B"}, [][]string{{"x\x1b[31m\ny", "z\u202e"}})
	if got, want := out.String(), "A        B\nx[31m y  z\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// TestOutputFails: a result that could not be written is no success.
func TestOutputFails(t *testing.T) {
	var errs bytes.Buffer
	if code := Main(context.Background(), []string{"version"}, nil, brokenWriter{}, &errs, nil); code != exit.Internal || errs.Len() == 0 {
		t.Errorf("exit code %d, said %q", code, errs.String())
	}
}

// TestConcurrentTokens: of commands that edit the config at the same time
// none undoes another's edit.
func TestConcurrentTokens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	var mu sync.Mutex
	added := map[string]bool{}
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		wg.Go(func() {
			var out, errs bytes.Buffer
			switch code := Main(context.Background(), []string{"token", "add", name, "--data", dir}, nil, &out, &errs, nil); code {
			case exit.OK:
				mu.Lock()
				added[name] = true
				mu.Unlock()
			case exit.Data:
			default:
				t.Errorf("exit code %d: %s", code, errs.String())
			}
		})
	}
	wg.Wait()
	if len(added) == 0 {
		t.Error("none succeeded")
	}
	list := run(t, "token", "list", "--data", dir)
	for name := range added {
		if !strings.Contains(list, "\n"+name+" ") {
			t.Errorf("%s is lost:\n%s", name, list)
		}
	}
}

// TestSaidIsSafe: names and words that are passed on are redacted; what this
// program says itself stays.
func TestSaidIsSafe(t *testing.T) {
	for in, want := range map[string]string{
		"redact.actions.secret: want token, mask or drop":          "redact.actions.secret: want token, mask or drop",
		"no such principal alice@example.com":                      "no such principal alice@example.com",
		"reading: open /tmp/x_4111111111111111.csv: no such file":  "reading: open /tmp/x_CARD_",
		"TESCO ACCT_QXKWMTRBZAPLNE":                                "TESCO ACCT_QXKWMTRBZAPLNE",
		"dial postgres://app:hunter2Xk29@db.internal/x: refused":   "dial postgres://SECRET_",
		"unknown flag: --GB82WEST12345698765432":                   "unknown flag: --IBAN_",
		"wrote /home/a/.local/share/counterfoil/keys/operator.key": "wrote /home/a/.local/share/counterfoil/keys/operator.key",
	} {
		if got := safe(in); !strings.HasPrefix(got, want) || strings.HasSuffix(want, "_") == (got == in) {
			t.Errorf("%q is said as %q, want %q", in, got, want)
		}
	}
}

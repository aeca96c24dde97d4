package console

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

func TestDocumentDrivesNoTerminal(t *testing.T) {
	text := "a\x1b[2Jb\u009b2Jc\u202ed\u200be\U000e0041f\x7f & <é>"
	var out bytes.Buffer
	u := UI{Out: &out}
	if err := u.Document(map[string]string{"k": text}); err != nil {
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
	u := UI{Out: &out}
	u.Table([]string{"A", "B"}, [][]string{{"x\x1b[31m\ny", "z\u202e"}})
	if got, want := out.String(), "A        B\nx[31m y  z\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
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
		if got := Safe(in); !strings.HasPrefix(got, want) || strings.HasSuffix(want, "_") == (got == in) {
			t.Errorf("%q is said as %q, want %q", in, got, want)
		}
	}
}

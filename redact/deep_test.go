package redact_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
)

// TestLogsStay: the times of logs are no account numbers, and lines whose marks read
// as escapes of each other over and over do not go as a whole.
func TestLogsStay(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`73.172.245.186 - - [20/Feb/2026:20:52:19 +0000] "POST /index.html HTTP/1.1" 400 8258 "-" "curl/8.5.0"`,
		`10.0.0.1 - - [23/Apr/2026:04:58:56 +0000] "GET /a.png HTTP/1.1" 300 5504`, "at 20:50:59 4512345", "01/01/2026:23:25:30 -0500",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
	for _, in := range []string{":59:12345678", ":20:x\n:59:12-345-678"} {
		if got := text(t, r, in); !strings.Contains(got, "ACCT_") {
			t.Errorf("%q stays", in)
		}
	}
	for _, kind := range corpus.Logs {
		if in := string(kind.Text(5, 40<<10)); kind.Name != "base64" && len(text(t, r, in)) < len(in)*9/10 {
			t.Errorf("%s: of %d bytes %d are left", kind.Name, len(in), len(text(t, r, in)))
		}
	}
}

// TestDeepWords: what may be encoded more often than is opened goes, and what
// stands around it stays.
func TestDeepWords(t *testing.T) {
	r := newRedactor(t)
	code := base64.StdEncoding.EncodeToString([]byte("pay 4111 1111 1111 1111 now or never"))
	deep := code
	for range 4 {
		deep = url.QueryEscape("=" + deep)
	}
	got := text(t, r, "five o'clock, id 5d56d875-4ce8-49c0-8015-1b25398f44f7: "+deep+" and so on")
	if !strings.HasPrefix(got, "five o'clock, id 5d56d875-4ce8-49c0-8015-1b25398f44f7: ") || !strings.HasSuffix(got, " and so on") || strings.Contains(got, code[10:20]) {
		t.Errorf("%q -> %q", deep, got)
	}
}

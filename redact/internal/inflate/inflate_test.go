package inflate

import (
	"bytes"
	"compress/flate"
	"strings"
	"testing"
)

// pack returns a text as raw deflate data.
func pack(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestText(t *testing.T) {
	var r Reader
	short, long := "account 55779911", strings.Repeat("account 55779911, sort code 20-00-00; ", 40)
	for _, text := range []string{short, long, short} {
		raw := pack(t, text)
		if !Begins(raw) {
			t.Errorf("%.20q… does not begin", text)
		}
		if got := r.Text(raw, 1<<20); string(got) != text {
			t.Errorf("%.20q… reads %.20q…", text, got)
		}
	}
	raw := pack(t, long)
	if got := r.Text(raw, 20); string(got) != long[:20] {
		t.Errorf("of 20 bytes at most: %q", got)
	}
	if got := r.Text(raw[:len(raw)-3], 1<<20); len(got) < 16 || !strings.HasPrefix(long, string(got)) {
		t.Errorf("without its end: %.20q…", got)
	}
	if got := r.Text([]byte("\xff\xff\xff\xff\xff\xff"), 1<<20); got != nil {
		t.Errorf("no deflate data: %q", got)
	}
}

// TestForget: nothing of what was read stays in memory that the reader keeps.
func TestForget(t *testing.T) {
	var r Reader
	r.Text(pack(t, "account 55779911"), 1<<20)
	kept := r.unpacked.Bytes()
	r.Forget(1 << 20)
	if bytes.Contains(kept[:cap(kept)], []byte("5577")) || r.flate != nil {
		t.Error("the text is still there")
	}
}

// TestBegins: what is too short, or whose first symbols are no text, is not read.
func TestBegins(t *testing.T) {
	for _, raw := range [][]byte{nil, {3}, []byte("short"), pack(t, "\x01\x02\x03\x04\x05\x06\x07\x08"), bytes.Repeat([]byte{0xFF}, 64)} {
		if Begins(raw) {
			t.Errorf("% x begins", raw)
		}
	}
}

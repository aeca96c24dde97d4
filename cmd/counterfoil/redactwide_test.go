package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/document"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/ingest"
)

// TestRedactWide: a text of two or four bytes a character is read as what it
// says, and stays in its encoding.
func TestRedactWide(t *testing.T) {
	const in = "card ４１１１１１１１１１１１１１１１ bye\n"
	for name, enc := range map[string]encoding.Encoding{
		"UTF-16LE": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16BE": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"UTF-32LE": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "UTF-32BE": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
	} {
		for _, mark := range []string{"\uFEFF", ""} {
			if mark == "" && strings.HasPrefix(name, "UTF-32") {
				continue
			}
			for _, flag := range []string{"--lines=false", "--lines"} {
				raw, err := enc.NewEncoder().String(mark + in)
				if err != nil {
					t.Fatal(err)
				}
				code, out := redactRun(t, raw, flag)
				got, err := enc.NewDecoder().String(out)
				if err != nil || code != exit.Found || !strings.HasPrefix(got, mark+"card CARD_") || !strings.HasSuffix(got, " bye\n") {
					t.Errorf("%s %s: exit code %d, %q (%v)", name, flag, code, got, err)
				}
			}
		}
	}
}

// TestRedactMixed: what begins as UTF-16 and goes on in ASCII does not get past as the
// characters that it would be; a text in UTF-16 of any language does.
func TestRedactMixed(t *testing.T) {
	long := strings.Repeat("x ", 3*document.WideBlock)
	for _, in := range []string{
		"\xFF\xFE 4111111111111111 ", "\xFE\xFF4111111111111111", "\xFF\xFEcard 4111-1111-1111-1111\n", "\xFF\xFE{\"iban\":\"DE89370400440532013000\"}",
		"\xFF\xFE" + long + "4111111111111111" + long, "\xFF\xFEpassword=Tr0ub4dor&3x", strings.Repeat("a\x00", document.WideSample/2) + " 4111111111111111",
	} {
		for _, flag := range []string{"--lines=false", "--lines"} {
			var stdout, stderr bytes.Buffer
			code := Main(t.Context(), []string{"redact", flag}, strings.NewReader(in), &stdout, &stderr, nil)
			out := stdout.String()
			if code != exit.Input || !strings.Contains(stderr.String(), "another encoding") || strings.Contains(out, "1111") || strings.Contains(out, "7040") || strings.Contains(out, "4dor") {
				t.Errorf("%.40q %s: exit code %d, %.80q, %s", in, flag, code, out, &stderr)
			}
		}
	}
	for _, in := range []string{
		"Überweisung über 12.345,67 € am 5. März", "Оплата по счёту за август абвгдежзий", "付款金額 壹仟貳佰叁拾肆元 中国銀行股份有限公司 一二三", "こんにちは、お支払い金額は1234円です。ありがとうございました", "계좌 이체 금액 안녕하세요", "ชำระเงิน สวัสดี",
	} {
		for _, enc := range []encoding.Encoding{unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)} {
			raw, err := enc.NewEncoder().String("\uFEFF" + strings.Repeat(in+"\n", 2*document.WideBlock/len(in)))
			if err != nil {
				t.Fatal(err)
			}
			if code, out := redactRun(t, raw); code != 0 || out != raw {
				t.Errorf("%s: exit code %d, %t", in, code, out == raw)
			}
		}
	}
}

// TestRedactSequence: JSON documents that follow each other are redacted each by
// itself and stay JSON.
func TestRedactSequence(t *testing.T) {
	for _, in := range []string{
		"{\"n\":4.111111111111111e15}\n{\"pan\":[\"4111\",\"1111\",\"1111\",\"1111\"]}\n{\"m\":\"clean\"}\n",
		"{\n \"n\": 4111111111111111\n}\n{\"pan\":[4111,1111,1111,1111]}{\"m\":1}",
		"{\"pad\":\"" + strings.Repeat("word ", document.MaxPeek/4) + "\"}\n{\"n\":41111111111111.11e2}\n",
	} {
		code, out := redactRun(t, in)
		want, got := json.NewDecoder(strings.NewReader(in)), json.NewDecoder(strings.NewReader(out))
		for want.More() {
			var a, b any
			if err := want.Decode(&a); err != nil {
				t.Fatal(err)
			}
			if err := got.Decode(&b); err != nil {
				t.Fatalf("%.60q -> %.200q: %v", in, out, err)
			}
		}
		if code != exit.Found || strings.Contains(out, "1111") || got.More() {
			t.Errorf("exit code %d, %.200q", code, out)
		}
	}
	if code, out := redactRun(t, "[4111 1111]\n[1111 1111] x"); code != exit.Found || strings.Contains(out, "1111") {
		t.Errorf("text that begins like JSON: exit code %d, %q", code, out)
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

// TestReportCollisions: an import says if values share a token.
func TestReportCollisions(t *testing.T) {
	if got := reportNotes(ingest.Report{Collisions: 2}); !strings.Contains(got, "2 values that share a token") {
		t.Errorf("the report says %q", got)
	}
	if got := reportsJSON([]ingest.Report{{Collisions: 2}}); got[0].Shared != 2 {
		t.Errorf("the report for machines says %d", got[0].Shared)
	}
}

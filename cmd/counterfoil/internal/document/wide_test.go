package document

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// TestWide: a text of two or four bytes a character is read as what it
// says, and stays in its encoding.
func TestWide(t *testing.T) {
	const in = "card ４１１１１１１１１１１１１１１１ bye\n"
	for name, enc := range map[string]encoding.Encoding{
		"UTF-16LE": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16BE": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"UTF-32LE": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "UTF-32BE": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
	} {
		for _, mark := range []string{"\uFEFF", ""} {
			if mark == "" && strings.HasPrefix(name, "UTF-32") {
				continue
			}
			for _, lines := range []bool{false, true} {
				raw, err := enc.NewEncoder().String(mark + in)
				if err != nil {
					t.Fatal(err)
				}
				out, found, err := of(t, strings.NewReader(raw), lines)
				if err != nil {
					t.Fatal(err)
				}
				got, err := enc.NewDecoder().String(out)
				if err != nil || !found || !strings.HasPrefix(got, mark+"card CARD_") || !strings.HasSuffix(got, " bye\n") {
					t.Errorf("%s, lines %t: found %t, %q (%v)", name, lines, found, got, err)
				}
			}
		}
	}
}

// TestMixed: what begins as UTF-16 and goes on in ASCII does not get past as the
// characters that it would be; a text in UTF-16 of any language does.
func TestMixed(t *testing.T) {
	long := strings.Repeat("x ", 3*wideBlock)
	for _, in := range []string{
		"\xFF\xFE 4111111111111111 ", "\xFE\xFF4111111111111111", "\xFF\xFEcard 4111-1111-1111-1111\n", "\xFF\xFE{\"iban\":\"DE89370400440532013000\"}",
		"\xFF\xFE" + long + "4111111111111111" + long, "\xFF\xFEpassword=Tr0ub4dor&3x", strings.Repeat("a\x00", wideSample/2) + " 4111111111111111",
	} {
		for _, lines := range []bool{false, true} {
			out, _, err := of(t, strings.NewReader(in), lines)
			if !errors.Is(err, errMixed) || exit.Classify(err, false, true).Code != exit.Input || strings.Contains(out, "1111") || strings.Contains(out, "7040") || strings.Contains(out, "4dor") {
				t.Errorf("%.40q, lines %t: %.80q, %v", in, lines, out, err)
			}
		}
	}
	for _, in := range []string{
		"Überweisung über 12.345,67 € am 5. März", "Оплата по счёту за август абвгдежзий", "付款金額 壹仟貳佰叁拾肆元 中国銀行股份有限公司 一二三", "こんにちは、お支払い金額は1234円です。ありがとうございました", "계좌 이체 금액 안녕하세요", "ชำระเงิน สวัสดี",
	} {
		for _, enc := range []encoding.Encoding{unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)} {
			raw, err := enc.NewEncoder().String("\uFEFF" + strings.Repeat(in+"\n", 2*wideBlock/len(in)))
			if err != nil {
				t.Fatal(err)
			}
			if out, found, err := of(t, strings.NewReader(raw), false); found || err != nil || out != raw {
				t.Errorf("%s: found %t, %v, the same %t", in, found, err, out == raw)
			}
		}
	}
}

// TestSequence: JSON documents that follow each other are redacted each by
// itself and stay JSON.
func TestSequence(t *testing.T) {
	for _, in := range []string{
		"{\"n\":4.111111111111111e15}\n{\"pan\":[\"4111\",\"1111\",\"1111\",\"1111\"]}\n{\"m\":\"clean\"}\n",
		"{\n \"n\": 4111111111111111\n}\n{\"pan\":[4111,1111,1111,1111]}{\"m\":1}",
		"{\"pad\":\"" + strings.Repeat("word ", maxPeek/4) + "\"}\n{\"n\":41111111111111.11e2}\n",
	} {
		out, found, err := of(t, strings.NewReader(in), false)
		if err != nil {
			t.Fatal(err)
		}
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
		if !found || strings.Contains(out, "1111") || got.More() {
			t.Errorf("found %t, %.200q", found, out)
		}
	}
	if out, found, err := of(t, strings.NewReader("[4111 1111]\n[1111 1111] x"), false); !found || err != nil || strings.Contains(out, "1111") {
		t.Errorf("text that begins like JSON: found %t, %q, %v", found, out, err)
	}
}

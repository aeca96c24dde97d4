package redact_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// TestEscapedWords: of the digits in the escape sequences of a sentence detectors make no
// number; what the sequences stand for is found.
func TestEscapedWords(t *testing.T) {
	r := newRedactor(t)
	each := func(format string) func(string) string {
		return func(s string) (out string) {
			for _, c := range s {
				out += fmt.Sprintf(format, c)
			}
			return out
		}
	}
	bytes := func(format string) func(string) string {
		return func(s string) (out string) {
			for _, c := range []byte(s) {
				out += fmt.Sprintf(format, c)
			}
			return out
		}
	}
	for _, spell := range []func(string) string{
		each("&#%d;"), each("&#x%X;"), each("%%u%04X"), each(`\u{%x}`), each(`\x{%04x}`),
		bytes("%%%02X"), bytes("%%25%02X"), bytes("=%02X"), bytes(`\x%02x`),
		func(s string) string { return strings.TrimSpace(hex.EncodeToString([]byte(s))) },
		func(s string) string { return strings.TrimSuffix(bytes("%02x ")(s), " ") },
		func(s string) string { return strings.TrimSuffix(bytes("%02x:")(s), ":") },
	} {
		for _, words := range []string{
			"please pay the invoice for november before the quick brown fox jumps over", "quarterly report shipping delivery update notification warehouse", "meeting agenda budget review support ticket",
			"тестовая история категория главная", "привет это страница документации сервера",
		} {
			if in := spell(words); text(t, r, in) != in {
				t.Errorf("%q: %q -> %q", words, in, text(t, r, in))
			}
		}
		if out := text(t, r, spell("please pay 4539578763621486 before noon")); !strings.Contains(out, "CARD_") {
			t.Errorf("%q", out)
		}
	}
	// marks of such sequences between the groups of a number
	for _, in := range []string{"%45%39%57%87%63%62%14%86", "&#4539;&#5787;&#6362;&#1486;", "45 39 57 87 63 62 14 86", "=45=39=57=87=63=62=14=86", "4539%5787%6362%1486", "%B4916109653365522^LEE/ANN^28122012704033396?", "abc4539578763621486def", "&#x42;&#x34;&#x39;&#x31;&#x36;&#x31;&#x30;&#x39;&#x36;&#x35;&#x33;&#x33;&#x36;&#x35;&#x35;&#x32;&#x32;&#x5E;&#x4C;&#x45;&#x45;"} {
		if out := text(t, r, in); !strings.Contains(out, "CARD_") {
			t.Errorf("%q -> %q", in, out)
		}
	}
}

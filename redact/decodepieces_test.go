package redact_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

const visaVaried = "4556737586899855"

// TestEven finds what was encoded and then cut into pieces of one length.
func TestEven(t *testing.T) {
	r := newRedactor(t)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprint(w, visaVaried)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	perByte := func(form string) (out string) {
		for _, c := range []byte(visaVaried) {
			out += fmt.Sprintf(form, c)
		}
		return out
	}
	encodings := map[string]string{
		"base64":            base64.StdEncoding.EncodeToString([]byte(visaVaried)),
		"base64url":         base64.RawURLEncoding.EncodeToString([]byte(visaVaried)),
		"base64, capitals":  base64.StdEncoding.EncodeToString([]byte("502090501962048503")),
		"base64 of an IBAN": base64.StdEncoding.EncodeToString([]byte("GB82WEST12345698765432")),
		"gzip":              base64.StdEncoding.EncodeToString(packed.Bytes()),
		"hex":               hex.EncodeToString([]byte(visaVaried)),
		"percent":           perByte("%%%02X"),
		`\u`:                perByte(`\u%04x`),
		`\x`:                perByte(`\x%02x`),
		"entities":          perByte("&#%d;"),
		"quoted-printable":  perByte("=%02X"),
	}
	for name, coded := range encodings {
		for _, sep := range []string{" ", " - ", "-", ".", ",", ":", "|", "_", "\n", "\t", "~", ";", "\u2009", "\u00a0", "\u3000", "\u2013"} {
			for size := 1; size <= 6; size++ {
				if strings.Contains(coded, sep) {
					continue
				}
				text := "pay " + strings.Join(pieces(coded, size), sep) + " now"
				if out, found, err := r.Text(nil, []byte(text)); err != nil || len(found) == 0 {
					t.Errorf("%s in pieces of %d by %q: %q became %q, %v", name, size, sep, text, out, err)
				}
			}
		}
	}
	for _, text := range []string{"with your next bill from Ohm 12", "10 20 30 40 50 60", "1, 2, 3, 4, 5, 6", "a b c d e f g h i j k l", "12:30:45 17:05:09", "aa:bb:cc:dd:ee:f1", "ABC DEF GHI JKL 12"} {
		if out, found, err := r.Text(nil, []byte(text)); err != nil || string(out) != text {
			t.Errorf("%q became %q: %v %v", text, out, found, err)
		}
	}
}

// pieces cuts a text into pieces of so many bytes.
func pieces(s string, size int) (out []string) {
	for ; len(s) > size; s = s[size:] {
		out = append(out, s[:size])
	}
	return append(out, s)
}

// TestGzipApart finds what was compressed, and of which marks divide the encoded text
// anywhere, once or often: how it begins tells what it is.
func TestGzipApart(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprint(w, visaVaried)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := newRedactor(t)
	for _, code := range []string{hex.EncodeToString(packed.Bytes()), strings.ToUpper(hex.EncodeToString(packed.Bytes())), base64.RawURLEncoding.EncodeToString(packed.Bytes())} {
		for _, mark := range []string{",", ":", "|", "\n", "  ", "."} {
			for at := 4; at < len(code); at += 5 {
				for _, in := range []string{code[:at] + mark + code[at:], code[:2] + mark + code[2:at] + mark + code[at:]} {
					if out := text(t, r, in); !strings.Contains(out, "CARD_") {
						t.Errorf("%q -> %q", in, out)
					}
				}
			}
		}
	}
}

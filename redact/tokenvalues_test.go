package redact_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
)

// TestTextTokens: what is told is what the token is made from, in one spelling,
// and nothing of a value that was found in part.
func TestTextTokens(t *testing.T) {
	key := [32]byte{1}
	print, err := redact.Fingerprint(key, redact.Account, "20-00-00 55779911")
	if err != nil {
		t.Fatal(err)
	}
	known, err := redact.NewKnown([][]byte{print})
	if err != nil {
		t.Fatal(err)
	}
	r, err := redact.New(redact.Config{Key: key, Known: known})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"pay 4111 1111 1111 1111 now":               "4111111111111111",
		"pay 4111-1111-1111-1111, 4111111111111111": "4111111111111111 4111111111111111",
		"to GB82 WEST 1234 5698 7654 32":            "GB82WEST12345698765432",
		"from 200000 55779911":                      "20000055779911",
		"ending 779911":                             "",
		"%34%31%31%31111111111111":                  "4111111111111111",
		"tea":                                       "",
	} {
		var told []string
		plain, _, _ := r.Text(nil, []byte(text))
		out, _, err := r.TextTokens(nil, []byte(text), func(e redact.Entity, token, value string) {
			told = append(told, value)
			if redact.TokenOf(key, e, value) != token || !redact.IsToken(key, token) {
				t.Errorf("%q: token %s is not that of %q", text, token, value)
			}
		})
		if err != nil || string(out) != string(plain) || strings.Join(told, " ") != want {
			t.Errorf("%q: told %q, want %q; %v, %s", text, told, want, err, out)
		}
	}
}

// TestNextToken: only the exact form is one, with nothing glued to it.
func TestNextToken(t *testing.T) {
	const token = "CARD_ABCDEFGHIJKLMN"
	for text, want := range map[string]int{
		token: 0, "pay " + token + ".": 4, "(" + token + ")": 1, "é " + token: 3, "CARD_ABC " + token: 9, token + " " + token: 0,
		"x" + token: -1, token + "O": -1, token + "o": -1, token + "1": -1, token + "_": -1, "_" + token: -1, "é" + token: -1, token + "é": -1,
		strings.ToLower(token): -1, "CORD_ABCDEFGHIJKLMN": -1, "CARD-ABCDEFGHIJKLMN": -1, "_ABCDEFGHIJKLMN": -1, "CARD_ABCDEFGHIJKLM": -1, "CARD_": -1, "": -1,
	} {
		from, to, ok := redact.NextToken(text)
		if ok != (want >= 0) || ok && (from != want || text[from:to] != token) {
			t.Errorf("%q: %d to %d, %v", text, from, to, ok)
		}
	}
	if redact.IsToken([32]byte{1}, token) {
		t.Error("a token that nobody made is taken for one")
	}
}

// TestTokensBeginNothing: the letters of a token begin no credential that goes on with the
// digits behind it, whatever letters the tenant's key makes: CARD_ASIA… and CARD_SCW….
func TestTokensBeginNothing(t *testing.T) {
	for number, in := range map[int]string{
		295: `bigFromBase10("19998038925833620163537568958541907098007303196759855091367510456613536016040")`, 2544: `bigFromBase10("19998038925833620163537568958541907098007303196759855091367510456613536016040")`,
		8023: `{6617134480561088940, 18421520694158684312}`, 9810: `{6617134480561088940, 18421520694158684312}`,
	} {
		var key [32]byte
		copy(key[:], fmt.Sprintf("%032d", number))
		r, err := redact.New(redact.Config{Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if out := text(t, r, in); strings.Contains(out, "SECRET_") || !strings.Contains(out, "CARD_") {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

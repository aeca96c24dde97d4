package redact_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestDividedByMarks holds account numbers that are divided as a time or an amount is, behind
// words that say what they are.
func TestDividedByMarks(t *testing.T) {
	r := newRedactor(t)
	for in, number := range map[string]string{
		"account number 42:76:93:64:50:65":             "42:76:93:64:50:65",
		"rejected account number 19:56:71:75:3":        "19:56:71:75:3",
		"my account number is 42:76:93:64, thanks":     "42:76:93:64",
		"account number ၉၁:၂၂:၈၈:၂၁:၈၇:၈၄, thank you.": "၉၁:၂၂:၈၈:၂၁:၈၇:၈၄",
		"Kontonummer: 4️⃣2️⃣:7️⃣6️⃣:9️⃣3️⃣:6️⃣4️⃣":     "4️⃣2️⃣:7️⃣6️⃣:9️⃣3️⃣:6️⃣4️⃣",
		"account no. 204‖388‖954‖392":                  "204‖388‖954‖392",
		"rejected account number 204‖388‖954":          "204‖388‖954",
		"account number 378․734․421":                   "378․734․421",
		"account number 378．734．421 is closed":         "378．734．421",
		"account number 378。734。421":                   "378。734。421",
	} {
		if got := text(t, r, in); !strings.Contains(got, "ACCT_") || strings.Contains(got, number) || got[:7] != in[:7] || text(t, r, got) != got {
			t.Errorf("%q: %q", in, got)
		}
	}
	for _, in := range []string{
		"account opened at 12:30:45:10",
		"account number changed at 12:30:45:10",
		"account number 12:30:45",
		"account number 00:1b:22:33:44:55",
		"account number 00:11:22:33:44:ab",
		"account at 12:30:45:99:10",
		"duration 42:76:93:64:50:65",
		"account number 378.734.421",
		"balance 378․734․421",
		"account balance 204‖388‖954",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// TestTagsBetweenParts holds numbers that are divided over two members of an object and
// between whose groups tag characters stand that mirror letters and digits.
func TestTagsBetweenParts(t *testing.T) {
	r := newRedactor(t)
	for _, value := range []string{"4111111111111111", "DE89370400440532013000"} {
		for _, tag := range []string{"\U000E0041", "\U000E0037", "\U000E0020"} {
			for _, keys := range [][2]string{{"part1", "part2"}, {"card_number_1", "card_number_2"}, {"memo1", "memo2"}} {
				parts := make([]string, 2)
				for i := 0; i < len(value); i += 2 {
					half := 0
					if 2*i >= len(value) {
						half = 1
					}
					parts[half] += value[i:i+2] + tag
				}
				in, _ := json.Marshal(map[string]string{keys[0]: parts[0], keys[1]: strings.TrimSuffix(parts[1], tag)})
				for _, in := range []string{string(in), strings.ReplaceAll(string(in), "\U000E0041", `\udb40\udc41`)} {
					out, _, err := r.JSON(nil, []byte(in))
					if err != nil || strings.Contains(string(out), value[2:4]+tag) || strings.Count(string(out), "_") < 2 || strings.Contains(string(out), tag) || text(t, r, string(out)) != string(out) {
						t.Errorf("%q: %q, %v", in, out, err)
					}
				}
			}
		}
	}
	for _, in := range []string{
		"{\"a\":\"room 41\U000E004112\",\"b\":\"seat 11\U000E004112\"}",
		"{\"width\":\"41\U000E004112\",\"height\":\"11\U000E004112\"}",
	} {
		if out, _, err := r.JSON(nil, []byte(in)); err != nil || string(out) != in {
			t.Errorf("%q: %q, %v", in, out, err)
		}
	}
}

// TestRespondedAccounts holds lines of logs in which the path of a request ends in a word for
// an account, and a status and a size follow.
func TestRespondedAccounts(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"INFO http: GET /v1/accounts 200 8014B in 65ms",
		"GET /v1/accounts 200 80143",
		"GET https://api.example.com/v1/accounts 404 801432",
		"PUT /account/ 503 801432 65ms",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q: %q", in, got)
		}
	}
	for _, in := range []string{
		"GET /v1/accounts 12345678",
		"GET /v1/accounts/12345678 200 8014",
		"a/c 200 801432",
		"account 200 801432",
		"GET /v1/accounts 800 801432",
	} {
		if got := text(t, r, in); !strings.Contains(got, "ACCT_") {
			t.Errorf("%q: %q", in, got)
		}
	}
}

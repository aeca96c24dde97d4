package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestCountedKeys: the digit at the end of a key that counts is no part of the number that is
// its value, and an IBAN goes on over such members.
func TestCountedKeys(t *testing.T) {
	const iban = "DK8559839350839695"
	wide := strings.NewReplacer("0", "０", "3", "３", "5", "５", "6", "６", "8", "８", "9", "９")
	for _, names := range [][2]string{{"iban_1", "iban_2"}, {"iban1", "iban2"}, {"iban 1", "iban 2"}, {"iban-1", "iban-2"}, {"bankIban1", "bankIban2"}, {"iban_part1", "iban_part2"}} {
		for _, value := range []string{iban, wide.Replace(iban), strings.ToLower(iban)} {
			r := []rune(value)
			for _, cut := range []int{8, 9, 10} {
				in := siblings(names, string(r[:cut]), string(r[cut:]))
				out := jsonText(t, newRedactor(t), in)
				if strings.Count(out, "IBAN_") != 2 || !strings.Contains(out, `"`+names[0]+`":`) || !strings.Contains(out, `"`+names[1]+`":`) {
					t.Errorf("%s became %s", in, out)
				}
			}
		}
	}
	for _, in := range []string{`{"account1":"48291374","account2":"83726154"}`, `{"account_1":"0","account_2":"120394"}`} {
		if out := jsonText(t, newRedactor(t), in); !strings.Contains(out, `1":`) || !strings.Contains(out, `2":"ACCT_`) {
			t.Errorf("%s became %s", in, out)
		}
	}
	// a key that is the first part
	for _, in := range []string{`{"4111111111":"111111"}`, `{"DK85":"59839350839695"}`, `{"ibanDK8":"559839350839695"}`, `{"IE57VCUB10":"582394721137"}`} {
		if out := jsonText(t, newRedactor(t), in); strings.Contains(out, "1111") || strings.Contains(out, "9839695") || strings.Contains(out, "394721137") {
			t.Errorf("%s became %s", in, out)
		}
	}
}

// siblings is an object of two members.
func siblings(names [2]string, a, b string) string {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return fmt.Sprintf(`{%q:%s,%q:%s}`, names[0], x, names[1], y)
}

// TestCountedAccounts: members whose keys name and count an account are its parts, also of one
// that is encoded, and what stands beside them stays.
func TestCountedAccounts(t *testing.T) {
	const number = "50501173"
	arabic := strings.NewReplacer("0", "٠", "1", "١", "3", "٣", "5", "٥", "7", "٧")
	utf16 := make([]byte, 0, 2*len(number))
	for _, c := range []byte(number) {
		utf16 = append(utf16, c, 0)
	}
	values := []string{number, "985120857", "406943", arabic.Replace(number),
		base64.StdEncoding.EncodeToString([]byte(number)), base64.StdEncoding.EncodeToString(utf16)}
	for _, names := range [][2]string{{"account_number_1", "account_number_2"}, {"acct_part1", "acct_part2"}, {"accountA", "accountB"}, {"account_a", "account_b"}, {"account1", "account2"}, {"account_number", "account_number_2"}, {"kontonummer1", "kontonummer2"}} {
		for _, value := range values {
			r := []rune(value)
			in := siblings(names, string(r[:len(r)/2]), string(r[len(r)/2:]))
			out := jsonText(t, newRedactor(t), in)
			if first, rest, _ := strings.Cut(out, "ACCT_"); !strings.HasPrefix(first, `{"`+names[0]+`":"`) || strings.Count(rest, "ACCT_") != 1 || rest[:14] != rest[strings.Index(rest, "ACCT_")+5:][:14] {
				t.Errorf("%s became %s", in, out)
			}
			if again := jsonText(t, newRedactor(t), out); again != out {
				t.Errorf("%s became %s", out, again)
			}
		}
	}
	for in, want := range map[string]int{
		`{"zip":"1234","account_number_1":"4069","account_number_2":"4355","amount_1":"1234","amount_2":"999"}`: 2,
		`[{"account_1":"1200","account_2":"4400"},{"account_1":"1300","account_2":"4500"}]`:                     4,
		`{"account_1":"406","account_2":"943","account_3":"551"}`:                                               3,
		// two of them, each whole
		`{"account1":"48291374","account2":"83726154"}`: 2,
		// no parts
		`{"account_1_balance":"1200","account_2_balance":"4400"}`:                                                   0,
		`{"account1":1200,"account2":4400}`:                                                                         0,
		`{"account_1":"12.50","account_2":"99.10"}`:                                                                 0,
		`{"account_1":"2019-01-01","account_2":"2020-01-01"}`:                                                       0,
		`{"accounts_1":"1200","accounts_2":"4400"}`:                                                                 0,
		`{"account_code_1":"1200","account_code_2":"4400"}`:                                                         0,
		`{"accountCodeA":"1200","accountCodeB":"4400"}`:                                                             0,
		`{"account_type_1":"1200","account_type_2":"4400"}`:                                                         0,
		`{"account_1":"40","account_2":"43"}`:                                                                       0,
		`{"account_1":"AB12CD","account_2":"XY34ZT"}`:                                                               0,
		`{"account_1":"Savings 4069","account_2":"4355 Checking"}`:                                                  0,
		`{"account_1":"4069","zip":"4355"}`:                                                                         0,
		`{"account_1":"4069","account_5":"4355"}`:                                                                   0,
		`{"debit_account":"1200","credit_account":"4400"}`:                                                          0,
		`{"account1":"1200","account2":"4400","account3":"5000","account4":"5100","account5":"60","account6":"71"}`: 0,
		`{"account_1":"1","account_2":"2","account_3":"3","account_4":"4","account_5":"5","account_6":"6"}`:         0,
		`[{"account_1":"1200"},{"account_2":"4400"}]`:                                                               0,
	} {
		out := jsonText(t, newRedactor(t), in)
		if strings.Count(out, "ACCT_") != want || want == 0 && out != in {
			t.Errorf("%s became %s, want %d", in, out, want)
		}
	}
	for _, in := range []string{`{"accountA":"66949<","accountB":"br>366"}`, `{"acct_part1":"1014<!-- ","acct_part2":"x -->3567"}`} {
		if out := jsonText(t, newRedactor(t), in); strings.Count(out, "ACCT_") != 2 {
			t.Errorf("%s became %s", in, out)
		}
	}
	// a card over members of other names, of which one says account
	if out := jsonText(t, newRedactor(t), `{"note1":"4539","account1":"5787","memo":"63621486"}`); strings.Count(out, "CARD_") != 3 {
		t.Errorf("a card became %s", out)
	}
}

package redact_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// lengthy are what texts are made of that took time, or memory, by the square
// of their length: numbers that one letter divides, also such that base64 makes,
// dashes, and many names and prefixes within one run of characters.
var lengthy = []string{
	"0", "4-M", "4 M ", "4x-", "4-", "-----", "password=", "token=", "sessionid:", "bearer/", "basic%", "pin=", "login:-", "login=", "-u=", "-u=a:",
	"cookie=b=a;", "AccountKey=x", "eyJ", "eyJhbGciOiJ9.", "AKIA-", "AKIA1_", "ASIA_", "sk_live_x", "ico-", "key--", "access-sandbox-x",
	"-----BEGIN PRIVATE KEY", "@-", "a@", "password|", "password->", "secret is ", "passphrase\":", "pin ", "code: ", "token+", "x_key+", "$1$", "Authorization: a=\"", "mnemonic: ", "ID/PW(a/", "x1y2z3 is the password ", "getenv(\"password\", \"a", "create user identified by ", "password 7 0", "login(\"a", "secret || \"", "<secret>a b", "?code=a1B2", "| DB_PASSWORD ", "пароль: ",
	"34 31 31 31 31 31 31 31 |41111111|\n", "03,1", "02,", "は1", "码是1234", "4111.1111.", "<td>4111</td>", "> YWJj\n", "**1**", "1..2", "<Amt>1</Amt>", ":61:1\n", "12 then ", "then ", "1) 123 2) ", "part 1 of 2: 12 ", "token=q8zk2mv0xpz7lwq3rt5u ", "8=FIX.4.4\x0134=12\x0152=20260105-17:11:50\x01",
	"(password==\n4", "１(password==4", "data: {\"delta\":{\"text\":\"1\"}}\n\n", "a1-", `]\x34(`, "chr(52)+", "p1=4&", "credentials bob / ", "34", "1234", "41114", "TOTP SEED ", "WIFI:P:", "WIFI:S;P:", "1.00 ", "0.4",
}

// TestLengthy: a quarter of a megabyte of each is gone through. Where it takes time by
// the square of its length, this test ends long after its time.
func TestLengthy(t *testing.T) {
	size := sample.Of(256 << 10)
	r := newRedactor(t, "55779911", "tok-5f3a9c21b7")
	for _, unit := range lengthy {
		in := strings.Repeat(unit, size/len(unit)) + " 4111111111111111"
		if out := text(t, r, in); strings.Contains(out, "4111111111111111") {
			t.Errorf("%q, many times: the card behind it stays", unit)
		}
	}
	for _, unit := range []string{"x ", "* ", "x-", "X."} { // masks of a card, behind one that is whole
		if out := text(t, r, "4111111111111111 "+strings.Repeat(unit, size/len(unit))); strings.Contains(out, "4111111111111111") {
			t.Errorf("%q, many times: the card before it stays", unit)
		}
	}
	// Of lists of numbers that do not repeat, the last is apart in another way than all
	// others, so that no shorter stretch of the list tells how it goes on.
	rng := rand.New(rand.NewPCG(1, 2))
	for _, sep := range []string{" ", ", ", "\n", "-", " - ", ";"} {
		for _, digits := range []int{1, 2, 3, 4, 5, 6} {
			var list []byte
			for len(list) < size {
				list = append(fmt.Appendf(list, "%0*d", digits, rng.IntN(int(math.Pow10(digits)))), sep...)
			}
			text(t, r, string(list)+"./1234")
		}
	}
	// Of digits that do not repeat, a thousand cards are found in what they decode to, and
	// some end as a known number does.
	in := make([]byte, 4*size)
	for i := range in {
		in[i] = byte('0' + rng.IntN(10))
	}
	text(t, newRedactor(t), string(in))
	text(t, newRedactor(t, "4012888888881881", "1234567"), string(in))
}

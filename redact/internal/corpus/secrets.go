package corpus

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
)

// Secret is one planted value. Digits is what must not survive: the digits of
// a number, or the letters and digits of anything else.
type Secret struct {
	Entity string
	Text   string // as it is usually printed
	Plain  string // without separators
	Known  bool   // only the known-values layer can find it
}

// Secrets returns one value of every kind, drawn from rng.
func Secrets(rng *rand.Rand) []Secret {
	var all []Secret
	for _, brand := range brands {
		plain := brand.pan(rng)
		all = append(all, Secret{Entity: "card", Text: plain, Plain: plain})
	}
	for _, country := range countries {
		plain := country.iban(rng)
		all = append(all, Secret{Entity: "iban", Text: plain, Plain: plain})
	}
	account := "2" + digits(rng, 7)
	return append(all, Secret{Entity: "account", Text: account, Plain: account, Known: true})
}

// Credentials returns one token of every common kind, put together at run time
// so that no scanner takes this file for a leak.
func Credentials(rng *rand.Rand) []Secret {
	word := func(n int) string { return letters(rng, n) }
	var all []Secret
	for _, parts := range [][2]string{
		{"access-sand", "box-" + uuid(rng)}, {"access-produc", "tion-" + uuid(rng)}, {"secr", "et_" + word(43)}, {"nt", "n_" + word(46)},
		{"ey", "JhbGciOiJIUzI1NiJ9." + word(40) + "." + word(43)}, {"AK", "IA" + strings.ToUpper(word(16))}, {"gh", "p_" + word(36)},
		{"sk_", "live_" + word(24)}, {"sk-", "ant-" + word(40)}, {"xox", "b-1234-" + word(24)}, {"AIz", "a" + word(35)}, {"glp", "at-" + word(20)},
		{"S", "G." + word(22) + "." + word(43)}, {"https://user:", "pa55" + word(8) + "@example.com/x"}, {"Authorization: Bear", "er " + word(32)},
		{"password=", "pw" + word(10) + "1"},
		{"-----BEGIN RSA PRIV", "ATE KEY-----\n" + word(64) + "\n" + word(64) + "\n-----END RSA PRIVATE KEY-----"},
	} {
		text := parts[0] + parts[1]
		body := parts[1]
		if len(body) > 30 {
			body = body[len(body)-30 : len(body)-20]
		} else {
			body = body[len(body)/2 : len(body)/2+5]
		}
		if strings.HasSuffix(text, "example.com/x") {
			body = parts[1][:8]
		}
		all = append(all, Secret{Entity: "secret", Text: text, Plain: body})
	}
	return all
}

// National returns identity and account numbers with a form of their own.
func National(rng *rand.Rand) []Secret {
	add := func(e, text string) Secret { return Secret{Entity: e, Text: text, Plain: onlyAlnum(text)} }
	ssn := fmt.Sprintf("%03d-%02d-%04d", 1+rng.IntN(600), 1+rng.IntN(99), 1+rng.IntN(9999))
	return []Secret{
		add("national_id", ssn),
		add("national_id", "AB"+digits(rng, 6)+"C"),
		add("account", clabe("0"+[]string{"02", "12", "14", "21", "72"}[rng.IntN(5)]+digits(rng, 14))),
		add("account", fmt.Sprintf("%02d-%02d-%02d %s", 40+rng.IntN(50), 13+rng.IntN(80), rng.IntN(100), digits(rng, 8))),
		add("account", fmt.Sprintf("account number %s", "1"+digits(rng, 8))),
		add("account", fmt.Sprintf("12-%s-%s-00", digits(rng, 4), digits(rng, 7))),
		add("email", "jo.smith"+digits(rng, 2)+"@example.co.uk"),
		add("reference", creditorReference(digits(rng, 12))),
	}
}

type brand struct {
	prefixes []string
	length   int
}

var brands = []brand{
	{[]string{"4"}, 16}, {[]string{"4"}, 19}, {[]string{"51", "52", "55", "2221", "2500", "2720"}, 16}, {[]string{"34", "37"}, 15},
	{[]string{"6011", "644", "65"}, 16}, {[]string{"3528", "3589"}, 16}, {[]string{"36", "300", "38"}, 14}, {[]string{"62"}, 16},
	{[]string{"62"}, 19}, {[]string{"5018", "6304", "6759"}, 16}, {[]string{"5020", "6762"}, 12}, {[]string{"6763"}, 18}, {[]string{"4"}, 13},
}

func (b brand) pan(rng *rand.Rand) string {
	p := b.prefixes[rng.IntN(len(b.prefixes))]
	p += digits(rng, b.length-1-len(p))
	for c := '0'; ; c++ {
		if Luhn(p + string(c)) {
			return p + string(c)
		}
	}
}

type country struct{ code, form string }

// Forms: 9 is a digit, A a letter, * either.
var countries = []country{
	{"GB", "AAAA99999999999999"}, {"DE", "999999999999999999"}, {"FR", "9999999999***********99"}, {"NL", "AAAA9999999999"}, {"ES", "99999999999999999999"},
	{"IT", "A9999999999************"}, {"CH", "99999************"}, {"BE", "999999999999"}, {"NO", "99999999999"}, {"MT", "AAAA99999******************"},
	{"PL", "999999999999999999999999"}, {"AE", "9999999999999999999"}, {"BR", "99999999999999999999999A*"}, {"SA", "99******************"}, {"LC", "AAAA************************"},
}

func (c country) iban(rng *rand.Rand) string {
	bban := strings.Map(func(r rune) rune {
		switch r {
		case 'A':
			return rune('A' + rng.IntN(26))
		case '*':
			if rng.IntN(3) > 0 {
				return rune('0' + rng.IntN(10))
			}
			return rune('A' + rng.IntN(26))
		}
		return rune('0' + rng.IntN(10))
	}, c.form)
	return withCheck(c.code, bban)
}

func creditorReference(body string) string { return withCheck("RF", body) }

// withCheck computes the check digits of ISO 7064 with big integers.
func withCheck(code, body string) string {
	numeric := ""
	for _, r := range body + code + "00" {
		if r >= 'A' {
			numeric += fmt.Sprint(int(r-'A') + 10)
		} else {
			numeric += string(r)
		}
	}
	n, _ := new(big.Int).SetString(numeric, 10)
	rest := new(big.Int).Mod(n, big.NewInt(97)).Int64()
	return fmt.Sprintf("%s%02d%s", code, 98-rest, body)
}

func clabe(body string) string {
	sum := 0
	for i, c := range body {
		sum += int(c-'0') * []int{3, 7, 1}[i%3] % 10
	}
	return body + fmt.Sprint((10-sum%10)%10)
}

func digits(rng *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + rng.IntN(10))
	}
	return string(b)
}

func letters(rng *rand.Rand, n int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rng.IntN(len(alphabet))]
	}
	b[n-1] = '7'
	return string(b)
}

func uuid(rng *rand.Rand) string {
	h := fmt.Sprintf("%016x%016x", rng.Uint64(), rng.Uint64())
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:]
}

func onlyAlnum(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

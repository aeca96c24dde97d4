// Package corpus generates what the redactor is measured on: realistic
// transactions, planted secrets in every disguise of the catalogue, and clean
// text that looks like secrets. It is written apart from the redactor and
// shares no code with it: checksums, formats and encodings are all its own.
package corpus

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

var merchants = []string{
	"TESCO STORES 3245", "Sainsbury's S/mkts", "AMZN Mktp UK*2K4TY7", "SHELL KINGS 587", "Café Nero Birmingham", "M&S SIMPLY FOOD", "H&M 0342",
	"TFL TRAVEL CH", "NETFLIX.COM 866-579-7172", "Uber *TRIP HELP.UBER.COM", "PAYPAL *SPOTIFY", "Deliveroo", "BP Connect 1190", "EE LIMITED",
	"British Gas Services", "Council Tax Birmingham", "Boots 1532", "Greggs 0871", "Pret A Manger", "Trainline.com", "LIDL GB Birmingham", "Müller GmbH",
	"SQ *THE COFFEE CART", "Apple.com/bill", "GOOGLE *YouTubePremium", "Wetherspoon 7-11", "Boulangerie Paul", "IKEA LTD 461", "Argos 4408", "B&Q 1181",
}

var categories = []string{"Groceries", "Transport", "Eating out", "Entertainment", "Bills & utilities", "Shopping", "Travel", "Cash", "Transfers"}

// Transactions returns a JSON document of at least size bytes, shaped like the
// server's own search results, with nothing to redact in it.
func Transactions(seed uint64, size int) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	b.Grow(size + 1024)
	b.WriteString(`{"items":[`)
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		transaction(&b, rng)
	}
	b.WriteString(`],"next_cursor":"","truncated":false,"as_of":"2026-11-22","warnings":[]}`)
	return []byte(b.String())
}

func transaction(b *strings.Builder, rng *rand.Rand) {
	minor := rng.IntN(30000) - 25000
	sign, abs := "", minor
	if minor < 0 {
		sign, abs = "-", -minor
	}
	day := fmt.Sprintf("20%02d-%02d-%02d", 20+rng.IntN(7), 1+rng.IntN(12), 1+rng.IntN(28))
	merchant := merchants[rng.IntN(len(merchants))]
	memo := ""
	switch rng.IntN(6) {
	case 0:
		memo = fmt.Sprintf("Card purchase on %s, thank you for shopping with us", day)
	case 1:
		memo = fmt.Sprintf("REF %06d", rng.IntN(900000))
	case 2:
		memo = "Monthly subscription, cancel any time in the app"
	case 3:
		memo = fmt.Sprintf("Invoice INV-%05d due in 30 days", rng.IntN(100000))
	}
	fmt.Fprintf(b, `{"id":"tx_%s","account":"acc_%s","booked":%q,"amount":{"minor":%d,"currency":"GBP","decimal":"%s%d.%02d"},`+
		`"status":"booked","description":%q,"merchant":%q,"counterparty":%q,"memo":%q,"category":%q,"mcc":"%04d","transfer":false}`,
		base32(rng, 16), base32(rng, 16), day, minor, sign, abs/100, abs%100, strings.ToUpper(merchant)+" "+day[8:]+day[5:7], merchant, "", memo,
		categories[rng.IntN(len(categories))], 4000+rng.IntN(5000))
}

func base32(rng *rand.Rand, n int) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return string(b)
}

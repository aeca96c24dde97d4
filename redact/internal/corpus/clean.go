package corpus

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Clean is one field with nothing to redact in it.
type Clean struct {
	Class string
	Text  string
}

// CleanClasses generates look-alikes by class. Each draws until what it made
// is not itself a valid card number.
var CleanClasses = []struct {
	Name string
	Make func(rng *rand.Rand) string
}{
	{"amount", func(rng *rand.Rand) string {
		n := rng.IntN(100_000_000)
		return []string{fmt.Sprintf("%d.%02d", n/100, n%100), fmt.Sprintf("-£%d.%02d", n/100, n%100), grouped(n/100, ",") + fmt.Sprintf(".%02d", n%100),
			grouped(n/100, ".") + fmt.Sprintf(",%02d EUR", n%100), fmt.Sprintf("USD %d", n)}[rng.IntN(5)]
	}},
	{"date", func(rng *rand.Rand) string {
		return instant(rng).Format([]string{"2006-01-02", "02/01/2006", "01/02/06", "2.1.2006", "20060102", "02 Jan 2006", "2006-01-02 15:04:05", time.RFC3339, time.RFC1123Z}[rng.IntN(9)])
	}},
	{"timestamp s", func(rng *rand.Rand) string { return fmt.Sprint(instant(rng).Unix()) }},
	{"timestamp ms", func(rng *rand.Rand) string { return fmt.Sprint(instant(rng).UnixMilli()) }},
	{"timestamp µs", func(rng *rand.Rand) string { return fmt.Sprint(instant(rng).UnixMicro()) }},
	{"timestamp ns", func(rng *rand.Rand) string { return fmt.Sprint(instant(rng).UnixNano()) }},
	{"timestamp digits", func(rng *rand.Rand) string { return instant(rng).Format("20060102150405") + digits(rng, 3) }},
	{"date, time and amount", func(rng *rand.Rand) string {
		return fmt.Sprintf("%s %d.%02d", instant(rng).Format("2006-01-02 15:04"), rng.IntN(1000), rng.IntN(100))
	}},
	{"order number", func(rng *rand.Rand) string {
		return []string{"Order #", "order no. ", "ORD-", ""}[rng.IntN(4)] + digits(rng, 6+rng.IntN(10))
	}},
	{"order number, grouped", func(rng *rand.Rand) string { return digits(rng, 3) + "-" + digits(rng, 7) + "-" + digits(rng, 7) }},
	{"invoice", func(rng *rand.Rand) string {
		return fmt.Sprintf("INV-%d-%s", 2018+rng.IntN(9), digits(rng, 4+rng.IntN(5)))
	}},
	{"transaction id", func(rng *rand.Rand) string {
		return []string{"tx_" + base32(rng, 16), "TXN" + digits(rng, 12), letters(rng, 17)}[rng.IntN(3)]
	}},
	{"tracking", func(rng *rand.Rand) string {
		return []string{"1Z" + strings.ToUpper(base32(rng, 6)) + digits(rng, 10), digits(rng, 12), usps(rng), "RR" + digits(rng, 9) + "GB", "JD" + digits(rng, 16), sscc(rng)}[rng.IntN(6)]
	}},
	{"uuid", uuid},
	{"hash", func(rng *rand.Rand) string {
		sum := sha512.Sum512([]byte(digits(rng, 20)))
		return hex.EncodeToString(sum[:[]int{16, 20, 32, 64}[rng.IntN(4)]])
	}},
	{"base64 digest", func(rng *rand.Rand) string {
		sum := sha256.Sum256([]byte(digits(rng, 20)))
		return []string{"sha256-" + base64.StdEncoding.EncodeToString(sum[:]), base64.RawURLEncoding.EncodeToString(sum[:16])}[rng.IntN(2)]
	}},
	{"ean", func(rng *rand.Rand) string {
		return ean([]string{"50", "40", "54", "978", "76"}[rng.IntN(5)] + digits(rng, 9))
	}},
	{"phone", func(rng *rand.Rand) string {
		return []string{"+44 20 7" + digits(rng, 3) + " " + digits(rng, 4), "+1-" + digits(rng, 3) + "-" + digits(rng, 3) + "-" + digits(rng, 4),
			"0121 " + digits(rng, 3) + " " + digits(rng, 4), "(" + digits(rng, 3) + ") 555-" + digits(rng, 4), "+62812" + digits(rng, 8)}[rng.IntN(5)]
	}},
	{"code", func(rng *rand.Rand) string {
		return []string{"GB" + digits(rng, 9), "B" + digits(rng, 2) + " 4QA", "AB" + digits(rng, 2) + " CDE", "10.0." + digits(rng, 2) + "." + digits(rng, 2), "v1." + digits(rng, 2) + "." + digits(rng, 1),
			fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", rng.IntN(256), rng.IntN(256), rng.IntN(256), rng.IntN(256), rng.IntN(256), rng.IntN(256)),
			fmt.Sprintf("%.6f, %.6f", rng.Float64()*90, rng.Float64()*180), "SKU " + digits(rng, 8)}[rng.IntN(8)]
	}},
	{"merchant", func(rng *rand.Rand) string {
		return merchants[rng.IntN(len(merchants))] + " " + digits(rng, rng.IntN(6))
	}},
	{"masked card", func(rng *rand.Rand) string {
		return []string{"************" + digits(rng, 4), "card ending " + digits(rng, 4), "xxxx-xxxx-xxxx-" + digits(rng, 4), "•••• " + digits(rng, 4)}[rng.IntN(4)]
	}},
	{"link", func(rng *rand.Rand) string {
		return "https://example.com/orders/" + digits(rng, 8) + "?utm_source=mail&id=" + base32(rng, 10)
	}},
}

// CleanFields returns n fields of every class.
func CleanFields(rng *rand.Rand, n int) (all []Clean) {
	for _, class := range CleanClasses {
		for range n {
			text := class.Make(rng)
			for luhnInside(text) {
				text = class.Make(rng)
			}
			all = append(all, Clean{class.Name, text})
		}
	}
	return all
}

// luhnInside tells whether one of the digit runs of a text, or all of its
// digits together, would be a valid card number.
func luhnInside(text string) bool {
	runs := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	for _, run := range append(runs, strings.Join(runs, "")) {
		if len(run) >= 12 && len(run) <= 19 && Luhn(run) {
			return true
		}
	}
	return false
}

func instant(rng *rand.Rand) time.Time {
	return time.Unix(1_500_000_000+rng.Int64N(300_000_000), rng.Int64N(1_000_000_000)).UTC()
}

func grouped(n int, sep string) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return grouped(n/1000, sep) + sep + fmt.Sprintf("%03d", n%1000)
}

func ean(body string) string {
	body = body[:min(len(body), 12)]
	for len(body) < 12 {
		body += "0"
	}
	sum := 0
	for i, c := range body {
		sum += int(c-'0') * (1 + 2*(i%2))
	}
	return body + fmt.Sprint((10-sum%10)%10)
}

func usps(rng *rand.Rand) string {
	return gs1([]string{"9400", "9205", "9361"}[rng.IntN(3)] + digits(rng, 17))
}

func sscc(rng *rand.Rand) string { return gs1("00" + digits(rng, 17)) }

// gs1 appends the check digit of GS1 and USPS numbers.
func gs1(body string) string {
	sum := 0
	for i := range body {
		sum += int(body[len(body)-1-i]-'0') * (3 - 2*(i%2))
	}
	return body + fmt.Sprint((10-sum%10)%10)
}

package issuer

import (
	"strings"
	"testing"
)

// TestRanges looks at one number or more of every network, by how it begins.
func TestRanges(t *testing.T) {
	for _, c := range []struct {
		begins string
		size   int
		want   Strength
	}{
		{"4", 16, Strong}, {"4", 13, Strong}, {"4", 15, None}, // Visa
		{"2221", 16, Strong}, {"2720", 16, Strong}, {"2721", 16, None}, {"51", 16, Strong}, {"55", 16, Strong}, {"51", 15, None}, // Mastercard
		{"34", 15, Strong}, {"37", 15, Strong}, {"37", 16, None}, // American Express
		{"36", 14, Strong}, {"36", 17, Fair}, {"305", 14, Strong}, {"306", 14, None}, // Diners Club
		{"3528", 16, Strong}, {"3590", 16, None}, // JCB
		{"6011", 16, Strong}, {"65", 16, Strong}, {"62", 19, Strong}, {"81", 17, Fair}, // Discover, UnionPay
		{"6759", 12, Strong}, {"58", 16, Weak}, {"59", 16, None}, {"60", 16, Fair}, // Maestro, RuPay
		{"2200", 16, Strong}, {"9792", 16, Strong}, {"9704", 19, Strong}, {"8600", 16, Strong}, // Mir, Troy, Napas, Uzcard
		{"1", 15, Named}, {"1", 16, None}, {"7", 16, None}, {"0", 16, None}, {"4", 11, None}, {"4", 20, None}, // UATP, and none
	} {
		number := c.begins + strings.Repeat("0", c.size-len(c.begins))
		if got := Of([]byte(number)); got != c.want {
			t.Errorf("%s: %d, want %d", number, got, c.want)
		}
	}
}

package redact_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestPrintedAccounts holds accounts that banks give as examples, in their printed form.
func TestPrintedAccounts(t *testing.T) {
	r := newRedactor(t)
	for _, account := range []string{
		"11773016-11111018-00000000", "11773016-11111018", // Hungary
		"539-0075470-34",                 // Belgium
		"8601.11.17947", "8601 11 17947", // Norway
		"61 1090 1014 0000 0712 1981 2874", "61109010140000071219812874", // Poland
		"19-2000145399/0800", "19-123457/0710", "2000145399/0800", // Czechia
		"260-0056010016113-79",     // Serbia
		"250-1200000589-84",        // North Macedonia
		"129-007-94010284-94",      // Bosnia and Herzegovina
		"0002 0123 12345678901 54", // Portugal
		"1001005-1863000160",       // Croatia
	} {
		if out := text(t, r, "Pay "+account+" today"); !strings.HasPrefix(out, "Pay ACCT_") || !strings.HasSuffix(out, " today") || len(out) > len("Pay ACCT_ today")+14 {
			t.Errorf("%s becomes %s", account, out)
		}
	}
}

// TestPrintedAccountsLeft: what has such a form and fails its check stays, and of numbers
// made up no more than pass a check by chance are altered.
func TestPrintedAccountsLeft(t *testing.T) {
	r, rng := newRedactor(t), rand.New(rand.NewPCG(16, 1))
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(byte('0' + rng.IntN(10)))
		}
		return b.String()
	}
	for _, in := range []string{"11773016-11111018-00000001", "539-0075470-35", "61109010140000071219812875", "19-2000145398/0800", "145399/2020", "2024.03.19978", "12345678/2025"} {
		if out := text(t, r, "Pay "+in+" today"); out != "Pay "+in+" today" {
			t.Errorf("%s becomes %s", in, out)
		}
	}
	for _, form := range []struct {
		sizes []int
		sep   string
		most  int // of a thousand, cards by chance with them
	}{{[]int{8, 8}, "-", 70}, {[]int{3, 7, 2}, "-", 40}, {[]int{3, 13, 2}, "-", 100}, {[]int{7, 10}, "-", 50}} {
		altered := 0
		for range 1000 {
			parts := make([]string, len(form.sizes))
			for k, n := range form.sizes {
				parts[k] = digits(n)
			}
			if in := strings.Join(parts, form.sep); text(t, r, in) != in {
				altered++
			}
		}
		if altered > form.most {
			t.Errorf("%v: %d of 1,000 are altered", fmt.Sprint(form.sizes), altered)
		}
	}
}

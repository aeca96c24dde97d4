package statement

import (
	"math/big"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

func TestDecimals(t *testing.T) {
	point := Decimals{Point: '.', Group: ','}
	comma := Decimals{Point: ',', Group: '.'}
	spaced := Decimals{Point: ',', Group: ' '}
	lenient := Decimals{Point: '.', Lenient: true}
	cases := []struct {
		d              Decimals
		text, currency string
		minor          int64
		reason         string
	}{
		{point, "1,234.56", "GBP", 123456, ""},
		{point, "-1,234,567.8", "GBP", -123456780, ""},
		{point, "+1", "GBP", 100, ""},
		{point, "(12.50)", "GBP", -1250, ""},
		{point, "12.50-", "GBP", -1250, ""},
		{point, "\u22125", "GBP", -500, ""},
		{point, "-00000000001500.0000", "USD", -150000, ""},
		{point, ".5", "USD", 50, ""},
		{point, "5.", "USD", 500, ""},
		{point, "500", "JPY", 500, ""},
		{point, "500.0", "JPY", 500, ""},
		{point, "0.001", "KWD", 1, ""},
		{point, "90071992547409.91", "USD", store.MaxMinor, ""},
		{point, "90071992547409.92", "USD", 0, reasonTooLarge},
		{point, "99999999999999999999", "USD", 0, reasonTooLarge},
		{point, "1.005", "USD", 0, reasonPrecision},
		{point, "1.5", "JPY", 0, reasonPrecision},
		{point, "1.23,56", "USD", 0, reasonAmount},
		{point, "12,34", "USD", 0, reasonGroups},
		{point, "1,23,456.50", "INR", 12345650, ""},
		{point, "12,34,56,789.00", "INR", 12345678900, ""},
		{point, "1,23,45", "INR", 0, reasonGroups},
		{point, "123,45,678", "INR", 0, reasonGroups},
		{point, "1,23,456,789", "INR", 0, reasonGroups},
		{point, "1,234,56,789", "INR", 0, reasonGroups},
		{comma, "1.23.456,50", "EUR", 0, reasonGroups},
		{point, "\u20131.50", "GBP", -150, ""},
		{point, "1234,567.00", "USD", 0, reasonGroups},
		{point, "1,,234", "USD", 0, reasonGroups},
		{point, "1.2.3", "USD", 0, reasonAmount},
		{point, "", "USD", 0, reasonAmount},
		{point, "-", "USD", 0, reasonAmount},
		{point, "--1", "USD", 0, reasonAmount},
		{point, "1e3", "USD", 0, reasonAmount},
		{point, "0x10", "USD", 0, reasonAmount},
		{point, "\u0661", "USD", 0, reasonAmount},
		{point, "1", "", 0, reasonCurrency},
		{point, "1", "XYZ", 0, reasonCurrency},
		{comma, "-1.234,56", "EUR", -123456, ""},
		{comma, "1.234", "EUR", 123400, ""},
		{comma, "1,234.56", "EUR", 0, reasonPrecision},
		{spaced, "1 234,56", "EUR", 123456, ""},
		{spaced, "1\u00a0234,56", "EUR", 123456, ""},
		{spaced, "1\u202f234,56", "EUR", 123456, ""},
		{spaced, "1'234,56", "CHF", 123456, ""},
		{lenient, "12,50", "EUR", 1250, ""},
		{lenient, "12.50", "EUR", 1250, ""},
		{lenient, "1,234.50", "EUR", 123450, ""},
		{lenient, "-1.234.567,5", "EUR", -123456750, ""},
		{lenient, "1,234", "EUR", 0, reasonPrecision},
		{lenient, "1,250", "USD", 0, reasonGroups},
		{lenient, "-1,000", "JPY", 0, reasonGroups},
		{lenient, "12,000", "TND", 12000, ""},
		{lenient, "12.000", "EUR", 1200, ""},
		{lenient, "12,5000", "EUR", 1250, ""},
		{lenient, ",500", "EUR", 50, ""},
		{lenient, "1.23,45", "EUR", 0, reasonGroups},
		{lenient, "1,234.567,89", "EUR", 0, reasonPrecision},
	}
	for _, c := range cases {
		m, reason := c.d.Parse([]byte(c.text), c.currency)
		if reason != c.reason || reason == "" && m != (store.Money{Minor: c.minor, Currency: c.currency}) {
			t.Errorf("%q %s: got %d %q, want %d %q", c.text, c.currency, m.Minor, reason, c.minor, c.reason)
		}
	}
}

// FuzzDecimals compares every accepted plain number with exact arithmetic.
func FuzzDecimals(f *testing.F) {
	for _, s := range []string{"1.23", "-1.2", "(5)", "12-", "0.000", "9007199254740991", "1,234.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for currency, scale := range map[string]int64{"JPY": 1, "EUR": 100, "KWD": 1000} {
			m, reason := Decimals{Point: '.'}.Parse([]byte(s), currency)
			if reason != "" {
				continue
			}
			if m.Minor > store.MaxMinor || m.Minor < -store.MaxMinor {
				t.Fatalf("%q: %d is out of range", s, m.Minor)
			}
			if strings.ContainsAny(s, "()+ \u2212\u00a0") || strings.HasSuffix(s, "-") || strings.TrimSpace(s) != s || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
				continue
			}
			want, ok := new(big.Rat).SetString(s)
			if !ok || want.Mul(want, big.NewRat(scale, 1)).Cmp(big.NewRat(m.Minor, 1)) != 0 {
				t.Fatalf("%q in %s is %d", s, currency, m.Minor)
			}
		}
	})
}

func TestLayout(t *testing.T) {
	cases := []struct{ notation, text, want string }{
		{"DD/MM/YYYY", "31/12/2026", "2026-12-31"},
		{"DD/MM/YYYY", "1/2/2026", "2026-02-01"},
		{"DD/MM/YYYY", "12/31/2026", ""},
		{"DD/MM/YYYY", "29/02/2025", ""},
		{"DD/MM/YYYY", "29/02/2024", "2024-02-29"},
		{"DD/MM/YYYY", "31/12/26", ""},
		{"DD/MM/YYYY", "31/12/2026 10:00", ""},
		{"DD/MM/YYYY*", "31/12/2026 10:00", "2026-12-31"},
		{"DD.MM.YY", "31.12.26", "2026-12-31"},
		{"DD.MM.YY", "31.12.99", "1999-12-31"},
		{"DD MMM YYYY", "31 Dec 2026", "2026-12-31"},
		{"DD MMM YYYY", "31 dez. 2026", "2026-12-31"},
		{"DD MMM YYYY", "31 Foo 2026", ""},
		{"YYYYMMDD", "20261231", "2026-12-31"},
		{"YYYYMMDD", "2026123", ""},
		{"YYYY-MM-DD", " 2026-12-31 ", "2026-12-31"},
		{"MM/DD/YYYY", "00/10/2026", ""},
		{"DD/MM/YYYY", "", ""},
	}
	for _, c := range cases {
		l, err := ParseLayout(c.notation)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if d, ok := l.Parse([]byte(c.text)); ok {
			got = d.String()
		}
		if got != c.want {
			t.Errorf("%s: %q is %q, want %q", c.notation, c.text, got, c.want)
		}
	}
	for _, bad := range []string{"", "DD/MM", "YYYY", "foo"} {
		if _, err := ParseLayout(bad); err == nil {
			t.Errorf("layout %q was accepted", bad)
		}
	}
}

func TestCompact(t *testing.T) {
	cases := map[string]string{
		"20261231": "2026-12-31", "20261231120000.000[-5:EST]": "2026-12-31", "2026-12-31": "2026-12-31",
		"2026-12-31T23:59:59+01:00": "2026-12-31", "20260231": "", "2026123": "", "": "", "20261231<": "",
	}
	for text, want := range cases {
		got := ""
		if d, ok := Compact([]byte(text)); ok {
			got = d.String()
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	cases := map[string]string{
		"  a  b ": "a b", "a\r\nb": "a b", "a\x00b\x1b": "ab", "a\u00a0b": "a b", "\xffa": "a", "": "", " \t": "", "é": "é", "a\u0085b": "ab",
	}
	for in, want := range cases {
		if got := Clean([]byte(in)); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	l := NewLines(strings.NewReader("a\r\nb\rc\n\nd\r\r\ne"))
	var got []string
	for {
		line, err := l.Next()
		if err != nil {
			break
		}
		got = append(got, string(line))
	}
	if want := "a|b|c||d|e"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", strings.Join(got, "|"), want)
	}
	long := NewLines(strings.NewReader(strings.Repeat("x", MaxRecord+2)))
	if _, err := long.Next(); err == nil {
		t.Error("a line beyond the limit was read")
	}
}

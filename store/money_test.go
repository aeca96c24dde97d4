package store

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct {
		text string
		want Decimal
		err  error
	}{
		{"-12.50", Decimal{-1250, 2}, nil},
		{"0", Decimal{0, 0}, nil},
		{"-0.00", Decimal{0, 2}, nil},
		{"007", Decimal{7, 0}, nil},
		{"0.001", Decimal{1, 3}, nil},
		{"-0.01", Decimal{-1, 2}, nil},
		{"9223372036854775807", Decimal{math.MaxInt64, 0}, nil},
		{"-9223372036854775808", Decimal{math.MinInt64, 0}, nil},
		{"12345678901234567.0000000000000000", Decimal{12345678901234567, 0}, nil},
		{"1.00000000000000000000", Decimal{1e18, 18}, nil},
		{"9223372036854775808", Decimal{}, ErrRange},
		{"1.00000000000000000001", Decimal{}, ErrRange},
		{"", Decimal{}, ErrInvalid},
		{"-", Decimal{}, ErrInvalid},
		{"+1", Decimal{}, ErrInvalid},
		{"--1", Decimal{}, ErrInvalid},
		{"1.", Decimal{}, ErrInvalid},
		{".5", Decimal{}, ErrInvalid},
		{"1,5", Decimal{}, ErrInvalid},
		{"1 000", Decimal{}, ErrInvalid},
		{"1e3", Decimal{}, ErrInvalid},
		{"1_0", Decimal{}, ErrInvalid},
		{"0x1", Decimal{}, ErrInvalid},
		{"1.-5", Decimal{}, ErrInvalid},
		{"NaN", Decimal{}, ErrInvalid},
		{"１", Decimal{}, ErrInvalid},
		{strings.Repeat("0", MaxDecimalText+1), Decimal{}, ErrInvalid},
	} {
		got, err := ParseDecimal(c.text)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("ParseDecimal(%q) = %v, %v; want %v, %v", c.text, got, err, c.want, c.err)
		}
	}
}

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		text, currency string
		want           int64
		err            error
	}{
		{"-12.50", "GBP", -1250, nil},
		{"-12.5", "GBP", -1250, nil},
		{"12", "GBP", 1200, nil},
		{"12.500000", "GBP", 1250, nil},
		{"500", "JPY", 500, nil},
		{"500.00", "JPY", 500, nil},
		{"1.234", "KWD", 1234, nil},
		{"1.2345", "CLF", 12345, nil},
		{"0.00000001", "BTC", 1, nil},
		{"90071992547409.91", "EUR", MaxMinor, nil},
		{"-90071992547409.91", "EUR", -MaxMinor, nil},
		{"90071992547409.92", "EUR", 0, ErrRange},
		{"-90071992547409.92", "EUR", 0, ErrRange},
		{"9223372036854775807", "CLF", 0, ErrRange},
		{"-9223372036854775808", "CLF", 0, ErrRange},
		{"12.505", "GBP", 0, ErrInvalid},
		{"500.5", "JPY", 0, ErrInvalid},
		{"1", "gbp", 0, ErrInvalid},
		{"1", "ETH", 0, ErrInvalid},
		{"1", "XXX", 0, ErrInvalid},
		{"1", "", 0, ErrInvalid},
	} {
		got, err := ParseMoney(c.text, c.currency)
		if got.Minor != c.want || !errors.Is(err, c.err) {
			t.Errorf("ParseMoney(%q, %q) = %v, %v; want %d, %v", c.text, c.currency, got, err, c.want, c.err)
		}
		if err != nil && c.text != "1" && strings.Contains(err.Error(), c.text) {
			t.Errorf("ParseMoney(%q): the error repeats the text: %v", c.text, err)
		}
	}
}

func TestMoneyDecimal(t *testing.T) {
	for _, c := range []struct {
		m    Money
		want string
	}{
		{Money{-1250, "GBP"}, "-12.50"},
		{Money{-5, "GBP"}, "-0.05"},
		{Money{0, "GBP"}, "0.00"},
		{Money{500, "JPY"}, "500"},
		{Money{-1, "KWD"}, "-0.001"},
		{Money{12345, "CLF"}, "1.2345"},
		{Money{math.MinInt64, "EUR"}, "-92233720368547758.08"},
	} {
		if got := c.m.Decimal(); got != c.want {
			t.Errorf("%v.Decimal() = %q, want %q", c.m, got, c.want)
		}
	}
}

// Property: what is printed reads back as the same amount, for every currency.
func TestMoneyRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for currency := range exponents {
		for range 200 {
			m := Money{Minor: random.Int64N(2*MaxMinor+1) - MaxMinor, Currency: currency}
			if got, err := ParseMoney(m.Decimal(), currency); err != nil || got != m {
				t.Fatalf("%v reads back as %v, %v", m, got, err)
			}
			data, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			var back Money
			if err := json.Unmarshal(data, &back); err != nil || back != m {
				t.Fatalf("%s reads back as %v, %v", data, back, err)
			}
		}
	}
}

// Property: AtLeast and AtMost agree with exact rational arithmetic.
func TestDecimalBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	limit := big.NewInt(MaxMinor)
	for range 20000 {
		d := Decimal{Unscaled: random.Int64() >> random.UintN(64), Scale: uint8(random.UintN(maxScale + 1))}
		if random.UintN(2) == 0 {
			d.Unscaled = -d.Unscaled
		}
		exponent := int(random.UintN(9))
		value := new(big.Rat).SetFrac(big.NewInt(d.Unscaled), pow10(int(d.Scale)))
		value.Mul(value, new(big.Rat).SetInt(pow10(exponent)))
		floor := new(big.Int).Div(value.Num(), value.Denom()) // Euclidean; the denominator is positive
		ceil := new(big.Int).Set(floor)
		if !value.IsInt() {
			ceil.Add(ceil, big.NewInt(1))
		}
		if got, ok := d.AtLeast(exponent); ok != (ceil.Cmp(limit) <= 0) || (ok && max(ceil.Int64(), -MaxMinor) != max(got, -MaxMinor) && ceil.IsInt64()) {
			t.Fatalf("%v.AtLeast(%d) = %d, %v; want %v", d, exponent, got, ok, ceil)
		}
		negative := new(big.Int).Neg(limit)
		if got, ok := d.AtMost(exponent); ok != (floor.Cmp(negative) >= 0) || (ok && floor.IsInt64() && min(floor.Int64(), MaxMinor) != min(got, MaxMinor)) {
			t.Fatalf("%v.AtMost(%d) = %d, %v; want %v", d, exponent, got, ok, floor)
		}
	}
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func TestMoneyJSON(t *testing.T) {
	got, err := json.Marshal(Money{-1250, "GBP"})
	if want := `{"minor":-1250,"currency":"GBP","decimal":"-12.50"}`; string(got) != want || err != nil {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	for _, bad := range []string{
		`{"minor":-1250,"currency":"GBP","decimal":"-12.51"}`,
		`{"minor":-1250,"currency":"???","decimal":"-12.50"}`,
		`{"minor":-1250.5,"currency":"GBP","decimal":"-12.50"}`,
		`{"minor":9007199254740992,"currency":"GBP","decimal":"90071992547409.92"}`,
		`{"minor":-1250,"currency":"GBP","decimal":"-12.50","more":1}`,
	} {
		if err := json.Unmarshal([]byte(bad), new(Money)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestMoneyAdd(t *testing.T) {
	for _, c := range []struct {
		a, b Money
		want int64
		err  error
	}{
		{Money{1, "EUR"}, Money{-3, "EUR"}, -2, nil},
		{Money{MaxMinor - 1, "EUR"}, Money{1, "EUR"}, MaxMinor, nil},
		{Money{MaxMinor, "EUR"}, Money{1, "EUR"}, 0, ErrRange},
		{Money{-MaxMinor, "EUR"}, Money{-1, "EUR"}, 0, ErrRange},
		{Money{math.MaxInt64, "EUR"}, Money{math.MaxInt64, "EUR"}, 0, ErrRange},
		{Money{math.MinInt64, "EUR"}, Money{math.MinInt64, "EUR"}, 0, ErrRange},
		{Money{1, "EUR"}, Money{1, "GBP"}, 0, ErrInvalid},
	} {
		got, err := c.a.Add(c.b)
		if got.Minor != c.want || !errors.Is(err, c.err) {
			t.Errorf("%v + %v = %v, %v; want %d, %v", c.a, c.b, got, err, c.want, c.err)
		}
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, seed := range []string{"-12.50", "0", "1.", "9223372036854775808", "1.00000000000000000000", "+1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDecimal(text)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q was read as %v", text, d)
		}
		if got := new(big.Rat).SetFrac(big.NewInt(d.Unscaled), pow10(int(d.Scale))); got.Cmp(want) != 0 {
			t.Fatalf("%q was read as %v", text, d)
		}
		if again, err := ParseDecimal(d.String()); err != nil || again != d {
			t.Fatalf("%v reads back as %v, %v", d, again, err)
		}
	})
}

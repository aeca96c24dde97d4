package redact_test

import (
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestCutAnywhere: encoded texts, cut where anybody likes, by marks of several kinds.
func TestCutAnywhere(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "NTAxOTYxODMxNjky NDE3MQ==", gone: "ODMx"}, {in: "pay MzQyMzUxODgwMDky NTE5 now", gone: "ODgw"}, {in: "TVQ4/N1l+PVVg2.OTUzND-c/zNjVOMz / k0OTI5O.DExMjA3N-w==", gone: "OTUz"},
		{in: "MDktNTUtNjUgODE4ODE yMTg= ok", gone: "NTUt"}, {in: "39 3-8363-0373/4393-0353.3343-3313-4303-1", gone: "0353"}, {in: "Mg3.OTI1Nw== MTE1 MjQ0/OTM", gone: "MjQ0", known: []string{"11524493"}},
		{in: "BR0I0MVVJTUIwMjc2 no R0I0MVVJTUIw,Mjc2NDU2NTkzNDQ0Nw", gone: "NDU2"}, {in: "Tk_budu027fbs9u227fbs9u227bbttu327jbsw", gone: "7fbs"},
	})
	rng := rand.New(rand.NewPCG(3, 4))
	r := newRedactor(t)
	for range 400 {
		pan, marks := validCard(rng, "53", 16), []string{"/", "+", ".", " ", "-", "\n", " | ", "_"}
		for _, code := range []string{base64.StdEncoding.EncodeToString([]byte(pan)), hex.EncodeToString([]byte(pan))} {
			for range 1 + rng.IntN(4) {
				k := 4 + rng.IntN(len(code)-8)
				code = code[:k] + marks[rng.IntN(len(marks))] + code[k:]
			}
			if got := text(t, r, code); !strings.Contains(got, "CARD_") {
				t.Errorf("%s: %q -> %q", pan, code, got)
			}
		}
	}
}

// TestCutFarOn: behind more words of an encoded text than are read at once.
func TestCutFarOn(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	r := newRedactor(t)
	for range 300 {
		pan := validCard(rng, "53", 16)
		plain := strings.Repeat("all that was said before. ", 30)[:300+rng.IntN(400)] + "; " + pan + " is it"
		var in strings.Builder
		for code := base64.RawStdEncoding.EncodeToString([]byte(plain)); len(code) > 0; {
			n := min(len(code), 3+rng.IntN(9))
			in.WriteString(code[:n] + []string{" ", "-", ", "}[rng.IntN(3)])
			code = code[n:]
		}
		if got := text(t, r, in.String()); !strings.Contains(got, "CARD_") {
			t.Errorf("%q: %q -> %q", plain, in.String(), got)
		}
	}
}

// validCard makes up a card number.
func validCard(rng *rand.Rand, prefix string, n int) string {
	d := []byte(prefix)
	for len(d) < n-1 {
		d = append(d, byte('0'+rng.IntN(10)))
	}
	sum := 0
	for i := range d {
		v := int(d[len(d)-1-i] - '0')
		if i%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return string(append(d, byte('0'+(10-sum%10)%10)))
}

// TestCutLookAlike: words, codes and numbers that might be read as an encoding.
func TestCutLookAlike(t *testing.T) {
	r := newRedactor(t, "11524493", "530415079276")
	for _, in := range []string{
		"MTE1 NTI Mg", "NEW YORK NY 10001 USA", "Order Nr MTA4 NTE2 MTk5", "3534 3938 3031", "PO 31 32 33 34 35 36", "MUC - TXL 3A 4B 5C", "Invoice NDUz OTU3", "OTTO GmbH 3F Nr 12",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestDividedAlone: of the parts of a number one is found alone; of an encoded text
// one is a key, or a last word.
func TestDividedAlone(t *testing.T) {
	for _, tc := range []struct {
		in, gone string
		known    []string
	}{
		{in: `{"content":[{"type":"text","text":":50K:/2200181"},{"type":"text","text":"7119836"},{"type":"text","text":"29"}]}`, gone: "7119836"},
		{in: `[{"type":"text","text":"pay mailto:55395478"},{"type":"text","text":"08222193@x.example now"}]`, gone: "5539547"},
		{in: `[{"type":"text","text":"account number 41111111"},{"type":"text","text":"11111111 now"}]`, gone: "111111"},
		{in: `[{"type":"text","text":"pay 987735"},{"type":"text","text":"294744 now"}]`, gone: "987735", known: []string{"987735294744"}},
		{in: `{":25:515133791":"1355214"}`, gone: "1355214"},
		{in: `{"MzUyODEzMzQ1":"MDM5ODAxNw"}`, gone: "MzUy"}, {in: `{"NjM3NTg4MzAxODI5NTQ":"3MA"}`, gone: "NjM3"},
		{in: `[{"type":"text","text":"pay MzQy"},{"type":"text","text":"MTcwODg5MTg5NTkx now"}]`, gone: "MTcw"},
		{in: `[{"type":"text","text":"pay eyJpZCI6MzA5N"},{"type":"text","text":"TczOTI4NzM4Mjk= now"}]`, gone: "TczOTI4"},
		{in: `{"content":[{"type":"text","text":"MjIyMTQ4MDA1NDMwNDIy"},{"type":"text","text":"OA"}]}`, gone: "MDA1"},
		{in: `{"content":[{"type":"text","text":"0x3430313037"},{"type":"text","text":"3438383735"}]}`, gone: "3430", known: []string{"4010748875"}},
		{in: `{"content":[{"type":"text","text":"MzE"},{"type":"text","text":"2Mz"},{"type":"text","text":"c0MjU2"}]}`, gone: "c0Mj", known: []string{"316374256"}},
	} {
		r := newRedactor(t, tc.known...)
		got := jsonText(t, r, tc.in)
		if strings.Contains(got, tc.gone) {
			t.Errorf("%s (known %q) -> %s", tc.in, tc.known, got)
		}
		if again := jsonText(t, r, got); again != got {
			t.Errorf("not idempotent: %s -> %s -> %s", tc.in, got, again)
		}
	}
}

// TestListsAreKept: lists of JSON numbers, and of degrees.
func TestListsAreKept(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`[34936,89960,67694,17277]`, `[73959,55217,41490,50918,84539,91534]`, `[68929,37647,35803,15369,12358]`, `["85.316678 -167.618187 137.749206"]`, `["-51.021116,-27.924716"]`, `["25.221202,-67.176718"]`,
	} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

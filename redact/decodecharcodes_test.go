package redact_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestCharCodes: text that is printed as the codes of its characters is read as text.
func TestCharCodes(t *testing.T) {
	r := newRedactor(t)
	for _, secret := range []string{visa, "IBAN DE89370400440532013000 ok", `{"card":"` + visa + `"}`, "password=Tr0ub4dor.3x", "④⑤③⑨⑤⑦⑧⑦⑥③⑥②①④⑧⑥", "4539-5787-6362-1486", "&#52;539&#53;787&#54;3621486"} {
		var codes []int
		var decimal, binary []string
		for _, c := range []byte(secret) {
			codes = append(codes, int(c))
			decimal = append(decimal, fmt.Sprint(c))
			binary = append(binary, fmt.Sprintf("%08b", c))
		}
		buffer, err := json.Marshal(map[string]any{"type": "Buffer", "data": codes})
		if err != nil {
			t.Fatal(err)
		}
		tail := strings.Join(decimal[len(decimal)-5:], " ")
		if out := jsonText(t, r, string(buffer)); !strings.Contains(out, "_") || !json.Valid([]byte(out)) {
			t.Errorf("%s -> %s", buffer, out)
		}
		for _, in := range []string{strings.Join(decimal, " "), "bytes([\n    " + strings.Join(decimal, ",\n    ") + "\n])", strings.Join(decimal, "-"), strings.Join(binary, " ")} {
			if out := text(t, r, in); !strings.Contains(out, "_") || strings.HasPrefix(secret, visa) && strings.Contains(out, tail) {
				t.Errorf("%s -> %s", in, out)
			}
		}
	}
}

// TestNoCharCodes: ages, scores and bytes of no text stay numbers.
func TestNoCharCodes(t *testing.T) {
	const each, most = 2000, 50 // one in fifty begins with what makes a card in pairs
	r := newRedactor(t)
	rng := rand.New(rand.NewPCG(5, 6))
	for name, draw := range map[string]func() int{
		"ages":  func() int { return min(99, max(18, int(rng.NormFloat64()*8+52))) },
		"bytes": func() int { return rng.IntN(256) },
		"ASCII": func() int { return 32 + rng.IntN(95) },
	} {
		altered := 0
		for range each {
			list := make([]int, 8+rng.IntN(60))
			for i := range list {
				list[i] = draw()
			}
			in, err := json.Marshal(map[string]any{"data": list})
			if err != nil {
				t.Fatal(err)
			}
			if jsonText(t, r, string(in)) != string(in) {
				altered++
			}
		}
		if t.Logf("%s: %d of %d altered", name, altered, each); altered > most {
			t.Errorf("%s: %d of %d altered", name, altered, each)
		}
	}
}

// TestCalledCodes: the codes of characters that a call is given are text, whatever marks
// and controls are among them.
func TestCalledCodes(t *testing.T) {
	calls := map[string]func(string) string{
		"sum": func(s string) string {
			var b strings.Builder
			for i := range len(s) {
				fmt.Fprintf(&b, "+CHAR(%d)", s[i])
			}
			return b.String()[1:]
		},
		"list": func(s string) string {
			var b strings.Builder
			for i := range len(s) {
				fmt.Fprintf(&b, ",%d", s[i])
			}
			return "String.fromCharCode(" + b.String()[1:] + ")"
		},
	}
	for name, call := range calls {
		for _, in := range []string{"4539 | 5787 | 6362 | 1486", "4539\x0b5787\x0b6362\x0b1486", "GB35/LOYD/4636/8240/8740/36", "453957<!-- x -->8763621486", "'4539'.'5787'.'6362'.'1486'"} {
			if got := text(t, newRedactor(t), "v="+call(in)); strings.Contains(got, call(in)) {
				t.Errorf("%s of %q -> %s", name, in, got)
			}
		}
	}
	checkLeft(t, "sizes(52,124,60,33,45,45,32,120)", "row 52, 124, 60, 33, 45, 45, 32, 120")
}

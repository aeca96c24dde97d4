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

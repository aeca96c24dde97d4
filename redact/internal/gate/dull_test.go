package gate

import (
	"encoding/base64"
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/encoded"
)

// TestMayBe compares what the six bits of a word's characters tell with what it decodes to at
// each alignment: never less, and of most random words nothing.
func TestMayBe(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 1))
	alike, said := 0, 0
	const words = 200_000
	for range words {
		raw := make([]byte, 9+r.IntN(30))
		for i := range raw {
			switch raw[i] = byte(r.IntN(256)); r.IntN(6) {
			case 0:
				raw[i] = ' ' + byte(r.IntN(0x5F))
			case 1:
				raw[i] = 0x80 + byte(r.IntN(0x40))
			case 2:
				raw[i] = [...]byte{0x1F, 0x8B, 8, 0x78, 0x9C, 0xC3, 0xE4, 1}[r.IntN(8)]
			}
		}
		word := base64.RawStdEncoding.EncodeToString(raw)
		word = word[:min(len(word), 11+r.IntN(40))]
		var v [longestDull + 8]byte
		for i := range word {
			v[i] = encoded.SixBits64[word[i]]
		}
		n := len(word)
		packed, text := mayBePacked(&v, n), mayBeText(&v, n)
		if said++; !packed && !text {
			said--
		}
		for a := range 4 {
			body := word[a:]
			if len(body)%4 == 1 {
				body = body[:len(body)-1]
			}
			got, err := base64.RawStdEncoding.Strict().DecodeString(body)
			if err != nil {
				got, _ = base64.RawStdEncoding.DecodeString(body)
			}
			if encoded.PackedAt(got) >= 0 {
				if alike++; !packed {
					t.Fatalf("%q: compressed data from %d on", word, a)
				}
			}
			for from := 0; from < len(got); {
				end := encoded.TextEnd(got, from)
				if end-from >= encoded.MinPlain {
					if alike++; !text {
						t.Fatalf("%q: text %q from %d on", word, got[from:end], a)
					}
				}
				from = end + 1
			}
		}
	}
	if alike < words/100 || said == words {
		t.Fatalf("%d times there was something, of %d words said", alike, said)
	}
}

package profile

import (
	"math/rand/v2"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/encoded"
)

// TestMayWrap compares the planes of texts of words, marks and spaces with a reading of them.
func TestMayWrap(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 2))
	wrapped, said := 0, 0
	const texts = 300_000
	for range texts {
		size, text := 1+r.IntN(7), []byte(nil)
		for len(text) < 1+r.IntN(Block) {
			n := size
			if r.IntN(3) == 0 {
				n = 1 + r.IntN(8)
			}
			for range n {
				text = append(text, "abcdefXYZ0123456789-+/"[r.IntN(22)])
			}
			text = append(text, "        ,*  =  \xc3\xa9"[r.IntN(17)])
			if r.IntN(9) == 0 {
				text = append(text, ' ')
			}
		}
		text = text[:min(len(text), Block)]
		var m Planes
		m.Load(text)
		may, found := m.mayWrap(), encoded.Wrapped(text)
		if found && !may {
			t.Fatalf("%q: there is an encoded text over several words", text)
		}
		if found {
			wrapped++
		}
		if may {
			said++
		}
	}
	if wrapped < texts/50 || said > texts*3/4 {
		t.Fatalf("%d texts of %d are wrapped, and %d said to be", wrapped, texts, said)
	}
}

// TestAnnounces: the last letters of words that announce a secret are known in any case, and
// what only ends in the same two letters is not taken for them.
func TestAnnounces(t *testing.T) {
	for text, want := range map[string]bool{
		"pin": true, "PIN": true, "Geheimpin": true, "IS": true, "this": true, "Zugangscode": true, "parola d'accesso e password": true, "contraseña": true, "pw": true, "dbpw": true,
		"cart": false, "MKTP": false, "Berlin": false, "Card": false, "Express": false, "Trade": false, "Lidl": false,
	} {
		if got := announces([]byte(text), len(text)); got != want {
			t.Errorf("%s: %t, want %t", text, got, want)
		}
	}
}

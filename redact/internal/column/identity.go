package column

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

// CuedRule names the scheme of a word of letters and digits for which a cue has to
// speak, though its form is strict.
func CuedRule(w []byte, before cue.Set) string {
	switch {
	case len(w) == len("ABCPE1234F") && before&(cue.Tax|cue.Card) != 0 && nationalid.Shaped(w, "aaaaannnna") && bytes.IndexByte([]byte("ABCEFGHJLPT"), char.Upper(w[3])) >= 0:
		return "in_pan" // Income Tax Department, rule 114
	case len(w) == len("S1234567D") && before&cue.Tax != 0 && nationalid.Shaped(w, "annnnnnna") && nationalid.NRIC(w):
		return "nric"
	case len(w) == len("A1234563") && before&cue.Tax != 0 && nationalid.HKID(w):
		return "hkid"
	case (len(w) == len("ABC680524P76") || len(w) == len("VECJ880326XXX")) && before&cue.Tax != 0 && nationalid.RFC(w):
		return "rfc"
	}
	return cuedLetters(w, before)
}

// cuedLetters is CuedRule for the schemes of nationalid.Named.
func cuedLetters(word []byte, before cue.Set) string {
	var w [LongestCued]byte
	if before&(cue.Tax|cue.Health) == 0 || len(word) > len(w) {
		return ""
	}
	for i, c := range word {
		w[i] = char.Upper(c)
	}
	return nationalid.Named(w[:len(word)], before&cue.Tax != 0, before&cue.Health != 0)
}

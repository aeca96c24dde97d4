package hostile

import (
	"math/rand/v2"
	"strconv"
)

// Beside is a number that a cue announces, of which a disguise changes the number
// and leaves the cue.
type Beside struct {
	Cue string
	Value
}

// Besides returns account numbers beside the cues of several languages, and the
// last five digits of a known one.
func Besides(rng *rand.Rand) (all []Beside) {
	for _, cue := range []string{"account ", "Account number: ", "acct no. ", "Konto ", "compte ", "cuenta ", "A/C ", "conto ", "rekening ", "beneficiary account ", "BSB 062-000 acc "} {
		v := number("account", strconv.Itoa(1+rng.IntN(9))+digits(rng, 7+rng.IntN(5)))
		all = append(all, Beside{cue, v})
	}
	known := strconv.Itoa(1+rng.IntN(9)) + digits(rng, 11)
	for _, cue := range []string{"account ", "acct ending ", "a/c "} {
		end := known[len(known)-5:]
		all = append(all, Beside{cue, Value{Kind: "known", Text: end, Parts: []string{end}, Least: len(end), Known: known}})
	}
	return all
}

// Suits tells whether somebody would still read the number under d as that which
// the cue announces.
func (b Beside) Suits(d Disguise) bool {
	switch d.Name {
	case "letter x", "letter o", "letter", "letters", "JSON", "JSON four deep", "base64 of sentence", "base64 behind letters", "base64 in words", "base64 wrapped", "base64 wrapped at 64", "data URL", "data URL, percent", "query",
		"base64 after colon", "encoded word, B", "encoded word, Q", "quoted-printable, soft breaks":
		return false
	}
	return d.Layer < Glue && !(b.Known != "" && d.Layer == Encodings) // five digits are too few for an encoding
}

package secrets

import (
	"bytes"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Further places of a secret: what says that a value is one stands beside one of them
// only, as in a message that says twice which token was refused.

// Limits of such copies.
const (
	leastCopied = 16 // characters of a value: shorter ones may be words
	mostCopied  = 32 // different values of one view: each is looked for in all of it
)

// Copies finds the further places of the secrets that were noted from span first on.
func (s *Scan) Copies(v *finding.View, first int) {
	noted := s.Spans[first:]
	var places map[int]bool // where those begin; made when one is found again
	var looked [mostCopied]string
	n := 0
	for _, sp := range noted {
		if sp.Entity != entity.Secret || len(sp.Canon) < leastCopied || slices.Contains(looked[:n], sp.Canon) {
			continue
		}
		value := []byte(sp.Canon)
		if char.DigitsIn(value) < credential.LeastDrawn || !credential.RandomLike(value) {
			continue
		}
		if n == len(looked) {
			return
		}
		looked[n] = sp.Canon
		n++
		for at := 0; ; {
			i := bytes.Index(v.Text[at:], value)
			if i < 0 {
				break
			}
			if i, at = at+i, at+i+len(value); char.Alnum(char.At(v.Text, i-1)) || char.Alnum(char.At(v.Text, at)) {
				continue
			}
			if places == nil {
				places = make(map[int]bool, len(noted))
				for k := range noted {
					places[noted[k].Lo] = true
				}
			}
			if !places[int(v.From(i))] {
				s.secret(v, i, at, sp.Rule)
			}
		}
	}
}

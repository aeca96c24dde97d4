package redact

import (
	"bytes"
	"slices"
)

// Further places of a secret: what says that a value is one stands beside one of them
// only, as in a message that says twice which token was refused.

// Limits of such copies.
const (
	leastCopied = 16 // characters of a value: shorter ones may be words
	leastDrawn  = 3  // digits of one: names of things have one or two
	mostCopied  = 32 // different values of one view: each is looked for in all of it
)

// copies finds the further places of the secrets that were noted from span first on.
func (s *scan) copies(v *view, first int) {
	noted := s.spans[first:]
	var places map[int]bool // where those begin; made when one is found again
	var looked [mostCopied]string
	n := 0
	for _, sp := range noted {
		if sp.entity != Secret || len(sp.canon) < leastCopied || slices.Contains(looked[:n], sp.canon) {
			continue
		}
		value := []byte(sp.canon)
		if digitsIn(value) < leastDrawn || !randomLike(value) {
			continue
		}
		if n == len(looked) {
			return
		}
		looked[n] = sp.canon
		n++
		for at := 0; ; {
			i := bytes.Index(v.t[at:], value)
			if i < 0 {
				break
			}
			if i, at = at+i, at+i+len(value); alnum(byteAt(v.t, i-1)) || alnum(byteAt(v.t, at)) {
				continue
			}
			if places == nil {
				places = make(map[int]bool, len(noted))
				for k := range noted {
					places[noted[k].lo] = true
				}
			}
			if !places[int(v.from(i))] {
				s.secret(v, i, at, sp.rule)
			}
		}
	}
}

package redact

import "bytes"

// Further places of a secret: what says that a value is one stands beside one of them
// only, as in a message that says twice which token was refused.

// Limits of such copies.
const (
	leastCopied = 16 // characters of a value: shorter ones may be words
	leastDrawn  = 3  // digits of one: names of things have one or two
	mostCopied  = 32 // values of one view: each is looked for in all of it
)

// copies finds the further places of the secrets that were noted from span first on.
func (s *scan) copies(v *view, first int) {
	noted := len(s.spans)
	for k := first; k < min(noted, first+mostCopied); k++ {
		sp := s.spans[k]
		value := []byte(sp.canon)
		if sp.entity != Secret || len(value) < leastCopied || digitsIn(value) < leastDrawn || !randomLike(value) {
			continue
		}
		for at := 0; ; {
			i := bytes.Index(v.t[at:], value)
			if i < 0 {
				break
			}
			i, at = at+i, at+i+len(value)
			if !alnum(byteAt(v.t, i-1)) && !alnum(byteAt(v.t, at)) && !s.noted(first, noted, int(v.from(i))) {
				s.secret(v, i, at, sp.rule)
			}
		}
	}
}

// noted tells whether one of the spans from first to end begins at lo.
func (s *scan) noted(first, end, lo int) bool {
	for k := first; k < end; k++ {
		if s.spans[k].lo == lo {
			return true
		}
	}
	return false
}

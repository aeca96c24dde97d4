package redact

import "bytes"

// Token-shaped text that arrives from outside is taken apart, so that nobody takes
// it for one of ours.

// tokens finds token-shaped text that is not ours.
func (s *scan) tokens(t []byte) {
	for at := 0; ; {
		i := bytes.IndexByte(t[at:], '_')
		if i < 0 {
			return
		}
		i += at
		at = i + 1
		n := letters(t[at:])
		if n < tokenLetters {
			continue
		}
		for p := 3; p <= longestPrefix && p <= i; p++ {
			if !isPrefix(t[i-p : i]) {
				continue
			}
			if s.r.tokens.own(t[i-p : at+tokenLetters]) { // letters may be glued on
				continue
			}
			v := view{t: t}
			s.add(&v, i-p, at+n, span{entity: Fake, layer: LayerDetector, rule: "token_shape"})
		}
	}
}

// hiddenTokens finds, in a view that something was decoded or folded to, the
// underscore of token-shaped text that is spelled otherwise: ACCT%5F…. What stands
// inside base64 and the like is no token to anybody.
func (s *scan) hiddenTokens(v *view) {
	for at := 0; ; {
		i := bytes.IndexByte(v.t[at:], '_')
		if i < 0 {
			return
		}
		i += at
		if at = i + 1; letters(v.t[at:]) < tokenLetters || i == 0 || !apart(v, i) {
			continue
		}
		for p := 3; p <= longestPrefix && p <= i; p++ {
			if isPrefix(v.t[i-p:i]) && !s.r.tokens.own(v.t[i-p:at+tokenLetters]) {
				s.add(v, i, at, span{entity: Fake, layer: LayerDetector, rule: "token_shape"})
				break
			}
		}
	}
}

// apart tells whether byte i of a view comes from bytes of its own, as that of an
// escape sequence does: those of base64 share some with their neighbours.
func apart(v *view, i int) bool {
	return v.to(i-1) <= v.from(i) && v.to(i) <= v.from(i+1)
}

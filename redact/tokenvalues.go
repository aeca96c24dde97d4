package redact

import "strings"

// TextTokens is Text that also tells the value, in its canonical spelling, of
// each token that it puts in, for a vault. Where a part of a known value was
// found, the value is not in the text and nothing is told. told must not keep
// what it is given in clear.
func (r *Redactor) TextTokens(dst, src []byte, told func(e Entity, token, value string)) (out []byte, found []Finding, err error) {
	if len(src) > MaxDocument {
		return r.Text(dst, src)
	}
	var p profile
	if p.read(src); r.quiet(&p, src) {
		return append(dst, src...), nil, nil
	}
	defer failClosed(dst, &out, &found, &err)
	s := r.scan()
	defer r.release(s)
	s.told = told
	if out, err = s.text(dst, src); err != nil {
		return dst, nil, err
	}
	return out, s.report(), nil
}

// tell hands on the value of a token, if the token is made from just that.
func (s *scan) tell(sp *span, token string, original []byte) {
	value := sp.canon
	if value == "" {
		value = canonical(sp.entity, string(original))
	}
	if s.r.tokens.token(sp.entity, value) == token {
		s.told(sp.entity, token, value)
	}
}

// IsToken tells whether text is exactly one token made under key, and nothing
// else.
func IsToken(key [32]byte, text string) bool {
	r := Redactor{tokens: newTokenKey(key)}
	return r.isToken([]byte(text))
}

// Entity returns what the detectors take a value for that stands alone, "" if the
// whole of it is none of what they know.
func (r *Redactor) Entity(value string) Entity {
	if out, _, err := r.Text(nil, []byte(value)); err == nil && r.isToken(out) {
		return EntityOf(string(out))
	}
	return ""
}

// NextToken returns where the first text with the form of a token stands in
// text, whoever made it: a known prefix, an underscore and fourteen letters A–Z,
// with no letter, digit or underscore on either side. ok is false without one.
func NextToken(text string) (from, to int, ok bool) {
	for at := 0; at < len(text); at++ {
		if text[at] != '_' || letters([]byte(text[at+1:min(len(text), at+2+tokenLetters)])) != tokenLetters {
			continue
		}
		if end := at + 1 + tokenLetters; end == len(text) || !wordByte(text[end]) {
			from := at
			for from > 0 && at-from <= longestPrefix && wordByte(text[from-1]) {
				from--
			}
			if isPrefix([]byte(text[from:at])) {
				return from, end, true
			}
		}
	}
	return 0, 0, false
}

func wordByte(c byte) bool { return c == '_' || letter(c) || digit(c) || c >= 0x80 }

// EntityOf returns the entity that a token's prefix names; "" if none does.
func EntityOf(token string) Entity {
	head, _, _ := strings.Cut(token, "_")
	for e, p := range prefixes {
		if p == head {
			return e
		}
	}
	return ""
}

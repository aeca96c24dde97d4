package redact

import (
	"strings"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// TextTokens is Text that also tells the value, in its canonical spelling, of
// each token that it puts in, for a vault. Where a part of a known value was
// found, the value is not in the text and nothing is told. told must not keep
// what it is given in clear.
func (r *Redactor) TextTokens(dst, src []byte, told func(e Entity, token, value string)) (out []byte, found []Finding, err error) {
	if len(src) > MaxDocument {
		return r.Text(dst, src)
	}
	var p profile.Profile
	if p.Read(src); r.rules.Quiet(&p, src) {
		return append(dst, src...), nil, nil
	}
	defer failClosed(dst, &out, &found, &err)
	s := r.scan()
	defer r.release(s)
	s.Told = told
	if out, err = s.text(dst, src); err != nil {
		return dst, nil, err
	}
	return out, s.report(), nil
}

// IsToken tells whether text is exactly one token made under key, and nothing
// else.
func IsToken(key [32]byte, text string) bool {
	r := gate.Rules{Tokens: tokens.NewKey(key)}
	return r.IsToken([]byte(text))
}

// Entity returns what the detectors take a value for that stands alone, "" if the
// whole of it is none of what they know.
func (r *Redactor) Entity(value string) Entity {
	if out, _, err := r.Text(nil, []byte(value)); err == nil && r.rules.IsToken(out) {
		return EntityOf(string(out))
	}
	return ""
}

// NextToken returns where the first text with the form of a token stands in
// text, whoever made it: a known prefix, an underscore and fourteen letters A–Z,
// with no letter, digit or underscore on either side. ok is false without one.
func NextToken(text string) (from, to int, ok bool) {
	for at := 0; at < len(text); at++ {
		if text[at] != '_' || char.Letters([]byte(text[at+1:min(len(text), at+2+tokens.Letters)])) != tokens.Letters {
			continue
		}
		if end := at + 1 + tokens.Letters; end == len(text) || !wordByte(text[end]) {
			from := at
			for from > 0 && at-from <= tokens.LongestPrefix && wordByte(text[from-1]) {
				from--
			}
			if tokens.IsPrefix([]byte(text[from:at])) {
				return from, end, true
			}
		}
	}
	return 0, 0, false
}

func wordByte(c byte) bool { return c == '_' || char.Letter(c) || char.Digit(c) || c >= 0x80 }

// EntityOf returns the entity that a token's prefix names; "" if none does.
func EntityOf(token string) Entity {
	head, _, _ := strings.Cut(token, "_")
	for e, p := range tokens.Prefixes {
		if p == head {
			return e
		}
	}
	return ""
}

// TokenOf returns the token that stands for value, the same for every spelling
// of it: a prefix for the entity ("ACCT_", "CARD_", "IBAN_", …) and fourteen
// letters from HMAC-SHA256(key, entity, canonical value).
func TokenOf(key [32]byte, e Entity, value string) string {
	k := tokens.NewKey(key)
	return k.Token(e, tokens.Canonical(e, value))
}

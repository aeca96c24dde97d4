package redact

import "bytes"

// Secrets that only their place says to be one: under a head such as "Access Token", or
// printed behind a name as programs print values.

// Limits of such secrets.
const (
	leastPrinted = 8 // characters, one of them a digit
	mostPrinted  = 512
	longestWords = 40 // bytes of a name of several words
)

// printed tells whether a value may be a secret, as its column or name says.
func (c column) printed(value []byte) bool {
	if c >= holdsCode {
		return c.secret(value)
	}
	return len(value) >= leastPrinted && len(value) <= mostPrinted && bytes.IndexByte(value, ' ') < 0 && !allDigits(value) && digitsUpTo(value, 0) > 0 &&
		c.secret(value) && !isoDate(value[:min(len(value), len("2026-01-05"))])
}

// printedSecrets finds the secrets that are printed behind their names, with more between
// the two than a sign of assignment.
func (s *scan) printedSecrets(v *view) {
	t := v.t
	for w := (words{t: t, class: isAlnum}); w.next(); {
		i, j := w.lo, w.hi
		for j < len(t) && inPrinted(t[j]) {
			j++
		}
		w.hi = j
		if value := t[i:j]; i > 0 && t[i-1] != '=' && (len(value) >= leastPrinted || len(value) <= longestPIN && allDigits(value)) {
			if name := valueGap(t, i).name(t); name > 0 && !signed(t[name:i]) {
				if c := secretHead(nameOf(t, name)); c != 0 && c.printed(value) && (c >= holdsCode || !programmed(t, name, i, j)) && !s.r.isToken(value) {
					s.add(v, i, j, span{entity: Secret, layer: LayerDetector, rule: "assigned", canon: string(value)})
				}
			}
		}
	}
}

// inPrinted tells whether a character may be one of a value that a program prints, and
// does not end it.
func inPrinted(c byte) bool {
	switch c {
	case '"', '\'', '`', '<', '>', ',', ')', ';', ']', '}', '&', '|':
		return false
	}
	return c > ' ' && c < 0x7F
}

// signed tells whether nothing but a sign of assignment stands between a name and a value,
// of which assigned judges.
func signed(between []byte) bool {
	sign := bytes.Trim(between, " \t\"'")
	return len(sign) == 1 && (sign[0] == ':' || sign[0] == '=')
}

// nameOf returns the name that ends at t[end:]: a word with the marks that stand in names,
// or several with a space between them at the beginning of a line or a tag.
func nameOf(t []byte, end int) []byte {
	i := end
	for i > 0 && end-i < longestWords && (alnum(t[i-1]) || t[i-1] == '_' || t[i-1] == '-' || t[i-1] == ' ') {
		i--
	}
	words := bytes.TrimLeft(t[i:end], " -")
	if k := bytes.LastIndexByte(words, ' '); k >= 0 && spelledName(words) == nameNone {
		return words[k+1:]
	}
	return words
}

// printedString redacts a string that is a secret by the key around its own, which only
// wraps it, or by the name before it in an array of the two, and tells whether it did.
func (s *scan) printedString(i, end int, escaped bool) bool {
	w := &s.walk
	n := len(w.frames)
	if n == 0 {
		return false
	}
	c := column(0)
	if f := &w.frames[n-1]; f.index == 1 {
		c = secretHead(w.pairName())
	} else if n > 1 && f.index < 0 && w.frames[n-2].index < 0 && partOfKey(w.src[f.lo:f.hi]) {
		key := w.src[w.frames[n-2].lo:w.frames[n-2].hi]
		c = secretHead(bytes.TrimSuffix(key, []byte(".keyword"))) // of Elasticsearch
	}
	if c == 0 {
		return false
	}
	text := w.unescape(i, end, escaped)
	return c.printed(text) && !s.r.isToken(text) && s.replaceNamed(i, end, text, 0, Secret)
}

// printedNumber is printedString for numbers that are PINs and codes: {"pin": {"int": 4821}}.
func (s *scan) printedNumber(i, end int, lit []byte) bool {
	w := &s.walk
	n := len(w.frames)
	if n < 2 {
		return false
	}
	kind := w.frames[n-2].name.kind
	if kind != nameCode && kind != namePIN && kind != nameDigits || w.frames[n-1].index >= 0 || w.frames[n-2].index >= 0 || !partOfKey(w.src[w.frames[n-1].lo:w.frames[n-1].hi]) {
		return false
	}
	if len(lit) > longestPIN || !plausibleSecret(lit, kind) || bytes.IndexByte(lit, '.') >= 0 || s.r.action(Secret) == Keep {
		return false
	}
	s.unlink()
	s.decode()
	s.replaceNumber(i, end, lit, &span{entity: Secret, layer: LayerDetector, rule: "named", canon: string(lit)})
	return true
}

// programmed tells whether the value t[i:j] behind a name that ends at t[name] is none but
// a name or a key of a program.
func programmed(t []byte, name, i, j int) bool {
	value := t[i:j]
	switch q := t[i-1]; {
	case constant(value), callee(value) > 0, inCode(t, name, i, value):
		return true
	case q == '"' || q == '\'' || q == '`':
		return byteAt(t, j) == q && (byteAt(t, j+1) == ':' || byteAt(t, j+1) == ']' && byteAt(t, i-2) == '[')
	}
	return !randomLike(value) || bytes.ContainsAny(looked(value), "([=")
}

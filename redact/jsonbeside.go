package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// What was found in an object or an array says what its other elements may be: the number
// beside the code of a bank, {"sort_code": …, "number": …}, the code beside a card, {"card": …,
// "expiry": …, "code": …}, and labels and values by turns, ["Account number", …, "Sort code", …].

// beside is behind where the container begins in src in which something was found last, 0
// for none.
type beside struct {
	any, bank, card int
}

// found notes a finding in the container that begins at i.
func (b *beside) found(i int, e Entity) {
	switch b.any = i + 1; e {
	case Bank:
		b.bank = i + 1
	case Card:
		b.card = i + 1
	}
}

// besideFound redacts the string src[i:end] in the container f, in which something was found,
// if that says what it is, and tells whether it did.
func (s *scan) besideFound(f *frame, i, end int, escaped bool) bool {
	w := &s.walk
	if end-i > longestDisguised {
		return false
	}
	text := w.unescape(i, end, escaped)
	if f.index > 0 {
		return s.turnOf(f, i, end, text)
	}
	switch string(bytes.ToLower(char.Looked(w.src[f.lo:f.hi]))) {
	case "number", "no", "nr", "num", "an", "acc", "ac":
		return w.near.bank == f.start+1 && accountDigits(text) && s.replaceNamed(i, end, text, 0, Account)
	case "code", "sec":
		const short, long = len("802"), len("1234")
		lead := w.src[max(f.start, i-bankReach):i]
		return w.near.card == f.start+1 && (len(text) == short || len(text) == long) && char.AllDigits(text) && bytes.Contains(lead, []byte(`"exp`)) && s.replaceNamed(i, end, text, 0, Secret)
	}
	return false
}

// turnOf redacts the element text of an array of labels and values by turns.
func (s *scan) turnOf(f *frame, i, end int, text []byte) bool {
	w := &s.walk
	if f.index%2 == 0 {
		return false
	}
	name := elementBefore(w.src, i)
	if len(name) == 0 || char.DigitsIn(name) > 0 {
		return false
	}
	if c := column.SecretHead(name); c != 0 {
		return c.Printed(text) && !s.Rules.IsToken(text) && s.replaceNamed(i, end, text, 0, Secret)
	}
	c := column.HeadOf(bytes.ToLower(name))
	if c == 0 || c >= column.HoldsPassword {
		return false
	}
	a, b, ok := c.Value(text)
	if !ok || char.DigitsIn(text[a:b]) < column.LeastNumbered {
		return false
	}
	return s.replacePart(i, end, text, a, b, detect.Held(c.Entity(), tokens.Canonical(c.Entity(), string(text[a:b]))))
}

// elementBefore returns what is in the string that ends before the comma before src[i], if it
// is short and has no escapes.
func elementBefore(src []byte, i int) []byte {
	for i > 0 && (src[i-1] <= ' ' || src[i-1] == ',') {
		i--
	}
	if i < 2 || src[i-1] != '"' {
		return nil
	}
	lead := src[max(0, i-longestDisguised) : i-1]
	k := bytes.LastIndexByte(lead, '"')
	if k < 0 || bytes.IndexByte(lead[k:], '\\') >= 0 {
		return nil
	}
	return lead[k+1:]
}

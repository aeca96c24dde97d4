package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// What goes on behind a leaf that ends with a finding: a text that is sent in several
// parts, as by a model, is cut anywhere, and the part behind the cut shows nothing of
// what it belongs to.

// Limits of such a part.
const (
	tailGap     = 160 // bytes of JSON before it: what frames the next event of a stream
	leastNumber = 4   // digits of a number
	mostNumber  = 20
)

// endsFound notes that a string ended at src[end] with what is a token in out now.
func (w *walker) endsFound(end int, text, out []byte) {
	n := len(out) - tokens.Letters - 1
	if n < 0 || out[n] != '_' || char.Letters(out[n+1:]) < tokens.Letters {
		return
	}
	switch head := out[:n]; {
	case bytes.HasSuffix(head, []byte("SECRET")):
		w.keyEnd, w.keyEndName = end, w.lastKey()
	case char.Digit(text[len(text)-1]) && (bytes.HasSuffix(head, []byte("ACCT")) || bytes.HasSuffix(head, []byte("BANK")) || bytes.HasSuffix(head, []byte("NATID"))):
		w.accountEnd, w.keyEndName = end, w.lastKey()
	}
}

// lastKey returns where the key of the current leaf stands, nothing if it has none.
func (w *walker) lastKey() finding.Stretch {
	if n := len(w.frames); n > 0 && w.frames[n-1].index < 0 {
		return finding.Stretch{Lo: w.frames[n-1].lo, Hi: w.frames[n-1].hi}
	}
	return finding.Stretch{}
}

// keyGoesOn tells whether the key of the current leaf goes on from that of the leaf that
// ended with a credential or an account, as memo2 does from memo.
func (w *walker) keyGoesOn() bool {
	from, here := w.keyEndName, w.lastKey()
	return from.Hi > from.Lo && here.Lo > from.Hi && goesOn(w.src[from.Lo:from.Hi], w.src[here.Lo:here.Hi])
}

// tailHere tells whether the current leaf may be the part of a text that goes on behind
// one that ended at src[at]: the next element, block or part, or what a model sent next.
func (w *walker) tailHere(i, at int) bool {
	f := &w.frames[len(w.frames)-1]
	if i-at > tailGap {
		return false
	}
	if f.index >= 0 || partKey(w.src[f.lo:f.hi]) {
		return i-at <= codedGap
	}
	switch string(w.src[f.lo:f.hi]) {
	case "text", "partial_json", "arguments", "content", "delta":
		return true
	}
	return false
}

// closing returns where in a part the JSON ends that it is of, the value before its last
// quotes and brackets.
func closing(text []byte) int { return len(bytes.TrimRight(text, "\"}]")) }

// keyTail redacts a string that goes on with the credential with which the leaf before
// ended, and tells whether it did: it is nothing but characters of one, with letters and
// digits.
func (s *scan) keyTail(i, end int, escaped bool) bool {
	w := &s.walk
	if i-w.keyEnd > tailGap {
		w.keyEnd = 0
		return false
	}
	text := w.unescape(i, end, escaped)
	n := closing(text)
	if n < minKeyTail || credential.UUID(text[:n]) || s.Rules.IsToken(text) || !w.tailHere(i, w.keyEnd) && !(i-w.keyEnd <= codedGap && w.keyGoesOn()) {
		return false
	}
	digits, letters := 0, 0
	for _, c := range text[:n] {
		switch {
		case char.Digit(c):
			digits++
		case char.Letter(c):
			letters++
		case !credential.TokenChar(c) && c != '$': // Braintree's have it
			return false
		}
	}
	if digits == 0 || letters == 0 || !s.replacePart(i, end, text, 0, n, Secret) {
		return false
	}
	w.keyEnd, w.keyEndName, s.across = end, w.lastKey(), true
	return true
}

// numberTail does the same for the digits behind an account number, in a string that is
// nothing else.
func (s *scan) numberTail(i, end int, escaped bool) bool {
	w := &s.walk
	at := w.accountEnd
	w.accountEnd = 0
	if !w.tailHere(i, at) && !(i-at <= codedGap && w.keyGoesOn()) {
		if i-at <= tailGap && w.framing(w.src[i+1:end-1]) {
			w.accountEnd = at
		}
		return false
	}
	text := w.unescape(i, end, escaped)
	n := closing(text)
	body := text[:n]
	if digits := char.DigitsUpTo(body, mostNumber); digits < leastNumber || digits > mostNumber || date.DayLike(body, false) || date.Like(body) || len(body) == 4 && date.PlausibleYear(char.Number(body, 4)) {
		return false
	}
	for _, c := range body {
		if !char.Digit(c) && c != ' ' && c != '-' {
			return false
		}
	}
	if !s.replacePart(i, end, text, 0, n, Account) {
		return false
	}
	s.across = true
	return true
}

package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// What the members of an object say about each other where a bank is concerned:
// the code of a bank beside an account of it, {"iban": …, "bic": …}, and a number
// of which a neighbour names the scheme, {"SchemeName":
// "UK.OBIE.SortCodeAccountNumber", "Identification": …} (Open Banking
// Read-Write API, OBReadAccount).

// Limits of such neighbours.
const (
	bankReach = 512 // bytes of JSON between an account and the code of its bank
	bankHeld  = 4   // codes that wait for an account behind them
)

// bankCode is a leaf with the code of a bank that no account was seen beside.
type bankCode struct {
	i, end int
	depth  int   // containers around it
	frame  frame // the innermost of them
	code   [detect.LongestBIC]byte
	size   int
}

// banks is what a walk remembers of accounts and of the codes of banks.
type banks struct {
	held    [bankHeld]bankCode
	n       int
	account int  // where the last account ended in src, 0 for none
	counted bool // an account was found in the current leaf
}

// accountScheme tells whether a scheme is one of account numbers.
func accountScheme(text []byte) bool {
	low := bytes.ToLower(text)
	return bytes.HasSuffix(low, []byte("accountnumber")) || bytes.HasSuffix(low, []byte("bban")) || bytes.HasSuffix(low, []byte("iban")) || bytes.HasSuffix(low, []byte("paym"))
}

// bankScheme tells whether a scheme is one of codes of banks.
func bankScheme(text []byte) bool {
	low := bytes.ToLower(text)
	return bytes.HasSuffix(low, []byte("bicfi")) || bytes.HasSuffix(low, []byte("bic"))
}

// spelledIBAN tells whether a text has the form of its country's IBANs, though its
// check digits are wrong: one that is right is found wherever it stands.
func spelledIBAN(text []byte) bool {
	var code [iban.Longest]byte
	n := 0
	for _, c := range text {
		if c == ' ' || c == '-' {
			continue
		}
		if !char.Alnum(c) || n == len(code) {
			return false
		}
		code[n] = char.Upper(c)
		n++
	}
	return n > len("GB29") && char.Letter(code[0]) && char.Letter(code[1]) && char.Digit(code[2]) && char.Digit(code[3]) &&
		n == len("GB29")+len(iban.Of(code[0], code[1]).BBAN) && !iban.Valid(code[:n])
}

// accountDigits tells whether a text is digits, as many as accounts have, and
// marks between them.
func accountDigits(text []byte) bool {
	n := 0
	for _, c := range text {
		if char.Digit(c) {
			n++
		} else if c != ' ' && c != '-' && c != '/' {
			return false
		}
	}
	return n >= bankaccount.MinDigits && n <= bankaccount.MaxDigits
}

// bankLeaf redacts the code of a bank, which is all of the string src[i:end], if an
// account stands before it, and holds it for one that follows if not.
func (s *scan) bankLeaf(i, end int, text []byte) bool {
	w := &s.walk
	if short := len(text) == len("HBUKGB4B"); !branchNumber(folded(text)) && (!short && len(text) != detect.LongestBIC || !detect.BIC(bytes.ToUpper(text))) {
		return false
	}
	b := &w.banks
	if b.account > 0 && i-b.account <= bankReach {
		return s.replaceNamed(i, end, text, 0, Bank)
	}
	if b.n == bankHeld {
		copy(b.held[:], b.held[1:])
		b.n--
	}
	h := &b.held[b.n]
	*h = bankCode{i: i, end: end, depth: len(w.frames), frame: w.frames[len(w.frames)-1], size: len(text)}
	h.size = copy(h.code[:], folded(text))
	b.n++
	s.Dirty = true
	return false
}

// branchNumber tells whether a text is a number of a branch that is none of a shop.
func branchNumber(text []byte) bool {
	return len(text) >= column.LeastCode && len(text) <= column.MostCode && char.AllDigits(text)
}

// besideAccount notes that an account was found in the leaf src[i:end], and
// redacts the codes of banks that were held for it.
func (s *scan) besideAccount(i, end int) {
	b := &s.walk.banks
	b.account, b.counted = end, false
	held := b.held
	n := b.n
	b.n = 0
	for k := range held[:n] {
		if h := &held[k]; i-h.end <= bankReach && s.Rules.Action(Bank) != Keep && s.walk.editAt(h.i) < 0 {
			s.redactHeld(h)
		}
	}
}

// redactHeld redacts a code that was held.
func (s *scan) redactHeld(h *bankCode) {
	w := &s.walk
	code := h.code[:h.size]
	rule := "bic"
	if char.AllDigits(code) {
		rule = "branch"
	}
	sp := finding.Span{Entity: Bank, Layer: LayerDetector, Rule: rule, Canon: string(bytes.ToUpper(code))}
	frames := w.frames
	if h.depth <= len(frames) && frames[h.depth-1].start == h.frame.start {
		now := frames[h.depth-1]
		frames[h.depth-1] = h.frame
		w.frames = frames[:h.depth]
		s.Count(&sp)
		frames[h.depth-1] = now
	} else {
		s.Count(&sp) // its container is closed
	}
	w.frames = frames
	w.note(h.i+1, h.end-1, Bank)
	s.replaceLeaf(h.i, h.end, s.Replace(nil, &sp, code))
}

// manyLast tells whether a text is digits that show more of a number than its
// last four.
func manyLast(text []byte) bool {
	for _, c := range text {
		if !char.Digit(c) {
			return false
		}
	}
	return len(text) > profile.LastShown && len(text) <= detect.MaxEnding
}

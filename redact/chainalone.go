package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// Numbers that stand in neighbouring leaves, each whole by itself and encoded, make up
// further ones by chance: the end of the one with the beginning of the other. What was
// found in a leaf alone is not taken back for such a one.

// leftOver is how many bytes of what was redacted alone a number that goes across may leave,
// at most: as many as a masked card shows.
const leftOver = 4

// uncovers tells whether a finding that goes across leaves would uncover a card or an IBAN
// that was redacted in one of them alone.
func (s *scan) uncovers(parts []part, sp *finding.Span) bool {
	w := &s.walk
	for k := range parts {
		p := &parts[k]
		if p.key || p.number || p.out {
			continue
		}
		var out []byte
		if p.spare {
			out = w.chain.spareOut
		} else if n := w.editAt(p.i); n >= 0 && w.edits[n].object < 0 {
			e := &w.edits[n]
			out = unescapedKey(w.text[e.from:e.to])
		}
		if len(out) == 0 {
			continue
		}
		at := finding.Stretch{Lo: p.offset + max(sp.Lo, p.from) - p.from, Hi: p.offset + min(sp.Hi, p.from+p.size) - p.from}
		if uncovered(bytes.Clone(w.unescape(p.i, p.end, p.escaped)), out, at) {
			return true
		}
	}
	return false
}

// uncovered tells whether what stands in a text for the tokens of cards and IBANs in its
// redacted form is more than what a finding in at takes.
func uncovered(text, out []byte, at finding.Stretch) bool {
	for from, to := nextNumberToken(out); to > 0; from, to = nextNumberToken(out) {
		if !bytes.HasPrefix(text, out[:from]) {
			return false
		}
		out, text, at = out[to:], text[from:], finding.Stretch{Lo: at.Lo - from, Hi: at.Hi - from}
		hi := len(text) - len(out)
		if next, more := nextNumberToken(out); more > 0 {
			hi = max(0, bytes.Index(text, out[:next]))
		}
		if hi < 0 {
			return false
		}
		lo, end := max(0, min(at.Lo, hi)), min(hi, max(at.Hi, 0))
		if taken := max(0, end-lo); taken > 0 && hi-taken > leftOver {
			return true
		}
		text, at = text[hi:], finding.Stretch{Lo: at.Lo - hi, Hi: at.Hi - hi}
	}
	return false
}

// nextNumberToken returns where the next token of a card or an IBAN stands in a text, 0, 0
// without one.
func nextNumberToken(t []byte) (from, to int) {
	for i := 0; i < len(t); i++ {
		n := bytes.IndexByte(t[i:], '_')
		if n < 0 {
			return 0, 0
		}
		if i += n; i >= len("CARD") && char.Letters(t[i+1:]) >= tokens.Letters {
			if head := string(t[i-len("CARD") : i]); head == "CARD" || head == "IBAN" {
				return i - len(head), i + 1 + tokens.Letters
			}
		}
	}
	return 0, 0
}

package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// One line asks for something and the next one answers, as in a chat:
//
//	Bot: Please type your 4-digit PIN.
//	You: 4964

// longestSpeaker is the longest name of who says a line, with the time before it.
const longestSpeaker = 32

// leastAnswer is the fewest characters of an answer: the security code of a card.
const leastAnswer = 3

// spoken returns where what is said begins in a line: behind "Bob: ", "<bob> ", "[10:02] Bob: ".
func spoken(line []byte) int {
	head := line[:min(len(line), longestSpeaker)]
	for _, mark := range [...]string{"> ", ": ", "：", "– ", "- "} {
		if k := bytes.LastIndex(head, []byte(mark)); k >= 0 && bytes.IndexByte(head[:k], '?') < 0 {
			return k + len(mark)
		}
	}
	return 0
}

// Asked finds the answers to questions for an account number, a password or a code in the
// line behind them.
func (s *Scan) Asked(v *finding.View) {
	t := v.Text
	for k := bytes.IndexByte(t, '\n'); k >= 0 && k+1 < len(t); {
		next := bytes.IndexByte(t[k+1:], '\n')
		if next >= 0 {
			next += k + 1
		}
		if credential.MayAsk(t[:k]) {
			from := max(1+bytes.LastIndexByte(t[max(0, k-credential.LongestAsked):k], '\n')+max(0, k-credential.LongestAsked), 0)
			end := len(t)
			if next >= 0 {
				end = next
			}
			s.answered(v, t[from:k], k+1, end)
		}
		k = next
	}
}

// answered finds the answer to the question of a line in t[a:end].
func (s *Scan) answered(v *finding.View, line []byte, a, end int) {
	name := credential.AskedFor(line[spoken(line):])
	if len(name) == 0 {
		return
	}
	what, code := column.HeadOf(name), credential.AskedCode(name)
	if what == 0 && !code || end-a > longestSpeaker+credential.LongestAsked {
		return
	}
	t := v.Text
	a += spoken(t[a:end])
	lo, hi := credential.Answer(t[a:end])
	value := t[a+lo : a+hi]
	if len(value) < leastAnswer || s.Rules.IsToken(value) || char.DigitsIn(value) == 0 {
		return
	}
	e := entity.Secret
	switch {
	case code:
		if len(value) > credential.LongestPIN || !char.AllDigits(value) {
			return
		}
	case what >= column.HoldsPassword:
		if !what.Secret(value) || !credential.PasswordLike(value) {
			return
		}
	default:
		if _, _, ok := what.Value(value); !ok || char.DigitsIn(value) < column.LeastNumbered {
			return
		}
		e = what.Entity()
	}
	if e == entity.Secret {
		s.secret(v, a+lo, a+hi, "assigned")
		return
	}
	s.Add(v, a+lo, a+hi, finding.Span{Entity: e, Layer: entity.Detector, Rule: "named", Canon: tokens.Canonical(e, string(value))})
	if e == entity.Account && end < len(t) {
		s.sortBelow(v, end+1)
	}
}

// sortBelow finds the sort code that is all that somebody says in the line at t[i:], behind
// the number of an account.
func (s *Scan) sortBelow(v *finding.View, i int) {
	const size = len("20-18-45")
	t := v.Text
	line := t[i:min(len(t), i+longestSpeaker+size+1)]
	if k := bytes.IndexByte(line, '\n'); k >= 0 {
		line = line[:k]
	}
	line = bytes.TrimRight(line, " \r")
	a := spoken(line)
	if len(line)-a != size {
		return
	}
	code := line[a:]
	for k, c := range code {
		if (k%3 == 2) != (c == '-') || k%3 != 2 && !char.Digit(c) {
			return
		}
	}
	s.Add(v, i+a, i+a+size, finding.Span{Entity: entity.Bank, Layer: entity.Detector, Rule: "named", Canon: tokens.Canonical(entity.Bank, string(code))})
}

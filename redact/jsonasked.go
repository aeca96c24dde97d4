package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// One member asks for something and the next one answers: {"question": "What is your account
// number?", "answer": …}, and the messages of a conversation, {"content": "Please enter the
// code."}, {"content": …}.

// answerGap is how many bytes of JSON stand at most between a question and its answer: the
// members of a message that say of whom it is and when it was sent.
const answerGap = 256

// leastAnswer is the fewest characters of an answer: the security code of a card.
const leastAnswer = 3

// question is what the last string asked for.
type question struct {
	end  int // where it ended, 0 for none
	what column.Kind
	code bool // of some digits

	label bool   // it is the text of a block, and the next block has the value
	at    leafAt // the value of a label, which may be told again
}

// labelGap is how many bytes of JSON stand at most between a block of Notion that is a label
// and the next one: its ids, times and styles.
const labelGap = 1600

// longestLabel is the longest of these.
const longestLabel = 32

// askEnds are the last bytes of strings that may ask for something: most others end with a
// letter or a digit.
var askEnds = [256]bool{' ': true, '?': true, '.': true, ':': true, '!': true, 0x9F: true, 0x82: true, 0x84: true}

// mayAsk tells whether a string that ends with c, and begins with first, may ask for
// something.
func mayAsk(first, c byte) bool {
	switch c {
	case '?', ' ': // a label goes on with what it is for: "Account no: "
		return true
	case '.', ':', '!':
		switch first {
		case 'P', 'E', 'T', 'p', 'e', 't', 'C', 'S', 'B', 'V':
			return true
		}
	case 0x9F, 0x82, 0x84: // the last bytes of ？, 。 and of い
		return first >= 0x80
	}
	return false
}

// asks notes what the string src[i:end] asks for.
func (s *scan) asks(i, end int, escaped bool) {
	w := &s.walk
	if c := w.src[end-2]; !askEnds[c] || !mayAsk(w.src[i+1], c) || end-i > 2*credential.LongestAsked {
		if kind := w.labelKey(); kind != 0 && end-i <= longestLabel+len(`""`) {
			w.labels(i, end, kind)
		}
		return
	}
	text := w.unescape(i, end, escaped)
	var name []byte
	if label, ok := bytes.CutSuffix(text, []byte(": ")); ok {
		name = bytes.ToLower(label)
	} else if w.src[end-2] != ' ' {
		name = credential.AskedFor(text)
	}
	if len(name) == 0 {
		return
	}
	if q := (question{end: end, what: column.HeadOf(name), code: credential.AskedCode(name)}); q.what != 0 || q.code {
		w.asked = q
	}
}

// labelKind is what the string of a member may be by its key.
type labelKind byte

const (
	labelBlock    labelKind = iota + 1 // the text of a block or of a run of one, as Notion writes it twice, or of a cell
	labelQuestion                      // {"q": "Your account number", "a": …}
)

// labelKindOf reads a key.
func labelKindOf(key []byte) labelKind {
	switch string(key) {
	case "text", "content", "plain_text":
		return labelBlock
	case "q", "question":
		return labelQuestion
	}
	return 0
}

// labelKey returns of what kind the current leaf is.
func (w *walker) labelKey() labelKind {
	n := len(w.frames)
	if n == 0 || w.frames[n-1].index >= 0 {
		return 0
	}
	f := &w.frames[n-1]
	if !f.asked {
		return labelKindOf(w.src[f.lo:f.hi])
	}
	return f.heads
}

// labels notes that the string src[i:end], the text of a block or a question, is the name of
// what the next block holds, or the answer: a toggle or a heading "Account number" and the
// number below.
func (w *walker) labels(i, end int, kind labelKind) {
	if !char.Letter(w.src[i+1]) {
		return
	}
	var low [longestLabel]byte
	n := 0
	for _, c := range bytes.TrimRight(w.src[i+1:end-1], " :") {
		if low[n] = char.Lower(c); char.Digit(c) {
			return
		}
		n++
	}
	name := bytes.TrimPrefix(low[:n], []byte("your "))
	if len(name) == 0 {
		return
	}
	if q := (question{end: end, what: column.HeadOf(name), code: credential.AskedCode(name) || string(name) == "pin", label: kind == labelBlock}); q.what != 0 || q.code {
		w.asked = q
	}
}

// toldAgain redacts the string src[i:end] if it is the value of a label again.
func (s *scan) toldAgain(q *question, i, end int) bool {
	w := &s.walk
	if !bytes.Equal(w.src[i:end], w.src[q.at.i:q.at.end]) || len(w.edits) == 0 {
		return false
	}
	text := w.unescape(i, end, q.at.escaped)
	lo, hi := credential.Answer(text)
	e := Secret
	if !q.code && q.what < column.HoldsPassword {
		e = q.what.Entity()
	}
	if e == Secret {
		return s.replacePart(i, end, text, lo, hi, e)
	}
	return s.replacePart(i, end, text, lo, hi, detect.Held(e, tokens.Canonical(Account, string(text[lo:hi]))))
}

// answers redacts the string src[i:end] if it is what was asked for, and tells whether it
// did.
func (s *scan) answers(i, end int, escaped bool) bool {
	w := &s.walk
	q := w.asked
	if i-q.end > answerGap && !(q.label && i-q.end <= labelGap) {
		w.asked = question{}
		return false
	}
	if q.label && w.labelKey() != labelBlock || !q.label && !w.answering() {
		return false
	}
	w.asked = question{}
	if q.at.end > 0 {
		return s.toldAgain(&q, i, end)
	}
	if !s.answer(&q, i, end, escaped) {
		return false
	}
	if q.label {
		q.end, q.at = end, leafAt{i, end, escaped}
		w.asked = q
	}
	return true
}

// answer redacts the string src[i:end] if it may be what a question asks for.
func (s *scan) answer(q *question, i, end int, escaped bool) bool {
	w := &s.walk
	text := w.unescape(i, end, escaped)
	lo, hi := credential.Answer(text)
	if hi-lo < leastAnswer || s.Rules.IsToken(text[lo:hi]) {
		return false
	}
	value := text[lo:hi]
	if q.code {
		return len(value) <= credential.LongestPIN && char.AllDigits(value) && s.replacePart(i, end, text, lo, hi, Secret)
	}
	if q.what >= column.HoldsPassword {
		return q.what.Secret(value) && credential.PasswordLike(value) && s.replacePart(i, end, text, lo, hi, Secret)
	}
	if _, _, ok := q.what.Value(folded(value)); !ok || char.DigitsUpTo(value, column.LeastNumbered) < column.LeastNumbered {
		return false
	}
	return s.replacePart(i, end, text, lo, hi, detect.Held(q.what.Entity(), tokens.Canonical(Account, string(value))))
}

// answering tells whether the current leaf may be what somebody answers, by its key.
func (w *walker) answering() bool {
	n := len(w.frames)
	if n == 0 {
		return false
	}
	f := &w.frames[n-1]
	if f.index >= 0 || f.name.role == holds {
		return true
	}
	switch string(bytes.ToLower(char.Looked(w.src[f.lo:f.hi]))) {
	case "text", "content", "message", "body", "answer", "response", "reply", "a", "transcript", "utterance", "said", "output", "input", "completion", "plain_text", "msg", "user", "customer", "human", "client", "caller", "visitor":
		return true
	}
	return false
}

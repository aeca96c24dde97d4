package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// A number of which other marks than those of masks hide the middle, or a word
// that says so, shows as much as a masked one: 453957------1486,
// 453957[redacted]1486. So do the first digits of a card on their own.

// Limits of such numbers.
const (
	minHiddenMarks = 4  // the same mark in a row
	maxHead        = 12 // more are a number of their own
	minTail        = 2
	maxTail        = 6
)

// hidden looks for what is hidden between or behind the groups of a sequence.
func (s *Scan) hidden(v *finding.View, q *Sequence) {
	for k := 1; k < len(q.G); k++ {
		if q.G[k].sepLen < minHiddenMarks {
			continue
		}
		marks := sameMarks(q.between(v, k))
		first, last := q.joinedBefore(k-1), q.joinedAfter(k)
		head, tail := q.G[k-1].to-q.G[first].from, q.G[last].to-q.G[k].from
		if total := head + marks + tail; marks < minHiddenMarks || !hidesCard(head, tail) || total < MinChained || total > LongestPAN {
			continue
		}
		s.hiddenCard(v, int(q.at[q.G[first].from]), int(q.at[q.G[last].to-1])+1)
	}
	last := len(q.G) - 1
	first := q.joinedBefore(last)
	end := int(q.at[len(q.at)-1]) + 1
	to, tail := hideWord(v.Text, end)
	if tail > 0 && hidesCard(q.G[last].to-q.G[first].from, tail) {
		s.hiddenCard(v, int(q.at[q.G[first].from]), to)
	}
}

func hidesCard(head, tail int) bool {
	return head >= profile.MinHead && head <= maxHead && tail >= minTail && tail <= maxTail
}

// hiddenCard notes the bytes [a, b) of a view, a card of which some digits are
// hidden.
func (s *Scan) hiddenCard(v *finding.View, a, b int) {
	canon := make([]byte, 0, LongestPAN)
	for _, c := range v.Text[a:b] {
		switch {
		case char.Digit(c):
			canon = append(canon, c)
		case len(canon) == 0 || canon[len(canon)-1] != '*':
			canon = append(canon, '*')
		}
	}
	s.Add(v, a, b, finding.Span{Entity: entity.Card, Layer: entity.Detector, Rule: "masked", Canon: string(canon)})
}

// fourAndDay tells whether a sequence is four digits, as many as may be shown, and a day, a
// time or an amount behind a space: ending in 6508 05/08.
func fourAndDay(t []byte, q *Sequence) bool {
	if len(q.G) < 3 || q.G[0].size() != profile.LastShown || q.G[1].sep != ' ' || q.G[1].sepLen > 1 {
		return false
	}
	g := q.G[1]
	return goesOnOtherwise(func(k int) byte { return char.At(t, k) }, int(q.at[g.to-1])+1, 1, g.size())
}

// shownBehind tells whether what stands at t[i] are the last digits of a number, of which
// one mark stands for the others: acct *2877, acct x2877.
func shownBehind(t []byte, i int) bool {
	switch char.At(t, i-1) {
	case '*':
		return true
	case 'x', 'X':
		return !char.Alnum(char.At(t, i-2))
	}
	return false
}

// sameMarks returns how often a mark stands in a separator that has no other
// one, spaces aside; 0 if it has another.
func sameMarks(gap []byte) (n int) {
	mark := byte(0)
	for _, c := range gap {
		switch {
		case c == ' ':
		case mark != 0 && c != mark || bytes.IndexByte([]byte("-=~+_|/:.^"), c) < 0:
			return 0
		default:
			mark = c
			n++
		}
	}
	return n
}

// joinedBefore returns the first of the groups that single marks join to group k.
func (q *Sequence) joinedBefore(k int) int {
	for k > 0 && q.G[k].sepLen == 1 && q.G[k].sep != ',' {
		k--
	}
	return k
}

// joinedAfter returns the last of the groups that single marks join to group k.
func (q *Sequence) joinedAfter(k int) int {
	for k+1 < len(q.G) && q.G[k+1].sepLen == 1 && q.G[k+1].sep != ',' {
		k++
	}
	return k
}

// hideWord looks for a word at t[i:], in brackets or glued to what is around it,
// that says that something is hidden, and for the digits behind it: where they
// end, and how many they are.
func hideWord(t []byte, i int) (end, tail int) {
	if i < len(t) && t[i] == ' ' {
		i++
	}
	for i < len(t) && bytes.IndexByte([]byte("[<({*"), t[i]) >= 0 {
		i++
	}
	from := i
	for i < len(t) && i-from < credential.LongestHide && char.Letter(t[i]) {
		i++
	}
	if !profile.Hides(t[from:i]) {
		return 0, 0
	}
	for i < len(t) && bytes.IndexByte([]byte("]>)}* "), t[i]) >= 0 && i-from < 2*credential.LongestHide {
		i++
	}
	if tail = char.Digits(t[i:]); char.Alnum(char.At(t, i+tail)) {
		return 0, 0
	}
	return i + tail, tail
}

// CardHead tells whether digits are the first ones of a card: a bank's
// identification number of six or eight digits, or a few more.
func CardHead(d []byte) bool {
	if len(d) < profile.MinHead || len(d) > maxHead {
		return false
	}
	for _, c := range d {
		if !char.Digit(c) {
			return false
		}
	}
	return d[0] >= '2' && d[0] != '7'
}

// heads finds the first digits of a card behind a cue: BIN 453957, card starting
// with 453957.
func (s *Scan) heads(v *finding.View, q *Sequence, before cue.Set) {
	if before&cue.BIN == 0 && before&(cue.Card|cue.Starting) != cue.Card|cue.Starting {
		return
	}
	if gluedWord(v.Text, int(q.at[0])) {
		return
	}
	if d := q.D[:q.G[0].to]; len(d) <= len("45395714") && CardHead(d) {
		s.addDigits(v, q, 0, len(d), finding.Span{Entity: entity.Card, Layer: entity.Detector, Rule: "head"})
	}
}

// gluedWord tells whether a digit stands right before the word before t[i], as in
// an id.
func gluedWord(t []byte, i int) bool {
	for i > 0 && !char.Alnum(t[i-1]) {
		i--
	}
	for i > 0 && char.Letter(t[i-1]) {
		i--
	}
	return char.Digit(char.At(t, i-1))
}

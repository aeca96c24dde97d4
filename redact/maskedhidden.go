package redact

import "bytes"

// A number of which other marks than those of masks hide the middle, or a word
// that says so, shows as much as a masked one: 453957------1486,
// 453957[redacted]1486. So do the first digits of a card on their own.

// Limits of such numbers.
const (
	minHiddenMarks = 4  // the same mark in a row
	minHead        = 6  // digits before what is hidden: a bank's identification number
	maxHead        = 12 // more are a number of their own
	minTail        = 2
	maxTail        = 6
	longestHide    = 16 // characters of a word that hides
)

// hidden looks for what is hidden between or behind the groups of a sequence.
func (s *scan) hidden(v *view, q *sequence) {
	for k := 1; k < len(q.g); k++ {
		if q.g[k].sepLen < minHiddenMarks {
			continue
		}
		marks := sameMarks(q.between(v, k))
		first, last := q.joinedBefore(k-1), q.joinedAfter(k)
		head, tail := q.g[k-1].to-q.g[first].from, q.g[last].to-q.g[k].from
		if total := head + marks + tail; marks < minHiddenMarks || !hidesCard(head, tail) || total < minChained || total > longestPAN {
			continue
		}
		s.hiddenCard(v, int(q.at[q.g[first].from]), int(q.at[q.g[last].to-1])+1)
	}
	last := len(q.g) - 1
	first := q.joinedBefore(last)
	end := int(q.at[len(q.at)-1]) + 1
	to, tail := hideWord(v.t, end)
	if tail > 0 && hidesCard(q.g[last].to-q.g[first].from, tail) {
		s.hiddenCard(v, int(q.at[q.g[first].from]), to)
	}
}

func hidesCard(head, tail int) bool {
	return head >= minHead && head <= maxHead && tail >= minTail && tail <= maxTail
}

// hiddenCard notes the bytes [a, b) of a view, a card of which some digits are
// hidden.
func (s *scan) hiddenCard(v *view, a, b int) {
	canon := make([]byte, 0, longestPAN)
	for _, c := range v.t[a:b] {
		switch {
		case digit(c):
			canon = append(canon, c)
		case len(canon) == 0 || canon[len(canon)-1] != '*':
			canon = append(canon, '*')
		}
	}
	s.add(v, a, b, span{entity: Card, layer: LayerDetector, rule: "masked", canon: string(canon)})
}

// fourAndDay tells whether a sequence is four digits, as many as may be shown, and a day, a
// time or an amount behind a space: ending in 6508 05/08.
func fourAndDay(t []byte, q *sequence) bool {
	if len(q.g) < 3 || q.g[0].size() != lastShown || q.g[1].sep != ' ' || q.g[1].sepLen > 1 {
		return false
	}
	g := q.g[1]
	return goesOnOtherwise(func(k int) byte { return byteAt(t, k) }, int(q.at[g.to-1])+1, 1, g.size())
}

// shownBehind tells whether what stands at t[i] are the last digits of a number, of which
// one mark stands for the others: acct *2877, acct x2877.
func shownBehind(t []byte, i int) bool {
	switch byteAt(t, i-1) {
	case '*':
		return true
	case 'x', 'X':
		return !alnum(byteAt(t, i-2))
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
func (q *sequence) joinedBefore(k int) int {
	for k > 0 && q.g[k].sepLen == 1 && q.g[k].sep != ',' {
		k--
	}
	return k
}

// joinedAfter returns the last of the groups that single marks join to group k.
func (q *sequence) joinedAfter(k int) int {
	for k+1 < len(q.g) && q.g[k+1].sepLen == 1 && q.g[k+1].sep != ',' {
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
	for i < len(t) && i-from < longestHide && letter(t[i]) {
		i++
	}
	if !hides(t[from:i]) {
		return 0, 0
	}
	for i < len(t) && bytes.IndexByte([]byte("]>)}* "), t[i]) >= 0 && i-from < 2*longestHide {
		i++
	}
	if tail = digits(t[i:]); alnum(byteAt(t, i+tail)) {
		return 0, 0
	}
	return i + tail, tail
}

func hides(word []byte) bool {
	if len(word) < len("snip") || len(word) > longestHide {
		return false
	}
	var low [longestHide]byte
	for i, c := range word {
		low[i] = lower(c)
	}
	switch string(low[:len(word)]) {
	case "redacted", "masked", "hidden", "removed", "omitted", "truncated", "filtered", "censored", "deleted", "obscured", "snip", "snipped", "private", "geschwaerzt", "masque":
		return true
	}
	return false
}

// cardHead tells whether digits are the first ones of a card: a bank's
// identification number of six or eight digits, or a few more.
func cardHead(d []byte) bool {
	if len(d) < minHead || len(d) > maxHead {
		return false
	}
	for _, c := range d {
		if !digit(c) {
			return false
		}
	}
	return d[0] >= '2' && d[0] != '7'
}

// heads finds the first digits of a card behind a cue: BIN 453957, card starting
// with 453957.
func (s *scan) heads(v *view, q *sequence, before cue) {
	if before&cueBIN == 0 && before&(cueCard|cueStarting) != cueCard|cueStarting {
		return
	}
	if gluedWord(v.t, int(q.at[0])) {
		return
	}
	if d := q.d[:q.g[0].to]; len(d) <= len("45395714") && cardHead(d) {
		s.addDigits(v, q, 0, len(d), span{entity: Card, layer: LayerDetector, rule: "head"})
	}
}

// gluedWord tells whether a digit stands right before the word before t[i], as in
// an id.
func gluedWord(t []byte, i int) bool {
	for i > 0 && !alnum(t[i-1]) {
		i--
	}
	for i > 0 && letter(t[i-1]) {
		i--
	}
	return digit(byteAt(t, i-1))
}

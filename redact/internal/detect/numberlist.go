package detect

import (
	"bytes"
	"sort"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// Lists of whole numbers: 637, 965, 833, 210 and 12-34, 56-78 and a column of figures.
// Some of the elements make up a card or an account by chance. Only all of them
// together do on purpose, or the first ones if they are as long as the groups of a card,
// or all but zeros or a date.

const (
	fewNumbers   = 4 // of one size are a list: three may be the groups of one number
	fewUneven    = 5 // the same of numbers of several sizes, with a mark of lists between all
	cardGroup    = 4 // digits of a group of a card as most are printed
	fewCardParts = 4 // groups of a card, as most are printed
	stray        = 1 // digits that somebody may have glued to a longer number before dividing it

	// Numbers of a list before and behind those in question that are looked at: it is a
	// long one if there are more.
	listReach = 16
)

// amongList tells whether the digits [a, b) are a part of a list, and no number that
// somebody wrote in it.
func (q *Sequence) amongList(v *finding.View, a, b int) bool {
	i, j := q.groupOf(a), q.groupOf(b-1)
	if j-i >= 2 && (q.equation(v, i, j) || q.rowOfTable(v, i, j) || q.bracketed(v, i, j)) {
		return true
	}
	if i == j {
		return false
	}
	if q.G[i].size() == 1 && q.G[j].size() == 1 {
		return q.digitList(v, i, j)
	}
	lo, hi, ok := q.evenList(v, i, j)
	even := ok
	if !ok {
		if lo, hi, ok = q.unevenList(v, i, j); !ok {
			return false
		}
	}
	before, behind := a-q.G[lo].from, q.G[hi].to-b
	if even && before+behind > 0 && q.clocked(lo, hi) {
		return true
	}
	switch {
	case before+behind == 0, even && before+behind <= stray && q.G[lo].size() == cardGroup:
		return false
	case !even && before+behind <= maxGlued:
		return false
	case before <= maxGlued && behind <= maxGlued && padding(q.D[a-before:a]) && padding(q.D[b:b+behind]):
		return false
	}
	return a != q.G[i].from || b != q.G[j].to || !q.asPrinted(i, j) || even && (i > lo && q.listMarked(v, i, j) || issuer.Of(q.D[a:b]) < issuer.Fair || q.othersBeside(v, i, j) || q.inRows(v, i, j))
}

// longDigits is from how many single digits on, with one and the same mark of lists between
// all, they are a list: a card of nineteen with an expiry date and a code on both ends has
// fewer, and a run that somebody put around one is told by rarer marks.
const longDigits = 48

// digitList tells whether the groups i … j are some of a list of single digits.
func (q *Sequence) digitList(v *finding.View, i, j int) bool {
	gap := q.gapBefore(v, j)
	if !marksList(gap) {
		return false
	}
	listed := func(k int) bool { return q.G[k].size() == 1 && bytes.Equal(q.gapBefore(v, k), gap) }
	for k := i + 1; k < j; k++ {
		if !listed(k) {
			return false
		}
	}
	n := j - i + 1
	for k := i; k > 0 && n < longDigits && listed(k) && q.G[k-1].size() == 1; k-- {
		n++
	}
	for k := j + 1; k < len(q.G) && n < longDigits && listed(k); k++ {
		n++
	}
	return n >= longDigits
}

// Numbers beside four groups of four digits, with the same marks between all, from which on
// these are a part of a list: in fours, too, behind the first of them, before the others,
// and of any size. A card may stand beside its expiry date and some others.
const (
	othersBehind = 3
	othersFirst  = 8
	othersAny    = 16
)

// othersBeside tells whether so many numbers that are no date stand beside the groups
// i … j, of which, in fours, no cards are made.
func (q *Sequence) othersBeside(v *finding.View, i, j int) bool {
	gap := q.gapBefore(v, j)
	same := func(k int) bool { return bytes.Equal(q.gapBefore(v, k), gap) }
	lo, hi, others, fours, size := i, j, 0, true, j-i+1
	count := func(k int) {
		g := q.G[k]
		fours = fours && g.size() == cardGroup
		if !padding(q.D[g.from:g.to]) {
			others++
		}
	}
	for lo > max(0, i-listReach) && same(lo) && q.G[lo-1].Atom == 0 {
		lo--
		count(lo)
	}
	for hi+1 < min(len(q.G), j+listReach) && same(hi+1) && q.G[hi+1].Atom == 0 {
		hi++
		count(hi)
	}
	switch {
	case !fours:
		return others >= othersAny
	case others < othersBehind || lo == i && others < othersFirst:
		return false
	case i-size >= lo && q.cardOf(i-size, i-1), j+size <= hi && q.cardOf(j+1, j+size): // two of them, side by side
		return false
	case (i-lo)%size != 0 || (hi-j)%size != 0:
		return true
	}
	for k := lo; k <= hi; k += size {
		if !q.cardOf(k, k+size-1) {
			return true
		}
	}
	return false
}

// cardOf tells whether the groups i … j are the number of a card.
func (q *Sequence) cardOf(i, j int) bool {
	d := q.D[q.G[i].from:q.G[j].to]
	return len(d) <= LongestPAN && issuer.Of(d) != issuer.None && checkdigit.Luhn(d)
}

// inRows tells whether the groups i … j are some of a row of a table of numbers of four
// digits, of which the rows beside it have no card in the same place.
func (q *Sequence) inRows(v *finding.View, i, j int) bool {
	const least = 6 // numbers of a row: a card, and two beside it
	first, last := i, j
	for first > max(0, i-listReach) && !q.breaks(v, first) {
		first--
	}
	for last+1 < min(len(q.G), j+listReach) && !q.breaks(v, last+1) {
		last++
	}
	n := last - first + 1
	if n < least || last-first >= listReach {
		return false
	}
	row := func(from int) bool { // of as many numbers, four digits each
		if from < 0 || from+n > len(q.G) || !q.breaks(v, from) || !q.breaks(v, from+n) {
			return false
		}
		for k := from; k < from+n; k++ {
			if q.G[k].size() != cardGroup || k > from && q.breaks(v, k) {
				return false
			}
		}
		return true
	}
	before, behind := row(first-n), row(first+n)
	return row(first) && (before || behind) && !(before && q.cardOf(i-n, j-n)) && !(behind && q.cardOf(i+n, j+n))
}

// bracketed tells whether the groups i … j are three numbers of four or five digits in
// brackets with a comma and a space between them, such as ports: no card is printed so.
func (q *Sequence) bracketed(v *finding.View, i, j int) bool {
	const parts, least, most = 3, 4, 5
	if len(q.G) != parts || j-i != parts-1 || char.At(v.Text, int(q.at[0])-1) != '[' {
		return false
	}
	for k, g := range q.G {
		if g.size() < least || g.size() > most || k > 0 && string(q.gapBefore(v, k)) != ", " {
			return false
		}
	}
	return true
}

// clocked tells whether the groups lo … hi are times of the day without a mark: 0957 2235.
func (q *Sequence) clocked(lo, hi int) bool {
	for _, g := range q.G[lo : hi+1] {
		if n := q.value(g); g.size() != cardGroup || n/100 > 23 || n%100 > 59 {
			return false
		}
	}
	return true
}

// groupOf returns the group of a digit.
func (q *Sequence) groupOf(at int) int {
	return sort.Search(len(q.G), func(k int) bool { return q.G[k].to > at })
}

// evenList returns the first and the last group of the list of numbers of one size that
// the groups i … j are in; a date or an amount ends it. What stands between them comes
// again in the same order. Of a run that somebody cut evenly the last group, or the
// first, is shorter.
func (q *Sequence) evenList(v *finding.View, i, j int) (lo, hi int, ok bool) {
	n := q.G[i].size()
	for k := i; k <= j; k++ {
		if q.G[k].size() != n || k > i && !q.listGap(v, k) {
			return 0, 0, false
		}
	}
	for lo = i; lo > max(0, i-listReach) && q.G[lo-1].size() == n && q.G[lo-1].Atom == 0 && q.listGap(v, lo); {
		lo--
	}
	for hi = j; hi+1 < min(len(q.G), j+listReach) && q.G[hi+1].size() == n && q.G[hi+1].Atom == 0 && q.listGap(v, hi+1); {
		hi++
	}
	least := fewNumbers
	if n == cardGroup {
		least++ // four of them are a card
	}
	all := len(q.D)
	cut := lo == 0 && hi < len(q.G)-1 && q.G[hi+1].size() < n && all-q.G[hi].to <= maxGlued || lo > 0 && hi == len(q.G)-1 && q.G[lo-1].size() < n && q.G[lo].from <= maxGlued
	ok = n > 1 && hi-lo+1 >= least && !cut && (q.periodic(v, lo, hi) || n != cardGroup && !q.wholeLines(v, i, j) && q.inLines(v, lo, hi))
	return lo, hi, ok && q.spaced(v, lo, hi)
}

// breaks tells whether a line break stands before group k, or nothing.
func (q *Sequence) breaks(v *finding.View, k int) bool {
	return k == 0 || k == len(q.G) || bytes.IndexByte(q.gapBefore(v, k), '\n') >= 0
}

// wholeLines tells whether the groups i … j are all numbers of their lines.
func (q *Sequence) wholeLines(v *finding.View, i, j int) bool {
	return q.breaks(v, i) && q.breaks(v, j+1)
}

// inLines tells whether the groups lo … hi are numbers in lines, as rows of a table or a
// list that goes over several: between those of a line always the same mark, and so many
// of them that they are a list.
func (q *Sequence) inLines(v *finding.View, lo, hi int) bool {
	var mark []byte
	n, lines := 1, 1 // numbers of this line
	for k := lo + 1; k <= hi; k++ {
		gap := q.gapBefore(v, k)
		switch {
		case q.breaks(v, k):
			if lines > 1 && n < fewNumbers || len(bytes.Trim(gap, ",; \t\r\n")) > 0 {
				return false
			}
			n, lines = 0, lines+1
		case mark == nil:
			mark = gap
		case !bytes.Equal(gap, mark):
			return false
		}
		n++
	}
	return lines > 1 && mark != nil
}

// unevenList returns the first and the last number of a list with one and the same mark
// between all, of which the groups i … j are some.
func (q *Sequence) unevenList(v *finding.View, i, j int) (lo, hi int, ok bool) {
	gap := q.gapBefore(v, j)
	same := func(k int) bool { return bytes.Equal(q.gapBefore(v, k), gap) }
	if !marksList(gap) {
		return 0, 0, false
	}
	for k := i + 1; k < j; k++ {
		if !same(k) {
			return 0, 0, false
		}
	}
	for lo = i; lo > max(0, i-listReach) && same(lo); {
		lo--
	}
	for hi = j; hi+1 < min(len(q.G), j+listReach) && same(hi+1); {
		hi++
	}
	return lo, hi, hi-lo+1 >= fewUneven
}

// periodic tells whether what stands between the groups lo … hi comes again in the same
// order, twice at least: of a list each time, of a list of pairs every second time, of a
// table every so many times.
func (q *Sequence) periodic(v *finding.View, lo, hi int) bool {
	for period := 1; period <= (hi-lo)/2; period++ {
		k := lo + period + 1
		for k <= hi && bytes.Equal(q.gapBefore(v, k), q.gapBefore(v, k-period)) {
			k++
		}
		if k > hi {
			return true
		}
	}
	return false
}

// spaced tells whether a space or a mark of lists stands between some of the groups.
func (q *Sequence) spaced(v *finding.View, lo, hi int) bool {
	for k := lo + 1; k <= hi; k++ {
		if gap := q.gapBefore(v, k); marksList(gap) || bytes.IndexByte(gap, ' ') >= 0 {
			return true
		}
	}
	return false
}

// gapBefore is what stands before group k.
func (q *Sequence) gapBefore(v *finding.View, k int) []byte {
	return v.Text[q.at[q.G[k-1].to-1]+1 : q.at[q.G[k].from]]
}

// listGap tells whether what stands before group k may stand between numbers.
func (q *Sequence) listGap(v *finding.View, k int) bool {
	return q.G[k].sep < 0x80 && !oddMark(q.G[k].sep) && !q.rare(v, k)
}

// marksList tells whether a separator is that of lists or of columns.
func marksList(gap []byte) bool { return bytes.ContainsAny(gap, ",;|\n\t") }

// listMarked tells whether separators of lists or of columns stand between the groups i … j.
func (q *Sequence) listMarked(v *finding.View, i, j int) bool {
	for k := i + 1; k <= j; k++ {
		if marksList(q.gapBefore(v, k)) {
			return true
		}
	}
	return false
}

// asPrinted tells whether the groups i … j are as long as those of a card: four digits
// each, of which the last may have fewer, or 4-6-5 and 4-6-4.
func (q *Sequence) asPrinted(i, j int) bool {
	if q.G[i].size() != cardGroup || j-i+1 < fewCardParts {
		return j-i == 2 && q.G[i].size() == 4 && q.G[i+1].size() == 6 && (q.G[j].size() == 5 || q.G[j].size() == 4)
	}
	for k := i + 1; k < j; k++ {
		if q.G[k].size() != cardGroup {
			return false
		}
	}
	return q.G[j].size() <= cardGroup
}

// equation tells whether the groups i … j are an equation that is true, as a sum with
// its total: 1234 + 5678 = 6912.
func (q *Sequence) equation(v *finding.View, i, j int) bool {
	sum := q.value(q.G[i])
	for k := i + 1; k <= j; k++ {
		gap := bytes.TrimSpace(q.gapBefore(v, k))
		n := q.value(q.G[k])
		switch {
		case k == j:
			return string(gap) == "=" && n == sum
		case string(gap) == "+":
			sum += n
		case string(gap) == "-":
			sum -= n
		default:
			return false
		}
	}
	return false
}

// tableLines is how many lines beside it must have as many numbers as a row of a table
// has.
const tableLines = 2

// rowOfTable tells whether the groups i … j are numbers of a table: of several sizes, in
// lines with as many numbers as those beside them. In one row they are far apart or have
// the marks of columns between them; if not, or in several rows, others stand before or
// behind them.
func (q *Sequence) rowOfTable(v *finding.View, i, j int) bool {
	if q.asPrinted(i, j) {
		return false
	}
	lines, far := 1, true
	for k := i + 1; k <= j; k++ {
		gap := q.gapBefore(v, k)
		if n := bytes.Count(gap, []byte("\n")); n > 0 {
			lines += n
		} else if !bytes.Contains(gap, []byte("  ")) && !bytes.ContainsAny(gap, "\t|;,") {
			far = false
		}
	}
	if size := q.G[j].to - q.G[i].from; (lines > 1 || !far) && len(q.D) < 2*size {
		return false
	}
	lo, hi := int(q.at[q.G[i].from]), int(q.at[q.G[j].to-1])+1
	from := lo - len(char.LineBefore(v.Text, lo, longestRow))
	n := numbersIn(v.Text[from:rowEnd(v.Text, from)])
	if n < fewestCells || lines == 1 && n < j-i+1 {
		return false
	}
	same := 0
	for start := from; start < len(v.Text) && same < lines+tableLines; same++ {
		end := rowEnd(v.Text, start)
		if numbersIn(v.Text[start:end]) != n {
			break
		}
		start = end + 1
	}
	if same < lines || from < hi && bytes.Count(v.Text[from:hi], []byte("\n")) >= lines {
		return false
	}
	for k, end := 0, from-1; k < tableLines && end > 0; k++ {
		start := end - len(char.LineBefore(v.Text, end, longestRow+1))
		if numbersIn(v.Text[start:end]) != n {
			break
		}
		same++
		end = start - 1
	}
	return same >= lines+tableLines
}

// longestRow is the longest line that is taken as a row of a table.
const longestRow = 512

// numbersIn counts the runs of digits of a line, -1 if it is too long for a row.
func numbersIn(line []byte) (n int) {
	if len(line) > longestRow {
		return -1
	}
	for i, c := range line {
		if char.Digit(c) && (i == 0 || !char.Digit(line[i-1])) {
			n++
		}
	}
	return n
}

// rowEnd returns where the line ends that t[i] is in, or what is longer than a row.
func rowEnd(t []byte, i int) int {
	return char.LineEnd(t[:min(len(t), i+longestRow+1)], i)
}

package detect

import (
	"bytes"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Of a table whose columns spaces set apart, of a row of numbers with fractions, of sums
// and of cells of HTML a detector may take a part for a number.

// midRun tells whether a finding begins or ends within a run of digits.
func midRun(t []byte, lo, hi int) bool {
	return char.Digit(char.At(t, lo-1)) && char.Digit(t[lo]) || char.Digit(t[hi-1]) && char.Digit(char.At(t, hi))
}

// inFours tells whether all digits of a text stand in groups of four, as those of a card
// are printed, but for the last, which may be shorter.
func inFours(t []byte) bool {
	n := 0
	for i, c := range t {
		if char.Digit(c) {
			n++
		} else if i > 0 && char.Digit(t[i-1]) {
			if n != cardGroup {
				return false
			}
			n = 0
		}
	}
	return n <= cardGroup
}

// columned tells whether a finding goes over columns that spaces set apart: between its
// numbers stand now one space and now more, as elsewhere in its lines, and others stand in
// these.
func columned(t []byte, lo, hi int) bool {
	least, most := 0, 0
	for i := lo; i < hi; {
		from := i
		for i < hi && t[i] == ' ' {
			i++
		}
		if n := i - from; n > 0 && char.At(t, from-1) != '\n' && char.At(t, i) != '\n' {
			if most = max(most, n); least == 0 || n < least {
				least = n
			}
		}
		i++
	}
	return least > 0 && most >= alignedGap && most > least && numbersBeside(t, lo, hi) && (most > alignedGap || wideGaps(t, lo, hi) > 1) && (!inFours(t[lo:hi]) || midRun(t, lo, hi))
}

// wideGaps counts the places in the lines of t[lo:hi] where as many spaces stand as between
// columns.
func wideGaps(t []byte, lo, hi int) int {
	from := lo - len(char.LineBefore(t, lo, longestRow))
	return fieldsOf(t[from:rowEnd(t, hi)], "  ")
}

// numbersBeside tells whether other digits stand in the lines of t[lo:hi].
func numbersBeside(t []byte, lo, hi int) bool {
	return char.DigitsUpTo(char.LineBefore(t, lo, longestRow), 0) > 0 || char.DigitsUpTo(t[hi:rowEnd(t, hi)], 0) > 0
}

// summed tells whether a finding is numbers between which plus, times or is stand, with
// spaces on both sides: 6926 + 7214 + 7869; or 1<<11 | 1<<13.
func summed(t []byte, lo, hi int) bool {
	signs := 0
	for k := lo + 1; k < hi-1; k++ {
		if a, b := t[k-1], char.At(t, k+2); t[k] == '<' && t[k+1] == '<' && (char.Digit(a) || a == ' ') && (char.Digit(b) || b == ' ') { // shifted
			return true
		}
		if t[k-1] == ' ' && t[k+1] == ' ' && bytes.IndexByte([]byte("+*="), t[k]) >= 0 {
			signs++
		}
	}
	return signs > 0 && (midRun(t, lo, hi) || signs > 1 && char.DigitsIn(t[lo:hi]) < 4*cardGroup)
}

// across tells whether a finding is cut off and goes over what stands in no number: a line
// break and marks of numbers, two numbers with fractions, or marks with spaces and
// without.
func across(t []byte, lo, hi int) bool {
	if !midRun(t, lo, hi) {
		return false
	}
	lines, marks, tight, apart, fractions := false, false, false, false, 0
	for k := lo; k < hi; k++ {
		c := t[k]
		inside := char.Digit(char.At(t, k-1)) && char.Digit(char.At(t, k+1))
		switch {
		case c == '\n':
			lines = true
		case bytes.IndexByte([]byte(".,/:"), c) >= 0:
			marks = marks || inside
			tight = tight || inside && c == '/'
			if inside && c == '.' && fraction(t, k) {
				fractions++
			}
		case bytes.IndexByte([]byte("-;+=*"), c) >= 0:
			apart = apart || char.At(t, k+1) == ' '
			tight = tight || inside && c != '-'
		}
	}
	return lines && marks || fractions > 1 || tight && apart
}

// besideFraction tells whether a finding without points begins or ends at that of a number
// with a fraction: 5.4 2688179.
func besideFraction(t []byte, lo, hi int) bool {
	if bytes.IndexByte(t[lo:hi], '.') >= 0 || bytes.IndexByte(t[lo:hi], ' ') < 0 {
		return false
	}
	if inFours(t[lo:hi]) && char.At(t, lo-1) != '.' { // somebody printed a card as an amount
		return false
	}
	return char.At(t, lo-1) == '.' && char.Digit(char.At(t, lo-2)) || char.At(t, hi) == '.' && char.Digit(char.At(t, hi+1))
}

// rowed tells whether a finding goes over fields of a row that is no row of fours, and the
// row before it or behind it has as many fields: 416746 | 8138014 | 619.67.
func rowed(t []byte, lo, hi int) bool {
	const fewest = 2 // marks of a row
	if inFours(t[lo:hi]) {
		return false
	}
	from := lo - len(char.LineBefore(t, lo, longestRow))
	end := rowEnd(t, hi)
	if end-from > longestRow || bytes.IndexByte(t[lo:hi], '\n') >= 0 {
		return false
	}
	for _, mark := range [...]string{"|", ",", ";", "\t", "  "} {
		n := fieldsOf(t[from:end], mark)
		if n < fewest || !bytes.Contains(t[lo:hi], []byte(mark)) {
			continue
		}
		before := char.LineBefore(t, max(0, from-1), longestRow-1)
		behind := t[min(len(t), end+1):]
		behind = behind[:min(len(behind), longestRow)]
		behind = behind[:char.LineEnd(behind, 0)]
		if fieldsOf(before, mark) == n || fieldsOf(behind, mark) == n {
			return true
		}
	}
	return false
}

// amountReach is how far before a finding the amount may begin that it starts in.
const amountReach = 12

// overAmount tells whether a finding takes digits of an amount that is all of a field of a
// row with others: 2026-01-05,SHOP,-2317.71,635614,4761; | 453708024 | 12.40 |.
func overAmount(t []byte, lo, hi int) bool {
	for p := lo; p < hi; p++ {
		if t[p] != '.' && t[p] != ',' {
			continue
		}
		end := p + len(".00")
		if n := char.Digits(t[p+1 : min(len(t), end+1)]); n != len("00") || !char.Digit(char.At(t, p-1)) {
			continue
		}
		from := p
		for from > 0 && lo-from < amountReach && char.Digit(t[from-1]) {
			from--
		}
		if c := char.At(t, from-1); c == '-' || c == '+' {
			from--
		}
		for from > 0 && p-from < rowReach && t[from-1] == ' ' {
			from--
		}
		for end < len(t) && end-p < rowReach && t[end] == ' ' {
			end++
		}
		mark := char.At(t, from-1)
		if from == 0 || end == len(t) {
			mark = char.At(t, max(end, from-1))
		}
		if mark == t[p] || bytes.IndexByte([]byte(",;|\t"), mark) < 0 || end < len(t) && t[end] != mark && t[end] != '\n' && t[end] != '\r' {
			continue
		}
		if fieldsBeside(t, lo, hi, mark) {
			return true
		}
	}
	return false
}

// fieldsBeside tells whether other fields of the row with such marks stand beside a finding,
// commas more than one, or a field with a letter.
func fieldsBeside(t []byte, lo, hi int, mark byte) bool {
	const least = 2
	a, b := max(0, lo-rowReach), min(len(t), hi+rowReach)
	before, behind := t[a:lo], t[hi:b]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	if k := bytes.IndexByte(behind, '\n'); k >= 0 {
		behind = behind[:k]
	}
	n := bytes.Count(before, []byte{mark}) + bytes.Count(behind, []byte{mark})
	return n >= least || n > 0 && mark != ','
}

// fieldsOf counts the marks of a line, of spaces each row of them once.
func fieldsOf(line []byte, mark string) (n int) {
	for {
		k := bytes.Index(line, []byte(mark))
		if k < 0 {
			return n
		}
		n++
		if line = line[k+len(mark):]; mark == "  " {
			line = bytes.TrimLeft(line, " ")
		}
	}
}

// within tells whether digits go on before and behind a finding that is not divided as none
// but a run of digits is.
func within(t []byte, lo, hi int) bool {
	return joinedTo(t, lo-1, -1) && joinedTo(t, hi, 1) && !cutAsRun(t[lo:hi])
}

// joinedTo tells whether a digit stands at t[i], or behind one mark there.
func joinedTo(t []byte, i, step int) bool {
	c := char.At(t, i)
	return char.Digit(c) || bytes.IndexByte([]byte("./:-"), c) >= 0 && char.Digit(char.At(t, i+step))
}

// cutAsRun tells whether the groups of a text are of one size, but for the first and the
// last, or divided as none but a run of digits is: see cardCut.
func cutAsRun(t []byte) bool {
	var kinds [4]uint64
	groups, n, size, even, list := 1, 0, 0, true, false
	for i := 0; i < len(t); i++ {
		if char.Digit(t[i]) {
			n++
			continue
		}
		if i > 0 && char.Digit(t[i-1]) {
			if groups > 1 {
				even = even && (size == 0 || n == size)
				size = n
			}
			groups++
			n = 0
			kinds[t[i]>>6] |= 1 << (t[i] & 63)
			list = list || t[i] == ' ' || listMark(t[i])
		}
	}
	several := bits.OnesCount64(kinds[0])+bits.OnesCount64(kinds[1])+bits.OnesCount64(kinds[2])+bits.OnesCount64(kinds[3]) >= minCutKinds
	return groups < 2 || even || groups >= manyCut && (several || !list) || kinds[2] != 0 || kinds[3] != 0
}

// fractionsIn counts the numbers with a fraction in t[lo:hi] between which spaces or commas
// stand.
func fractionsIn(t []byte, lo, hi int) (n int) {
	for k := lo; k < hi; k++ {
		if t[k] == '.' && char.Digit(char.At(t, k-1)) && char.Digit(char.At(t, k+1)) && fraction(t, k) {
			n++
		}
	}
	return n
}

// fraction tells whether the point t[k] stands in a number between spaces or commas.
func fraction(t []byte, k int) bool {
	a, b := k-char.DigitsBefore(t[:k]), k+1+char.Digits(t[k+1:])
	between := func(c byte) bool { return c == ' ' || c == ',' || c == '\n' || c == '\t' }
	return between(char.At(t, a-1)) && between(char.At(t, b))
}

// tableReach is how far before a finding the row of a table of HTML begins.
const tableReach = 1 << 10

// tabled tells whether a finding goes over cells of a table of HTML and is neither all of
// its only row nor printed as a card is: cells have nothing to do with each other.
func tabled(t []byte, lo, hi int) bool {
	if !hasTag(t[lo:hi], "td") && !hasTag(t[lo:hi], "th") || !hasTag(t[max(0, lo-tableReach):lo], "tr") {
		return false
	}
	if midRun(t, lo, hi) || hasTag(t[lo:hi], "tr") {
		return true
	}
	if cellsOfFour(t[lo:hi]) {
		return false
	}
	before := t[max(0, lo-tableReach):lo]
	row := bytes.LastIndex(bytes.ToLower(before), []byte("<tr"))
	behind := t[hi:min(len(t), hi+tableReach)]
	end := bytes.Index(bytes.ToLower(behind), []byte("</tr"))
	if row < 0 || end < 0 || hasTag(behind[:end], "td") && char.DigitsUpTo(behind[:end], 0) > 0 || char.DigitsUpTo(unmarkedText(before[row:]), 0) > 0 {
		return true
	}
	return hasTag(before[:row], "tr") || hasTag(behind[end+len("</tr"):], "tr")
}

// unmarkedText returns a text without its tags.
func unmarkedText(t []byte) (out []byte) {
	in := false
	for _, c := range t {
		switch {
		case c == '<' || c == '>':
			in = c == '<'
		case !in:
			out = append(out, c)
		}
	}
	return out
}

// cellsOfFour tells whether the cells of a text are four digits each.
func cellsOfFour(t []byte) bool {
	n, in := 0, false
	for _, c := range t {
		switch {
		case c == '<':
			if !in && n != 0 && n != cardGroup {
				return false
			}
			n, in = 0, true
		case c == '>':
			in = false
		case !in && char.Digit(c):
			n++
		}
	}
	return n <= cardGroup
}

// hasTag tells whether a text has a tag of this name, one that opens or one that closes.
func hasTag(t []byte, name string) bool {
	for i := 0; i < len(t); i++ {
		k := bytes.IndexByte(t[i:], '<')
		if k < 0 {
			return false
		}
		i += k
		if tagNamed(bytes.TrimPrefix(t[i+1:], []byte("/")), name) {
			return true
		}
	}
	return false
}

// Digits of a number with a fraction as programs write those that they computed.
const (
	LeastComputed = 10 // behind the point
	mostWhole     = 4  // before it
	zerosBehind   = 4  // at its end, of an amount with all its decimals
	mostDecimals  = 8  // of such an amount
	shortestCard  = 12 // digits; without its zeros and with its point such an amount has no more
)

// Measured tells whether a finding lies in one number with a fraction that a program
// computed, with others like it close by or a negative exponent, or is cut from it, or in an amount with zeros at its end.
func Measured(t []byte, lo, hi int) bool {
	exponent := bytes.IndexAny(t[lo:hi], "eE") // whose digits are no part of a number
	if exponent > 0 {
		hi = lo + exponent
	}
	a, b := numberAround(t, lo, hi)
	k := bytes.IndexByte(t[a:b], '.')
	if k <= 0 || bytes.IndexByte(t[a+k+1:b], '.') >= 0 {
		return false
	}
	if k == 1 && b-a-k-1 >= LeastComputed && (exponent > 0 || cutFraction(t, lo, hi)) {
		return true
	}
	if n := len(bytes.TrimRight(t[a:b], "0")); b-a-n >= zerosBehind && n > k && (b-a-k-1 <= mostDecimals || n <= shortestCard) {
		return true
	}
	if b-a-k-1 >= LeastDecimals && metric(t, a, b) {
		return true
	}
	if k > mostWhole || b-a-k-1 < LeastComputed {
		return false
	}
	if char.Lower(char.At(t, b)) == 'e' && char.At(t, b+1) == '-' && char.Digit(char.At(t, b+2)) {
		return true
	}
	const reach = 48
	near := t[max(0, a-reach):min(len(t), b+reach)]
	for i, c := range near {
		if at := max(0, a-reach) + i; c == '.' && (at < a || at >= b) && char.Digit(char.At(t, at-1)) && char.Digits(t[at+1:]) >= LeastComputed {
			return true
		}
	}
	return false
}

// metricReach is how far before its value the name and the labels of a metric stand.
const metricReach = 256

// metric tells whether the number t[a:b] is all that a line of the text format of Prometheus
// and OpenMetrics says of a metric, whose name ends in what is measured or summed up:
// http_request_duration_seconds_sum{code="200"} 53.06296058180633.
func metric(t []byte, a, b int) bool {
	if a == 0 || t[a-1] != ' ' || b < len(t) && t[b] != '\n' && t[b] != '\r' && t[b] != ' ' {
		return false
	}
	from := max(0, a-metricReach)
	line := t[from : a-1]
	if k := bytes.LastIndexByte(line, '\n'); k >= 0 {
		line = line[k+1:]
	} else if from > 0 {
		return false
	}
	if k := bytes.IndexByte(line, '{'); k > 0 && line[len(line)-1] == '}' {
		line = line[:k]
	}
	for _, c := range line {
		if !char.Alnum(c) && c != '_' && c != ':' {
			return false
		}
	}
	for _, end := range [...]string{"_sum", "_seconds", "_bytes", "_ratio", "_total", "_celsius", "_percent", "_average", "_avg", "_mean"} {
		if bytes.HasSuffix(line, []byte(end)) {
			return true
		}
	}
	return false
}

// cutFraction tells whether a finding in such a number begins or ends within a run of its
// digits, and more than zeros go on there: 0.6763520776609533 is not the twelve digits that
// it begins with.
func cutFraction(t []byte, lo, hi int) bool {
	for i := lo; i > 0 && lo-i < longestFraction && char.Digit(t[i-1]); i-- {
		if t[i-1] != '0' {
			return true
		}
	}
	behind := t[hi:min(len(t), hi+longestFraction)]
	return len(bytes.TrimLeft(behind[:char.Digits(behind)], "0")) > 0
}

// longestFraction is how many zeros beside a finding are passed over: of a fraction that a
// program computed, fewer follow each other.
const longestFraction = 32

// numberAround returns the digits and points around t[lo:hi], as far as a row is long.
func numberAround(t []byte, lo, hi int) (a, b int) {
	a, b = lo, hi
	for a > 0 && lo-a < longestRow && (char.Digit(t[a-1]) || t[a-1] == '.') {
		a--
	}
	for b < len(t) && b-hi < longestRow && (char.Digit(t[b]) || t[b] == '.') {
		b++
	}
	for _, c := range t[lo:hi] {
		if !char.Digit(c) && c != '.' {
			return lo, lo
		}
	}
	return a, b
}

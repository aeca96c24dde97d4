package redact

import "bytes"

// Hexadecimal as dumps print it: pairs, or words of a few, with spaces or marks
// between them.

// minPairs is the fewest separate hexadecimal pairs that are decoded.
const minPairs = 6

// spacedHex decodes words of one or more pairs of hexadecimal digits with
// separators or "0x" between them: "34 31 31", "0x34, 0x31", "3431 3131".
func (s *scan) spacedHex(v *view, depth int) {
	t := v.t
	for i := 0; i < len(t); {
		if unhex(t[i]) > 15 || i > 0 && alnum(t[i-1]) {
			i++
			continue
		}
		n, next := hexWord(t, i)
		if n == 0 {
			i++
			continue
		}
		if pairs, end := hexPairs(t, i); pairs < minPairs-2 { // one more may be glued on at either end
			i = end
			continue
		}
		mark := s.used
		raw := s.view(len(t) - i)
		if c, k := gluedBefore(t, i); k > 0 {
			raw.push(c, int32(k), 0)
		}
		end := i
		first := len(raw.t)
		line, units := first, true // where the bytes of this line begin; all words but the last are of two
		for n > 0 {
			end = i + n
			units = units && (len(raw.t)-first)%2 == 0 && n <= 4
			for k := hexStart(t, i); k < end; k += 2 {
				c, _ := hexByte(t, k)
				raw.push(c, int32(k), 0)
			}
			if column := columnEnd(t, end); column > 0 {
				end = column
				for ; line < len(raw.t); line++ {
					raw.hi[line] = int32(column)
				}
			}
			i = next
			n, next = hexWord(t, i)
		}
		raw.coverColumns()
		if c, ok := hexByte(t, i); ok && i > end { // the last pair may have letters glued on
			raw.push(c, int32(i), 0)
			end = i + 2
		}
		raw = s.keep(raw)
		if start := raw.lo[0]; len(raw.t) >= minPairs && s.charge(v, int(start), end, len(raw.t)) {
			from := place{num: 1, den: 1, at: raw.lo}
			s.decoded(v, raw.t, from, int(start), end, depth)
			if units { // as a dump prints the words of most machines, with the last byte first
				for k := first; k+1 < len(raw.t); k += 2 {
					raw.t[k], raw.t[k+1] = raw.t[k+1], raw.t[k]
				}
				s.decoded(v, raw.t, from, int(start), end, depth)
			}
		}
		s.used = mark
		i = max(i, end)
	}
}

// hexPairs counts the pairs from t[i:] on and returns where the last one ends.
func hexPairs(t []byte, i int) (pairs, end int) {
	for {
		n, next := hexWord(t, i)
		if n == 0 {
			return pairs, end
		}
		pairs, end, i = pairs+(i+n-hexStart(t, i))/2, i+n, next
	}
}

// gluedBefore returns the pair that ends the word before the separator before
// t[i], and where it starts; 0 for none.
func gluedBefore(t []byte, i int) (c byte, at int) {
	at = i
	for at > 0 && i-at < 3 && !alnum(t[at-1]) {
		at--
	}
	if at < 2 || at == i {
		return 0, 0
	}
	c, ok := hexByte(t, at-2)
	if !ok {
		return 0, 0
	}
	return c, at - 2
}

// longestHexWord is the most pairs of a word that is one of many: more are
// decoded alone.
const longestHexWord = 8

// hexStart returns where the pairs of the word t[i:] begin, behind "0x".
func hexStart(t []byte, i int) int {
	if byteAt(t, i) == '0' && lower(byteAt(t, i+1)) == 'x' {
		return i + 2
	}
	return i
}

// hexWord reads one word of pairs at t[i:], "0x" before it included, that is
// not part of a longer word. next is where another one may start.
func hexWord(t []byte, i int) (n, next int) {
	if i >= len(t) || i > 0 && alnum(t[i-1]) {
		return 0, i
	}
	from := hexStart(t, i)
	k := from
	for k < len(t) && k-from < 2*longestHexWord && unhex(t[k]) < 16 {
		k++
	}
	if k == from || (k-from)%2 != 0 || k < len(t) && alnum(t[k]) {
		return 0, i
	}
	return k - i, nextPairs(t, k)
}

// nextPairs returns where the pairs behind the word that ends at t[k:] begin: behind a few
// marks, the column of a dump, the spaces and the address before a line.
func nextPairs(t []byte, k int) int {
	const marks = 3
	if column := columnEnd(t, k); column > 0 {
		k = column
	}
	next, broken := k, false
	for next < len(t) && next-k < marks && t[next] < 0x80 && !alnum(t[next]) {
		broken = broken || t[next] == '\n'
		next++
	}
	for broken && next < len(t) && next-k < maxIndent && (t[next] == ' ' || t[next] == '\t') {
		next++
	}
	return afterAddress(t, next)
}

// afterAddress returns where the pairs of a line of a dump begin, if one begins at
// t[i:] with the address of its first byte: of four digits to eight, and longer than
// the words of the line if only a space is behind it.
func afterAddress(t []byte, i int) int {
	const fewest, most, sure, marks, word = 4, 8, 6, 3, 4
	if i > 0 && t[i-1] != '\n' {
		return i
	}
	end := i
	for end < len(t) && end-i <= most && unhex(t[end]) < 16 {
		end++
	}
	k := end
	for k < len(t) && k-end < marks && (t[k] == ' ' || t[k] == ':') {
		k++
	}
	if n := end - i; n < fewest || n > most || k == end || k == end+1 && n < sure && (t[end-1] != '0' || hexLength(t[k:]) != 2) {
		return i
	}
	if k == end+1 {
		if n := hexLength(t[k:]); n == 0 || n > word {
			return i
		}
	}
	return k
}

// hexLength counts the hexadecimal digits that a text begins with.
func hexLength(t []byte) (n int) {
	for n < len(t) && unhex(t[n]) < 16 {
		n++
	}
	return n
}

// Limits of the column in which a dump repeats its bytes as characters.
const (
	maxDumpLine = 160 // characters of pairs, of 32 bytes and more
	maxDumped   = 64  // bytes of a line
)

// columnEnd returns the end of the column of characters behind the last word of a line
// of a dump, which ends at t[k:]: two spaces or a mark, then what the pairs of the line
// stand for. 0 for none.
func columnEnd(t []byte, k int) int {
	j := k
	for j < len(t) && j-k < maxDumpLine && t[j] == ' ' {
		j++
	}
	marked := byteAt(t, j) == '|' || byteAt(t, j) == '>'
	if j < k+2 && !marked {
		return 0
	}
	var line [maxDumped]byte
	dumped := dumpedBefore(t, k, line[:0])
	if len(dumped) < 2 {
		return 0
	}
	if marked {
		if end := columnOf(t, j+1, dumped); end > 0 {
			return end
		}
	}
	for i := 0; i < len(dumped) && dumped[i] == ' ' && j > k+2; i++ { // spaces of the column
		j--
	}
	return columnOf(t, j, dumped)
}

// columnOf returns the end of the column t[j:] of these bytes, with a point for what is
// not printable; 0 if it is none.
func columnOf(t []byte, j int, dumped []byte) int {
	for _, c := range dumped {
		if c < ' ' || c >= 0x7F {
			c = '.'
		}
		if c == ' ' && (j == len(t) || t[j] == '\r' || t[j] == '\n') { // spaces at the end were cut off
			break
		}
		if j == len(t) || t[j] != c {
			return 0
		}
		j++
	}
	if c := byteAt(t, j); c == '|' || c == '<' {
		j++
	}
	if j < len(t) && t[j] != '\r' && t[j] != '\n' {
		return 0
	}
	return j
}

// zeroAddress begins the address of the first byte of a dump.
var zeroAddress = []byte("0000")

// dumpedBefore appends what the words of a line stand for of which the last ends at
// t[k:].
func dumpedBefore(t []byte, k int, line []byte) []byte {
	i := k
	for i > 0 && t[i-1] != '\n' {
		if i--; k-i > maxDumpLine {
			return nil
		}
	}
	if first := bytes.Index(t[i:k], zeroAddress); first > 0 && !alnum(t[i+first-1]) { // words stand before the first line
		for i += first; i < k && t[i] == '0'; i++ {
		}
		if byteAt(t, i) == ':' {
			i++
		}
	} else {
		i = afterAddress(t, i)
	}
	for i < k {
		c, ok := hexByte(t, i)
		switch {
		case ok && len(line) < maxDumped:
			line = append(line, c)
			i += 2
		case t[i] == ' ':
			i++
		default:
			return nil
		}
	}
	return line
}

// coverColumns has the text that ends before a byte that is none reach to the end of
// this byte's line, where its column shows the characters again.
func (v *view) coverColumns() {
	for a := 0; a < len(v.t); {
		b := textEnd(v.t, a)
		if b < len(v.t) && v.hi[b] > 0 {
			v.lo[b] = v.hi[b]
		}
		a = b + 1
	}
}

// inDump tells whether t[i:j] is of the words of a dump of text, which repeats them as
// characters behind: its hexadecimal digits are no numbers.
func inDump(t []byte, i, j int) bool {
	const longest = 2 * maxDumpLine
	for i < j {
		from := max(0, i-longest)
		if k := bytes.LastIndexByte(t[from:i], '\n'); k >= 0 {
			from += k + 1
		} else if from > 0 {
			return false
		}
		end := min(len(t), from+longest)
		if end = lineEnd(t[:end], i); end == from+longest {
			return false
		}
		k := end // where the words end
		for column := 0; column == 0; {
			if k = bytes.LastIndexByte(t[from:k], ' ') + from; k < from {
				return false
			}
			for k > from && t[k-1] == ' ' {
				k--
			}
			if column = columnEnd(t, k); column > 0 && (column < end-1 || min(j, end) > k) {
				return false
			}
		}
		for _, c := range dumpedBefore(t, k, make([]byte, 0, maxDumped)) {
			if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c >= 0x7F {
				return false
			}
		}
		i = end + 1
	}
	return true
}

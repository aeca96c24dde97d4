package reading

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// SpacedHex decodes words of one or more pairs of hexadecimal digits with
// separators or "0x" between them: "34 31 31", "0x34, 0x31", "3431 3131".
func (s *Scan) SpacedHex(v *finding.View, depth int) {
	t := v.Text
	for i := 0; i < len(t); {
		if char.Unhex(t[i]) > 15 || i > 0 && char.Alnum(t[i-1]) {
			i++
			continue
		}
		n, next := hexWord(t, i)
		if n == 0 {
			i++
			continue
		}
		if pairs, end := hexPairs(t, i); pairs < encoded.MinPairs-2 { // one more may be glued on at either end
			i = end
			continue
		}
		mark := s.Used
		raw := s.View(len(t) - i)
		if c, k := gluedBefore(t, i); k > 0 {
			raw.Push(c, int32(k), 0)
		}
		end := i
		first := len(raw.Text)
		line, units := first, true // where the bytes of this line begin; all words but the last are of two
		for n > 0 {
			end = i + n
			units = units && (len(raw.Text)-first)%2 == 0 && n <= 4
			for k := hexStart(t, i); k < end; k += 2 {
				c, _ := char.HexByte(t, k)
				raw.Push(c, int32(k), 0)
			}
			if column := finding.ColumnEnd(t, end); column > 0 {
				end = column
				for ; line < len(raw.Text); line++ {
					raw.Hi[line] = int32(column)
				}
			}
			i = next
			n, next = hexWord(t, i)
		}
		coverColumns(&raw)
		if c, ok := char.HexByte(t, i); ok && i > end { // the last pair may have letters glued on
			raw.Push(c, int32(i), 0)
			end = i + 2
		}
		raw = s.Keep(raw)
		if start := raw.Lo[0]; len(raw.Text) >= encoded.MinPairs && s.Charge(v, int(start), end, len(raw.Text)) {
			from := place{num: 1, den: 1, at: raw.Lo}
			s.decoded(v, raw.Text, from, int(start), end, depth)
			if units { // as a dump prints the words of most machines, with the last byte first
				for k := first; k+1 < len(raw.Text); k += 2 {
					raw.Text[k], raw.Text[k+1] = raw.Text[k+1], raw.Text[k]
				}
				s.decoded(v, raw.Text, from, int(start), end, depth)
			}
		}
		s.Used = mark
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
	for at > 0 && i-at < 3 && !char.Alnum(t[at-1]) {
		at--
	}
	if at < 2 || at == i {
		return 0, 0
	}
	c, ok := char.HexByte(t, at-2)
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
	if char.At(t, i) == '0' && char.Lower(char.At(t, i+1)) == 'x' {
		return i + 2
	}
	return i
}

// hexWord reads one word of pairs at t[i:], "0x" before it included, that is
// not part of a longer word. next is where another one may start.
func hexWord(t []byte, i int) (n, next int) {
	if i >= len(t) || i > 0 && char.Alnum(t[i-1]) {
		return 0, i
	}
	from := hexStart(t, i)
	k := from
	for k < len(t) && k-from < 2*longestHexWord && char.Unhex(t[k]) < 16 {
		k++
	}
	if k == from || (k-from)%2 != 0 || k < len(t) && char.Alnum(t[k]) {
		return 0, i
	}
	return k - i, nextPairs(t, k)
}

// nextPairs returns where the pairs behind the word that ends at t[k:] begin: behind a few
// marks, the column of a dump, the spaces and the address before a line.
func nextPairs(t []byte, k int) int {
	const marks = 3
	if column := finding.ColumnEnd(t, k); column > 0 {
		k = column
	}
	next, broken := k, false
	for next < len(t) && next-k < marks && t[next] < 0x80 && !char.Alnum(t[next]) {
		broken = broken || t[next] == '\n'
		next++
	}
	for broken && next < len(t) && next-k < encoded.MaxIndent && (t[next] == ' ' || t[next] == '\t') {
		next++
	}
	return finding.AfterAddress(t, next)
}

// coverColumns has the text that ends before a byte that is none reach to the end of
// this byte's line, where its column shows the characters again.
func coverColumns(v *finding.View) {
	for a := 0; a < len(v.Text); {
		b := encoded.TextEnd(v.Text, a)
		if b < len(v.Text) && v.Hi[b] > 0 {
			v.Lo[b] = v.Hi[b]
		}
		a = b + 1
	}
}

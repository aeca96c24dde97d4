package redact

import "bytes"

// A number may be divided over fields of a text whose names are those of parts, one after
// the other: part1=4111&part2=…, part1: 4111 in a line each, {'part1': '4111', …}. Digits
// alone may have any name: <card p1="4111" p2="…"/>.

// Limits of such fields.
const (
	mostPartFields   = 12 // more are a table
	longestDigitPart = 12 // digits of one whose name says only the how manieth it is
	longestPart      = 34 // characters, as those of an IBAN
	longestPartWord  = len("segment")
	longestPartGap   = 24 // bytes between a part and the next name: a quote, a comma, an indent
)

// partField is one of them: the number of the part, the bytes of its value, and its word.
type partField struct {
	number, from, to int
	word             []byte
}

// partFields examines the values of such fields joined.
func (s *scan) partFields(v *view, depth int) {
	mark := s.used
	var out view
	fields, last := 0, partField{}
	end := func() {
		if fields > 1 && fields <= mostPartFields {
			p, before := profileOf(out.t), len(s.spans)
			out = s.keep(out)
			s.flat = true
			s.examine(out, depth+1, &p)
			s.keepSure(before, len(out.t))
		}
		s.used, fields = mark, 0
	}
	for i := 0; ; {
		f, ok := nextPartField(v.t, i)
		if !ok {
			break
		}
		i = f.to
		if fields > 0 && !last.before(f) {
			end()
		}
		if fields == 0 {
			if f.number > 1 {
				continue
			}
			out = s.view(longestPart * 2)
		}
		out.copy(*v, f.from, f.to)
		fields, last = fields+1, f
	}
	end()
}

// keepSure drops of the findings from one on those that may be so by chance: cards of
// ranges that are thinly issued, and what is not all of the parts, which have so many
// characters.
func (s *scan) keepSure(from, size int) {
	kept := s.spans[:from]
	for _, sp := range s.spans[from:] {
		if sp.layer == LayerKnown || mayRetract(&sp) && len(sp.canon) == size {
			kept = append(kept, sp)
		}
	}
	s.spans = kept
}

// before tells whether a field is the one before another.
func (f *partField) before(next partField) bool {
	return next.number == f.number+1 && bytes.EqualFold(next.word, f.word) && next.from-f.to <= longestPartGap+len(f.word)
}

// anyPartFields tells whether a text has two of them, one behind the other.
func anyPartFields(t []byte) bool {
	for last, i := (partField{}), 0; ; {
		f, ok := nextPartField(t, i)
		if !ok || last.to > 0 && last.before(f) {
			return ok
		}
		last, i = f, f.to
	}
}

// nextPartField finds the next of them from t[i:] on.
func nextPartField(t []byte, i int) (f partField, ok bool) {
	for ; i < len(t); i++ {
		if !letter(t[i]) || i > 0 && alnum(t[i-1]) {
			continue
		}
		k := i
		for k < len(t) && letter(t[k]) {
			k++
		}
		f = partField{word: t[i:k]}
		if c := byteAt(t, k); c == '_' || c == '-' {
			k++
		}
		n := k
		for n < len(t) && digit(t[n]) && n-k < 2 {
			n++
		}
		if i = n; n == k {
			i = max(i, k) - 1
			continue
		}
		f.number = prefix(t[k:], n-k)
		if f.from = valueBehind(t, n); f.from > 0 {
			f.to = f.from
			for f.to < len(t) && alnum(t[f.to]) && f.to-f.from < longestPart {
				f.to++
			}
			if f.to > f.from && (partWordFolded(f.word) || f.to-f.from <= longestDigitPart && allDigits(t[f.from:f.to])) {
				return f, true
			}
		}
		i = n - 1
	}
	return f, false
}

// partWordFolded is partWord for a name in any case.
func partWordFolded(word []byte) bool {
	var low [longestPartWord]byte
	if len(word) > len(low) {
		return false
	}
	for i, c := range word {
		low[i] = lower(c)
	}
	return partWord(low[:len(word)])
}

// valueBehind returns where the value begins behind the name that ends at t[i:]: behind a
// sign of assignment and quotes. 0 without one.
func valueBehind(t []byte, i int) int {
	const marks = 6
	sign := false
	for k := i; k < min(len(t), i+marks); k++ {
		switch t[k] {
		case '=', ':', '>':
			sign = true
		case '"', '\'', ' ', '\\':
		default:
			if sign {
				return k
			}
			return 0
		}
	}
	return 0
}

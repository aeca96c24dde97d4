package redact

import "bytes"

// A number that a program wrote with an exponent, as spreadsheets, Python and JavaScript
// write what they took for one: 4.539578763621486e15 is 4539578763621486. In JSON numbers
// see number; here in texts.

// Limits of such a number.
const (
	leastMantissa = 7  // digits but one: the shortest account number
	mostZeros     = 2  // at the end, which are not written: one number of a thousand has more; what was computed often does
	mostExponent  = 18 // of the longest number of a card, 19 digits
)

// exponents examines the numbers of a view that an exponent makes whole, as what they are.
func (s *scan) exponents(v *view, depth int) {
	for i := 0; i < len(v.t); {
		k := bytes.IndexByte(v.t[i:], '.')
		if k < 0 {
			return
		}
		i += k + 1
		whole := digitsBefore(v.t[max(0, i-len("1.")-mostExponent) : i-1])
		lo := i - 1 - whole
		if whole == 0 || lo > 0 && (alnum(v.t[lo-1]) || v.t[lo-1] == '.') {
			continue
		}
		decimals := digits(v.t[i:])
		end, exp := exponentAt(v.t, i+decimals)
		if decimals == 0 || whole+decimals <= leastMantissa || exp < decimals || exp > min(decimals+mostZeros, mostExponent+1-whole) || measured(v.t, lo, i+decimals) {
			continue
		}
		mark := s.used
		out := s.view(cueOfCodes + mostExponent + 1)
		out.copy(*v, max(0, lo-cueOfCodes), lo+whole)
		for n := range exp {
			switch at := i + n; {
			case n == exp-1:
				c := byte('0')
				if n < decimals {
					c = v.t[at]
				}
				out.push(c, v.from(min(at, i+decimals)), v.to(end-1))
			case n < decimals:
				out.push(v.t[at], v.from(at), v.to(at))
			default:
				out.push('0', v.from(i+decimals), v.to(end-1))
			}
		}
		out = s.keep(out)
		if s.charge(v, lo, end, len(out.t)) {
			before, p := len(s.spans), profileOf(out.t)
			s.examine(out, depth+1, &p)
			s.keepBehind(before, int(v.from(lo)))
		}
		s.used, i = mark, end
	}
}

// exponentAt reads the exponent t[i:] and returns where it ends; 0 without one, and where
// the word goes on.
func exponentAt(t []byte, i int) (end, exp int) {
	if lower(byteAt(t, i)) != 'e' {
		return i, 0
	}
	if i++; byteAt(t, i) == '+' {
		i++
	}
	n := digits(t[i:])
	if next := byteAt(t, i+n); n == 0 || n > 2 || alnum(next) || next == '.' && digit(byteAt(t, i+n+1)) {
		return i, 0
	}
	for _, c := range t[i : i+n] {
		exp = 10*exp + int(c-'0')
	}
	return i + n, exp
}

// exponentForm tells whether a text is a number with an exponent that makes it whole, and
// nothing else, as exponents finds it.
func exponentForm(t []byte) bool {
	point := digits(t)
	if point == 0 || byteAt(t, point) != '.' {
		return false
	}
	decimals := digits(t[point+1:])
	end, exp := exponentAt(t, point+1+decimals)
	return decimals > 0 && point+decimals > leastMantissa && exp >= decimals && end == len(t)
}

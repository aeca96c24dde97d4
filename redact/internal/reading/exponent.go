package reading

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

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
func (s *Scan) exponents(v *finding.View, depth int) {
	for i := 0; i < len(v.Text); {
		k := bytes.IndexByte(v.Text[i:], '.')
		if k < 0 {
			return
		}
		i += k + 1
		whole := char.DigitsBefore(v.Text[max(0, i-len("1.")-mostExponent) : i-1])
		lo := i - 1 - whole
		if whole == 0 || lo > 0 && (char.Alnum(v.Text[lo-1]) || v.Text[lo-1] == '.') {
			continue
		}
		decimals := char.Digits(v.Text[i:])
		end, exp := exponentAt(v.Text, i+decimals)
		if decimals == 0 || whole+decimals <= leastMantissa || exp < decimals || exp > min(decimals+mostZeros, mostExponent+1-whole) || detect.Measured(v.Text, lo, i+decimals) && (exp != decimals || !wholeBeside(v.Text, lo, end)) {
			continue
		}
		mark := s.Used
		out := s.View(cueOfCodes + mostExponent + 1)
		out.Copy(*v, max(0, lo-cueOfCodes), lo+whole)
		for n := range exp {
			switch at := i + n; {
			case n == exp-1:
				c := byte('0')
				if n < decimals {
					c = v.Text[at]
				}
				out.Push(c, v.From(min(at, i+decimals)), v.To(end-1))
			case n < decimals:
				out.Push(v.Text[at], v.From(at), v.To(at))
			default:
				out.Push('0', v.From(i+decimals), v.To(end-1))
			}
		}
		out = s.Keep(out)
		if s.Charge(v, lo, end, len(out.Text)) {
			before, p := len(s.Spans), profile.Of(out.Text)
			s.Examine(out, depth+1, &p)
			s.keepBehind(before, int(v.From(lo)))
		}
		s.Used, i = mark, end
	}
}

// wholeBeside tells whether all long numbers close by t[lo:hi] are written with the exponent
// that just makes them whole, too, as a column of cards is and no measures are.
func wholeBeside(t []byte, lo, hi int) bool {
	const reach = 48 // as Measured looks for others
	for k := max(0, lo-reach); k < min(len(t), hi+reach); k++ {
		if t[k] != '.' || k >= lo && k < hi {
			continue
		}
		n := char.Digits(t[k+1:])
		if _, exp := exponentAt(t, k+1+n); n >= detect.LeastComputed && exp != n {
			return false
		}
	}
	return true
}

// exponentAt reads the exponent t[i:] and returns where it ends; 0 without one, and where
// the word goes on.
func exponentAt(t []byte, i int) (end, exp int) {
	if char.Lower(char.At(t, i)) != 'e' {
		return i, 0
	}
	if i++; char.At(t, i) == '+' {
		i++
	}
	n := char.Digits(t[i:])
	if next := char.At(t, i+n); n == 0 || n > 2 || char.Alnum(next) || next == '.' && char.Digit(char.At(t, i+n+1)) {
		return i, 0
	}
	for _, c := range t[i : i+n] {
		exp = 10*exp + int(c-'0')
	}
	return i + n, exp
}

// ExponentForm tells whether a text is a number with an exponent that makes it whole, and
// nothing else, as exponents finds it.
func ExponentForm(t []byte) bool {
	point := char.Digits(t)
	if point == 0 || char.At(t, point) != '.' {
		return false
	}
	decimals := char.Digits(t[point+1:])
	end, exp := exponentAt(t, point+1+decimals)
	return decimals > 0 && point+decimals > leastMantissa && exp >= decimals && end == len(t)
}

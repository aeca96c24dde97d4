package gate

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// PartNumber is what may stand behind the name of a part.
const PartNumber = "0123456789_-"

// PartWord tells whether a key is a word for a part.
func PartWord(key []byte) bool {
	switch string(bytes.TrimRight(key, PartNumber)) {
	case "part", "group", "seg", "segment", "chunk", "block", "piece":
		return true
	}
	return false
}

const (
	longestDigitPart = 12 // digits of one whose name says only the how manieth it is
	LongestPart      = 34 // characters, as those of an IBAN
	longestPartWord  = len("segment")
	longestPartGap   = 24 // bytes between a part and the next name: a quote, a comma, an indent
)

// PartField is one of them: the number of the part, the bytes of its value, and its word.
type PartField struct {
	Number, From, To int
	word             []byte
}

// Before tells whether a field is the one before another.
func (f *PartField) Before(next PartField) bool {
	return next.Number == f.Number+1 && bytes.EqualFold(next.word, f.word) && next.From-f.To <= longestPartGap+len(f.word)
}

// anyPartFields tells whether a text has two of them, one behind the other.
func anyPartFields(t []byte) bool {
	for last, i := (PartField{}), 0; ; {
		f, ok := NextPartField(t, i)
		if !ok || last.To > 0 && last.Before(f) {
			return ok
		}
		last, i = f, f.To
	}
}

// NextPartField finds the next of them from t[i:] on.
func NextPartField(t []byte, i int) (f PartField, ok bool) {
	for ; i < len(t); i++ {
		if !char.Letter(t[i]) || i > 0 && char.Alnum(t[i-1]) {
			continue
		}
		k := i
		for k < len(t) && char.Letter(t[k]) {
			k++
		}
		f = PartField{word: t[i:k]}
		if c := char.At(t, k); c == '_' || c == '-' {
			k++
		}
		n := k
		for n < len(t) && char.Digit(t[n]) && n-k < 2 {
			n++
		}
		if i = n; n == k {
			i = max(i, k) - 1
			continue
		}
		f.Number = char.Number(t[k:], n-k)
		if f.From = valueBehind(t, n); f.From > 0 {
			f.To = f.From
			for f.To < len(t) && char.Alnum(t[f.To]) && f.To-f.From < LongestPart {
				f.To++
			}
			if f.To > f.From && (partWordFolded(f.word) || f.To-f.From <= longestDigitPart && char.AllDigits(t[f.From:f.To])) {
				return f, true
			}
		}
		i = n - 1
	}
	return f, false
}

// partWordFolded is PartWord for a name in any case.
func partWordFolded(word []byte) bool {
	var low [longestPartWord]byte
	if len(word) > len(low) {
		return false
	}
	for i, c := range word {
		low[i] = char.Lower(c)
	}
	return PartWord(low[:len(word)])
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

package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// The security code that people write behind a card and the month in which it expires:
// "4111 1111 1111 1111 11/27 802", "…, exp 11/27, 802", each on a line of its own.

// Limits of what stands between the three.
const (
	expiryGap   = 4 // marks and spaces in a row
	expiryWords = 3 // words: valid until end, security code is
)

// cardPrinted finds the security code behind a card that ends at i, if the month in which
// it expires stands between.
func (s *Scan) cardPrinted(v *finding.View, i int) {
	const short, long = len("802"), len("1234") // of a code
	t := v.Text
	at, _ := expirySkip(t, i, "|exp|expiry|expires|expiring|valid|validity|until|till|thru|through|to|end|date|ends|")
	if at == i {
		return
	}
	if at = expiryEnd(t, at); at == 0 {
		return
	}
	from, said := expirySkip(t, at, "|cvv|cvc|cvv2|cvc2|cid|csc|cvn|security|code|and|is|sec|")
	if from == at {
		return
	}
	n := char.Digits(t[min(from, len(t)):])
	if n != short && (n != long || !said && char.Number(t[from:], 2) == 20) {
		return
	}
	end := from + n
	if char.Alnum(char.At(t, end)) || char.At(t, end) >= 0x80 || (char.At(t, end) == '.' || char.At(t, end) == ',' || char.At(t, end) == ':' || char.At(t, end) == '/' || char.At(t, end) == '-') && char.Digit(char.At(t, end+1)) || !said && sumBehind(t, end) {
		return
	}
	s.Add(v, from, end, finding.Span{Entity: entity.Secret, Layer: entity.Detector, Rule: "assigned", Canon: string(t[from:end])})
}

// expirySkip returns where what stands behind t[i] ends: marks, spaces and such words, and
// whether there was a word.
func expirySkip(t []byte, i int, words string) (at int, said bool) {
	for n := 0; ; n++ {
		k := i
		for k < len(t) && k-i < expiryGap && bytes.IndexByte([]byte(" ,;:|/(\n\r\t"), t[k]) >= 0 {
			k++
		}
		from := k
		for k < len(t) && k-from < len("security") && char.Alnum(t[k]) && (char.Letter(t[k]) || k > from) {
			k++
		}
		if k == from || n == expiryWords {
			return from, said
		}
		var low [len("|security|")]byte
		low[0] = '|'
		for j := range k - from {
			low[1+j] = char.Lower(t[from+j])
		}
		low[1+k-from] = '|'
		if !bytes.Contains([]byte(words), low[:k-from+2]) {
			return from, said
		}
		i, said = k, true
	}
}

// expiryEnd returns where the month and the year at t[i] end, in which a card expires, 0
// if there are none: 11/27, 11-27, 1127, 11/2027.
func expiryEnd(t []byte, i int) int {
	const soon, late = 20, 40 // years in which cards expire that are of use to anybody
	n := char.Digits(t[min(i, len(t)):])
	if n != 2 && n != 4 || !date.Month(char.Number(t[i:], 2)) {
		return 0
	}
	at := i + 2
	if n == 2 {
		if c := char.At(t, at); c != '/' && c != '-' && c != '.' {
			return 0
		}
		at++
		n = 2 + char.Digits(t[at:])
		if n == 6 && t[at] == '2' && t[at+1] == '0' {
			at += 2
			n = 4
		}
	}
	if n != 4 {
		return 0
	}
	if year := char.Number(t[at:], 2); year < soon || year > late {
		return 0
	}
	return at + 2
}

// sumBehind tells whether a currency stands behind t[i]: what is before it is a sum.
func sumBehind(t []byte, i int) bool {
	if char.At(t, i) == ' ' {
		i++
	}
	code := 0
	for code < len("EUR") && i+code < len(t) && t[i+code] >= 'A' && t[i+code] <= 'Z' {
		code++
	}
	return code == len("EUR") && !char.Alnum(char.At(t, i+code)) || char.At(t, i) >= 0x80 || char.At(t, i) == '$' || char.At(t, i) == '%'
}

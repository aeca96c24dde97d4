package encoded

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
)

// An encoded text may be divided by marks that do not belong to it, such as
// NDExM.TExMT.ExMTE.x or %34-%31-%3-1. Without one kind of mark, and spaces, what
// is left is decoded; its digits are looked at in no other way.

// Limits of what is read without its marks.
const (
	MinSpread  = 19  // letters and digits: fourteen digits in base64
	MaxSpread  = 512 // bytes; what is longer is lines, which wrapped reads
	hexSpread  = 3   // one in so many characters of digits in hexadecimal is a 3, at least
	WideSpread = 4   // one in so many characters of UTF-16 in base64 is an A, which is zero, at least
	upSpread   = 6   // one in so many characters of base64 is a capital behind none, at least
)

// What compressed data begins with (RFC 1952, 2.3.1), in hexadecimal and in base64.
const (
	hexGzip    = "1f8b08"
	base64Gzip = "H4sI"
)

// DividedText is a piece of a text without spaces, or all of it.
type DividedText struct {
	From, To int
	Mark     byte // that it has most of, or second most
	Other    byte // that it has second most of, if both divide it
}

// Spreads lists the parts of a text that are long enough to hold an encoding and
// that marks or spaces divide, until yield says no.
func Spreads(t []byte, yield func(DividedText) bool) {
	if len(t) < MinSpread || len(t) > MaxSpread {
		return
	}
	if !spreadMarks(t, 0, len(t), yield) {
		return
	}
	for i := 0; i < len(t); {
		j := i
		for j < len(t) && t[j] > ' ' {
			j++
		}
		if j-i >= MinSpread && j-i < len(t) && !spreadMarks(t, i, j, yield) {
			return
		}
		i = j + 1
	}
}

// spreadMarks yields a part with each of the marks that may divide it, and tells
// whether yield wants more.
func spreadMarks(t []byte, i, j int, yield func(DividedText) bool) bool {
	marks, divided := mostMarks(t[i:j])
	switch {
	case !divided:
		return true
	case credential.Base64Char(marks[0]) && bytes.ContainsAny(t[i:j], " \t\r\n") && !yield(DividedText{i, j, 0, 0}): // it may be one of the characters
		return false
	case !yield(DividedText{i, j, marks[0], 0}):
		return false
	case marks[0] != 0 && j-i == len(t): // what stands around it is no part of it
		if a, b := marked(t, marks[0]); b-a >= MinSpread && b-a < j-i && !yield(DividedText{a, b, marks[0], 0}) {
			return false
		}
	}
	return marks[1] == 0 || yield(DividedText{i, j, marks[1], 0}) && yield(DividedText{i, j, marks[0], marks[1]})
}

// marked returns the part of a text that may be base64 with a mark, which the text
// has: from what stands before the first one to what stands behind the last.
func marked(t []byte, mark byte) (a, b int) {
	a, b = bytes.IndexByte(t, mark), bytes.LastIndexByte(t, mark)+1
	for a > 0 && credential.Base64Char(t[a-1]) {
		a--
	}
	for b < len(t) && (credential.Base64Char(t[b]) || t[b] == '=') {
		b++
	}
	return a, b
}

// Spread tells whether a text has a part that is base64 or hexadecimal but for
// its marks.
func Spread(t []byte) bool {
	found := false
	Spreads(t, func(p DividedText) bool {
		found = SpreadCode(t[p.From:p.To], p.Mark, p.Other)
		return !found
	})
	return found
}

// mostMarks returns the two marks, other than those of escapes, that stand most often
// in a text, and whether one or a space stands between two parts.
func mostMarks(t []byte) (marks [2]byte, divided bool) {
	var n [0x80]uint16
	for _, c := range t {
		if c < 0x80 && !char.Alnum(c) {
			n[c]++
			divided = divided || c <= ' '
		}
	}
	const fewSigns = 3 // of equality, at the end of base64
	most := [2]uint16{}
	for c := byte('!'); c < 0x7F; c++ {
		switch {
		case n[c] <= most[1] || bytes.IndexByte([]byte(`%\&{}`), c) >= 0 || c == '=' && n[c] < fewSigns || n['&'] > 1 && (c == '#' || c == ';') || c == '+' && n['{'] > 1 && n['\\'] > 1:
		case n[c] > most[0]:
			marks, most = [2]byte{c, marks[0]}, [2]uint16{n[c], most[0]}
		default:
			marks[1], most[1] = c, n[c]
		}
	}
	return marks, divided || most[0] > 0
}

// SpreadCode tells whether a text without spaces and two marks may be the hexadecimal
// digits of numbers, or base64.
func SpreadCode(t []byte, mark, other byte) bool {
	n, changes, threes, digits, small, zeros, hex, last := 0, 0, 0, 0, 0, 0, true, byte(0)
	var head [len(hexGzip)]byte
	for _, c := range t {
		if c <= ' ' || c == mark || c == other {
			continue
		}
		if !credential.Base64Char(c) && c != '=' {
			return false
		}
		if hex = hex && char.Unhex(c) < 16; char.Digit(c) {
			digits++
		}
		if c == '3' {
			threes++
		}
		if c == 'A' {
			zeros++
		}
		if char.ByteClass[c]&char.IsLower != 0 {
			small++
		}
		if last != 0 && char.ByteClass[c]&char.IsUpper != 0 && char.ByteClass[last]&char.IsUpper == 0 {
			changes++
		}
		if n < len(head) {
			head[n] = c
		}
		n, last = n+1, c
	}
	if hex {
		return n >= MinHex && (hexSpread*threes >= n || bytes.EqualFold(head[:], []byte(hexGzip)))
	}
	return n >= MinSpread && digits >= 2 && (bytes.HasPrefix(head[:], []byte(base64Gzip)) || 10*small >= n && upSpread*changes >= n || WideSpread*zeros >= n)
}

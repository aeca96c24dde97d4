package reading

import (
	"bytes"
	"html"
	"unicode"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

const LongestEntity = 34 // "&CounterClockwiseContourIntegral;"

// namedEntity decodes &#52; &#x34; &amp; and the like, with or without semicolon
// for numbers.
func namedEntity(out, t []byte) ([]byte, int) {
	if len(t) < 3 {
		return out, 0
	}
	if t[1] == '#' {
		return numericEntity(out, t)
	}
	end := 1
	for end < min(len(t), LongestEntity) && char.Alnum(t[end]) {
		end++
	}
	if end < 2 || end == len(t) || t[end] != ';' {
		return openEntity(out, t)
	}
	switch string(t[1:end]) { // the common ones without an allocation
	case "amp":
		return append(out, '&'), end + 1
	case "lt":
		return append(out, '<'), end + 1
	case "gt":
		return append(out, '>'), end + 1
	case "quot":
		return append(out, '"'), end + 1
	case "apos":
		return append(out, '\''), end + 1
	case "nbsp":
		return append(out, ' '), end + 1
	}
	plain := html.UnescapeString(string(t[:end+1]))
	if len(plain) == end+1 {
		return out, 0
	}
	return append(out, plain...), end + 1
}

// openEntity decodes one of the entities that stand without a semicolon in
// texts that put separators between digits.
func openEntity(out, t []byte) ([]byte, int) {
	for _, name := range [...]string{"&nbsp", "&shy", "&middot", "&macr"} {
		if bytes.HasPrefix(t, []byte(name)) {
			return append(out, ' '), len(name)
		}
	}
	return brokenEntity(out, t)
}

const (
	longestEntityName = 8 // characters of its name or number
)

// brokenEntity decodes an entity between whose characters there are separators:
// &n-bsp; or &#1 6 0;.
func brokenEntity(out, t []byte) ([]byte, int) {
	var name [longestEntityName]byte
	n, numeric, broken, ended := 0, false, false, false
	for i := 1; i < min(len(t), encoded.LongestBroken); i++ {
		switch c := t[i]; {
		case c == ';':
			if r := entityRune(name[:n], numeric); broken && r >= ' ' && !(ended && (numeric || n == 0) && char.Alnum(byte(min(r, utf8.RuneSelf)))) {
				return utf8.AppendRune(out, r), i + 1
			}
			ended, broken = true, true
		case char.Alnum(c):
			if n == len(name) {
				return out, 0
			}
			name[n] = char.Lower(c)
			n++
		case c >= 0x80 || numeric && (c == '&' || c == '#'):
			return out, 0
		case c == '#' && n == 0:
			numeric, broken = true, broken || i > 1
		default:
			broken = true
		}
	}
	return out, 0
}

// entityRune returns the character of an entity that folds to no letter, by its
// name or by its number; 0 if there is none.
func entityRune(name []byte, numeric bool) rune {
	if len(name) == 0 {
		return 0
	}
	if digits, isHex := bytes.CutPrefix(name, []byte("x")); numeric && isHex {
		r, _ := HexRune(digits)
		return r
	}
	if char.Digit(name[0]) {
		r := rune(0)
		for _, c := range name {
			if !char.Digit(c) || !numeric {
				return 0
			}
			r = min(r*10+rune(c-'0'), utf8.MaxRune)
		}
		return r
	}
	plain := []rune(html.UnescapeString("&" + string(name) + ";"))
	if len(plain) != 1 {
		return 0
	}
	return plain[0]
}

func numericEntity(out, t []byte) ([]byte, int) {
	i, hex := 2, false
	if t[2] == 'x' || t[2] == 'X' {
		i, hex = 3, true
	}
	r, start := rune(0), i
	for ; i < len(t) && i-start < 12; i++ {
		v := char.Unhex(t[i])
		if v > 15 || !hex && v > 9 {
			break
		}
		if hex {
			r = min(r<<4|rune(v), utf8.MaxRune+1)
		} else {
			r = min(r*10+rune(v), utf8.MaxRune+1)
		}
	}
	if i < len(t) && t[i] == ';' && i > start {
		i++
	} else if broken, n := brokenEntity(out, t); n > 0 {
		return broken, n
	}
	if r > utf8.MaxRune {
		return openNumber(out, t, start, i, hex)
	}
	if i == start {
		return out, 0
	}
	return utf8.AppendRune(out, r), i // zero too: whoever reads it drops it
}

// openNumber decodes the number t[start:end] of an entity without a semicolon
// that the digits behind it seem to go on with: as much of it as is the number of
// a space or of a character that nobody sees.
func openNumber(out, t []byte, start, end int, hex bool) ([]byte, int) {
	base := rune(10)
	if hex {
		base = 16
	}
	r, n := rune(0), 0
	for i := start; i < end && r <= utf8.MaxRune; i++ {
		if r = r*base + rune(char.Unhex(t[i])); r >= ' ' && r <= utf8.MaxRune && (r == ' ' || fold.Invisible(r) || unicode.IsSpace(r)) {
			n = i + 1
		}
	}
	if n == 0 {
		return out, 0
	}
	return append(out, ' '), n
}

package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a document to canonicalise, so that a hostile
// one cannot exhaust the stack.
const maxDepth = 64

// maxSafeInteger is the largest integer that every JSON reader carries exactly
// (RFC 8785, section 3.2.2.3; RFC 7493, section 2.2).
const maxSafeInteger = 1<<53 - 1

// Canonical returns the RFC 8785 form of one JSON document. It refuses, with
// ErrInvalid, what has no exact canonical form: duplicate names, text that is
// not UTF-8, lone surrogates, numbers that an IEEE 754 double does not carry
// digit for digit, and nesting deeper than 64.
func Canonical(doc []byte) ([]byte, error) {
	if !utf8.Valid(doc) {
		return nil, invalid("text is not UTF-8")
	}
	if err := checkSurrogates(doc); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	out, err := canonicalValue(dec, make([]byte, 0, len(doc)), 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, invalid("more than one document")
	}
	return out, nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

func canonicalValue(dec *json.Decoder, out []byte, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, invalid("nested too deeply")
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, invalid("malformed JSON")
	}
	switch v := tok.(type) {
	case json.Delim:
		if v == '{' {
			return canonicalObject(dec, out, depth)
		}
		return canonicalArray(dec, out, depth)
	case string:
		return appendString(out, v), nil
	case json.Number:
		return appendNumber(out, string(v))
	case bool:
		return strconv.AppendBool(out, v), nil
	default:
		return append(out, "null"...), nil
	}
}

func canonicalArray(dec *json.Decoder, out []byte, depth int) ([]byte, error) {
	out = append(out, '[')
	for first := true; dec.More(); first = false {
		if !first {
			out = append(out, ',')
		}
		var err error
		if out, err = canonicalValue(dec, out, depth+1); err != nil {
			return nil, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, invalid("malformed JSON")
	}
	return append(out, ']'), nil
}

type member struct {
	name  string
	units []uint16
	value []byte
}

func canonicalObject(dec *json.Decoder, out []byte, depth int) ([]byte, error) {
	var members []member
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, invalid("malformed JSON")
		}
		name := tok.(string)
		value, err := canonicalValue(dec, nil, depth+1)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name, utf16.Encode([]rune(name)), value})
	}
	if _, err := dec.Token(); err != nil {
		return nil, invalid("malformed JSON")
	}
	// RFC 8785, section 3.2.3: names are ordered by their UTF-16 code units.
	slices.SortFunc(members, func(a, b member) int { return slices.Compare(a.units, b.units) })
	out = append(out, '{')
	for i, m := range members {
		if i > 0 {
			if members[i-1].name == m.name {
				return nil, invalid("duplicate name")
			}
			out = append(out, ',')
		}
		out = append(appendString(out, m.name), ':')
		out = append(out, m.value...)
	}
	return append(out, '}'), nil
}

// checkSurrogates refuses \u escapes that name half a character, which
// encoding/json would silently replace.
func checkSurrogates(doc []byte) error {
	for i := 0; i+1 < len(doc); i++ {
		if doc[i] != '\\' {
			continue
		}
		i++
		if doc[i] != 'u' {
			continue
		}
		hi := hex4(doc[i+1:])
		if !utf16.IsSurrogate(hi) {
			continue
		}
		rest := doc[min(i+5, len(doc)):]
		if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' || utf16.DecodeRune(hi, hex4(rest[2:])) == utf8.RuneError {
			return invalid("lone surrogate")
		}
		i += 10
	}
	return nil
}

func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// The constants with which bytes are looked at eight at a time.
const (
	eachByte = 0x0101010101010101
	highBits = 0x8080808080808080
)

// eight returns the first eight bytes of s as one number.
func eight(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// hasControl reports in its high bits whether w holds a byte below a space.
func hasControl(w uint64) uint64 { return (w - eachByte*' ') &^ w & highBits }

// hasByte reports in its high bits whether w holds c.
func hasByte(w uint64, c byte) uint64 {
	w ^= eachByte * uint64(c)
	return (w - eachByte) &^ w & highBits
}

// isPlainText reports whether a JSON string carries all of s as it is and s
// is ASCII, so that nobody need look at its UTF-8.
func isPlainText(s string) bool {
	for len(s) >= 8 {
		w := eight(s)
		if w&highBits|hasControl(w)|hasByte(w, '"')|hasByte(w, '\\') != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || !plainASCII[s[i]] {
			return false
		}
	}
	return true
}

// plainASCII marks the bytes that a JSON string carries as they are.
var plainASCII = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 0x20 && c != '"' && c != '\\'
	}
	return t
}()

// appendString appends s as a JSON string in the one form of RFC 8785, section
// 3.2.2.2. Invalid UTF-8 becomes U+FFFD.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	if isPlainText(s) {
		return append(append(out, s...), '"')
	}
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	start := 0
	for i := 0; i < len(s); i++ {
		if plainASCII[s[i]] {
			continue
		}
		out = append(out, s[start:i]...)
		out = appendEscape(out, s[i])
		start = i + 1
	}
	out = append(out, s[start:]...)
	return append(out, '"')
}

const hexDigits = "0123456789abcdef"

func appendEscape(out []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(out, '\\', c)
	case '\b':
		return append(out, '\\', 'b')
	case '\f':
		return append(out, '\\', 'f')
	case '\n':
		return append(out, '\\', 'n')
	case '\r':
		return append(out, '\\', 'r')
	case '\t':
		return append(out, '\\', 't')
	}
	return append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// maxNumberText bounds the text of a number before its exact value is
// computed, so that 1e999999999 costs nothing.
const maxNumberText = 400

// appendNumber appends a number as ECMAScript prints it (RFC 8785, section
// 3.2.2.3), if that is exactly the number it was given.
func appendNumber(out []byte, text string) ([]byte, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n != 0 {
		if n > maxSafeInteger || n < -maxSafeInteger {
			return nil, invalid("number cannot be carried exactly")
		}
		return strconv.AppendInt(out, n, 10), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || len(text) > maxNumberText {
		return nil, invalid("number cannot be carried exactly")
	}
	if f == 0 && !isZero(text) {
		return nil, invalid("number cannot be carried exactly")
	}
	form := formatFloat(f)
	want, ok1 := new(big.Rat).SetString(text)
	got, ok2 := new(big.Rat).SetString(form)
	if !ok1 || !ok2 || want.Cmp(got) != 0 {
		return nil, invalid("number cannot be carried exactly")
	}
	return append(out, form...), nil
}

// isZero tells a written zero from a number too small for a double.
func isZero(text string) bool {
	for _, c := range []byte(text) {
		if c == 'e' || c == 'E' {
			return true
		}
		if c >= '1' && c <= '9' {
			return false
		}
	}
	return true
}

// formatFloat prints as ECMAScript's Number::toString does.
func formatFloat(f float64) string {
	if f == 0 {
		return "0"
	}
	abs := math.Abs(f)
	if abs >= 1e-6 && abs < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	b := strconv.AppendFloat(nil, f, 'e', -1, 64)
	// Go writes e-09 and e+21, ECMAScript e-9 and e+21.
	if n := len(b); n >= 4 && b[n-4] == 'e' && b[n-2] == '0' {
		b = append(b[:n-2], b[n-1])
	}
	return string(b)
}

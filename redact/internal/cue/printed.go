package cue

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// What programs print between a name and its value: `string(10) "` and `s:10:"` of PHP,
// `Some("` of Rust, `<<"` of Erlang, `[1] "` of R, `Decimal('`, `LIKE '`.

const longestValue = 16 // letters of a word that says that a value follows

// wrapBefore returns where the word or the size begins that ends at t[j] and says no more
// than that a value follows; j if there is none. named tells that a sign of assignment
// follows it, without which it is a word like any other.
func wrapBefore(t []byte, j int, named bool) int {
	if k := sizeBefore(t, j); k < j {
		return k
	}
	if !named || !char.Letter(t[j-1]) {
		return j
	}
	k := j
	for k > 0 && char.Letter(t[k-1]) && j-k <= longestValue {
		k--
	}
	if word := t[k:j]; string(word) == "LIKE" || string(word) == "IN" || valueWord(word) && beginsValue(t, k) {
		return k
	}
	return j
}

// sizeBefore passes what PHP prints of a string, `string(10` and `s:10`, and R of the
// first element of a vector, where that ends at t[j].
func sizeBefore(t []byte, j int) int {
	const longest = 3 // digits
	k := j
	for k > 0 && char.Digit(t[k-1]) && j-k <= longest {
		k--
	}
	switch {
	case k == j || k < 2:
		return j
	case t[k-1] == '(' && bytes.HasSuffix(t[:k-1], []byte("string")):
		return k - len("string(")
	case t[k-1] == ':' && t[k-2] == 's' && !char.Alnum(char.At(t, k-3)):
		return k - len("s:")
	case t[k-1] == '[' && t[k-2] == '\n': // R
		return k - len("[")
	}
	return j
}

// SizeAt returns where the size of a string ends that PHP prints before it, if its first
// digit is t[i]; i if it is none.
func SizeAt(t []byte, i int) int {
	j := i
	for j < len(t) && char.Digit(t[j]) {
		j++
	}
	if (bytes.HasPrefix(t[j:], []byte(`) "`)) || bytes.HasPrefix(t[j:], []byte(`:"`))) && sizeBefore(t, j) < i {
		return j
	}
	return i
}

// valueWord tells whether a word says no more than that a value follows.
func valueWord(w []byte) bool {
	var low [longestValue]byte
	if len(w) > len(low) {
		return false
	}
	for i, c := range w {
		low[i] = char.Lower(c)
	}
	switch string(low[:len(w)]) {
	case "value", "val", "text", "string", "str", "decimal", "some", "just", "optional", "int", "long", "bigint", "number", "numberlong", "content", "default", "example", "stringvalue", "cdata", "chr", "num":
		return true
	}
	return false
}

// beginsValue tells whether the word at t[i] begins a line, or has a mark before it.
func beginsValue(t []byte, i int) bool {
	for i > 0 && (t[i-1] == ' ' || t[i-1] == '\t') {
		i--
	}
	return i > 0 && !char.Alnum(t[i-1]) && t[i-1] < 0x80
}

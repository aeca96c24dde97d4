package cue

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

// Words that mean an account and an invoice alike: számla, счёт, рахунок. Standing alone they
// say that an account follows, unless what stands behind the number says when it was made
// out, or the number begins with a year: оплата по счёту № 369711 от 19.11.2023, számla
// 90344276 kelte 2022.09.22, számla 2024/856931.

// invoiceWords are these words as they are declined, and datedWords those for the day of an
// invoice.
const (
	invoiceWords = "számla, számlát, szla, счёт, счёта, счёту, счётом, счёте, счет, счета, счету, счетом, счете, рахунок, рахунку, рахунка, рахунком"
	datedWords   = "от, від, kelte, kelt, keltezve, kiállítva, kiállítás"
)

var (
	invoiceHashes = hashesOf(invoiceWords)
	datedHashes   = hashesOf(datedWords)
)

// hashesOf returns the hashes of words as a foreignReader makes them, also as they fold in
// capitals and with a capital first.
func hashesOf(words string) map[uint64]bool {
	m := map[uint64]bool{}
	for _, word := range strings.Split(words, ", ") {
		first, n := utf8.DecodeRuneInString(word)
		for _, spelling := range [...]string{word, strings.ToUpper(word), string(unicode.ToUpper(first)) + word[n:]} {
			m[hashOf([]byte(spelling))] = true
			var r foreignReader
			for i := len(spelling); i > 0; {
				c, n := utf8.DecodeLastRuneInString(spelling[:i])
				i -= n
				r.feed(strings.ToLower(string(fold.Rune(nil, c))))
			}
			m[r.hash] = true
		}
	}
	return m
}

// hashOf returns the hash of a word.
func hashOf(word []byte) uint64 {
	var r foreignReader
	for i := len(word); i > 0; {
		c, n := utf8.DecodeLastRune(word[:i])
		i -= n
		r.read(c)
	}
	return r.hash
}

// invoiceGap is how many spaces and marks stand between a number and the word for its day,
// and longestDated how many bytes such a word has at most.
const (
	invoiceGap   = 3
	longestDated = len("kiállítás")
)

// invoiced tells whether the word t[start:end] is such a word, the number that begins at
// t[number:] has fewer digits than an account in the countries in which it is said, and what
// stands around says that it is an invoice.
func invoiced(t []byte, start, end, number int) bool {
	if start >= end || !startsForeign(t, start) || !invoiceHashes[hashOf(t[start:end])] {
		return false
	}
	for n := 0; n < len("No ") && number < len(t) && !char.Digit(t[number]); n++ { // of a code that begins with №
		number++
	}
	i, digits := number, 0
	for ; i < len(t) && digits < leastUnsure && (char.Digit(t[i]) || (t[i] == '/' || t[i] == '-') && char.Digit(char.At(t, i+1))); i++ {
		if char.Digit(t[i]) {
			digits++
		}
	}
	if digits == leastUnsure {
		return false
	}
	const year = len("2024")
	if mark := char.At(t, number+year); char.Digits(t[number:i]) == year && (mark == '/' || mark == '-') && date.PlausibleYear(char.Number(t[number:], year)) {
		return true
	}
	from := i
	for i < len(t) && i-from < invoiceGap && (t[i] == ' ' || t[i] == ',' || t[i] == '(') {
		i++
	}
	word := i
	for i < len(t) && i-word <= longestDated {
		c, n := utf8.DecodeRune(t[i:])
		if !unicode.IsLetter(c) {
			break
		}
		i += n
	}
	if i == word || !datedHashes[hashOf(t[word:i])] {
		return false
	}
	for n := 0; i < len(t) && n < invoiceGap && (t[i] == ' ' || t[i] == ':' || t[i] == '.'); n++ {
		i++
	}
	return char.Digit(char.At(t, i))
}

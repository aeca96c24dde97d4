package profile

import (
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Words may stand between the parts of a number that say that it goes on: 4111 dash
// 1111 then 1111 and finally 1111; the first half is 41111111 and the rest is 11111111;
// Part 1: 4111, Part 2: 1111.

const (
	MinSaid = 8 // digits, as those of a known account
)

// saying is what a word says that stands between the parts of a number.
type saying byte

const (
	SaidNot    saying = iota
	SaidFiller        // is, the, digits: nothing alone
	SaidOn            // then, rest, last: the number goes on
	SaidPart          // part, group: a figure behind it counts them
	SaidDash          // dash: the mark itself
	SaidAnd           // and: a list goes on
)

var saidWords = makeSaidWords()

func makeSaidWords() map[string]saying {
	t := map[string]saying{}
	for _, set := range [...]struct {
		kind  saying
		words []string
	}{
		{SaidFiller, []string{"by", "with", "the", "is", "are", "it", "its", "digit", "digits", "number", "numbers", "one", "two", "three", "four", "five", "six", "seven", "eight", "ten", "of", "in", "a", "that", "comes", "come", "after", "to", "my", "card", "account", "iban", "at", "end", "was", "be", "s", "you", "have", "need", "read", "i", "will", "give",
			"mit", "die", "der", "das", "ist", "sind", "ziffern", "auf", "nummer", "les", "chiffres", "est", "sont", "par", "los", "es", "son", "cifras", "por", "le", "sono", "cifre", "con", "os", "em", "cijfers", "de", "het"}},
		{SaidOn, []string{"then", "next", "followed", "continues", "continue", "continued", "continuing", "continuation", "rest", "remaining", "remainder", "ends", "ending", "finally", "lastly", "last", "final", "latter", "second", "third", "fourth", "fifth", "other", "later", "plus", "space", "blank", "dot", "point", "slash", "comma", "colon", "underscore",
			"dann", "danach", "zuletzt", "endet", "weiter", "letzten", "puis", "ensuite", "espace", "luego", "despues", "termina", "poi", "spazio", "depois", "daarna"}},
		{SaidPart, []string{"part", "group", "block", "segment", "chunk", "half", "portion", "piece", "teil", "gruppe", "haelfte", "partie", "groupe", "parte", "grupo", "gruppo", "deel"}},
		{SaidDash, []string{"dash", "hyphen", "minus", "strich", "bindestrich", "tiret", "guion", "trattino", "streepje"}},
		{SaidAnd, []string{"and", "und", "et", "y", "e", "en"}},
	} {
		for _, w := range set.words {
			t[w] = set.kind
		}
	}
	return t
}

// LongestSaidWord is the length of the longest of them.
var LongestSaidWord = func() (n int) {
	for w := range saidWords {
		n = max(n, len(w))
	}
	return n
}()

// SaidWord returns what a word says, whatever the case of its letters.
func SaidWord(word []byte) saying {
	var buf [16]byte
	if len(word) > LongestSaidWord || len(word) > len(buf) {
		return SaidNot
	}
	for i, c := range word {
		buf[i] = char.Lower(c)
	}
	return saidWords[string(buf[:len(word)])]
}

// SaysOn tells whether a word between the digits of a text of one block may say that
// a number goes on.
func (m *Planes) SaysOn(t []byte) bool {
	for left := m.WordsInside(); left != 0; {
		i := bits.TrailingZeros64(left)
		n := bits.TrailingZeros64(^(left >> i))
		if SaidWord(t[i:i+n]) > SaidFiller {
			return true
		}
		left &^= (1<<n - 1) << i
	}
	return false
}

// WordsInside returns the letters between the first digit and the last.
func (m *Planes) WordsInside() uint64 {
	first := m.Digit & -m.Digit
	return m.Letter &^ (first - 1) & (1<<bits.Len64(m.Digit) - 1)
}

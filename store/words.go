package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxWord bounds a word of the full-text index in bytes. Longer ones are cut
// at the last whole character, on both sides of the comparison.
const MaxWord = 48

// Fold returns text as it is compared when case, accents and width do not
// matter: compatibility decomposition (NFKD), without combining marks, case
// folded. Folding twice changes nothing.
func Fold(text string) string {
	if isPlain(text) {
		return text
	}
	if isASCII(text) {
		return strings.ToLower(text)
	}
	// Case folding may bring forth marks and compositions, hence the two rounds.
	return stripMarks(norm.NFKD.String(cases.Fold().String(stripMarks(norm.NFKD.String(text)))))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isPlain reports whether s is ASCII without capitals.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

func stripMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, s)
}

// Words returns the words of text, folded, in order, with repetitions: maximal
// runs of letters and digits. It is what full-text search indexes and what
// becomes of a query (see QueryWords), so that but for an asterisk in front of a
// word no character of a query is syntax.
func Words(text string) []string {
	return AppendWords(nil, text)
}

// AppendWords appends the words of text to dst.
func AppendWords(dst []string, text string) []string {
	folded := Fold(text)
	start := -1
	for i, r := range folded {
		inside := isInWord(r)
		switch {
		case inside && start < 0:
			start = i
		case !inside && start >= 0:
			dst = append(dst, cutWord(folded[start:i]))
			start = -1
		}
	}
	if start >= 0 {
		dst = append(dst, cutWord(folded[start:]))
	}
	return dst
}

func cutWord(word string) string {
	if len(word) <= MaxWord {
		return word
	}
	end := MaxWord
	for !utf8.RuneStart(word[end]) {
		end--
	}
	return word[:end]
}

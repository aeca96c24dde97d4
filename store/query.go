package store

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Inside is how many letters in a row a word of a query needs for an asterisk in
// front of it to mean "anywhere inside of a word". Fewer occur in too much, and a
// dictionary of the insides of numbers would be as large as what it leads to.
const Inside = 3

// QueryWord is one word of a query, folded as Words folds it.
type QueryWord struct {
	Text      string
	Inside    bool // it may stand anywhere inside of a word
	Beginning bool // it may be the beginning of a word
}

// QueryWords returns the words of a query in order. A word with an asterisk
// directly in front of it, at the beginning of the query or after white space, and
// with Inside letters in a row, is looked for inside of words. Of the others the
// last word of the query is looked for as a beginning, and the rest as they are.
// An asterisk anywhere else separates words, as all other signs do.
func QueryWords(query string) (words []QueryWord) {
	for part := range strings.FieldsSeq(Fold(query)) {
		rest := strings.TrimLeft(part, "*")
		first, _ := utf8.DecodeRuneInString(rest)
		for i, text := range Words(rest) {
			starred := i == 0 && len(rest) < len(part) && isInWord(first)
			words = append(words, QueryWord{Text: text, Inside: starred && Stem(text) != ""})
		}
	}
	if last := len(words) - 1; last >= 0 {
		words[last].Beginning = !words[last].Inside
	}
	return words
}

// Match reports whether the query's word finds a word of a text.
func (q QueryWord) Match(word string) bool {
	switch {
	case q.Inside:
		return strings.Contains(word, q.Text)
	case q.Beginning:
		return strings.HasPrefix(word, q.Text)
	}
	return word == q.Text
}

// A dictionary of all words, to look into them, would grow with the rows: nearly
// every reference number is a word of its own. So it holds stems: a word up to the
// end of its last Inside letters in a row, which reference numbers share ("inv" of
// "inv20231234"). Whatever has Inside letters in a row and occurs in a word either
// occurs in its stem, or begins at the end of the stem with its own stem: see Parts.

// Stem returns a folded word up to the end of its last run of Inside or more
// letters, "" if there is none.
func Stem(word string) string {
	end, run := 0, 0
	for i, r := range word {
		if !isLetter(r) {
			run = 0
			continue
		}
		if run++; run >= Inside {
			end = i + utf8.RuneLen(r)
		}
	}
	return word[:end]
}

// AppendEndings appends the places in a stem, in bytes, at which Inside letters in
// a row begin.
func AppendEndings(dst []int, stem string) []int {
	for i := range stem {
		if beginsRun(stem[i:]) {
			dst = append(dst, i)
		}
	}
	return dst
}

func beginsRun(text string) bool {
	letters := 0
	for _, r := range text {
		if !isLetter(r) {
			return false
		}
		if letters++; letters == Inside {
			return true
		}
	}
	return false
}

// Parts divides a word that is looked for inside of others into what comes before
// its first Inside letters in a row, its stem from there on, and the rest. It
// occurs in a word exactly if the word's stem has an ending that begins with body
// and rest, behind something that ends with lead; or if that ending is body alone
// and rest comes after the stem.
func (q QueryWord) Parts() (lead, body, rest string) {
	stem := Stem(q.Text)
	first := AppendEndings(nil, stem)[0]
	return stem[:first], stem[first:], q.Text[len(stem):]
}

func isInWord(r rune) bool {
	return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

// isLetter is for the characters of folded words.
func isLetter(r rune) bool {
	return 'a' <= r && r <= 'z' || r >= utf8.RuneSelf && unicode.IsLetter(r)
}

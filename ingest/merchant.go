package ingest

import (
	"regexp"
	"strings"
)

// tokens are what the redactor puts in place of numbers (docs/redaction.md).
var tokens = regexp.MustCompile(`[A-Z]{3,}_[A-Z]{14}`)

// merchantName makes the branches of one merchant alike: it drops what follows
// the name, such as branch numbers, dates and references. The first word
// always stays. "TESCO PFS 6119" is TESCO PFS, "AMZN Mktp US*2A3B4C" is AMZN
// Mktp US, "7-ELEVEN 34512" is 7-ELEVEN.
func merchantName(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if name, ref, ok := strings.Cut(w, "*"); ok && name != "" && digits(ref) >= 2 {
			words[i] = name
			words = words[:i+1]
			break
		}
	}
	for len(words) > 1 && reference(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// reference reports whether a word is a number or code rather than a name: it
// holds at least two digits, or a token that stands for some, or nothing but
// punctuation.
func reference(w string) bool {
	return digits(w) >= 2 || tokens.MatchString(w) || strings.Trim(w, "-#*.,:/·") == ""
}

func digits(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Secrets of several words: the phrase that restores a wallet (BIP 39), the codes that
// restore an account, a password of words between quotes.

// Limits of these.
const (
	leastPhrase   = 12 // words of a phrase
	mostPhrase    = 24
	longestWord   = 8 // letters of the words of BIP 39: three to eight
	shortestWord  = 3
	phraseReach   = 24 // bytes between the name and the first word
	longestBackup = 24 // characters of a code that restores an account
	leastBackup   = 6
)

// phrase finds the words of a phrase behind a name that ends at t[j].
func (s *Scan) phrase(v *finding.View, j int) {
	t := v.Text
	i := j
	for i < len(t) && i-j < phraseReach && !wordOfPhrase(t, i, leastPhrase) {
		i++
	}
	if i == len(t) || i-j == phraseReach {
		return
	}
	end, n := i, 0
	for k := i; n < mostPhrase; n++ {
		to := phraseWord(t, k)
		if to == k {
			break
		}
		end = to
		k = phraseGap(t, to)
	}
	if cue.SameWord(t[max(0, j-len("wallet")):j], "wallet") && (i != j+len(": ") || n%3 != 0 || !cue.EndsLine(t, end) || !unspoken(t[i:end])) {
		return
	}
	s.secret(v, i, end, "assigned")
}

// unspoken tells whether a text has none of the words that sentences have and BIP 39 has not.
func unspoken(text []byte) bool {
	for w := (char.Words{T: text, Class: char.IsLetter}); w.Next(); {
		switch word := text[w.Lo:w.Hi]; string(word) {
		case "the", "and", "has", "was", "for", "are", "but", "his", "her", "not", "which", "from", "been", "with", "were", "had", "your", "their", "our", "its":
			return false
		default:
			if char.ByteClass[word[0]]&char.IsUpper != 0 {
				return false
			}
		}
	}
	return true
}

// wordOfPhrase tells whether at least n words of a phrase follow each other at t[i:].
func wordOfPhrase(t []byte, i, n int) bool {
	if char.Letter(char.At(t, i-1)) {
		return false
	}
	for ; n > 0; n-- {
		to := phraseWord(t, i)
		if to == i {
			return false
		}
		i = phraseGap(t, to)
	}
	return true
}

// phraseWord returns the end of a word of a phrase at t[i:]; i if there is none.
func phraseWord(t []byte, i int) int {
	k := i
	for k < len(t) && char.Letter(t[k]) && k-i <= longestWord {
		k++
	}
	if k-i < shortestWord || k-i > longestWord {
		return i
	}
	return k
}

// phraseGap returns where the next word begins: behind spaces, a comma, or the number
// of the word in a list.
func phraseGap(t []byte, i int) int {
	const most = 6
	k := i
	for k < len(t) && k-i < most && bytes.IndexByte([]byte(" ,\n\r\t.)0123456789"), t[k]) >= 0 {
		k++
	}
	return k
}

// backupGroup is how many digits each of two groups of such a code has: 4821 9937.
const backupGroup = 4

// backupCodes finds the codes of a list behind a name that ends at t[j].
func (s *Scan) backupCodes(v *finding.View, j int) {
	t := v.Text
	if is := []byte(" is"); bytes.HasPrefix(t[j:], is) && !char.Alnum(char.At(t, j+len(is))) {
		j += len(is)
	}
	for i := j; i < len(t); {
		from := i
		for i < len(t) && i-from < phraseReach && !char.Alnum(t[i]) {
			i++
		}
		a, digits := i, 0
		for i < len(t) && (char.Alnum(t[i]) || t[i] == '-') && i-a <= longestBackup {
			if char.Digit(t[i]) {
				digits++
			}
			i++
		}
		if digits == i-a && digits > 0 && digits <= longestCount && (char.At(t, i) == '.' || char.At(t, i) == ')') { // the number of an item
			continue
		}
		if i-a == backupGroup && digits == backupGroup && char.At(t, i) == ' ' && char.Digits(t[min(i+1, len(t)):]) == backupGroup && !char.Alnum(char.At(t, i+1+backupGroup)) { // as Google prints them
			i += 1 + backupGroup
		}
		if i-a < leastBackup || i-a > longestBackup || digits == 0 || a-from == 0 || a-from == phraseReach {
			return
		}
		if !s.Rules.IsToken(t[a:i]) {
			s.secret(v, a, i, "assigned")
		}
	}
}

// Words of a passphrase that somebody made up, without quotes.
const (
	leastPassWords = 3
	mostPassWords  = 10
)

// passphraseEnd returns where the passphrase ends whose first word is t[a:end]: words of
// small letters, the last of which ends a line. What has fewer words, or more, is a
// sentence.
func passphraseEnd(t []byte, a, end int) int {
	if !smallWord(t[a:end]) {
		return end
	}
	k, n := end, 1
	for ; char.At(t, k) == ' ' && k < len(t); n++ {
		next := k + 1
		for next < len(t) && char.Letter(t[next]) {
			next++
		}
		if n == mostPassWords || !smallWord(t[k+1:next]) {
			return end
		}
		k = next
	}
	if n < leastPassWords || k < len(t) && t[k] != '\n' && t[k] != '\r' {
		return end
	}
	return k
}

// Limits of what somebody answers to a question that is to tell who it is.
const (
	mostAnswer    = 6  // words
	longestAnswer = 64 // bytes
)

// quotedAnswer finds such an answer between quotes behind its name, t[i:j]: verified by
// memorable word "lighthouse".
func (s *Scan) quotedAnswer(v *finding.View, i, j int) bool {
	const least = 3 // characters
	t := v.Text
	q := char.At(t, j+1)
	if char.At(t, j) != ' ' || q != '"' && q != '\'' || !answerName(t[i:j]) && !credential.StandsBefore(t, i, "memorable", "security", "maiden") {
		return false
	}
	a := j + len(` "`)
	n := bytes.IndexByte(t[a:min(len(t), a+longestAnswer)], q)
	if n < least || s.Rules.IsToken(t[a:a+n]) || credential.Spoken(t[a:a+n]) {
		return false
	}
	s.secret(v, a, a+n, "assigned")
	return true
}

// answerName tells whether the last word of a name is that of such an answer: security
// answer, mother's maiden name.
func answerName(name []byte) bool {
	for _, w := range [...]string{"securityanswer", "security_answer", "security-answer", "secret_answer", "maidenname", "maiden_name", "maiden-name", "memorableword", "memorable_word", "memorableinformation"} {
		if n := len(name) - len(w); n >= 0 && bytes.EqualFold(name[n:], []byte(w)) {
			return true
		}
	}
	return cue.SameWord(name, "answer") || cue.SameWord(name, "name") || cue.SameWord(name, "word") // behind another
}

// bracketEnd returns where the brackets end that say which question is meant behind the
// name t[:j] of an answer, security answer (first school); j if there are none.
func bracketEnd(t []byte, j int) int {
	if !bytes.HasPrefix(t[j:], []byte(" (")) {
		return j
	}
	k := bytes.IndexAny(t[j:min(len(t), j+longestAnswer)], ")\n")
	if k < 0 || t[j+k] != ')' {
		return j
	}
	return j + k + 1
}

// questionReach is how far behind the words for a security question its answer begins, in
// bytes.
const questionReach = 128

// questionAnswer finds the answer of a security question of which t[:j] speaks: security
// question: city of birth -> Oslo; Security question What is …? A: Oslo.
func (s *Scan) questionAnswer(v *finding.View, j int) {
	t := v.Text
	reach := t[j:min(len(t), j+questionReach)]
	if k := bytes.IndexByte(reach, '\n'); k >= 0 && !bytes.HasPrefix(reach[k+1:], []byte("A")) { // A: …, Answer: …
		reach = reach[:k]
	}
	k := -1
	for _, mark := range [...]string{"A: ", "nswer: ", "ntwort: ", "-> ", "\u2192 ", "? ", ": "} {
		if at := bytes.LastIndex(reach, []byte(mark)); at > len(": ") {
			k = at + len(mark)
			break
		}
	}
	if k < 0 {
		return
	}
	const least = 4 // characters
	a := quoted(t, j+k)
	end := answerEnd(t, a, s.valueEnd(t, a))
	end = endsTrimmed(t, a, end, ".)!")
	value := t[a:end]
	if len(value) < least || end < len(t) && t[end] == ' ' || bytes.IndexByte(char.Looked(value), '?') >= 0 || !char.Alnum(value[0]) && value[0] < 0x80 || credential.Spoken(value) || s.Rules.IsToken(value) || credential.Placeholder(t, a, end) {
		return
	}
	s.secret(v, a, end, "assigned")
}

// answerEnd returns where the answer ends whose first word is t[a:end]: a few words up to
// a mark or the end of the line. Of more words it is a sentence.
func answerEnd(t []byte, a, end int) int {
	words := 1
	for k := end; ; {
		if k == len(t) || t[k] != ' ' || k-a > longestAnswer {
			if k == len(t) || bytes.IndexByte([]byte("\r\n,;.|\"<)"), t[k]) >= 0 {
				return k
			}
			return end
		}
		from := k + 1
		for k = from; k < len(t) && (char.Alnum(t[k]) || t[k] >= 0x80 || t[k] == '\'' || t[k] == '-'); k++ {
		}
		if words++; k == from || words > mostAnswer {
			return end
		}
	}
}

// smallWord tells whether a word of three small letters or more is none of a sentence
// about passphrases.
func smallWord(word []byte) bool {
	if len(word) < len("the") {
		return false
	}
	for _, c := range word {
		if char.ByteClass[c]&char.IsLower == 0 {
			return false
		}
	}
	switch string(word) {
	case "the", "for", "that", "which", "you", "your", "this", "must", "used", "and", "not", "with", "can", "when", "string", "set", "will", "should":
		return false
	}
	return true
}

// quotedEnd returns where the value t[a:end] of several words ends that stands between
// quotes; end if it does not, or if its first word means nothing alone.
func quotedEnd(t []byte, a, end int) int {
	q := char.At(t, a-1)
	if q != '"' && q != '\'' || char.At(t, end) != ' ' {
		return end
	}
	k := bytes.IndexByte(t[end:min(len(t), end+credential.LongestQuoted)], q)
	if k < 0 || bytes.IndexByte(t[end:end+k], '\n') >= 0 || end-a < 4 && !bytes.ContainsAny(t[a:end+k], "0123456789") {
		return end
	}
	return end + len(bytes.TrimRight(t[end:end+k], "\\ "))
}

// parameters finds the values of the parameters of an Authorization header (RFC 9110,
// 11.2) that begin at t[i:], and tells whether there are any.
func (s *Scan) parameters(v *finding.View, i int) (any bool) {
	const mostParameters = 16
	t := v.Text
	for range mostParameters {
		name := i
		for i < len(t) && (char.Letter(t[i]) || t[i] == '_') {
			i++
		}
		if i == name || char.At(t, i) != '=' {
			return any
		}
		any = true
		a := quoted(t, i+1)
		end := s.valueEnd(t, a)
		switch value := t[a:end]; {
		case s.Rules.IsToken(value), bytes.EqualFold(t[name:i], []byte("realm")), bytes.EqualFold(t[name:i], []byte("uri")), bytes.EqualFold(t[name:i], []byte("username")):
		case credential.PlausibleSecret(value, credential.NameMaybe):
			s.secret(v, a, end, "assigned")
		}
		for i = end; i < len(t) && i-end < len(`\", `) && (t[i] == '"' || t[i] == '\\' || t[i] == '\'' || t[i] == ',' || t[i] == ' '); {
			i++
		}
	}
	return any
}

// foursEnd returns where a password of four groups of four small letters ends, as Google
// gives them to programs, if t[a:end] is the first group; end if it is none.
func foursEnd(t []byte, a, end int) int {
	const groups, size = 4, 4
	k := a
	for n := 0; n < groups; n++ {
		if n > 0 {
			if k == len(t) || t[k] != ' ' {
				return end
			}
			k++
		}
		for m := 0; m < size; m++ {
			if k == len(t) || char.ByteClass[t[k]]&char.IsLower == 0 {
				return end
			}
			k++
		}
	}
	if end-a != size && k != end || k < len(t) && (char.Alnum(t[k]) || t[k] == ' ' || t[k] == '-') {
		return end
	}
	return k
}

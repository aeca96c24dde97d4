package redact

import "bytes"

// What banks write of a payment: WIRE TYPE:WIRE OUT … BNF:JOHN SMITH ID:000123456789,
// ORG:/000123456789, FASTER PAYMENT TO SMITH J 200000 55779911.

// railWords name the systems by which payments go from one account to another.
var railWords = [...]string{"bacs", "fps", "fpi", "fpo", "faster", "chaps", "bgc", "giro", "sto", "tfr", "transfer", "osko", "npp", "payid", "becs", "nab", "cba", "anz", "westpac", "commbank"}

// railReach is how far before an account such a word stands: there is a name between.
const railReach = 64

// onRails tells whether such a word stands before t[i].
func onRails(t []byte, i int) bool {
	for from := max(0, i-railReach); i > from; {
		i--
		if !letter(t[i]) {
			continue
		}
		end := i + 1
		for i > from && letter(t[i-1]) {
			i--
		}
		for _, word := range railWords {
			if len(word) == end-i && bytes.EqualFold(t[i:end], []byte(word)) {
				return true
			}
		}
	}
	return false
}

// partyTags are the fields of a wire (Fedwire, CHIPS and NACHA as American banks print
// them) that name who pays, who is paid and their banks; what follows their ID is an account.
var partyTags = [...]string{"bnf", "ben", "benef", "orig", "org", "ogb", "bbi", "ind", "des", "cdtr", "dbtr"}

// partyReach is how far before the number such a field begins.
const partyReach = 72

// party finds the account of who pays or is paid by a wire: right behind a stroke in the
// field, or behind ID and the name.
func (s *scan) party(v *view, q *sequence) {
	t, i := v.t, int(q.at[0])
	if q.g[0].size() < minAccount || q.g[0].size() > maxAccount || !partyBefore(t, i) {
		return
	}
	s.account(v, q, 0, q.g[0].to, "party")
}

// partyBefore tells whether the number at t[i] is that account.
func partyBefore(t []byte, i int) bool {
	from := max(0, i-partyReach)
	for i > from && t[i-1] == ' ' {
		i--
	}
	if i == from {
		return false
	}
	if t[i-1] == '/' {
		i--
		return i > from && (t[i-1] == ':' || t[i-1] == '=') && partyTag(t[from:i-1])
	}
	if t[i-1] != ':' || i-from < len(" ID:") || !bytes.EqualFold(t[i-3:i-1], []byte("id")) || letter(t[i-4]) {
		return false
	}
	t = t[from : i-len(" ID:")]
	switch word := trailingWord(t); {
	case bytes.EqualFold(word, []byte("co")) || bytes.EqualFold(word, []byte("orig")): // of a company
		return false
	case partyTag(word):
		return true
	}
	k := bytes.LastIndexAny(t, ":=")
	return k >= 0 && partyTag(t[:k])
}

// trailingWord returns the letters that t ends in.
func trailingWord(t []byte) []byte {
	i := len(t)
	for i > 0 && letter(t[i-1]) {
		i--
	}
	return t[i:]
}

// partyTag tells whether t ends in one of partyTags.
func partyTag(t []byte) bool {
	word := trailingWord(t)
	for _, tag := range partyTags {
		if len(tag) == len(word) && bytes.EqualFold(word, []byte(tag)) {
			return true
		}
	}
	return false
}

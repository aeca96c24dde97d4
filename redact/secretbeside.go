package redact

import (
	"bytes"
	"strings"
)

// A name and its secret with no sign of assignment between them: a line of a
// Dockerfile, a row of a table or of CSV, code in prose (set `API_KEY` to `…`); or in
// a pair of a name and a value.

// Limits of such neighbours.
const (
	besideReach = 40 // bytes of marks between the two: a column of a table
	pairReach   = 48 // bytes of marks up to the word value: its line may be indented
	minRandom   = 14 // characters of a value that must look random
)

// besideStart returns where the value begins beside a name that ends at t[j], and the
// first mark between them that is no space, a space if there is none but that; 0 if
// nothing is between them.
func besideStart(t []byte, j int) (at int, mark byte) {
	at = besideMarks(t, j)
	if at == j || at == len(t) {
		return at, 0
	}
	for _, word := range [...]string{"to ", "as "} {
		if bytes.HasPrefix(t[at:], []byte(word)) {
			at = besideMarks(t, at+len(word))
		}
	}
	for _, c := range t[j:at] {
		if c > ' ' {
			return at, c
		}
	}
	return at, ' '
}

func besideMarks(t []byte, j int) int {
	i, tags := j, 0
	for i < len(t) && i-j < besideReach {
		switch c := t[i]; {
		case bytes.IndexByte([]byte(" \t|,`'\"*>)]+\\([;!?=:"), c) >= 0, c == '-' && (byteAt(t, i+1) == ' ' || byteAt(t, i+1) == '>'), c == '.' && i > j && t[i-1] == ' ': // the last is a folded quote
			i++
		case markSize(t[i:]) > 0:
			i += markSize(t[i:])
		case c == '<' && tags < mostTags:
			end := neutralTagEnd(t, i)
			if end == 0 {
				return i
			}
			tags++
			i, j = end, j+end-i // a tag does not count
		case c == '\n' && ownLine(t, i+1):
			i++
		default:
			return i
		}
	}
	return i
}

// ownLine tells whether one word is all of the line t[i:].
func ownLine(t []byte, i int) bool {
	line := bytes.TrimSpace(t[i:min(len(t), i+longestSecretCell)])
	if k := bytes.IndexByte(line, '\n'); k >= 0 {
		line = bytes.TrimSpace(line[:k])
	}
	return len(line) > 0 && bytes.IndexByte(line, ' ') < 0
}

// besideSecret finds the value beside the name t[i:j] if the name has several parts,
// such as DB_PASSWORD, and the value looks random or, as that of a password, has
// letters and digits.
func (s *scan) besideSecret(v *view, i, j int, kind nameKind) bool {
	t := v.t
	if !severalParts(t[i:j]) && !secretKind(t[:i]) && !gluedParts(t[i:j]) {
		return false
	}
	a, mark := besideStart(t, j)
	if mark == 0 {
		return false
	}
	end := s.besideEnd(t, a)
	if k := definedEnd(t, i, a); k > 0 {
		s.secret(v, a, k, "assigned")
		return true
	}
	value := t[a:end]
	if callee(value) > 0 || constant(value) || inCode(t, j, a, value) || end > a && placeholder(t, a, end) {
		return false
	}
	switch {
	case kind == namePIN:
		if !plausibleSecret(value, kind) || len(value) < len("1234") {
			return false
		}
	case randomLike(value) && !(uuid(value) && kind == nameKey), randomLike(lastPart(value)):
	case !besidePassword(t, i, j, mark) || !passwordLike(value) || bytes.HasPrefix(value, []byte("0x")):
		return false
	}
	if s.r.isToken(value) || secretName(value) != nameNone {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// definedEnd returns where the value t[a:] ends that PHP gives to the constant t[i:] and that
// was drawn from all printable characters, as WordPress makes its keys: define( 'AUTH_KEY',
// '…' ); 0 if it is none.
func definedEnd(t []byte, i, a int) int {
	q := byteAt(t, a-1)
	if q != '\'' && q != '"' || i == 0 || t[i-1] != q || !bytes.HasSuffix(bytes.TrimRight(t[max(0, i-len("define(  '")):i-1], " "), []byte("define(")) {
		return 0
	}
	n := bytes.IndexByte(t[a:min(len(t), a+longestQuoted)], q)
	if n < minSpaced || !allKinds(t[a:a+n]) || changesOf(t[a:a+n]) < n/3 {
		return 0
	}
	return a + n
}

// inCode tells whether what stands between a name that ends at t[j] and the value t[a:]
// are marks of a program: f(name, a.Type), a list of names on lines of their own.
func inCode(t []byte, j, a int, value []byte) bool {
	switch {
	case t[j] == '(' && t[a-1] == '(':
		return true
	case bytes.IndexByte(t[j:a], ',') < 0:
		return false
	}
	return bytes.IndexByte(t[j:a], '\n') >= 0 || t[a-1] == ' ' && bytes.IndexByte(looked(value), '.') > 0
}

// besideEnd is valueEnd for a value that stands in a row or between marks of code.
func (s *scan) besideEnd(t []byte, a int) int {
	end := s.valueEnd(t, a)
	if k := bytes.IndexAny(looked(t[a:end]), "|`"); k >= 0 {
		end = a + k
	}
	return endsTrimmed(t, a, end, ".)")
}

// maxTrimmed is how many marks behind a value are no part of it, at most: a text of
// names and nothing else but marks would take time by the square of its length.
const maxTrimmed = 16

// endsTrimmed returns where the value t[a:end] ends without the marks of a sentence
// behind it.
func endsTrimmed(t []byte, a, end int, marks string) int {
	for n := 0; n < maxTrimmed && end > a && strings.IndexByte(marks, t[end-1]) >= 0; n++ {
		end--
	}
	return end
}

// besidePassword tells whether the name t[i:j] means a password, and the mark behind it
// does not stand in a list of names as well: it is one in capitals, as variables of the
// environment are, or it begins a row.
func besidePassword(t []byte, i, j int, mark byte) bool {
	name := t[i:j]
	if !passwordWord(name[1+bytes.LastIndexByte(name, '_'):]) {
		return false
	}
	if mark == '|' || mark == '`' || mark == '<' || mark == ',' && (i == 0 || t[i-1] == '\n') {
		return true
	}
	return mark != ',' && bytes.IndexFunc(name, func(r rune) bool { return r >= 'a' && r <= 'z' }) < 0
}

// gluedParts tells whether a name is made of two words that nothing divides, such as
// privatekey.
func gluedParts(name []byte) bool {
	low := bytes.ToLower(name[:min(len(name), longestName)])
	for _, end := range [...]string{"key", "token", "secret"} {
		if len(low) > len(end) && bytes.HasSuffix(low, []byte(end)) {
			return true
		}
	}
	return false
}

// severalParts tells whether a name has parts that marks or capitals divide.
func severalParts(name []byte) bool {
	for k := 1; k < len(name)-1; k++ {
		if c := name[k]; c == '_' || c == '-' || byteClass[c]&isUpper != 0 && byteClass[name[k-1]]&isLower != 0 {
			return true
		}
	}
	return false
}

// randomLike tells whether a value looks as if it was drawn: a UUID, hexadecimal, or
// letters and digits that take turns more often than in names.
func randomLike(value []byte) bool {
	seldom := 5 // a turn in so many characters
	if bytes.Count(looked(value), []byte("_")) > 1 {
		seldom = 3 // a name of several words
	}
	n := len(value)
	if n < minRandom || uuid(value) {
		return n >= minRandom
	}
	turns, digits, letters := 0, 0, 0
	for k, c := range looked(value) {
		switch {
		case c == '.' && letters == 0: // a version
			return false
		case digit(c):
			digits++
		case letter(c):
			letters++
		default:
			continue
		}
		if k > 0 && alnum(value[k-1]) && letterCase(c) != letterCase(value[k-1]) {
			turns++
		}
	}
	if digits == 0 || letters == 0 {
		return false
	}
	return allHex(looked(value)) || turns >= min(n, maxLooked)/seldom
}

// lastPart returns what is behind the words of a prefix such as test_pub_, if it is long.
func lastPart(value []byte) []byte {
	if part := value[1+bytes.LastIndexByte(value, '_'):]; len(part) >= minSpaced {
		return part
	}
	return nil
}

// letterCase tells capitals, small letters and digits apart.
func letterCase(c byte) uint16 { return byteClass[c] & (isUpper | isLower | isDigit) }

// Limits of a block whose name speaks for its default.
const (
	blockReach = 320 // bytes from the name to the default
	blockLines = 5   // lines between
	blockLine  = 120 // bytes of one
)

// blockValue returns where the value begins that the block of the name which ends at t[j]
// gives as its default or its example, in YAML and HCL; 0 if there is none:
//
//	api_token:
//	  type: string
//	  example: …
func blockValue(t []byte, j int) int {
	i := j
	for i < len(t) && i-j < cueGap && bytes.IndexByte([]byte("\"': {\r"), t[i]) >= 0 {
		i++
	}
	if byteAt(t, i) != '\n' || i == len(t) || !bytes.ContainsAny(t[j:i], ":{") {
		return 0
	}
	own := indent(lineBefore(t, j, blockLine))
	for n := 0; n < blockLines && i-j < blockReach; n++ {
		line := t[i+1 : min(len(t), i+1+blockLine)]
		inner := indent(line)
		if inner <= own {
			return 0
		}
		k := i + 1 + inner
		end := k
		for end < len(t) && letter(t[end]) && end-k < len("example")+1 {
			end++
		}
		if pairValue(t[k:end]) {
			if at, sign := assignedAt(t, k, end); sign {
				return at
			}
			return 0
		}
		next := bytes.IndexByte(line, '\n')
		if next < 0 {
			return 0
		}
		i += 1 + next
	}
	return 0
}

// blockName returns where the name of the block stands in which the word t[j:] begins a
// line; an empty one if it is in none.
func blockName(t []byte, j int) (from, to int) {
	line := lineBefore(t, j, blockLine)
	own := len(line)
	end := j - own - 1
	if own == 0 || indent(line) != own || end < 0 || t[end] != '\n' {
		return 0, 0
	}
	for n := 0; n < blockLines && j-end < blockReach; n++ {
		whole := lineBefore(t, end, blockLine)
		if in := indent(whole); in < len(whole) && in < own {
			line := bytes.TrimRight(whole, " \t\r")
			name := bytes.TrimRight(line, " :{\"'=")
			if c := line[len(line)-1]; c != ':' && c != '{' {
				return 0, 0
			}
			k := len(name)
			for k > 0 && (alnum(name[k-1]) || name[k-1] == '_' || name[k-1] == '-') {
				k--
			}
			lo := end - len(whole)
			return lo + k, lo + len(name)
		}
		if end -= len(whole) + 1; end < 0 || t[end] != '\n' {
			return 0, 0
		}
	}
	return 0, 0
}

// indent counts the spaces that a line begins with.
func indent(line []byte) (n int) {
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}

// pairedAt returns where the value begins whose name, which ends at t[j], is that of a
// pair: "name": "DB_PASSWORD", "value": "…", and the like in XML and YAML.
func pairedAt(t []byte, j int) (at int, ok bool) {
	at = j
	if bytes.HasPrefix(t[at:], []byte("</")) {
		k := bytes.IndexByte(t[at:min(len(t), at+longestName)], '>')
		if k < 0 {
			return j, false
		}
		at += k + 1
	}
	for at < len(t) && at-j < pairReach && bytes.IndexByte([]byte(" \t\r\n\"'\\,<>"), t[at]) >= 0 {
		if at++; t[at-1] == '\\' && (byteAt(t, at) == 'n' || byteAt(t, at) == 't') {
			at++
		}
	}
	const word = len("value")
	if at == j || at+word >= len(t) || !bytes.EqualFold(t[at:at+word], []byte("value")) {
		return j, false
	}
	return assignedAt(t, at, at+word)
}

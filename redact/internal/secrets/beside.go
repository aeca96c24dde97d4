package secrets

import (
	"bytes"
	"strings"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// A name and its secret with no sign of assignment between them: a line of a
// Dockerfile, a row of a table or of CSV, code in prose (set `API_KEY` to `…`); or in
// a pair of a name and a value.

// Limits of such neighbours.
const (
	besideReach = 40 // bytes of marks between the two: a column of a table
)

// besideStart returns where the value begins beside a name that ends at t[j], and the
// first mark between them that is no space, a space if there is none but that; 0 if
// nothing is between them.
func besideStart(t []byte, j int) (at int, mark byte) {
	at = besideMarks(t, j)
	if at == j || at == len(t) {
		return at, 0
	}
	for _, word := range [...]string{"has been set to ", "has been changed to ", "was changed to ", "was set to ", "is set to ", "set to ", "changed to ", "to ", "as "} {
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
		case bytes.IndexByte([]byte(" \t|,`'\"*>)]+\\([;!?=:"), c) >= 0, c == '-' && (char.At(t, i+1) == ' ' || char.At(t, i+1) == '>'), c == '.' && i > j && t[i-1] == ' ': // the last is a folded quote
			i++
		case markSize(t[i:]) > 0:
			i += markSize(t[i:])
		case c == '<' && tags < cue.MostTags:
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
	line := bytes.TrimSpace(t[i:min(len(t), i+column.LongestSecretCell)])
	if k := bytes.IndexByte(line, '\n'); k >= 0 {
		line = bytes.TrimSpace(line[:k])
	}
	return len(line) > 0 && bytes.IndexByte(line, ' ') < 0
}

// besideSecret finds the value beside the name t[i:j] if the name has several parts,
// such as DB_PASSWORD, and the value looks random or, as that of a password, has
// letters and digits.
func (s *Scan) besideSecret(v *finding.View, i, j int, kind credential.NameKind) bool {
	t := v.Text
	if !credential.SeveralParts(t[i:j]) && !secretKind(t[:i]) && !gluedParts(t[i:j]) {
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
	if credential.Callee(value) > 0 || constant(value) || inCode(t, j, a, value) || end > a && credential.Placeholder(t, a, end) {
		return false
	}
	switch {
	case kind == credential.NamePIN:
		if !credential.PlausibleSecret(value, kind) || len(value) < len("1234") {
			return false
		}
	case credential.RandomLike(value) && !(credential.UUID(value) && kind == credential.NameKey), credential.RandomLike(lastPart(value)):
	case !besidePassword(t, i, j, mark) || !credential.PasswordLike(value) || bytes.HasPrefix(value, []byte("0x")):
		return false
	}
	if s.Rules.IsToken(value) || credential.SecretName(value) != credential.NameNone {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// definedEnd returns where the value t[a:] ends that PHP gives to the constant t[i:] and that
// was drawn from all printable characters, as WordPress makes its keys: define( 'AUTH_KEY',
// '…' ); 0 if it is none.
func definedEnd(t []byte, i, a int) int {
	q := char.At(t, a-1)
	if q != '\'' && q != '"' || i == 0 || t[i-1] != q || !bytes.HasSuffix(bytes.TrimRight(t[max(0, i-len("define(  '")):i-1], " "), []byte("define(")) {
		return 0
	}
	n := bytes.IndexByte(t[a:min(len(t), a+credential.LongestQuoted)], q)
	if n < minSpaced || !credential.AllKinds(t[a:a+n]) || credential.ChangesOf(t[a:a+n]) < n/3 {
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
	return bytes.IndexByte(t[j:a], '\n') >= 0 || t[a-1] == ' ' && bytes.IndexByte(char.Looked(value), '.') > 0
}

// besideEnd is valueEnd for a value that stands in a row or between marks of code.
func (s *Scan) besideEnd(t []byte, a int) int {
	end := s.valueEnd(t, a)
	if k := bytes.IndexAny(char.Looked(t[a:end]), "|`"); k >= 0 {
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
	if !credential.PasswordWord(name[1+bytes.LastIndexByte(name, '_'):]) {
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
	low := bytes.ToLower(name[:min(len(name), cue.LongestName)])
	for _, end := range [...]string{"key", "token", "secret"} {
		if len(low) > len(end) && bytes.HasSuffix(low, []byte(end)) {
			return true
		}
	}
	return false
}

// lastPart returns what is behind the words of a prefix such as test_pub_, if it is long.
func lastPart(value []byte) []byte {
	if part := value[1+bytes.LastIndexByte(value, '_'):]; len(part) >= minSpaced {
		return part
	}
	return nil
}

// blockValue returns where the value begins that the block of the name which ends at t[j]
// gives as its default or its example, in YAML and HCL; 0 if there is none:
//
//	api_token:
//	  type: string
//	  example: …
func blockValue(t []byte, j int) int {
	i := j
	for i < len(t) && i-j < cue.Gap && bytes.IndexByte([]byte("\"': {\r"), t[i]) >= 0 {
		i++
	}
	if char.At(t, i) != '\n' || i == len(t) || !bytes.ContainsAny(t[j:i], ":{") {
		return 0
	}
	own := cue.Indent(char.LineBefore(t, j, cue.BlockLine))
	for n := 0; n < cue.BlockLines && i-j < cue.BlockReach; n++ {
		line := t[i+1 : min(len(t), i+1+cue.BlockLine)]
		inner := cue.Indent(line)
		if inner <= own {
			return 0
		}
		k := i + 1 + inner
		end := k
		for end < len(t) && char.Letter(t[end]) && end-k < len("example")+1 {
			end++
		}
		if cue.PairValue(t[k:end]) {
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

// pairedAt returns where the value begins whose name, which ends at t[j], is that of a
// pair: "name": "DB_PASSWORD", "value": "…", and the like in XML and YAML.
func pairedAt(t []byte, j int) (at int, ok bool) {
	at = j
	if bytes.HasPrefix(t[at:], []byte("</")) {
		k := bytes.IndexByte(t[at:min(len(t), at+cue.LongestName)], '>')
		if k < 0 {
			return j, false
		}
		at += k + 1
	}
	for at < len(t) && at-j < cue.PairReach && bytes.IndexByte([]byte(" \t\r\n\"'\\,<>"), t[at]) >= 0 {
		if at++; t[at-1] == '\\' && (char.At(t, at) == 'n' || char.At(t, at) == 't') {
			at++
		}
	}
	const word = len("value")
	if at == j || at+word >= len(t) || !bytes.EqualFold(t[at:at+word], []byte("value")) {
		return j, false
	}
	return assignedAt(t, at, at+word)
}

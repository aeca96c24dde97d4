package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
)

// What stands between a name and its value, read forward: see cue.readGap for what it is
// read back.

// SkipGap returns where the next word begins behind t[j], across marks, of a run of the
// same one the first counts, line breaks and tags; not across the end of a sentence.
func SkipGap(t []byte, j int) int {
	i, marks, tags := j, 0, 0
	for i < len(t) && i-j < cue.WidestGap+tags*cue.LongestTag {
		c := t[i]
		switch {
		case char.Alnum(c):
			return i
		case c >= 0x80:
			n := markSize(t[i:])
			if n == 0 {
				return i
			}
			i += n
			marks++
			continue
		case c == '<' && tags < cue.MostTags:
			if end := neutralTagEnd(t, i); end > 0 {
				i = end
				tags++
				continue
			}
		case c == '.' && char.At(t, i+1) == ' ' && char.At(t, i-1) != '.':
			return i
		}
		if i == j || c != t[i-1] {
			if marks++; marks > cue.Gap {
				return i
			}
		}
		i++
	}
	return i
}

// neutralTagEnd returns where the tag ends that begins at t[i], or the beginning of a
// section of CDATA; 0 if there is none that may stand between a name and its value.
func neutralTagEnd(t []byte, i int) int {
	const section = "<![CDATA["
	if bytes.HasPrefix(t[i:], []byte(section)) {
		return i + len(section)
	}
	n := bytes.IndexAny(t[i+1:min(len(t), i+cue.LongestTag)], "<>\n")
	if n < 1 || t[i+1+n] != '>' {
		return 0
	}
	if _, other := cue.TagSays(t[i+1 : i+1+n]); other {
		return 0
	}
	return i + 1 + n + 1
}

// markSize returns the bytes of a mark beyond ASCII that a text begins with: a dash, a
// quote, an arrow, a wide colon or equals sign, a picture; 0 if there is none.
func markSize(t []byte) int {
	if len(t) < 3 {
		return 0
	}
	switch t[0] {
	case 0xE2: // U+2010 to U+203F, U+2190 to U+21FF, U+2700 to U+27FF
		if t[1] == 0x80 && t[2] >= 0x90 || t[1] == 0x86 || t[1] == 0x87 || t[1] >= 0x9C && t[1] <= 0x9F {
			return 3
		}
	case 0xEF: // U+FF08 to U+FF1F
		if t[1] == 0xBC && t[2] >= 0x88 && (t[2] < 0x90 || t[2] >= 0x9A) {
			return 3
		}
	case 0xF0:
		if len(t) > 3 && t[1] == 0x9F {
			return 4
		}
	}
	return 0
}

// below returns where the value begins that stands on the line below t[a], in a block
// or a list of YAML, in a part of a form, between tags, and is all of that line; or in
// a section of CDATA.
func (s *Scan) below(t []byte, a int) (at int, ok bool) {
	i := a
	if i < len(t) && (t[i] == '|' || t[i] == '>') { // YAML 1.2.2, 8.1
		if i++; i < len(t) && (t[i] == '-' || t[i] == '+') {
			i++
		}
	}
	from := i
	for i < len(t) && i-from < cue.PairReach && (t[i] <= ' ' || t[i] == '-' && char.At(t, i+1) == ' ') {
		i++
	}
	if bytes.HasPrefix(t[i:], []byte("<![CDATA[")) {
		i += len("<![CDATA[")
		return i, i < len(t)
	}
	if bytes.IndexByte(t[from:i], '\n') < 0 {
		return a, false
	}
	i = quoted(t, i)
	end := s.valueEnd(t, i)
	if value := t[i:end]; end == i || value[len(value)-1] == ':' || constant(value) || assigning(value) || !credential.RandomLike(value) && !credential.PasswordLike(value) {
		return a, false
	}
	rest := bytes.TrimLeft(t[end:min(len(t), end+cue.PairReach)], "\"'\\ \r")
	return i, len(rest) == 0 || rest[0] == '\n' || rest[0] == '<'
}

// listedOption tells whether the name at t[i:] is that of an option which is all of an item
// of a list: its value is the next item.
//
//   - --password
//   - hunter2x
func listedOption(t []byte, i int) bool {
	if !bytes.HasSuffix(t[:i], []byte("--")) {
		return false
	}
	lead := bytes.TrimRight(t[max(0, i-len(`- "--`)):i-len("--")], `"'`)
	return bytes.HasSuffix(lead, []byte("- "))
}

// assigning tells whether a value is the name of a variable that is given something, or
// nothing: DB_PORT=5432.
func assigning(value []byte) bool {
	k := bytes.IndexByte(char.Looked(value), '=')
	return k > 0 && bytes.IndexByte(value[:k], '_') > 0 && len(bytes.Trim(value[:k], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")) == 0
}

// constant tells whether a value is the name of a constant: POSTGRES_SCRAM_SHA_256.
func constant(value []byte) bool {
	for _, c := range char.Looked(value) {
		if char.ByteClass[c]&(char.IsUpper|char.IsDigit) == 0 && c != '_' {
			return false
		}
	}
	return bytes.Count(char.Looked(value), []byte("_")) > 1
}

package reading

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

const (
	longestRef     = 16 // of the name of a footnote or a reference
	longestCommand = 24 // of the name of a command of TeX
)

// bracketed tells whether a text has markup that is not of HTML or XML. Most texts
// have no bracket.
func bracketed(t []byte) bool {
	for i := bytes.IndexAny(t, markupMarks); i >= 0; {
		if t[i] != '<' && markup(t, i) > 0 {
			return true
		}
		n := bytes.IndexAny(t[i+1:], markupMarks)
		if n < 0 {
			return false
		}
		i += 1 + n
	}
	return false
}

// markupMarks are the characters that markup begins with.
const markupMarks = `<[]\`

// unmarked replaces all tags by a space, or by nothing, as those are read that stand
// inside a line, and other markup by nothing. Tags that name a field of another kind stay
// where they are, and the next one, which ends it.
func (s *Scan) unmarked(v *finding.View, between string) (finding.View, bool) {
	out := finding.Derived{Of: v}
	inField, named := false, 0
	for i := 0; ; {
		k := bytes.IndexAny(v.Text[i:], markupMarks)
		if k < 0 {
			break
		}
		i += k
		n := markup(v.Text, i)
		if n == 0 {
			i++
			continue
		}
		if v.Text[i] == '<' {
			if names := fieldTag(v.Text[i : i+n]); names || inField {
				inField = names && v.Text[i+1] != '/'
				i += n
				continue
			}
			if named < mostNamed && namesDivided(v.Text, i, n) {
				named++
				i += n
				continue
			}
		}
		at := s.Instead(&out, i)
		if between != "" && v.Text[i] == '<' {
			out.Push(' ', v.From(i), v.To(i))
		}
		i += n
		out.Replaced(at, i)
	}
	return s.Derive(&out)
}

// mostNamed is how many tags stay because of that: a text with more is a table, in which
// looking at each again and again would take too long.
const mostNamed = 4

// namesDivided tells whether the tag t[i:] of n bytes names the account number behind it,
// within whose digits another tag begins: <account>7586<br>7626. Where it stays, it says so.
func namesDivided(t []byte, i, n int) bool {
	k := i + n
	end := k + char.Digits(t[k:min(len(t), k+column.LongestHeld)])
	return end > k && char.At(t, end) == '<' && char.At(t, end+1) != '/' && t[i+1] != '/' && cue.In(t[i+1:i+n])&cue.Account != 0
}

// markup returns the length of the markup that begins at t[i], or 0. What is not of HTML
// or XML counts only where characters are glued to it: between the links of a list, and
// between bold numbers in a row, something stands.
func markup(t []byte, i int) (n int) {
	switch t[i] {
	case '<':
		return tag(t[i:])
	case '[':
		n = bracket(t, i)
	case ']':
		n = target(t[i:])
	case '\\':
		if bytes.IndexByte(betweenItems, char.At(t, i-1)) < 0 {
			return command(t[i:])
		}
		return 0
	}
	switch {
	case n == 0 || t[i+n-1] == '>':
		return n
	case n == len("[") && bytes.IndexByte(betweenItems, char.At(t, i-1)) >= 0:
		return 0
	}
	if next := char.At(t, i+n); bytes.IndexByte(betweenItems, next) >= 0 && !(next == '|' && char.At(t, i+n+1) == '|') { // || hides a spoiler
		return 0
	}
	return n
}

// betweenItems are the marks that stand between two things of a list.
var betweenItems = []byte(" \n\r\t,;.:|&)")

// tag returns the length of the tag, the comment or the beginning of a section that t
// starts with, or 0. Separators may have been put between its characters.
func tag(t []byte) int {
	if t[0] != '<' || len(t) < 3 || !tagName(t[1:]) {
		return 0
	}
	t = t[:min(len(t), cue.LongestTag)]
	if bytes.HasPrefix(t, []byte("<![CDATA[")) {
		return len("<![CDATA[")
	}
	if bytes.HasPrefix(t, []byte("<!--")) {
		if end := bytes.Index(t[len("<!-"):], []byte("-->")); end >= 0 { // <!--> is a comment, too
			return len("<!-") + end + len("-->")
		}
	}
	end := bytes.IndexByte(t, '>')
	if end < 0 || bytes.IndexByte(t[1:end], '<') >= 0 {
		return 0
	}
	if further := attributesEnd(t, end); further > 0 {
		return further
	}
	return end + 1
}

// attributesEnd returns where a tag ends whose first > stands inside the value of an
// attribute: behind the next > that does not, 0 if the first one is none of a value.
func attributesEnd(t []byte, first int) int {
	quote := byte(0)
	for i, c := range t {
		switch {
		case c == '>' && quote == 0:
			if i == first {
				return 0
			}
			return i + 1
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\'') && i > 0 && t[i-1] == '=':
			quote = c
		}
	}
	return 0
}

// tagName tells whether what follows a < begins as a tag does: with a letter or
// one of the marks of a tag, behind no more than separators.
func tagName(t []byte) bool {
	for _, c := range t[:min(len(t), encoded.MaxGapMarks)] {
		switch {
		case char.Letter(c) || c == '/' || c == '!' || c == '?':
			return true
		case c >= 0x80 || char.Digit(c) || c == '<' || c == '>':
			return false
		}
	}
	return false
}

// bracket returns the length of the footnote [^1], the reference [1] glued to what
// stands on both sides of it, or the tag of a forum, [b] or [/color], that begins at t[i];
// of the bracket alone that begins the words of a link.
func bracket(t []byte, i int) int {
	end := bytes.IndexByte(t[i:min(len(t), i+cue.LongestTag)], ']')
	if end < 2 {
		return 0
	}
	body := t[i+1 : i+end]
	switch {
	case forumTag(body):
	case target(t[i+end:]) > 0:
		return 1
	case body[0] == '^':
		if len(body) < 2 || !refName(body[1:]) {
			return 0
		}
	case len(body) <= 2 && char.Digit(body[0]) && char.Digit(body[len(body)-1]):
		if !char.Alnum(char.At(t, i-1)) {
			return 0
		}
	default:
		return 0
	}
	return end + 1
}

// target returns the length of what a link leads to, from the bracket on that closes
// its words: ](https://example.com), ](#top "title"), ][ref]; or of the end of a section, ]]>.
func target(t []byte) int {
	t = t[:min(len(t), cue.LongestTag)]
	switch {
	case len(t) < 3:
		return 0
	case t[1] == '(':
		if end := bytes.IndexAny(t, ")\n"); end > 2 && t[end] == ')' && !digitsAlone(t[2:end]) {
			return end + 1
		}
	case t[1] == '[':
		if end := bytes.IndexByte(t[2:], ']'); end == 0 || end > 0 && refName(t[2:2+end]) {
			return 2 + end + 1
		}
	case t[1] == ']' && t[2] == '>':
		return 3
	}
	return 0
}

// digitsAlone tells whether a text has digits and marks, and no letter: it may be part of
// a number.
func digitsAlone(t []byte) bool {
	for _, c := range t {
		if char.Letter(c) || c == '#' || c >= 0x80 {
			return false
		}
	}
	return true
}

// refName tells whether a text may be the name of a footnote or a reference: of up to
// two digits, or a word.
func refName(t []byte) bool {
	if len(t) > longestRef {
		return false
	}
	digits, letters, marks := 0, 0, 0
	for _, c := range t {
		switch {
		case char.Digit(c):
			digits++
		case char.Letter(c):
			letters++
		case c == '-' || c == '_':
			marks++
		default:
			return false
		}
	}
	return digits <= 2 && (letters > 0 || marks == 0) // [0-9] is of a regular expression
}

// forumTags are the tags of forums, in brackets, that stand inside a line.
var forumTags = [...]string{"b", "i", "u", "s", "url", "color", "colour", "size", "font", "quote", "code", "img", "center", "left", "right", "sup", "sub", "spoiler", "table", "tr", "td", "th", "list", "li", "email", "noparse", "highlight"}

// forumTag tells whether the body of a bracket is that of a tag of a forum.
func forumTag(body []byte) bool {
	if body[0] == '/' {
		body = body[1:]
	}
	n := 0
	for n < len(body) && char.Letter(body[n]) {
		n++
	}
	if n < len(body) && body[n] != '=' && body[n] != ' ' {
		return false
	}
	for _, name := range forumTags {
		if len(name) == n && bytes.EqualFold(body[:n], []byte(name)) {
			return true
		}
	}
	return false
}

// command returns the length of the command of TeX, up to its brace, that t starts with:
// \textbf{.
func command(t []byte) int {
	n := 1
	for n < len(t) && char.Letter(t[n]) {
		n++
	}
	if n < 3 || n > longestCommand || char.At(t, n) != '{' {
		return 0
	}
	return n + 1
}

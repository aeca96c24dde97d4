package cue

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// What stands between a number and the words before it that say what it is: marks, a
// run of spaces or leaders up to the next column, tags of XML or HTML, the word "value"
// of a pair, and what programs print around a value.

// Limits of what is skipped.
const (
	Gap        = 6   // marks between two words beside spaces; of a run of the same one the first counts
	WidestGap  = 120 // bytes of them: a line of a terminal
	MostTags   = 4   // tags side by side: </th></tr><tr><td>
	valueWraps = 5   // words and sizes that only say that a value follows
)

// gapBefore is what stands before a number or a word that carries a cue on.
type gapBefore struct {
	end    int  // where the word before it ends
	said   Set  // what a tag around it says
	named  bool // there is a sign of assignment, or a tag
	opened bool // there is a mark that a value may begin with
	closed bool // a tag around it says that it is something else
}

// ValueGap is readGap before a value, which may be printed as a program does:
// `"]=>\n  string(10) "`, `: Some(\n    "`, `" value="`.
func ValueGap(t []byte, i int) gapBefore {
	g := readGap(t, i)
	for range valueWraps {
		if g.said != 0 || g.closed || g.end == 0 {
			break
		}
		k := wrapBefore(t, g.end, g.named || g.opened)
		if k == g.end {
			break
		}
		if from, to := blockName(t, k); from < to {
			if said := In(t[from:to]) &^ (Ending | Starting); said != 0 {
				return gapBefore{end: from - 1, said: said, named: true}
			}
		}
		g = readGap(t, k)
		g.named = true
	}
	return g
}

// Name returns where the name ends that a value is printed behind: a word, or that of the
// tag around it; 0 if there is none.
func (g gapBefore) Name(t []byte) int {
	switch {
	case g.said != 0:
		return g.end + 1 + len(nameOfTag(t[g.end+1:]))
	case g.closed || !g.named:
		return 0
	}
	return g.end
}

// nameOfTag returns the name that a tag begins with behind its angle bracket.
func nameOfTag(t []byte) []byte {
	i := 0
	for i < len(t) && (char.Alnum(t[i]) || t[i] == ':' || t[i] == '_' || t[i] == '-' || t[i] == '.') {
		i++
	}
	return t[:i]
}

// readGap reads back from t[i].
func readGap(t []byte, i int) (g gapBefore) {
	g.end = i
	marks, tags := 0, 0
	for g.end > 0 && i-g.end < WidestGap+tags*LongestTag {
		c := t[g.end-1]
		if c >= 0x80 || char.Alnum(c) {
			return g
		}
		if c == '>' && tags < MostTags {
			if lo := tagStart(t, g.end); lo >= 0 {
				tags++
				tag := t[lo+1 : g.end-1]
				if g.said, g.closed = TagSays(tag); g.said != 0 || g.closed {
					g.end = lo
					return g
				}
				g.end, g.named = lo, true
				continue
			}
		}
		if c == '[' && bytes.HasSuffix(t[:g.end], []byte("<![CDATA[")) {
			g.end -= len("<![CDATA[")
			continue
		}
		if g.end < i && (t[g.end] == '\n' || t[g.end] == '\r') && (c == '}' || c == '.' && !abbreviates(t, g.end-1)) { // a block or a sentence ends
			g.closed = true
			return g
		}
		if c > ' ' && (g.end == i || c != t[g.end]) {
			if marks++; marks > Gap {
				return g
			}
		}
		g.named, g.opened = g.named || assigns(c), g.opened || opens(c)
		g.end--
	}
	return g
}

// abbreviates tells whether the point t[i] may be that of an abbreviation: No., Acct.
func abbreviates(t []byte, i int) bool {
	from := i
	for from > 0 && char.Letter(t[from-1]) {
		from--
	}
	return i-from <= len("Acct") || bytes.HasSuffix(t[from:i], []byte("nr")) // Kontonr.
}

// assigns tells whether a mark stands between a name and its value.
func assigns(c byte) bool { return c == '=' || c == ':' || c == '>' || c == '"' || c == '`' }

// opens tells whether a value may begin behind a mark, as it is printed.
func opens(c byte) bool { return c == '(' || c == '[' || c == '{' || c == '\'' || c == '|' }

// tagStart returns where the tag begins that ends at t[end-1], -1 if none does.
func tagStart(t []byte, end int) int {
	for k := end - 2; k >= max(0, end-LongestTag); k-- {
		switch t[k] {
		case '>', '\n':
			return -1
		case '<':
			if c := t[k+1]; char.Letter(c) || c >= 0x80 || c == '/' || c == '!' {
				return k
			}
			return -1
		}
	}
	return -1
}

// TagSays returns what a tag, without its angle brackets, says about what is in it, and
// whether that is something else than a number of which the words before the tag speak.
func TagSays(tag []byte) (said Set, other bool) {
	if tag[0] == '/' || tag[0] == '!' || tag[len(tag)-1] == '/' {
		return 0, false
	}
	name := tag
	if k := bytes.IndexAny(tag, " \t"); k >= 0 {
		name = tag[:k]
		said = attributesSay(tag[k:])
	}
	name = name[1+bytes.LastIndexByte(name, ':'):]
	if said |= In(name); said != 0 {
		return said, false
	}
	return 0, !neutralTag(name)
}

// attributesSay returns what the attributes of a tag say that name what is in it.
func attributesSay(attrs []byte) (said Set) {
	for _, name := range [...]string{"name=", "id=", "key=", "label=", "title=", "class=", "Name=", "Key="} {
		k := bytes.Index(attrs, []byte(name))
		if k < 1 || attrs[k-1] > ' ' {
			continue
		}
		value := bytes.TrimLeft(attrs[k+len(name):], `\`)
		if len(value) == 0 || value[0] != '"' && value[0] != '\'' {
			continue
		}
		if end := bytes.IndexByte(value[1:], value[0]); end >= 0 {
			said |= In(bytes.TrimRight(value[1:1+end], `\`))
		}
	}
	return said
}

// neutralTag tells whether a tag says nothing of what is in it: how it is shown, that it
// is a value, or that it is the number of what the tag around it names.
func neutralTag(name []byte) bool {
	if len(name) <= len("Id") { // b, i, td, dd, h2 …
		return true
	}
	if Of(name)&Link != 0 {
		return true
	}
	var low [len("textarea")]byte
	if len(name) > len(low) {
		return false
	}
	for i, c := range name {
		low[i] = char.Lower(c)
	}
	switch string(low[:len(name)]) {
	case "span", "div", "strong", "code", "pre", "small", "font", "mark", "kbd", "samp", "sup", "sub", "del", "ins", "label", "output", "input", "textarea", "string", "value", "val", "data", "text", "item", "integer", "int", "long", "cell", "nobr", "othr", "tbody", "row":
		return true
	}
	return false
}

// namedPair returns what the name says whose value a number is, where the word "value"
// at t[j:end] stands between them: name="account_number" value="12345678".
func namedPair(t []byte, j, end int) Set {
	if !PairValue(t[j:end]) {
		return 0
	}
	k, apart := j, false
	for k > 0 && j-k < PairReach && bytes.IndexByte([]byte(" \t\r\n\"'\\,;"), t[k-1]) >= 0 {
		k--
		apart = apart || t[k] != ' '
	}
	to := k
	for k > 0 && to-k < LongestName && (char.Alnum(t[k-1]) || t[k-1] == '_' || t[k-1] == '-' || t[k-1] == '.' || t[k-1] == ' ' && char.At(t, k-2) != ':') {
		k--
	}
	from := k
	for k > 0 && from-k < Gap && bytes.IndexByte([]byte(" \"'\\=:"), t[k-1]) >= 0 {
		k--
	}
	if !apart || to == from || k == from {
		return 0
	}
	at := k
	for at > 0 && char.Letter(t[at-1]) && k-at < LongestName {
		at--
	}
	if !labelWord(t[at:k]) {
		return 0
	}
	return In(t[from:to]) &^ (Ending | Starting)
}

// PairValue tells whether a word is one for the value in a pair.
func PairValue(word []byte) bool {
	return SameWord(word, "value") || SameWord(word, "val") || SameWord(word, "content") || SameWord(word, "data") || SameWord(word, "default") || SameWord(word, "example")
}

// labelWord tells whether a word is one for the name in a pair.
func labelWord(word []byte) bool {
	for _, w := range [...]string{"name", "key", "id", "field", "label", "param", "header", "variable", "property", "title"} {
		if SameWord(word, w) {
			return true
		}
	}
	return false
}

// SameWord compares whatever the case.
func SameWord(word []byte, w string) bool {
	return len(word) == len(w) && bytes.EqualFold(word, []byte(w))
}

// AnnouncedAfter returns what a text says of a number that ends before t[i]: behind
// "is my", "as your", or between round brackets, and nothing else.
func AnnouncedAfter(t []byte, i int) Set {
	if says := ForeignAfter(t, i, false); says.cues() != 0 {
		return says.cues()
	}
	quote := byte(0)
	if i < len(t) && (t[i] == '"' || t[i] == '\'' || t[i] == '`') {
		quote = t[i]
		i++
	}
	if i+len(" (") >= len(t) || t[i] != ' ' {
		if i+1 < len(t) && t[i] == ',' && t[i+1] == ' ' {
			return announcedOn(t, i+1)
		}
		return 0
	}
	if quote != 0 && t[i+1] == 'f' {
		return keyCue(t[i:])
	}
	if t[i+1] == 't' {
		return announcedOn(t, i)
	}
	if t[i+1] == '(' {
		a := i + len(" (")
		n := bytes.IndexByte(t[a:min(len(t), a+LongestColumn)], ')')
		if n < 0 {
			return 0
		}
		return announcement(t[a : a+n])
	}
	for _, verb := range [...]string{" is ", " as "} {
		if !bytes.HasPrefix(t[i:], []byte(verb)) {
			continue
		}
		a := i + len(verb)
		for _, whose := range [...]string{"the ", "my ", "your ", "our ", "his ", "her ", "their "} {
			if bytes.HasPrefix(t[a:], []byte(whose)) {
				return announcement(t[a+len(whose) : min(len(t), a+LongestColumn)])
			}
		}
	}
	return 0
}

// announcedOn is AnnouncedAfter behind the words that refer to the number: …, it is my old
// account; that's my account.
func announcedOn(t []byte, i int) Set {
	for _, refers := range [...]string{" it is ", " it's ", " its ", " that is ", " that's ", " thats ", " which is "} {
		if !bytes.HasPrefix(t[i:], []byte(refers)) {
			continue
		}
		for _, whose := range [...]string{"my ", "your ", "our ", "his ", "her ", "their "} {
			if a := i + len(refers); bytes.HasPrefix(t[a:], []byte(whose)) {
				return announcement(t[a+len(whose) : min(len(t), a+LongestColumn)])
			}
		}
	}
	return 0
}

// keyCue returns what the name of a key of a database says of the value that it has already:
// Duplicate entry '12345678' for key 'accounts.account_no'.
func keyCue(t []byte) Set {
	const key = " for key "
	if !bytes.HasPrefix(t, []byte(key)) || len(t) < len(key)+2 {
		return 0
	}
	name := t[len(key)+1 : min(len(t), len(key)+1+LongestColumn)]
	n := bytes.IndexByte(name, t[len(key)])
	if n < 0 {
		return 0
	}
	name = name[:n]
	return In(name[1+bytes.LastIndexByte(name, '.'):]) & (Account | Card)
}

// announcement returns what the words say that a text begins with, up to a mark: current
// account, account no, account number of Bob; not account fee.
func announcement(t []byte) (found Set) {
	const mostWords, mostOther = 5, 2
	link, other := false, 0 // the word before carries the cue on
	for i, words := 0, 0; i < len(t) && words < mostWords; words++ {
		j := i
		for j < len(t) && char.Letter(t[j]) {
			j++
		}
		if j == i {
			break
		}
		c := Of(t[i:j])
		if j-i == 1 && (char.Lower(t[i]) == 'a' || char.Lower(t[i]) == 'c') && j+1 < len(t) && t[j] == '/' && char.Lower(t[j+1]) == 'c' {
			c, j = Account, j+2
		}
		said := c&^(Link|phrase) != 0
		switch {
		case c == 0 && found != 0 && !link && !SameWord(t[i:j], "at"): // the bank
			return 0
		case c == 0 && found != 0:
			return found
		case c == 0:
			if other++; other > mostOther {
				return 0
			}
		case said:
			found |= c &^ (Link | phrase)
		}
		link = c&Link != 0 && !said
		if j+1 < len(t) && t[j] == '\'' && t[j+1] == 's' { // that's my savings account
			j += len("'s")
		}
		if i = j; i < len(t) && t[i] == ' ' {
			i++
		}
	}
	return found
}

// Markup stands between characters that a reader sees side by side: tags, comments and
// sections of HTML and XML, what a link of Markdown leads to, its footnotes, the tags of
// forums in brackets, commands of TeX.

const (
	LongestTag = 256 // bytes: an HTML or XML tag, or a link, longer than this is text
)

const (
	PairReach = 48 // bytes of marks up to the word value: its line may be indented
)

// Limits of a block whose name speaks for its default.
const (
	BlockReach = 320 // bytes from the name to the default
	BlockLines = 5   // lines between
	BlockLine  = 120 // bytes of one
)

// blockName returns where the name of the block stands in which the word t[j:] begins a
// line; an empty one if it is in none.
func blockName(t []byte, j int) (from, to int) {
	line := char.LineBefore(t, j, BlockLine)
	own := len(line)
	end := j - own - 1
	if own == 0 || Indent(line) != own || end < 0 || t[end] != '\n' {
		return 0, 0
	}
	for n := 0; n < BlockLines && j-end < BlockReach; n++ {
		whole := char.LineBefore(t, end, BlockLine)
		if in := Indent(whole); in < len(whole) && in < own {
			line := bytes.TrimRight(whole, " \t\r")
			name := bytes.TrimRight(line, " :{\"'=")
			if c := line[len(line)-1]; c != ':' && c != '{' {
				return 0, 0
			}
			k := len(name)
			for k > 0 && (char.Alnum(name[k-1]) || name[k-1] == '_' || name[k-1] == '-') {
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

// Indent counts the spaces that a line begins with.
func Indent(line []byte) (n int) {
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}

const (
	LongestName = 40
)

// Limits of heads and of what stands under them.
const (
	LongestColumn = 64 // bytes of a head
)

package redact

import "bytes"

// What stands between a number and the words before it that say what it is: marks, a
// run of spaces or leaders up to the next column, tags of XML or HTML, the word "value"
// of a pair, and what programs print around a value.

// Limits of what is skipped.
const (
	cueGap     = 6   // marks between two words beside spaces; of a run of the same one the first counts
	widestGap  = 120 // bytes of them: a line of a terminal
	mostTags   = 4   // tags side by side: </th></tr><tr><td>
	valueWraps = 5   // words and sizes that only say that a value follows
)

// gapBefore is what stands before a number or a word that carries a cue on.
type gapBefore struct {
	end    int  // where the word before it ends
	said   cue  // what a tag around it says
	named  bool // there is a sign of assignment, or a tag
	opened bool // there is a mark that a value may begin with
	closed bool // a tag around it says that it is something else
}

// valueGap is readGap before a value, which may be printed as a program does:
// `"]=>\n  string(10) "`, `: Some(\n    "`, `" value="`.
func valueGap(t []byte, i int) gapBefore {
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
			if said := cuesIn(t[from:to]) &^ (cueEnding | cueStarting); said != 0 {
				return gapBefore{end: from - 1, said: said, named: true}
			}
		}
		g = readGap(t, k)
		g.named = true
	}
	return g
}

// name returns where the name ends that a value is printed behind: a word, or that of the
// tag around it; 0 if there is none.
func (g gapBefore) name(t []byte) int {
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
	for i < len(t) && (alnum(t[i]) || t[i] == ':' || t[i] == '_' || t[i] == '-' || t[i] == '.') {
		i++
	}
	return t[:i]
}

// readGap reads back from t[i].
func readGap(t []byte, i int) (g gapBefore) {
	g.end = i
	marks, tags := 0, 0
	for g.end > 0 && i-g.end < widestGap+tags*longestTag {
		c := t[g.end-1]
		if c >= 0x80 || alnum(c) {
			return g
		}
		if c == '>' && tags < mostTags {
			if lo := tagStart(t, g.end); lo >= 0 {
				tags++
				tag := t[lo+1 : g.end-1]
				if g.said, g.closed = tagSays(tag); g.said != 0 || g.closed {
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
			if marks++; marks > cueGap {
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
	for from > 0 && letter(t[from-1]) {
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
	for k := end - 2; k >= max(0, end-longestTag); k-- {
		switch t[k] {
		case '>', '\n':
			return -1
		case '<':
			if c := t[k+1]; letter(c) || c >= 0x80 || c == '/' || c == '!' {
				return k
			}
			return -1
		}
	}
	return -1
}

// tagSays returns what a tag, without its angle brackets, says about what is in it, and
// whether that is something else than a number of which the words before the tag speak.
func tagSays(tag []byte) (said cue, other bool) {
	if tag[0] == '/' || tag[0] == '!' || tag[len(tag)-1] == '/' {
		return 0, false
	}
	name := tag
	if k := bytes.IndexAny(tag, " \t"); k >= 0 {
		name = tag[:k]
		said = attributesSay(tag[k:])
	}
	name = name[1+bytes.LastIndexByte(name, ':'):]
	if said |= cuesIn(name); said != 0 {
		return said, false
	}
	return 0, !neutralTag(name)
}

// attributesSay returns what the attributes of a tag say that name what is in it.
func attributesSay(attrs []byte) (said cue) {
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
			said |= cuesIn(bytes.TrimRight(value[1:1+end], `\`))
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
	if cueOf(name)&cueLink != 0 {
		return true
	}
	var low [len("textarea")]byte
	if len(name) > len(low) {
		return false
	}
	for i, c := range name {
		low[i] = lower(c)
	}
	switch string(low[:len(name)]) {
	case "span", "div", "strong", "code", "pre", "small", "font", "mark", "kbd", "samp", "sup", "sub", "del", "ins", "label", "output", "input", "textarea", "string", "value", "val", "data", "text", "item", "integer", "int", "long", "cell", "nobr", "othr", "tbody", "row":
		return true
	}
	return false
}

// namedPair returns what the name says whose value a number is, where the word "value"
// at t[j:end] stands between them: name="account_number" value="12345678".
func namedPair(t []byte, j, end int) cue {
	if !pairValue(t[j:end]) {
		return 0
	}
	k, apart := j, false
	for k > 0 && j-k < pairReach && bytes.IndexByte([]byte(" \t\r\n\"'\\,;"), t[k-1]) >= 0 {
		k--
		apart = apart || t[k] != ' '
	}
	to := k
	for k > 0 && to-k < longestName && (alnum(t[k-1]) || t[k-1] == '_' || t[k-1] == '-' || t[k-1] == '.' || t[k-1] == ' ' && byteAt(t, k-2) != ':') {
		k--
	}
	from := k
	for k > 0 && from-k < cueGap && bytes.IndexByte([]byte(" \"'\\=:"), t[k-1]) >= 0 {
		k--
	}
	if !apart || to == from || k == from {
		return 0
	}
	at := k
	for at > 0 && letter(t[at-1]) && k-at < longestName {
		at--
	}
	if !labelWord(t[at:k]) {
		return 0
	}
	return cuesIn(t[from:to]) &^ (cueEnding | cueStarting)
}

// pairValue tells whether a word is one for the value in a pair.
func pairValue(word []byte) bool {
	return sameWord(word, "value") || sameWord(word, "val") || sameWord(word, "content") || sameWord(word, "data") || sameWord(word, "default") || sameWord(word, "example")
}

// labelWord tells whether a word is one for the name in a pair.
func labelWord(word []byte) bool {
	for _, w := range [...]string{"name", "key", "id", "field", "label", "param", "header", "variable", "property", "title"} {
		if sameWord(word, w) {
			return true
		}
	}
	return false
}

// sameWord compares whatever the case.
func sameWord(word []byte, w string) bool {
	return len(word) == len(w) && bytes.EqualFold(word, []byte(w))
}

// announcedAfter returns what a text says of a number that ends before t[i]: behind
// "is my", "as your", or between round brackets, and nothing else.
func announcedAfter(t []byte, i int) cue {
	if says := foreignAfter(t, i, false); says.cues() != 0 {
		return says.cues()
	}
	if i < len(t) && (t[i] == '"' || t[i] == '\'' || t[i] == '`') {
		i++
	}
	if i+len(" (") >= len(t) || t[i] != ' ' {
		return 0
	}
	if t[i+1] == '(' {
		a := i + len(" (")
		n := bytes.IndexByte(t[a:min(len(t), a+longestColumn)], ')')
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
				return announcement(t[a+len(whose) : min(len(t), a+longestColumn)])
			}
		}
	}
	return 0
}

// announcement returns what the words say that a text begins with, up to a mark: current
// account, account no, account number of Bob; not account fee.
func announcement(t []byte) (found cue) {
	const mostWords, mostOther = 5, 2
	link, other := false, 0 // the word before carries the cue on
	for i, words := 0, 0; i < len(t) && words < mostWords; words++ {
		j := i
		for j < len(t) && letter(t[j]) {
			j++
		}
		if j == i {
			break
		}
		c := cueOf(t[i:j])
		if j-i == 1 && (lower(t[i]) == 'a' || lower(t[i]) == 'c') && j+1 < len(t) && t[j] == '/' && lower(t[j+1]) == 'c' {
			c, j = cueAccount, j+2
		}
		said := c&^(cueLink|cuePhrase) != 0
		switch {
		case c == 0 && found != 0 && !link && !sameWord(t[i:j], "at"): // the bank
			return 0
		case c == 0 && found != 0:
			return found
		case c == 0:
			if other++; other > mostOther {
				return 0
			}
		case said:
			found |= c &^ (cueLink | cuePhrase)
		}
		link = c&cueLink != 0 && !said
		if j+1 < len(t) && t[j] == '\'' && t[j+1] == 's' { // that's my savings account
			j += len("'s")
		}
		if i = j; i < len(t) && t[i] == ' ' {
			i++
		}
	}
	return found
}

package redact

import "bytes"

// What programs print between a name and its value: `"]=>\n  string(10) "`, ` => <<"`,
// `: Some(\n    "`, `</dt>\n<dd>`, `" value="`, spaces that fill a column, the dots of a
// list. A cue right behind which a value is printed speaks for it as one that stands
// right before it does.

// Limits of what stands between.
const (
	valueWraps      = 5   // tags, types and keys that only say that a value follows
	valueIndent     = 80  // spaces, such as those that fill a column
	longestValueTag = 128 // bytes of a tag with its attributes
	longestValue    = 16  // letters of a word that says that a value follows
)

// namedCue returns what the name says that the value at t[i] is printed behind.
func namedCue(t []byte, i int) cue {
	name := nameBefore(t, i)
	if name == i {
		return 0
	}
	if c := wordsBefore(t, name, 0); c != 0 {
		return c
	}
	if says, _ := foreignWords.before(t, name); says&foreignAbout != 0 {
		return 0
	}
	from := name
	for from > 0 && letter(t[from-1]) && name-from < longestCue {
		from--
	}
	return cuesIn(t[from:name]) // fromAccount
}

// nameBefore returns where the name ends behind which the value at t[i] is printed; i
// if there is none.
func nameBefore(t []byte, i int) int {
	start, named := i, false
	for range valueWraps {
		j, sign := signBefore(t, i)
		if named = named || sign; j == 0 {
			return start
		}
		if t[j-1] == '>' {
			open, name := tagBefore(t, j)
			switch {
			case open < 0:
				return start
			case name > 0:
				return name
			}
			i, named = open, true
			continue
		}
		if k := sizeBefore(t, j); k < j {
			i, named = k, true
			continue
		}
		if !named || !letter(t[j-1]) {
			return start
		}
		k := j
		for k > 0 && letter(t[k-1]) && j-k <= longestValue {
			k--
		}
		if word := t[k:j]; string(word) != "LIKE" && string(word) != "IN" && (!valueWord(word) || !beginsValue(t, k)) {
			return j
		}
		i = k
	}
	return start
}

// signBefore passes the marks before t[i], as few as between a cue and its number but
// for spaces that fill a column and the dots of a list, and tells whether any of them
// says that a value follows. It stops behind a tag.
func signBefore(t []byte, i int) (j int, sign bool) {
	marks, spaces, breaks := 0, 0, 0
	for j = i; j > 0 && marks <= cueGap; j-- {
		switch c := t[j-1]; c {
		case '\n':
			if breaks++; breaks > 2 || breaks == 2 && !quotedLine(t[:j-1]) {
				return i, false
			}
		case ' ', '\t', '\r':
			if spaces++; spaces > valueIndent {
				return i, false
			}
		case '.', '_':
			if dots := j-1 > 0 && t[j-2] == c; !dots {
				marks++
			} else {
				sign = sign || j < len(t) && t[j] == c // three and more
			}
		case ':', '=', '"', '\'', '|', '(', '[', '{':
			marks++
			sign = true
		case '>':
			if shaft := byteAt(t, j-2); shaft != '=' && shaft != '-' && shaft != '>' {
				return j, sign
			}
			marks++
		default:
			if c >= 0x80 || alnum(c) {
				return j, sign
			}
			marks++
		}
	}
	return j, sign && marks <= cueGap
}

// quotedLine tells whether a line ends with a quote, as that of the header does that names
// a part of a form (RFC 7578): an empty line is between it and the value.
func quotedLine(t []byte) bool {
	return bytes.HasSuffix(bytes.TrimSuffix(t, []byte("\r")), []byte(`"`))
}

// tagBefore returns where the tag begins that ends at t[end], and where its name ends if
// that names the value behind it; -1 if it is none, or one that begins or ends a row.
func tagBefore(t []byte, end int) (open, name int) {
	from := max(0, end-longestValueTag)
	k := bytes.LastIndexAny(t[from:end-1], "<>")
	if k < 0 || t[from+k] != '<' {
		return -1, 0
	}
	open = from + k
	i := open + 1
	if closing := byteAt(t, i) == '/'; closing {
		i++
	}
	first := i
	for i < end && (alnum(t[i]) || t[i] == ':' || t[i] == '_' || t[i] == '-' || t[i] == '.') {
		i++
	}
	word := t[first:i]
	if len(word) == 0 || len(word) == 2 && lower(word[0]) != 'd' && lower(word[0]) != 't' || string(word) == "tr" || string(word) == "TR" {
		return -1, 0
	}
	if colon := bytes.LastIndexByte(word, ':'); colon >= 0 {
		word = word[colon+1:]
	}
	if first == open+1 {
		if _, other := tagSays(t[first : end-1]); other {
			return -1, 0
		}
		if cuesIn(word) != 0 {
			return open, i
		}
	}
	return open, 0
}

// sizeBefore passes what PHP prints of a string, `string(10` and `s:10`, and R of the
// first element of a vector, where that ends at t[j].
func sizeBefore(t []byte, j int) int {
	const longest = 3 // digits
	k := j
	for k > 0 && digit(t[k-1]) && j-k <= longest {
		k--
	}
	switch {
	case k == j || k < 2:
		return j
	case t[k-1] == '(' && bytes.HasSuffix(t[:k-1], []byte("string")):
		return k - len("string(")
	case t[k-1] == ':' && t[k-2] == 's' && !alnum(byteAt(t, k-3)):
		return k - len("s:")
	case t[k-1] == '[' && t[k-2] == '\n': // R
		return k - len("[")
	}
	return j
}

// sizeAt returns where the size of a string ends that PHP prints before it, if its first
// digit is t[i]; i if it is none.
func sizeAt(t []byte, i int) int {
	j := i
	for j < len(t) && digit(t[j]) {
		j++
	}
	if (bytes.HasPrefix(t[j:], []byte(`) "`)) || bytes.HasPrefix(t[j:], []byte(`:"`))) && sizeBefore(t, j) < i {
		return j
	}
	return i
}

// valueWord tells whether a word says no more than that a value follows.
func valueWord(w []byte) bool {
	var low [longestValue]byte
	if len(w) > len(low) {
		return false
	}
	for i, c := range w {
		low[i] = lower(c)
	}
	switch string(low[:len(w)]) {
	case "value", "val", "text", "string", "str", "decimal", "some", "just", "optional", "int", "long", "bigint", "number", "numberlong", "content", "default", "example", "stringvalue", "cdata":
		return true
	}
	return false
}

// beginsValue tells whether the word at t[i] begins a line, or has a mark before it.
func beginsValue(t []byte, i int) bool {
	for i > 0 && (t[i-1] == ' ' || t[i-1] == '\t') {
		i--
	}
	return i > 0 && !alnum(t[i-1]) && t[i-1] < 0x80
}

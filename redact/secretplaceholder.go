package redact

import "bytes"

// What stands where a secret will be, and what the names of files, packages and settings
// look like.

// placeholder tells whether the value t[a:end] is a place that another program or a
// person fills: ${NAME}, $name;, %NAME%, {Name}, <name>, [NAME], `command …`.
func placeholder(t []byte, a, end int) bool {
	value := t[a:end]
	if variable(value) {
		return true
	}
	before, after := byteAt(t, a-1), byteAt(t, end)
	if before == '`' && after == ' ' && end < len(t) && wordOnly(value) {
		return bytes.IndexByte(t[end:min(len(t), end+longestQuoted)], '`') > 0
	}
	if standIn(value) || publicText(value) || formatted(value) {
		return true
	}
	switch first, rest := value[0], value[1:]; first {
	case '$':
		return wordOnly(rest) && end < len(t) && bytes.IndexByte([]byte(";,)"), after) >= 0
	case '%':
		return len(rest) > 1 && rest[len(rest)-1] == '%' && wordOnly(rest[:len(rest)-1])
	case '{':
		return after == '}' && (wordOnly(rest) || fieldOnly(rest))
	case '<':
		return after == '>' && wordOnly(rest)
	case '[':
		return len(rest) > 1 && rest[len(rest)-1] == ']' && wordOnly(rest[:len(rest)-1])
	}
	return false
}

// wordOnly tells whether a text is made of letters, underscores and dashes alone.
func wordOnly(text []byte) bool {
	for _, c := range looked(text) {
		if !letter(c) && c != '_' && c != '-' {
			return false
		}
	}
	return len(text) > 0
}

// mostVersion is how many digits in a row the parts of a version have.
const mostVersion = 2

// versioned tells whether a value is the name of something with its version or its
// number: words of one case that marks divide, and hardly any digits, one part of them
// in none of the words: jjwt-jackson-0.11.2, SalesResults-1.2.
func versioned(value []byte) bool {
	const leastWord, mostDigits = 4, 6
	words, digits, parts := 0, 0, 0
	for i := 0; i < len(value) && i < maxLooked; {
		if !alnum(value[i]) {
			if bytes.IndexByte([]byte("-_.:/@"), value[i]) < 0 {
				return false
			}
			i++
			continue
		}
		j, run := i, 0
		for j < len(value) && alnum(value[j]) {
			if digit(value[j]) {
				run++
			}
			j++
		}
		part := value[i:j]
		switch {
		case run == 0:
			if changesOf(part)*4 > len(part)+4 { // more often than in words
				return false
			}
			if len(part) >= leastWord {
				words++
			}
		case run == len(part) && run <= mostVersion, run <= mostVersion && run == len(part)-1 && lower(part[0]) == 'v':
			parts++
		default:
			return false
		}
		digits += run
		i = j
	}
	return words > 0 && parts > 0 && digits <= mostDigits
}

// fieldOnly tells whether a text is the field of a string that a program fills: a name, or
// a path of names, with its conversion (password!r, self.token).
func fieldOnly(text []byte) bool {
	if n := len(text); n > len("!r") && text[n-2] == '!' && bytes.IndexByte([]byte("rsa"), text[n-1]) >= 0 {
		text = text[:n-2]
	}
	k, _, digits := codePath(looked(text))
	return k == len(text) && k > 0 && digits == 0 && text[0] != '.'
}

// standIn tells whether a value is only the name of what will stand there: several words
// without digits, of which the first one says whose it is (your-token-here), or the last one
// is that of a secret, in the name of a constant (PLAID_SECRET) or of a variable beside
// others (new_password).
func standIn(value []byte) bool {
	const longest = 40 // characters of such a name; phrases are longer
	if len(value) > longest || !wordOnly(value) {
		return false
	}
	first := bytes.IndexAny(value, "_-")
	if first <= 0 || first == len(value)-1 {
		return false
	}
	var low [longest]byte
	n := copy(low[:], value)
	for i := range low[:n] {
		if letter(low[i]) {
			low[i] = lower(low[i])
		}
	}
	switch string(low[:first]) {
	case "your", "insert", "enter", "replace", "changeme":
		return namesSecret(low[:n])
	case "new", "old", "current", "proposed", "expected":
	default:
		if !allCapitals(value) {
			return false
		}
	}
	last := low[1+bytes.LastIndexAny(low[:n], "_-") : n]
	switch string(last) {
	case "key", "token", "secret", "password", "passwd", "passphrase", "pwd", "credential", "credentials", "pin", "apikey":
		return bytes.IndexByte(value, '_') > 0
	}
	return false
}

// formatted tells whether a value is made of places that a program fills, with marks
// between them (%s:%s, {0}:{1}), or crossed out (xxxxx).
func formatted(value []byte) bool {
	const shortest = 4
	if len(value) >= shortest && lower(value[0]) == 'x' && len(bytes.Trim(looked(value), string(value[:1])+"`\"'.:;)")) == 0 {
		return true
	}
	places := 0
	for i := 0; i < len(value); {
		switch {
		case value[i] == '%' && i+1 < len(value) && bytes.IndexByte([]byte("sdrvqx"), value[i+1]) >= 0:
			i += len("%s")
		case value[i] == '{' && i+len("0}") < len(value) && digit(value[i+1]) && value[i+2] == '}':
			i += len("{0}")
		case i > 0 && !alnum(value[i]) && value[i] < 0x80:
			i++
			continue
		default:
			return false
		}
		places++
	}
	return places > 0
}

// crossedOut tells whether a password is what programs write in its place: xxxxx (Go,
// URL.Redacted), ***.
func crossedOut(value []byte) bool {
	const least = 3
	return len(value) >= least && (value[0] == '*' || value[0] == 'x' && len(value) > least) && len(bytes.Trim(value, string(value[:1]))) == 0
}

// namesSecret tells whether one of the words of a name, in small letters, is that of a
// secret.
func namesSecret(low []byte) bool {
	for _, word := range [...]string{"key", "token", "secret", "password", "passwd", "passphrase", "pwd", "credential"} {
		if bytes.Contains(low, []byte(word)) {
			return true
		}
	}
	return false
}

// allCapitals tells whether all letters of a word are capitals.
func allCapitals(word []byte) bool {
	for _, c := range word {
		if byteClass[c]&isLower != 0 {
			return false
		}
	}
	return true
}

// publicText tells whether a value is public by its form: the name of a resource of
// Amazon Web Services, or a signature of ECDSA with P-256 in base64 (SEQUENCE of 68 to 72
// bytes of two INTEGERs of 32 or 33).
func publicText(value []byte) bool {
	const colons, shortest, longest = 5, 92, 96
	switch {
	case bytes.HasPrefix(value, []byte("arn:aws")):
		return bytes.Count(looked(value), []byte(":")) >= colons
	case len(value) >= shortest && len(value) <= longest && value[0] == 'M' && value[1] == 'E' && value[3] == 'C' && value[4] == 'I':
		return value[2] == 'Q' || value[2] == 'U' || value[2] == 'Y'
	}
	return false
}

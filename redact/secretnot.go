package redact

import "bytes"

// What is given to the name of a secret and is none: in the source of a program, where
// it comes from or of what type it is; in a setting, that there is one; in a sentence,
// what is said about it.

// minCallee is the fewest characters of the name of a function or a variable before a
// bracket: fewer may be part of a password.
const minCallee = 3

// noSecret tells whether the value t[a:end] of the name t[i:j] says something about a
// secret. Between quotes it is one; told is whether the word "is" stands before it.
func noSecret(t []byte, i, j, a, end int, kind nameKind, told bool) bool {
	name, value := t[i:j], t[a:end]
	quoted := bytes.IndexByte([]byte("\"'`\\"), byteAt(t, a-1)) >= 0
	switch {
	case spoken(bytes.TrimRight(value, ").:!?")), typeWord(value), placeholder(t, a, end), quoted && complains(value, true), !quoted && complains(t[a:min(len(t), a+longestComplaint)], false):
		return true
	case kind == nameSecret && bytes.Contains(looked(value), []byte("://")) && !bytes.Contains(looked(value), []byte("@")): // where it is kept
		return true
	case (kind == nameMaybe || kind == nameKey) && versioned(value):
		return true
	case !quoted && bytes.HasPrefix(value, []byte("--")) && wordOnly(value): // the next option
		return true
	case !quoted && byteAt(t, end) == ' ' && keyword(value), kind == nameScheme && value[len(value)-1] == '=' && nameEnd(value, 0) == len(value)-1, quoted && value[0] == '.' && len(bytes.Trim(value[1:], "abcdefghijklmnopqrstuvwxyz-")) == 0:
		return true // await read(), realm="…", '.data-api'
	case !bytes.ContainsFunc(looked(value), func(r rune) bool { return r >= 0x80 || alnum(byte(r)) }):
		return true // a field that is empty
	case told && !quoted && kind == nameSecret && said(value):
		return true
	case joinedScheme(t, j, a, kind), inSource(t, i, a, end, quoted), len(name) == len("key") && standsBefore(t, i, "public"):
		return true
	case kind == nameMaybe && len(value) <= len("0x0123456789abcdef") && bytes.HasPrefix(value, []byte("0x")):
		return true // a number that marks a format
	case !quoted && len(value) <= len("-0x1234") && bytes.HasPrefix(bytes.TrimLeft(value, "-"), []byte("0x")): // SMART_HCYL_PASS = 0xc2
		return true
	case windowsID(value), len(name) == len("Key") && name[0] == 'K' && bytes.HasPrefix(t[end:], []byte(",Value=")): // of a tag
		return true
	case kind == nameDigits && !alnum(value[0]), kind == nameMaybe && settings(value), value[0] == '[' && bytes.Contains(looked(value), []byte("](")): // the latter a link of Markdown
		return true
	case string(name) == "PWD" || string(name) == "pwd" || string(name) == "OLDPWD":
		return value[0] == '/' || !quoted && codeLike(t, name, a, end) // the folder
	case string(name) == "PASS":
		return bytes.HasSuffix(t[:i], []byte("--- ")) // the result of a test
	}
	return !quoted && codeLike(t, name, a, end)
}

// windowsID tells whether a value is a security identifier of Windows ([MS-DTYP], 2.4.2):
// S-1-5-21-3623811015-3361044348-30300820-1013.
func windowsID(value []byte) bool {
	const begin = "S-1-"
	return len(value) > len(begin) && string(value[:len(begin)]) == begin && len(bytes.Trim(looked(value[len(begin):]), "0123456789-")) == 0
}

// joinedScheme tells whether the name of a scheme that ends at t[j] goes on with what
// stands before the value t[a:]: the word of a path or a package (spec/basic/security,
// "controller/basic".New), not the scheme of a header.
func joinedScheme(t []byte, j, a int, kind nameKind) bool {
	if kind != nameScheme {
		return false
	}
	return a == j || byteAt(t, a-1) == '`' || bytes.IndexByte([]byte("./"), t[a]) >= 0 && byteAt(t, a-1) != ' '
}

// inSource tells whether the value t[a:end] of the name t[i:] is a part of source code that
// no credential begins as: a pattern (\w+, [A-Za-z), an array ([]byte{1), the role of a
// word in documentation (:meth:`peek`), the next option (-pass -number), what follows the
// place of a password in a URL (<user>:<password>@host), the member of a class, a member that is given the variable
// of its own name (self.password = password).
func inSource(t []byte, i, a, end int, quoted bool) bool {
	value := looked(t[a:end])
	if n := bytes.IndexByte(value, '`'); n > 1 && value[n-1] == ':' && byteAt(t, a-1) == ':' && wordOnly(value[:n-1]) {
		return true
	}
	if byteAt(t, a-1) == '\\' && len(value) > 1 && bytes.IndexByte([]byte("wdsSWD"), value[0]) >= 0 && bytes.IndexByte([]byte("+*){"), value[1]) >= 0 {
		return true
	}
	if j := nameEnd(t, i); j-i >= len("Pass") && a == j+len("::") && string(t[j-len("Pass"):a]) == "Pass::" && wordOnly(bytes.Trim(value, ".()")) { // ModuleInlinerWrapperPass::run
		return true
	}
	switch value[0] {
	case '[':
		return bytes.HasPrefix(value, []byte("[]")) || bytes.HasPrefix(value, []byte("[A-Z")) || bytes.HasPrefix(value, []byte("[a-z")) || bytes.HasPrefix(value, []byte("[^"))
	case '(':
		return bytes.HasPrefix(value, []byte("(?"))
	case '-':
		return !quoted && byteAt(t, a-1) == ' ' && byteAt(t, i-1) == '-' && len(value) > minCallee && wordOnly(value)
	case '@':
		return byteAt(t, a-1) == '>' && byteAt(t, i-1) == '<' && byteAt(t, i-2) == ':'
	}
	if quoted || byteAt(t, i-1) != '.' || !wordOnly(value) {
		return false
	}
	j := nameEnd(t, i)
	return byteAt(t, j) == ' ' && (end == len(t) || t[end] <= ' ' || t[end] == ';') && sameLetters(value, t[i:j])
}

// settings tells whether a value goes on with another name that is given something:
// key=int32/Elem=bool. The signs of base64 stand at its end.
func settings(value []byte) bool {
	const shortest = 3 // letters of such a name
	k := bytes.IndexByte(looked(value), '=')
	if k < 0 || k+1 == len(value) || !letter(value[k+1]) {
		return false
	}
	from := 1 + bytes.LastIndexAny(value[:k], "/,:?")
	for _, c := range value[from:k] {
		if !letter(c) {
			return false
		}
	}
	return from > 0 && k-from >= shortest
}

// typeWord tells whether a value is the type of one.
func typeWord(value []byte) bool {
	switch string(bytes.TrimRight(bytes.TrimLeft(value, "*&[]("), ")")) {
	case "str", "bytes", "byte", "bool", "boolean", "int", "any", "object", "number", "char", "uint8", "uint16", "uint32", "uint64", "int16", "int32", "int64":
		return true
	}
	return false
}

// keyword tells whether a word stands before what a program gives to a name.
func keyword(value []byte) bool {
	switch string(value) {
	case "await", "new", "ConvertTo-SecureString", "New-Object", "new-object", "async", "function", "public", "private", "protected", "lambda", "typeof", "range", "not", "raise", "return":
		return true
	}
	return false
}

// variable tells whether a value is a place that another program fills: ${NAME},
// $(command), {{ name }}, $NAME.
func variable(value []byte) bool {
	if k := bytes.IndexByte(looked(value), '}'); k > 0 && k+1 < len(value) && bytes.HasPrefix(value, []byte("{{")) {
		return value[k+1] == '}'
	}
	for _, begin := range [...]string{"${", "$(", "{{"} {
		if bytes.HasPrefix(value, []byte(begin)) {
			return true
		}
	}
	if bytes.Contains(looked(value), []byte("${{")) {
		return true
	}
	if len(value) > minCallee && (value[0] == '$' && (superglobal(value[1:]) || wordOnly(value[1:]) && (bytes.IndexByte(value, '_') > 0 || passwordWord(value[1:])) && secretName(value[1:]) != nameNone) || value[0] == '#' && value[1] == '{' && wordOnly(value[2:])) {
		return true // $_POST["…, "$db_password", #{password} of Ruby
	}
	return len(value) > minCallee && value[0] == '$' && len(bytes.Trim(value[1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")) == 0
}

// superglobal tells whether a value goes on behind a dollar sign as a variable of PHP does
// that holds what was sent to it: $_POST["…, $_SERVER['….
func superglobal(rest []byte) bool {
	k := bytes.IndexByte(looked(rest), '[')
	return k > len("_A") && rest[0] == '_' && len(bytes.Trim(rest[1:k], "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == 0
}

// said tells whether a word goes on with a sentence about a secret: "the password is
// required", "the secret is written to …".
func said(value []byte) bool {
	word := bytes.TrimRight(value, ".!?:)")
	for _, c := range word {
		if byteClass[c]&isLower == 0 {
			return false
		}
	}
	for _, end := range [...]string{"ed", "ing", "en", "able", "ible", "ly"} {
		if bytes.HasSuffix(word, []byte(end)) {
			return true
		}
	}
	switch string(word) {
	case "valid", "invalid", "correct", "incorrect", "wrong", "empty", "older", "newer", "longer", "shorter", "weak", "strong", "beyond", "never", "always", "still", "also", "only", "just", "that", "this", "what", "when", "where", "with", "from", "used", "known", "unknown", "absent", "present",
		"sent", "kept", "lost", "safe", "same", "different", "there", "here", "your", "their", "part", "very", "more", "less", "read", "about", "stale", "secure", "insecure", "unique", "because", "based", "found", "set", "meant", "blank", "should", "remains":
		return true
	}
	return false
}

// codeLike tells whether a value is part of the source of a program: a call or an index
// of a name, a member of an object that is named as a secret, a variable that is called
// as what it is given to.
func codeLike(t, name []byte, a, end int) bool {
	value := looked(t[a:end])
	k, dots, digits := codePath(value)
	if k < minCallee || !letter(value[0]) && value[0] != '_' {
		return false
	}
	path := value[:k]
	if k < len(value) && (value[k] == '(' || value[k] == '[') {
		whole := bytes.IndexByte([]byte("()]"), value[len(value)-1]) >= 0
		return digits == 0 || (dots > 0 || whole) && digits < k/minCallee || typeWord(path)
	}
	listed := bytes.IndexByte([]byte(",;"), byteAt(t, end)) >= 0 && end < len(t)
	if n := len(path) - len(name); listed && k == len(value) && dots == 0 && n > 0 && (byteClass[path[n]]&isUpper != 0 || path[n-1] == '_') && sameLetters(path[n:], name) {
		return true // PrivateKey: testP256PrivateKey,
	}
	if listed && k == len(value) && dots == 0 && digits == 0 && bytes.IndexByte(path, '_') > 0 && secretName(path) != nameNone {
		return true // aws_session_token=session_token,
	}
	if k < len(bytes.TrimRight(value, ")];")) || digits > 0 {
		return false
	}
	if dots > 0 {
		return secretName(path[1+bytes.LastIndexByte(path, '.'):]) != nameNone || ownMember(path)
	}
	return sameLetters(path, name) && (listed || k < len(value) || severalParts(path)) || listed && k > len(name) && sameLetters(path[:len(name)], name)
}

// codePath measures the name, or the path of names, that a value begins with.
func codePath(value []byte) (n, dots, digits int) {
	for ; n < len(value) && (alnum(value[n]) || bytes.IndexByte([]byte("_.$"), value[n]) >= 0); n++ {
		switch {
		case value[n] == '.':
			dots++
		case digit(value[n]):
			digits++
		}
	}
	return n, dots, digits
}

// callee returns how long the name of a function, or of what is indexed, is that a
// value begins with; 0 for none.
func callee(value []byte) int {
	k, _, _ := codePath(looked(value))
	if k < minCallee || k == len(value) || value[k] != '(' && value[k] != '[' {
		return 0
	}
	return k
}

// ownMember tells whether a path begins with a name for the object itself or for what
// it was made from.
func ownMember(path []byte) bool {
	switch string(path[:bytes.IndexByte(path, '.')]) {
	case "self", "this", "cls", "config", "cfg", "conf", "opts", "options", "args", "params", "req", "request", "settings", "process", "json", "data":
		return true
	}
	return false
}

// sameLetters tells whether two names have the same letters.
func sameLetters(a, b []byte) bool {
	letters := func(name []byte) []byte {
		low := make([]byte, 0, longestName)
		for _, c := range name[:min(len(name), longestName)] {
			if letter(c) {
				low = append(low, lower(c))
			}
		}
		return low
	}
	return bytes.Equal(letters(a), letters(b))
}

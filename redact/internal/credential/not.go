package credential

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
)

// What is given to the name of a secret and is none: in the source of a program, where
// it comes from or of what type it is; in a setting, that there is one; in a sentence,
// what is said about it.

// minCallee is the fewest characters of the name of a function or a variable before a
// bracket: fewer may be part of a password.
const minCallee = 3

// NoSecret tells whether the value t[a:end] of the name t[i:j] says something about a
// secret. Between quotes it is one; told is whether the word "is" stands before it.
func NoSecret(t []byte, i, j, a, end int, kind NameKind, told bool) bool {
	name, value := t[i:j], t[a:end]
	quoted := bytes.IndexByte([]byte("\"'`\\"), char.At(t, a-1)) >= 0
	switch {
	case Spoken(bytes.TrimRight(value, ").:!?")), TypeWord(value), Placeholder(t, a, end), quoted && Complains(value, true), !quoted && Complains(t[a:min(len(t), a+LongestComplaint)], false):
		return true
	case kind == NameSecret && bytes.Contains(char.Looked(value), []byte("://")) && !bytes.Contains(char.Looked(value), []byte("@")): // where it is kept
		return true
	case (kind == NameMaybe || kind == NameKey) && Versioned(value):
		return true
	case !quoted && bytes.HasPrefix(value, []byte("--")) && WordOnly(value): // the next option
		return true
	case !quoted && char.At(t, end) == ' ' && keyword(value), kind == NameScheme && value[len(value)-1] == '=' && NameEnd(value, 0) == len(value)-1, quoted && value[0] == '.' && len(bytes.Trim(value[1:], "abcdefghijklmnopqrstuvwxyz-")) == 0:
		return true // await read(), realm="…", '.data-api'
	case !bytes.ContainsFunc(char.Looked(value), func(r rune) bool { return r >= 0x80 || char.Alnum(byte(r)) }):
		return true // a field that is empty
	case told && !quoted && kind == NameSecret && said(value):
		return true
	case declared(t, i, j, a, end, quoted), joinedScheme(t, j, a, kind), inSource(t, i, a, end, quoted), len(name) == len("key") && StandsBefore(t, i, "public"):
		return true
	case kind == NameMaybe && len(value) <= len("0x0123456789abcdef") && bytes.HasPrefix(value, []byte("0x")):
		return true // a number that marks a format
	case !quoted && len(value) <= len("-0x0123456789abcdef") && bytes.HasPrefix(value, []byte("-0x")): // SIOCGLIFTOKEN = -0x3f879678
		return true
	case !quoted && len(value) <= len("-0x1234") && bytes.HasPrefix(bytes.TrimLeft(value, "-"), []byte("0x")): // SMART_HCYL_PASS = 0xc2
		return true
	case WindowsID(value), len(name) == len("Key") && name[0] == 'K' && bytes.HasPrefix(t[end:], []byte(",Value=")): // of a tag
		return true
	case kind == NameDigits && !char.Alnum(value[0]), kind == NameMaybe && settings(value), value[0] == '[' && bytes.Contains(char.Looked(value), []byte("](")): // the latter a link of Markdown
		return true
	case string(name) == "PWD" || string(name) == "pwd" || string(name) == "OLDPWD":
		return value[0] == '/' || !quoted && codeLike(t, name, a, end) // the folder
	case string(name) == "PASS":
		return bytes.HasSuffix(t[:i], []byte("--- ")) // the result of a test
	}
	return !quoted && codeLike(t, name, a, end)
}

// WindowsID tells whether a value is a security identifier of Windows ([MS-DTYP], 2.4.2):
// S-1-5-21-3623811015-3361044348-30300820-1013.
func WindowsID(value []byte) bool {
	const begin = "S-1-"
	return len(value) > len(begin) && string(value[:len(begin)]) == begin && len(bytes.Trim(char.Looked(value[len(begin):]), "0123456789-")) == 0
}

// joinedScheme tells whether the name of a scheme that ends at t[j] goes on with what
// stands before the value t[a:]: the word of a path or a package (spec/basic/security,
// "controller/basic".New), not the scheme of a header.
func joinedScheme(t []byte, j, a int, kind NameKind) bool {
	if kind != NameScheme {
		return false
	}
	return a == j || char.At(t, a-1) == '`' || bytes.IndexByte([]byte("./"), t[a]) >= 0 && char.At(t, a-1) != ' '
}

// inSource tells whether the value t[a:end] of the name t[i:] is a part of source code that
// no credential begins as: a pattern (\w+, [A-Za-z), an array ([]byte{1), the role of a
// word in documentation (:meth:`peek`), the next option (-pass -number), what follows the
// place of a password in a URL (<user>:<password>@host), the member of a class, a member that is given the variable
// of its own name (self.password = password).
func inSource(t []byte, i, a, end int, quoted bool) bool {
	value := char.Looked(t[a:end])
	if n := bytes.IndexByte(value, '`'); n > 1 && value[n-1] == ':' && char.At(t, a-1) == ':' && WordOnly(value[:n-1]) {
		return true
	}
	if char.At(t, a-1) == '\\' && len(value) > 1 && bytes.IndexByte([]byte("wdsSWD"), value[0]) >= 0 && bytes.IndexByte([]byte("+*){"), value[1]) >= 0 {
		return true
	}
	if j := NameEnd(t, i); j-i >= len("Pass") && a == j+len("::") && string(t[j-len("Pass"):a]) == "Pass::" && WordOnly(bytes.Trim(value, ".()")) { // ModuleInlinerWrapperPass::run
		return true
	}
	switch value[0] {
	case '[':
		return bytes.HasPrefix(value, []byte("[]")) || bytes.HasPrefix(value, []byte("[A-Z")) || bytes.HasPrefix(value, []byte("[a-z")) || bytes.HasPrefix(value, []byte("[^"))
	case '(':
		return bytes.HasPrefix(value, []byte("(?"))
	case '-':
		return !quoted && char.At(t, a-1) == ' ' && char.At(t, i-1) == '-' && len(value) > minCallee && WordOnly(value)
	case '@':
		return char.At(t, a-1) == '>' && char.At(t, i-1) == '<' && char.At(t, i-2) == ':'
	}
	if quoted || char.At(t, i-1) != '.' || !WordOnly(value) {
		return false
	}
	j := NameEnd(t, i)
	return char.At(t, j) == ' ' && (end == len(t) || t[end] <= ' ' || t[end] == ';') && sameLetters(value, t[i:j])
}

// settings tells whether a value goes on with another name that is given something:
// key=int32/Elem=bool. The signs of base64 stand at its end.
func settings(value []byte) bool {
	const shortest = 3 // letters of such a name
	k := bytes.IndexByte(char.Looked(value), '=')
	if k < 0 || k+1 == len(value) || !char.Letter(value[k+1]) {
		return false
	}
	from := 1 + bytes.LastIndexAny(value[:k], "/,:?")
	for _, c := range value[from:k] {
		if !char.Letter(c) {
			return false
		}
	}
	return from > 0 && k-from >= shortest
}

// TypeWord tells whether a value is the type of one.
func TypeWord(value []byte) bool {
	switch string(bytes.TrimRight(bytes.TrimLeft(value, "*&[]("), ")")) {
	case "str", "bytes", "byte", "bool", "boolean", "int", "any", "object", "number", "char", "uint8", "uint16", "uint32", "uint64", "int16", "int32", "int64", "Option", "Optional", "Arc", "Box", "Vec", "Promise":
		return true
	}
	return false
}

// keyword tells whether a word stands before what a program gives to a name.
func keyword(value []byte) bool {
	switch string(value) {
	case "await", "new", "ConvertTo-SecureString", "New-Object", "new-object", "Read-Host", "async", "function", "public", "private", "protected", "lambda", "typeof", "range", "not", "raise", "return":
		return true
	}
	return false
}

// Variable tells whether a value is a place that another program fills: ${NAME},
// $(command), {{ name }}, $NAME.
func Variable(value []byte) bool {
	if k := bytes.IndexByte(char.Looked(value), '}'); k > 0 && k+1 < len(value) && bytes.HasPrefix(value, []byte("{{")) {
		return value[k+1] == '}'
	}
	for _, begin := range [...]string{"${", "$(", "{{", "$self->", "$this->"} { // the latter of Perl and PHP
		if bytes.HasPrefix(value, []byte(begin)) {
			return true
		}
	}
	if bytes.Contains(char.Looked(value), []byte("${{")) {
		return true
	}
	if len(value) > minCallee && (value[0] == '$' && (superglobal(value[1:]) || WordOnly(value[1:]) && (bytes.IndexByte(value, '_') > 0 || PasswordWord(value[1:])) && SecretName(value[1:]) != NameNone) || value[0] == '#' && value[1] == '{' && WordOnly(value[2:])) {
		return true // $_POST["…, "$db_password", #{password} of Ruby
	}
	return len(value) > minCallee && value[0] == '$' && len(bytes.Trim(value[1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")) == 0
}

// superglobal tells whether a value goes on behind a dollar sign as a variable of PHP does
// that holds what was sent to it: $_POST["…, $_SERVER['….
func superglobal(rest []byte) bool {
	k := bytes.IndexByte(char.Looked(rest), '[')
	return k > len("_A") && rest[0] == '_' && len(bytes.Trim(rest[1:k], "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == 0
}

// described are further words that say of a secret how it is, or go on with the sentence.
var described = wordSet("options flags arguments complete completed over finished successful failed useless pointless worthless meaningless irrelevant relevant sensitive guessed trivial free paid big small huge fast slow it. hard easy simple long short medium case case-sensitive case-insensitive reset plain now for public private confidential secret personal random default common good bad fine ok okay great old new recent already right gone shown important essential critical crucial difficult tricky complex obvious identical similar equal stronger enough sufficient sometimes quite too perhaps maybe active inactive alphanumeric numeric english how why who these all any each both either neither its they you she he it we one two three four somewhere well never-expiring read-only write-only plaintext cleartext bcrypt obsolete ready constant static dynamic left held made done above after again against before below between during under over through without within into onto out off up down being were been has had have can could may might will would must not no none null nil an a the to of by as at in on or and if so then than but yet via per like until since while once upon almost rather somehow anyway instead even ever often usually mostly nearly really literal literally optional due subject open shut clear hidden visible mandatory " +
	"public-facing world-readable base64 hex utf-8 ascii uppercase lowercase mixed-case numbers letters digits characters words option flag argument parameter prompts prompt setting value field string text variable environment file stdin")

// Described tells whether a value is a word that goes on with a sentence about a secret.
func Described(value []byte) bool {
	return described[string(bytes.TrimRight(value, ".,:;)"))] || said(value)
}

// said tells whether a word goes on with a sentence about a secret: "the password is
// required", "the secret is written to …".
func said(value []byte) bool {
	word := bytes.TrimRight(value, ".,!?:)")
	if k := bytes.IndexByte(word, ' '); k > 0 { // of an answer of several words
		word = word[:k]
	}
	var low [cue.LongestName]byte
	if len(word) > 1 && len(word) <= len(low) && char.ByteClass[word[0]]&char.IsUpper != 0 {
		low[0] = word[0] + 'a' - 'A'
		word = low[:copy(low[1:], word[1:])+1]
	}
	for _, c := range word {
		if char.ByteClass[c]&char.IsLower == 0 && c != '-' {
			return false
		}
	}
	if described[string(word)] {
		return true
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
	value := char.Looked(t[a:end])
	k, dots, digits := codePath(value)
	if k < minCallee || !char.Letter(value[0]) && value[0] != '_' {
		return false
	}
	path := value[:k]
	if k < len(value) && (value[k] == '(' || value[k] == '[') {
		whole := bytes.IndexByte([]byte("()]"), value[len(value)-1]) >= 0
		return digits == 0 || (dots > 0 || whole) && digits < k/minCallee || TypeWord(path)
	}
	listed := bytes.IndexByte([]byte(",;"), char.At(t, end)) >= 0 && end < len(t)
	if n := len(path) - len(name); listed && k == len(value) && dots == 0 && n > 0 && (char.ByteClass[path[n]]&char.IsUpper != 0 || path[n-1] == '_') && sameLetters(path[n:], name) {
		return true // PrivateKey: testP256PrivateKey,
	}
	if listed && k == len(value) && dots == 0 && digits == 0 && bytes.IndexByte(path, '_') > 0 && SecretName(path) != NameNone {
		return true // aws_session_token=session_token,
	}
	if last := 1 + bytes.LastIndexByte(path, '.'); dots > 0 && k == len(value) && len(name) > minCallee && string(path[last:]) == string(name) {
		return true // RegEnumKey = win32api.RegEnumKey
	}
	if k < len(bytes.TrimRight(value, ")];")) || digits > 0 {
		return false
	}
	if dots > 0 {
		return SecretName(path[1+bytes.LastIndexByte(path, '.'):]) != NameNone || ownMember(path)
	}
	return sameLetters(path, name) && (listed || k < len(value) || SeveralParts(path)) || listed && k > len(name) && sameLetters(path[:len(name)], name)
}

// codePath measures the name, or the path of names, that a value begins with.
func codePath(value []byte) (n, dots, digits int) {
	for ; n < len(value) && (char.Alnum(value[n]) || bytes.IndexByte([]byte("_.$"), value[n]) >= 0); n++ {
		switch {
		case value[n] == '.':
			dots++
		case char.Digit(value[n]):
			digits++
		}
	}
	return n, dots, digits
}

// Callee returns how long the name of a function, or of what is indexed, is that a
// value begins with; 0 for none.
func Callee(value []byte) int {
	k, _, _ := codePath(char.Looked(value))
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
		low := make([]byte, 0, cue.LongestName)
		for _, c := range name[:min(len(name), cue.LongestName)] {
			if char.Letter(c) {
				low = append(low, char.Lower(c))
			}
		}
		return low
	}
	return bytes.Equal(letters(a), letters(b))
}

// What stands where a secret will be, and what the names of files, packages and settings
// look like.

// Placeholder tells whether the value t[a:end] is a place that another program or a
// person fills: ${NAME}, $name;, %NAME%, {Name}, <name>, [NAME], `command …`.
func Placeholder(t []byte, a, end int) bool {
	value := t[a:end]
	if Variable(value) {
		return true
	}
	before, after := char.At(t, a-1), char.At(t, end)
	if before == '`' && after == ' ' && end < len(t) && WordOnly(value) {
		return bytes.IndexByte(t[end:min(len(t), end+LongestQuoted)], '`') > 0
	}
	if StandIn(value) || PublicText(value) || formatted(value) {
		return true
	}
	switch first, rest := value[0], value[1:]; first {
	case '$':
		return WordOnly(rest) && end < len(t) && bytes.IndexByte([]byte(";,)"), after) >= 0
	case '%':
		return len(rest) > 1 && rest[len(rest)-1] == '%' && WordOnly(rest[:len(rest)-1])
	case '{':
		return after == '}' && (WordOnly(rest) || fieldOnly(rest))
	case '<':
		return after == '>' && WordOnly(rest) || len(rest) > 1 && rest[len(rest)-1] == '>' && WordOnly(rest[:len(rest)-1]) // the latter between quotes
	case '[':
		return len(rest) > 1 && rest[len(rest)-1] == ']' && WordOnly(rest[:len(rest)-1])
	}
	return false
}

// WordOnly tells whether a text is made of letters, underscores and dashes alone.
func WordOnly(text []byte) bool {
	for _, c := range char.Looked(text) {
		if !char.Letter(c) && c != '_' && c != '-' {
			return false
		}
	}
	return len(text) > 0
}

// mostVersion is how many digits in a row the parts of a version have.
const mostVersion = 2

// Versioned tells whether a value is the name of something with its version or its
// number: words of one case that marks divide, and hardly any digits, one part of them
// in none of the words: jjwt-jackson-0.11.2, SalesResults-1.2.
func Versioned(value []byte) bool {
	const leastWord, mostDigits = 4, 6
	words, digits, parts := 0, 0, 0
	for i := 0; i < len(value) && i < char.MaxLooked; {
		if !char.Alnum(value[i]) {
			if bytes.IndexByte([]byte("-_.:/@"), value[i]) < 0 {
				return false
			}
			i++
			continue
		}
		j, run := i, 0
		for j < len(value) && char.Alnum(value[j]) {
			if char.Digit(value[j]) {
				run++
			}
			j++
		}
		part := value[i:j]
		switch {
		case run == 0:
			if ChangesOf(part)*4 > len(part)+4 { // more often than in words
				return false
			}
			if len(part) >= leastWord {
				words++
			}
		case run == len(part) && run <= mostVersion, run <= mostVersion && run == len(part)-1 && char.Lower(part[0]) == 'v':
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
	k, _, digits := codePath(char.Looked(text))
	if k > 0 && k < len(text) && text[k] == '(' && text[len(text)-1] == ')' && (k+len("()") == len(text) || WordOnly(text[k+1:len(text)-1])) { // {self.scope(request)}
		return digits == 0 && text[0] != '.'
	}
	return k == len(text) && k > 0 && digits == 0 && text[0] != '.'
}

// StandIn tells whether a value is only the name of what will stand there: several words
// without digits, of which the first one says whose it is (your-token-here), or the last one
// is that of a secret, in the name of a constant (PLAID_SECRET) or of a variable beside
// others (new_password), or "value" with a number (value1).
func StandIn(value []byte) bool {
	const longest = 40 // characters of such a name; phrases are longer
	if n := len(value); n > len("value") && n <= len("value12") && char.AllDigits(value[len("value"):]) && cue.SameWord(value[:len("value")], "value") {
		return true
	}
	if len(value) > longest || !WordOnly(value) {
		return false
	}
	first := bytes.IndexAny(value, "_-")
	if first <= 0 || first == len(value)-1 {
		return false
	}
	var low [longest]byte
	n := copy(low[:], value)
	for i := range low[:n] {
		if char.Letter(low[i]) {
			low[i] = char.Lower(low[i])
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
	if len(value) >= shortest && char.Lower(value[0]) == 'x' && len(bytes.Trim(char.Looked(value), string(value[:1])+"`\"'.:;)")) == 0 {
		return true
	}
	if rest, left := bytes.CutSuffix(value, []byte("...")); left && len(value) <= len("sk_live_...") && WordOnly(rest) {
		return true
	}
	places := 0
	for i := 0; i < len(value); {
		switch {
		case value[i] == '%' && i+1 < len(value) && bytes.IndexByte([]byte("sdrvqx"), value[i+1]) >= 0:
			i += len("%s")
		case value[i] == '{' && i+len("0}") < len(value) && char.Digit(value[i+1]) && value[i+2] == '}':
			i += len("{0}")
		case i > 0 && !char.Alnum(value[i]) && value[i] < 0x80:
			i++
			continue
		default:
			return false
		}
		places++
	}
	return places > 0
}

// CrossedOut tells whether a password is what programs write in its place: xxxxx (Go,
// URL.Redacted), ***.
func CrossedOut(value []byte) bool {
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
		if char.ByteClass[c]&char.IsLower != 0 {
			return false
		}
	}
	return true
}

// PublicText tells whether a value is public by its form: the name of a resource of
// Amazon Web Services, or a signature of ECDSA with P-256 in base64 (SEQUENCE of 68 to 72
// bytes of two INTEGERs of 32 or 33).
func PublicText(value []byte) bool {
	const colons, shortest, longest = 5, 92, 96
	switch {
	case bytes.HasPrefix(value, []byte("arn:aws")):
		return bytes.Count(char.Looked(value), []byte(":")) >= colons
	case len(value) >= shortest && len(value) <= longest && value[0] == 'M' && value[1] == 'E' && value[3] == 'C' && value[4] == 'I':
		return value[2] == 'Q' || value[2] == 'U' || value[2] == 'Y'
	}
	return false
}

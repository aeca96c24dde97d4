package credential

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// What source code, schemas and settings say of a secret without holding one: its type, where
// it is kept, what must be true of it, the question for it.

// declared tells whether the value t[a:end] of the name t[i:j] is such a thing.
func declared(t []byte, i, j, a, end int, quoted bool) bool {
	value := char.Looked(t[a:end])
	switch {
	case quoted:
		return ruled(value) || prompted(t, i, j, a)
	case value[0] == '!' && len(value) > 1:
		return yamlTag(value[1:])
	case value[0] == '{' && value[len(value)-1] == ':': // password: {type: string}
		return len(value) > len("{:") && WordOnly(value[1:len(value)-1])
	case value[0] == '?':
		return char.At(t, a-1) == ':' && required(t, i)
	case char.At(t, end) == '<' && end < len(t):
		return genericType(value) && bytes.IndexByte(t[end:min(len(t), end+longestGeneric)], '>') > 0
	}
	return ownIndex(t[i:j], value) || repeated(value) || attribute(t, i, j, value) || len(t[i:j]) == len("existingSecret") && string(t[i:j]) == "existingSecret" || scoped(value) || resource(value) || prompted(t, i, j, a)
}

// ownIndex tells whether a value is a part of the variable that it is given to: pw = pw[:-1].
func ownIndex(name, value []byte) bool {
	rest, own := bytes.CutPrefix(value, name)
	return own && len(rest) > len("[]") && rest[0] == '[' && rest[len(rest)-1] == ']' && len(bytes.Trim(rest, "[]:-0123456789")) == 0
}

// repeated tells whether a value is a list of one number, as often as a variable says: pw = [1]*N.
func repeated(value []byte) bool {
	k := bytes.Index(value, []byte("]*"))
	return k > 0 && value[0] == '[' && char.AllDigits(value[1:k]) && WordOnly(value[k+len("]*"):])
}

// attribute tells whether a value without quotes behind a name between quotes is the attribute
// of a class, as in the source of a program: "ApiKey": ApiGatewayApiKey.resource_type.
func attribute(t []byte, i, j int, value []byte) bool {
	if char.At(t, i-1) != '"' || char.At(t, j) != '"' || char.ByteClass[value[0]]&char.IsUpper == 0 {
		return false
	}
	k, dots, digits := codePath(value)
	return k == len(value) && dots > 0 && digits == 0 && value[k-1] != '.' && bytes.IndexByte(value, '$') < 0
}

// longestGeneric is how long what stands between the angle brackets of a type is, with them.
const longestGeneric = 32

// genericType tells whether a word is a type that has another one between angle brackets:
// Option<String>, Arc<str>, Promise<string>.
func genericType(word []byte) bool {
	switch string(word) {
	case "Option", "Optional", "Arc", "Rc", "Box", "Cow", "Vec", "Result", "Mutex", "Promise", "Observable", "List", "Array", "Map", "Set", "Record", "Partial", "Nullable", "Maybe", "Secret", "Zeroizing", "Future", "Task", "IEnumerable", "Lazy", "Supplier":
		return true
	}
	return false
}

// yamlTag tells whether a word is a tag of YAML behind which no secret stands but where it is
// kept, or what it was encrypted to: of CloudFormation, Ansible, Home Assistant, GitLab.
func yamlTag(word []byte) bool {
	switch string(word) {
	case "Ref", "GetAtt", "ImportValue", "vault", "secret", "reference", "env", "ENV", "env_var", "include", "encrypted":
		return true
	}
	return false
}

// required tells whether the name at t[i:] is, or ends, the one in ${NAME:?message}, of which
// a shell says what is missing.
func required(t []byte, i int) bool {
	for from := i; i > 0 && from-i < LongestQuoted && (char.Alnum(t[i-1]) || t[i-1] == '_'); {
		i--
	}
	return char.At(t, i-1) == '{' && char.At(t, i-2) == '$'
}

// ruled tells whether a value is a list of what must be true of one (Laravel, Validation):
// required|string|min:8|confirmed.
func ruled(value []byte) bool {
	first, rest, several := bytes.Cut(value, []byte("|"))
	for several && len(rest) > 0 {
		var rule []byte
		rule, rest, _ = bytes.Cut(rest, []byte("|"))
		if rule, _, _ = bytes.Cut(rule, []byte(":")); !WordOnly(rule) {
			return false
		}
	}
	if !several {
		return false
	}
	switch string(first) {
	case "required", "nullable", "sometimes", "string", "bail", "confirmed", "filled", "present", "current_password":
		return true
	}
	return false
}

// scoped tells whether a value calls a function in a scope: Hash::make(…), Str::random(60).
func scoped(value []byte) bool {
	k := bytes.Index(value, []byte("::"))
	if k < minCallee || !WordOnly(value[:k]) {
		return false
	}
	rest := value[k+len("::"):]
	n := bytes.IndexByte(rest, '(')
	return n >= minCallee && WordOnly(bytes.ReplaceAll(rest[:n], []byte("::"), []byte("_")))
}

// resource tells whether a value is the attribute of a resource of Terraform, whose type has
// an underscore: random_password.db.result.
func resource(value []byte) bool {
	const dots = 2
	k, n, digits := codePath(value)
	if k != len(value) || n != dots || digits > 0 {
		return false
	}
	first := bytes.IndexByte(value, '.')
	last := bytes.LastIndexByte(value, '.')
	return bytes.IndexByte(value[:first], '_') > 0 && last-first > 1 && last+1 < len(value) && len(bytes.Trim(value, "abcdefghijklmnopqrstuvwxyz_.")) == 0
}

// longestPrompt is how many bytes of a question stand before the name of what it asks for.
const longestPrompt = 24

// prompted tells whether the name t[i:j] ends the text of a question between quotes, with a
// colon, and the value t[a:] stands behind it: read -s -p "Password: " password.
func prompted(t []byte, i, j, a int) bool {
	if char.At(t, j) != ':' {
		return false
	}
	k := j + 1
	if char.At(t, k) == ' ' {
		k++
	}
	if k >= len(t) || k >= a || t[k] != '"' && t[k] != '\'' || bytes.IndexByte([]byte(" ).,+;"), char.At(t, k+1)) < 0 {
		return false
	}
	at := i
	for at > 0 && i-at < longestPrompt && (char.Letter(t[at-1]) || t[at-1] == ' ') {
		at--
	}
	return char.At(t, at-1) == t[k] && at > 0
}

// Filled tells whether the password in a URL is nothing but the place of one that a program
// fills, with no default: postgres://${DB_USER}:${DB_PASSWORD}@db.
func Filled(value []byte) bool {
	n := len(value)
	if n <= len("${}") || value[0] != '$' || value[1] != '{' || value[n-1] != '}' {
		return false
	}
	for _, c := range value[len("${") : n-1] {
		if !char.Alnum(c) && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

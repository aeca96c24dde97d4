package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
)

// What programs put between a name and its value: the type of a variable, as in
// `var name string = "…"` and `name: Optional[str] = "…"`; and how a value in quotes goes
// on across the marks at which one without quotes ends.

// longestType is how many bytes of a type are read, with its marks.
const longestType = 32

// typedEnd returns where the sign of assignment stands behind the type of the name that
// ends at t[j]; j if there is no type.
func typedEnd(t []byte, j int) int {
	i := j
	if char.At(t, i) == ':' {
		i++
	}
	if char.At(t, i) == ' ' {
		i++
	}
	k := i
	for k < len(t) && k-i < longestType && (char.Alnum(t[k]) || bytes.IndexByte([]byte("[]&*?|.'<> "), t[k]) >= 0) {
		k++
	}
	if i == j || char.At(t, k) != '=' || char.At(t, k+1) == '=' || char.At(t, k+1) == '>' {
		return j
	}
	var low [len("secretstr")]byte
	n := 0
	kind := bytes.TrimLeft(t[i:k], "&*[]' ")
	if foldPrefix(kind, "as ") { // of Visual Basic
		kind = kind[len("as "):]
	}
	for _, c := range kind {
		if !char.Letter(c) || n == len(low) {
			break
		}
		low[n] = char.Lower(c)
		n++
	}
	switch string(low[:n]) {
	case "string", "str", "byte", "bytes", "char", "text", "static", "optional", "any", "secretstr", "nsstring", "final", "classvar", "securestr":
		return k
	}
	return j
}

// closedQuote returns where the value t[a:end] ends if a mark that may be part of it ends
// it inside of quotes.
func (s *Scan) closedQuote(t []byte, a, end int) int {
	q := char.At(t, a-1)
	if q != '"' && q != '\'' && q != '`' || end == len(t) || bytes.IndexByte([]byte("&,;<}"), t[end]) < 0 || credential.SecretName(t[a:end]) != credential.NameNone || s.Rules.IsToken(t[a:end]) {
		return end
	}
	rest := t[end:min(len(t), end+credential.LongestQuoted)]
	k := bytes.IndexByte(rest, q)
	if k < 0 || bytes.IndexFunc(rest[:k], func(r rune) bool { return r <= ' ' }) >= 0 {
		return end
	}
	return end + len(bytes.TrimRight(rest[:k], "\\"))
}

// longestCount is how many digits the number of a key among several has.
const longestCount = 2

// countedEnd returns where the sign of assignment stands behind the name that ends at
// t[j] and a number: Unseal Key 1: …, password 2 = …; j if there is no number.
func countedEnd(t []byte, j int) int {
	if j+1 >= len(t) || t[j] != ' ' {
		return j
	}
	n := char.Digits(t[j+1 : min(len(t), j+1+longestCount+1)])
	if k := j + 1 + n; n > 0 && n <= longestCount && (char.At(t, k) == ':' || bytes.HasPrefix(t[min(k, len(t)):], []byte(" = "))) {
		return k
	}
	return j
}

// literalAt returns where the value t[a:] begins behind what only says how it is written:
// the letter before a string of bytes (b'…' of Python, @"…" of C#), or base64: as Laravel
// writes its key.
func literalAt(t []byte, a int) int {
	const named = "base64:"
	a = heldAt(t, a)
	if a+1 < len(t) && (t[a+1] == '\'' || t[a+1] == '"') && bytes.IndexByte([]byte("bBuUL@N"), t[a]) >= 0 && !char.Alnum(char.At(t, a-1)) && char.At(t, a-1) != t[a+1] { // accesskey="U"> is one letter
		a = quoted(t, a+1)
	}
	if bytes.HasPrefix(t[a:], []byte(named)) {
		a += len(named)
	}
	return a
}

// heldBy are what a program may wrap around a literal that is a secret, up to its quotes: a
// type of strings that are not printed, one of bytes, a conversion.
var heldBy = [...]string{"SecretStr(", "SecretString(", "Secret(", "Some(", "Password(", "[]byte(", "[]rune(", "Buffer.from(", "bytes(", "bytearray(", "String(", "String.from(", "String::from(", "SecretString::from(", "Secret::new(", "SecretString::new(", "Zeroizing::new(", "quote(", "quote_plus(", "encodeURIComponent(", "new SecretString(", "new Secret(", "new String(", "<Value>", "<value>"}

// heldAt returns where the value t[a:] begins inside of what holds it.
func heldAt(t []byte, a int) int {
	if a >= len(t) || bytes.IndexByte([]byte("SPZBbqens[<"), t[a]) < 0 {
		return a
	}
	for _, held := range heldBy {
		if bytes.HasPrefix(t[a:], []byte(held)) {
			if at := quoted(t, a+len(held)); at > a+len(held) || held[0] == '<' {
				return at
			}
			if c := char.At(t, a+len(held)); c == 'b' || c == '@' {
				if at := quoted(t, a+len(held)+1); at > a+len(held)+1 {
					return at
				}
			}
		}
	}
	return a
}

package credential

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// What is stored instead of a password: a hash with its salt, as in /etc/shadow
// (crypt(5)), an htpasswd file, an LDAP directory (RFC 2307) or the table of users of
// a framework. Most passwords can be found by trying.

// Limits of such hashes.
const (
	hashReach    = 128 // bytes from where one begins to its last part
	leastSaved   = 22  // characters of the last part: 128 bits in base64
	longestSaved = 512 // of scrypt, in hexadecimal
)

// hashHeads begin hashes: those of crypt, and those that Django, Werkzeug and LDAP
// name by a word.
var hashHeads = [...]string{"$2a$", "$2b$", "$2x$", "$2y$", "$1$", "$5$", "$6$", "$7$", "$8$", "$9$", "$y$", "$gy$", "$apr1$", "$argon2i", "$scrypt$", "$P$", "$H$", "$S$", "$pbkdf2", "$bcrypt-sha256$", "$sha1$", "$md5",
	"{SHA}", "{SSHA}", "{SHA256}", "{SSHA256}", "{SHA512}", "{SSHA512}", "{SMD5}", "pbkdf2_sha", "pbkdf2:sha", "scrypt:", "argon2$", "bcrypt$$"}

// hashChar tells whether c may stand in a hash, its salt and its parameters.
func hashChar(c byte) bool {
	return char.Alnum(c) || c != 0 && bytes.IndexByte([]byte("$./+=,_-"), c) >= 0
}

// hashAt returns where the hash begins and ends to which the word at t[i] belongs; an
// end of 0 if there is none.
func hashAt(t []byte, i int) (from, end int) {
	if c := char.At(t, i-1); c != '$' && c != '}' && (c != '.' || bytes.IndexByte(t[max(0, i-hashReach):i], '$') < 0) {
		return 0, 0
	}
	if from = hashStart(t, i); from < 0 {
		return 0, 0
	}
	last := from + 1 + bytes.LastIndexAny(t[from:i], "$}")
	flags := uint16(0)
	for end = last; end < len(t) && end-i < longestSaved && hashChar(t[end]); {
		flags |= char.ByteClass[t[end]]
		if end++; t[end-1] == '$' {
			last, flags = end, 0
		}
	}
	if end-last < leastSaved || flags&char.IsDigit == 0 || flags&(char.IsUpper|char.IsLower) == 0 {
		return 0, 0
	}
	return from, end
}

// hashStart returns where the hash begins that ends in t[:i]; -1 if there is none.
func hashStart(t []byte, i int) int {
	for k := i - 1; k >= 0 && i-k < hashReach; k-- {
		c := t[k]
		if !hashChar(c) && c != ':' && c != '{' && c != '}' {
			return -1
		}
		if c != '$' && c != '{' && (!char.Letter(c) || char.Alnum(char.At(t, k-1))) { // no head begins so
			continue
		}
		for _, head := range hashHeads {
			if head[0] == c && bytes.HasPrefix(t[k:i], []byte(head)) {
				return k
			}
		}
	}
	return -1
}

package credential

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
)

const (
	LongestHide = 16 // characters of a word that hides
)

// PlausibleSecret tells whether a value may be what its name promises.
func PlausibleSecret(value []byte, kind NameKind) bool {
	if bytes.HasPrefix(value, []byte("****")) {
		return false
	}
	if kind == NameKey { // it may be base64
		value = bytes.TrimRight(value, "=")
	}
	flags := uint16(0)
	for _, c := range char.Looked(value) {
		flags |= char.ByteClass[c]
	}
	switch kind {
	case NameSecret:
		return len(value) >= 4
	case NameCode:
		return (len(value) == 3 || len(value) == 4) && flags == char.IsDigit|char.IsHex
	case NamePIN:
		return flags == char.IsDigit|char.IsHex && len(value) >= 3 && len(value) <= LongestPIN
	case NameDigits:
		return flags == char.IsDigit|char.IsHex && len(value) >= 3 && len(value) <= 8 || PlausibleSecret(value, NameMaybe)
	case NameKey:
		return len(value) >= minNamedKey && TokenEnd(char.Looked(value), 0) == len(char.Looked(value)) && flags&char.IsAssign == 0 && flags&char.IsDigit != 0 && flags&(char.IsUpper|char.IsLower) != 0 && !UUID(value)
	case NameScheme, NameHeader:
		return len(value) >= 16 || len(value) >= 8 && flags&char.IsDigit != 0 && flags&(char.IsUpper|char.IsLower) != 0
	}
	if flags&char.IsDigit == 0 {
		return len(value) >= minLetters && flags&^(char.IsUpper|char.IsLower|char.IsHex|char.IsJoiner|char.IsScore) == 0 && ChangesOf(char.Looked(value))*5 >= len(char.Looked(value))*2 // more often than in words
	}
	return len(value) >= minMaybe && flags&(char.IsUpper|char.IsLower) != 0
}

// LongestPIN is how many digits a PIN has at most (ISO 9564).
const LongestPIN = 12

// minNamedKey is the shortest value that a name such as airtable_key speaks for.
const minNamedKey = 16

// UUID tells whether a value has the form of a UUID (RFC 9562), as ids of rows
// have.
func UUID(t []byte) bool {
	return len(t) == len("123e4567-e89b-12d3-a456-426614174000") && t[8] == '-' && t[13] == '-' && t[18] == '-' && t[23] == '-'
}

// minLetters is the same for a value without digits.
const minLetters = 20

// minMaybe is the shortest value with letters and digits that a name such as
// token speaks for.
const minMaybe = 10

const (
	MinRandom = 14 // characters of a value that must look random
)

// SeveralParts tells whether a name has parts that marks or capitals divide.
func SeveralParts(name []byte) bool {
	for k := 1; k < len(name)-1; k++ {
		if c := name[k]; c == '_' || c == '-' || char.ByteClass[c]&char.IsUpper != 0 && char.ByteClass[name[k-1]]&char.IsLower != 0 {
			return true
		}
	}
	return false
}

// RandomLike tells whether a value looks as if it was drawn: a UUID, hexadecimal, or
// letters and digits that take turns more often than in names.
func RandomLike(value []byte) bool {
	seldom := 5 // a turn in so many characters
	if bytes.Count(char.Looked(value), []byte("_")) > 1 {
		seldom = 3 // a name of several words
	}
	n := len(value)
	if n < MinRandom || UUID(value) {
		return n >= MinRandom
	}
	turns, digits, letters := 0, 0, 0
	for k, c := range char.Looked(value) {
		switch {
		case c == '.' && letters == 0: // a version
			return false
		case char.Digit(c):
			digits++
		case char.Letter(c):
			letters++
		default:
			continue
		}
		if k > 0 && char.Alnum(value[k-1]) && letterCase(c) != letterCase(value[k-1]) {
			turns++
		}
	}
	if digits == 0 || letters == 0 {
		return false
	}
	return char.AllHex(char.Looked(value)) || turns >= min(n, char.MaxLooked)/seldom
}

// letterCase tells capitals, small letters and digits apart.
func letterCase(c byte) uint16 {
	return char.ByteClass[c] & (char.IsUpper | char.IsLower | char.IsDigit)
}

// AllKinds tells whether there are letters of both cases and digits.
func AllKinds(t []byte) bool {
	upperSeen, lowerSeen, digitSeen := RunKinds(t)
	return upperSeen && lowerSeen && digitSeen
}

// Passwords that little announces: behind a space, as in a netrc file; behind a
// name and a slash; as an option of a command; as the last field of a pgpass
// file; without a scheme before a host.

// Limits of such passwords.
const (
	MinPassword = 6 // characters of one that only its looks tell
)

// PasswordLike tells whether a word looks like a password: letters, and digits
// or marks that words do not have.
func PasswordLike(word []byte) bool {
	if len(word) < MinPassword {
		return false
	}
	letters, digits, marks := 0, 0, 0
	for _, c := range char.Looked(word) {
		switch {
		case char.Letter(c):
			letters++
		case char.Digit(c):
			digits++
		case bytes.IndexByte([]byte("!@#$%^&*?~|_"), c) >= 0:
			marks++
		case c >= 0x80 || bytes.IndexByte([]byte("-+=./"), c) >= 0:
		default:
			return false
		}
	}
	return letters > 1 && (digits > 0 || marks > 1)
}

// PasswordWord tells whether a word means a password and nothing else.
func PasswordWord(word []byte) bool {
	var low [LongestHide]byte
	if len(word) > len(low) {
		return false
	}
	for i, c := range word {
		low[i] = char.Lower(c)
	}
	switch string(low[:len(word)]) {
	case "bindpw", "rootpw", "password", "passwd", "passwort", "kennwort", "passphrase", "passcode", "pwd", "pw", "pass", "passe", "pword", "requirepass", "setpassword", "storepassword", "keypassword", "masterauth", "auth_pass", "contraseña", "contrasena", "wachtwoord", "senha", "heslo", "jelszo", "geslo", "lozinka", "sifre", "parola", "haso", "haslo", "hasło", "salasana", "adgangskode", "passord", "lösenord", "losenord", "passordet", "losenordet", "lösenordet", "mdp":
		return true
	}
	return false
}

const (
	LongestQuoted = 128 // bytes of a password of several words
)

// StandsBefore tells whether one of the words stands right before t[i].
func StandsBefore(t []byte, i int, words ...string) bool {
	for i > 0 && DividesName(t[i-1]) {
		i--
	}
	from := i
	for from > 0 && char.Letter(t[from-1]) && i-from < cue.LongestName {
		from--
	}
	for _, w := range words {
		if bytes.EqualFold(t[from:i], []byte(w)) {
			return true
		}
	}
	return false
}

// DividesName tells whether a mark stands between the words of a name.
func DividesName(c byte) bool { return c == ' ' || c == '-' || c == '_' || c == '.' || c == '+' }

// severalWords is NameAt for the last word of such names, which alone mean nothing.
func severalWords(t []byte, i, j int) NameKind {
	const longest = len("information")
	n := j - i
	if n < len("code") || n > longest {
		return NameNone
	}
	var low [longest]byte
	for k, c := range t[i:j] {
		low[k] = char.Lower(c)
	}
	switch string(low[:n]) {
	case "mnemonic":
		return NamePhrase
	case "code", "codes":
		if StandsBefore(t, i, "recovery", "backup", "rescue", "scratch", "emergency") {
			return NameCodes
		}
	case "phrase":
		switch {
		case StandsBefore(t, i, "seed", "recovery", "secret", "backup", "mnemonic", "wallet"):
			return NamePhrase
		case StandsBefore(t, i, "pass"):
			return NameSecret
		}
	case "question":
		if StandsBefore(t, i, "security", "secret") {
			return NameQuestion
		}
	case "answer":
		return secretIf(StandsBefore(t, i, "security", "secret"))
	case "name":
		return secretIf(StandsBefore(t, i, "maiden"))
	case "word":
		return secretIf(StandsBefore(t, i, "memorable", "security", "secure"))
	case "information", "info", "place":
		return secretIf(StandsBefore(t, i, "memorable"))
	case "words":
		if StandsBefore(t, i, "seed", "recovery", "mnemonic", "backup") {
			return NamePhrase
		}
	case "wallet":
		if char.At(t, j) == ':' {
			return NamePhrase
		}
	}
	return NameNone
}

func secretIf(is bool) NameKind {
	if is {
		return NameSecret
	}
	return NameNone
}

// sentenceKind is what a word says together with the one before it.
func sentenceKind(t []byte, i, j int) NameKind {
	switch word := t[i:j]; {
	case j-i < len("use") || j-i > len("verify"):
		return NameNone
	case char.At(t, j) == ' ' && char.Digit(char.At(t, j+1)) && (cue.SameWord(word, "use") || cue.SameWord(word, "enter")): // a code
		return NameOnce
	case libraryCall(t, i, j):
		return NameCall
	case cue.SameWord(word, "key") && StandsBefore(t, i, "wpa", "wep", "wifi", "fi", "wlan", "network"):
		return NameTold
	case (cue.SameWord(word, "seed") || cue.SameWord(word, "key")) && StandsBefore(t, i, "totp", "otp", "fa", "mfa", "authenticator"):
		return NameTold
	}
	return NameNone
}

// libraryCall tells whether the word t[i:j] is one of a library in which it takes a
// credential: jwt.sign(…), WiFi.begin(…).
func libraryCall(t []byte, i, j int) bool {
	if j == len(t) || t[j] != '(' && t[j] != '<' { // no call
		return false
	}
	switch j - i {
	case len("sign"), len("verify"):
		return (cue.SameWord(t[i:j], "sign") || cue.SameWord(t[i:j], "verify") || cue.SameWord(t[i:j], "encode")) && StandsBefore(t, i, "jwt", "jsonwebtoken")
	case len("new"):
		return cue.SameWord(t[i:j], "new") && StandsBefore(t, i, "hmac")
	case len("begin"):
		return cue.SameWord(t[i:j], "begin") && StandsBefore(t, i, "wifi")
	}
	return false
}

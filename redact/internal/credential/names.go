// Package credential tells what the name of a value promises (names.go), and by its form
// whether a value may be a password, a key or a token, or is none.
package credential

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
)

// ForeignName is column.SpelledName for a key that is such a word.
func ForeignName(key []byte) NameKind {
	switch says := cue.ForeignKey(key); {
	case says&cue.ForeignPassword != 0:
		return NameSecret
	case says&cue.ForeignCode != 0:
		return NameDigits
	case says&cue.ForeignPIN != 0:
		return NameCode
	case says&cue.ForeignToken != 0:
		return NameMaybe
	}
	return NameNone
}

// Spoken tells whether a value says whether there is a secret, or what kind.
func Spoken(text []byte) bool {
	if len(text) > cue.LongestName {
		return false
	}
	switch string(bytes.ToLower(text)) {
	case "true", "false", "null", "none", "string", "required", "optional", "undefined", "bearer", "basic", "hidden", "redacted", "[redacted]", "enabled", "disabled", "unknown", "n/a", "nil", "write", "read", "include", "omit", "same-origin":
		return true
	}
	return false
}

// Names that say that a value is a secret: of variables, options, headers and
// members of JSON objects.

// NameEnd returns the end of the name that begins at t[i].
func NameEnd(t []byte, i int) int {
	for i < len(t) && (char.Alnum(t[i]) || t[i] == '_' || t[i] == '-' || t[i] >= 0x80) {
		i++
	}
	return i
}

// NameKind is what a name says about the value given to it.
type NameKind uint8

const (
	NameNone     NameKind = iota
	NameScheme            // Bearer, Basic: the value follows after a space
	NameHeader            // Authorization: a scheme may stand before the value
	NameSecret            // password, api_key: whatever is assigned
	NameMaybe             // token, key: only if it looks like one
	NameKey               // airtable_key: only if it is long, and nothing else
	NameCode              // pin, cvv: a few digits
	NameCookie            // Cookie, Set-Cookie: names and values follow
	NameLogin             // -u, --user: a name and a password follow
	NameUser              // login, user: a password may follow behind the name
	NameAccount           // the number of an account, of which a neighbour says so
	NameBank              // the code of a bank, of which a neighbour says so
	NameDigits            // otp, security_code: a few digits, or whatever looks like a secret
	NameOnce              // code: of a security code or one that is used once, a few digits
	NamePIN               // bank_pin: up to twelve digits
	NamePhrase            // seed phrase: words follow
	NameCodes             // recovery codes: a list follows
	NameCommand           // mysql, sshpass: an option gives a password, see secrets.commandOptions
	NameLines             // Private-Lines: lines of base64 follow, as many as it says
	NameDevice            // community, key-string: of a network device, see deviceSecret
	NameTold              // the key of a network: what a sentence tells, see sentenceKind
	NameQuestion          // a security question: its answer follows, see questionAnswer
	NameCall              // mysqli_connect: a call that takes a user and a password, see secrets.callNames
)

// NameAt is SecretName for the name t[i:j], that of an option included.
func NameAt(t []byte, i, j int) NameKind {
	if n := j - i; (n == 1 && t[i] == 'u' || n == len("user") && string(t[i:j]) == "user" || n == len("proxy-user") && string(t[i:j]) == "proxy-user") && char.At(t, i-1) == '-' && (char.At(t, j) == ' ' || char.At(t, j) == '=') {
		return NameLogin
	}
	if j-i > 3 && char.Letter(t[j-1]) && char.Letter(t[j-2]) && char.Letter(t[j-3]) && oneWord(t[j-4:j]) && !wordEnds.may(t[i:j]) { // most words
		return NameNone
	}
	if j-i <= len("za") && char.At(t, i-1) == '7' && t[i] == 'z' && char.At(t, j) == ' ' { // 7z, 7za
		return NameCommand
	}
	if kind := severalWords(t, i, j); kind != NameNone {
		return kind
	}
	if kind := sentenceKind(t, i, j); kind != NameNone {
		return kind
	}
	return SecretName(t[i:j])
}

const (
	shortestName = 2
)

// SecretName looks a name up, whatever its case and separators; of a name in
// several parts the last one counts, too.
func SecretName(name []byte) NameKind {
	if len(name) < shortestName || len(name) > cue.LongestName || !nameEnds.may(name) {
		return NameNone
	}
	var buf [cue.LongestName]byte
	n, last := 0, 0 // where the last part begins among the letters
	for i, c := range name {
		switch {
		case !char.Letter(c):
			if c == '_' || c == '-' || c == ':' || c == '.' || c == '@' {
				last = n
			}
			continue
		case i > 0 && char.ByteClass[c]&char.IsUpper != 0 && char.ByteClass[name[i-1]]&char.IsLower != 0:
			last = n
		}
		buf[n] = char.Lower(c)
		n++
	}
	if n < shortestName || n > shortestName && !nameEnds.has(buf[n-3], buf[n-2], buf[n-1]) && !(last > 0 && string(buf[last:n]) == "pw") {
		return NameNone
	}
	kind := wholeName(buf[:n])
	switch {
	case kind == NameMaybe && cursor(buf[:n]):
		return NameNone
	case kind != NameNone, last == 0:
		return kind
	}
	if kind = lastName(buf[last:n]); kind != NameKey || !openKey(buf[:n]) {
		return kind
	}
	return NameNone
}

// NameOnly tells whether a value is nothing but the name of a secret. One that two digits or
// more end, or one and a mark, is what people take for a password: Passwort2010!, secret99.
func NameOnly(value []byte) bool {
	const leastDigits, mostMarks = 2, 2
	if SecretName(value) == NameNone {
		return false
	}
	n := len(value)
	for n > 0 && len(value)-n < mostMarks && bytes.IndexByte([]byte("!?#$*+&@"), value[n-1]) >= 0 {
		n--
	}
	marks, last := len(value)-n, n
	for n > 0 && char.Digit(value[n-1]) {
		n--
	}
	return last-n < leastDigits && (last == n || marks == 0)
}

// wholeName looks up a name of small letters.
func wholeName(low []byte) NameKind {
	if kind := secretNames[string(low)]; kind != NameNone {
		return kind
	}
	for k := range NameTails {
		for _, end := range NameTails[k].Words {
			if bytes.HasSuffix(low, []byte(end)) {
				return NameTails[k].kind
			}
		}
	}
	return NameNone
}

// lastName looks up the last part of a name such as DB_PASS.
func lastName(low []byte) NameKind {
	switch kind := secretNames[string(low)]; {
	case string(low) == "key":
		return NameKey
	case string(low) == "pin":
		return NamePIN
	case string(low) == "pat": // a personal access token
		return NameKey
	case kind == NameSecret, kind == NameMaybe, kind == NameCode, kind == NameDigits:
		return kind
	}
	return NameNone
}

// openKey tells whether a key in the sense of tables and lists is meant, or one
// that is public.
func openKey(low []byte) bool {
	for _, name := range [...]string{"public", "primary", "sort", "cache", "idempotency", "partition", "foreign", "object", "dedup", "deduplication", "routing", "group", "unique", "hash", "translation", "row", "message", "s3", "item", "order", "product", "search", "site"} {
		if string(low[:len(low)-len("key")]) == name {
			return true
		}
	}
	return false
}

// cursor tells whether a token is the place in a list or the number of a
// request.
func cursor(low []byte) bool {
	for _, name := range [...]string{"nexttoken", "pagetoken", "progresstoken", "continuationtoken", "synctoken"} {
		if bytes.HasSuffix(low, []byte(name)) {
			return true
		}
	}
	return false
}

// secretNames are names as a whole, without what is no letter of ASCII.
var secretNames = map[string]NameKind{
	"bearer": NameScheme, "basic": NameScheme, "authorization": NameHeader, "proxyauthorization": NameHeader,
	"passordet": NameSecret, "losenordet": NameSecret, "lsenordet": NameSecret, "mdp": NameSecret, "passe": NameSecret, "kennwort": NameSecret, "passwort": NameSecret, "wachtwoord": NameSecret, "contrasena": NameSecret, "contrasea": NameSecret,
	"senha": NameSecret, "haso": NameSecret, "lsenord": NameSecret, "losenord": NameSecret, "adgangskode": NameSecret, "salasana": NameSecret, "passord": NameSecret, "parola": NameSecret,
	"heslo": NameSecret, "jelszo": NameSecret, "jelsz": NameSecret, "geslo": NameSecret, "lozinka": NameSecret, "sifre": NameSecret, "katasandi": NameSecret, "khau": NameSecret,
	"pwd": NameSecret, "pw": NameSecret, "passcode": NameSecret, "credential": NameSecret, "credentials": NameSecret, "pass": NameSecret, "pswd": NameSecret, "passw": NameSecret, "psw": NameSecret,
	"userpass": NameSecret, "dbpass": NameSecret, "passkey": NameSecret, "mnemonic": NameSecret, "seedphrase": NameSecret, "requirepass": NameSecret, "psk": NameSecret, "passwordhash": NameSecret, "secretkeybase": NameSecret,
	"cookie": NameCookie, "setcookie": NameCookie,
	"csrf": NameMaybe, "xsrf": NameMaybe, "token": NameMaybe, "pin": NameCode, "key": NameMaybe, "sig": NameMaybe, "sessionid": NameMaybe, "session": NameMaybe, "sid": NameMaybe, "auth": NameMaybe,
	"phpsessid": NameMaybe, "jsessionid": NameMaybe, "aspnetsessionid": NameMaybe, "clientkeydata": NameSecret, "dockerconfigjson": NameMaybe,
	"otp": NameDigits, "totp": NameDigits, "code": NameOnce, "tan": NameOnce, "mtan": NameDigits, "smstan": NameDigits, "pushtan": NameDigits, "mobiletan": NameDigits, "chiptan": NameDigits, "phototan": NameDigits, "apptan": NameDigits, "securetan": NameDigits, "pword": NameSecret, "bindpw": NameSecret, "rootpw": NameSecret, "olcrootpw": NameSecret, "storepass": NameSecret, "keypass": NameSecret, "erlangcookie": NameSecret, "rabbitmqerlangcookie": NameSecret,
	"codeverifier": NameKey, "devicecode": NameKey, "authorizationcode": NameKey, "xhoneycombteam": NameKey, "encrypt": NameKey, "pat": NameKey, "privatelines": NameLines, "npmauthident": NameUser,
	"cvv": NameCode, "cvc": NameCode, "csc": NameCode, "cardpin": NameCode, "cvn": NameCode,
	"credenziali": NameUser, "credenciales": NameUser, "credenciais": NameUser, "identifiants": NameUser, "zugangsdaten": NameUser, "logindaten": NameUser, "inloggegevens": NameUser, "securityquestion": NameQuestion, "sicherheitsfrage": NameQuestion, "login": NameUser, "logon": NameUser, "creds": NameUser, "username": NameUser, "user": NameUser,
	"mysql": NameCommand, "mysqldump": NameCommand, "mysqladmin": NameCommand, "sshpass": NameCommand, "rediscli": NameCommand, "ldapsearch": NameCommand, "ldapadd": NameCommand, "ldapmodify": NameCommand, "ldapdelete": NameCommand, "ldapwhoami": NameCommand, "ldappasswd": NameCommand,
	"getconnection": NameCall, "pdo": NameCall, "ldapbind": NameCall, "fernet": NameCall, "createuser": NameCall, "createsuperuser": NameCall, "pgpsymencrypt": NameCall, "pgpsymdecrypt": NameCall, "mysqlconnect": NameCall, "mysqliconnect": NameCall, "mysqli": NameCall, "mysqlpconnect": NameCall, "connect": NameCall, "directoryentry": NameCall, "converttosecurestring": NameCall, "identified": NameCall,
	"passowrd": NameSecret, "paasword": NameSecret, "pasword": NameSecret, "passwrod": NameSecret, "mysqlpass": NameSecret, "smtppass": NameSecret, "ftppass": NameSecret, "rootpass": NameSecret, "adminpass": NameSecret, "wifipass": NameSecret, "redispass": NameSecret, "mailpass": NameSecret, "loginpass": NameSecret,
	"community": NameDevice, "rocommunity": NameDevice, "rwcommunity": NameDevice, "keystring": NameDevice, "communitystring": NameSecret, "communitystrings": NameSecret, "appkey": NameMaybe, "applicationkey": NameMaybe,
	"sudo": NameCommand, "crackmapexec": NameCommand, "netexec": NameCommand, "evilwinrm": NameCommand, "bcp": NameCommand, "chpasswd": NameCommand, "haslo": NameSecret, "puk": NameDigits, "secretstring": NameMaybe, "masterauth": NameSecret, "crumb": NameMaybe, "oauthbearer": NameMaybe, "jenkinscrumb": NameMaybe, "psexec": NameCommand, "plink": NameCommand, "pscp": NameCommand,
	"cqlsh": NameCommand, "mongosh": NameCommand, "mongodump": NameCommand, "mongorestore": NameCommand, "sqlcmd": NameCommand, "ipmitool": NameCommand, "mosquittopub": NameCommand, "mosquittosub": NameCommand, "snmpwalk": NameCommand, "snmpget": NameCommand, "snmpset": NameCommand,
	"docker": NameCommand, "podman": NameCommand, "zip": NameCommand, "unzip": NameCommand, "smbclient": NameCommand, "rdesktop": NameCommand, "xfreerdp": NameCommand, "lftp": NameCommand,
	"htpasswd": NameCommand, "wpapassphrase": NameCommand, "isql": NameCommand, "rabbitmqctl": NameCommand, "ejabberdctl": NameCommand, "prosodyctl": NameCommand, "sambatool": NameCommand, "radtest": NameCommand, "vault": NameCommand, "cargo": NameCommand, "net": NameCommand, "qpdf": NameCommand,
	"usermod": NameCommand, "kadmin": NameCommand, "openssl": NameCommand, "unrar": NameCommand, "ncftpput": NameCommand, "ncftpget": NameCommand, "mongo": NameCommand, "twine": NameCommand, "beeline": NameCommand, "hdbsql": NameCommand, "osql": NameCommand, "vsql": NameCommand, "nzsql": NameCommand, "schtasks": NameCommand, "rpcclient": NameCommand, "doctl": NameCommand,
	"softap": NameCall, "basicauthentication": NameCall, "basicauthenticationinterceptor": NameCall, "sequelize": NameCall, "httpbasic": NameCall, "passwordauthentication": NameCall, "plainauth": NameCall, "dialpassword": NameCall, "comparesync": NameCall, "hashsync": NameCall, "passwordverify": NameCall, "pbkdfhmac": NameCall, "scryptsync": NameCall, "scrypt": NameCall, "aesencrypt": NameCall, "aesdecrypt": NameCall, "decrypt": NameCall, "crypt": NameCall, "xcertificate": NameCall, "publickeys": NameCall, "loginas": NameCall, "signinwithemailandpassword": NameCall, "createuserwithemailandpassword": NameCall, "signinwithpassword": NameCall, "addap": NameCall, "ftp": NameCall, "addidentity": NameCall, "cookieparser": NameCall, "urlsafeserializer": NameCall, "hashpw": NameCall, "checkpw": NameCall, "load": NameCall, "open": NameCall, "setcredentials": NameCall, "usepassword": NameCall, "withpassword": NameCall, "withcredentials": NameCall, "setpass": NameCall, "authenticate": NameCall, "spaddlogin": NameCall, "mkpasswd": NameCall, "hash": NameCall, "openai": NameCall, "twilio": NameCall, "pusher": NameCall, "anthropic": NameCall, "createclient": NameCall, "sendgrid": NameCall, "cloudinary": NameCall, "minio": NameCall, "algoliasearch": NameCall, "pbkdf": NameCall,
	"gcloud": NameCommand, "kinit": NameCommand, "openconnect": NameCommand, "cryptsetup": NameCommand, "smbpasswd": NameCommand, "setuser": NameCommand, "nickserv": NameCommand,
}

// NameTails end names, whatever stands before them: of secrets, of what the value has
// to tell, of codes of a few digits.
var NameTails = [...]struct {
	kind  NameKind
	Words []string
}{
	{NameSecret, []string{"password", "passwd", "pwd", "passphrase", "secret", "apikey", "accesstoken", "refreshtoken", "authtoken",
		"bearertoken", "sessiontoken", "privatekey", "secretkey", "accesskey", "accountkey", "idtoken", "authkey", "encryptionkey", "apitoken", "signingkey", "masterkey",
		"subscriptionkey", "sharedkey", "storagekey", "privkey", "privacykey", "authenticationkey", "jwtkey", "servicekey", "securitykey", "rediscliauth", "clientkey", "apisecretkey", "recoverycode", "consumerkey", "bottoken", "usertoken", "geniekey",
		"securityanswer", "memorableword", "memorableinformation", "memorableinfo", "memorabledate", "memorablename", "memorableplace", "memorableanswer", "secureword", "telephonepasscode", "phonepassword", "passwordconfirmation", "maidenname"}},
	{NameMaybe, []string{"token", "signature", "auth", "sessionid", "sessionkey", "webhookurl", "connectionstring", "secretid", "artapi"}},
	{NameDigits, []string{"securitycode", "verificationcode", "onetimecode", "onetimepasscode", "cvvcode", "cvccode", "cvvnumber", "cvcnumber", "otpcode", "mfacode", "smscode", "cardverificationvalue"}},
	{NameCode, []string{"pincode"}},
}

// longestSpoken is how long the names are, at most, that may stand before a secret without a
// sign between them: longer ones are put together of several words.
const longestSpoken = 12

// Passwords returns the names of what is a secret whatever it looks like, as far as people
// say or write them in sentences.
func Passwords() (names []string) {
	for name, kind := range secretNames {
		if kind == NameSecret && len(name) <= longestSpoken {
			names = append(names, name)
		}
	}
	for _, tail := range NameTails {
		for _, name := range tail.Words {
			if tail.kind == NameSecret && len(name) <= longestSpoken {
				names = append(names, name)
			}
		}
	}
	return names
}

// lastLetters is a set of names by their last letters: of four or more whatever their case,
// and of three.
type lastLetters struct {
	three [32 * 32]uint32
	four  [1 << fourBits / 64]uint64
}

const fourBits = 14 // some fifty times as many places as there are names

// fourPlace returns the place of four letters.
func fourPlace(t []byte) uint32 {
	w := uint32(t[0]) | uint32(t[1])<<8 | uint32(t[2])<<16 | uint32(t[3])<<24
	return (w | 0x20202020) * 0x9E3779B1 >> (32 - fourBits)
}

func (s *lastLetters) has(a, b, c byte) bool {
	return s.three[int(a&31)<<5|int(b&31)]>>(c&31)&1 != 0
}

// may tells whether a word, of which the last characters may be other than letters,
// may end as a name does.
func (s *lastLetters) may(word []byte) bool {
	n := len(word)
	if n == shortestName {
		return char.Lower(word[0]) == 'p' && char.Lower(word[1]) == 'w'
	}
	a, b, c := word[n-3], word[n-2], word[n-1]
	if !char.Letter(a) || !char.Letter(b) || !char.Letter(c) {
		return true
	}
	if n > 3 && oneWord(word[n-4:]) {
		k := fourPlace(word[n-4:])
		return s.four[k>>6]>>(k&63)&1 != 0
	}
	return s.has(a, b, c)
}

// oneWord tells whether four characters, of which the last three are letters, are of one
// word: no capital follows another letter.
func oneWord(four []byte) bool {
	const small = 0x20
	return char.Letter(four[0]) && ^four[1]&four[0]&small == 0 && ^four[2]&four[1]&small == 0 && ^four[3]&four[2]&small == 0
}

func (s *lastLetters) add(name string) {
	if n := len(name); n > shortestName {
		a, b, c := name[n-3]&31, name[n-2]&31, name[n-1]&31
		s.three[int(a)<<5|int(b)] |= 1 << c
		if n > 3 {
			k := fourPlace([]byte(name[n-4:]))
			s.four[k>>6] |= 1 << (k & 63)
		}
	}
}

// nameEnds are those of all names that SecretName knows, and wordEnds those of the words at
// which NameAt looks besides.
var nameEnds, wordEnds, codeEnds = makeNameEnds()

func makeNameEnds() (names, words, codes lastLetters) {
	add := func(name string, kind NameKind) {
		names.add(name)
		words.add(name)
		switch kind {
		case NameCode, NameDigits, NameOnce, NamePIN:
			codes.add(name)
		}
	}
	add("pat", NameKey)
	for name, kind := range secretNames {
		add(name, kind)
	}
	for _, tail := range NameTails {
		for _, name := range tail.Words {
			if add(name, tail.kind); len(name) == 3 {
				for c := 'a'; c <= 'z'; c++ { // other letters may stand before it
					add(string(c)+name, tail.kind)
				}
			}
		}
	}
	for _, word := range [...]string{"user", "mnemonic", "code", "codes", "phrase", "question", "answer", "name", "word", "use", "enter", "sign", "verify", "encode", "new", "begin", "key", "seed", "information", "info", "place", "wallet", "words"} {
		words.add(word)
	}
	codes.add("passcode")
	return names, words, codes
}

// EndsAsCode tells whether a word of letters may be the name of a code of a few digits.
func EndsAsCode(word []byte) bool { return len(word) > shortestName && codeEnds.may(word) }

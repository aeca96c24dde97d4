package redact

import "bytes"

// Names that say that a value is a secret: of variables, options, headers and
// members of JSON objects.

// nameEnd returns the end of the name that begins at t[i].
func nameEnd(t []byte, i int) int {
	for i < len(t) && (alnum(t[i]) || t[i] == '_' || t[i] == '-' || t[i] >= 0x80) {
		i++
	}
	return i
}

// nameKind is what a name says about the value given to it.
type nameKind uint8

const (
	nameNone     nameKind = iota
	nameScheme            // Bearer, Basic: the value follows after a space
	nameHeader            // Authorization: a scheme may stand before the value
	nameSecret            // password, api_key: whatever is assigned
	nameMaybe             // token, key: only if it looks like one
	nameKey               // airtable_key: only if it is long, and nothing else
	nameCode              // pin, cvv: a few digits
	nameCookie            // Cookie, Set-Cookie: names and values follow
	nameLogin             // -u, --user: a name and a password follow
	nameUser              // login, user: a password may follow behind the name
	nameAccount           // the number of an account, of which a neighbour says so
	nameBank              // the code of a bank, of which a neighbour says so
	nameDigits            // otp, security_code: a few digits, or whatever looks like a secret
	nameOnce              // code: of a security code or one that is used once, a few digits
	namePIN               // bank_pin: up to twelve digits
	namePhrase            // seed phrase: words follow
	nameCodes             // recovery codes: a list follows
	nameCommand           // mysql, sshpass: an option gives a password, see commandOptions
	nameLines             // Private-Lines: lines of base64 follow, as many as it says
	nameDevice            // community, key-string: of a network device, see deviceSecret
	nameTold              // the key of a network: what a sentence tells, see sentenceKind
	nameQuestion          // a security question: its answer follows, see questionAnswer
	nameCall              // mysqli_connect: a call that takes a user and a password, see callNames
)

// nameAt is secretName for the name t[i:j], that of an option included.
func nameAt(t []byte, i, j int) nameKind {
	if n := j - i; (n == 1 && t[i] == 'u' || n == 4 && string(t[i:j]) == "user") && byteAt(t, i-1) == '-' && (byteAt(t, j) == ' ' || byteAt(t, j) == '=') {
		return nameLogin
	}
	if kind := severalWords(t, i, j); kind != nameNone {
		return kind
	}
	if kind := sentenceKind(t, i, j); kind != nameNone {
		return kind
	}
	return secretName(t[i:j])
}

const (
	shortestName = 2
	longestName  = 40
)

// secretName looks a name up, whatever its case and separators; of a name in
// several parts the last one counts, too.
func secretName(name []byte) nameKind {
	if len(name) < shortestName || len(name) > longestName || !nameEnds.may(name) {
		return nameNone
	}
	var buf [longestName]byte
	n, last := 0, 0 // where the last part begins among the letters
	for i, c := range name {
		switch {
		case !letter(c):
			if c == '_' || c == '-' || c == ':' || c == '.' || c == '@' {
				last = n
			}
			continue
		case i > 0 && byteClass[c]&isUpper != 0 && byteClass[name[i-1]]&isLower != 0:
			last = n
		}
		buf[n] = lower(c)
		n++
	}
	if n < shortestName || n > shortestName && !nameEnds.has(buf[n-3], buf[n-2], buf[n-1]) && !(last > 0 && string(buf[last:n]) == "pw") {
		return nameNone
	}
	kind := wholeName(buf[:n])
	switch {
	case kind == nameMaybe && cursor(buf[:n]):
		return nameNone
	case kind != nameNone, last == 0:
		return kind
	}
	if kind = lastName(buf[last:n]); kind != nameKey || !openKey(buf[:n]) {
		return kind
	}
	return nameNone
}

// wholeName looks up a name of small letters.
func wholeName(low []byte) nameKind {
	if kind := secretNames[string(low)]; kind != nameNone {
		return kind
	}
	for k := range nameTails {
		for _, end := range nameTails[k].words {
			if bytes.HasSuffix(low, []byte(end)) {
				return nameTails[k].kind
			}
		}
	}
	return nameNone
}

// lastName looks up the last part of a name such as DB_PASS.
func lastName(low []byte) nameKind {
	switch kind := secretNames[string(low)]; {
	case string(low) == "key":
		return nameKey
	case string(low) == "pin":
		return namePIN
	case string(low) == "pat": // a personal access token
		return nameKey
	case kind == nameSecret, kind == nameMaybe, kind == nameCode, kind == nameDigits:
		return kind
	}
	return nameNone
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
var secretNames = map[string]nameKind{
	"bearer": nameScheme, "basic": nameScheme, "authorization": nameHeader, "proxyauthorization": nameHeader,
	"passordet": nameSecret, "losenordet": nameSecret, "lsenordet": nameSecret, "mdp": nameSecret, "passe": nameSecret, "kennwort": nameSecret, "passwort": nameSecret, "wachtwoord": nameSecret, "contrasena": nameSecret, "contrasea": nameSecret,
	"senha": nameSecret, "haso": nameSecret, "lsenord": nameSecret, "losenord": nameSecret, "adgangskode": nameSecret, "salasana": nameSecret, "passord": nameSecret, "parola": nameSecret,
	"heslo": nameSecret, "jelszo": nameSecret, "jelsz": nameSecret, "geslo": nameSecret, "lozinka": nameSecret, "sifre": nameSecret, "katasandi": nameSecret, "khau": nameSecret,
	"pwd": nameSecret, "pw": nameSecret, "passcode": nameSecret, "credential": nameSecret, "credentials": nameSecret, "pass": nameSecret, "pswd": nameSecret, "passw": nameSecret, "psw": nameSecret,
	"userpass": nameSecret, "dbpass": nameSecret, "passkey": nameSecret, "mnemonic": nameSecret, "seedphrase": nameSecret, "requirepass": nameSecret, "psk": nameSecret, "passwordhash": nameSecret, "secretkeybase": nameSecret,
	"cookie": nameCookie, "setcookie": nameCookie,
	"csrf": nameMaybe, "xsrf": nameMaybe, "token": nameMaybe, "pin": nameCode, "key": nameMaybe, "sig": nameMaybe, "sessionid": nameMaybe, "session": nameMaybe, "sid": nameMaybe, "auth": nameMaybe,
	"phpsessid": nameMaybe, "jsessionid": nameMaybe, "aspnetsessionid": nameMaybe, "clientkeydata": nameSecret, "dockerconfigjson": nameMaybe,
	"otp": nameDigits, "totp": nameDigits, "code": nameOnce, "tan": nameOnce, "mtan": nameDigits, "smstan": nameDigits, "pushtan": nameDigits, "pword": nameSecret, "bindpw": nameSecret, "rootpw": nameSecret, "olcrootpw": nameSecret, "storepass": nameSecret, "keypass": nameSecret, "erlangcookie": nameSecret, "rabbitmqerlangcookie": nameSecret,
	"codeverifier": nameKey, "devicecode": nameKey, "authorizationcode": nameKey, "xhoneycombteam": nameKey, "encrypt": nameKey, "pat": nameKey, "privatelines": nameLines, "npmauthident": nameUser,
	"cvv": nameCode, "cvc": nameCode, "csc": nameCode, "cardpin": nameCode, "cvn": nameCode,
	"credenziali": nameUser, "credenciales": nameUser, "credenciais": nameUser, "identifiants": nameUser, "zugangsdaten": nameUser, "logindaten": nameUser, "inloggegevens": nameUser, "securityquestion": nameQuestion, "sicherheitsfrage": nameQuestion, "login": nameUser, "logon": nameUser, "creds": nameUser, "username": nameUser, "user": nameUser,
	"mysql": nameCommand, "mysqldump": nameCommand, "mysqladmin": nameCommand, "sshpass": nameCommand, "rediscli": nameCommand, "ldapsearch": nameCommand, "ldapadd": nameCommand, "ldapmodify": nameCommand, "ldapdelete": nameCommand, "ldapwhoami": nameCommand, "ldappasswd": nameCommand,
	"mysqlconnect": nameCall, "mysqliconnect": nameCall, "mysqlpconnect": nameCall, "connect": nameCall, "directoryentry": nameCall, "converttosecurestring": nameCall, "identified": nameCall,
	"passowrd": nameSecret, "paasword": nameSecret, "pasword": nameSecret, "passwrod": nameSecret, "mysqlpass": nameSecret, "smtppass": nameSecret, "ftppass": nameSecret, "rootpass": nameSecret, "adminpass": nameSecret, "wifipass": nameSecret, "redispass": nameSecret, "mailpass": nameSecret, "loginpass": nameSecret,
	"community": nameDevice, "rocommunity": nameDevice, "rwcommunity": nameDevice, "keystring": nameDevice, "communitystring": nameSecret, "communitystrings": nameSecret, "appkey": nameMaybe, "applicationkey": nameMaybe,
	"crumb": nameMaybe, "oauthbearer": nameMaybe, "jenkinscrumb": nameMaybe, "psexec": nameCommand, "plink": nameCommand, "pscp": nameCommand,
	"cqlsh": nameCommand, "mongosh": nameCommand, "mongodump": nameCommand, "mongorestore": nameCommand, "sqlcmd": nameCommand, "ipmitool": nameCommand, "mosquittopub": nameCommand, "mosquittosub": nameCommand, "snmpwalk": nameCommand, "snmpget": nameCommand, "snmpset": nameCommand,
	"docker": nameCommand, "podman": nameCommand, "zip": nameCommand, "unzip": nameCommand, "smbclient": nameCommand, "rdesktop": nameCommand, "xfreerdp": nameCommand, "lftp": nameCommand,
}

// nameTails end names, whatever stands before them: of secrets, of what the value has
// to tell, of codes of a few digits.
var nameTails = [...]struct {
	kind  nameKind
	words []string
}{
	{nameSecret, []string{"password", "passwd", "pwd", "passphrase", "secret", "apikey", "accesstoken", "refreshtoken", "authtoken",
		"bearertoken", "sessiontoken", "privatekey", "secretkey", "accesskey", "accountkey", "idtoken", "authkey", "encryptionkey", "apitoken", "signingkey", "masterkey",
		"subscriptionkey", "sharedkey", "storagekey", "privkey", "privacykey", "authenticationkey", "jwtkey", "servicekey", "securitykey", "rediscliauth", "clientkey", "apisecretkey", "recoverycode", "consumerkey", "bottoken", "usertoken", "geniekey",
		"securityanswer", "memorableword", "memorableinformation", "passwordconfirmation", "maidenname"}},
	{nameMaybe, []string{"token", "signature", "auth", "sessionid", "sessionkey", "webhookurl", "connectionstring", "secretid", "artapi"}},
	{nameDigits, []string{"securitycode", "verificationcode", "onetimecode", "onetimepasscode", "cvvcode", "cvccode", "cvvnumber", "cvcnumber", "otpcode", "mfacode", "smscode", "cardverificationvalue"}},
	{nameCode, []string{"pincode"}},
}

// lastThree is a set of the last three letters of names: most other words have
// others.
type lastThree [32 * 32]uint32

func (s *lastThree) has(a, b, c byte) bool { return s[int(a&31)<<5|int(b&31)]>>(c&31)&1 != 0 }

// may tells whether a word, of which the last characters may be other than letters,
// may end as a name does.
func (s *lastThree) may(word []byte) bool {
	n := len(word)
	if n == shortestName {
		return lower(word[0]) == 'p' && lower(word[1]) == 'w'
	}
	a, b, c := word[n-3], word[n-2], word[n-1]
	return !letter(a) || !letter(b) || !letter(c) || s.has(a, b, c)
}

func (s *lastThree) add(name string) {
	if n := len(name); n > shortestName {
		a, b, c := name[n-3]&31, name[n-2]&31, name[n-1]&31
		s[int(a)<<5|int(b)] |= 1 << c
	}
}

var nameEnds = makeNameEnds()

func makeNameEnds() *lastThree {
	s := new(lastThree)
	s.add("pat")
	for name := range secretNames {
		s.add(name)
	}
	for _, tail := range nameTails {
		for _, name := range tail.words {
			s.add(name)
		}
	}
	return s
}

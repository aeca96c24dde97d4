package redact

import "bytes"

// Passwords that little announces: behind a space, as in a netrc file; behind a
// name and a slash; as an option of a command; as the last field of a pgpass
// file; without a scheme before a host.

// Limits of such passwords.
const (
	minPassword  = 6  // characters of one that only its looks tell
	longestTell  = 40 // bytes between "password" and "is"
	commandReach = 80 // bytes between a command and its option
	hexToken     = 40 // characters of a token in hexadecimal that some programs take for a login
)

// passwordLike tells whether a word looks like a password: letters, and digits
// or marks that words do not have.
func passwordLike(word []byte) bool {
	if len(word) < minPassword {
		return false
	}
	letters, digits, marks := 0, 0, 0
	for _, c := range looked(word) {
		switch {
		case letter(c):
			letters++
		case digit(c):
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

// spacedPassword finds the value of the name t[i:j] behind nothing but a space,
// if it looks like a password or a login stands before it.
func (s *scan) spacedPassword(v *view, i, j int) bool {
	t := v.t
	if !passwordWord(t[i:j]) || bytes.HasSuffix(t[:i], []byte("$(")) || byteAt(t, i-1) == '$' {
		return false
	}
	a := j
	for byteAt(t, a+1) == ' ' && a+1 < len(t) && t[a] == ' ' && a-j < widestGap { // up to the next column
		a++
	}
	for from := a; a < len(t) && a-from < maxIndent; {
		n := markSize(t[a:])
		if bytes.IndexByte([]byte(" \n\t|->()[]'\"\\*`=:;?\r"), t[a]) >= 0 {
			n = 1
		}
		if n == 0 {
			break
		}
		a += n
	}
	if a == j {
		return false
	}
	end := s.closedQuote(t, a, s.valueEnd(t, a))
	if end < len(t) || byteAt(t, a-1) == '(' {
		end = endsTrimmed(t, a, end, ".)!|")
	}
	value := t[a:end]
	netrc := bytes.Contains(t[max(0, i-commandReach):i], []byte("login ")) && len(value) >= 4
	if !netrc && (underWord(t, a) && !endsLine(t, end) || !passwordLike(value) || typeWord(value) || verb(t[i:j]) && (value[0] == '-' || byteAt(t, a-1) == '-' || !bytes.ContainsAny(looked(value), "0123456789"))) || s.r.isToken(value) || secretName(value) != nameNone && (!digitIn(value) || bytes.IndexByte(value, '.') >= 0) {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// minSpaced is the shortest secret that a name such as token speaks for across
// nothing but a space.
const minSpaced = 20

// minSpacedHex is the same for hexadecimal, behind a name that means no digest.
const minSpacedHex = 32

// secretKind tells whether a text ends in a word that makes a key a secret one.
func secretKind(t []byte) bool {
	low := bytes.ToLower(bytes.TrimRight(t[max(0, len(t)-len("private ")):], " _-"))
	for _, kind := range [...]string{"private", "secret", "api", "access", "auth", "hmac", "signing", "encryption"} {
		if bytes.HasSuffix(low, []byte(kind)) {
			return true
		}
	}
	return false
}

// dashed returns where the value begins that a dash between spaces, and maybe quotes,
// divide from the name of a secret or a token that ends at t[j]; 0 if there is no dash.
func dashed(t []byte, i, j int) int {
	a := j + len(" ")
	switch n := markSize(t[a:]); {
	case n > 0:
		a += n
	case t[a] == '-':
		a++
	default:
		return 0
	}
	if name := bytes.ToLower(t[i:j]); t[j] != ' ' || byteAt(t, a) != ' ' || !bytes.HasSuffix(name, []byte("token")) && !bytes.HasSuffix(name, []byte("secret")) && !secretKind(t[:i]) {
		return 0
	}
	return quoted(t, a+1)
}

// spacedSecret finds what looks like a random key right behind the name t[i:j], such
// as "api key", and a space: letters of both cases and digits.
func (s *scan) spacedSecret(v *view, i, j int) bool {
	t := v.t
	if j+minRandom >= len(t) || t[j] != ' ' && t[j] != '+' {
		return false
	}
	if a := dashed(t, i, j); a > 0 {
		end := endsTrimmed(t, a, s.reaches.key.of(t, a, tokenEnd), ".")
		if value := t[a:end]; len(value) >= minSpaced && randomLike(value) && !s.r.isToken(value) {
			s.secret(v, a, end, "assigned")
			return true
		}
	}
	a := j + 1
	end := endsTrimmed(t, a, s.reaches.key.of(t, a, tokenEnd), ".")
	value := t[a:end]
	head := looked(value)
	if hex := bytes.TrimPrefix(head, []byte("0x")); len(hex) >= minSpacedHex && allHex(hex) && secretKind(t[:i]) && !s.r.isToken(value) {
		s.secret(v, a, end, "assigned")
		return true
	}
	if len(value) >= minSpaced && tokenWord(t[i:j]) && drawnPart(head) && !bytes.HasPrefix(head, []byte("0x")) && bytes.IndexByte(head, '/') < 0 && !s.r.isToken(value) {
		s.secret(v, a, end, "assigned")
		return true
	}
	if len(value) >= minRandom && len(value) < minSpaced && tokenWord(t[i:j]) && allKinds(value) && wordEnd(value, 0) == len(value) && !bytes.ContainsAny(value, "/+-_") && digitsIn(value) >= leastDrawn && changesOf(value) >= len(value)/2 && !s.r.isToken(value) {
		s.secret(v, a, end, "assigned")
		return true
	}
	if len(value) < minSpaced || !allKinds(head) || bytes.Count(head, []byte("/")) > 1 && len(value) != secretKeySize || s.r.isToken(value) || changesOf(head) < len(head)/3 {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// tokenWord tells whether a word is one for what lets somebody in, and for no digest.
func tokenWord(word []byte) bool {
	return sameWord(word, "token") || sameWord(word, "secret") || sameWord(word, "apikey") || sameWord(word, "api_key") || sameWord(word, "api-key")
}

// passwordWord tells whether a word means a password and nothing else.
func passwordWord(word []byte) bool {
	var low [longestHide]byte
	if len(word) > len(low) {
		return false
	}
	for i, c := range word {
		low[i] = lower(c)
	}
	switch string(low[:len(word)]) {
	case "bindpw", "rootpw", "password", "passwd", "passwort", "kennwort", "passphrase", "passcode", "pwd", "pw", "pass", "passe", "pword", "requirepass", "setpassword", "contraseña", "contrasena", "wachtwoord", "senha", "heslo", "jelszo", "geslo", "lozinka", "sifre", "parola", "haso", "hasło", "salasana", "adgangskode", "passord", "lösenord", "losenord", "passordet", "losenordet", "lösenordet", "mdp":
		return true
	}
	return false
}

// verb tells whether a word that may mean a password is something that is done, too.
func verb(word []byte) bool { return bytes.EqualFold(word, []byte("pass")) }

// toldPassword finds what follows on "is" some words behind the name t[i:j]: the
// password for the account is ….
func (s *scan) toldPassword(v *view, i, j int) bool {
	t := v.t
	if !passwordWord(t[i:j]) {
		return false
	}
	reach, k, size := t[j:min(len(t), j+longestTell)], -1, 0
	for _, tell := range [...]string{" is ", ": ", " to ", " lautet ", " is: ", " ist ", " est ", " es ", " \u00e8 ", " \u00e9 ", " e ", " jest ", " je ", " \u00e4r ", " er ", " on ", " este "} {
		if verb(t[i:j]) && tell != " is " {
			continue
		}
		if at := bytes.Index(reach, []byte(tell)); at >= 0 && (k < 0 || at < k) {
			k, size = at, len(tell)
		}
	}
	if k < 0 {
		k, size = ownerColon(reach), len(":")
	}
	if k < 0 || bytes.IndexByte(t[j:j+k], '.') >= 0 {
		return false
	}
	a := quoted(t, j+k+size)
	end := s.closedQuote(t, a, s.valueEnd(t, a))
	end = endsTrimmed(t, a, end, ".!")
	if value := t[a:end]; !passwordLike(value) || s.r.isToken(value) || placeholder(t, a, end) {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// ownerColon returns where the colon stands behind a name and the word or two that say
// whose password it is, " for bob:"; -1 if they are not there.
func ownerColon(t []byte) int {
	k := bytes.IndexByte(t, ':')
	if n := len("(default"); k > 1 && k <= n && t[0] == '(' && wordOnly(t[1:k]) {
		return k
	}
	if !bytes.HasPrefix(t, []byte(" for ")) && !bytes.HasPrefix(t, []byte(" of ")) {
		return -1
	}
	if k < 0 || bytes.Count(t[:k], []byte(" ")) > 3 || bytes.ContainsAny(t[:k], "\n,;=(") {
		return -1
	}
	return k
}

// userPair finds the password behind a user's name: login: bob / hunter2pass.
func (s *scan) userPair(v *view, j int) {
	t := v.t
	a, sign := assignedAt(t, j, j)
	if !sign {
		return
	}
	end := s.valueEnd(t, a)
	if end-a == hexToken && allHex(t[a:end]) && digitsIn(t[a:end]) > 0 && lower(byteAt(t, j-1)) == 'n' { // sonar.login=…
		s.secret(v, a, end, "login")
		return
	}
	if k := bytes.IndexAny(looked(t[a:end]), "/:|"); k > 0 {
		s.pairPassword(v, a+k+1, end)
		return
	}
	if k := end; k+3 < len(t) && t[k] == ' ' && bytes.IndexByte([]byte("/:|-,"), t[k+1]) >= 0 && t[k+2] == ' ' {
		s.pairPassword(v, k+3, s.valueEnd(t, k+3))
	} else if k+2 < len(t) && t[k] == ',' && t[k+1] == ' ' {
		s.pairPassword(v, k+2, s.valueEnd(t, k+2))
	}
}

func (s *scan) pairPassword(v *view, a, end int) {
	if value := v.t[a:end]; passwordLike(value) && secretName(value) == nameNone && !s.r.isToken(value) && bytes.IndexByte(looked(value), '/') < 0 && bytes.IndexByte(looked(value), '=') < 0 {
		s.secret(v, a, end, "login")
	}
}

// commandOptions are the options that give passwords to commands, by the small letters of
// their names. What stands between a user and a password follows the option of some.
var commandOptions = map[string]struct {
	option string
	joined bool // the value may be glued to the option
	after  byte // the mark between the user and the password
}{
	"mysql": {" -p", true, 0}, "mysqldump": {" -p", true, 0}, "mysqladmin": {" -p", true, 0}, "sshpass": {" -p", true, 0},
	"rediscli": {" -a ", false, 0}, "ldapsearch": {" -w ", false, 0}, "ldapadd": {" -w ", false, 0}, "ldapmodify": {" -w ", false, 0}, "ldapdelete": {" -w ", false, 0}, "ldapwhoami": {" -w ", false, 0}, "ldappasswd": {" -w ", false, 0},
	"psexec": {" -p ", false, 0}, "plink": {" -pw ", false, 0}, "pscp": {" -pw ", false, 0},
	"docker": {" -p ", false, 0}, "podman": {" -p ", false, 0}, "zip": {" -P ", false, 0}, "unzip": {" -P ", false, 0}, "rdesktop": {" -p ", false, 0}, "xfreerdp": {" /p:", true, 0},
	"cqlsh": {" -p ", false, 0}, "mongosh": {" -p ", false, 0}, "mongodump": {" -p ", false, 0}, "mongorestore": {" -p ", false, 0}, "sqlcmd": {" -P ", false, 0}, "ipmitool": {" -P ", false, 0}, "mosquittopub": {" -P ", false, 0}, "mosquittosub": {" -P ", false, 0},
	"snmpwalk": {" -c ", false, 0}, "snmpget": {" -c ", false, 0}, "snmpset": {" -c ", false, 0},
	"smbclient": {" -U ", false, '%'}, "lftp": {" -u ", false, ','},
}

// commandPassword finds the password that an option gives to the command t[i:j].
func (s *scan) commandPassword(v *view, i, j int) {
	t := v.t
	var low [len("mongorestore")]byte
	n := 0
	for _, c := range t[i:j] {
		if letter(c) && n < len(low) {
			low[n] = lower(c)
			n++
		}
	}
	c := commandOptions[string(low[:n])]
	reach := t[j:min(len(t), j+commandReach)]
	if end := bytes.IndexByte(reach, '\n'); end >= 0 {
		reach = reach[:end]
	}
	if login := []byte(" login"); low[0] == 'd' || low[0] == 'p' && low[1] == 'o' { // docker run -p is a port
		if !bytes.HasPrefix(reach, login) {
			return
		}
		s.pipedPassword(v, i, reach)
	}
	k := bytes.Index(reach, []byte(c.option))
	if k < 0 || len(c.option) == 0 {
		return
	}
	a := j + k + len(c.option)
	if low[0] == 's' && c.joined && byteAt(t, a) == ' ' {
		a++
	}
	a = quoted(t, a)
	end := s.closedQuote(t, a, s.valueEnd(t, a))
	if c.after != 0 {
		at := bytes.IndexByte(looked(t[a:end]), c.after)
		if at = a + at + 1; c.after == ',' { // which ends a value
			at = end + 1
			if byteAt(t, end) != ',' {
				return
			}
			end = s.valueEnd(t, min(at, len(t)))
		}
		a = min(at, end)
	}
	if value := t[a:end]; len(value) >= 4 && !s.r.isToken(value) && !placeholder(t, a, end) && value[0] != '-' && value[0] != '$' {
		s.secret(v, a, end, "login")
	}
}

// pipedPassword finds the password that is printed into the command at t[i:], whose
// options are these: echo … | docker login --password-stdin.
func (s *scan) pipedPassword(v *view, i int, options []byte) {
	if !bytes.Contains(options, []byte("-stdin")) {
		return
	}
	t := bytes.TrimRight(v.t[max(0, i-longestQuoted):i], " ")
	if len(t) == 0 || t[len(t)-1] != '|' {
		return
	}
	t = bytes.TrimRight(t[:len(t)-1], " \"'")
	from := 1 + bytes.LastIndexByte(t, ' ')
	if from < len("echo ") || !bytes.HasSuffix(bytes.TrimSuffix(t[:from], []byte("-n ")), []byte("echo ")) && !bytes.HasSuffix(t[:from], []byte("printf ")) {
		return
	}
	lead := max(0, i-longestQuoted)
	a := quoted(v.t, lead+from)
	if end := lead + len(t); end-a >= minPassword && !s.r.isToken(v.t[a:end]) && !placeholder(v.t, a, end) && v.t[a] != '$' {
		s.secret(v, a, end, "login")
	}
}

// pgpassFields is how many fields a line of a pgpass file has: host, port,
// database, user, password.
const pgpassFields = 5

// pgpass finds the passwords of a PostgreSQL password file (libpq, 34.16).
func (s *scan) pgpass(v *view) {
	for at := 0; at < len(v.t); {
		end := at + bytes.IndexByte(v.t[at:], '\n')
		if end < at {
			end = len(v.t)
		}
		if a := pgpassAt(v.t[at:end]); a > 0 && !s.r.isToken(bytes.TrimSpace(v.t[at+a:end])) {
			s.secret(v, at+a, at+a+len(bytes.TrimRight(v.t[at+a:end], " \r\t")), "login")
		}
		at = end + 1
	}
}

// pgpassAt returns where the password of a line stands, 0 if there is none.
func pgpassAt(line []byte) int {
	const least, most = 4, 5 // digits of a port
	at, host := 0, false
	for field := range pgpassFields - 1 {
		k := bytes.IndexByte(line[at:], ':')
		if k <= 0 {
			return 0
		}
		text := line[at : at+k]
		at += k + 1
		host = host || field == 0 && (text[0] == '*' || bytes.IndexByte(text, '.') >= 0) || !allHex(text) // an address of hardware or of IPv6 has hexadecimal only
		switch {
		case bytes.IndexByte(text, ' ') >= 0 && field > 0:
			return 0
		case field == 1 && string(text) != "*" && (k < least || k > most || len(bytes.Trim(text, "0123456789")) > 0):
			return 0
		case field == 3 && !letter(text[0]):
			return 0
		}
	}
	if rest := bytes.TrimSpace(line[at:]); !host || len(rest) < 4 || bytes.IndexByte(rest, ' ') >= 0 {
		return 0
	}
	return at
}

// bareLogin finds name:password@host without a scheme, up to the at sign t[k].
func (s *scan) bareLogin(v *view, k int) {
	t := v.t
	a := k
	for a > 0 && k-a < maxLocal && t[a-1] > ' ' && t[a-1] != ':' && t[a-1] != '@' && t[a-1] != '"' && t[a-1] != '/' {
		a--
	}
	if byteAt(t, a-1) == '/' && driverUser(t[:a-1]) {
		s.secret(v, a, k, "userinfo")
		return
	}
	if byteAt(t, a-1) != ':' || !letter(byteAt(t, a-2)) && !digit(byteAt(t, a-2)) || !letter(byteAt(t, k+1)) && !digit(byteAt(t, k+1)) {
		return
	}
	if value := t[a:k]; passwordLike(value) && !s.r.isToken(value) {
		s.secret(v, a, k, "userinfo")
	}
}

// driverUser tells whether a text ends as an address of Oracle's database does before
// the password: jdbc:oracle:thin:scott/…@host, sqlplus scott/…@host.
func driverUser(t []byte) bool {
	k := len(t)
	for k > 0 && len(t)-k < maxLocal && (alnum(t[k-1]) || t[k-1] == '_') {
		k--
	}
	return k < len(t) && (bytes.HasSuffix(t[:k], []byte("jdbc:oracle:thin:")) || bytes.HasSuffix(t[:k], []byte("jdbc:oracle:oci:")) || bytes.HasSuffix(t[:k], []byte("sqlplus ")))
}

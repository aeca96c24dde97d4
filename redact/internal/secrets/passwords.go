package secrets

import (
	"bytes"
	"strings"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

const (
	longestTell  = 40 // bytes between "password" and "is"
	commandReach = 80 // bytes between a command and its option
	hexToken     = 40 // characters of a token in hexadecimal that some programs take for a login
)

// spacedPassword finds the value of the name t[i:j] behind nothing but a space,
// if it looks like a password or a login stands before it.
func (s *Scan) spacedPassword(v *finding.View, i, j int) bool {
	t := v.Text
	if !credential.PasswordWord(t[i:j]) || bytes.HasSuffix(t[:i], []byte("$(")) || char.At(t, i-1) == '$' {
		return false
	}
	a := j
	for char.At(t, a+1) == ' ' && a+1 < len(t) && t[a] == ' ' && a-j < cue.WidestGap { // up to the next column
		a++
	}
	for from := a; a < len(t) && a-from < encoded.MaxIndent; {
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
	if plain := []byte("plaintext "); bytes.HasPrefix(t[a:], plain) && char.At(t, a-1) == '-' { // rootpw of Kickstart
		a += len(plain)
	}
	end := s.closedQuote(t, a, s.valueEnd(t, a))
	if end < len(t) || char.At(t, a-1) == '(' {
		end = endsTrimmed(t, a, end, ".)!|")
	}
	value := t[a:end]
	if sqlQuoted(t, i, j, a, end) && !s.Rules.IsToken(value) && !credential.Placeholder(t, a, end) {
		s.secret(v, a, end, "assigned")
		return true
	}
	netrc := bytes.Contains(t[max(0, i-commandReach):i], []byte("login ")) && len(value) >= 4
	if !netrc && (cue.UnderWord(t, a) && !cue.EndsLine(t, end) || !credential.PasswordLike(value) || credential.TypeWord(value) || verb(t[i:j]) && (value[0] == '-' || char.At(t, a-1) == '-' || !bytes.ContainsAny(char.Looked(value), "0123456789"))) || s.Rules.IsToken(value) || credential.SecretName(value) != credential.NameNone && (!cue.DigitIn(value) || bytes.IndexByte(value, '.') >= 0) {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// sqlQuoted tells whether the value t[a:end] stands between the single quotes of SQL behind
// the word t[i:j], PASSWORD: CREATE USER ann WITH PASSWORD 'sesame'.
func sqlQuoted(t []byte, i, j, a, end int) bool {
	const least = 4 // characters
	if !cue.SameWord(t[i:j], "password") || a != j+len(" '") || t[j] != ' ' || t[a-1] != '\'' || char.At(t, end) != '\'' || end-a < least || bytes.IndexByte(t[a:end], ' ') >= 0 || credential.Spoken(t[a:end]) {
		return false
	}
	lead := bytes.TrimRight(t[max(0, i-commandReach):i], " ")
	for _, word := range [...]string{"with", "encrypted", "set", "user", "role", "login", "unencrypted", "="} {
		if k := len(lead) - len(word); k >= 0 && bytes.EqualFold(lead[k:], []byte(word)) {
			return true
		}
	}
	return bytes.Contains(bytes.ToLower(lead), []byte("alter ")) || bytes.Contains(bytes.ToLower(lead), []byte("create "))
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
	if name := bytes.ToLower(t[i:j]); t[j] != ' ' || char.At(t, a) != ' ' || !bytes.HasSuffix(name, []byte("token")) && !bytes.HasSuffix(name, []byte("secret")) && !secretKind(t[:i]) {
		return 0
	}
	return quoted(t, a+1)
}

// spacedSecret finds what looks like a random key right behind the name t[i:j], such
// as "api key", and a space: letters of both cases and digits.
func (s *Scan) spacedSecret(v *finding.View, i, j int) bool {
	t := v.Text
	if j+credential.MinRandom >= len(t) || t[j] != ' ' && t[j] != '+' {
		return false
	}
	if a := dashed(t, i, j); a > 0 {
		end := endsTrimmed(t, a, s.Reaches.key.of(t, a, credential.TokenEnd), ".")
		if value := t[a:end]; len(value) >= minSpaced && credential.RandomLike(value) && !s.Rules.IsToken(value) {
			s.secret(v, a, end, "assigned")
			return true
		}
	}
	a := j + 1
	if c := t[a]; c == '`' || c == '"' || c == '\'' {
		a++
	}
	end := endsTrimmed(t, a, s.Reaches.key.of(t, a, credential.TokenEnd), ".")
	value := t[a:end]
	head := char.Looked(value)
	if hex := bytes.TrimPrefix(head, []byte("0x")); len(hex) >= minSpacedHex && char.AllHex(hex) && secretKind(t[:i]) && !s.Rules.IsToken(value) {
		s.secret(v, a, end, "assigned")
		return true
	}
	if len(value) >= minSpaced && tokenWord(t[i:j]) && drawnPart(head) && !bytes.HasPrefix(head, []byte("0x")) && bytes.IndexByte(head, '/') < 0 && !s.Rules.IsToken(value) {
		s.secret(v, a, end, "assigned")
		return true
	}
	if len(value) >= credential.MinRandom && len(value) < minSpaced && tokenWord(t[i:j]) && credential.AllKinds(value) && credential.WordEnd(value, 0) == len(value) && !bytes.ContainsAny(value, "/+-_") && char.DigitsIn(value) >= credential.LeastDrawn && credential.ChangesOf(value) >= len(value)/2 && !s.Rules.IsToken(value) {
		s.secret(v, a, end, "assigned")
		return true
	}
	if len(value) < minSpaced || !credential.AllKinds(head) || bytes.Count(head, []byte("/")) > 1 && len(value) != credential.SecretKeySize || s.Rules.IsToken(value) || credential.ChangesOf(head) < len(head)/3 {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// tokenWord tells whether a word is one for what lets somebody in, and for no digest.
func tokenWord(word []byte) bool {
	return cue.SameWord(word, "token") || cue.SameWord(word, "secret") || cue.SameWord(word, "apikey") || cue.SameWord(word, "api_key") || cue.SameWord(word, "api-key")
}

// verb tells whether a word that may mean a password is something that is done, too.
func verb(word []byte) bool { return bytes.EqualFold(word, []byte("pass")) }

// toldPassword finds what follows on "is" some words behind the name t[i:j]: the
// password for the account is ….
func (s *Scan) toldPassword(v *finding.View, i, j int) bool {
	t := v.Text
	if !credential.PasswordWord(t[i:j]) {
		return false
	}
	reach := t[j:min(len(t), j+longestTell)]
	for from, n := 0, 0; n < mostTells; n++ {
		k, size := passwordTold(reach[from:], verb(t[i:j]))
		if k < 0 {
			break
		}
		from += k + size
		if bytes.Contains(reach[:from-size], []byte(". ")) { // another sentence
			return false
		}
		if s.broughtAt(v, j+from) {
			return true
		}
	}
	const reset, value = "successfully reset", "New value: " // of Elasticsearch
	if k := bytes.Index(t[j:min(len(t), j+commandReach)], []byte(value)); k >= 0 && bytes.Contains(t[j:j+k], []byte(reset)) && s.broughtAt(v, j+k+len(value)) {
		return true
	}
	k := ownerColon(reach)
	return k >= 0 && s.broughtAt(v, j+k+len(":"))
}

// mostTells is how many words that may bring a password are tried: "a temporary password is
// generated for root@localhost: …".
const mostTells = 3

// passwordTold returns where the first word that brings a password stands, and its size; -1
// if there is none. Behind "pass" only one does.
func passwordTold(reach []byte, verb bool) (k, size int) {
	k = -1
	for _, tell := range [...]string{" is ", ": ", " to ", "'s ", " was ", " auf ", ":\n", " lautet ", " is: ", " ist ", " est ", " es ", " \u00e8 ", " \u00e9 ", " e ", " jest ", " je ", " \u00e4r ", " er ", " on ", " este "} {
		if verb && tell != " is " {
			continue
		}
		if at := bytes.Index(reach, []byte(tell)); at >= 0 && (k < 0 || at < k) {
			k, size = at, len(tell)
		}
	}
	return k, size
}

// broughtAt finds what looks like a password at t[a:], where a sentence brings one.
func (s *Scan) broughtAt(v *finding.View, a int) bool {
	t := v.Text
	own := char.At(t, a-1) == '\n'
	for from := a; own && a < len(t) && a-from < cue.PairReach && t[a] <= ' '; {
		a++
	}
	a = quotedText(t, a)
	end := s.closedQuote(t, a, s.valueEnd(t, a))
	end = endsTrimmed(t, a, end, ".!`*)")
	if value := t[a:end]; !credential.PasswordLike(value) || own && (!cue.EndsLine(t, end) || char.DigitsIn(value) < credential.LeastDrawn) || s.Rules.IsToken(value) || credential.Placeholder(t, a, end) {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// ownerColon returns where the colon stands behind a name and the word or two that say
// whose password it is, " for bob:"; -1 if they are not there.
func ownerColon(t []byte) int {
	k := bytes.IndexByte(t, ':')
	if n := len("(default"); k > 1 && k <= n && t[0] == '(' && credential.WordOnly(t[1:k]) {
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
func (s *Scan) userPair(v *finding.View, j int) {
	t := v.Text
	a, sign := assignedAt(t, j, j)
	if !sign {
		return
	}
	end := s.valueEnd(t, a)
	if end-a == hexToken && char.AllHex(t[a:end]) && char.DigitsIn(t[a:end]) > 0 && char.Lower(char.At(t, j-1)) == 'n' { // sonar.login=…
		s.secret(v, a, end, "login")
		return
	}
	if k := bytes.IndexAny(char.Looked(t[a:end]), "/:|"); k > 0 {
		s.pairPassword(v, a+k+1, end)
		return
	}
	if k := end; k+3 < len(t) && t[k] == ' ' && bytes.IndexByte([]byte("/:|-,"), t[k+1]) >= 0 && t[k+2] == ' ' {
		s.pairPassword(v, k+3, s.valueEnd(t, k+3))
	} else if k+2 < len(t) && t[k] == ',' && t[k+1] == ' ' {
		s.pairPassword(v, k+2, s.valueEnd(t, k+2))
	}
}

func (s *Scan) pairPassword(v *finding.View, a, end int) {
	if value := v.Text[a:end]; credential.PasswordLike(value) && !credential.NameOnly(value) && !s.Rules.IsToken(value) && bytes.IndexByte(char.Looked(value), '/') < 0 && bytes.IndexByte(char.Looked(value), '=') < 0 {
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
	"psexec": {" -p ", false, 0}, "crackmapexec": {" -p ", false, 0}, "netexec": {" -p ", false, 0}, "evilwinrm": {" -p ", false, 0}, "bcp": {" -P ", false, 0}, "plink": {" -pw ", false, 0}, "pscp": {" -pw ", false, 0},
	"docker": {" -p ", false, 0}, "podman": {" -p ", false, 0}, "zip": {" -P ", false, 0}, "unzip": {" -P ", false, 0}, "rdesktop": {" -p ", false, 0}, "xfreerdp": {" /p:", true, 0},
	"cqlsh": {" -p ", false, 0}, "mongosh": {" -p ", false, 0}, "mongodump": {" -p ", false, 0}, "mongorestore": {" -p ", false, 0}, "sqlcmd": {" -P ", false, 0}, "ipmitool": {" -P ", false, 0}, "mosquittopub": {" -P ", false, 0}, "mosquittosub": {" -P ", false, 0},
	"snmpwalk": {" -c ", false, 0}, "snmpget": {" -c ", false, 0}, "snmpset": {" -c ", false, 0},
	"smbclient": {" -U ", false, '%'}, "lftp": {" -u ", false, ','}, "rpcclient": {" -U ", false, '%'},
	"usermod": {" -p ", false, 0}, "kadmin": {" -w ", false, 0}, "openssl": {" -k ", false, 0}, "unrar": {" -p", true, 0}, "ncftpput": {" -p ", false, 0}, "ncftpget": {" -p ", false, 0}, "mongo": {" -p ", false, 0}, "twine": {" -p ", false, 0},
	"beeline": {" -p ", false, 0}, "hdbsql": {" -p ", false, 0}, "osql": {" -P ", false, 0}, "vsql": {" -w ", false, 0}, "nzsql": {" -pw ", false, 0}, "schtasks": {" /rp ", false, 0}, "doctl": {" -t ", false, 0},
	"z": {" -p", true, 0}, "za": {" -p", true, 0}, "zz": {" -p", true, 0}, // 7z, 7za, 7zz
}

// commandPassword finds the password that an option gives to the command t[i:j].
func (s *Scan) commandPassword(v *finding.View, i, j int) {
	t := v.Text
	var low [len("wpapassphrase")]byte
	n := 0
	for _, c := range t[i:j] {
		if char.Letter(c) && n < len(low) {
			low[n] = char.Lower(c)
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
		s.pipedPassword(v, i, bytes.Contains(reach, []byte("-stdin")), 0)
	}
	switch string(low[:n]) {
	case "sudo":
		s.pipedPassword(v, i, bytes.HasPrefix(reach, []byte(" -S ")) || bytes.HasPrefix(reach, []byte(" -kS ")), 0)
	case "chpasswd":
		s.pipedPassword(v, i, true, ':')
		s.passwordLines(v, j)
	case "kinit", "openconnect", "cryptsetup", "smbpasswd", "gcloud":
		s.pipedPassword(v, i, true, 0)
	default:
		s.placedPassword(v, string(low[:n]), j)
	}
	if len(c.option) == 0 {
		return
	}
	if c.option == " -c " || string(low[:n]) == "ldappasswd" { // of SNMP
		s.furtherOptions(v, string(low[:n]), j, reach)
	}
	a := j
	if k := bytes.Index(reach, []byte(c.option)); k >= 0 {
		a += k + len(c.option)
	} else if k = quotedOption(reach, c.option, c.joined); k > 0 {
		a += k
	} else {
		return
	}
	if low[0] == 's' && c.joined && char.At(t, a) == ' ' {
		a++
	}
	a = quoted(t, a)
	end := s.closedQuote(t, a, s.valueEnd(t, a))
	if q := char.At(t, a-1); c.after == '%' && (q == '"' || q == '\'') { // DOMAIN\name before it
		if n := bytes.IndexByte(t[a:min(len(t), a+credential.LongestQuoted)], q); n > 0 {
			end = a + n
		}
	}
	if c.after != 0 {
		at := bytes.IndexByte(char.Looked(t[a:end]), c.after)
		if at = a + at + 1; c.after == ',' { // which ends a value
			at = end + 1
			if char.At(t, end) != ',' {
				return
			}
			end = s.valueEnd(t, min(at, len(t)))
		}
		a = min(at, end)
	}
	if value := t[a:end]; len(value) >= 4 && !s.Rules.IsToken(value) && !credential.Placeholder(t, a, end) && value[0] != '-' && value[0] != '$' {
		s.secret(v, a, end, "login")
	}
	s.furtherOptions(v, string(low[:n]), j, reach)
}

// Limits of the lines that chpasswd reads.
const (
	mostPasswordLines   = 16
	longestPasswordLine = 96
)

// passwordLines finds the passwords in the lines of users' names and passwords below the name
// that ends at t[j], as chpasswd reads them and cloud-init gives them to it:
//
//	chpasswd:
//	  list: |
//	    root:…
func (s *Scan) passwordLines(v *finding.View, j int) {
	t := v.Text
	for n, names := 0, 0; n < mostPasswordLines && names < 2; n++ { // such as list:
		k := bytes.IndexByte(t[j:min(len(t), j+longestPasswordLine)], '\n')
		if k < 0 {
			return
		}
		j += k + 1
		for j < len(t) && (t[j] == ' ' || t[j] == '\t' || t[j] == '-' || t[j] == '"') {
			j++
		}
		a := credential.NameEnd(t, j)
		if a == j || a-j > longestPasswordLine || char.At(t, a) != ':' {
			return
		}
		end := s.valueEnd(t, a+1)
		if value := t[a+1 : end]; credential.PasswordLike(value) && cue.EndsLine(t, end) && !s.Rules.IsToken(value) {
			s.secret(v, a+1, end, "login")
		} else if names++; len(value) > 0 && value[0] != '|' {
			return
		}
	}
}

// quotedOption returns where the value begins behind an option that is a string of a list of
// its own, "mysqladmin", "-p…" or "cqlsh", "-p", "…"; 0 if there is none.
func quotedOption(reach []byte, option string, joined bool) int {
	option = strings.TrimSpace(option)
	for from := 0; ; {
		k := bytes.Index(reach[from:], []byte(option))
		if k < 0 {
			return 0
		}
		k += from
		from = k + len(option)
		q := char.At(reach, k-1)
		if q != '"' && q != '\'' {
			continue
		}
		if char.At(reach, from) != q {
			if joined {
				return from
			}
			continue
		}
		for from < len(reach) && bytes.IndexByte([]byte("\"', "), reach[from]) >= 0 {
			from++
		}
		return from
	}
}

// pipedPassword finds the password that is printed into the command at t[i:], if that takes
// one: echo … | docker login --password-stdin, echo … | sudo -S. Before it may stand a user's
// name and a mark: echo bob:… | chpasswd.
func (s *Scan) pipedPassword(v *finding.View, i int, takes bool, mark byte) {
	if !takes {
		return
	}
	t := bytes.TrimRight(bytes.TrimSuffix(v.Text[max(0, i-credential.LongestQuoted):i], []byte("sudo ")), " ")
	if len(t) == 0 || t[len(t)-1] != '|' {
		return
	}
	t = bytes.TrimRight(t[:len(t)-1], " \"'")
	from := 1 + bytes.LastIndexByte(t, ' ')
	if from < len("echo ") || !bytes.HasSuffix(bytes.TrimSuffix(t[:from], []byte("-n ")), []byte("echo ")) && !bytes.HasSuffix(t[:from], []byte("printf ")) {
		return
	}
	lead := max(0, i-credential.LongestQuoted)
	a := quoted(v.Text, lead+from)
	if mark != 0 {
		k := bytes.IndexByte(v.Text[a:lead+len(t)], mark)
		if k <= 0 {
			return
		}
		a += k + 1
	}
	if end := lead + len(t); end-a >= credential.MinPassword && !s.Rules.IsToken(v.Text[a:end]) && !credential.Placeholder(v.Text, a, end) && v.Text[a] != '$' {
		s.secret(v, a, end, "login")
	}
}

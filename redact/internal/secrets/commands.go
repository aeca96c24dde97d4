package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Commands that take a password by its place among their words (htpasswd -b FILE USER
// PASSWORD, net user NAME PASSWORD), so that no option or name announces it.

// mostPlaces is how many words of a command are looked at.
const mostPlaces = 12

// place is where a command has its password: behind the words that say what it does, the
// nth of those that are no options.
type place struct {
	verbs []string // one of which is the first word, if there are any
	nth   int      // from one on, the verb not counted
	drawn bool     // only what looks random
}

// commandPlaces are these by the small letters of their names.
var commandPlaces = map[string][]place{
	"htpasswd":      {{nth: 3}},
	"wpapassphrase": {{nth: 2}},
	"isql":          {{nth: 3}},
	"rabbitmqctl":   {{verbs: []string{"add_user", "change_password", "authenticate_user"}, nth: 2}},
	"ejabberdctl":   {{verbs: []string{"register", "change_password"}, nth: 3}},
	"prosodyctl":    {{verbs: []string{"register"}, nth: 3}},
	"sambatool":     {{verbs: []string{"user"}, nth: 3}},
	"radtest":       {{nth: 2}, {nth: 5}},
	"vault":         {{verbs: []string{"login"}, nth: 1, drawn: true}},
	"cargo":         {{verbs: []string{"login"}, nth: 1, drawn: true}},
	"net":           {{verbs: []string{"user"}, nth: 2}, {verbs: []string{"use"}, nth: 2}, {verbs: []string{"use"}, nth: 3}},
	"qpdf":          {{verbs: []string{"--encrypt"}, nth: 1}, {verbs: []string{"--encrypt"}, nth: 2}},
	"rediscli":      {{verbs: []string{"AUTH", "auth"}, nth: 1}, {verbs: []string{"AUTH", "auth"}, nth: 2}},
	"setuser":       {{nth: 1}, {nth: 2}, {nth: 3}, {nth: 4}}, // of ACL: a > before it
	"nickserv":      {{verbs: []string{"IDENTIFY", "identify", "REGISTER", "register"}, nth: 1}, {verbs: []string{"IDENTIFY", "identify"}, nth: 2}},
}

// placedPassword finds the password of the command of this name, which ends at t[j], by its
// place.
func (s *Scan) placedPassword(v *finding.View, name string, j int) {
	t := v.Text
	places := commandPlaces[name]
	if len(places) == 0 {
		return
	}
	verb, nth, b := "", 0, false
	for n, a := 0, j; n < mostPlaces && char.At(t, a) == ' '; n++ {
		for a < len(t) && t[a] == ' ' && a-j < commandReach {
			a++
		}
		q := char.At(t, a)
		end := a
		if q == '"' || q == '\'' {
			a++
			k := bytes.IndexByte(t[a:min(len(t), a+credential.LongestQuoted)], q)
			if k < 0 {
				return
			}
			end = a + k
		} else {
			for end < len(t) && t[end] > ' ' && t[end] != '"' && t[end] != '\'' && t[end] != '`' && end-a < credential.LongestQuoted {
				end++
			}
			q = 0
		}
		word := t[a:end]
		if len(word) == 0 || a-j > commandReach || q == 0 && bytes.IndexByte([]byte("|;&<>"), word[0]) >= 0 && name != "setuser" {
			return
		}
		option := q == 0 && (word[0] == '-' || word[0] == '/' && name == "net")
		switch {
		case verb == "" && isVerb(places, word):
			verb, nth = string(word), 0
		case name == "rediscli" && verb == "": // options with values and hosts stand before it
		case option:
			b = b || bytes.IndexByte(word, 'b') > 0
		default:
			nth++
			s.placedWord(v, places, name, verb, nth, a, end, b)
		}
		a = end
		if q != 0 {
			a++
		}
	}
}

func isVerb(places []place, word []byte) bool {
	for _, p := range places {
		for _, w := range p.verbs {
			if string(word) == w {
				return true
			}
		}
	}
	return false
}

// placedWord finds a password that is the nth word of a command, t[a:end].
func (s *Scan) placedWord(v *finding.View, places []place, name, verb string, nth, a, end int, b bool) {
	t := v.Text
	for _, p := range places {
		if p.nth != nth || (len(p.verbs) > 0) != (verb != "") || verb != "" && !isVerb([]place{p}, []byte(verb)) {
			continue
		}
		if name == "setuser" {
			if t[a] != '>' {
				continue
			}
			a++
		}
		if name == "htpasswd" && !b {
			continue
		}
		value := t[a:end]
		if p.drawn && !credential.RandomLike(value) || !credential.PasswordLike(value) || s.Rules.IsToken(value) || credential.Placeholder(t, a, end) || value[0] == '$' || bytes.Contains(value, []byte(`\\`)) || bytes.IndexByte(value, '/') >= 0 || credential.Versioned(value) {
			continue
		}
		if char.DigitsIn(value) == 0 || bytes.HasPrefix(value, []byte("~")) {
			continue
		}
		s.secret(v, a, end, "login")
		return
	}
}

// lineLogin finds the password that ends the line of a protocol in which the command t[i:j]
// takes one: AUTH worker … of Redis, behind its prompt or alone, a1 LOGIN bob … of IMAP (RFC
// 9051, 6.2.3).
func (s *Scan) lineLogin(v *finding.View, i, j int) bool {
	const tag = len("A00001 ")
	t := v.Text
	if word := string(t[i:j]); word != "AUTH" && word != "LOGIN" || char.At(t, j) != ' ' {
		return false
	}
	from := i
	for from > 0 && i-from <= tag && t[from-1] != '\n' && t[from-1] != '>' {
		from--
	}
	lead := t[from:i]
	tagged := len(lead) > 2 && lead[len(lead)-1] == ' ' && char.DigitsIn(lead) > 0 && char.Letter(lead[0]) && bytes.Count(lead, []byte(" ")) == 1
	if t[i] == 'L' && !tagged || t[i] == 'A' && len(bytes.TrimSpace(lead)) > 0 {
		return false
	}
	a, end := j+1, j+1
	for n := 0; n < 2; n++ { // a name and a password, or the password alone
		a = quoted(t, end)
		if n > 0 {
			a = quoted(t, end+1)
		}
		end = a
		for end < len(t) && t[end] > ' ' && t[end] != '"' && end-a < credential.LongestQuoted {
			end++
		}
		k := end
		if char.At(t, k) == '"' {
			k++
		}
		if k >= len(t) || t[k] == '\n' || t[k] == '\r' {
			break
		}
		if n > 0 || t[k] != ' ' {
			return false
		}
		end = k
	}
	value := t[a:end]
	if !credential.PasswordLike(value) || char.DigitsIn(value) == 0 || s.Rules.IsToken(value) || credential.Placeholder(t, a, end) || bytes.HasPrefix(value, []byte("CRAM-")) || bytes.HasPrefix(value, []byte("SCRAM-")) {
		return false
	}
	s.secret(v, a, end, "login")
	return true
}

// loginOption finds the password of a command that logs in, behind the word login that ends
// at t[j] and the option of a name: az login -u bob -p ….
func (s *Scan) loginOption(v *finding.View, i, j int) bool {
	t := v.Text
	if string(t[i:j]) != "login" || char.At(t, j) != ' ' || char.At(t, i-1) != ' ' {
		return false
	}
	reach := t[j:min(len(t), j+commandReach)]
	if end := bytes.IndexByte(reach, '\n'); end >= 0 {
		reach = reach[:end]
	}
	k := bytes.Index(reach, []byte(" -p "))
	if k < 0 || !bytes.Contains(reach, []byte(" -u ")) {
		return false
	}
	a := quoted(t, j+k+len(" -p "))
	end := s.closedQuote(t, a, s.valueEnd(t, a))
	if value := t[a:end]; len(value) < 4 || char.AllDigits(value) || value[0] == '-' || value[0] == '$' || s.Rules.IsToken(value) || credential.Placeholder(t, a, end) {
		return false
	}
	s.secret(v, a, end, "login")
	return true
}

// optionBehind finds what a command puts away under the name of a secret, t[i:j], behind the
// option for it on the same line: gh secret set DB_PASSWORD -b"…", aws ssm put-parameter
// --name /prod/db_password --value '…', wrangler secret put API_KEY <<< ….
func (s *Scan) optionBehind(v *finding.View, i, j int) bool {
	t := v.Text
	if part := bytes.IndexAny(t[i:j], "_-/"); part <= 0 || char.At(t, j) != ' ' {
		return false
	}
	reach := t[j:min(len(t), j+commandReach)]
	if end := bytes.IndexByte(reach, '\n'); end >= 0 {
		reach = reach[:end]
	}
	for _, option := range [...]string{" --value ", " --body ", " -b", " <<< ", " --secret-string ", " --data "} {
		k := bytes.Index(reach, []byte(option))
		if k < 0 {
			continue
		}
		a := j + k + len(option)
		if char.At(t, a) == ' ' {
			a++
		}
		a = quoted(t, a)
		end := s.closedQuote(t, a, s.valueEnd(t, a))
		if value := t[a:end]; credential.PasswordLike(value) && char.DigitsIn(value) > 0 && !s.Rules.IsToken(value) && !credential.Placeholder(t, a, end) && value[0] != '$' && value[0] != '-' && bytes.IndexByte(value, '/') < 0 && !credential.Versioned(value) {
			s.secret(v, a, end, "assigned")
			return true
		}
	}
	return false
}

// furtherOptions finds the passwords of commands that take several: the new one of
// ldappasswd, those for authentication and privacy of SNMP.
func (s *Scan) furtherOptions(v *finding.View, name string, j int, reach []byte) {
	options := []string{" -A ", " -X "}
	if name == "ldappasswd" {
		options = []string{" -s "}
	}
	for _, option := range options {
		k := bytes.Index(reach, []byte(option))
		if k < 0 {
			continue
		}
		a := quoted(v.Text, j+k+len(option))
		end := s.closedQuote(v.Text, a, s.valueEnd(v.Text, a))
		if value := v.Text[a:end]; credential.PasswordLike(value) && !s.Rules.IsToken(value) && !credential.Placeholder(v.Text, a, end) {
			s.secret(v, a, end, "login")
		}
	}
}

package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Secrets in the configuration of network devices, as their command lines print and take
// it: behind a name and the number of how it is stored (password 7 094F…, secret 9 $9$…,
// key 1 md5 7 …, ENC …), as the community of SNMP, and the keys of RADIUS, TACACS+ and IKE.

// Limits of these.
const (
	mostDeviceWords = 4 // numbers and words between the name and the value: 1 md5 7
	leastType7      = 8 // characters of a password of type 7: its salt, and three of its own
	leastCommunity  = 4
)

// deviceSecret finds the value of the name t[i:j] of a line of such a configuration.
func (s *Scan) deviceSecret(v *finding.View, i, j int) bool {
	t := v.Text
	if char.At(t, j) != ' ' || j+1 >= len(t) {
		return false
	}
	name := t[i:j]
	lead := t[max(0, i-commandReach):i]
	lead = lead[1+bytes.LastIndexByte(lead, '\n'):]
	a, kind := deviceValue(t, j)
	if kind == '0' && cue.SameWord(name, "key") { // in clear
		kind = 0
	}
	end := a
	for end < len(t) && t[end] > ' ' && t[end] != '"' {
		end++
	}
	value := t[a:end]
	switch {
	case bytes.HasSuffix(bytes.ToLower(name[max(0, len(name)-len("community")):]), []byte("community")):
		if kind != 0 || !bytes.HasSuffix(lead, []byte("snmp-server ")) && !bytes.HasSuffix(lead, []byte("snmp ")) && len(name) == len("community") || !community(value) {
			return false
		}
	case kind == '7' && type7(value) && (!cue.SameWord(name, "key") || len(bytes.TrimLeft(lead, " \t")) == 0 || keyServer(lead)):
	case kind == 0:
		if !cue.SameWord(name, "key") || !credential.PasswordLike(value) || !keyServer(lead) {
			return false
		}
	case cue.SameWord(name, "key") || cue.SameWord(name, "key-string"):
		return false
	case kind == 'e':
		if len(value) < credential.MinRandom || !credential.RandomLike(value) {
			return false
		}
	case !credential.PasswordLike(value) || kind == '7' || !credential.SeveralParts(name) && !credential.PasswordWord(name) && !cue.SameWord(name, "secret"):
		return false
	}
	if s.Rules.IsToken(value) || credential.Placeholder(t, a, end) || credential.SecretName(value) != credential.NameNone && !cue.DigitIn(value) {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// deviceValue returns where the value begins behind the name that ends at t[j], and how it
// is stored: the last digit before it, 'e' for encrypted, 'm' for the key of a digest, 0 if
// nothing stands between the two.
func deviceValue(t []byte, j int) (a int, kind byte) {
	a = j + 1
	for range mostDeviceWords {
		n := bytes.IndexByte(t[a:min(len(t), a+len("hexadecimal "))], ' ')
		if n <= 0 {
			break
		}
		switch word := t[a : a+n]; {
		case n == 1 && char.Digit(word[0]):
			kind = word[0]
		case n <= len("65535") && char.AllDigits(word) && kind == 0: // the number of a key
			kind = 'n'
		case cue.SameWord(word, "enc") || cue.SameWord(word, "encrypted"):
			kind = 'e'
		case cue.SameWord(word, "md5"), cue.SameWord(word, "sha"), cue.SameWord(word, "sha1"), cue.SameWord(word, "ascii"), cue.SameWord(word, "hex"), cue.SameWord(word, "ascii-text"), cue.SameWord(word, "hexadecimal"):
			kind = 'm'
		default:
			n = 0
		}
		if n == 0 {
			break
		}
		a += n + 1
	}
	if kind == 'n' { // a number, and no word for how it is stored
		return j + 1, 'n'
	}
	return a, kind
}

// keyServer tells whether the line before a key says that it is one of a server that lets
// people in, or of a peer.
func keyServer(lead []byte) bool {
	return bytes.Contains(lead, []byte("radius-server ")) || bytes.Contains(lead, []byte("tacacs-server ")) || bytes.HasSuffix(lead, []byte("isakmp "))
}

// type7 tells whether a value has the form of a password of type 7: a salt of two digits up
// to 15, and pairs of hexadecimal digits.
func type7(value []byte) bool {
	return len(value) >= leastType7 && len(value)%2 == 0 && char.AllHex(value) && (value[0] == '0' && char.Digit(value[1]) || value[0] == '1' && value[1] <= '5') && !char.AllDigits(value)
}

// community tells whether a word may be the community of an agent of SNMP, and is neither
// what everybody calls it nor the word for one in a manual.
func community(word []byte) bool {
	switch string(bytes.ToLower(word)) {
	case "public", "private", "string", "word", "name", "list", "view", "strings":
		return false
	}
	for _, c := range word {
		if !char.Alnum(c) && bytes.IndexByte([]byte("_-.@!#$%&*+?"), c) < 0 {
			return false
		}
	}
	return len(word) >= leastCommunity && char.Letter(word[0])
}

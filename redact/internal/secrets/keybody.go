package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// What may follow the prefix of a credential: that of one issuer is hexadecimal, that
// of another a UUID; and many prefixes begin words, too.

// keyBody rules out words that only begin like a token.
func keyBody(f credential.KeyForm, body []byte) bool {
	flags := uint16(0)
	for _, c := range char.Looked(body) {
		flags |= char.ByteClass[c]
	}
	switch f.Prefix {
	case "assets-sandbox-", "assets-development-", "assets-production-", "user-sandbox-", "user-development-", "user-production-":
		return char.AllHex(body[:credential.GroupSize])
	case "access-sandbox-", "access-development-", "access-production-":
		const least = 20 // of a body that need not be an id
		if char.AllHex(body[:credential.GroupSize]) {
			return true
		}
		if len(body) < least {
			return false
		}
	case "key-": // followed by letters and digits only, of both cases if it is as long as it has to be
		for _, c := range body[:f.Body] {
			if !char.Alnum(c) {
				return false
			}
		}
		return flags&char.IsDigit != 0 && (flags&char.IsUpper == 0 || len(body) == f.Body && credential.AllKinds(body) && char.DigitsIn(body) >= credential.LeastDrawn && credential.ChangesOf(body) >= f.Body/3)
	case "sdk-", "mob-", "api-", "waka_", "webhook/": // a UUID
		return credential.UUID(body[:min(len(body), f.Body)])
	case "API-", "A3T", "oy2", "4b1d", "ico-", "AKCp", "cmVmd", "EZTK", "p8e-", "test_", "access_", "phc_", "csk-", "xprv", "yprv", "zprv", "tprv", "uprv", "vprv", "mkp_", "dsk_", "refresh_", "rnd_", "m0-", "secret-", "console-", "hooks/", "make.com/",
		"nsec1", "tr_prod_", "tr_stg_", "tr_dev_", "tr_pat_": // no marks
		for _, c := range body[:f.Body] {
			if !char.Alnum(c) || f.Prefix == "API-" && char.ByteClass[c]&char.IsLower != 0 {
				return false
			}
		}
		return flags&char.IsDigit != 0 && !(f.Prefix == "API-" && len(body) == 32 && char.AllHex(body)) && !(f.Prefix == "ico-" && flags&(char.IsUpper|char.IsLower) != char.IsUpper|char.IsLower) // a page of Notion, a picture
	case "hf_", "api_org_": // 34 letters, and digits
		const size = 34
		return bytes.IndexByte(body[:min(len(body), size)], '_') < 0 && (flags&char.IsDigit != 0 || len(body) == size && flags&char.IsUpper != 0 && flags&char.IsLower != 0)
	case "pul-":
		return flags&char.IsDigit != 0 && pulumi(body, f.Body)
	case "xoxa-", "xoxo-": // numbers, not names
		return char.DigitsIn(char.Looked(body)) >= 4
	case "live_": // no marks, or long
		const long = 30
		return flags&char.IsDigit != 0 && (len(body) >= long || !bytes.ContainsAny(body, "_-./+=~"))
	case "secret_", "npm_": // words may follow these
		if bytes.ContainsAny(body[:f.Body], "=_-./") {
			return false
		}
	case "md-": // of this size, random
		return len(body) == f.Body && credential.AllKinds(body) && credential.ChangesOf(body) >= f.Body/3
	case "pk_": // a number and 32 capitals and digits
		number := len(body) - len(bytes.TrimLeft(body, "0123456789"))
		return number > 0 && len(body) == number+len("_")+32 && body[number] == '_' && flags&char.IsLower == 0
	case "A3-": // capitals, digits and dashes
		return flags&char.IsLower == 0 && flags&char.IsDigit != 0 && bytes.Count(body, []byte("-")) >= 4
	case "sc_": // with the name of an account
		return flags&char.IsDigit != 0 && bytes.Contains(body, []byte(".acc"))
	case "re_": // two words
		return flags&char.IsDigit != 0 && body[8] == '_' && bytes.IndexByte(body[9:30], '_') < 0
	case "sk_": // a UUID, or no marks
		return flags&char.IsDigit != 0 && (credential.UUID(body[:min(len(body), 36)]) || !bytes.ContainsAny(body[:24], "_-./"))
	case "SK", "dapi", "private-", "fc-", "e2b_", "ES_": // followed by hexadecimal only
		for _, c := range body[:f.Body] {
			if char.Unhex(c) > 15 {
				return false
			}
		}
		return flags&char.IsDigit != 0
	case "AKIA", "ASIA", "ABIA", "ACCA", "AROA", "AIDA", "SCW":
		n := 0
		for n < min(len(body), f.Body) && char.ByteClass[body[n]]&(char.IsUpper|char.IsDigit) != 0 {
			n++
		}
		if long := f.Body + 2; len(body) >= long && char.DigitsIn(body[:long]) == 0 && char.ByteClass[body[long-1]]&char.IsUpper != 0 { // a word, a gene
			return false
		}
		return n >= f.Body && (f.Prefix != "SCW" || n == f.Body && flags&char.IsDigit != 0)
	}
	path := f.Prefix == "access-" && bytes.IndexByte(body[:f.Body], '/') >= 0 // access-entry/team/user/1
	return !path && (flags&char.IsDigit != 0 || flags&char.IsUpper != 0 && flags&char.IsLower != 0)
}

// pulumi tells whether a body, of which so many characters are looked at, is hexadecimal
// of the size that these tokens have, or at least no words.
func pulumi(body []byte, looked int) bool {
	const size = 40
	n := 0
	for n < len(body) && char.Unhex(body[n]) < 16 {
		n++
	}
	return n == size || credential.AllKinds(body[:looked]) && !bytes.ContainsAny(body[:looked], "_-./")
}

// Lines of base64 of a private key of PuTTY.
const (
	mostKeyLines  = 64 // of 64 characters: a key of RSA with 4096 bits has 27, of 8192 bits 54
	leastKeyLine  = 16
	keyLinesReach = 8 // bytes of the number of lines, with its sign
)

// keyLines finds the lines of base64 behind the name Private-Lines, which ends at t[j],
// and their number.
func (s *Scan) keyLines(v *finding.View, j int) {
	t := v.Text
	i := j
	for i < len(t) && i-j < keyLinesReach && (t[i] == ':' || t[i] == ' ' || char.Digit(t[i])) {
		i++
	}
	from, end := -1, i
	for range mostKeyLines {
		for i < len(t) && i-end < len(`\r\n`) && (t[i] == '\n' || t[i] == '\r' || t[i] == '\\' || t[i-1] == '\\' && (t[i] == 'n' || t[i] == 'r')) {
			i++
		}
		k := i
		for k < len(t) && (credential.Base64Char(t[k]) || t[k] == '=') && t[k] != '-' {
			k++
		}
		if i == end || k-i < leastKeyLine && from < 0 || k == i || char.At(t, k) == '-' || char.At(t, k) == ':' { // the next name
			break
		}
		if from < 0 {
			from = i
		}
		i, end = k, k
	}
	if from >= 0 {
		s.secret(v, from, end, "pem")
	}
}

package redact

import (
	"bytes"
	"encoding/base32"
)

// What may follow the prefix of a credential: that of one issuer is hexadecimal, that
// of another a UUID; and many prefixes begin words, too.

// keyBody rules out words that only begin like a token.
func keyBody(f keyForm, body []byte) bool {
	flags := uint16(0)
	for _, c := range looked(body) {
		flags |= byteClass[c]
	}
	switch f.prefix {
	case "assets-sandbox-", "assets-development-", "assets-production-", "user-sandbox-", "user-development-", "user-production-":
		return allHex(body[:groupSize])
	case "access-sandbox-", "access-development-", "access-production-":
		const least = 20 // of a body that need not be an id
		if allHex(body[:groupSize]) {
			return true
		}
		if len(body) < least {
			return false
		}
	case "key-": // followed by letters and digits only, of both cases if it is as long as it has to be
		for _, c := range body[:f.body] {
			if !alnum(c) {
				return false
			}
		}
		return flags&isDigit != 0 && (flags&isUpper == 0 || len(body) == f.body && allKinds(body) && digitsIn(body) >= leastDrawn && changesOf(body) >= f.body/3)
	case "sdk-", "mob-", "api-", "waka_", "webhook/": // a UUID
		return uuid(body[:min(len(body), f.body)])
	case "API-", "A3T", "oy2", "4b1d", "ico-", "AKCp", "cmVmd", "EZTK", "p8e-", "test_", "access_", "phc_", "csk-", "xprv", "yprv", "zprv", "tprv", "uprv", "vprv", "mkp_", "dsk_", "refresh_", "rnd_", "m0-", "secret-", "console-", "hooks/", "make.com/",
		"nsec1", "tr_prod_", "tr_stg_", "tr_dev_", "tr_pat_": // no marks
		for _, c := range body[:f.body] {
			if !alnum(c) || f.prefix == "API-" && byteClass[c]&isLower != 0 {
				return false
			}
		}
		return flags&isDigit != 0 && !(f.prefix == "API-" && len(body) == 32 && allHex(body)) && !(f.prefix == "ico-" && flags&(isUpper|isLower) != isUpper|isLower) // a page of Notion, a picture
	case "hf_", "api_org_": // 34 letters, and digits
		const size = 34
		return bytes.IndexByte(body[:min(len(body), size)], '_') < 0 && (flags&isDigit != 0 || len(body) == size && flags&isUpper != 0 && flags&isLower != 0)
	case "pul-":
		return flags&isDigit != 0 && pulumi(body, f.body)
	case "xoxa-", "xoxo-": // numbers, not names
		return digitsIn(looked(body)) >= 4
	case "live_": // no marks, or long
		const long = 30
		return flags&isDigit != 0 && (len(body) >= long || !bytes.ContainsAny(body, "_-./+=~"))
	case "secret_", "npm_": // words may follow these
		if bytes.ContainsAny(body[:f.body], "=_-./") {
			return false
		}
	case "md-": // of this size, random
		return len(body) == f.body && allKinds(body) && changesOf(body) >= f.body/3
	case "pk_": // a number and 32 capitals and digits
		number := len(body) - len(bytes.TrimLeft(body, "0123456789"))
		return number > 0 && len(body) == number+len("_")+32 && body[number] == '_' && flags&isLower == 0
	case "A3-": // capitals, digits and dashes
		return flags&isLower == 0 && flags&isDigit != 0 && bytes.Count(body, []byte("-")) >= 4
	case "sc_": // with the name of an account
		return flags&isDigit != 0 && bytes.Contains(body, []byte(".acc"))
	case "re_": // two words
		return flags&isDigit != 0 && body[8] == '_' && bytes.IndexByte(body[9:30], '_') < 0
	case "sk_": // a UUID, or no marks
		return flags&isDigit != 0 && (uuid(body[:min(len(body), 36)]) || !bytes.ContainsAny(body[:24], "_-./"))
	case "SK", "dapi", "private-", "fc-", "e2b_", "ES_": // followed by hexadecimal only
		for _, c := range body[:f.body] {
			if unhex(c) > 15 {
				return false
			}
		}
		return flags&isDigit != 0
	case "AKIA", "ASIA", "ABIA", "ACCA", "AROA", "AIDA", "SCW":
		n := 0
		for n < min(len(body), f.body) && byteClass[body[n]]&(isUpper|isDigit) != 0 {
			n++
		}
		if long := f.body + 2; len(body) >= long && digitsIn(body[:long]) == 0 && byteClass[body[long-1]]&isUpper != 0 { // a word, a gene
			return false
		}
		return n >= f.body && (f.prefix != "SCW" || n == f.body && flags&isDigit != 0)
	}
	path := f.prefix == "access-" && bytes.IndexByte(body[:f.body], '/') >= 0 // access-entry/team/user/1
	return !path && (flags&isDigit != 0 || flags&isUpper != 0 && flags&isLower != 0)
}

// pulumi tells whether a body, of which so many characters are looked at, is hexadecimal
// of the size that these tokens have, or at least no words.
func pulumi(body []byte, looked int) bool {
	const size = 40
	n := 0
	for n < len(body) && unhex(body[n]) < 16 {
		n++
	}
	return n == size || allKinds(body[:looked]) && !bytes.ContainsAny(body[:looked], "_-./")
}

// seedKey tells whether a word is the seed of a key of Stellar (SEP-23) or NATS (nkeys):
// base32 of a first byte that says so, of the seed, and of its CRC-16 (XMODEM), the low
// byte first.
func seedKey(w []byte) bool {
	const longest = 58 // characters of one of NATS
	var raw [longest]byte
	if len(w) > longest {
		return false
	}
	n, err := base32.StdEncoding.WithPadding(base32.NoPadding).Decode(raw[:], w)
	if err != nil || n < len("00") {
		return false
	}
	crc := uint16(0)
	for _, c := range raw[:n-2] {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return raw[n-2] == byte(crc) && raw[n-1] == byte(crc>>8)
}

// Lines of base64 of a private key of PuTTY.
const (
	mostKeyLines  = 64 // of 64 characters: a key of RSA with 4096 bits has 27, of 8192 bits 54
	leastKeyLine  = 16
	keyLinesReach = 8 // bytes of the number of lines, with its sign
)

// keyLines finds the lines of base64 behind the name Private-Lines, which ends at t[j],
// and their number.
func (s *scan) keyLines(v *view, j int) {
	t := v.t
	i := j
	for i < len(t) && i-j < keyLinesReach && (t[i] == ':' || t[i] == ' ' || digit(t[i])) {
		i++
	}
	from, end := -1, i
	for range mostKeyLines {
		for i < len(t) && i-end < len(`\r\n`) && (t[i] == '\n' || t[i] == '\r' || t[i] == '\\' || t[i-1] == '\\' && (t[i] == 'n' || t[i] == 'r')) {
			i++
		}
		k := i
		for k < len(t) && (base64Char(t[k]) || t[k] == '=') && t[k] != '-' {
			k++
		}
		if i == end || k-i < leastKeyLine && from < 0 || k == i || byteAt(t, k) == '-' || byteAt(t, k) == ':' { // the next name
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

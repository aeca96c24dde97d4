package credential

import (
	"bytes"
	"encoding/base32"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Base64Char tells whether c may stand in base64 or base64url.
func Base64Char(c byte) bool { return char.ByteClass[c]&char.IsWord != 0 }

// RunKinds tells which kinds of characters a text has.
func RunKinds(t []byte) (upperSeen, lowerSeen, digitSeen bool) {
	flags := uint16(0)
	for _, c := range t {
		flags |= char.ByteClass[c]
	}
	return flags&char.IsUpper != 0, flags&char.IsLower != 0, flags&char.IsDigit != 0
}

// WordEnd returns the end of the base64 characters at t[i:].
func WordEnd(t []byte, i int) int {
	for i < len(t) && Base64Char(t[i]) {
		i++
	}
	return i
}

// Credentials: tokens with a published prefix, JSON web tokens (RFC 7519),
// private keys in PEM (RFC 7468) and user information in URLs (RFC 3986, 3.2.1). The
// prefixes are those that issuers publish for secret scanning.

// TokenChar tells whether c may stand in a credential.
func TokenChar(c byte) bool {
	return char.ByteClass[c]&char.IsWord != 0 || c == '.' || c == '~' || c == '='
}

// KeyBloom is a filter over the first four bytes of what keys looks for.
var KeyBloom = makeKeyBloom()

type bloom [1 << 10]uint64

func (b *bloom) bit(t []byte) uint32 {
	return (uint32(t[0]) | uint32(t[1])<<8 | uint32(t[2])<<16 | uint32(t[3])<<24) * 0x9E3779B1 >> 16
}

// Has tells whether a word of those added may begin as t does, which has four bytes or more.
func (b *bloom) Has(t []byte) bool {
	bit := b.bit(t)
	return b[bit>>6]>>(bit&63)&1 != 0
}

func makeKeyBloom() *bloom {
	b := new(bloom)
	add := func(word string) {
		bit := b.bit([]byte(word))
		b[bit>>6] |= 1 << (bit & 63)
	}
	for _, forms := range KeyForms {
		for _, f := range forms {
			switch len(f.Prefix) {
			case 2: // followed by hexadecimal
				for _, c := range "0123456789abcdef" {
					for _, d := range "0123456789abcdef" {
						add(f.Prefix + string(c) + string(d))
					}
				}
			case 3:
				for c := range 128 {
					if TokenChar(byte(c)) {
						add(f.Prefix + string(rune(c)))
					}
				}
			default:
				add(f.Prefix)
			}
		}
	}
	for c := range 128 {
		add("eyJ" + string(rune(c)))
	}
	for _, word := range []string{"Bear", "bear", "BEAR", "Basi", "basi", "BASI", "pass", "Pass", "PASS", "mysq", "sshp", "redi", "ldap", "dock", "podm", "smbc", "rdes", "xfre", "lftp", "zip ", "unzi", "WIFI", "cqls", "mong", "sqlc", "ipmi", "mosq", "snmp", "psex", "PsEx", "PSEX", "psEx", "plin", "pscp", "crac", "nete", "evil", "bcp ", "sudo", "chpa", "SetB", "setB", "WiFi"} {
		add(word)
	}
	for _, word := range placedCommands {
		add(word)
	}
	return b
}

// placedCommands begin the commands that take a password by its place.
var placedCommands = [...]string{"htpa", "wpa_", "isql", "rabb", "ejab", "pros", "samb", "radt", "vaul", "carg", "net ", "qpdf", "kadm", "unra", "ncft", "twin", "beel", "hdbs", "osql", "vsql", "nzsq", "scht", "rpcc", "doct", "kini", "gclo", "cryp", "smbp", "SETU", "Nick", "msg ", "7z a", "7z x", "7z e", "7z t", "7za ", "7zz ", "sudo"}

// PlacedBloom is a filter over the beginnings of these commands.
var PlacedBloom = func() *bloom {
	b := new(bloom)
	for _, word := range placedCommands {
		bit := b.bit([]byte(word))
		b[bit>>6] |= 1 << (bit & 63)
	}
	return b
}()

// PEMBegin begins a block of PEM.
const PEMBegin = "-----BEGIN"

const (
	LeastDrawn = 3 // digits of one: names of things have one or two
)

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

// Access keys of AWS have a secret of 40 characters, which stands beside them.
const (
	SecretKeySize = 40
)

// PgpassFields is how many fields a line of a pgpass file has: host, port,
// database, user, password.
const PgpassFields = 5

// PgpassAt returns where the password of a line stands, 0 if there is none.
func PgpassAt(line []byte) int {
	const least, most = 4, 5 // digits of a port
	at, host := 0, false
	for field := range PgpassFields - 1 {
		k := bytes.IndexByte(line[at:], ':')
		if k <= 0 {
			return 0
		}
		text := line[at : at+k]
		at += k + 1
		host = host || field == 0 && (text[0] == '*' || bytes.IndexByte(text, '.') >= 0) || !char.AllHex(text) // an address of hardware or of IPv6 has hexadecimal only
		switch {
		case bytes.IndexByte(text, ' ') >= 0 && field > 0:
			return 0
		case field == 1 && string(text) != "*" && (k < least || k > most || len(bytes.Trim(text, "0123456789")) > 0):
			return 0
		case field == 3 && !char.Letter(text[0]):
			return 0
		}
	}
	if rest := bytes.TrimSpace(line[at:]); !host || len(rest) < 4 || bytes.IndexByte(rest, ' ') >= 0 {
		return 0
	}
	return at
}

// TokenEnd returns the end of the characters of tokens at t[i:].
func TokenEnd(t []byte, i int) int {
	for i < len(t) && TokenChar(t[i]) {
		i++
	}
	return i
}

// WirelessCode begins the text of the QR code of a wireless network, as ZXing defined it:
// WIFI:T:WPA;S:name;P:password;;.
var WirelessCode = []byte("WIFI:")

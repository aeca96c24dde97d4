package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
)

// keyNames are what keys say whose words alone do not: of small letters and digits, as
// plainKey spells them.
var keyNames = makeKeyNames()

func makeKeyNames() map[string]keyName {
	names := map[string]keyName{}
	add := func(n keyName, words ...string) {
		for _, word := range words {
			names[word] = n
		}
	}
	add(keyName{role: labels}, "name", "key", "field", "param", "header", "label", "variable", "id", "path", "parameterkey", "parametername", "optionname", "parameter", "option", "setting", "element", "selector",
		"property", "propertyname", "fieldname", "columnname", "attribute", "attributename", "question", "prompt", "instancepath", "datapath", "loc")
	add(keyName{role: holds}, "value", "val", "data", "string", "content", "default", "text", "identification", "identifier", "number", "richtext", "plaintext", "stringvalue", "parametervalue", "optionvalue",
		"rejectedvalue", "attemptedvalue", "invalidvalue", "oldvalue", "newvalue", "previousvalue", "currentvalue", "old", "new", "before", "after", "input", "answer", "response", "equals", "valuestring")
	add(keyName{role: schemes}, "schemename", "schemenamecode", "schemenameproprietary")
	add(keyName{role: typing}, "type", "identifiertype", "idtype", "identificationtype", "documenttype")
	add(keyName{role: heading}, "columns", "cols", "headers", "headerrow", "fields", "columnnames", "heads")
	add(keyName{role: branching}, "branch", "branchcode", "branchnumber", "transit", "transitnumber", "bankbranch", "branchid", "routingnumber", "routing")
	add(keyName{role: starting}, "bin", "iin", "bin6", "bin8", "cardbin", "cardiin", "binnumber", "iinnumber", "first6", "firstsix", "first6digits", "firstsixdigits", "first8", "firsteight", "first8digits", "firsteightdigits",
		"cardprefix", "panprefix", "cardfirst6", "cardfirstsix", "panfirst6", "issueridentificationnumber", "bankidentificationnumber", "firstdigits")
	add(keyName{role: lasting}, "last6", "lastsix", "last5", "lastfive", "last8", "lasteight", "last6digits", "lastsixdigits", "last5digits", "lastfivedigits", "last8digits", "lasteightdigits", "lastdigits",
		"mask", "accountsuffix", "cardsuffix", "pansuffix")
	add(keyName{role: banking}, "bicorbei", "bankidentifiercode")               // ISO 9362; see keyEnds
	add(keyName{role: keyPart}, "d", "k", "p", "q", "dp", "dq", "qi", "result") // see partOfSecret
	add(keyName{kind: credential.NameKey}, "access", "refresh")                 // the tokens of GoCardless' bank account data
	add(keyName{kind: credential.NameSecret}, "cardpin", "passwordconfirm", "passwords", "recoverycodes", "backupcodes", "backupcode")
	add(keyName{kind: credential.NameDigits}, "mfa", "tan", "onetimepassword", "cvv2", "cvc2", "securitynumber")
	add(keyName{kind: credential.NameMaybe}, "apikeys", "secrets", "tokens", "accesstokens", "privatekeys", "cred", "creds", "accesscode", "authcode", "authorizationcode",
		"codeverifier", "devicecode", "clientassertion", "assertion", "idtokenhint", "secrethash", "secretid", "bearer", "seed", "cookie", "setcookie")
	return names
}

// keyEnds are the last words of keys that say the same whatever stands before them:
// creditorIban, counterparty_bic.
var keyEnds = [...]struct {
	word string
	role keyRole
}{
	{"iban", spelling}, {"ibannumber", spelling},
	{"bic", banking}, {"bicfi", banking}, {"swift", banking}, {"swiftcode", banking}, {"swiftnumber", banking}, {"swiftbic", banking}, {"biccode", banking}, {"bicswift", banking},
}

// keyRoleOf looks a key up by its letters and digits.
func keyRoleOf(key []byte) (name keyName, known bool) {
	var buf [cue.LongestName]byte
	low := plainKey(buf[:0], key)
	if name, known = keyNames[string(low)]; known || len(low) < len("bic") {
		return name, known
	}
	for _, end := range keyEnds {
		if bytes.HasSuffix(low, []byte(end.word)) && startsWord(key, len(end.word)) {
			return keyName{role: end.role}, true
		}
	}
	return keyName{}, false
}

// plainKey appends the letters and digits of a key in small letters, or nothing if it
// has other characters than those that divide words, or too many.
func plainKey(dst, key []byte) []byte {
	if len(key) > cue.LongestName {
		return nil
	}
	for _, c := range key {
		switch {
		case char.Alnum(c):
			dst = append(dst, char.Lower(c))
		case c != '_' && c != '-' && c != ' ' && c != '.':
			return nil
		}
	}
	return dst
}

// startsWord tells whether the last letters of a key, so many, begin with a word: all
// of it, behind a mark, or with a capital letter behind a small one.
func startsWord(key []byte, letters int) bool {
	i := len(key)
	for ; letters > 0; letters-- {
		for i--; !char.Alnum(key[i]); i-- {
		}
	}
	return i == 0 || !char.Letter(key[i-1]) || char.ByteClass[key[i-1]]&char.IsLower != 0 && char.ByteClass[key[i]]&char.IsUpper != 0
}

// Limits of the parts of keys in objects that say so themselves.
const (
	leastKeyPart = 22   // characters: 128 bits in base64url
	keyPartReach = 4096 // bytes of the object before it and behind it: an RSA key of 4096 bits has 3,200
)

// partOfSecret tells whether the text of the member of f is secret by what its object has
// beside it: the private parts of a JSON web key (RFC 7518, 6), whose type is "kty", and
// what a random_password of Terraform made, beside its hash.
func (w *walker) partOfSecret(f *frame, text []byte) bool {
	if f.start < 0 || f.index >= 0 {
		return false
	}
	beside := w.src[f.start:min(len(w.src), f.hi+keyPartReach)]
	if f.hi-f.start > keyPartReach {
		beside = w.src[f.hi-keyPartReach : min(len(w.src), f.hi+keyPartReach)]
	}
	if string(w.src[f.lo:f.hi]) == "result" {
		return len(text) >= credential.MinPassword && bytes.Contains(beside, []byte(`"bcrypt_hash"`)) && credential.PlausibleSecret(text, credential.NameSecret)
	}
	if len(text) < leastKeyPart {
		return false
	}
	for _, c := range char.Looked(text) {
		if !char.Alnum(c) && c != '-' && c != '_' {
			return false
		}
	}
	return bytes.Contains(beside, []byte(`"kty"`))
}

// Package cue reads the words around a number or a value: what they say it is, in English
// (cue.go, before.go, gap.go) and in other languages (foreign*.go, a language a line).
package cue

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// Set is a set of words that say what a number near them is.
type Set uint32

const (
	Account  Set = 1 << iota // account, konto, compte, …
	IBAN                     // iban
	Routing                  // routing, aba, rtn
	Sort                     // sort code
	BSB                      // bsb
	Transit                  // transit, institution
	IFSC                     // ifsc
	CLABE                    // clabe
	CBU                      // cbu, cvu
	Card                     // card, pan, visa, …
	Ending                   // ending, last
	SSN                      // ssn, social security, itin
	Tax                      // tax and identity numbers
	Article                  // ean, gtin, isbn, upc
	Phone                    // tel, phone, mobile
	NINO                     // national insurance
	Link                     // number, no, is, … carries a cue on
	Secret                   // password, secret, key, …
	Health                   // nhs and other health numbers
	Employer                 // ein
	BLZ                      // blz
	RIB                      // rib, which is meat too
	BIN                      // bin, iin: the first digits of a card
	Starting                 // starting, beginning
	phrase                   // tax, soc, …: a cue together with the next word
	Capital                  // EIN in capitals, which is no German article
	Identity                 // an identity number of another language: its words need no check digit
	Transfer                 // transfer, and kinds of accounts: see transferred
)

var words = makeCueWords()

func makeCueWords() map[string]Set {
	t := map[string]Set{}
	for c, words := range map[Set][]string{
		Account: {"account", "accounts", "acount", "accout", "accont", "acconut", "accnt", "acct", "acc", "ac", "accountnumber", "accountno", "acctno", "accno", "acctnum", "acctid", "accountid",
			"konto", "kontonummer", "kontonr", "ktonr", "kto", "compte", "cuenta", "conto", "rekening", "rekeningnummer", "conta", "tilinumero",
			"dda", "beneficiary", "bankacct", "bankaccount", "acno", "iban", "bban", "nuban", "tilinro", "rachunek", "ucet", "szamlaszam", "ccc", "acctnumber", "bankaccountnumber", "accountnumbers", "beneficiaryaccount", "othr", "numerocuenta", "numerodecuenta", "contabancaria", "bankgiro", "plusgiro", "postgiro", "girokonto", "bankkonto", "sparkonto",
			"auftragskonto", "gegenkonto", "empfaengerkonto", "zielkonto", "bankkontonummer", "tegenrekening", "bankrekening", "rekeningnr", "reknr", "mottagarkonto", "tilkonto", "frakonto", "kontonro", "pankkitili",
			"rachunku", "konta", "uctu", "protiucet", "cislouctu", "bankszamlaszam", "bancar", "contul", "arvelduskonto", "saskaita", "saskaitos", "akaun", "akaunti", "reikningsnumer", "hesap", "hesabi", "beneficiario",
			"paymentnetworks", "counterpartysubentitysubidentifier", "loannumber", "micr", "bvn", "accountnum", "fromaccount", "toaccount", "numerodecompte", "cta", "rek", "bankszamla", "tili", "bnet"},
		IBAN:    {"iban"},
		Routing: {"routing", "aba", "rtn", "routingnumber", "routingno", "aba_rtn", "transit", "fedwire", "wire", "abartn", "bankid", "abanumber", "routingtransitnumber", "routingnumbers", "rtnbr", "rtno", "rtnum", "bankcode", "mmbid", "banklocationid", "primarybankidentificationnumber"},
		Sort:    {"sort", "sortcode", "sc", "nsc", "sorting", "sortingcode", "sortcd", "mmbid", "bankidentifier", "counterpartysubentityidentifier"},
		BSB:     {"bsb", "bsbnumber", "bsbcode", "bsbno"},
		Transit: {"transit", "institution"},
		IFSC:    {"ifsc", "ifsccode"},
		CLABE:   {"clabe"},
		CBU:     {"cbu", "cvu"},
		Card: {"card", "cardnumber", "cardno", "pan", "visa", "mastercard", "maestro", "amex", "discover", "debit", "credit", "cc",
			"creditcard", "karte", "kartennummer", "carte", "tarjeta", "carta", "ccnum", "ccnumber", "jcb", "unionpay", "diners"},
		Ending:   {"ending", "ends", "last", "endung", "endend"},
		SSN:      {"ssn", "social", "itin", "socialsecurity", "socialsecuritynumber", "tin", "taxpayer", "ssnumber", "ssno"},
		Tax:      {"taxid", "tfn", "tfns", "ird", "sin", "sins", "cpf", "cnpj", "bsn", "pesel", "steuerid", "steuernummer", "steuer", "steueridentifikationsnummer", "idnr", "nif", "dni", "nie", "nir", "insee", "personnummer", "fodselsnummer", "cpr", "hetu", "rrn", "aadhaar", "aadhar", "curp", "rfc", "cuit", "cuil", "rut", "utr", "abn", "nrn", "rijksregister", "sofinummer", "egn", "cnp", "oib", "jmbg", "tckn", "nric", "hkid", "tin", "taxpayer", "burgerservicenummer", "contribuinte", "fnr", "fodselsnr", "henkilotunnus", "kimlik", "uidai", "niss", "insz", "rijksregisternummer", "personnr", "taxidentificationnumber", "taxfilenumber", "socialinsurancenumber", "idnumber", "steuernr", "steuerident", "nationalid", "nationalidnumber", "kennitala", "rodnecislo", "cedula", "ahv", "avs", "ahvnummer", "fin", "pps", "ppsn", "emso", "gstin", "svnr", "rvnr"},
		Identity: {"dni", "cedula", "svnr", "steuernummer", "steuernr"},
		Article:  {"ean", "gtin", "isbn", "upc", "barcode", "sku", "imei"},
		Phone:    {"tel", "phone", "mobile", "telephone", "fax", "call", "ph", "cell", "telefon", "mob"},
		NINO:     {"nino", "insurance"},
		Link:     {"number", "numbers", "no", "nr", "num", "nummer", "numero", "is", "id", "code", "from", "to", "my", "the", "our", "your", "in", "digits", "four", "five", "six", "security", "holder", "and", "of", "n", "with", "details", "for", "bank", "full", "identification", "do", "del", "della", "da", "titular", "mf", "holders", "was", "now", "changed", "updated", "as", "new", "old", "will", "be", "which", "bankowe", "bankowy", "it", "assistant", "like", "nos", "you", "gave", "provided", "entered", "specified", "mentioned", "corrente", "corriente", "courant", "debite", "credite", "string", "that", "whose", "found", "not", "has", "nurnber", "numbr", "nubmer", "numer", "nmber"},
		Secret:   {"password", "passwd", "pwd", "secret", "token", "apikey", "passphrase", "passcode", "pin"},
		Health:   {"nhs", "chi", "medicare", "mbi", "kvnr", "egk", "versichertennummer", "krankenversichertennummer", "krankenversicherungsnummer"},
		Employer: {"ein", "fein", "employer", "employeridentificationnumber", "taxid"},
		phrase:   {"tax", "soc", "ss", "permanent", "tekuci", "ziro", "bankovni", "transakcijski", "broj", "tai", "bank", "public", "internal", "loan"},
		Capital:  {"fein", "employer", "employeridentificationnumber"},
		RIB:      {"rib"},
		BIN:      {"bin", "iin"},
		Starting: {"starting", "starts", "beginning", "begins", "first"},
		Transfer: {"transfer", "transfers", "xfer", "trf", "tfr", "trsf", "chk", "chkg", "checking", "sav", "savings", "svgs", "mma"},
		BLZ:      {"blz", "bankleitzahl", "mmbid"},
	} {
		for _, w := range words {
			t[w] |= c
		}
	}
	return t
}

// Of looks one word up.
func Of(word []byte) Set {
	if MayBeCue(word) == 0 {
		return 0
	}
	return Exact(word)
}

// Exact is Of for a word of which Filter tells that it may be one.
func Exact(word []byte) Set {
	if len(word) <= packedLetters {
		return brief.of(pack(word))
	}
	if len(word) > LongestCue {
		return 0
	}
	var low [LongestCue]byte
	for i, c := range word {
		low[i] = char.Lower(c)
	}
	return words[string(low[:len(word)])]
}

// After collects the cues among the words that stand right behind t[:i].
func After(t []byte, i int) (found Set) {
	for range reach {
		j := i
		for j < len(t) && t[j] < 0x80 && !char.Alnum(t[j]) && j-i < Gap {
			j++
		}
		i = j
		for i < len(t) && char.Letter(t[i]) && i-j < LongestCue {
			i++
		}
		c := Of(t[j:i])
		if c == 0 {
			break
		}
		found |= c &^ Link
	}
	return found
}

// In collects the cues of all words of a JSON key, snake or camel case.
func In(key []byte) (found Set) {
	before := key[:0] // the last word
	for i := 0; i < len(key); {
		j := NamePart(key, i)
		if j == i {
			i++
			continue
		}
		if j+tokens.Letters < len(key) && key[j] == '_' && char.Letters(key[j+1:]) >= tokens.Letters { // the name of a token says nothing of its neighbours
			i = j + 1 + tokens.Letters
			continue
		}
		found |= Of(key[i:j]) | phraseOf(before, key[i:j])
		if string(key[i:j]) == "Svcr" { // AcctSvcrRef of ISO 20022 is a reference of the bank
			found &^= Account
		}
		before, i = key[i:j], j
	}
	if aboutKey(before) {
		return found & Card // which may be all that is known of its first and last digits
	}
	says := ForeignKey(key)
	if says&ForeignAbout != 0 {
		return found & Card
	}
	found |= says.cues()
	if string(key) == "bacs" { // a sort code, beside "ach" and "wire"
		found |= Sort
	}
	return (found | Of(key)) &^ (Link | phrase)
}

// aboutKey tells whether the last word of a key says that its value is an amount, a
// time or a kind: account_balance, account-open-date, AcctSvcrRef.
func aboutKey(last []byte) bool {
	var low [longestAbout]byte
	if len(last) > len(low) {
		return false
	}
	for i, c := range last {
		low[i] = char.Lower(c)
	}
	switch string(low[:len(last)]) {
	case "saldo", "betrag", "datum", "solde", "montant", "importe", "monto", "fecha", "valor", "importo", "bedrag", "kwota", "data", "castka", "tutar", "tarih", "bakiye", "iznos", "belopp", "belop", "waehrung", "moneda", "moeda", "valuta":
		return true
	case "balance", "balances", "date", "time", "timestamp", "at", "amount", "count", "limit", "type", "status", "currency", "fee", "fees", "rate", "total":
		return true
	}
	return false
}

// longestAbout is the longest of these words.
const longestAbout = len("timestamp")

// NamePart returns where the word ends that a key has at key[i:], i if none begins there.
func NamePart(key []byte, i int) int {
	j := i
	for j < len(key) && char.Letter(key[j]) && (j == i || !camel(key, j)) {
		j++
	}
	return j
}

// camel tells whether an upper-case letter at j starts a new word: fromAccount, BSBNumber.
func camel(key []byte, j int) bool {
	if char.ByteClass[key[j]]&char.IsUpper == 0 {
		return false
	}
	return char.ByteClass[key[j-1]]&char.IsLower != 0 || j+2 < len(key) && char.ByteClass[key[j-1]]&char.IsUpper != 0 && char.ByteClass[key[j+1]]&char.ByteClass[key[j+2]]&char.IsLower != 0
}

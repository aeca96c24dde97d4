package redact

// cue is a set of words that say what a number near them is.
type cue uint32

const (
	cueAccount  cue = 1 << iota // account, konto, compte, …
	cueIBAN                     // iban
	cueRouting                  // routing, aba, rtn
	cueSort                     // sort code
	cueBSB                      // bsb
	cueTransit                  // transit, institution
	cueIFSC                     // ifsc
	cueCLABE                    // clabe
	cueCBU                      // cbu, cvu
	cueCard                     // card, pan, visa, …
	cueEnding                   // ending, last
	cueSSN                      // ssn, social security, itin
	cueTax                      // tax and identity numbers
	cueArticle                  // ean, gtin, isbn, upc
	cuePhone                    // tel, phone, mobile
	cueNINO                     // national insurance
	cueLink                     // number, no, is, … carries a cue on
	cueSecret                   // password, secret, key, …
	cueHealth                   // nhs and other health numbers
	cueEmployer                 // ein
	cueBLZ                      // blz
	cueRIB                      // rib, which is meat too
	cueBIN                      // bin, iin: the first digits of a card
	cueStarting                 // starting, beginning
	cuePhrase                   // tax, soc, …: a cue together with the next word
	cueCapital                  // EIN in capitals, which is no German article
	cueIdentity                 // an identity number of another language: its words need no check digit
	cueTransfer                 // transfer, and kinds of accounts: see transferred
)

var cueWords = makeCueWords()

func makeCueWords() map[string]cue {
	t := map[string]cue{}
	for c, words := range map[cue][]string{
		cueAccount: {"account", "accounts", "acount", "accout", "accont", "acconut", "accnt", "acct", "acc", "ac", "accountnumber", "accountno", "acctno", "accno", "acctnum", "acctid", "accountid",
			"konto", "kontonummer", "kontonr", "ktonr", "kto", "compte", "cuenta", "conto", "rekening", "rekeningnummer", "conta", "tilinumero",
			"dda", "beneficiary", "bankacct", "bankaccount", "acno", "iban", "bban", "nuban", "tilinro", "rachunek", "ucet", "szamlaszam", "ccc", "acctnumber", "bankaccountnumber", "accountnumbers", "beneficiaryaccount", "othr", "numerocuenta", "numerodecuenta", "contabancaria", "bankgiro", "plusgiro", "postgiro", "girokonto", "bankkonto", "sparkonto",
			"auftragskonto", "gegenkonto", "empfaengerkonto", "zielkonto", "bankkontonummer", "tegenrekening", "bankrekening", "rekeningnr", "reknr", "mottagarkonto", "tilkonto", "frakonto", "kontonro", "pankkitili",
			"rachunku", "konta", "uctu", "protiucet", "cislouctu", "bankszamlaszam", "bancar", "contul", "arvelduskonto", "saskaita", "saskaitos", "akaun", "akaunti", "reikningsnumer", "hesap", "hesabi", "beneficiario",
			"paymentnetworks", "counterpartysubentitysubidentifier", "loannumber", "micr", "bvn", "accountnum", "fromaccount", "toaccount", "numerodecompte", "cta", "rek", "bankszamla", "tili", "bnet"},
		cueIBAN:    {"iban"},
		cueRouting: {"routing", "aba", "rtn", "routingnumber", "routingno", "aba_rtn", "transit", "fedwire", "wire", "abartn", "bankid", "abanumber", "routingtransitnumber", "routingnumbers", "rtnbr", "rtno", "rtnum", "bankcode", "mmbid", "banklocationid", "primarybankidentificationnumber"},
		cueSort:    {"sort", "sortcode", "sc", "nsc", "sorting", "sortingcode", "sortcd", "mmbid", "bankidentifier", "counterpartysubentityidentifier"},
		cueBSB:     {"bsb", "bsbnumber", "bsbcode", "bsbno"},
		cueTransit: {"transit", "institution"},
		cueIFSC:    {"ifsc", "ifsccode"},
		cueCLABE:   {"clabe"},
		cueCBU:     {"cbu", "cvu"},
		cueCard: {"card", "cardnumber", "cardno", "pan", "visa", "mastercard", "maestro", "amex", "discover", "debit", "credit", "cc",
			"creditcard", "karte", "kartennummer", "carte", "tarjeta", "carta", "ccnum", "ccnumber", "jcb", "unionpay", "diners"},
		cueEnding:   {"ending", "ends", "last", "endung", "endend"},
		cueSSN:      {"ssn", "social", "itin", "socialsecurity", "socialsecuritynumber", "tin", "taxpayer", "ssnumber", "ssno"},
		cueTax:      {"taxid", "tfn", "tfns", "ird", "sin", "sins", "cpf", "cnpj", "bsn", "pesel", "steuerid", "steuernummer", "steuer", "steueridentifikationsnummer", "idnr", "nif", "dni", "nie", "nir", "insee", "personnummer", "fodselsnummer", "cpr", "hetu", "rrn", "aadhaar", "aadhar", "curp", "rfc", "cuit", "cuil", "rut", "utr", "abn", "nrn", "rijksregister", "sofinummer", "egn", "cnp", "oib", "jmbg", "tckn", "nric", "hkid", "tin", "taxpayer", "burgerservicenummer", "contribuinte", "fnr", "fodselsnr", "henkilotunnus", "kimlik", "uidai", "niss", "insz", "rijksregisternummer", "personnr", "taxidentificationnumber", "taxfilenumber", "socialinsurancenumber", "idnumber", "steuernr", "steuerident", "nationalid", "nationalidnumber", "kennitala", "rodnecislo", "cedula", "ahv", "avs", "ahvnummer", "fin", "pps", "ppsn", "emso", "gstin", "svnr", "rvnr"},
		cueIdentity: {"dni", "cedula", "svnr", "steuernummer", "steuernr"},
		cueArticle:  {"ean", "gtin", "isbn", "upc", "barcode", "sku", "imei"},
		cuePhone:    {"tel", "phone", "mobile", "telephone", "fax", "call", "ph", "cell", "telefon", "mob"},
		cueNINO:     {"nino", "insurance"},
		cueLink:     {"number", "numbers", "no", "nr", "num", "nummer", "numero", "is", "id", "code", "from", "to", "my", "the", "our", "your", "in", "digits", "four", "five", "six", "security", "holder", "and", "of", "n", "with", "details", "for", "bank", "full", "identification", "do", "del", "della", "da", "titular", "mf", "holders", "was", "now", "changed", "updated", "as", "new", "old", "will", "be", "which", "bankowe", "bankowy", "it", "assistant", "like", "nos", "you", "gave", "provided", "entered", "specified", "mentioned", "corrente", "corriente", "courant", "string", "that", "whose", "found", "not", "has", "nurnber", "numbr", "nubmer", "numer", "nmber"},
		cueSecret:   {"password", "passwd", "pwd", "secret", "token", "apikey", "passphrase", "passcode", "pin"},
		cueHealth:   {"nhs", "chi", "medicare", "mbi", "kvnr", "egk", "versichertennummer", "krankenversichertennummer", "krankenversicherungsnummer"},
		cueEmployer: {"ein", "fein", "employer", "employeridentificationnumber", "taxid"},
		cuePhrase:   {"tax", "soc", "ss", "permanent", "tekuci", "ziro", "bankovni", "transakcijski", "broj", "tai", "bank", "public", "internal", "loan"},
		cueCapital:  {"fein", "employer", "employeridentificationnumber"},
		cueRIB:      {"rib"},
		cueBIN:      {"bin", "iin"},
		cueStarting: {"starting", "starts", "beginning", "begins", "first"},
		cueTransfer: {"transfer", "transfers", "xfer", "trf", "tfr", "trsf", "chk", "chkg", "checking", "sav", "savings", "svgs", "mma"},
		cueBLZ:      {"blz", "bankleitzahl", "mmbid"},
	} {
		for _, w := range words {
			t[w] |= c
		}
	}
	return t
}

// cueOf looks one word up.
func cueOf(word []byte) cue {
	if len(word) > longestCue || mayBeCue(word) == 0 {
		return 0
	}
	var low [longestCue]byte
	for i, c := range word {
		low[i] = lower(c)
	}
	return cueWords[string(low[:len(word)])]
}

// cueAfter collects the cues among the words that stand right behind t[:i].
func cueAfter(t []byte, i int) (found cue) {
	for range cueReach {
		j := i
		for j < len(t) && t[j] < 0x80 && !alnum(t[j]) && j-i < cueGap {
			j++
		}
		i = j
		for i < len(t) && letter(t[i]) && i-j < longestCue {
			i++
		}
		c := cueOf(t[j:i])
		if c == 0 {
			break
		}
		found |= c &^ cueLink
	}
	return found
}

// cuesIn collects the cues of all words of a JSON key, snake or camel case.
func cuesIn(key []byte) (found cue) {
	before := key[:0] // the last word
	for i := 0; i < len(key); {
		j := namePart(key, i)
		if j == i {
			i++
			continue
		}
		if j+tokenLetters < len(key) && key[j] == '_' && letters(key[j+1:]) >= tokenLetters { // the name of a token says nothing of its neighbours
			i = j + 1 + tokenLetters
			continue
		}
		found |= cueOf(key[i:j]) | phrase(before, key[i:j])
		if string(key[i:j]) == "Svcr" { // AcctSvcrRef of ISO 20022 is a reference of the bank
			found &^= cueAccount
		}
		before, i = key[i:j], j
	}
	if aboutKey(before) {
		return found & cueCard // which may be all that is known of its first and last digits
	}
	says := foreignKey(key)
	if says&foreignAbout != 0 {
		return found & cueCard
	}
	found |= says.cues()
	if string(key) == "bacs" { // a sort code, beside "ach" and "wire"
		found |= cueSort
	}
	return (found | cueOf(key)) &^ (cueLink | cuePhrase)
}

// aboutKey tells whether the last word of a key says that its value is an amount, a
// time or a kind: account_balance, account-open-date, AcctSvcrRef.
func aboutKey(last []byte) bool {
	var low [longestAbout]byte
	if len(last) > len(low) {
		return false
	}
	for i, c := range last {
		low[i] = lower(c)
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

// namePart returns where the word ends that a key has at key[i:], i if none begins there.
func namePart(key []byte, i int) int {
	j := i
	for j < len(key) && letter(key[j]) && (j == i || !camel(key, j)) {
		j++
	}
	return j
}

// camel tells whether an upper-case letter at j starts a new word: fromAccount, BSBNumber.
func camel(key []byte, j int) bool {
	if byteClass[key[j]]&isUpper == 0 {
		return false
	}
	return byteClass[key[j-1]]&isLower != 0 || j+2 < len(key) && byteClass[key[j-1]]&isUpper != 0 && byteClass[key[j+1]]&byteClass[key[j+2]]&isLower != 0
}

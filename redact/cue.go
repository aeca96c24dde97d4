package redact

import (
	"bytes"
	"unicode/utf8"
)

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
)

var cueWords = makeCueWords()

func makeCueWords() map[string]cue {
	t := map[string]cue{}
	for c, words := range map[cue][]string{
		cueAccount: {"account", "accounts", "acct", "acc", "ac", "accountnumber", "accountno", "acctno", "accno", "acctnum", "acctid", "accountid",
			"konto", "kontonummer", "kontonr", "ktonr", "kto", "compte", "cuenta", "conto", "rekening", "rekeningnummer", "conta", "tilinumero",
			"dda", "beneficiary", "bankacct", "bankaccount", "iban", "bban", "nuban", "tilinro", "rachunek", "ucet", "szamlaszam", "ccc", "acctnumber", "bankaccountnumber", "accountnumbers", "beneficiaryaccount", "othr", "numerocuenta", "numerodecuenta", "contabancaria", "bankgiro", "plusgiro", "postgiro", "girokonto", "bankkonto", "sparkonto",
			"auftragskonto", "gegenkonto", "empfaengerkonto", "zielkonto", "bankkontonummer", "tegenrekening", "bankrekening", "rekeningnr", "reknr", "mottagarkonto", "tilkonto", "frakonto", "kontonro", "pankkitili",
			"rachunku", "konta", "uctu", "protiucet", "cislouctu", "bankszamlaszam", "bancar", "contul", "arvelduskonto", "saskaita", "saskaitos", "akaun", "akaunti", "reikningsnumer", "hesap", "hesabi", "beneficiario",
			"paymentnetworks", "counterpartysubentitysubidentifier", "loannumber", "micr", "bvn", "accountnum", "fromaccount", "toaccount", "numerodecompte", "cta", "rek", "bankszamla", "tili"},
		cueIBAN:    {"iban"},
		cueRouting: {"routing", "aba", "rtn", "routingnumber", "routingno", "aba_rtn", "transit", "fedwire", "wire", "abartn", "bankid", "abanumber", "routingtransitnumber", "routingnumbers", "bankcode", "mmbid", "banklocationid", "primarybankidentificationnumber"},
		cueSort:    {"sort", "sortcode", "sc", "sorting", "sortingcode", "mmbid", "bankidentifier", "counterpartysubentityidentifier"},
		cueBSB:     {"bsb", "bsbnumber", "bsbcode", "bsbno"},
		cueTransit: {"transit", "institution"},
		cueIFSC:    {"ifsc", "ifsccode"},
		cueCLABE:   {"clabe"},
		cueCBU:     {"cbu", "cvu"},
		cueCard: {"card", "cardnumber", "cardno", "pan", "visa", "mastercard", "maestro", "amex", "discover", "debit", "credit", "cc",
			"creditcard", "karte", "kartennummer", "carte", "tarjeta", "carta", "ccnum", "ccnumber", "jcb", "unionpay", "diners"},
		cueEnding:   {"ending", "ends", "last", "endung", "endend"},
		cueSSN:      {"ssn", "social", "itin", "socialsecurity", "socialsecuritynumber", "tin", "taxpayer", "ssnumber", "ssno"},
		cueTax:      {"taxid", "tfn", "sin", "cpf", "cnpj", "bsn", "pesel", "steuerid", "steuernummer", "steuer", "steueridentifikationsnummer", "idnr", "nif", "dni", "nie", "nir", "insee", "personnummer", "fodselsnummer", "cpr", "hetu", "rrn", "aadhaar", "aadhar", "curp", "rfc", "cuit", "cuil", "rut", "utr", "abn", "nrn", "rijksregister", "sofinummer", "egn", "cnp", "oib", "jmbg", "tckn", "nric", "hkid", "tin", "taxpayer", "burgerservicenummer", "contribuinte", "fnr", "fodselsnr", "henkilotunnus", "kimlik", "uidai", "niss", "insz", "rijksregisternummer", "personnr", "taxidentificationnumber", "taxfilenumber", "socialinsurancenumber", "idnumber", "steuernr", "steuerident", "nationalid", "nationalidnumber", "kennitala", "rodnecislo", "cedula", "ahv", "avs", "ahvnummer", "fin", "pps", "ppsn", "emso", "gstin", "svnr", "rvnr"},
		cueArticle:  {"ean", "gtin", "isbn", "upc", "barcode", "sku", "imei"},
		cuePhone:    {"tel", "phone", "mobile", "telephone", "fax", "call", "ph", "cell", "telefon", "mob"},
		cueNINO:     {"nino", "insurance"},
		cueLink:     {"number", "numbers", "no", "nr", "num", "nummer", "numero", "is", "id", "code", "from", "to", "my", "the", "our", "your", "in", "digits", "four", "five", "six", "security", "holder", "and", "of", "n", "with", "details", "for", "bank", "full", "identification", "do", "del", "della", "da", "titular", "mf", "holders", "was", "now", "changed", "updated", "as", "new", "old", "will", "be", "which", "bankowe", "bankowy", "it", "assistant", "like", "nos", "you", "gave", "provided", "entered", "specified", "mentioned", "corrente", "corriente", "courant", "string"},
		cueSecret:   {"password", "passwd", "pwd", "secret", "token", "apikey", "passphrase", "passcode", "pin"},
		cueHealth:   {"nhs", "chi", "medicare", "mbi", "kvnr", "egk", "versichertennummer", "krankenversichertennummer", "krankenversicherungsnummer"},
		cueEmployer: {"ein", "fein", "employer", "employeridentificationnumber", "taxid"},
		cuePhrase:   {"tax", "soc", "ss", "permanent", "tekuci", "ziro", "bankovni", "transakcijski", "broj", "tai", "bank", "public", "internal", "loan"},
		cueCapital:  {"fein", "employer", "employeridentificationnumber"},
		cueRIB:      {"rib"},
		cueBIN:      {"bin", "iin"},
		cueStarting: {"starting", "starts", "beginning", "begins", "first"},
		cueBLZ:      {"blz", "bankleitzahl", "mmbid"},
	} {
		for _, w := range words {
			t[w] |= c
		}
	}
	return t
}

// Reach of a cue: so many words back.
const (
	cueReach   = 6
	longestCue = 36
)

// cueBefore collects the cues among the words that stand right before t[i], as far as
// link words carry them. Where the text begins, the leaf's own key speaks for it.
func cueBefore(t []byte, i int, key cue) (found cue) {
	counted := false // the word "digits" was seen
	named := false   // a sign of assignment was seen: the words may be those of one name
	joined := false  // nothing but "and" was seen, or the like: another number may stand before it
	listed := false  // and then commas
	number := i
	for range cueReach {
		g := readGap(t, i)
		if i == number {
			g = valueGap(t, i)
		}
		if g.said != 0 || g.closed {
			return found | g.said
		}
		j := g.end
		named, joined = named || g.named, joined || bytes.ContainsAny(t[j:i], "&/")
		if j == 0 {
			return found | key
		}
		if t[j-1] >= utf8.RuneSelf {
			switch c, start, link := foreignCueBefore(t, j, number); {
			case c != 0:
				return found | c
			case link:
				i = start
				continue
			}
		}
		end := j
		for j > 0 && letter(t[j-1]) && end-j < longestCue {
			j--
		}
		if j == end {
			if joined || listed && byteAt(t, j) == ',' {
				if n := likeNumber(t, j, number); n > 0 {
					i, joined, listed = j-n, false, true
					continue
				}
			}
			if !counted || !digit(t[j-1]) || alnum(byteAt(t, j-2)) {
				return found
			}
			i = j - 1 // as many digits
			continue
		}
		if conjunction(t[j:end]) {
			i, joined = j, true
			continue
		}
		joined = false
		c := cueOf(t[j:end])
		if c&^(cueLink|cuePhrase) == 0 {
			said, start, link := foreignCueBefore(t, end, number)
			if said != 0 {
				return found | said
			}
			if link && end-start > 1 && (c&cueLink == 0 && phrase(precedingWord(t, j), t[j:end]) == 0 || start < j) {
				i = start
				continue
			}
		} else if c&cueAccount != 0 {
			if says, _ := foreignWords.before(t, end); says&foreignAbout != 0 { // the balance of the account
				return found
			}
		}
		if c == 0 && named {
			from := j
			j = lastCamel(t, j, end)
			if c = cueOf(t[j:end]); c == 0 {
				said := namedPair(t, j, end)
				if i == number {
					said |= cuesIn(t[from:end]) // AccountIdentifier
				}
				if said != 0 || aboutKey(t[j:end]) {
					return found | said
				}
			}
		}
		if counted = counted || string(t[j:end]) == "digits"; counted && c&cueEnding != 0 {
			c |= cueCard // the last six digits, whatever of
		}
		if end-j > len(transferType) && string(t[j:j+len(transferType)]) == transferType {
			j += len(transferType)
			c |= cueOf(t[j:end])
		}
		if end-j == 1 {
			c |= abbreviated(t, j)
		}
		if end-j <= len("acc") && j > 0 && digit(t[j-1]) && (end == i || end-j == len("ac")) { // of a commit, 79e2ac0
			return found
		}
		if c == 0 && quickenField(t, j, end) {
			j++
			c = cueOf(t[j:end]) &^ (cueLink | cueEnding | cueStarting)
		}
		c |= phrased(t, j, end, named)
		c &^= cuePhrase
		found |= c &^ cueLink
		if c&(cueLink|cueEnding|cueStarting) == 0 && (c == 0 || end-j > 4 && c&(cueAccount|cueSort|cueRouting|cueBSB|cueSSN) == 0) {
			return found
		}
		i = j
	}
	return found
}

// precedingWord returns the word before the one that begins at t[i].
func precedingWord(t []byte, i int) []byte {
	for end := i; i > 0 && end-i < cueGap && t[i-1] < utf8.RuneSelf && !alnum(t[i-1]); i-- {
	}
	end := i
	for i > 0 && letter(t[i-1]) && end-i < longestCue {
		i--
	}
	return t[i:end]
}

// conjunction tells whether a word joins two numbers of which one cue speaks.
func conjunction(word []byte) bool {
	var low [len("oder")]byte
	if len(word) > len(low) {
		return false
	}
	for i, c := range word {
		low[i] = lower(c)
	}
	switch string(low[:len(word)]) {
	case "and", "or", "to", "und", "oder", "et", "ou", "y", "e", "en", "og", "och", "i", "oraz", "ja":
		return true
	}
	return false
}

// likeNumber returns the size of the number that ends at t[end], if it has as many
// digits as the one that begins at t[i], six or more; 0 if not.
func likeNumber(t []byte, end, i int) int {
	want := 0
	for k := i; k < len(t) && (digit(t[k]) || inNumber(t, k)); k++ {
		if digit(t[k]) {
			if want++; want > maxAccount {
				return 0
			}
		}
	}
	k := end
	for k > 0 && want > 0 && (digit(t[k-1]) || inNumber(t, k-1)) {
		if k--; digit(t[k]) {
			want--
		}
	}
	if n := end - k; want == 0 && n >= minAccount && !alnum(byteAt(t, k-1)) {
		return n
	}
	return 0
}

// inNumber tells whether t[i] is a space or a dash between two digits.
func inNumber(t []byte, i int) bool {
	return (t[i] == ' ' || t[i] == '-') && i > 0 && digit(t[i-1]) && i+1 < len(t) && digit(t[i+1])
}

// lastCamel returns where the last word of the name t[i:end] begins: customerAccount.
func lastCamel(t []byte, i, end int) int {
	for j := end - 1; j > i; j-- {
		if camel(t, j) {
			return j
		}
	}
	return i
}

// quickenField tells whether the letter t[j] names a field of a QIF file, the payee, the
// memo or the category, and the word t[j+1:end] is its value: PAccount 12345678.
func quickenField(t []byte, j, end int) bool {
	const least = 6 // letters of a word in lower case, so that it is not the rest of another
	if j == 0 || t[j-1] != '\n' || end-j < 2 || t[j] != 'P' && t[j] != 'M' && t[j] != 'L' {
		return false
	}
	return byteClass[t[j+1]]&isUpper != 0 || end-j > least
}

// phrased returns what the word t[j:end] says together with the one before it, or
// with a mark or capitals of its own. The words of a name may be glued: customerTaxId.
func phrased(t []byte, j, end int, named bool) cue {
	if w := t[j:end]; string(w) == "EIN" {
		return cueCapital
	} else if len(w) == len("ss") && lower(w[0]) == 's' && lower(w[1]) == 's' && byteAt(t, end) == '#' {
		return cueSSN
	}
	if ownerOf(t, j, end) {
		return cueLink
	}
	i := j
	for i > 0 && j-i < cueGap && t[i-1] < 0x80 && !alnum(t[i-1]) {
		i--
	}
	from := i
	for from > 0 && letter(t[from-1]) && i-from < longestCue {
		from--
	}
	if named {
		from = lastCamel(t, from, i)
	}
	return phrase(t[from:i], t[j:end])
}

// phrase returns what two words say together.
func phrase(first, second []byte) cue {
	if cueOf(first)&(cuePhrase|cueSSN) == 0 {
		return 0
	}
	var low [2][longestCue]byte
	for i, c := range first {
		low[0][i] = lower(c)
	}
	second = second[:min(len(second), longestCue)]
	for i, c := range second {
		low[1][i] = lower(c)
	}
	a, b := string(low[0][:len(first)]), string(low[1][:len(second)])
	switch {
	case a == "tax" && (b == "id" || b == "identification" || b == "identifier" || b == "number" || b == "no" || b == "nr" || b == "file" || b == "payer"):
		return cueTax | cueEmployer
	case (a == "soc" || a == "ss") && (b == "sec" || b == "number" || b == "no"):
		return cueSSN
	case a == "social" && b == "insurance", a == "permanent" && b == "account": // of India
		return cueTax
	case a == "bank" && b == "identification":
		return cueRouting
	case (a == "public" || a == "internal") && b == "identification", a == "loan" && (b == "number" || b == "no" || b == "nr" || b == "num"):
		return cueAccount
	case (a == "tekuci" || a == "ziro" || a == "bankovni" || a == "transakcijski") && (b == "racun" || b == "ucet"), a == "broj" && b == "racuna", a == "tai" && b == "khoan":
		return cueAccount
	}
	return 0
}

// transferType is the type of a transaction in SWIFT's :61: (MT940), to which what
// follows is glued.
const transferType = "NTRF"

// abbreviated returns what the single letter t[i] says: a/c and s/c are cues,
// any other carries one on, but for č. ú.
func abbreviated(t []byte, i int) cue {
	if lower(t[i]) == 'u' && i > 1 && byteAt(t, i+1) == '.' && accountCU(t[:i]) {
		return cueAccount
	}
	if lower(t[i]) != 'c' || i < 2 || t[i-1] != '/' || i > 2 && alnum(t[i-3]) {
		return cueLink
	}
	switch lower(t[i-2]) {
	case 'a', 'c', 'p', 'k': // conto corrente, расчётный and корреспондентский счёт
		return cueAccount
	case 's':
		return cueSort
	}
	return cueLink
}

// accountCU tells whether a text ends in "č. " or "č.", which goes on "ú." for číslo
// účtu.
func accountCU(t []byte) bool {
	t = bytes.TrimRight(t, " ")
	n := len(t)
	return n > 1 && t[n-1] == '.' && lower(t[n-2]) == 'c' && !alnum(byteAt(t, n-3))
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
		j := i
		for j < len(key) && letter(key[j]) && (j == i || !camel(key, j)) {
			j++
		}
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

// camel tells whether an upper-case letter at j starts a new word: fromAccount, BSBNumber.
func camel(key []byte, j int) bool {
	if byteClass[key[j]]&isUpper == 0 {
		return false
	}
	return byteClass[key[j-1]]&isLower != 0 || j+2 < len(key) && byteClass[key[j-1]]&isUpper != 0 && byteClass[key[j+1]]&byteClass[key[j+2]]&isLower != 0
}

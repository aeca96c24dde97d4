package redact

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/counterfoil/counterfoil/redact/internal/fold"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// column is what the head of a column, or a name as short, says that it holds. The
// zero value is anything.
type column uint8

const (
	holdsAccount  column = iota + 1 // a number of an account, or an account
	holdsNumber                     // expressly a number of an account
	holdsCard                       // numbers of cards
	holdsBank                       // codes of banks
	holdsIdentity                   // identity and tax numbers
	holdsPassword                   // passwords, whatever they look like
	holdsSecret                     // secrets that look like some
	holdsCode                       // PINs and CVVs
	holdsDigits                     // other codes of a few digits
)

// Limits of heads and of what stands under them.
const (
	longestColumn = 64 // bytes of a head
	leastNumbered = 5  // digits of an account number: more than the last four
	leastIdentity = 7
	mostIdentity  = 18
	leastCode     = 5 // of the code of a bank
	mostCode      = 9
	leastCard     = 12
	mostCard      = 19
	longestHeld   = 34 // letters and digits of an account: an IBAN

	longestSecretCell = 256 // bytes of a secret in a cell
)

// Cues that the head of a column may give.
const (
	columnAccount  = cueAccount | cueIBAN | cueCLABE | cueCBU | cueRIB
	columnBank     = cueRouting | cueSort | cueBSB | cueTransit | cueIFSC | cueBLZ
	columnIdentity = cueSSN | cueTax | cueNINO | cueEmployer | cueHealth
)

// headOf looks the head of a column up.
func headOf(text []byte) column {
	text = bytes.Trim(text, " \t\r\"'`*#_\ufeff")
	if len(text) == 0 || len(text) > longestColumn || hasToken(text) { // a row was there
		return 0
	}
	if !ascii(text) {
		text = []byte(fold.String(string(text)))
	}
	if len(text) == 0 { // of characters that nobody sees
		return 0
	}
	found, numbered, about := headCues(text)
	if about {
		return 0
	}
	if c := secretHead(text); c != 0 {
		return c
	}
	if foreignKey(text)&foreignAbout != 0 {
		return 0
	}
	switch {
	case found&columnAccount != 0 && numbered:
		return holdsNumber
	case found&columnAccount != 0:
		return holdsAccount
	case found&cueCard != 0:
		return holdsCard
	case found&columnIdentity != 0:
		return holdsIdentity
	case found&columnBank != 0:
		return holdsBank
	}
	return 0
}

// headLines is how many lines of a text are looked at for the heads of a table with
// secrets, where nothing else in the text is of interest.
const headLines = 8

// cellMark tells whether a mark stands between the cells of a row.
func cellMark(c byte) bool { return c == ',' || c == '|' || c == '\t' || c == ';' }

// headsSecret tells whether one of the first lines of a text has the name of a secret
// that a mark between cells follows or stands before.
func headsSecret(t []byte) bool {
	t = t[:min(len(t), longestHead)]
	for i, lines := 0, 0; i < len(t) && lines < headLines; lines++ {
		end := lineEnd(t, i)
		for lo := i; lo < end; {
			hi := lo
			for hi < end && !cellMark(t[hi]) {
				hi++
			}
			if cell := bytes.Trim(t[lo:hi], " \"'\r*`"); hi-lo < end-i && len(cell) <= longestColumn && secretHead(cell) != 0 {
				return true
			}
			lo = hi + 1
		}
		i = end + 1
	}
	return false
}

// secretHead is headOf for secrets.
func secretHead(text []byte) column {
	if c := secretColumn(spelledName(text), passwordWord(text)); c != 0 && !sameWord(text, "key") { // the key of a row
		return c
	}
	return secretColumn(foreignName(text), true)
}

// secretColumn returns what a column holds by the kind of its name, and whether a secret
// of that name is a password.
func secretColumn(kind nameKind, password bool) column {
	switch kind {
	case nameSecret:
		if password {
			return holdsPassword
		}
		return holdsSecret
	case nameMaybe:
		return holdsSecret
	case nameCode:
		return holdsCode
	case nameDigits, namePIN:
		return holdsDigits
	}
	return 0
}

// headCues collects what the words of a head say: whether it is a number that is
// meant, or something about the account.
func headCues(text []byte) (found cue, numbered, about bool) {
	found = cuesIn(text)
	plastic, coded := false, false
	var low [longestCue]byte
	for i := 0; i < len(text); {
		j := min(namePart(text, i), i+len(low))
		for k, c := range text[i:j] {
			low[k] = lower(c)
		}
		if j == i {
			i++
			continue
		}
		word := low[:j-i]
		what := headWords[string(word)]
		about = about || what == headAbout
		numbered = numbered || what == headNumber
		coded = coded || what == headCode
		plastic = plastic || what == headPlastic || bytes.HasSuffix(word, []byte("card")) || bytes.HasPrefix(word, []byte("kart"))
		for _, end := range accountEnds {
			if bytes.HasSuffix(word, []byte(end)) {
				found |= cueAccount
			}
		}
		if j-i == 1 && abbreviated(text, i)&cueAccount != 0 {
			found |= cueAccount
		}
		i = j
	}
	if !plastic {
		found &^= cueCard // debit and credit are columns of amounts
	}
	if !coded {
		found &^= cueSort // the order of the rows
	}
	return found, numbered || text[len(text)-1] == '#', about
}

// accountEnds end words for accounts: Gegenkonto, tegenrekening, protiúčet.
var accountEnds = [...]string{"konto", "kontonummer", "kontonr", "rekening", "accountnumber", "accountno", "szamla", "ucet"}

// headWord is what a word of a head says.
type headWord uint8

const (
	headAbout   headWord = iota + 1 // something else of an account
	headNumber                      // that it is a number
	headPlastic                     // that it is a card
	headCode                        // that it is a code
)

var headWords = makeHeadWords()

func makeHeadWords() map[string]headWord {
	t := map[string]headWord{}
	for what, words := range map[headWord][]string{
		headAbout: {"name", "names", "type", "typ", "balance", "saldo", "solde", "currency", "date", "datum", "status", "opened", "holder", "owner", "inhaber", "titular",
			"category", "nickname", "amount", "total", "count", "title", "description", "limit", "age", "manager", "group", "class", "alias", "label", "rate", "fee", "fees", "network", "brand", "expiry", "exp", "present", "entry",
			"titulaire", "intestatario", "waehrung", "currencycode", "country", "opening", "closing", "available", "ending", "year", "month", "day", "time", "member", "issuer", "acceptor", "city", "state", "address"},
		headNumber:  {"number", "no", "nr", "num", "numero", "numer", "iban", "cislo", "kontonummer", "kontonr", "accountnumber", "accountno"},
		headPlastic: {"pan", "cardno", "cardnumber", "carte", "tarjeta", "carta", "cc"},
		headCode:    {"code", "cd", "sortcode", "sortcd", "sortingcode", "mmbid", "bankidentifier"},
	} {
		for _, w := range words {
			t[w] = what
		}
	}
	return t
}

// entity is what is in a column.
func (c column) entity() Entity {
	switch c {
	case holdsCard:
		return Card
	case holdsBank:
		return Bank
	case holdsIdentity:
		return National
	case holdsPassword, holdsSecret, holdsCode, holdsDigits:
		return Secret
	}
	return Account
}

// secret tells whether a cell without its quotes is a secret as its column holds.
func (c column) secret(text []byte) bool {
	if len(text) > longestSecretCell || bytes.ContainsAny(text, " |\n") || spoken(text) || typeWord(text) || variable(text) || secretName(text) != nameNone {
		return false
	}
	switch c {
	case holdsPassword:
		return plausibleSecret(text, nameSecret)
	case holdsCode: // of India's pin codes, which are of places, six digits
		return plausibleSecret(text, nameCode)
	case holdsDigits:
		return plausibleSecret(text, nameDigits) && allDigits(text)
	}
	return randomLike(text) || passwordLike(text) && bytes.ContainsAny(text, "0123456789")
}

// value returns where in a cell the number is that its column holds.
func (c column) value(cell []byte) (lo, hi int, ok bool) {
	const around = " \t\r\"'`*=_#\\" // quotes, and what keeps a spreadsheet from reading a number
	hi = len(bytes.TrimRight(cell, around))
	for lo < hi && strings.IndexByte(around+"-", cell[lo]) >= 0 {
		lo++
	}
	if c >= holdsPassword {
		return lo, hi, lo < hi && c.secret(cell[lo:hi])
	}
	if !ascii(cell[lo:hi]) { // marks that nobody sees, or of other scripts
		folded := []byte(fold.String(string(cell[lo:hi])))
		if ascii(folded) && !bytes.ContainsFunc(folded, unicode.IsLetter) {
			_, _, ok = c.value(folded)
		}
		return lo, hi, ok
	}
	if n := encodedDigits(cell[lo:hi]); n > 0 && c.size(n, 0) {
		return lo, hi, true
	}
	if hi-lo > longestHeld+longestHeld/2 {
		return 0, 0, false
	}
	digits, letters, words, odd := 0, 0, 1, false
	for _, b := range cell[lo:hi] {
		switch {
		case digit(b):
			digits++
		case letter(b):
			letters++
		case b == ' ':
			words++
		case b >= 0x80 || strings.IndexByte("-./", b) < 0:
			odd = true
		}
	}
	text := cell[lo:hi]
	if odd && (letters > 0 || digits < minSuffix || !oddly(text)) {
		return 0, 0, false
	}
	if digits+letters > longestHeld || letters > 0 && words > 1 && c != holdsBank && !printedIBAN(text) {
		return 0, 0, false
	}
	if words == 1 && (c == holdsCard || c == holdsNumber || c == holdsIdentity) && cuedRule(text, cueCard) != "" {
		return lo, hi, true // the permanent account number of India, PAN for short
	}
	if letters == 0 && (amountLike(text) || dayLike(text, c == holdsBank)) || !c.size(digits, letters) {
		return 0, 0, false
	}
	return lo, hi, true
}

// oddMarks may stand between the digits of a number in a cell, where nobody writes an
// amount, a date or a time with them.
const oddMarks = "|\\*_~\f\v"

// oddly tells whether a text is digits and such marks.
func oddly(text []byte) bool {
	for _, c := range text {
		if !digit(c) && strings.IndexByte(oddMarks, c) < 0 {
			return false
		}
	}
	return true
}

// dayLike tells whether a text is three numbers as those of a date are written, with
// the same mark between them; a sort code is written as one without its century.
func dayLike(text []byte, sort bool) bool {
	k := bytes.IndexAny(text, "-./")
	if k < 0 {
		return false
	}
	parts := bytes.Split(text, text[k:k+1])
	if len(parts) != 3 || len(parts[1]) == 0 || len(parts[1]) > 2 {
		return false
	}
	first, last := len(parts[0]), len(parts[2])
	return first == 4 && last <= 2 || first <= 2 && (last == 4 || last == 2 && !sort)
}

// size tells whether a value has as many digits and letters as its column holds.
func (c column) size(digits, letters int) bool {
	switch c {
	case holdsNumber:
		return digits >= leastNumbered
	case holdsAccount:
		return digits >= minAccount
	case holdsCard:
		return digits >= leastCard && digits <= mostCard && letters == 0
	case holdsBank:
		return digits >= leastCode && digits <= mostCode && letters <= len("HDFC") || digits >= leastCode+minAccount && digits <= maxAccount && letters == 0
	}
	return digits >= leastIdentity && digits <= mostIdentity && letters <= 3
}

// printedIBAN tells whether a text with spaces begins as an IBAN does.
func printedIBAN(text []byte) bool {
	return len(text) > iban.Shortest && letter(text[0]) && letter(text[1]) && digit(text[2]) && digit(text[3])
}

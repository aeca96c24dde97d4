// Package column tells what the head of a column, a key or a label says of the cells below
// it, and whether a cell may be that.
package column

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// A code of letters and digits behind the cue that says what it is: marks may stand
// between its characters, as its form is known.

// Limits of such a code.
const (
	LongestCued = 18 // characters
)

const (
	MinSuffix = 6 // the shortest suffix that counts without a cue
)

// Secrets that only their place says to be one: under a head such as "Access Token", or
// printed behind a name as programs print values.

// Limits of such secrets.
const (
	LeastPrinted = 8 // characters, one of them a digit
	mostPrinted  = 512
)

// Printed tells whether a value may be a secret, as its column or name says.
func (c Kind) Printed(value []byte) bool {
	if c >= HoldsCode {
		return c.Secret(value)
	}
	return len(value) >= LeastPrinted && len(value) <= mostPrinted && bytes.IndexByte(value, ' ') < 0 && !char.AllDigits(value) && char.DigitsUpTo(value, 0) > 0 &&
		c.Secret(value) && !date.IsISO(value[:min(len(value), len("2026-01-05"))])
}

const (
	LongestHead = 4 << 10 // bytes of the line of heads
)

// HasToken tells whether a text has something of the form of a token.
func HasToken(t []byte) bool {
	for i := 0; i+1 < len(t); i++ {
		n := bytes.IndexByte(t[i:], '_')
		if n < 0 {
			return false
		}
		if i += n; char.Letters(t[i+1:]) == tokens.Letters {
			return true
		}
	}
	return false
}

// Kind is what the head of a column, or a name as short, says that it holds. The
// zero value is anything.
type Kind uint8

const (
	HoldsAccount  Kind = iota + 1 // a number of an account, or an account
	HoldsNumber                   // expressly a number of an account
	HoldsCard                     // numbers of cards
	HoldsBank                     // codes of banks
	HoldsIdentity                 // identity and tax numbers
	HoldsPassword                 // passwords, whatever they look like
	HoldsSecret                   // secrets that look like some
	HoldsCode                     // PINs and CVVs
	holdsDigits                   // other codes of a few digits
)

const (
	LeastNumbered = 5 // digits of an account number: more than the last four
	leastIdentity = 7
	mostIdentity  = 18
	LeastCode     = 5 // of the code of a bank
	MostCode      = 9
	LeastCard     = 12
	MostCard      = 19
	LongestHeld   = 34 // letters and digits of an account: an IBAN

	LongestSecretCell = 256 // bytes of a secret in a cell
)

// Cues that the head of a column may give.
const (
	columnAccount  = cue.Account | cue.IBAN | cue.CLABE | cue.CBU | cue.RIB
	columnBank     = cue.Routing | cue.Sort | cue.BSB | cue.Transit | cue.IFSC | cue.BLZ
	columnIdentity = cue.SSN | cue.Tax | cue.NINO | cue.Employer | cue.Health
)

// HeadOf looks the head of a column up.
func HeadOf(text []byte) Kind {
	text = bytes.Trim(text, " \t\r\"'`*#_\ufeff")
	if len(text) == 0 || len(text) > cue.LongestColumn || HasToken(text) { // a row was there
		return 0
	}
	if !char.ASCII(text) {
		text = []byte(fold.String(string(text)))
	}
	if len(text) == 0 { // of characters that nobody sees
		return 0
	}
	found, numbered, about := headCues(text)
	if about {
		return 0
	}
	if c := SecretHead(text); c != 0 {
		return c
	}
	if cue.ForeignKey(text)&cue.ForeignAbout != 0 {
		return 0
	}
	switch {
	case found&columnAccount != 0 && numbered:
		return HoldsNumber
	case found&columnAccount != 0:
		return HoldsAccount
	case found&cue.Card != 0:
		return HoldsCard
	case found&columnIdentity != 0:
		return HoldsIdentity
	case found&columnBank != 0:
		return HoldsBank
	}
	return 0
}

// headLines is how many lines of a text are looked at for the heads of a table with
// secrets, where nothing else in the text is of interest.
const headLines = 8

// cellMark tells whether a mark stands between the cells of a row.
func cellMark(c byte) bool { return c == ',' || c == '|' || c == '\t' || c == ';' }

// HeadsSecret tells whether one of the first lines of a text has the name of a secret
// that a mark between cells, or two spaces, follow or stand before.
func HeadsSecret(t []byte) bool {
	t = t[:min(len(t), LongestHead)]
	for i, lines := 0, 0; i < len(t) && lines < headLines; lines++ {
		end := char.LineEnd(t, i)
		for lo := i; lo < end; {
			hi := lo
			for hi < end && !cellMark(t[hi]) && !(t[hi] == ' ' && char.At(t, hi+1) == ' ' && hi > lo) {
				hi++
			}
			if cell := bytes.Trim(t[lo:hi], " \"'\r*`"); hi-lo < end-i && len(cell) <= cue.LongestColumn && SecretHead(cell) != 0 {
				return true
			}
			lo = hi + 1
		}
		i = end + 1
	}
	return false
}

// SecretHead is HeadOf for secrets.
func SecretHead(text []byte) Kind {
	if c := secretColumn(SpelledName(text), credential.PasswordWord(text)); c != 0 && !cue.SameWord(text, "key") { // the key of a row
		return c
	}
	return secretColumn(credential.ForeignName(text), true)
}

// secretColumn returns what a column holds by the kind of its name, and whether a secret
// of that name is a password.
func secretColumn(kind credential.NameKind, password bool) Kind {
	switch kind {
	case credential.NameSecret:
		if password {
			return HoldsPassword
		}
		return HoldsSecret
	case credential.NameMaybe:
		return HoldsSecret
	case credential.NameCode:
		return HoldsCode
	case credential.NameDigits, credential.NamePIN:
		return holdsDigits
	}
	return 0
}

// headCues collects what the words of a head say: whether it is a number that is
// meant, or something about the account.
func headCues(text []byte) (found cue.Set, numbered, about bool) {
	found = cue.In(text)
	plastic, coded := false, false
	var low [cue.LongestCue]byte
	for i := 0; i < len(text); {
		j := min(cue.NamePart(text, i), i+len(low))
		for k, c := range text[i:j] {
			low[k] = char.Lower(c)
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
				found |= cue.Account
			}
		}
		if j-i == 1 && cue.Abbreviated(text, i)&cue.Account != 0 {
			found |= cue.Account
		}
		i = j
	}
	if !plastic {
		found &^= cue.Card // debit and credit are columns of amounts
	}
	if !coded {
		found &^= cue.Sort // the order of the rows
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

// Entity is what is in a column.
func (c Kind) Entity() entity.Kind {
	switch c {
	case HoldsCard:
		return entity.Card
	case HoldsBank:
		return entity.Bank
	case HoldsIdentity:
		return entity.National
	case HoldsPassword, HoldsSecret, HoldsCode, holdsDigits:
		return entity.Secret
	}
	return entity.Account
}

// Secret tells whether a cell without its quotes is a secret as its column holds.
func (c Kind) Secret(text []byte) bool {
	if len(text) > LongestSecretCell || bytes.ContainsAny(text, " |\n") || credential.Spoken(text) || credential.TypeWord(text) || credential.Variable(text) || credential.SecretName(text) != credential.NameNone {
		return false
	}
	switch c {
	case HoldsPassword:
		return credential.PlausibleSecret(text, credential.NameSecret)
	case HoldsCode: // of India's pin codes, which are of places, six digits
		return credential.PlausibleSecret(text, credential.NameCode)
	case holdsDigits:
		return credential.PlausibleSecret(text, credential.NameDigits) && char.AllDigits(text)
	}
	return credential.RandomLike(text) || credential.PasswordLike(text) && bytes.ContainsAny(text, "0123456789")
}

// Value returns where in a cell the number is that its column holds.
func (c Kind) Value(cell []byte) (lo, hi int, ok bool) {
	const around = " \t\r\"'`*=_#\\" // quotes, and what keeps a spreadsheet from reading a number
	hi = len(bytes.TrimRight(cell, around))
	for lo < hi && strings.IndexByte(around+"-", cell[lo]) >= 0 {
		lo++
	}
	if c >= HoldsPassword {
		return lo, hi, lo < hi && c.Secret(cell[lo:hi])
	}
	if !char.ASCII(cell[lo:hi]) { // marks that nobody sees, or of other scripts
		folded := []byte(fold.String(string(cell[lo:hi])))
		if char.ASCII(folded) && !bytes.ContainsFunc(folded, unicode.IsLetter) {
			_, _, ok = c.Value(folded)
		}
		return lo, hi, ok
	}
	if n := encodedDigits(cell[lo:hi]); n > 0 && c.size(n, 0) {
		return lo, hi, true
	}
	if hi-lo > LongestHeld+LongestHeld/2 {
		return 0, 0, false
	}
	digits, letters, words, odd := 0, 0, 1, false
	for _, b := range cell[lo:hi] {
		switch {
		case char.Digit(b):
			digits++
		case char.Letter(b):
			letters++
		case b == ' ':
			words++
		case b >= 0x80 || strings.IndexByte("-./", b) < 0:
			odd = true
		}
	}
	text := cell[lo:hi]
	if odd && (letters > 0 || digits < MinSuffix || !oddly(text)) {
		return 0, 0, false
	}
	if digits+letters > LongestHeld || letters > 0 && words > 1 && c != HoldsBank && !printedIBAN(text) {
		return 0, 0, false
	}
	if words == 1 && (c == HoldsCard || c == HoldsNumber || c == HoldsIdentity) && CuedRule(text, cue.Card) != "" {
		return lo, hi, true // the permanent account number of India, PAN for short
	}
	if letters == 0 && (AmountLike(text) || date.DayLike(text, c == HoldsBank)) || !c.size(digits, letters) {
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
		if !char.Digit(c) && strings.IndexByte(oddMarks, c) < 0 {
			return false
		}
	}
	return true
}

// size tells whether a value has as many digits and letters as its column holds.
func (c Kind) size(digits, letters int) bool {
	switch c {
	case HoldsNumber:
		return digits >= LeastNumbered
	case HoldsAccount:
		return digits >= bankaccount.MinDigits
	case HoldsCard:
		return digits >= LeastCard && digits <= MostCard && letters == 0
	case HoldsBank:
		return digits >= LeastCode && digits <= MostCode && letters <= len("HDFC") || digits >= LeastCode+bankaccount.MinDigits && digits <= bankaccount.MaxDigits && letters == 0
	}
	return digits >= leastIdentity && digits <= mostIdentity && letters <= 3
}

// printedIBAN tells whether a text with spaces begins as an IBAN does.
func printedIBAN(text []byte) bool {
	return len(text) > iban.Shortest && char.Letter(text[0]) && char.Letter(text[1]) && char.Digit(text[2]) && char.Digit(text[3])
}

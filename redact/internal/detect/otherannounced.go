package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
)

// Numbers of which the words right before or behind them say that they are something else:
// a list of invoices, the number of a parcel, a measure with its unit.

// announced tells whether one of some words stands right before t[i], with a word for a
// number between or without.
func announced(t []byte, i int, words []string) bool {
	word := cue.PrecedingWord(t, i)
	if among(word, numberWords[:]) {
		if k := bytes.LastIndex(t[:i], word); k >= 0 {
			word = cue.PrecedingWord(t, k)
		}
	}
	return len(word) > 0 && among(word, words)
}

// numberWords are words for a number in some languages.
var numberWords = [...]string{"no", "nr", "num", "number", "nummer", "numero", "nos", "nrs", "numbers", "nummers"}

// announcedOther tells whether a finding is made of what is announced so.
func announcedOther(t []byte, lo, hi int, card bool) bool {
	return metered(t, lo, hi) || documents(t, lo, hi) || postal(t, lo, hi) || tapped(t, lo, hi) || card && (fiscal(t, lo, hi) || climbing(t[lo:hi]))
}

// climbing tells whether each digit of a text is one more than that before it, as where
// somebody shows how a card is written: 1234 5678 9012 3456.
func climbing(t []byte) bool {
	last := byte(0)
	for _, c := range t {
		if !char.Digit(c) {
			continue
		}
		if last != 0 && (last-'0'+1)%10 != c-'0' {
			return false
		}
		last = c
	}
	return true
}

// units stand behind a number that was measured, or metered.
var units = [...]string{"kwh", "mwh", "wh", "kw", "kg", "lb", "lbs", "oz", "km", "mi", "miles", "mb", "gb", "kb", "tb", "mib", "gib", "kib", "bytes", "ms", "ns", "us", "hz", "mhz", "ghz", "rpm", "m3"}

// longestUnit is how long such a word is, with the space before it.
const longestUnit = len(" bytes")

// metered tells whether a finding is numbers with spaces between them, not printed as a card
// is, of which the last one has a unit or a percent sign: 636518 121026 kWh; 60610918
// 34741766 30%.
func metered(t []byte, lo, hi int) bool {
	space := bytes.LastIndexByte(t[lo:hi], ' ')
	if space < 0 || inFours(t[lo:hi]) {
		return false
	}
	i := hi
	for i < len(t) && i-hi < fieldReach && (char.Digit(t[i]) || t[i] == '.' && char.Digit(char.At(t, i+1))) {
		i++
	}
	for _, c := range t[lo+space+1 : hi] {
		if !char.Digit(c) && c != '.' {
			return false
		}
	}
	if char.At(t, i) == '%' {
		return !char.Alnum(char.At(t, i+1))
	}
	if i == len(t) || t[i] != ' ' {
		return false
	}
	k := i + 1
	for k < len(t) && k-i < longestUnit && char.Alnum(t[k]) {
		k++
	}
	return !char.Alnum(char.At(t, k)) && among(t[i+1:k], units[:])
}

// documentWords stand before a list of the numbers of documents.
var documentWords = [...]string{"invoices", "bills", "orders", "receipts", "tickets", "claims", "cheques", "checks", "rechnungen", "belege", "factures", "commandes", "facturas", "pedidos", "faturas", "notas", "fatture", "ordini", "facturen", "bestellingen", "fakturor", "fakturaer", "faktury", "laskut"}

// documentsReach is how far before a finding such a list begins.
const documentsReach = 64

// documents tells whether a finding is numbers of a list of documents, with commas and words
// such as and between them: Invoices 670975, 827958, 355080 and 365387.
func documents(t []byte, lo, hi int) bool {
	if !bytes.Contains(t[lo:hi], []byte(", ")) {
		return false
	}
	i := lo
	for i > 0 && lo-i < documentsReach && (char.Digit(t[i-1]) || t[i-1] == ',' || t[i-1] == ' ' && i > 1 && t[i-2] == ',') {
		i--
	}
	return announced(t, i, documentWords[:]) || char.At(t, i-1) == '(' && selected(t, i, hi)
}

// selected tells whether such a list is what SQL looks for, of five digits and more each:
// id IN (535968, 940580, 6539712).
func selected(t []byte, i, hi int) bool {
	const least = 5
	for k := i; k < hi; {
		n := char.Digits(t[k:min(len(t), k+documentsReach)])
		if n < least {
			return false
		}
		k += n + len(", ")
	}
	const name = "in ("
	return i > len(name) && t[i-len(name)-1] == ' ' && bytes.EqualFold(t[i-len(name):i], []byte(name))
}

// Digits of the number of a parcel of the United States Postal Service.
const (
	parcelDigits = 22
	parcelGroups = (parcelDigits - 1) / cardGroup // spaces between them
)

// postal tells whether a finding lies in the number of a parcel of the United States Postal
// Service, behind its name and in fours, with its check digit (Publication 199, modulo 10 with
// weights of 3 and 1).
func postal(t []byte, lo, hi int) bool {
	const name, size = "usps", parcelDigits + parcelGroups
	i := lo
	for i > 0 && lo-i < size && (char.Digit(t[i-1]) || t[i-1] == ' ' && i > 1 && char.Digit(t[i-2])) {
		i--
	}
	if i+size > len(t) || i+size < hi || char.Digit(char.At(t, i+size)) || char.At(t, i) != '9' || !near(t, i, []string{name}) {
		return false
	}
	sum, n := 0, 0
	for k, c := range t[i : i+size] {
		if space := k%(cardGroup+1) == cardGroup; space != (c == ' ') || !space && !char.Digit(c) {
			return false
		} else if !space {
			sum += int(c-'0') * (1 + 2*((n+1)%2))
			n++
		}
	}
	return sum%10 == 0
}

// tapped tells whether a finding lies in what a telephone dials of itself, the number of a
// conference and its code with pauses between: +16465587613,,07713542300#.
func tapped(t []byte, lo, hi int) bool {
	k := bytes.Index(t[lo:hi], []byte(",,"))
	if k < 0 {
		return false
	}
	i, j := lo+k, lo+k+len(",,")
	for i > 0 && lo+k-i < fieldReach && char.Digit(t[i-1]) {
		i--
	}
	j += char.Digits(t[j:min(len(t), j+fieldReach)])
	return char.At(t, i-1) == '+' && char.At(t, j) == '#' && j >= hi
}

// fiscal tells whether a finding is the number of an invoice of Argentina (AFIP): its letter,
// the place where it was made out in four or five digits, and eight: Factura B 44664-80406056.
func fiscal(t []byte, lo, hi int) bool {
	const number = 8
	k := bytes.IndexByte(t[lo:hi], '-')
	if k < 0 || hi-lo-k-1 != number || char.Digits(t[lo+k+1:hi]) != number || char.Digit(char.At(t, hi)) {
		return false
	}
	i := lo
	for i > 0 && lo+k-i <= number && char.Digit(t[i-1]) {
		i--
	}
	n := lo + k - i
	return (n == 4 || n == 5) && char.At(t, i-1) == ' ' && bytes.IndexByte([]byte("ABCEM"), char.At(t, i-2)) >= 0 && char.At(t, i-3) == ' ' && announced(t, i-2, []string{"factura", "recibo", "credito", "debito"})
}

// orderedNorway tells whether the letters of what has the form of an IBAN of Norway are the
// word for a number, of something that the word before it names: ref no 0730952246730.
func orderedNorway(t []byte, lo int) bool {
	if !bytes.EqualFold(t[lo:min(len(t), lo+len("no"))], []byte("no")) || !char.Digit(char.At(t, lo+len("no "))) || char.At(t, lo+len("no")) != ' ' || char.At(t, lo-1) != ' ' {
		return false
	}
	return announced(t, lo, numberedWords[:])
}

// numberedWords are words for what has a number of its own, and is no account.
var numberedWords = [...]string{"ref", "reference", "receipt", "invoice", "order", "confirmation", "conf", "check", "cheque", "chq", "ticket", "tracking", "serial", "policy", "claim", "case", "batch", "seq", "sequence", "document", "doc", "bill", "voucher", "permit", "registration", "reg", "part", "model", "item", "job", "trace", "transaction", "txn", "trans", "utr", "rrn"}

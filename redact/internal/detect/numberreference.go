package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// References that statements print beside payments, and whose form and check digit say
// that no card is in them.

// Digits of these.
const (
	acquirerDigits = 23
	slipDigits     = 27
	titleDigits    = 9 // of the bank's own number before the former, as PKO BP prints both
)

// acquirerWords stand before the reference of a card payment, titleWords before that
// of a card payment in Poland, and slipWords before that of a payment slip.
var (
	acquirerWords = [...]string{"checkcard", "purchase", "refund", "arn"}
	titleWords    = [...]string{"tytul", "tytu"} // Tytuł, also where it ends with its letters of ASCII
	slipWords     = [...]string{"esr", "qrr", "bvr", "referenz", "referenznummer", "reference", "riferimento"}
)

// paymentWords stand before the references that a creditor prints on an invoice: KID in
// Norway, OCR in Sweden, viite in Finland, betalingskenmerk in the Netherlands; and TC
// before the number of a receipt of Walmart.
var paymentWords = [...]string{"kid", "kidnummer", "kidnr", "ocr", "ocrnummer", "ocrnr", "viite", "viitenumero", "viitenro", "viitenr", "betalingskenmerk", "kenmerk", "tc"}

// payment tells whether a sequence is such a reference, in one run, in fours or in fives of
// which only the first or the last group is shorter, and as a whole no card of a range
// that is densely issued: of one that is nobody can tell, and the second scan would stop it.
func payment(t []byte, q *Sequence) bool {
	const most, fives = 25, 5 // digits of a KID
	n := len(q.G)
	if len(q.D) > most || len(q.D) <= LongestPAN && issuer.Of(q.D) > issuer.Weak && checkdigit.Luhn(q.D) {
		return false
	}
	for k := range q.G {
		size := q.G[k].size()
		whole := size == fives || size == cardGroup && q.G[(k+1)%n].size() != fives
		if n > 1 && !(whole || size < fives && (k == 0 || k == n-1)) || k > 0 && q.G[k].sep != ' ' {
			return false
		}
	}
	return announced(t, int(q.at[0]), paymentWords[:])
}

// settlement tells whether a sequence is such a reference and nothing else.
func settlement(t []byte, q *Sequence) bool {
	switch i := int(q.at[0]); {
	case len(q.D) == acquirerDigits && len(q.G) == 1:
		return acquirer(q.D) && near(t, i, acquirerWords[:])
	case len(q.D) == titleDigits+acquirerDigits && len(q.G) == 2 && q.G[1].size() == acquirerDigits && q.G[1].sep == ' ':
		return acquirer(q.D[titleDigits:]) && near(t, i, titleWords[:])
	case len(q.D) == slipDigits && len(q.G) == 1:
		return slip(q.D) && near(t, i, slipWords[:])
	case len(q.D) == slipDigits:
		return q.uniform(0, 2, 5, 5, 5, 5, 5) && q.G[1].sep == ' ' && slip(q.D)
	}
	return payment(t, q)
}

// acquirer verifies an acquirer reference number (ISO 8583, field 31 as Visa and
// Mastercard use it): a format code, the acquirer, the last digit of the year and the day
// in it, a serial number, and a check digit over all.
func acquirer(d []byte) bool {
	const year = 366 // days
	days := char.Number(d[8:], 3)
	return (d[0] == '2' || d[0] == '7' || d[0] == '8') && days > 0 && days <= year && checkdigit.Luhn(d)
}

// slip verifies the reference of a Swiss payment slip or QR-bill (SIX, Implementation
// Guidelines QR-bill, annex B): modulo 10, recursive.
func slip(d []byte) bool {
	carry := 0
	for _, c := range d[:len(d)-1] {
		carry = [...]int{0, 9, 4, 6, 8, 2, 7, 1, 3, 5}[(carry+int(c-'0'))%10]
	}
	return (10-carry)%10 == int(d[len(d)-1]-'0')
}

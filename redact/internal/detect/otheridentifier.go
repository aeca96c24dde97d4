package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/date"
)

// Identifiers that are told by what stands before or around their digits: a DOI, an ARN, an
// IMEI, a UUID, a space of a link.

// identifierReach is how far before a finding such an identifier may begin: the longest of
// them to be told is an ARN with the names of a service and a region.
const identifierReach = 64

// identified tells whether a finding is made up of parts of such an identifier.
func identified(t []byte, lo, hi int) bool {
	return overUUID(t, lo, hi) || inDOI(t, lo, hi) || inARN(t, lo, hi) || inIMEI(t, lo, hi) || overSpaces(t, lo, hi) || inHost(t, lo, hi) || inOctal(t, lo, hi) || inPix(t, lo, hi) || inPayment(t, lo, hi) || inWindowsID(t, lo, hi) || overLimit(t, lo, hi)
}

// wordBegin returns where the text without spaces or quotes begins that t[lo:] is in, as
// far as an identifier reaches.
func wordBegin(t []byte, lo int) int {
	i := lo
	for i > 0 && lo-i < identifierReach && t[i-1] > ' ' && t[i-1] != '"' && t[i-1] != '\'' {
		i--
	}
	return i
}

// overUUID tells whether a finding goes across an end of a UUID (RFC 9562) with letters in it:
// x = "b881823a-7e22-4d36-a95c-357e3afab6cd".
func overUUID(t []byte, lo, hi int) bool {
	a, b := lo, lo
	for k, at := range [...]int{lo, hi - 1} {
		for a = at; a > 0 && at-a < uuidSize && uuidChar(t[a-1]); a-- {
		}
		for b = at; b < len(t) && b-at < uuidSize && uuidChar(t[b]); b++ {
		}
		if across := k == 0 && hi > b || k == 1 && lo < a; across && isUUID(t[a:b]) && severalLetters(t[a:b]) {
			return true
		}
	}
	return false
}

// uuidSize is the length of a UUID.
const uuidSize = len("b881823a-7e22-4d36-a95c-357e3afab6cd")

func uuidChar(c byte) bool { return c == '-' || char.Unhex(c) < 16 }

// isUUID tells whether a word has the form of a UUID.
func isUUID(word []byte) bool {
	if len(word) != uuidSize {
		return false
	}
	for i, c := range word {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') {
			return false
		}
	}
	return true
}

// inDOI tells whether a finding that marks divide, and not as a card is printed, stands behind
// the prefix of a DOI (ISO 26324): 10.1038/s41586-029-07018-0.
func inDOI(t []byte, lo, hi int) bool {
	const least, most = 4, 5 // digits of a registrant
	if char.AllDigits(t[lo:hi]) || inFours(t[lo:hi]) || bytes.IndexByte(t[lo:hi], ' ') >= 0 {
		return false
	}
	word := t[wordBegin(t, lo):lo]
	for i := bytes.Index(word, []byte("10.")); i >= 0; {
		if i == 0 || !char.Alnum(word[i-1]) && word[i-1] != '.' {
			n := 0
			for k := i + len("10."); k < len(word) && char.Digit(word[k]); k++ {
				n++
			}
			return n >= least && n <= most && char.At(word, i+len("10.")+n) == '/'
		}
		next := bytes.Index(word[i+1:], []byte("10."))
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return false
}

// inARN tells whether a finding is the number of the owner in the name of a resource at
// Amazon: arn:aws:lambda:us-east-1:616376791391:function:f.
func inARN(t []byte, lo, hi int) bool {
	const size = 12
	return hi-lo == size && char.At(t, lo-1) == ':' && char.At(t, hi) == ':' && char.AllDigits(t[lo:hi]) && bytes.Contains(t[wordBegin(t, lo):lo], []byte("arn:aws"))
}

// inIMEI tells whether a finding is taken from the number of a telephone as it is printed
// (3GPP TS 23.003): IMEI 35-442651-961517-6.
func inIMEI(t []byte, lo, hi int) bool {
	const shape, label = "nn-nnnnnn-nnnnnn-n", "imei"
	for p := max(0, lo-len("nn-")); p <= lo; p++ {
		if hasShape(t[p:], shape) > 0 && hi <= p+len(shape) && !char.Digit(char.At(t, p-1)) && !char.Digit(char.At(t, p+len(shape))) {
			return bytes.Contains(bytes.ToLower(t[max(0, p-2*len(label)):p]), []byte(label))
		}
	}
	return false
}

// overSpaces tells whether digits of a finding are those of spaces in a link, %20 (RFC 3986),
// and no other percent sign stands in it. Without them it is looked at where they are decoded.
func overSpaces(t []byte, lo, hi int) bool {
	some := false
	for i := max(0, lo-1); i < hi; i++ {
		if t[i] == '%' {
			if char.At(t, i+1) != '2' || char.At(t, i+2) != '0' {
				return false
			}
			some = true
		}
	}
	return some
}

// inHost tells whether a finding lies in the name that a host has by its address:
// ip-172-31-24-130.
func inHost(t []byte, lo, hi int) bool {
	const longest, dashes = len("255-255-255-255"), 3
	i := lo
	for i > 0 && lo-i < longest && (char.Digit(t[i-1]) || t[i-1] == '-') {
		i--
	}
	for i < lo && t[i] == '-' {
		i++
	}
	if i < len("ip-") || string(t[i-len("ip-"):i]) != "ip-" {
		return false
	}
	end := i
	for end < len(t) && end-i <= longest && (char.Digit(t[end]) || t[end] == '-') {
		end++
	}
	return hi <= end && end-i <= longest && bytes.Count(t[i:end], []byte("-")) == dashes
}

// inPix tells whether a finding lies in the id of a payment by Pix (Banco Central do Brasil,
// EndToEndId): E, eight digits of a bank, the minute, and eleven letters and digits; of what
// is sent back D.
func inPix(t []byte, lo, hi int) bool {
	const size, minute = 32, 9
	a, b := wordAround(t, lo)
	id := t[a:b]
	if len(id) != size || hi > b || id[0] != 'E' && id[0] != 'D' || char.Digits(id[1:]) < len("12345678202601151322") {
		return false
	}
	at := id[minute:]
	return date.PlausibleYear(char.Number(at, 4)) && date.Month(char.Number(at[4:], 2)) && date.Day(char.Number(at[6:], 2)) && char.Number(at[8:], 2) < 24 && char.Number(at[10:], 2) < 60
}

// inPayment tells whether a finding is the reference of a payment by its form: the twelve
// digits behind UPI or IMPS, as long as a retrieval reference number (NPCI), and behind RRN, which is one; what Wells Fargo
// gives an authorised purchase, a letter and 15 or 17 digits before CARD and four more; the
// number of a parcel of DHL, JJD and 18 digits (ISO 15459).
func inPayment(t []byte, lo, hi int) bool {
	const reference, reach = 12, 24
	a, b := wordAround(t, lo)
	switch word := t[a:b]; {
	case hi > b:
		return false
	case len(word) == reference:
		before := t[max(0, a-reach):a]
		for _, name := range [...]string{"UPI", "IMPS", "RRN"} {
			if k := bytes.LastIndex(before, []byte(name)); k >= 0 && (k == 0 || !char.Alnum(before[k-1])) && !char.Alnum(char.At(before, k+len(name))) && char.DigitsIn(before[k:]) == 0 {
				return true
			}
		}
	case len(word) == len("JJD")+18 && bytes.HasPrefix(word, []byte("JJD")):
		return true
	case (len(word) == len("S")+15 || len(word) == len("P")+17) && (word[0] == 'S' || word[0] == 'P'):
		const card = " CARD "
		behind := t[b:]
		return bytes.HasPrefix(behind, []byte(card)) && char.Digits(behind[len(card):]) == cardGroup && bytes.Contains(t[max(0, a-tableReach):a], []byte("AUTHORIZED ON"))
	}
	return false
}

// inWindowsID tells whether a finding that is not printed as a card is lies in a security
// identifier of Windows.
func inWindowsID(t []byte, lo, hi int) bool {
	i := lo
	for i > 0 && lo-i < identifierReach && (char.Digit(t[i-1]) || t[i-1] == '-') {
		i--
	}
	return i > 0 && i < lo && char.Upper(t[i-1]) == 'S' && !char.Alnum(char.At(t, i-2)) && t[i] == '-' && credential.WindowsID(t[i-1:hi]) && !inFours(t[lo:hi])
}

// The numbers that the types of programs end at, and the greatest integer that a float64
// holds with all those before it.
var limits = [...]string{"2147483647", "2147483648", "4294967295", "4294967296", "9007199254740991", "9007199254740992", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616"}

// nearLimit begins the numbers of twenty digits that lie right below or above 2^64, as those
// less 2^32: 18446744069414584320.
const nearLimit = "18446744"

// overLimit tells whether a finding begins or ends in such a number.
func overLimit(t []byte, lo, hi int) bool {
	const longest = len("18446744073709551616")
	for _, at := range [...]int{lo, hi - 1} {
		a, b := at, at
		for a > 0 && at-a <= longest && char.Digit(t[a-1]) {
			a--
		}
		for b < len(t) && b-at <= longest && char.Digit(t[b]) {
			b++
		}
		if whole := t[a:b]; len(whole) == longest && bytes.HasPrefix(whole, []byte(nearLimit)) {
			return true
		}
		for _, limit := range limits {
			if string(t[a:b]) == limit {
				return true
			}
		}
	}
	return false
}

// inOctal tells whether a finding is taken from bytes that are written in octal (\260\250),
// of which some are no ASCII: what they stand for is looked at where they are decoded.
func inOctal(t []byte, lo, hi int) bool {
	const size = len("260")
	a, b, some, high := lo, hi, 0, false
	for a > 0 && lo-a < size && char.Digit(t[a-1]) {
		a--
	}
	for b < len(t) && b-hi < size && char.Digit(t[b]) {
		b++
	}
	for i := a; i < b; i++ {
		if t[i] == '\\' {
			continue
		}
		if char.At(t, i-1) != '\\' || b-i < size || t[i] > '3' || !octalDigit(t[i]) || !octalDigit(t[i+1]) || !octalDigit(t[i+2]) || char.Digit(char.At(t, i+size)) {
			return false
		}
		high = high || t[i] > '1'
		some++
		i += size - 1
	}
	return some > 1 && high || some >= manyOctal
}

// manyOctal is how many bytes in octal are a text, also of ASCII alone: \101\040\114\151\155.
const manyOctal = 5

func octalDigit(c byte) bool { return c >= '0' && c <= '7' }

// spaceBefore tells whether a space of a link stands before t[p].
func spaceBefore(t []byte, p int) bool { return p >= len("%20") && string(t[p-len("%20"):p]) == "%20" }

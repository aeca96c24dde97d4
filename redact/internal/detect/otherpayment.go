package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// What the files of banks and the slips of terminals print beside
// payments, told by the form of the line that it stands in.

// paymentForm tells whether a finding is made of parts of such a form.
func paymentForm(t []byte, lo, hi int, card bool) bool {
	return datedRun(t, lo, hi) || creditor(t, lo, hi) || inTitle(t, lo, hi) || overReferences(t, lo, hi) || overSubfield(t, hi) || stamped(t, lo, hi) || collected(t, lo, hi) || proxied(t, lo, hi) || acquired(t, lo, hi) || summarised(t, lo, hi) || girocard(t, lo, hi) || overEmpty(t, lo, hi) || listing(t, lo, hi) || amountInField(t, lo, hi) || linked(t, lo, hi) ||
		card && (billed(t, lo, hi) || atTime(t, lo, hi) || beforeMonth(t, lo, hi) || japanese(t, lo, hi) || ticketed(t, lo, hi) || priced(t, lo, hi) || nextLine(t, lo, hi)) || !card && decimals(t, lo, hi)
}

// otherPayment tells whether a finding that the words before it make one is such a form: the
// code by which a payment was approved, the code of a mandate, the mode of a file.
func otherPayment(t []byte, sp *finding.Span) bool {
	switch {
	case sp.Entity == entity.Secret:
		return sp.Rule == "assigned" && approved(t, sp.Lo, sp.Hi) || sp.Rule == "jwt" && Padded(t[sp.Lo:sp.Hi])
	case sp.Entity == entity.National && amountInField(t, sp.Lo, sp.Hi):
		return true
	}
	return (sp.Rule == "cue" || sp.Rule == "tax_id") && (codedMandate(t, sp.Lo, sp.Hi) || fileMode(t, sp.Lo, sp.Hi))
}

// runAround returns the digits in a row around t[i], as far as a reference is long.
func runAround(t []byte, i int) (a, b int) {
	const longest = 35 // a reference of ISO 20022
	for a = i; a > 0 && i-a < longest && char.Digit(t[a-1]); {
		a--
	}
	for b = i; b < len(t) && b-i < longest && char.Digit(t[b]); {
		b++
	}
	return a, b
}

// datedRun tells whether a finding begins inside of the day that a long run of digits begins
// with, as references of many banks do: 20230927071347183061. Behind the year or the month
// it may begin: these are glued to cards.
func datedRun(t []byte, lo, hi int) bool {
	const day, least, first, months, last = len("20260105"), 14, 1990, 2012, 2029 // digits; years, of which some are the month of an expiry date
	a, b := runAround(t, lo)
	from := lo - a
	if b-a < least || !date.IsCompact(t[a:a+day]) || from == 0 || from == len("2026") || from == len("202601") || from >= day {
		return false
	}
	y := char.Number(t[a:], len("2026"))
	return y >= first && y <= last && !(from > len("202601") && y <= months)
}

// creditor tells whether a finding begins or ends in the identifier of a creditor of SEPA
// (EPC262-08): a country, two check digits, a code of the business, ZZZ if there is none, and
// the national number: DE98ZZZ09999999999. What is as long as a card of a dense range stays.
func creditor(t []byte, lo, hi int) bool {
	const head, most = len("DE98ZZZ"), 12
	for _, at := range [...]int{lo, hi - 1} {
		a, b := at, at
		for a > 0 && at-a < most && char.Digit(t[a-1]) {
			a--
		}
		for b < len(t) && b-at < most && char.Digit(t[b]) {
			b++
		}
		if n := b - a; n > most || n == 0 || a < head || string(t[a-len("ZZZ"):a]) != "ZZZ" || !char.AllDigits(t[a-head+2:a-len("ZZZ")]) {
			continue
		}
		country := t[a-head:][:2]
		if !char.Letter(country[0]) || !char.Letter(country[1]) {
			continue
		}
		var number [most + len("DE98")]byte
		copy(number[:], t[a-head:a-len("ZZZ")])
		number[0], number[1] = char.Upper(number[0]), char.Upper(number[1])
		if iban.Valid(append(number[:len("DE98")], t[a:b]...)) {
			return true
		}
	}
	return false
}

// inTitle tells whether the letters of what has the form of a reference of ISO 11649 end the
// name of a field in the purpose of a payment: /MARF/69372183/.
func inTitle(t []byte, lo, hi int) bool {
	const name, kind = "/MARF/", "NT" // NTRF is the type of a booking of MT940
	from := lo - len("/MA")
	return from >= 0 && hi > lo+len("RF/") && bytes.HasPrefix(t[from:], []byte(name)) || from >= 0 && string(t[lo-len(kind):lo]) == kind && char.Upper(t[lo]) == 'R' && booking(t, lo)
}

// booking tells whether t[at] is in the line of a booking of MT940.
func booking(t []byte, at int) bool {
	const longest = 60 // characters of such a line before the second reference
	from := max(0, at-longest)
	k := bytes.LastIndex(t[from:at], []byte(":61:"))
	return k >= 0 && bytes.IndexByte(t[from+k:at], '\n') < 0 && char.Digits(t[from+k+len(":61:"):min(len(t), at)]) >= len("260105")
}

// overSubfield tells whether a finding ends with the number of a subfield of MT940, which goes
// on with the name of what is in it: EREF+67916735909725?21MREF+.
func overSubfield(t []byte, hi int) bool {
	const size = len("?21")
	return hi > size && t[hi-size] == '?' && t[hi-2] >= '2' && t[hi-2] <= '6' && char.Digit(t[hi-1]) && char.ByteClass[char.At(t, hi)]&char.IsUpper != 0 && char.ByteClass[char.At(t, hi+1)]&char.IsUpper != 0
}

// summarised tells whether a finding goes over amounts and counts of a line of BAI2 that goes
// on with the sums of an account: 88,015,614507,,,072,4759857,16,,190,2144451,84/.
func summarised(t []byte, lo, hi int) bool {
	const longest, head = 96, "88,nnn," // characters before the finding
	if bytes.IndexByte(t[lo:hi], ',') < 0 {
		return false
	}
	return hasShape(t[lo-len(char.LineBefore(t, lo, longest)):], head) > 0
}

// overEmpty tells whether a finding that is not printed as a card is goes over an empty field
// of a row that semicolons divide, and over others: 63739;;2105;"72558252".
func overEmpty(t []byte, lo, hi int) bool {
	const empty, fewest, reach = ";;", 8, 96 // marks of the row; characters before and behind the finding
	if !bytes.Contains(t[lo:hi], []byte(empty)) || bytes.ContainsAny(t[lo:hi], `&#\\`) || bytes.Count(t[lo:hi], []byte(";"))-bytes.Count(t[lo:hi], []byte(empty))*len(empty) < 1 {
		return false
	}
	return bytes.Count(char.LineBefore(t, lo, reach), []byte(";"))+bytes.Count(t[lo:min(len(t), hi+reach)], []byte(";")) >= fewest
}

// amountInField tells whether a finding goes from one subfield of MT940 to an amount that the
// next one begins with: KD 393135?221316.81 EUR.
func amountInField(t []byte, lo, hi int) bool {
	const tag = len("?22")
	k := bytes.IndexByte(t[lo:hi], '?')
	if k < 0 || lo+k+tag >= len(t) || t[lo+k+1] < '2' || t[lo+k+1] > '6' || !char.Digit(t[lo+k+2]) {
		return false
	}
	i := lo + k + tag
	n := char.Digits(t[i:min(len(t), i+fieldReach)])
	end := i + n + centsSize
	return n > 0 && n <= mostBookedWhole && centsBehind(t, i+n) && end >= hi && (end == len(t) || t[end] == ' ' || t[end] == '?')
}

// ticketed tells whether a finding is the number of a ticket of an airline (IATA), the three
// digits that stand for it and ten: ticket 449 8500762259.
func ticketed(t []byte, lo, hi int) bool {
	const shape = "nnn nnnnnnnnnn"
	return hi-lo == len(shape) && hasShape(t[lo:], shape) > 0 && announced(t, lo, []string{"ticket", "tickets", "etkt", "tkt", "billet", "billete", "biglietto", "bilet"})
}

// codedMandate tells whether letters before a number that would say that it is an account begin the
// code of a mandate or a policy: Policy CU733645675, MREF+AC-65421237.
func codedMandate(t []byte, lo, hi int) bool {
	i := lo
	if i > 0 && t[i-1] == '-' {
		i--
	}
	const letters, most = len("AC"), ShortestPAN - 1
	if overSubfield(t, hi) {
		hi -= len("?22")
	}
	if i < letters || hi-lo > most || hi <= lo || !char.AllDigits(t[lo:hi]) || char.ByteClass[t[i-1]]&char.IsUpper == 0 || char.ByteClass[t[i-2]]&char.IsUpper == 0 {
		return false
	}
	i -= letters
	return i > 0 && !char.Alnum(t[i-1]) && announced(t, i, []string{"policy", "mandat", "mandate", "mandato", "rum", "mref", "mndtid", "claim"})
}

// month returns how many letters a text begins with that are the name of a month.
func month(t []byte) (n int) {
	const letters, longest = 3, len("september")
	for n < len(t) && n <= longest && char.Letter(t[n]) {
		n++
	}
	if n < letters || n > longest {
		return 0
	}
	if k := bytes.Index([]byte(monthNames), bytes.ToLower(t[:letters])); k < 0 || k%letters != 0 {
		return 0
	}
	return n
}

// priced tells whether a finding goes into the cell of a table of Markdown that begins with the
// sign of a currency: | 26485663 | €176.75 |.
func priced(t []byte, lo, hi int) bool {
	for rest := t[lo:hi]; ; {
		k := bytes.Index(rest, []byte("| "))
		if k < 0 {
			return false
		}
		rest = rest[k+len("| "):]
		for _, sign := range [...]string{"€", "£", "$", "¥"} {
			if amount, signed := bytes.CutPrefix(rest, []byte(sign)); signed && len(amount) > 0 && char.Digit(amount[0]) {
				return true
			}
		}
	}
}

// nextLine tells whether a finding is the amount that ends a line of a receipt, in a column, and
// the digits in a row that the next one begins with: TOTAL           96.40, and 602140707437 LYFT.
func nextLine(t []byte, lo, hi int) bool {
	const least = 8 // digits of the number of an article
	k := bytes.IndexByte(t[lo:hi], '\n')
	if k < centsSize || k > groupDigits+centsSize || !centsBehind(t, lo+k-centsSize) || !char.AllDigits(t[lo:lo+k-centsSize]) || lo == 0 || !blank(t[lo-1]) {
		return false
	}
	number := t[lo+k+1 : hi]
	return len(number) >= least && char.AllDigits(number) && !char.Digit(char.At(t, hi))
}

// japanese tells whether a finding is the number of a terminal in Japan, which is named so:
// 端末番号 42651-300-15485.
func japanese(t []byte, lo, hi int) bool {
	const shape, name = "nnnnn-nnn-nnnnn", "端末"
	return hi-lo == len(shape) && hasShape(t[lo:], shape) > 0 && bytes.Contains(t[max(0, lo-len("端末番号: ")):lo], []byte(name))
}

// expressed tells whether a finding lies in the reference that American Express gives a booking
// in Britain: AT, the year and the day in it, 00, two digits, 00001 and seven digits.
func expressed(t []byte, lo int) bool {
	const size, days, most = len("AT253650041000010080352"), 366, 40 // the last year
	a, b := wordAround(t, lo)
	w := t[a:b]
	return len(w) == size && string(w[:2]) == "AT" && char.AllDigits(w[2:]) && char.Number(w[2:], 2) <= most && char.Number(w[4:], 3) <= days && string(w[7:9]) == "00" && string(w[11:16]) == "00001"
}

// monthNames are the first letters of months in English, and of those that are the same
// elsewhere.
const monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"

// beforeMonth tells whether a finding ends with the day of a date whose month is written out,
// behind a number in one run: 614042 20 January 2023, 93217296 02-Jul-22.
func beforeMonth(t []byte, lo, hi int) bool {
	const letters, least = 3, 6 // digits of the number
	space := bytes.LastIndexByte(t[lo:hi], ' ')
	if space < least || hi-lo-space-1 > len("31") || !char.AllDigits(t[lo+space+1:hi]) || !char.AllDigits(t[lo+space-least:lo+space]) || len(t) < hi+1+letters || t[hi] != ' ' && t[hi] != '-' {
		return false
	}
	n := month(t[hi+1:])
	return n > 0 && char.Digit(char.At(t, hi+1+n+1))
}

// overReferences tells whether a finding goes from the reference of the owner of an account to
// that of the bank, in the line of a booking of MT940: :61:2509210921D3387,16NMSC81413235//5620021728.
func overReferences(t []byte, lo, hi int) bool {
	const between = "//"
	k := bytes.Index(t[lo:hi], []byte(between))
	if k < 0 || char.DigitsIn(t[lo:hi]) != hi-lo-len(between) {
		return false
	}
	return booking(t, lo)
}

// girocard tells whether a finding goes over the terminal of a German payment by card, in
// eight digits, into the day and the time behind it: ELV52588875 07.07 04.39 ME1, EC 30021136 110625095209OU1.
func girocard(t []byte, lo, hi int) bool {
	const size, stamp = 8, len("110625095209")
	a, b := runAround(t, lo)
	if b-a == stamp && a > size && t[a-1] == ' ' {
		a, b = runAround(t, a-2)
	}
	if b-a != size || hi <= b || char.At(t, b) != ' ' {
		return false
	}
	name := bytes.TrimRight(t[max(0, a-len("ELV ")):a], " ")
	if !bytes.HasSuffix(name, []byte("ELV")) && !bytes.HasSuffix(name, []byte("EC")) {
		return false
	}
	rest := t[b+1:]
	if hasShape(rest, "nn.nn nn.nn") > 0 {
		return date.Day(char.Number(rest, 2)) && date.Month(char.Number(rest[3:], 2)) && hourAndMinute(rest[6:], 3)
	}
	return hasShape(rest, "nnnnnnnnnnnn") > 0 && shortDay(rest[:6]) && hourAndMinute(rest[6:], 2)
}

// hourAndMinute tells whether two digits at the beginning and two at an index are a time.
func hourAndMinute(t []byte, minute int) bool {
	return char.Number(t, 2) < 24 && char.Number(t[minute:], 2) < 60
}

// shortDay tells whether six digits are a day, with the year at either end.
func shortDay(d []byte) bool {
	a, b, c := char.Number(d, 2), char.Number(d[2:], 2), char.Number(d[4:], 2)
	return date.Day(a) && date.Month(b) && c <= shortYears || a <= shortYears && date.Month(b) && date.Day(c)
}

// acquired tells whether a finding begins or ends in the reference of a payment by card that
// stands behind two days, as statements print it, or before the code of the trade:
// 02/07 02/08 84879812342878355516713; 24431063200091234567890; 05411; ; ; ;.
func acquired(t []byte, lo, hi int) bool {
	for _, at := range [...]int{lo, hi - 1} {
		a, b := runAround(t, at)
		if b-a != acquirerDigits || !acquirer(t[a:b]) {
			continue
		}
		const days, trade = "nn/nn nn/nn ", "; 0nnnn;"
		if a >= len(days) && hasShape(t[a-len(days):], days) > 0 && dayAndMonth(char.Number(t[a-12:], 2), char.Number(t[a-9:], 2)) && dayAndMonth(char.Number(t[a-6:], 2), char.Number(t[a-3:], 2)) ||
			hasShape(t[b:], trade) > 0 {
			return true
		}
	}
	return false
}

// invoiceWords stand before the number of an invoice, also cut off.
var invoiceWords = [...]string{"fact", "factuur", "facture", "factura", "fattura", "rechnung", "rg", "invoice", "inv", "faktura", "fatura", "lasku"}

// billed tells whether a finding is the number of an invoice and the day of it, or a reference
// and the amount that ends the line: FACT 670285287 230524; Ref 82639925726 766,28.
func billed(t []byte, lo, hi int) bool {
	lo, _ = runAround(t, lo)
	space := bytes.IndexByte(t[lo:hi], ' ')
	if space < 0 || space > longestReference || !char.AllDigits(t[lo:lo+space]) {
		return false
	}
	if rest := t[lo+space+1 : hi]; len(rest) == len("260105") && char.AllDigits(rest) {
		return shortDay(rest) && !char.Digit(char.At(t, hi)) && announced(t, lo, invoiceWords[:])
	} else if len(rest) == len("2026") && space+len(rest) == ShortestPAN && char.AllDigits(rest) {
		return date.PlausibleYear(char.Number(rest, len(rest))) && !char.Digit(char.At(t, hi)) && (announced(t, lo, numberedWords[:]) || announced(t, lo, invoiceWords[:]))
	} else if hasShape(rest, "nn/nn") == len(rest) && len(rest) > 0 {
		return dayAndMonth(char.Number(rest, 2), char.Number(rest[3:], 2)) && char.At(t, hi) == ' ' && announced(t, lo, numberedWords[:])
	}
	i := lo + space + 1
	n := char.Digits(t[i:min(len(t), i+fieldReach)])
	return n > 0 && n <= groupDigits && centsBehind(t, i+n) && i+n+centsSize >= hi && (i+n+centsSize == len(t) || t[i+n+centsSize] == '\n') && (announced(t, lo, numberedWords[:]) || announced(t, lo, []string{"notanr", "belegnr"}))
}

// atTime tells whether a finding begins at the twelve digits of a retrieval reference that a
// time is before, in fields that a slash divides, and goes on behind them: 17:56/429802632924/473767.
func atTime(t []byte, lo, hi int) bool {
	const clock, reference = "nn:nn/", 12
	a, b := runAround(t, lo)
	return b-a == reference && hi > b && char.At(t, b) == '/' && a >= len(clock) && hasShape(t[a-len(clock):], clock) > 0 && hourAndMinute(t[a-len(clock):], 3)
}

// slipNames stand on the slip of a terminal, in small letters.
var slipNames = [...]string{"rrn", "nsu", "mcc", "терминал", "terminal"}

// terminalWords stand before the numbers of a slip: of a terminal, a merchant, a booking.
var terminalWords = [...]string{"tid", "mid", "rrn", "stan", "auth", "beleg", "belegnr", "terminal", "trace"}

// Slipped tells whether one of them stands right before the run of digits at t[i].
func Slipped(t []byte, i int) bool {
	i, _ = runAround(t, i)
	return announced(t, i, terminalWords[:])
}

// approved tells whether a code of six digits is that by which an issuer approved a payment by
// card, which the same line calls so in the words for a code that is used once: Покупка
// терминал 19778841 код авторизации 554314 RRN 417217104672.
func approved(t []byte, lo, hi int) bool {
	const size, reach = 6, 48 // digits; characters of a line around it
	if hi-lo != size || !char.AllDigits(t[lo:hi]) {
		return false
	}
	before := bytes.ToLower(t[max(0, lo-reach):lo])
	if !bytes.Contains(before, []byte("авториза")) && !bytes.Contains(before, []byte("autori")) && !bytes.Contains(before, []byte("autory")) {
		return false
	}
	around := bytes.ToLower(t[max(0, lo-2*reach):min(len(t), hi+reach)])
	for _, name := range slipNames {
		if bytes.Contains(around, []byte(name)) {
			return true
		}
	}
	return false
}

package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/date"
)

// A line of a statement has amounts, days and references side by side, often with no more
// than a space between them: 2441 1026.14 230818; 6548 07/04 2905.13 9219. Their digits in a
// row pass the check of a card or of an identity number as often as those of any number do.

const (
	// fieldReach is how far before and behind a finding the field goes on that it begins or
	// ends in: as long as an amount with the name of its currency.
	fieldReach = 20

	// mostBooked is how many fields such a part of a line has at most: what marks divide in
	// more places is looked at by rules for lists.
	mostBooked = 6

	// leastWhole is how many digits stand before the point of the only amount of such a part:
	// of a card that somebody divided, fewer may.
	leastWhole = 3

	// mostBookedWhole is how many stand there at most.
	mostBookedWhole = 5

	// mostReference is how many digits another number has at most, longestReference how many
	// beside nothing but a day or amounts, where fewer than a card has are no part of one, and
	// mostPlaces how many decimals a rate or a place has.
	mostReference    = 8
	longestReference = 11
	mostPlaces       = 6

	// shortPAN is the fewest digits of a card of which many are issued.
	shortPAN = 15

	// mostAlone is how many fields such a part has: 5020 554.96 6465 16459 may be a card with
	// marks anywhere.
	mostAlone = 3

	// centsSize is the size of the decimals of an amount with their point.
	centsSize = len(".00")
)

// booked tells whether a finding is fields of a line, with spaces between them, of which one
// is an amount with two decimals and the others are numbers, amounts, rates, days and years
// of two digits; or it ends with the whole part of such an amount, which no identity number
// and no account does.
func booked(t []byte, lo, hi int, card bool) bool {
	if !bytes.ContainsAny(t[lo:hi], " \t") || inFours(t[lo:hi]) && !(centsBehind(t, hi-centsSize) && lastMark(t[lo:hi]) == hi-centsSize-lo && char.DigitsIn(t[lo:hi]) < shortPAN) {
		return false
	}
	if !card && centsBehind(t, hi) && !char.Digit(char.At(t, lo-1)) {
		return true
	}
	a, b := lo, hi
	for a > 0 && lo-a < fieldReach && !blank(t[a-1]) {
		a--
	}
	for b < len(t) && b-hi < fieldReach && !blank(t[b]) {
		b++
	}
	n, amounts, days, whole, short, single, long, grouped := 0, 0, 0, 0, 0, 0, false, false
	places, alike := 0, 0 // decimals of rates, as of a place's latitude and longitude
	for i := a; i < b; n++ {
		from := i
		for i < b && !blank(t[i]) {
			i++
		}
		kind, size, decimals := bookedField(t[from:i])
		spaced := 0
		if kind == numberField && size <= groupDigits || kind == otherField {
			spaced = spacedField(t, from)
		}
		if spaced > 0 {
			kind, size, decimals, i = amountField, char.DigitsIn(t[from:spaced])-len("00"), len("00"), spaced
			b, grouped = max(b, spaced), true
		}
		long = long || kind == numberField && size > mostReference
		switch {
		case kind == otherField || n == mostBooked || kind == numberField && size > longestReference || kind == rateField && decimals > mostPlaces:
			return false
		case spaced > 0 && from < hi && spaced > lo, kind == amountField && from+bytes.LastIndexAny(t[from:i], ".,") < hi: // its point is in the finding
			amounts++
			whole = size
		case kind == dayField:
			days++
		case kind == rateField && (decimals >= LeastDecimals || decimals == LeastDecimals-1 && t[from] == '0'):
			if alike == 0 || decimals == places {
				alike++
			}
			places = decimals
			short++
		case kind == numberField && size == 1, kind == rateField && decimals == 1:
			single++
		case kind == rateField || kind == numberField && size < leastWhole:
			short++
		}
		for i < b && blank(t[i]) {
			i++
		}
	}
	switch {
	case n < 2 || single > 0 && days == 0 || long && amounts+days < 2 && !(n == 2 && grouped):
		return false
	case amounts == 1 && days == 0:
		return short == 0 && n <= mostAlone && whole >= leastWhole && whole <= mostBookedWhole
	}
	return alike > 1 || amounts+days > 1 && amounts > 0
}

// lastMark returns where the only mark of a text stands that is no space and no dollar
// sign, -1 without one or
// with several.
func lastMark(t []byte) (at int) {
	at = -1
	for i, c := range t {
		if char.Digit(c) || blank(c) || c == '$' {
			continue
		}
		if at >= 0 {
			return -1
		}
		at = i
	}
	return at
}

// blank tells whether a character stands between the fields of such a line.
func blank(c byte) bool { return c == ' ' || c == '\t' }

// centsBehind tells whether the digits before t[i:] go on with two decimals and end there.
func centsBehind(t []byte, i int) bool {
	if c := char.At(t, i); c != '.' && c != ',' {
		return false
	}
	after := char.At(t, i+centsSize)
	return char.Digit(char.At(t, i+1)) && char.Digit(char.At(t, i+2)) && !char.Alnum(after) && !(bytes.IndexByte([]byte(".,-/:"), after) >= 0 && char.Digit(char.At(t, i+centsSize+1)))
}

type bookedKind uint8

const (
	otherField  bookedKind = iota
	numberField            // digits alone
	amountField            // with two decimals, and a currency, a sign or a percent sign
	rateField              // with other decimals
	dayField               // a day and a month, with a year or without
)

// bookedField tells what a field is, how many digits stand before its point or are all of it,
// and how many behind it.
func bookedField(f []byte) (kind bookedKind, size, decimals int) {
	f = bytes.Trim(f, "+-$€£()%;*")
	n := char.Digits(f)
	switch {
	case n == 0:
		return otherField, 0, 0
	case n == len(f):
		return numberField, n, 0
	}
	mark := f[n]
	m := char.Digits(f[n+1:])
	rest := f[n+1+m:]
	switch {
	case m == 0 || n > 1 && f[0] == '0' && mark != '/' && len(rest) == 0: // no amount begins so
		return otherField, 0, 0
	case (mark == '.' || mark == ',') && len(rest) == 0 && m == len("00"):
		return amountField, n, m
	case (mark == '.' || mark == ',') && len(rest) == 0:
		return rateField, n, m
	case (mark == '/' || mark == '.') && n <= 2 && m <= 2 && dayAndMonth(char.Number(f, n), char.Number(f[n+1:], m)):
		if len(rest) == 0 || rest[0] == mark && (len(rest) == 1 || char.Digits(rest[1:]) == len(rest)-1 && (len(rest) == len("/26") || len(rest) == len("/2026"))) {
			return dayField, n + m, 0
		}
	}
	return otherField, 0, 0
}

// dayAndMonth tells whether two numbers are a day and a month, in one order or the other.
func dayAndMonth(a, b int) bool { return date.Day(a) && date.Month(b) || date.Month(a) && date.Day(b) }

// overThousands tells whether a finding takes digits of an amount whose thousands and whose
// decimals have marks of their own: 1.866,06; 76,892.83.
func overThousands(t []byte, lo, hi int) bool {
	for p := max(0, lo-amountReach); p < hi; p++ {
		if char.Digit(t[p]) && !char.Digit(char.At(t, p-1)) && !(bytes.IndexByte([]byte(".,'/:-"), char.At(t, p-1)) >= 0 && char.Digit(char.At(t, p-2))) {
			if end := thousands(t, p); end > lo {
				return true
			}
		}
	}
	return false
}

// thousands returns where such an amount ends that begins at t[p:], 0 for none.
func thousands(t []byte, p int) int {
	const group = len("000")
	n := char.Digits(t[p:min(len(t), p+group+1)])
	mark := char.At(t, p+n)
	if n > group || mark != '.' && mark != ',' && mark != '\'' || n > 1 && t[p] == '0' {
		return 0
	}
	i := p + n
	if mark == ',' && n < group { // crore and lakh: 7,24,80,425.40
		const pair = len("00")
		for i-p < maxGrouped+maxGrouped/group && char.At(t, i) == mark && char.Digits(t[i+1:min(len(t), i+1+group)]) == pair {
			i += 1 + pair
		}
		if i > p+n && (char.At(t, i) != mark || char.Digits(t[i+1:min(len(t), i+1+group+1)]) != group) {
			return 0
		}
	}
	for i-p < maxGrouped+maxGrouped/group && char.At(t, i) == mark && char.Digits(t[i+1:min(len(t), i+1+group+1)]) == group {
		i += 1 + group
	}
	if c := char.At(t, i); i == p+n || c == mark || !centsBehind(t, i) {
		return 0
	}
	return i + centsSize
}

// overDays tells whether a finding takes a day or a time, or has two amounts far from its letters,
// which no IBAN has: VOM 03.02.2023, FR 04/29/26, AD @ 4577.83 1030.54.
func overDays(t []byte, lo, hi int) bool {
	amounts := 0
	for p := max(0, lo-formReach); p < hi; p++ {
		if !char.Digit(t[p]) || char.Digit(char.At(t, p-1)) {
			continue
		}
		for k := range forms {
			switch f := &forms[k]; f.kind {
			case clockKind, isoKind, dayKind, shortKind:
				if f.at(t, p) > lo {
					return true
				}
			}
		}
		if n := char.Digits(t[p:min(len(t), p+maxGrouped)]); p > lo && char.At(t, p-1) == ' ' && centsBehind(t, p+n) && p+n < hi {
			amounts++
		}
	}
	const apart = len("AD @ ") // the letters and what stands between them and the first digit
	return amounts > 1 && bytes.IndexAny(t[lo:hi], "0123456789") >= apart
}

// overWords tells whether a finding with marks in it begins and ends within words, and has
// letters of both cases, as what is made of the names of a program: OpAMD64SUBQload, OpAMD64ADDQ}: Op.
func overWords(t []byte, lo, hi int) bool {
	const kinds = 3                                                                                                                  // of marks between the names of a program
	if char.Letter(char.At(t, lo-1)) && marksOf(t[lo:hi]) >= kinds && cased(t[lo:hi]) && !bytes.ContainsAny(t[lo:hi], "<&=%\\\"'") { // OpMIPS64DIVV, types.NewTuple(typ.Int64
		return true
	}
	if !char.Letter(char.At(t, lo-1)) || !char.Letter(t[hi-1]) || !char.Letter(char.At(t, hi)) {
		return false
	}
	flags, marks := uint16(0), false
	for _, c := range t[lo:hi] {
		flags |= char.ByteClass[c]
		marks = marks || !char.Alnum(c)
	}
	return marks && flags&char.IsUpper != 0 && flags&char.IsLower != 0
}

// marksOf counts the kinds of marks of ASCII in a text, spaces too.
func marksOf(t []byte) (n int) {
	for i, c := range t {
		if c < 0x80 && !char.Alnum(c) && bytes.IndexByte(t[:i], c) < 0 {
			n++
		}
	}
	return n
}

// cased tells whether a text has letters of both cases, and three small ones in a row.
func cased(t []byte) bool {
	const word = 3
	upper, longest, run := false, 0, 0
	for _, c := range t {
		upper = upper || char.ByteClass[c]&char.IsUpper != 0
		if char.ByteClass[c]&char.IsLower == 0 {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return upper && longest >= word
}

// SpacedAmount returns where an amount ends that begins at t[p:] and in which spaces, also
// narrow ones that do not break, stand between its thousands, 0 for none: 52 521,60.
func SpacedAmount(t []byte, p int) int {
	i := p + char.Digits(t[p:min(len(t), p+groupDigits+1)])
	if i == p || i-p > groupDigits || i-p > 1 && t[p] == '0' {
		return 0
	}
	groups := 0
	for ; i-p < maxSpaced; groups++ {
		n := spaceAt(t, i)
		if n == 0 || char.Digits(t[i+n:min(len(t), i+n+groupDigits+1)]) != groupDigits {
			break
		}
		i += n + groupDigits
	}
	if groups == 0 || char.At(t, i) != ',' || !centsBehind(t, i) {
		return 0
	}
	return i + centsSize
}

// groupDigits is how many digits a group of thousands has.
const groupDigits = len("000")

// spacedField is SpacedAmount for a field that may have a sign.
func spacedField(t []byte, p int) int {
	if c := char.At(t, p); c == '+' || c == '-' {
		p++
	}
	return SpacedAmount(t, p)
}

// maxSpaced is how long such an amount is at most, without its decimals: nine digits and two
// spaces of three bytes.
const maxSpaced = 15

// spaceAt returns the size of the space at t[i], 0 for none.
func spaceAt(t []byte, i int) int {
	switch {
	case i >= len(t):
		return 0
	case t[i] == ' ':
		return 1
	case bytes.HasPrefix(t[i:], []byte("\u00a0")):
		return len("\u00a0")
	case bytes.HasPrefix(t[i:], []byte("\u202f")):
		return len("\u202f")
	}
	return 0
}
